/* The pass over all blocks: streams the block allocation table, judges each entry for itself, and
 * each block against file, header section, log, regions and every other block. */
#ifndef VX_PARSER_BLOCKS_H
#define VX_PARSER_BLOCKS_H

#include "parser/bat.h"
#include "parser/claims.h"
#include "parser/layout.h"

/* Passes over the BAT at most, whatever the image claims: bounds the bytes read to this many
 * times the table. One pass covers 1 TiB of file per 128 KiB of bitmap. */
enum { VX_BLOCK_PASSES_DEFAULT = 16 };

struct vx_workspace;

struct vx_blocks {
    bool is_judged;                         /* the pass was run */
    uint64_t payload_state[VX_STATE_COUNT]; /* payload blocks in each state */
    uint64_t bitmap_state[VX_STATE_COUNT];  /* bitmap entries in each state */
    uint64_t unreadable;                    /* entries whose bytes could not be read */
    uint64_t unused_slots;                  /* slots behind the last entry that are not zero */
    uint64_t end;    /* file offset behind the last present block, 0 without any */
    uint64_t passes; /* over the table, to compare blocks with each other */
};

/* What the pass works on. */
struct vx_blocks_job {
    const struct vx_source *view;
    const struct vx_geometry *geo;
    const struct vx_region_place *bat; /* usable */
    struct vx_layout *layout;          /* as left by vx_layout_check() */
    uint8_t *window;                   /* VX_BAT_WINDOW_BYTES */
    struct vx_claims *claims;          /* initialised for geo->block_mib */
    uint64_t pass_limit;               /* at least 1 */
};

/* Run the pass. Reads the table once per pass over the file's windows (once when the claims cover
 * the file), once more when stale places must be compared, once more when collisions are to be
 * named. out is zeroed on entry.
 * Findings: BAT-007 to BAT-028, RGE-008, LAY-005, LAY-006, LAY-007, RUN-001, RUN-005. */
void vx_blocks_check(const struct vx_blocks_job *job, struct vx_reporter *rep,
                     struct vx_blocks *out);

#endif
