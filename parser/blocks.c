/* The pass over all blocks. Naive form: judge each entry, then compare every two blocks.
 * Bytes read: at most pass_limit times the table for comparing blocks, as much again when stale
 * places exist, as much again for collisions in a differencing image, and once more to name the
 * owners of collisions. */
#include "parser/blocks.h"

#include "parser/bytes.h"
#include "parser/entry.h"
#include "parser/summary.h"

/* The first slot in [begin, end) of the window that does not hold `value`. */
static uint32_t end_of_stretch(const uint8_t window[VX_BAT_WINDOW_BYTES], uint32_t begin,
                               uint32_t end, uint64_t value)
{
    uint32_t pos = begin;

    while (pos < end && pos < VX_BAT_WINDOW_ENTRIES && vx_bat_entry(window, pos) == value) {
        pos++;
    }
    return pos;
}

/* The entry at `pos` of the window, which belongs to the run. */
static struct vx_entry entry_at(const struct vx_entry_walk *walk, const struct vx_bat_run *run,
                                uint32_t pos)
{
    uint64_t step = vx_sub_sat(pos, run->begin);

    return (struct vx_entry){
        .raw = vx_bat_entry(walk->job->window, pos < VX_BAT_WINDOW_ENTRIES ? pos : 0),
        .index = vx_add_sat(run->index, step),
        .number = vx_add_sat(run->number, step),
        .is_bitmap = run->kind == VX_RUN_BITMAP,
    };
}

/* Count `count` blocks in a state. */
static void count_state(uint64_t state[VX_STATE_COUNT], enum vx_block_state which, uint64_t count)
{
    state[which] = vx_add_sat(state[which], count);
}

/* How far ahead of the marks the bitmap's words are fetched, in entries. */
enum { ENTRIES_AHEAD = 32 };

/* Which places are plain: from the end of all regions on, as far as a block fits into the file, and
 * in the window of the first pass over the claims, which begins at 0. */
static struct vx_plain find_plain(const struct vx_entry_walk *walk)
{
    uint64_t file_mib = walk->file_bytes >> VX_MIB_SHIFT;

    return (struct vx_plain){
        .begin_mib = vx_max(walk->clear_mib, 1),
        .end_mib = vx_min(vx_sub_sat(vx_add_sat(file_mib, 1), walk->job->geo->block_mib),
                          walk->job->claims->window_end_mib),
    };
}

/* A fully present block in a plain place, and no reserved bit set. */
static bool is_plain(struct vx_plain plain, uint64_t raw)
{
    uint64_t mib = vx_bat_mib(raw);

    return (raw & (VX_MIB - 1)) == VX_STATE_FULLY_PRESENT && mib >= plain.begin_mib &&
           mib < plain.end_mib;
}

/* The plain block at `pos` of the window is where another block was before. */
static void settle_plain(struct vx_entry_walk *walk, const struct vx_bat_run *run, uint32_t pos,
                         enum vx_claim_mark mark)
{
    struct vx_entry entry = entry_at(walk, run, pos);
    struct vx_claim claim = {0};

    if (vx_entry_claim(walk, &entry, &claim)) {
        vx_claims_settle(walk->job->claims, &claim, mark);
    }
}

/* What a stretch of entries came to. The rest of its blocks is not present. */
struct plain_count {
    uint64_t zero;
    uint64_t present;
    uint64_t furthest_mib; /* where the block that is furthest in the file begins */
};

static void count_plain(struct vx_entry_walk *walk, const struct plain_count *count,
                        uint64_t entries)
{
    uint64_t *state = walk->out->payload_state;
    uint64_t rest = vx_sub_sat(entries, vx_add_sat(count->zero, count->present));

    count_state(state, VX_STATE_ZERO, count->zero);
    count_state(state, VX_STATE_FULLY_PRESENT, count->present);
    count_state(state, VX_STATE_NOT_PRESENT, rest);
    if (count->present > 0) {
        walk->out->end =
            vx_max(walk->out->end, vx_add_sat(count->furthest_mib << VX_MIB_SHIFT,
                                              walk->job->geo->block_mib << VX_MIB_SHIFT));
    }
}

