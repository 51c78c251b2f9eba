/* Metadata table and items, MS-VHDX 2.6. Read from the replayed view. */
#ifndef VX_PARSER_METADATA_H
#define VX_PARSER_METADATA_H

#include "parser/finding.h"
#include "parser/guid.h"
#include "parser/region.h"
#include "parser/source.h"

enum {
    VX_METADATA_TABLE_BYTES = 65536,
    VX_METADATA_TABLE_HEADER_BYTES = 32,
    VX_METADATA_ENTRY_BYTES = 32,
    VX_ITEMS_MAX = 2047,
    VX_USER_ITEMS_MAX = 1024,
    VX_ITEM_IS_USER = 1,
    VX_ITEM_IS_VIRTUAL_DISK = 2,
    VX_ITEM_IS_REQUIRED = 4,
    VX_PARAM_LEAVE_BLOCK_ALLOCATED = 1,
    VX_PARAM_HAS_PARENT = 2
};

struct vx_workspace;

/* Items of the format, then those that Microsoft's implementation knows besides. */
enum vx_item_kind {
    VX_ITEM_UNKNOWN,
    VX_ITEM_FILE_PARAMETERS,
    VX_ITEM_DISK_SIZE,
    VX_ITEM_DISK_ID,
    VX_ITEM_LOGICAL_SECTOR_SIZE,
    VX_ITEM_PHYSICAL_SECTOR_SIZE,
    VX_ITEM_PARENT_LOCATOR,
    VX_ITEM_CHS_PARAMETERS,
    VX_ITEM_PMEM_LABELS,
    VX_ITEM_INCOMPLETE_FILE,
    VX_ITEM_KIND_COUNT
};

/* One entry of the table. */
struct vx_item {
    struct vx_guid id;
    uint32_t offset; /* from the start of the metadata region */
    uint32_t length;
    uint32_t flags;
    uint32_t reserved;
    enum vx_item_kind kind; /* by ID alone; a user item is never the known item */
};

/* What the format says about an item. length 0: not defined. */
struct vx_item_rule {
    struct vx_guid id;
    uint32_t length;
    bool is_minimum; /* the item may be longer */
    uint32_t flags;  /* IsVirtualDisk and IsRequired as they should be */
};

/* What the known items say. A value means something only where has[] is set. */
struct vx_metadata {
    bool is_usable; /* the table could be read and its count is legal */
    uint32_t count; /* entries, in workspace.item during the pass */
    uint64_t user_count;
    uint64_t unknown_required;
    bool has[VX_ITEM_KIND_COUNT]; /* present once or more, usable, long enough */
    uint32_t block_size;          /* bytes */
    uint32_t parameters;          /* VX_PARAM_ bits */
    uint64_t disk_size;           /* bytes */
    struct vx_guid disk_id;
    uint32_t logical_sector_size;
    uint32_t physical_sector_size;
    uint32_t locator_length;
    uint64_t value_offset[VX_ITEM_KIND_COUNT]; /* in the file, of each item that is usable */
};

/* Decode entry `index`, below VX_ITEMS_MAX, of a metadata table. Pure. */
void vx_item_decode(const uint8_t table[VX_METADATA_TABLE_BYTES], uint32_t index,
                    struct vx_item *out);

/* The format's rule for a kind of item, which VX_ITEM_UNKNOWN has none of: it is zeroed. */
const struct vx_item_rule *vx_item_rule(enum vx_item_kind kind);

/* Is this the item of the format, and not a user item under its ID? */
bool vx_item_is_known(const struct vx_item *item);

/* Read and judge the table, its entries and the values of the known items.
 * place: the metadata region, usable. One read of 64 KiB and at most 6 of 16 bytes.
 * out is zeroed on entry. At most 2047 log 2047 steps.
 * Findings: MDT-001 to MDT-007, MDE-001 to MDE-020, FPR-003 to FPR-006, PSS-001, RUN-001. */
void vx_metadata_load(const struct vx_source *view, const struct vx_region_place *place,
                      struct vx_workspace *ws, struct vx_reporter *rep, struct vx_metadata *out);

#endif
