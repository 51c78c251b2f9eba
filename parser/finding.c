/* Counting and forwarding of findings. */
#include "parser/finding.h"

#include "parser/bytes.h"

void vx_reporter_init(struct vx_reporter *rep, vx_sink_fn *sink, void *ctx)
{
    memset(rep, 0, sizeof(*rep));
    rep->evidence_end = UINT64_MAX;
    rep->sink = sink;
    rep->ctx = ctx;
}

struct vx_finding vx_finding_at(enum vx_rule rule, enum vx_object object, uint64_t index,
                                uint64_t offset, uint64_t length)
{
    return (struct vx_finding){
        .rule = rule,
        .object = object,
        .index = index,
        .offset = offset,
        .length = length,
        .other_offset = VX_NO_OFFSET,
    };
}

static enum vx_severity severity_of(const struct vx_finding *finding)
{
    return finding->severity == VX_SEV_DEFAULT ? vx_rule_severity(finding->rule)
                                               : finding->severity;
}

void vx_report_more(struct vx_reporter *rep, const struct vx_finding *finding, uint64_t count)
{
    enum vx_rule rule = finding->rule;
    enum vx_severity severity = severity_of(finding);

    if ((unsigned)rule >= VX_RULE_COUNT || (unsigned)severity >= VX_SEV_COUNT) {
        return;
    }
    rep->total[rule] = vx_add_sat(rep->total[rule], count);
    rep->by_severity[severity] = vx_add_sat(rep->by_severity[severity], count);
    if (count > 0 && vx_rule_is_about_run(rule) && severity >= VX_SEV_WARNING) {
        rep->is_incomplete = true;
    }
}

/* Evidence lies inside the file, even if the object that it belongs to does not. */
static void clip(uint64_t end, uint64_t *offset, uint64_t *length)
{
    if (*offset >= end) {
        *offset = VX_NO_OFFSET;
        *length = 0;
    } else {
        *length = vx_min(*length, vx_sub_sat(end, *offset));
    }
}

void vx_report(struct vx_reporter *rep, const struct vx_finding *finding)
{
    struct vx_finding f = *finding;

    if ((unsigned)f.rule >= VX_RULE_COUNT) {
        return;
    }
    f.severity = severity_of(finding);
    vx_report_more(rep, finding, 1);
    if (rep->total[f.rule] > VX_FINDINGS_PER_RULE && f.severity <= rep->gravest[f.rule]) {
        return;
    }
    if (f.severity > rep->gravest[f.rule]) {
        rep->gravest[f.rule] = f.severity;
    }
    f.view = rep->view;
    clip(rep->evidence_end, &f.offset, &f.length);
    clip(rep->evidence_end, &f.other_offset, &f.other_length);
    rep->sink(rep->ctx, &f);
}

void vx_report_unreadable(struct vx_reporter *rep, uint64_t offset, uint64_t length)
{
    struct vx_finding f = vx_finding_at(VX_RUN_001, VX_OBJ_FILE, 0, offset, length);

    f.arg[0] = offset;
    f.arg[1] = length;
    vx_report(rep, &f);
}

void vx_report_skipped(struct vx_reporter *rep, enum vx_pass pass)
{
    struct vx_finding f = vx_finding_at(VX_RUN_003, VX_OBJ_RUN, 0, VX_NO_OFFSET, 0);

    f.arg[0] = (uint64_t)pass;
    vx_report(rep, &f);
}

enum vx_verdict vx_verdict_of(const struct vx_reporter *rep)
{
    if (rep->total[VX_RUN_002] > 0) {
        return VX_INCOMPLETE;
    }
    if (rep->by_severity[VX_SEV_FATAL] > 0 || rep->by_severity[VX_SEV_ERROR] > 0) {
        return VX_CORRUPT;
    }
    if (rep->is_incomplete) {
        return VX_INCOMPLETE;
    }
    return rep->by_severity[VX_SEV_WARNING] > 0 ? VX_WARNINGS : VX_SOUND;
}
