/* The pass over the sector bitmaps of a differencing image: can the bits of each partially present
 * block be read, and what do they say? */
#ifndef VX_PARSER_PARTIAL_H
#define VX_PARSER_PARTIAL_H

#include "parser/bitmap.h"
#include "parser/blocks.h"

/* Sectors of partially present blocks. */
struct vx_partial {
    bool is_judged;     /* the pass was run */
    uint64_t blocks;    /* whose bits could be read */
    uint64_t own;       /* sectors that are in this file */
    uint64_t of_parent; /* sectors that are in the parent */
    uint64_t uniform;   /* blocks whose sectors are all of one kind */
};

/* Run the pass. job: of a differencing image, as vx_blocks_check() left it. Blocks without a bitmap
 * of their own, of which vx_blocks_check() speaks, are passed over; so are those whose bitmap was
 * not compared with other blocks, which is said here. So no byte of a bitmap is read twice: reads
 * the table once, 8 bytes for each chunk, and of the bitmaps what is not in a hole.
 * bitmaps: a window beside job->window. out is zeroed on entry.
 * Findings: SBM-004, RUN-001, RUN-009. */
void vx_partial_check(const struct vx_blocks_job *job, uint8_t bitmaps[VX_BITMAP_WINDOW_BYTES],
                      struct vx_reporter *rep, struct vx_partial *out);

#endif
