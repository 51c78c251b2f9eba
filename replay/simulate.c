/* The passes of a check with the log in their midst. */
#include "replay/simulate.h"

#include "parser/bytes.h"
#include "parser/entry.h"
#include "parser/workspace.h"

enum vx_status vxr_check_init(struct vxr_check *c, const struct vxr_memory *memory,
                              struct vx_reporter *rep)
{
    enum vx_status status = VX_OK;

    memset(c, 0, sizeof(*c));
    c->log_ws = memory->log;
    c->prefix = VXR_ALL_ENTRIES;
    status = vx_structure_init(&c->structure, memory->structure, memory->structure_bytes, rep);
    if (status != VX_OK) {
        return status;
    }
    return vxr_overlay_init(&c->overlay, memory->overlay, memory->overlay_bytes);
}

/* Look through the overlay: c->view becomes the replayed image. */
static void replay(struct vxr_check *c, const struct vx_source *raw)
{
    const struct vx_header *h = vx_headers_current(&c->structure.facts.headers);

    if (h == NULL) {
        return;
    }
    vxr_view_init(&c->replayed, raw, &c->overlay, h->log_offset, h->log_length,
                  c->log.scan.active.head.tail, c->log.size, &c->view);
    c->is_replayed = true;
    c->structure.rep->view = VX_VIEW_REPLAYED;
}

bool vxr_check_log(struct vxr_check *c, const struct vx_source *raw, const struct vxr_story *story)
{
    struct vx_headers *headers = &c->structure.facts.headers;

    c->view = *raw;
    if (!vx_structure_check_head(&c->structure, raw) || !headers->has_current) {
        return false;
    }
    vxr_log_check(raw, headers, c->structure.ws->crc, c->prefix, c->log_ws, &c->overlay, story,
                  c->structure.rep, &c->log);
    if (c->log.state == VXR_LOG_REPLAYED) {
        replay(c, raw);
    }
    return c->log.state == VXR_LOG_CLEAN || c->log.state == VXR_LOG_REPLAYED;
}

bool vxr_check_tables(struct vxr_check *c)
{
    return vx_structure_check_tables(&c->structure, &c->view);
}

/* Which applied data would land in a payload block of the replayed table? */
static void check_payload_targets(struct vxr_check *c, const struct vx_bat_run *run,
                                  const struct vx_entry_walk *walk)
{
    for (uint32_t pos = run->begin; pos < run->end && pos < VX_BAT_WINDOW_ENTRIES; pos++) {
        struct vx_entry entry = {
            .raw = vx_bat_entry(c->structure.ws->table[0], pos),
            .index = vx_add_sat(run->index, vx_sub_sat(pos, run->begin)),
            .number = vx_add_sat(run->number, vx_sub_sat(pos, run->begin)),
        };
        struct vx_finding f = vx_entry_finding(walk, VX_LGD_011, entry.index, entry.number, false);
        struct vx_claim claim = {0};
        uint64_t begin = 0;
        uint32_t i = 0;

        if (!vx_entry_claim(walk, &entry, &claim) || claim.is_soft) {
            continue;
        }
        begin = claim.begin_mib << VX_MIB_SHIFT;
        i = vxr_overlay_find(&c->overlay, begin);
        if (i < c->overlay.segment_count &&
            c->overlay.segment[i].begin < vx_add_sat(begin, claim.count_mib << VX_MIB_SHIFT)) {
            f.arg[1] = vx_max(c->overlay.segment[i].begin, begin);
            f.other_offset = c->overlay.segment[i].begin;
            f.other_length = vx_sub_sat(c->overlay.segment[i].end, c->overlay.segment[i].begin);
            vx_report(c->structure.rep, &f);
        }
    }
}

/* The log is for metadata: warn where it writes into payload blocks. One more walk over the table,
 * and only of an image with something to replay. */
static void check_targets(struct vxr_check *c)
{
    struct vx_facts *facts = &c->structure.facts;
    struct vx_blocks_job job = {
        .geo = &facts->geometry,
        .bat = &facts->regions.bat,
        .layout = &c->structure.ws->layout,
    };
    struct vx_entry_walk walk = {.job = &job, .file_bytes = c->view.size};
    struct vx_bat_iterator it = {0};
    struct vx_bat_run run = {0};
    uint64_t room = vx_div(facts->regions.bat.length, VX_BAT_ENTRY_BYTES);

    if (c->overlay.segment_count == 0 || !facts->blocks.is_judged) {
        return;
    }
    vx_bat_iterator_init(&it, &c->view, facts->regions.bat.offset,
                         vx_min(facts->geometry.bat_entries, room), &facts->geometry,
                         c->structure.ws->table[0]);
    while (vx_bat_next(&it, &run) == VX_OK) {
        if (run.kind == VX_RUN_PAYLOAD) {
            check_payload_targets(c, &run, &walk);
        } else if (run.kind == VX_RUN_UNREADABLE && facts->blocks.unreadable == 0) {
            struct vx_finding f = vx_entry_finding(&walk, VX_RUN_001, run.index, 0, false);

            vx_report_unreadable(c->structure.rep, f.offset, VX_BAT_WINDOW_BYTES);
        }
    }
}

void vxr_check_run(struct vxr_check *c, const struct vx_source *raw, const struct vxr_story *story)
{
    bool may_judge = vxr_check_log(c, raw, story);
    const struct vx_fileid *id = &c->structure.facts.fileid;
    const struct vx_header *h = vx_headers_current(&c->structure.facts.headers);

    if ((h == NULL && id->is_read && !id->has_signature) || (h != NULL && h->version != 1)) {
        return; /* no VHDX, or none whose layout is known: vx_structure_check_head() said so */
    }
    (void)vxr_check_tables(c);
    if (!may_judge) {
        vx_report_skipped(c->structure.rep, VX_PASS_BLOCKS);
        return;
    }
    vx_structure_check_blocks(&c->structure, &c->view);
    check_targets(c);
}

void vxr_check_unreplayed(struct vxr_check *c, const struct vx_source *raw, struct vx_reporter *rep)
{
    struct vx_reporter *own_rep = c->structure.rep;

    rep->view = VX_VIEW_RAW;
    c->structure.rep = rep;
    memcpy(&c->replayed_facts, &c->structure.facts, sizeof(c->replayed_facts));
    (void)vx_structure_check_tables(&c->structure, raw);
    vx_structure_check_blocks(&c->structure, raw);
    memcpy(&c->structure.facts, &c->replayed_facts, sizeof(c->replayed_facts));
    c->structure.rep = own_rep;
}
