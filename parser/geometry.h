/* Geometry of the virtual disk, MS-VHDX 2.4, 2.5 and 2.6.2: what block, sector and disk size
 * make of the block allocation table. Has one constructor, which accepts values within the
 * format's limits only, so whoever takes a `const struct vx_geometry *` may rely on the ranges. */
#ifndef VX_PARSER_GEOMETRY_H
#define VX_PARSER_GEOMETRY_H

#include "parser/finding.h"
#include "parser/metadata.h"

enum {
    VX_BLOCK_BYTES_MIN = VX_MIB,
    VX_BLOCK_BYTES_MAX = 256 * VX_MIB,
    VX_BITMAP_BLOCK_BYTES = VX_MIB,
    VX_SECTORS_PER_CHUNK = 1 << 23,
    VX_CHUNKS_MAX = 1 << 14, /* 64 TiB by 4 GiB a chunk */
    VX_BAT_ENTRY_BYTES = 8
};

#define VX_DISK_BYTES_MAX (UINT64_C(64) << 40) /* 64 TiB */

struct vx_geometry {
    uint64_t disk_bytes;       /* 0 to 64 TiB */
    uint64_t block_bytes;      /* power of two, 1 MiB to 256 MiB */
    uint64_t block_mib;        /* block_bytes in MiB: 1 to 256 */
    uint64_t sector_bytes;     /* logical: 512 or 4096 */
    uint64_t chunk_ratio;      /* payload blocks per chunk: 16 to 32768 */
    uint64_t payload_blocks;   /* 0 to 2^26 */
    uint64_t bitmap_blocks;    /* chunks: 0 to 2^14 */
    uint64_t bat_entries;      /* 0 to 67,125,248 */
    uint64_t last_block_bytes; /* of the disk in the last block: 0 to block_bytes */
    bool has_parent;
    bool leaves_blocks_allocated; /* a fixed image, unless it has a parent */
};

/* Fill *out from in-range values; false, and *out zeroed, when a value is out of range. Pure. */
VX_MUST_USE bool vx_geometry_init(uint64_t disk_bytes, uint64_t block_bytes, uint64_t sector_bytes,
                                  uint32_t parameters, struct vx_geometry *out);

/* Judge the values and build the geometry. Returns whether *out may be used.
 * Findings: FPR-001, FPR-002, VDS-001, VDS-002, VDS-003, LSS-001. */
bool vx_geometry_load(const struct vx_metadata *metadata, struct vx_reporter *rep,
                      struct vx_geometry *out);

/* What BAT slot `index` is for. */
struct vx_bat_slot {
    bool is_bitmap;
    uint64_t number;   /* payload block, or chunk of a bitmap slot */
    uint64_t position; /* in the chunk: 0 to chunk_ratio, which is the bitmap slot */
};
struct vx_bat_slot vx_geometry_slot(const struct vx_geometry *geo, uint64_t index);

/* BAT index of the bitmap entry of a chunk; chunk: 0 to VX_CHUNKS_MAX, beyond it that. */
uint64_t vx_geometry_bitmap_index(const struct vx_geometry *geo, uint64_t chunk);

/* Payload blocks, and chunks' bitmap entries, among the first `index` slots of the BAT. */
uint64_t vx_geometry_payload_before(const struct vx_geometry *geo, uint64_t index);
uint64_t vx_geometry_bitmap_before(const struct vx_geometry *geo, uint64_t index);

#endif
