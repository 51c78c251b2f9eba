/* Region tables, MS-VHDX 2.2.3. Read from the replayed view: the log may rewrite them. */
#ifndef VX_PARSER_REGION_H
#define VX_PARSER_REGION_H

#include "parser/finding.h"
#include "parser/guid.h"
#include "parser/source.h"

enum {
    VX_REGION_TABLE_COPIES = 2,
    VX_REGION_TABLE_BYTES = 65536,
    VX_REGION_TABLE_1_OFFSET = 196608,
    VX_REGION_TABLE_2_OFFSET = 262144,
    VX_REGION_TABLE_HEADER_BYTES = 16,
    VX_REGION_ENTRY_BYTES = 32,
    VX_REGIONS_MAX = 2047,
    VX_SIGNATURE_REGI = 0x69676572 /* "regi", read little-endian */
};

struct vx_workspace;

struct vx_region {
    struct vx_guid guid;
    uint64_t offset; /* bytes from the start of the file */
    uint32_t length; /* bytes */
    uint32_t required;
    enum vx_object object; /* VX_OBJ_BAT_REGION, VX_OBJ_METADATA_REGION or VX_OBJ_REGION */
};

/* A region the disk cannot do without. */
struct vx_region_place {
    bool is_present;
    bool is_usable; /* present once, not empty, inside the file, after the header section */
    uint32_t index; /* entry of the region table */
    uint64_t offset;
    uint64_t length;
};

struct vx_region_table_copy {
    uint32_t signature;
    uint32_t checksum;
    uint32_t computed_checksum;
    uint32_t entry_count; /* as stored */
    uint32_t reserved;
    bool is_read;
    bool is_valid; /* signature and checksum hold */
};

struct vx_regions {
    struct vx_region_table_copy copy[VX_REGION_TABLE_COPIES];
    bool is_usable; /* some copy is valid and its count is legal: the entries are known */
    uint32_t used;  /* the copy that counts */
    uint32_t count; /* entries, in workspace.region */
    uint64_t unknown_required;
    struct vx_region_place bat;
    struct vx_region_place metadata;
};

/* Decode entry `index`, below VX_REGIONS_MAX, of a region table. Pure. */
void vx_region_decode(const uint8_t table[VX_REGION_TABLE_BYTES], uint32_t index,
                      struct vx_region *out);

/* Read both copies, choose one, judge its entries each for itself and all GUIDs together;
 * overlaps are judged by vx_layout_check(). Two reads of 64 KiB. out is zeroed on entry;
 * ws->region holds the entries afterwards. At most 2047 log 2047 steps.
 * Findings: RGT-002 to RGT-011, RGE-001 to RGE-005, RGE-009 to RGE-014, LAY-004, LAY-005,
 * LAY-007, LAY-008, RUN-001. */
void vx_regions_load(const struct vx_source *view, struct vx_workspace *ws, struct vx_reporter *rep,
                     struct vx_regions *out);

/* Offset in the file of region table copy 0 or 1. */
uint64_t vx_region_table_offset(uint32_t copy);

#endif
