/* One BAT entry: state, reserved bits, place. */
#include "parser/entry.h"

#include "parser/bytes.h"

#define MIB_LIMIT (UINT64_C(1) << 44) /* 2^64 bytes: no block may end here or beyond */

void vx_tally_add(struct vx_tally *tally, uint64_t index)
{
    if (tally->count == 0) {
        tally->first = index;
    }
    tally->count = vx_add_sat(tally->count, 1);
}

struct vx_finding vx_entry_finding(const struct vx_entry_walk *walk, enum vx_rule rule,
                                   uint64_t index, uint64_t number, bool is_bitmap)
{
    struct vx_finding f =
        vx_finding_at(rule, is_bitmap ? VX_OBJ_BITMAP_ENTRY : VX_OBJ_PAYLOAD_ENTRY, index,
                      vx_bat_slot_offset(walk->job->bat->offset, index), VX_BAT_ENTRY_BYTES);

    f.arg[0] = number;
    return f;
}

static struct vx_finding about(const struct vx_entry_walk *walk, const struct vx_entry *entry,
                               enum vx_rule rule)
{
    struct vx_finding f =
        vx_entry_finding(walk, rule, entry->index, entry->number, entry->is_bitmap);

    f.arg[1] = vx_bat_mib(entry->raw) << VX_MIB_SHIFT;
    return f;
}

/* MiBs that the entry's block occupies. */
static uint64_t length_mib(const struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    return entry->is_bitmap ? 1 : walk->job->geo->block_mib;
}

/* What a stale place hits, apart from other blocks. */
enum stale { STALE_FREE, STALE_PLACE, STALE_FILE_END };

/* The first place that overlaps [begin, end), or NULL. */
static const struct vx_place *first_hit(const struct vx_entry_walk *walk, uint64_t begin,
                                        uint64_t end)
{
    struct vx_layout_range range = vx_layout_find(walk->job->layout, begin, end);

    return range.first < range.last && range.first < VX_LAYOUT_MAX
               ? &walk->job->layout->place[range.first]
               : NULL;
}

static enum stale stale_fault(const struct vx_entry_walk *walk, uint64_t raw,
                              const struct vx_place **place)
{
    uint64_t begin = vx_bat_mib(raw) << VX_MIB_SHIFT;
    uint64_t length = walk->job->geo->block_mib << VX_MIB_SHIFT;

    *place = first_hit(walk, begin, vx_add_sat(begin, length));
    if (*place != NULL) {
        return STALE_PLACE;
    }
    return vx_within(begin, length, walk->file_bytes) ? STALE_FREE : STALE_FILE_END;
}

bool vx_entry_claim(const struct vx_entry_walk *walk, const struct vx_entry *entry,
                    struct vx_claim *claim)
{
    const struct vx_place *place = NULL;
    unsigned state = vx_bat_state(entry->raw);
    bool is_hard = state == VX_STATE_FULLY_PRESENT ||
                   (state == VX_STATE_PARTIALLY_PRESENT && !entry->is_bitmap);
    bool is_soft = !entry->is_bitmap && (state == VX_STATE_UNDEFINED || state == VX_STATE_UNMAPPED);

    *claim = (struct vx_claim){
        .index = entry->index,
        .begin_mib = vx_bat_mib(entry->raw),
        .count_mib = length_mib(walk, entry),
        .number = entry->number,
        .is_bitmap = entry->is_bitmap,
        .is_soft = is_soft,
    };
    if ((!is_hard && !is_soft) || (entry->is_bitmap && !walk->job->geo->has_parent)) {
        return false;
    }
    if (claim->begin_mib == 0 || !vx_within(claim->begin_mib, claim->count_mib, MIB_LIMIT - 1) ||
        !vx_within(claim->begin_mib << VX_MIB_SHIFT, 1, walk->file_bytes)) {
        return false;
    }
    return is_hard || stale_fault(walk, entry->raw, &place) == STALE_FREE;
}

/* Does the block end inside the file? needed: bytes of it that hold data. */
static bool check_end(struct vx_entry_walk *walk, const struct vx_entry *entry, uint64_t needed)
{
    uint64_t mib = vx_bat_mib(entry->raw);
    uint64_t count = length_mib(walk, entry);
    bool is_wrapping = !vx_within(mib, count, MIB_LIMIT - 1);
    bool is_missing = !vx_within(mib << VX_MIB_SHIFT, needed, walk->file_bytes);
    struct vx_finding f = about(walk, entry, VX_BAT_028);

    if (is_wrapping) {
        vx_report(walk->rep, &f);
    }
    if (vx_within(mib << VX_MIB_SHIFT, count << VX_MIB_SHIFT, walk->file_bytes)) {
        return true;
    }
    f = about(walk, entry, VX_BAT_017);
    f.severity = is_missing ? VX_SEV_ERROR : VX_SEV_WARNING;
    f.arg[1] = vx_add_sat(mib << VX_MIB_SHIFT, count << VX_MIB_SHIFT);
    f.arg[2] = walk->file_bytes;
    vx_report(walk->rep, &f);
    if (is_missing) {
        vx_tally_add(&walk->missing, entry->index);
        walk->missing_end = vx_max(walk->missing_end, f.arg[1]);
    }
    return !is_missing;
}

