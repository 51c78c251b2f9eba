/* What replay would write, as a sorted index into the log. No data is copied.
 *
 * Naive form: to know a byte, walk the applied descriptors backwards; the first that covers it
 * wins. Here: disjoint segments sorted by file offset, made once by one sweep. A zero range of any
 * length is one record. All boundaries are multiples of 4 KiB, so a data sector is never cut. */
#ifndef VXR_REPLAY_OVERLAY_H
#define VXR_REPLAY_OVERLAY_H

#include "parser/base.h"

#define VXR_NO_DATA UINT32_MAX /* data_pos of a zero range */

enum {
    VXR_OVERLAY_RECORD_BYTES = 76, /* per descriptor: its record, a heap slot, two segments */
    VXR_OVERLAY_RECORDS_MIN = 2
};

/* A descriptor to apply, or the part of it that survives the later ones. */
struct vxr_segment {
    uint64_t begin; /* file offset */
    uint64_t end;
    uint32_t order;    /* ring distance of the descriptor from the tail: later is greater */
    uint32_t data_pos; /* ring position of its data sector, or VXR_NO_DATA */
};

struct vxr_overlay {
    struct vxr_segment *record;  /* capacity of them */
    struct vxr_segment *segment; /* 2 * capacity of them */
    uint32_t *heap;              /* capacity of them */
    uint32_t capacity;
    uint32_t record_count;
    uint32_t segment_count;
    uint64_t wanted; /* descriptors offered, stored or not */
};

/* Bytes for this many descriptors. */
uint64_t vxr_overlay_need(uint64_t descriptor_count);

/* memory: 8-byte aligned, at least vxr_overlay_need(VXR_OVERLAY_RECORDS_MIN) bytes, the overlay's
 * until the end of its life. Returns VX_OK or VX_E_WORKSPACE. */
VX_MUST_USE enum vx_status vxr_overlay_init(struct vxr_overlay *overlay, void *memory,
                                            size_t bytes);

/* Forget everything that was added. */
void vxr_overlay_clear(struct vxr_overlay *overlay);

/* Add a descriptor. Empty ranges are dropped. Beyond the capacity it is only counted. */
void vxr_overlay_add(struct vxr_overlay *overlay, const struct vxr_segment *record);

/* Turn the records into disjoint sorted segments. n log n. Returns VX_OK, or VX_E_LIMIT when not
 * all records fitted: the overlay is then empty, and wanted tells how many there were. */
VX_MUST_USE enum vx_status vxr_overlay_build(struct vxr_overlay *overlay);

/* The first segment that ends behind `offset`: it holds `offset`, or begins behind it.
 * Returns its index, or segment_count when there is none. At most 32 steps. */
uint32_t vxr_overlay_find(const struct vxr_overlay *overlay, uint64_t offset);

/* End of the last segment, 0 without any. */
uint64_t vxr_overlay_end(const struct vxr_overlay *overlay);

#endif
