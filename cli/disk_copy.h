/* Takes a range of the virtual disk out of an image: what `export` and `read` do. */
#ifndef CLI_DISK_COPY_H
#define CLI_DISK_COPY_H

#include "cli/out_file.h"
#include "cli/parents.h"

struct cli_disk_job {
    struct cli_chain *chain; /* judged by cli_chain_judge() */
    struct cli_out *out;     /* open */
    uint64_t offset;         /* of the range in the virtual disk; it goes to offset 0 */
    uint64_t length;         /* the range lies inside the disk */
    bool is_salvage;         /* go on behind what cannot be read */
    bool has_progress;       /* show it, if standard error is a terminal */
};

/* Copy the range. What cannot be read is listed on standard error, range by range; its place is
 * zeros. Without is_salvage the first such range is the end.
 * Returns CLI_EXIT_SOUND; CLI_EXIT_CORRUPT when something could not be read; CLI_EXIT_INCOMPLETE,
 * after a message, when writing failed or there is no memory. out is left for the caller to finish
 * (unless the copy ended early) or to discard. */
enum cli_exit cli_disk_copy(const struct cli_disk_job *job);

#endif