/* Does the block stay clear of header section, log and regions? The finding names the first. */
static bool check_clear(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    uint64_t begin = vx_bat_mib(entry->raw) << VX_MIB_SHIFT;
    uint64_t end = vx_add_sat(begin, length_mib(walk, entry) << VX_MIB_SHIFT);
    const struct vx_place *first = first_hit(walk, begin, end);
    struct vx_finding f = about(walk, entry, VX_BAT_014);

    if (first == NULL) {
        return true;
    }
    vx_layout_charge(walk->job->layout, begin, end);
    f.other_offset = first->begin;
    f.other_length = vx_sub_sat(first->end, first->begin);
    f.arg[2] = (uint64_t)first->object;
    f.arg[3] = first->index;
    vx_report(walk->rep, &f);
    return false;
}

/* The place of a present block. Returns whether it can be read and belongs to no other object. */
static bool check_place(struct vx_entry_walk *walk, const struct vx_entry *entry, uint64_t needed)
{
    struct vx_claim claim = {0};
    bool is_good = check_end(walk, entry, needed);

    is_good = check_clear(walk, entry) && is_good;
    if (vx_entry_claim(walk, entry, &claim)) {
        vx_claims_add(walk->job->claims, &claim);
        walk->out->end = vx_max(walk->out->end, vx_add_sat(claim.begin_mib << VX_MIB_SHIFT,
                                                           claim.count_mib << VX_MIB_SHIFT));
    }
    return is_good;
}

/* The stale place of an UNDEFINED or UNMAPPED block: ignored by readers, so only warned about. */
static void check_stale_place(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    const struct vx_place *place = NULL;
    struct vx_finding f = about(walk, entry, VX_BAT_019);
    enum stale fault = STALE_FREE;

    if (vx_bat_mib(entry->raw) == 0) {
        return;
    }
    fault = stale_fault(walk, entry->raw, &place);
    if (fault == STALE_FREE) {
        walk->soft_count = vx_add_sat(walk->soft_count, 1);
        return;
    }
    f.arg[2] = (uint64_t)VX_OBJ_FILE_END;
    if (place != NULL) {
        f.other_offset = place->begin;
        f.other_length = vx_sub_sat(place->end, place->begin);
        f.arg[2] = (uint64_t)place->object;
        f.arg[3] = place->index;
    }
    vx_report(walk->rep, &f);
}

static void check_reserved_bits(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    struct vx_finding f = about(walk, entry, VX_BAT_008);

    f.arg[1] = entry->raw;
    if ((entry->raw & VX_BAT_RESERVED_BITS) != 0) {
        vx_report(walk->rep, &f);
    }
}

/* States 0 and 2 have no place. */
static void check_no_place(struct vx_entry_walk *walk, const struct vx_entry *entry, unsigned state)
{
    struct vx_finding f = about(walk, entry, VX_BAT_018);

    f.severity = state == VX_STATE_ZERO ? VX_SEV_WARNING : VX_SEV_INFO;
    f.arg[2] = state;
    if (vx_bat_mib(entry->raw) != 0) {
        vx_report(walk->rep, &f);
    }
}

void vx_entry_note_partial(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    if (walk->partial.count == 0) {
        walk->partial_number = entry->number;
    }
    vx_tally_add(&walk->partial, entry->index);
}

/* States 6 and 7. */
static void check_present(struct vx_entry_walk *walk, const struct vx_entry *entry, unsigned state)
{
    const struct vx_geometry *geo = walk->job->geo;
    bool is_last = vx_add_sat(entry->number, 1) >= geo->payload_blocks;
    struct vx_finding f = about(walk, entry, VX_BAT_012);

    if (vx_bat_mib(entry->raw) == 0) {
        vx_report(walk->rep, &f);
        vx_tally_add(&walk->at_zero, entry->index);
    } else {
        (void)check_place(walk, entry, is_last ? geo->last_block_bytes : geo->block_bytes);
    }
    if (state != VX_STATE_PARTIALLY_PRESENT) {
        return;
    }
    f.rule = VX_BAT_010;
    if (!geo->has_parent) {
        vx_report(walk->rep, &f);
        return;
    }
    vx_entry_note_partial(walk, entry);
}

