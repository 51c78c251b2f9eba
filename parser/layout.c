/* Header section, log and regions, sorted by place. */
#include "parser/layout.h"

#include "parser/bytes.h"
#include "parser/sort.h"
#include "parser/workspace.h"

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

/* Two places overlap: say so from the view of each rule that is broken. */
static void report_overlap(const struct vx_place *a, const struct vx_place *b, bool is_dirty,
                           struct vx_reporter *rep)
{
    enum vx_severity severity = is_vital(a) || is_vital(b) ? VX_SEV_FATAL : VX_SEV_ERROR;
    enum vx_severity log_severity = is_dirty ? VX_SEV_FATAL : VX_SEV_ERROR;

    report_pair(a, b, VX_LAY_006, severity, rep);
    if (is_region(a) && is_region(b)) {
        report_pair(a, b, VX_RGE_006, severity, rep);
    } else if (is_region(a) && b->object == VX_OBJ_LOG) {
        report_pair(a, b, VX_RGE_007, severity, rep);
        report_pair(b, a, VX_HDR_016, log_severity, rep);
    } else if (is_region(b) && a->object == VX_OBJ_LOG) {
        report_pair(b, a, VX_RGE_007, severity, rep);
        report_pair(a, b, VX_HDR_016, log_severity, rep);
    }
    /* a region or log in the header section is RGE-003 or HDR-015, reported with the entry */
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
        struct vx_place *place = &layout->place[i];

        if (i > 0 && furthest < VX_LAYOUT_MAX && place->begin < layout->place[furthest].end) {
            report_overlap(place, &layout->place[furthest], headers->is_dirty, rep);
        }
        if (furthest < VX_LAYOUT_MAX && place->end > layout->place[furthest].end) {
            furthest = i;
        }
        place->furthest = furthest;
    }
}

struct vx_place *vx_layout_find(struct vx_layout *layout, uint64_t begin, uint64_t end)
{
    uint32_t low = 0; /* places below this begin before `end` */
    uint32_t high = layout->count < VX_LAYOUT_MAX ? layout->count : VX_LAYOUT_MAX;
    uint32_t furthest = 0;

    for (uint32_t step = 0; step < 12 && low < high; step++) { /* 2^12 > VX_LAYOUT_MAX */
        uint32_t middle = (low + high) / 2;

        if (middle < VX_LAYOUT_MAX && layout->place[middle].begin < end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || low > VX_LAYOUT_MAX) {
        return NULL;
    }
    furthest = layout->place[low - 1].furthest;
    if (furthest >= VX_LAYOUT_MAX || layout->place[furthest].end <= begin) {
        return NULL;
    }
    return &layout->place[furthest];
}

void vx_layout_report_blocks(const struct vx_layout *layout, struct vx_reporter *rep)
{
    for (uint32_t i = 0; i < layout->count && i < VX_LAYOUT_MAX; i++) {
        const struct vx_place *place = &layout->place[i];
        struct vx_finding f = about(VX_RGE_008, place);

        if (place->blocks == 0) {
            continue;
        }
        f.arg[0] = place->blocks;
        f.arg[1] = place->first_block;
        if (is_region(place)) {
            vx_report(rep, &f);
        }
        f = about(VX_LAY_006, place);
        f.severity = is_vital(place) ? VX_SEV_FATAL : VX_SEV_ERROR;
        f.object = VX_OBJ_BLOCKS;
        f.index = place->first_block;
        f.arg[0] = (uint64_t)place->object;
        f.arg[1] = place->index;
        f.arg[2] = place->blocks;
        vx_report(rep, &f);
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
