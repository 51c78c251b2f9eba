/* The log pass against the naive reader of logs. */
#include "tests/support/compare_log.h"

/* Every unit of 4 KiB that a write begins with. */
static bool reads_alike(const struct test_log *log, const struct replayed *r,
                        const struct naive_log *naive)
{
    uint8_t want[LOG_SECTOR];
    uint8_t bytes[LOG_SECTOR];

    for (size_t i = 0; i < naive->count; i++) {
        const uint64_t at = naive->write[i].begin;

        naive_read(log, naive, naive->count, at, want);
        if (vx_source_read(&r->check->view, at, bytes, sizeof(bytes)) != VX_OK ||
            memcmp(bytes, want, sizeof(want)) != 0) {
            return false;
        }
    }
    return true;
}

const char *log_difference(const struct test_log *log, const struct replayed *r,
                           const struct naive_log *naive)
{
    const struct vxr_log *got = &r->check->log;
    const bool may_replay = naive->has_sequence && !naive->is_forbidden;

    if (got->scan.has_active != naive->has_sequence) {
        return "whether there is an active sequence";
    }
    if (got->state != (may_replay ? VXR_LOG_REPLAYED : VXR_LOG_INVALID) ||
        r->check->is_replayed != may_replay) {
        return "whether the log may be replayed";
    }
    if (!may_replay) {
        return vx_verdict_of(&r->f.rep) == VX_CORRUPT ? NULL : "the verdict";
    }
    if (got->scan.active.head.pos != naive->head.pos) {
        return "where the head is";
    }
    if (got->first_sequence != naive->first_sequence || got->entries != naive->entries) {
        return "the entries of the active sequence";
    }
    if (r->check->view.size != naive->size) {
        return "the size of the file";
    }
    return reads_alike(log, r, naive) ? NULL : "the bytes after replay";
}
