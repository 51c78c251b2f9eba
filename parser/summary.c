/* What is said when all blocks are known: collisions, summaries, fixed images. */
#include "parser/summary.h"

#include "parser/bytes.h"

/* Report one kept collision under `rule`, against `other`; NULL when the other side could not be
 * found again, because the table could not be read a second time. */
static void report_collision(struct vx_entry_walk *walk, enum vx_rule rule,
                             const struct vx_claim *own, const struct vx_claim *other)
{
    struct vx_finding f = vx_entry_finding(walk, rule, own->index, own->number, own->is_bitmap);
    struct vx_finding g = {0};

    f.arg[1] = own->begin_mib << VX_MIB_SHIFT;
    f.arg[2] = (uint64_t)VX_OBJ_BLOCKS;
    if (other != NULL) {
        g = vx_entry_finding(walk, rule, other->index, other->number, other->is_bitmap);
        f.other_offset = g.offset;
        f.other_length = g.length;
        f.arg[2] = (uint64_t)g.object;
        f.arg[3] = other->index;
    }
    vx_report(walk->rep, &f);
}

/* Count the collisions under `rule` that were not kept, so that totals are exact. */
static void report_rest(struct vx_entry_walk *walk, enum vx_rule rule, uint64_t count,
                        uint64_t reported)
{
    struct vx_finding f = vx_entry_finding(walk, rule, 0, 0, false);

    vx_report_more(walk->rep, &f, vx_sub_sat(count, reported));
}

static void report_hard_collisions(struct vx_entry_walk *walk)
{
    const struct vx_collisions *list = &walk->job->claims->hard;
    uint64_t same = 0;

    for (uint32_t i = 0; i < list->stored && i < VX_COLLISIONS_MAX; i++) {
        const struct vx_collision *c = &list->at[i];

        report_collision(walk, VX_BAT_015, &c->claim, c->has_owner ? &c->owner : NULL);
        if (c->is_same_offset) {
            report_collision(walk, VX_BAT_016, &c->claim, c->has_twin ? &c->twin : NULL);
            same = vx_add_sat(same, 1);
        }
    }
    report_rest(walk, VX_BAT_015, list->count, list->stored);
    report_rest(walk, VX_BAT_016, list->same_offset_count, same);
}

static void report_soft_collisions(struct vx_entry_walk *walk)
{
    const struct vx_collisions *list = &walk->job->claims->soft;

    for (uint32_t i = 0; i < list->stored && i < VX_COLLISIONS_MAX; i++) {
        const struct vx_collision *c = &list->at[i];

        report_collision(walk, VX_BAT_019, &c->claim, c->has_owner ? &c->owner : NULL);
    }
    report_rest(walk, VX_BAT_019, list->count, list->stored);
}

/* A summary under a layout rule about all blocks, if there is anything to say. */
static void report_summary(struct vx_entry_walk *walk, enum vx_rule rule,
                           const struct vx_tally *tally, uint64_t arg0, uint64_t arg1,
                           uint64_t arg2)
{
    struct vx_finding f = vx_entry_finding(walk, rule, tally->first, 0, false);

    if (tally->count == 0) {
        return;
    }
    f.severity = VX_SEV_ERROR;
    f.object = VX_OBJ_BLOCKS;
    f.arg[0] = arg0;
    f.arg[1] = arg1;
    f.arg[2] = arg2;
    vx_report(walk->rep, &f);
}

static void report_summaries(struct vx_entry_walk *walk)
{
    const struct vx_collisions *hard = &walk->job->claims->hard;
    struct vx_tally overlapping = {
        .count = hard->count,
        .first = hard->stored > 0 ? hard->at[0].claim.index : 0,
    };
    struct vx_finding f = vx_finding_at(VX_BAT_027, VX_OBJ_BAT, 0, VX_NO_OFFSET, 0);

    report_summary(walk, VX_LAY_005, &walk->at_zero, 0, VX_HEADER_SECTION_BYTES, 0);
    report_summary(walk, VX_LAY_006, &overlapping, (uint64_t)VX_OBJ_BLOCKS, 0, hard->count);
    report_summary(walk, VX_LAY_007, &walk->missing, walk->missing_end, walk->file_bytes, 0);
    vx_layout_report_blocks(walk->job->layout, walk->rep);
    walk->out->unused_slots = walk->unused.count;
    f.offset = vx_entry_finding(walk, VX_BAT_027, walk->unused.first, 0, false).offset;
    f.length = VX_BAT_ENTRY_BYTES;
    f.arg[0] = walk->unused.count;
    f.arg[1] = walk->unused.first;
    if (walk->unused.count > 0) {
        vx_report(walk->rep, &f);
    }
}

/* A fixed image should have all its blocks, and room for them. */
static void check_fixed(struct vx_entry_walk *walk)
{
    const struct vx_geometry *geo = walk->job->geo;
    const uint64_t *state = walk->out->payload_state;
    struct vx_finding f = vx_finding_at(VX_BAT_020, VX_OBJ_DISK, 0, VX_NO_OFFSET, 0);

    f.arg[0] = vx_add_sat(vx_add_sat(state[VX_STATE_NOT_PRESENT], state[VX_STATE_UNDEFINED]),
                          vx_add_sat(state[VX_STATE_ZERO], state[VX_STATE_UNMAPPED]));
    if (!geo->leaves_blocks_allocated || geo->has_parent) {
        return;
    }
    if (f.arg[0] > 0) {
        vx_report(walk->rep, &f);
    }
    f.rule = VX_BAT_021;
    f.arg[0] = walk->file_bytes;
    f.arg[1] = vx_add_sat(vx_layout_bytes(walk->job->layout), geo->disk_bytes);
    if (walk->file_bytes < f.arg[1]) {
        vx_report(walk->rep, &f);
    }
}

void vx_summary_report(struct vx_entry_walk *walk)
{
    report_hard_collisions(walk);
    report_soft_collisions(walk);
    report_summaries(walk);
    check_fixed(walk);
}
