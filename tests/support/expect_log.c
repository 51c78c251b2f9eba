/* The log pass against the oracle. */
#include "tests/support/expect_log.h"

#include "tests/support/unit.h"

static const struct replay_options LOG_ONLY = {.is_log_only = true};

/* Compare everything the log pass says with the oracle. */
static void expect_as_naive(const struct test_log *log, const struct replayed *r,
                            const struct naive_log *naive)
{
    const struct vxr_log *got = &r->check->log;
    uint8_t want[LOG_SECTOR];
    uint8_t bytes[LOG_SECTOR];

    assert_int_equal(got->scan.has_active, naive->has_sequence);
    if (!naive->has_sequence || naive->is_forbidden) {
        assert_int_equal(got->state, VXR_LOG_INVALID);
        assert_int_equal(vx_verdict_of(&r->f.rep), VX_CORRUPT);
        assert_false(r->check->is_replayed);
        return;
    }
    assert_int_equal(got->state, VXR_LOG_REPLAYED);
    assert_int_equal(got->scan.active.head.pos, naive->head.pos);
    assert_int_equal(got->first_sequence, naive->first_sequence);
    assert_int_equal(got->entries, naive->entries);
    assert_int_equal(r->check->view.size, naive->size);
    for (size_t i = 0; i < naive->count; i++) {
        const uint64_t at = naive->write[i].begin;

        naive_read(log, naive, naive->count, at, want);
        assert_int_equal(vx_source_read(&r->check->view, at, bytes, sizeof(bytes)), VX_OK);
        assert_memory_equal(bytes, want, sizeof(want));
    }
}

void expect_source_as_naive(const struct test_log *log, const struct vx_source *raw,
                            const char *row)
{
    struct replayed r;
    struct naive_log naive;

    naive_scan(log, &naive);
    replayed_open(&r, row, raw, &LOG_ONLY);
    expect_invariants(&r.f, log->im->size);
    expect_as_naive(log, &r, &naive);
    replayed_close(&r);
    naive_free(&naive);
}

void expect_log_as_naive(const struct test_log *log, const char *row)
{
    const struct vx_source raw = image_source(log->im);

    expect_source_as_naive(log, &raw, row);
}
