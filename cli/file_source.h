/* Images in files and on block devices, opened for reading only. */
#ifndef CLI_FILE_SOURCE_H
#define CLI_FILE_SOURCE_H

#include <sys/types.h>
#include <time.h>

#include "parser/source.h"
#include "reports/buffer.h"

/* What must stay as it is while an image is read. */
struct cli_file_state {
    dev_t device;
    ino_t inode;
    dev_t node; /* of a block device */
    uint64_t size;
    struct timespec modified;
    struct timespec changed; /* moves even when the time of modification is put back */
};

struct cli_file {
    struct vx_source source; /* valid while the file is open and this struct stays in place */
    const char *path;        /* borrowed; NULL: it was opened by another, see cli_file_take() */
    int fd;
    uint64_t bytes_read;
    struct cli_file_state state; /* when it was opened */
    const struct cli_file
        *parent; /* the next file of the chain, or NULL: not to be written either */
};

/* Open a regular file or a block device. Never waits: what is neither is refused unopened.
 * A file that states no size and yet can be read is refused, too.
 * path must stay as long as the file is open.
 * Returns false, with a text for the user appended to error, when there is nothing to read. */
bool cli_file_open(struct cli_file *file, const char *path, struct vxo_buffer *error);

/* Take over a descriptor of a regular file, opened as cli_file_open() does, whose name may not be
 * looked up again. As cli_file_open(); fd is closed by cli_file_close(), also after a failure. */
bool cli_file_take(struct cli_file *file, int fd, struct vxo_buffer *error);

/* Does the path lead to another file by now, or has the file's size or time of change moved? */
bool cli_file_has_changed(const struct cli_file *file);

void cli_file_close(struct cli_file *file);

#endif
