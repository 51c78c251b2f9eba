/* Where a verb writes what it takes out of an image: a new file, a block device, or standard
 * output. The image itself is never written, by whatever name it is called.
 *
 * A file is written under a temporary name next to its place and renamed when it is complete; until
 * then a failure or a signal leaves nothing behind, and what stood in its place stays. */
#ifndef CLI_OUT_FILE_H
#define CLI_OUT_FILE_H

#include <sys/stat.h>

#include "cli/file_source.h"

enum { CLI_PATH_BYTES = 4096 };

enum cli_out_kind {
    CLI_OUT_FILE,   /* reads as zeros wherever nothing is written */
    CLI_OUT_DEVICE, /* a block device, written in place */
    CLI_OUT_STREAM  /* standard output, written in order */
};

struct cli_out {
    enum cli_out_kind kind;
    const char *path; /* borrowed */
    const struct cli_file *image;
    bool is_forced;
    int fd;
    uint64_t position;              /* STREAM: bytes written so far */
    int error;                      /* errno of the first failure, or 0 */
    char temporary[CLI_PATH_BYTES]; /* FILE: the name until it is complete */
};

/* Make ready to write. path: "-" is standard output. image: open, and outlives out.
 * is_forced: an existing file may be replaced, and a block device may be written.
 * size: bytes that will be written at most; a smaller device is refused.
 * Returns false with a text for the user appended to error. */
bool cli_out_open(struct cli_out *out, const char *path, const struct cli_file *image,
                  bool is_forced, uint64_t size, struct vxo_buffer *error);

/* The same, for what only a file will do for. */
bool cli_out_open_file(struct cli_out *out, const char *path, const struct cli_file *image,
                       bool is_forced, struct vxo_buffer *error);

/* Why must nothing go to this open stream? NULL: as far as can be told it does not lead into the
 * image. status: of fd. */
const char *cli_out_stream_objection(int fd, const struct stat *status,
                                     const struct cli_file *image);

/* Write len bytes at offset. To a stream everything must come in order, without gaps.
 * Returns false after a failure, which out->error remembers. */
bool cli_out_write(struct cli_out *out, uint64_t offset, const uint8_t *bytes, size_t len);

/* The len bytes at offset are zeros: nothing to write in a fresh file. Returns likewise. */
bool cli_out_zeros(struct cli_out *out, uint64_t offset, uint64_t len);

/* Share len bytes at from_offset of the image, or of another file of its chain, with the file,
 * where the file system can: nothing is copied then. Returns false when it cannot; that is no
 * failure. */
bool cli_out_clone(struct cli_out *out, const struct cli_file *from, uint64_t from_offset,
                   uint64_t offset, uint64_t len);

/* Everything was written: give the file its size and its name.
 * Returns false, with the error remembered and nothing left behind, when that failed. */
bool cli_out_finish(struct cli_out *out, uint64_t size);

/* Say on standard error what went wrong. */
void cli_out_complain(const struct cli_out *out);

/* Give up. Leaves nothing of a file behind. Harmless after cli_out_finish(). */
void cli_out_discard(struct cli_out *out);

#endif