void vx_entry_check_payload(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    unsigned state = vx_bat_state(entry->raw);
    struct vx_finding f = {0};

    walk->out->payload_state[state] = vx_add_sat(walk->out->payload_state[state], 1);
    check_reserved_bits(walk, entry);
    switch (state) {
    case VX_STATE_NOT_PRESENT:
    case VX_STATE_ZERO:
        check_no_place(walk, entry, state);
        break;
    case VX_STATE_UNDEFINED:
    case VX_STATE_UNMAPPED:
        check_stale_place(walk, entry);
        break;
    case VX_STATE_FULLY_PRESENT:
    case VX_STATE_PARTIALLY_PRESENT:
        check_present(walk, entry, state);
        break;
    default: /* 4 and 5 */
        f = about(walk, entry, VX_BAT_009);
        f.severity = state == VX_STATE_UNMAPPED_V095 ? VX_SEV_WARNING : VX_SEV_ERROR;
        f.arg[1] = state;
        vx_report(walk->rep, &f);
        break;
    }
}

/* A bitmap entry of an image without parent: never used, so nothing but its state matters. */
static void check_unused_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry,
                                unsigned state)
{
    struct vx_finding f = about(walk, entry, VX_BAT_023);

    f.arg[2] = f.arg[1];
    f.arg[1] = state;
    if (state != VX_STATE_NOT_PRESENT) {
        vx_report(walk->rep, &f);
    }
    f.rule = VX_BAT_022;
    if (state != VX_STATE_NOT_PRESENT && state != VX_STATE_FULLY_PRESENT) {
        vx_report(walk->rep, &f);
    }
}

/* A bitmap entry of a differencing image. Returns whether the bitmap can be used. */
static bool check_used_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry,
                              unsigned state)
{
    struct vx_finding f = about(walk, entry, VX_BAT_024);

    if (state == VX_STATE_FULLY_PRESENT) {
        f.rule = VX_BAT_025;
        if (vx_bat_mib(entry->raw) == 0 || !check_place(walk, entry, VX_BITMAP_BLOCK_BYTES)) {
            vx_report(walk->rep, &f);
            return false;
        }
        return true;
    }
    f.arg[1] = walk->partial.count;
    f.arg[2] = state;
    if (state == VX_STATE_NOT_PRESENT) {
        if (walk->partial.count > 0) {
            vx_report(walk->rep, &f);
        }
        return false;
    }
    f.rule = VX_BAT_022;
    f.severity = VX_SEV_ERROR;
    f.arg[1] = state;
    vx_report(walk->rep, &f);
    return false;
}

/* The bitmap cannot be used: neither can the partially present blocks of its chunk, if any. */
static void report_unusable(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    struct vx_finding f =
        vx_entry_finding(walk, VX_BAT_011, walk->partial.first, walk->partial_number, false);

    f.other_offset = vx_entry_finding(walk, VX_BAT_011, entry->index, 0, true).offset;
    f.other_length = VX_BAT_ENTRY_BYTES;
    f.arg[1] = walk->partial.count;
    if (walk->partial.count > 0) {
        vx_report(walk->rep, &f);
    }
}

void vx_entry_check_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    unsigned state = vx_bat_state(entry->raw);
    struct vx_finding f = about(walk, entry, VX_BAT_026);

    walk->out->bitmap_state[state] = vx_add_sat(walk->out->bitmap_state[state], 1);
    check_reserved_bits(walk, entry);
    if (state == VX_STATE_NOT_PRESENT && vx_bat_mib(entry->raw) != 0) {
        vx_report(walk->rep, &f);
    }
    if (!walk->job->geo->has_parent) {
        check_unused_bitmap(walk, entry, state);
        return;
    }
    if (!check_used_bitmap(walk, entry, state)) {
        vx_entry_lose_bitmap(walk, entry);
        report_unusable(walk, entry);
    }
    walk->partial = (struct vx_tally){0};
}

/* Does its place lie inside the file, and is it no structure's? */
static bool has_good_place(const struct vx_entry_walk *walk, const struct vx_entry *entry,
                           struct vx_claim *claim)
{
    uint64_t begin = vx_bat_mib(entry->raw) << VX_MIB_SHIFT;

    return vx_entry_claim(walk, entry, claim) &&
           vx_within(begin, VX_BITMAP_BLOCK_BYTES, walk->file_bytes) &&
           first_hit(walk, begin, vx_add_sat(begin, VX_BITMAP_BLOCK_BYTES)) == NULL;
}

bool vx_entry_is_shared(const struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    struct vx_claim claim = {0};

    return has_good_place(walk, entry, &claim) && vx_claims_is_shared(walk->job->claims, &claim);
}

void vx_entry_lose_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    (void)vx_bits_claim_one(walk->job->claims->lost_chunk, VX_CLAIM_CHUNK_WORDS, entry->number);
}

bool vx_entry_has_lost_place(const struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    struct vx_claim claim = {0};

    return has_good_place(walk, entry, &claim) &&
           vx_bits_test(walk->job->claims->lost_chunk, VX_CLAIM_CHUNK_WORDS, entry->number);
}

void vx_entry_report_shared(struct vx_entry_walk *walk, const struct vx_entry *entry)
{
    struct vx_finding f = about(walk, entry, VX_BAT_025);

    vx_report(walk->rep, &f);
    report_unusable(walk, entry);
}
