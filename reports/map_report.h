/* The map of a virtual disk: which bytes lie where. */
#ifndef VXO_REPORTS_MAP_REPORT_H
#define VXO_REPORTS_MAP_REPORT_H

#include "parser/disk.h"
#include "reports/json.h"
#include "reports/page.h"

/* Receives the ranges one by one, in order. */
typedef void vxo_range_fn(void *ctx, const struct vx_disk_range *range);

/* All pointers are borrowed. Ranges are told one at a time. */
struct vxo_map {
    void (*tell)(void *ctx, vxo_range_fn *range, void *range_ctx);
    void *ctx;
};

/* Print a table: offset, length, place in the file, state. */
void vxo_text_map(const struct vxo_page *page, const struct vxo_map *map);

/* Print an array in the form of `qemu-img map --output=json`, with one member more for the state.
 * Needs no memory. */
void vxo_json_map(const struct vxo_json *out, const struct vxo_map *map);

#endif
