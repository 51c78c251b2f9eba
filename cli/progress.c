/* Progress: share done, rate so far, and what is left at that rate. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: clock_gettime() */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "parser/bytes.h"
#include "reports/buffer.h"

enum {
    MS_PER_S = 1000,
    NS_PER_MS = 1000000,
    INTERVAL_MS = 200,
    QUIET_MS = 500, /* what is done by then needs no progress */
    LINE_BYTES = 160,
    PERCENT = 100,
    S_PER_MIN = 60
};

void cli_progress_start(struct cli_progress *progress, uint64_t total, bool is_wanted)
{
    *progress = (struct cli_progress){.total = total};
    progress->is_shown = is_wanted && total > 0 && isatty(STDERR_FILENO) == 1 &&
                         clock_gettime(CLOCK_MONOTONIC, &progress->start) == 0;
}

static uint64_t elapsed_ms(const struct cli_progress *progress)
{
    struct timespec now = progress->start;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)(now.tv_sec - progress->start.tv_sec) * MS_PER_S +
           (uint64_t)(now.tv_nsec / NS_PER_MS) - (uint64_t)(progress->start.tv_nsec / NS_PER_MS);
}

/* "1:05 min left" */
static void put_time(struct vxo_buffer *put, uint64_t seconds)
{
    vxo_put_uint(put, seconds / S_PER_MIN);
    vxo_put(put, seconds % S_PER_MIN < 10 ? ":0" : ":");
    vxo_put_uint(put, seconds % S_PER_MIN);
    vxo_put(put, " min left");
}

void cli_progress_update(struct cli_progress *progress, uint64_t done)
{
    char text[LINE_BYTES];
    struct vxo_buffer put;
    uint64_t now = 0;
    uint64_t mib_per_s = 0;
    uint64_t done_mib = done / VX_MIB;
    uint64_t total_mib = progress->total / VX_MIB;

    if (!progress->is_shown) {
        return;
    }
    now = elapsed_ms(progress);
    if (now < QUIET_MS || now - progress->shown_ms < INTERVAL_MS) {
        return;
    }
    progress->shown_ms = now;
    progress->has_line = true;
    mib_per_s = done_mib * MS_PER_S / now; /* at most 2^44 MiB: no overflow */
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put_uint(&put, total_mib == 0 ? PERCENT : done_mib * PERCENT / total_mib);
    vxo_put(&put, " %, ");
    vxo_put_uint(&put, done_mib);
    vxo_put(&put, " of ");
    vxo_put_uint(&put, total_mib);
    vxo_put(&put, " MiB, ");
    vxo_put_uint(&put, mib_per_s);
    vxo_put(&put, " MiB/s, ");
    put_time(&put, mib_per_s == 0 ? 0 : vx_sub_sat(total_mib, done_mib) / mib_per_s);
    (void)fprintf(stderr, "\r%s\033[K", text);
    (void)fflush(stderr);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->has_line) {
        (void)fprintf(stderr, "\r\033[K");
        (void)fflush(stderr);
        progress->has_line = false;
    }
}
