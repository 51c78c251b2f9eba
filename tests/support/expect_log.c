/* The log pass against the oracle. */
#include "tests/support/expect_log.h"

#include "tests/support/compare_log.h"
#include "tests/support/unit.h"

static const struct replay_options LOG_ONLY = {.is_log_only = true};

void expect_source_as_naive(const struct test_log *log, const struct vx_source *raw,
                            const char *row)
{
    struct replayed r;
    struct naive_log naive;
    const char *difference;

    naive_scan(log, &naive);
    replayed_open(&r, row, raw, &LOG_ONLY);
    expect_invariants(&r.f, log->im->size);
    difference = log_difference(log, &r, &naive);
    if (difference != NULL) {
        fail_msg("row \"%s\": the naive reader has another idea of %s", row, difference);
    }
    replayed_close(&r);
    naive_free(&naive);
}

void expect_log_as_naive(const struct test_log *log, const char *row)
{
    const struct vx_source raw = image_source(log->im);

    expect_source_as_naive(log, &raw, row);
}
