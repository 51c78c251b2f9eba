/* The layout of everything but blocks: header section, log and regions, sorted by place.
 *
 * Naive form: compare every object with every other. Here: sort by begin and remember, for each
 * position, which object so far reaches furthest; then whoever begins before that end overlaps. */
#ifndef VX_PARSER_LAYOUT_H
#define VX_PARSER_LAYOUT_H

#include "parser/finding.h"
#include "parser/header.h"
#include "parser/region.h"

enum { VX_LAYOUT_MAX = VX_REGIONS_MAX + 2 };

struct vx_workspace;

struct vx_place {
    uint64_t begin;
    uint64_t end; /* exclusive; saturated at 2^64 - 1 */
    enum vx_object object;
    uint32_t index;    /* of the object */
    uint32_t furthest; /* place with the greatest end among this and all before */
};

struct vx_layout {
    uint32_t count;
    uint64_t end; /* greatest end of all: no block at or beyond it overlaps any place */
    struct vx_place place[VX_LAYOUT_MAX]; /* sorted by begin */
    uint16_t by_end[VX_LAYOUT_MAX];       /* indexes of places, sorted by end */
    /* Blocks charged to the layout, by the number of places that begin before their end, and by the
     * number of places that end at or before their begin: see vx_layout_report_blocks(). */
    uint64_t blocks;
    uint64_t blocks_by_begun[VX_LAYOUT_MAX + 1];
    uint64_t blocks_by_ended[VX_LAYOUT_MAX + 1];
};

/* Collect the objects into ws->layout, sort them, and report overlaps between them.
 * Empty objects take no part. At most 2049 log 2049 steps.
 * Findings: RGE-006, RGE-007, HDR-016, LAY-006. */
void vx_layout_check(const struct vx_headers *headers, const struct vx_regions *regions,
                     struct vx_workspace *ws, struct vx_reporter *rep);

/* Candidates for overlapping [begin, end): places outside [first, last) do not; of those inside,
 * the first one does, and each must be asked. An empty range: none. At most 24 steps. */
struct vx_layout_range {
    uint32_t first;
    uint32_t last;
};
struct vx_layout_range vx_layout_find(const struct vx_layout *layout, uint64_t begin, uint64_t end);

/* Bytes that all places together occupy. */
uint64_t vx_layout_bytes(const struct vx_layout *layout);

/* Note a block at [begin, end) that overlaps some place. At most 24 steps. */
void vx_layout_charge(struct vx_layout *layout, uint64_t begin, uint64_t end);

/* Report for each place how many of the charged blocks overlap it: all of them, but for those that
 * end before it and those that begin behind it. Exact, however many places a block overlaps.
 * Findings: RGE-008, LAY-006. */
void vx_layout_report_blocks(const struct vx_layout *layout, struct vx_reporter *rep);

#endif
