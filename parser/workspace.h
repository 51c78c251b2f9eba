/* Every buffer the passes need, in one piece of caller memory, so that stack frames stay small.
 * The passes run one after the other and share the buffers; nothing in here outlives a pass
 * unless its comment says so. */
#ifndef VX_PARSER_WORKSPACE_H
#define VX_PARSER_WORKSPACE_H

#include "parser/base.h"
#include "parser/crc32c.h"
#include "parser/layout.h"
#include "parser/locator.h"
#include "parser/metadata.h"
#include "parser/region.h"
#include "parser/sort.h"

enum { VX_TABLE_BYTES = 65536 };

struct vx_workspace {
    enum vx_crc_kind crc;
    uint8_t table[2][VX_TABLE_BYTES]; /* headers, region tables, metadata table, BAT window */
    struct vx_region region[VX_REGIONS_MAX]; /* filled by the regions pass, kept to the end */
    struct vx_item item[VX_ITEMS_MAX];
    struct vx_locator_entry locator[VX_LOCATOR_ENTRIES_MAX];
    uint16_t order[VX_SORT_MAX];             /* scratch for sorting */
    struct vx_place unsorted[VX_LAYOUT_MAX]; /* scratch of the layout pass */
    struct vx_layout layout;                 /* filled by the layout pass, kept to the end */
};

#endif