/* Judge entries from `begin` on while there is nothing to say about them, as about nearly all of a
 * sound disk: blocks without data or place, and plain ones. Returns the position behind them. The
 * outcome is that of vx_entry_check_payload(). Few locals: this is the loop that takes the time. */
static uint32_t check_plain_stretch(struct vx_entry_walk *walk, const struct vx_bat_run *run,
                                    uint32_t begin)
{
    const struct vx_plain plain = walk->plain;
    const struct vx_claim_planes planes = vx_claims_planes(walk->job->claims);
    const uint64_t block_mib = walk->job->geo->block_mib;
    const uint8_t *const window = walk->job->window;
    const uint32_t end = run->end < VX_BAT_WINDOW_ENTRIES ? run->end : VX_BAT_WINDOW_ENTRIES;
    struct plain_count count = {0};
    uint32_t pos = begin;

    for (; pos < end; pos++) {
        uint64_t raw = vx_bat_entry(window, pos);
        uint64_t mib = vx_bat_mib(raw);

        if (raw == VX_STATE_ZERO) {
            count.zero = vx_add_sat(count.zero, 1);
        } else if (is_plain(plain, raw)) {
            uint64_t ahead = vx_bat_entry(window, (pos + ENTRIES_AHEAD) % VX_BAT_WINDOW_ENTRIES);
            enum vx_claim_mark mark = VX_MARK_FREE;

            VX_PREFETCH(vx_planes_word(planes, vx_bat_mib(ahead)));
            mark = vx_planes_mark(planes, mib, block_mib);
            if (mark != VX_MARK_FREE) {
                settle_plain(walk, run, pos, mark);
            }
            count.present = vx_add_sat(count.present, 1);
            count.furthest_mib = mib > count.furthest_mib ? mib : count.furthest_mib;
        } else if (raw != VX_STATE_NOT_PRESENT) {
            break;
        }
    }
    count_plain(walk, &count, vx_sub_sat(pos, begin));
    return pos;
}

/* A run of payload entries. */
static void check_payload_run(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    uint32_t pos = check_plain_stretch(walk, run, run->begin);

    while (pos < run->end && pos < VX_BAT_WINDOW_ENTRIES) {
        struct vx_entry entry = entry_at(walk, run, pos);

        vx_entry_check_payload(walk, &entry);
        pos = check_plain_stretch(walk, run, pos + 1);
    }
}

static void check_unused_run(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    uint32_t pos = run->begin;

    while (pos < run->end && pos < VX_BAT_WINDOW_ENTRIES) {
        pos = end_of_stretch(walk->job->window, pos, run->end, 0);
        if (pos < run->end && pos < VX_BAT_WINDOW_ENTRIES) {
            vx_tally_add(&walk->unused, vx_add_sat(run->index, vx_sub_sat(pos, run->begin)));
            pos++;
        }
    }
}

/* The chunk's bitmap slot lies in a hole or could not be read; close the chunk all the same. */
static void close_chunk(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    uint64_t chunk = vx_geometry_bitmap_before(walk->job->geo, run->index);
    struct vx_entry entry = {
        .number = chunk,
        .is_bitmap = true,
        .index = vx_geometry_bitmap_index(walk->job->geo, chunk),
    };

    if (run->kind == VX_RUN_HOLE) {
        vx_entry_check_bitmap(walk, &entry);
        /* counted with the rest of the hole */
        walk->out->bitmap_state[VX_STATE_NOT_PRESENT] =
            vx_sub_sat(walk->out->bitmap_state[VX_STATE_NOT_PRESENT], 1);
    }
    walk->partial = (struct vx_tally){0};
}

/* Part of the table could not be read. */
static void report_unread(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    struct vx_finding f = vx_entry_finding(walk, VX_RUN_001, run->index, 0, false);

    walk->is_unread_reported = true;
    vx_report_unreadable(walk->rep, f.offset,
                         VX_BAT_ENTRY_BYTES * vx_min(run->count, UINT64_MAX / VX_BAT_ENTRY_BYTES));
}

