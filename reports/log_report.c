/* What entries and runs are to the replay, and why. No loops. */
#include "reports/log_report.h"

#include "parser/bytes.h"
#include "reports/catalogue.h"
#include "reports/message.h"

/* Is the log waiting to be replayed? If not, nothing in it counts. */
static bool is_pending(const struct vxo_log_report *report)
{
    return report->image.facts->headers.is_dirty;
}

uint64_t vxo_run_first(const struct vxr_run *run)
{
    return vx_sub_sat(run->head.sequence, vx_sub_sat(run->entry_count, 1));
}

/* Does the stretch of the ring from `begin` to the end of the active head hold `pos`? */
static bool is_in_active(const struct vxo_log_report *report, uint32_t begin, uint32_t pos)
{
    const struct vxr_ring *ring = report->ring;

    return vxr_ring_distance(ring, begin, pos) <=
           vxr_ring_distance(ring, begin, report->scan.active.head.pos);
}

enum vxo_entry_role vxo_entry_role(const struct vxo_log_report *report,
                                   const struct vxr_entry *entry)
{
    const struct vxr_run *active = &report->scan.active;

    if (!is_pending(report)) {
        return VXO_ENTRY_STALE;
    }
    if (!entry->is_valid) {
        return VXO_ENTRY_INVALID;
    }
    if (!report->scan.has_active) {
        return VXO_ENTRY_ELSEWHERE;
    }
    if (is_in_active(report, active->head.tail, entry->pos)) {
        return VXO_ENTRY_APPLIED;
    }
    return is_in_active(report, active->start, entry->pos) ? VXO_ENTRY_OLDER : VXO_ENTRY_ELSEWHERE;
}

uint64_t vxo_entry_number(const struct vxo_log_report *report, const struct vxr_entry *entry)
{
    const struct vxr_log *log = report->image.log;

    /* The first number is known once the entry at the tail was read. */
    if (vxo_entry_role(report, entry) != VXO_ENTRY_APPLIED || log->entries == 0) {
        return 0;
    }
    return vx_add_sat(vx_sub_sat(entry->sequence, log->first_sequence), 1);
}

bool vxo_run_is_active(const struct vxo_log_report *report, const struct vxr_run *run)
{
    return is_pending(report) && report->scan.has_active && run->start == report->scan.active.start;
}

static void put_rule(struct vxo_buffer *put, const struct vxo_log_report *report,
                     const struct vxr_entry *entry, enum vx_rule rule)
{
    struct vx_finding finding = vxr_entry_finding(report->ring, entry, rule);

    vxo_expand(put, vxo_rule_text(rule)->message, &finding);
}

void vxo_put_entry_reason(struct vxo_buffer *put, const struct vxo_log_report *report,
                          const struct vxr_entry *entry)
{
    switch (vxo_entry_role(report, entry)) {
    case VXO_ENTRY_OLDER:
        vxo_put(put,
                "it lies before the tail of the active sequence: what it wrote is in its place");
        break;
    case VXO_ENTRY_ELSEWHERE:
        vxo_put(put, "the run it belongs to is not the active one");
        break;
    case VXO_ENTRY_INVALID:
        put_rule(put, report, entry, entry->reason);
        break;
    case VXO_ENTRY_STALE:
        vxo_put(put, "the log is clean: nothing in it counts");
        break;
    case VXO_ENTRY_APPLIED:
    default:
        break;
    }
}

void vxo_put_run_reason(struct vxo_buffer *put, const struct vxo_log_report *report,
                        const struct vxr_run *run)
{
    if (vxo_run_is_active(report, run)) {
        return;
    }
    if (!is_pending(report)) {
        vxo_put(put, "the log is clean: nothing in it counts");
    } else if (!run->is_valid) {
        put_rule(put, report, &run->head, VX_SEQ_003);
    } else if (run->head.sequence < report->scan.active.head.sequence) {
        vxo_put(put, "the active run ends with a greater sequence number");
    } else {
        vxo_put(put, "the active run ends with the same sequence number and was found first");
    }
}
