/* Sector bitmaps, MS-VHDX 2.4: a bit for each logical sector of a chunk, the lowest bit of the
 * first byte first. 1: the sector is in this file; 0: in the parent. They say something about
 * partially present blocks only. */
#ifndef VX_PARSER_BITMAP_H
#define VX_PARSER_BITMAP_H

#include "parser/bat.h"
#include "parser/source.h"

enum { VX_BITMAP_WINDOW_BYTES = VX_BAT_WINDOW_BYTES };

/* Reads bitmap blocks through a window. Bits are counted from the start of their bitmap block,
 * which is named by its offset in the file and lies inside the view: 0 to VX_SECTORS_PER_CHUNK. */
struct vx_bitmap {
    const struct vx_source *view;
    uint8_t *window;        /* VX_BITMAP_WINDOW_BYTES, overwritten by each fill */
    uint64_t window_offset; /* in the file */
    uint64_t window_count;  /* bytes in the window; 0: empty */
    bool is_hole;           /* they are all zero, and were not read */
};

/* Find the bitmap block of a chunk: *block is its offset in the file. slot_count: entries of the
 * table that exist. One read of 8 bytes.
 * Returns VX_OK, VX_STOP when the chunk has none that lies inside the view, VX_E_IO; *block is 0
 * then. */
VX_MUST_USE enum vx_status vx_bitmap_find(const struct vx_source *view,
                                          const struct vx_geometry *geo, uint64_t table_offset,
                                          uint64_t slot_count, uint64_t chunk, uint64_t *block);

/* Everything handed in must outlive the reader. */
void vx_bitmap_init(struct vx_bitmap *bitmap, const struct vx_source *view,
                    uint8_t window[VX_BITMAP_WINDOW_BYTES]);

/* How many of the `count` bits from `first` on are the same as the first? *is_set: what it is;
 * *same: 1 to count. count: at least 1. One step for 8 bits, and reads of what is asked for, or of
 * 4 KiB when that is less.
 * Returns VX_OK, or VX_E_IO when the first bit cannot be read: *same bits, to the end of the 4 KiB
 * of the file that it lies in, are lost with it. */
VX_MUST_USE enum vx_status vx_bitmap_run(struct vx_bitmap *bitmap, uint64_t block, uint64_t first,
                                         uint64_t count, bool *is_set, uint64_t *same);

/* How many of the `count` bits from `first` on, which is a multiple of 8, are 1? One step for 8
 * bits. Returns VX_OK, or VX_E_IO when some cannot be read. */
VX_MUST_USE enum vx_status vx_bitmap_count(struct vx_bitmap *bitmap, uint64_t block, uint64_t first,
                                           uint64_t count, uint64_t *set);

#endif