/* A run of slots of all kinds without bytes. */
static void check_absent_run(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    const struct vx_geometry *geo = walk->job->geo;
    uint64_t end = vx_add_sat(run->index, run->count);
    uint64_t payload = vx_sub_sat(vx_geometry_payload_before(geo, end),
                                  vx_geometry_payload_before(geo, run->index));
    uint64_t bitmap =
        vx_sub_sat(vx_geometry_bitmap_before(geo, end), vx_geometry_bitmap_before(geo, run->index));

    if (bitmap > 0 && walk->partial.count > 0) {
        close_chunk(walk, run);
    }
    if (run->kind == VX_RUN_HOLE) {
        count_state(walk->out->payload_state, VX_STATE_NOT_PRESENT, payload);
        count_state(walk->out->bitmap_state, VX_STATE_NOT_PRESENT, bitmap);
    } else {
        walk->out->unreadable = vx_add_sat(walk->out->unreadable, vx_add_sat(payload, bitmap));
        report_unread(walk, run);
    }
}

static void check_run(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    struct vx_entry entry = {0};

    switch (run->kind) {
    case VX_RUN_PAYLOAD:
        check_payload_run(walk, run);
        break;
    case VX_RUN_BITMAP:
        entry = entry_at(walk, run, run->begin);
        vx_entry_check_bitmap(walk, &entry);
        break;
    case VX_RUN_UNUSED:
        check_unused_run(walk, run);
        break;
    case VX_RUN_HOLE:
    case VX_RUN_UNREADABLE:
        check_absent_run(walk, run);
        break;
    }
}

/* Start an iteration over the first slot_count slots. */
static void start(const struct vx_entry_walk *walk, uint64_t slot_count, struct vx_bat_iterator *it)
{
    uint64_t room = vx_div(walk->job->bat->length, VX_BAT_ENTRY_BYTES);

    vx_bat_iterator_init(it, walk->job->view, walk->job->bat->offset, vx_min(slot_count, room),
                         walk->job->geo, walk->job->window);
}

/* First walk: every rule, and the hard claims of the first window. */
static void walk_and_check(struct vx_entry_walk *walk)
{
    struct vx_bat_iterator it = {0};
    struct vx_bat_run run = {0};

    start(walk, UINT64_MAX, &it);
    while (vx_bat_next(&it, &run) == VX_OK) {
        check_run(walk, &run);
    }
}

/* What a further walk over the table does with each claim. */
enum purpose { ADD_HARD, ADD_SOFT, FIND_SHARED, REPORT_SHARED, OFFER_OWNERS };

/* Remember a bitmap block that is another's too. */
static void find_shared(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    if (entry->is_bitmap && vx_entry_is_shared(walk, entry)) {
        walk->has_shared = true;
        vx_entry_lose_bitmap(walk, entry);
    }
}

/* Report what was remembered, in BAT order, with the blocks that suffer from it. */
static void report_shared(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    if (entry->is_bitmap) {
        if (vx_entry_has_lost_place(walk, entry)) {
            vx_entry_report_shared(walk, entry);
        }
        walk->partial = (struct vx_tally){0};
    } else if (vx_bat_state(entry->raw) == VX_STATE_PARTIALLY_PRESENT) {
        vx_entry_note_partial(walk, entry);
    }
}

static void use_claims(struct vx_entry_walk *walk, const struct vx_bat_run *run,
                       enum purpose purpose)
{
    struct vx_claim claim = {0};

    for (uint32_t pos = run->begin; pos < run->end && pos < VX_BAT_WINDOW_ENTRIES; pos++) {
        struct vx_entry entry = entry_at(walk, run, pos);

        if (purpose == FIND_SHARED) {
            find_shared(walk, &entry);
        } else if (purpose == REPORT_SHARED) {
            report_shared(walk, &entry);
        } else if (!vx_entry_claim(walk, &entry, &claim)) {
            continue;
        } else if (purpose == OFFER_OWNERS) {
            vx_claims_offer_owner(walk->job->claims, &claim);
        } else if (claim.is_soft == (purpose == ADD_SOFT)) {
            vx_claims_add(walk->job->claims, &claim);
        }
    }
}

/* A run without bytes in a further walk. What the first walk could not read it has reported; that
 * something is unreadable only now must be said as well. */
