/* The pass over the sector bitmaps of a differencing image: can the bits of each partially present
 * block be read, and what do they say? */
#ifndef VX_PARSER_PARTIAL_H
#define VX_PARSER_PARTIAL_H

#include "parser/bat.h"
#include "parser/region.h"

struct vx_workspace;

/* Sectors of partially present blocks. */
struct vx_partial {
    bool is_judged;     /* the pass was run */
    uint64_t blocks;    /* whose bits could be read */
    uint64_t own;       /* sectors that are in this file */
    uint64_t of_parent; /* sectors that are in the parent */
    uint64_t uniform;   /* blocks whose sectors are all of one kind */
};

/* Run the pass. bat: usable, of a differencing image. Blocks without a usable bitmap, of which
 * vx_blocks_check() speaks, are passed over. Reads the table once, 8 bytes for each chunk, and of
 * the bitmaps at most as many bytes as the view has: bitmaps that do not overlap have no more.
 * out is zeroed on entry. Findings: SBM-004, RUN-001, RUN-009. */
void vx_partial_check(const struct vx_source *view, const struct vx_geometry *geo,
                      const struct vx_region_place *bat, struct vx_workspace *ws,
                      struct vx_reporter *rep, struct vx_partial *out);

#endif
