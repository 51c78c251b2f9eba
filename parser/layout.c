/* Header section, log and regions, sorted by place. */
#include "parser/layout.h"

#include "parser/bytes.h"
#include "parser/sort.h"
#include "parser/workspace.h"

enum { SEARCH_STEPS = 12 /* 2^12 is more than VX_LAYOUT_MAX */ };

/* Evidence for a finding about a place: the bytes it covers. */
static struct vx_finding about(enum vx_rule rule, const struct vx_place *place)
{
    return vx_finding_at(rule, place->object, place->index, place->begin,
                         vx_sub_sat(place->end, place->begin));
}

static void add(struct vx_layout *layout, enum vx_object object, uint32_t index, uint64_t offset,
                uint64_t length)
{
    uint64_t end = vx_add_sat(offset, length);

    if (length == 0 || layout->count >= VX_LAYOUT_MAX) {
        return;
    }
    layout->place[layout->count] = (struct vx_place){
        .begin = offset,
        .end = end,
        .object = object,
        .index = index,
    };
    layout->count += 1;
    layout->end = vx_max(layout->end, end);
}

static bool begins_before(const void *ctx, uint16_t a, uint16_t b)
{
    const struct vx_place *place = ctx;

    if (a >= VX_LAYOUT_MAX || b >= VX_LAYOUT_MAX || place[a].begin == place[b].begin) {
        return a < b;
    }
    return place[a].begin < place[b].begin;
}

static bool ends_before(const void *ctx, uint16_t a, uint16_t b)
{
    const struct vx_place *place = ctx;

    if (a >= VX_LAYOUT_MAX || b >= VX_LAYOUT_MAX || place[a].end == place[b].end) {
        return a < b;
    }
    return place[a].end < place[b].end;
}

/* Bring the places into the order that ws->order states, through a copy of them. */
static void sort_places(struct vx_workspace *ws)
{
    struct vx_layout *layout = &ws->layout;

    vx_sort(ws->order, layout->count, begins_before, layout->place);
    memcpy(ws->unsorted, layout->place, sizeof(ws->unsorted));
    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        uint32_t from = ws->order[i] < VX_LAYOUT_MAX ? ws->order[i] : 0;

        layout->place[i] = ws->unsorted[from];
    }
    vx_sort(ws->order, layout->count, ends_before, layout->place);
    memcpy(layout->by_end, ws->order, sizeof(layout->by_end));
}

static bool is_vital(const struct vx_place *place)
{
    return place->object == VX_OBJ_BAT_REGION || place->object == VX_OBJ_METADATA_REGION;
}

static bool is_region(const struct vx_place *place)
{
    return is_vital(place) || place->object == VX_OBJ_REGION;
}

static void report_pair(const struct vx_place *own, const struct vx_place *other, enum vx_rule rule,
                        enum vx_severity severity, struct vx_reporter *rep)
{
    struct vx_finding f = about(rule, own);

    f.severity = severity;
    f.other_offset = other->begin;
    f.other_length = vx_sub_sat(other->end, other->begin);
    f.arg[0] = (uint64_t)other->object;
    f.arg[1] = other->index;
    f.arg[2] = 1;
    vx_report(rep, &f);
}

/* Two regions overlap, or a region and the header section, or the log and the header section. */
static void report_overlap(const struct vx_place *a, const struct vx_place *b,
                           struct vx_reporter *rep)
{
    enum vx_severity severity = is_vital(a) || is_vital(b) ? VX_SEV_FATAL : VX_SEV_ERROR;

    report_pair(a, b, VX_LAY_006, severity, rep);
    if (is_region(a) && is_region(b)) {
        report_pair(a, b, VX_RGE_006, severity, rep);
    }
    /* a region or log in the header section is RGE-003 or HDR-015, reported with the entry */
}

/* Every region that overlaps the log, from the view of both. */
static void check_log(const struct vx_layout *layout, bool is_dirty, struct vx_reporter *rep)
{
    const struct vx_place *log = NULL;

    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        log = layout->place[i].object == VX_OBJ_LOG ? &layout->place[i] : log;
    }
    for (uint32_t i = 0; log != NULL && i < layout->count && i < VX_LAYOUT_MAX; i++) {
        const struct vx_place *place = &layout->place[i];
        enum vx_severity severity = is_vital(place) ? VX_SEV_FATAL : VX_SEV_ERROR;

        if (!is_region(place) || !vx_overlap(place->begin, place->end, log->begin, log->end)) {
            continue;
        }
        report_pair(place, log, VX_LAY_006, severity, rep);
        report_pair(place, log, VX_RGE_007, severity, rep);
        report_pair(log, place, VX_HDR_016, is_dirty ? VX_SEV_FATAL : VX_SEV_ERROR, rep);
    }
}

/* Every place that begins before the end of one that begins earlier, the log aside. */
static void check_pairs(const struct vx_layout *layout, struct vx_reporter *rep)
{
    const struct vx_place *furthest = NULL; /* region that reaches furthest so far */

    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        const struct vx_place *place = &layout->place[i];

        if (place->begin < VX_HEADER_SECTION_BYTES && place->object != VX_OBJ_HEADER_SECTION) {
            report_overlap(place, &layout->place[0], rep);
        }
        if (!is_region(place)) {
            continue;
        }
        if (furthest != NULL && place->begin < furthest->end) {
            report_overlap(place, furthest, rep);
        }
        if (furthest == NULL || place->end > furthest->end) {
            furthest = place;
        }
    }
}

void vx_layout_check(const struct vx_headers *headers, const struct vx_regions *regions,
                     struct vx_workspace *ws, struct vx_reporter *rep)
{
    struct vx_layout *layout = &ws->layout;
    const struct vx_header *h = vx_headers_current(headers);
    uint32_t furthest = 0;