static void pass_absent_run(struct vx_entry_walk *walk, const struct vx_bat_run *run)
{
    uint64_t end = vx_add_sat(run->index, run->count);

    if (run->kind == VX_RUN_UNREADABLE && !walk->is_unread_reported) {
        report_unread(walk, run);
    }
    if (vx_geometry_bitmap_before(walk->job->geo, end) !=
        vx_geometry_bitmap_before(walk->job->geo, run->index)) {
        walk->partial = (struct vx_tally){0}; /* the chunk's bitmap entry was passed */
    }
}

/* A further walk over the table. */
static void walk_again(struct vx_entry_walk *walk, enum purpose purpose)
{
    struct vx_bat_iterator it = {0};
    struct vx_bat_run run = {0};

    walk->partial = (struct vx_tally){0};
    start(walk, walk->job->geo->bat_entries, &it);
    while (vx_bat_next(&it, &run) == VX_OK) {
        if (purpose == OFFER_OWNERS && !vx_claims_want_owner(walk->job->claims, run.index)) {
            return;
        }
        if (run.kind == VX_RUN_PAYLOAD || run.kind == VX_RUN_BITMAP) {
            use_claims(walk, &run, purpose);
        } else {
            pass_absent_run(walk, &run);
        }
    }
}

/* Compare blocks with each other, window by window; the first window's hard claims are in. */
static void compare_blocks(struct vx_entry_walk *walk)
{
    struct vx_claims *claims = walk->job->claims;
    struct vx_finding f = vx_finding_at(VX_RUN_005, VX_OBJ_BLOCKS, 0, VX_NO_OFFSET, 0);

    walk->out->passes = 1;
    for (;;) { /* at most pass_limit times */
        if (claims->shared.words != NULL && claims->hard.count > 0) {
            walk_again(walk, FIND_SHARED);
        }
        if (walk->soft_count > 0) {
            walk_again(walk, ADD_SOFT);
        }
        if (claims->next_begin_mib == UINT64_MAX || walk->out->passes >= walk->job->pass_limit) {
            break;
        }
        vx_claims_start(claims, claims->next_begin_mib);
        walk_again(walk, ADD_HARD);
        walk->out->passes += 1;
    }
    if (claims->next_begin_mib != UINT64_MAX) {
        f.arg[0] = vx_min(claims->next_begin_mib, UINT64_MAX >> VX_MIB_SHIFT) << VX_MIB_SHIFT;
        f.arg[1] = walk->out->passes;
        vx_report(walk->rep, &f);
    }
    if (walk->has_shared) {
        walk_again(walk, REPORT_SHARED);
    }
    if (claims->hard.stored > 0 || claims->soft.stored > 0) {
        vx_claims_start_naming(claims);
        walk_again(walk, OFFER_OWNERS);
    }
}

/* Does the table have an entry for every block? */
static void check_room(struct vx_entry_walk *walk)
{
    uint64_t needed =
        VX_BAT_ENTRY_BYTES * vx_min(walk->job->geo->bat_entries, UINT64_MAX / VX_BAT_ENTRY_BYTES);
    struct vx_finding f = vx_finding_at(VX_BAT_007, VX_OBJ_BAT_REGION, walk->job->bat->index,
                                        walk->job->bat->offset, walk->job->bat->length);

    f.arg[0] = walk->job->bat->length;
    f.arg[1] = needed;
    if (walk->job->bat->length < needed) {
        vx_report(walk->rep, &f);
    }
}

void vx_blocks_check(const struct vx_blocks_job *job, struct vx_reporter *rep,
                     struct vx_blocks *out)
{
    struct vx_entry_walk walk = {
        .job = job,
        .rep = rep,
        .out = out,
        .file_bytes = job->view->size,
        .clear_mib = vx_div_up(job->layout->end, VX_MIB),
    };

    memset(out, 0, sizeof(*out));
    check_room(&walk);
    vx_claims_start(job->claims, 0);
    walk.plain = find_plain(&walk);
    walk_and_check(&walk);
    compare_blocks(&walk);
    vx_summary_report(&walk);
    out->is_judged = true;
}
