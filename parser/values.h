/* The values of the metadata items, MS-VHDX 2.6.2. */
#ifndef VX_PARSER_VALUES_H
#define VX_PARSER_VALUES_H

#include "parser/metadata.h"

/* Read the items of the format, the first of each, and judge what they say.
 * items: out->count of them, as decoded from the table. At most 6 reads of 16 bytes.
 * out: of a usable table; has[], value_offset[] and the values are filled in.
 * Findings: MDE-015, MDE-016, FPR-003 to FPR-006, PSS-001, RUN-001. */
void vx_values_load(const struct vx_source *view, const struct vx_region_place *place,
                    const struct vx_item items[VX_ITEMS_MAX], struct vx_reporter *rep,
                    struct vx_metadata *out);

#endif