    memset(layout, 0, sizeof(*layout));
    add(layout, VX_OBJ_HEADER_SECTION, 0, 0, VX_HEADER_SECTION_BYTES);
    if (h != NULL) {
        add(layout, VX_OBJ_LOG, 0, h->log_offset, h->log_length);
    }
    for (uint32_t i = 0; i < regions->count && i < VX_REGIONS_MAX; i++) {
        add(layout, ws->region[i].object, i, ws->region[i].offset, ws->region[i].length);
    }
    sort_places(ws);
    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        if (furthest < VX_LAYOUT_MAX && layout->place[i].end > layout->place[furthest].end) {
            furthest = i;
        }
        layout->place[i].furthest = furthest;
    }
    check_pairs(layout, rep);
    check_log(layout, headers->is_dirty, rep);
}

/* How many places, from the front, begin before `end`. */
static uint32_t count_beginning_before(const struct vx_layout *layout, uint64_t end)
{
    uint32_t low = 0;
    uint32_t high = layout->count < VX_LAYOUT_MAX ? layout->count : VX_LAYOUT_MAX;

    for (uint32_t step = 0; step < SEARCH_STEPS && low < high; step++) {
        uint32_t middle = (low + high) / 2;

        if (middle < VX_LAYOUT_MAX && layout->place[middle].begin < end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* How many places, from the front, lie with all before them at or below `begin`. */
static uint32_t count_ending_before(const struct vx_layout *layout, uint64_t begin)
{
    uint32_t low = 0;
    uint32_t high = layout->count < VX_LAYOUT_MAX ? layout->count : VX_LAYOUT_MAX;

    for (uint32_t step = 0; step < SEARCH_STEPS && low < high; step++) {
        uint32_t middle = (low + high) / 2;
        uint32_t furthest = middle < VX_LAYOUT_MAX ? layout->place[middle].furthest : 0;

        if (furthest < VX_LAYOUT_MAX && layout->place[furthest].end <= begin) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct vx_layout_range vx_layout_find(const struct vx_layout *layout, uint64_t begin, uint64_t end)
{
    struct vx_layout_range range = {0};

    if (begin >= end || begin >= layout->end) {
        return range; /* as for nearly every block of a sound image */
    }
    range.first = count_ending_before(layout, begin);
    range.last = count_beginning_before(layout, end);
    return range.first < range.last ? range : (struct vx_layout_range){0};
}

/* How many places end at or before `begin`. */
static uint32_t count_ended(const struct vx_layout *layout, uint64_t begin)
{
    uint32_t low = 0;
    uint32_t high = layout->count < VX_LAYOUT_MAX ? layout->count : VX_LAYOUT_MAX;

    for (uint32_t step = 0; step < SEARCH_STEPS && low < high; step++) {
        uint32_t middle = (low + high) / 2;
        uint32_t place = middle < VX_LAYOUT_MAX ? layout->by_end[middle] : 0;

        if (place < VX_LAYOUT_MAX && layout->place[place].end <= begin) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void vx_layout_charge(struct vx_layout *layout, uint64_t begin, uint64_t end)
{
    uint32_t begun = count_beginning_before(layout, end);
    uint32_t ended = count_ended(layout, begin);

    layout->blocks = vx_add_sat(layout->blocks, 1);
    if (begun <= VX_LAYOUT_MAX && ended <= VX_LAYOUT_MAX) {
        layout->blocks_by_begun[begun] = vx_add_sat(layout->blocks_by_begun[begun], 1);
        layout->blocks_by_ended[ended] = vx_add_sat(layout->blocks_by_ended[ended], 1);
    }
}

/* Charged blocks that begin at or behind the end of the place with this rank by end. */
static uint64_t count_behind(const struct vx_layout *layout, uint32_t place)
{
    uint64_t behind = layout->blocks;

    for (uint32_t rank = 0; rank < layout->count && rank < VX_LAYOUT_MAX; rank++) {
        behind = vx_sub_sat(behind, layout->blocks_by_ended[rank]);
        if (layout->by_end[rank] == place) {
            break;
        }
    }
    return behind;
}

static void report_charged(const struct vx_place *place, uint64_t blocks, struct vx_reporter *rep)
{
    struct vx_finding f = about(VX_RGE_008, place);

    f.arg[0] = blocks;
    if (is_region(place)) {
        vx_report(rep, &f);
    }
    f = about(VX_LAY_006, place);
    f.severity = is_vital(place) ? VX_SEV_FATAL : VX_SEV_ERROR;
    f.object = VX_OBJ_BLOCKS;
    f.index = 0;
    f.arg[0] = (uint64_t)place->object;
    f.arg[1] = place->index;
    f.arg[2] = blocks;
    vx_report(rep, &f);
}

void vx_layout_report_blocks(const struct vx_layout *layout, struct vx_reporter *rep)
{
    uint64_t before = 0; /* charged blocks that end at or before the place's begin */

    for (uint32_t i = 0; layout->blocks > 0 && i < layout->count && i < VX_LAYOUT_MAX; i++) {
        uint64_t blocks = 0;

        before = vx_add_sat(before, layout->blocks_by_begun[i]);
        blocks = vx_sub_sat(vx_sub_sat(layout->blocks, before), count_behind(layout, i));
        if (blocks > 0) {
            report_charged(&layout->place[i], blocks, rep);
        }
    }
}

uint64_t vx_layout_bytes(const struct vx_layout *layout)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        sum = vx_add_sat(sum, vx_sub_sat(layout->place[i].end, layout->place[i].begin));
    }
    return sum;
}
