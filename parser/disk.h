/* The virtual disk: which virtual bytes lie where, MS-VHDX 2.5.1.1. Works over any source, so the
 * same code reads the image as it lies and as it would be after replay. */
#ifndef VX_PARSER_DISK_H
#define VX_PARSER_DISK_H

#include "parser/bat.h"
#include "parser/bitmap.h"
#include "parser/claims.h"
#include "parser/region.h"

enum vx_disk_kind {
    VX_DISK_FILE,      /* bytes of the image, at file_offset */
    VX_DISK_ZERO,      /* zeros, wherever they come from */
    VX_DISK_PARENT,    /* whatever the parent has there: parser/chain.h */
    VX_DISK_UNREADABLE /* the rule says why; never taken for zeros */
};

struct vx_disk_range {
    enum vx_disk_kind kind;
    uint64_t offset;      /* virtual, bytes */
    uint64_t length;      /* at least 1 */
    uint64_t file_offset; /* FILE only */
    unsigned state;       /* of the blocks; VX_STATE_COUNT when their entries are lost */
    enum vx_rule rule;    /* UNREADABLE only; VX_RUN_001 when the table could not be read */
    uint32_t depth;       /* in a chain: the link that has it; 0 for a disk by itself */
};

struct vx_disk {
    const struct vx_source *view;
    const struct vx_geometry *geo;
    uint64_t table_offset;
    uint64_t slot_count;   /* entries of the table that exist */
    uint8_t *window;       /* VX_BAT_WINDOW_BYTES: the part of the table last looked at */
    uint64_t window_first; /* BAT index of its first slot */
    uint64_t window_count; /* 0: empty */
    struct vx_range hole;  /* slots known to be zeros, because they lie in a hole of the file */
    struct vx_bitmap bitmap;
    const struct vx_claims *claims; /* NULL: see vx_disk_heed_claims() */
    uint64_t chunk;                 /* that bitmap_block is of; UINT64_MAX: none yet */
    enum vx_rule bitmap_rule;       /* why it cannot be used; VX_RULE_COUNT: it can */
    uint64_t bitmap_block;
};

/* bat: usable. Everything handed in must outlive the disk; the two windows, for table and bitmaps,
 * are the disk's until then. */
void vx_disk_init(struct vx_disk *disk, const struct vx_source *view, const struct vx_geometry *geo,
                  const struct vx_region_place *bat, uint8_t window[2][VX_BAT_WINDOW_BYTES]);

/* Of the blocks all was found out that vx_blocks_check() does: a sector bitmap that is not a
 * chunk's own is not read, VX_BAT_011, nor is one that was not compared with other blocks,
 * VX_RUN_009. So no bit decides about more than one sector, and the ranges of a disk are no more
 * than the bits of the table and its bitmaps. Without this every bitmap is taken for its chunk's
 * own. claims must outlive the disk. */
void vx_disk_heed_claims(struct vx_disk *disk, const struct vx_claims *claims);

/* The range that begins at virtual `offset`: as long as kind, state and contiguity last, at most
 * `length` bytes. One step per block that is not in a hole of the table, and one per hole.
 * Returns VX_OK, or VX_STOP when offset is at or beyond the end of the disk or length is 0. */
VX_MUST_USE enum vx_status vx_disk_map(struct vx_disk *disk, uint64_t offset, uint64_t length,
                                       struct vx_disk_range *range);

/* Read len virtual bytes at offset. Returns VX_OK, VX_E_USAGE when they are not all inside the
 * disk, VX_E_IO when some of them cannot be read or are in the parent; dst is then unspecified. */
VX_MUST_USE enum vx_status vx_disk_read(struct vx_disk *disk, uint64_t offset, uint8_t *dst,
                                        size_t len);

#endif
