/* How far a long copy is, on a terminal: one line on standard error, rewritten in place. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct cli_progress {
    bool is_shown;
    uint64_t total; /* bytes */
    struct timespec start;
    uint64_t shown_ms; /* since the start, when the line was last written */
    bool has_line;
};

/* is_wanted: else nothing is ever shown. Nothing is shown either when standard error is no
 * terminal, or when what is copied goes to a terminal. */
void cli_progress_start(struct cli_progress *progress, uint64_t total, bool is_wanted);

/* done: bytes so far. Cheap; writes at most five times a second. */
void cli_progress_update(struct cli_progress *progress, uint64_t done);

/* Remove the line. */
void cli_progress_end(struct cli_progress *progress);

#endif
