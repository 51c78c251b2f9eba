/* Copies bytes of a view, which is an image or an image after replay, and leaves out its zeros. */
#ifndef CLI_SPARSE_COPY_H
#define CLI_SPARSE_COPY_H

#include "cli/out_file.h"
#include "replay/simulate.h"

enum { CLI_COPY_BYTES = 262144 /* at a time: stays in the second-level cache */ };

struct cli_copy {
    const struct vxr_check *check; /* was run; its view is what is copied */
    const struct cli_file *file;   /* that the check read */
    struct cli_out *out;
    uint8_t *buffer;     /* CLI_COPY_BYTES */
    bool may_clone;      /* the file system has not refused to share blocks yet */
    uint64_t out_offset; /* where the next byte goes */
    /* Told about bytes of the view that cannot be read; zeros take their place. Returns whether to
     * go on. */
    bool (*lost)(void *ctx, uint64_t offset, uint64_t length);
    void (*progress)(void *ctx, uint64_t out_offset); /* told after each piece */
    void *ctx;                                        /* of both */
};

/* Copy [offset, offset + length) of the view, which must lie inside it, to out_offset, and advance
 * that. Holes are skipped; zeros are found in units of 4 KiB; what the log does not touch is shared
 * with the image where the file system can share.
 * Returns false when writing failed (out->error says why) or lost() did not want to go on. */
bool cli_copy_view(struct cli_copy *copy, uint64_t offset, uint64_t length);

/* The next length bytes are zeros. */
bool cli_copy_zeros(struct cli_copy *copy, uint64_t length);

#endif
