/* What replay would change, structure by structure. */
#ifndef VXR_REPLAY_DELTA_H
#define VXR_REPLAY_DELTA_H

#include "replay/simulate.h"

enum vxr_change_kind {
    VXR_CHANGE_REGION_TABLE,   /* index: 0 or 1 */
    VXR_CHANGE_HEADER_SECTION, /* the unused rest of the first MiB */
    VXR_CHANGE_BAT_ENTRY,      /* index: BAT entry; before and after: its 8 bytes */
    VXR_CHANGE_NEW_BAT,        /* where the BAT lies after replay, and did not lie before */
    VXR_CHANGE_METADATA,
    VXR_CHANGE_OTHER, /* slots behind the last BAT entry, a BAT not at a multiple of 8, sector
                         bitmaps, other regions, blocks, free space */
    VXR_CHANGE_KIND_COUNT
};

struct vxr_change {
    enum vxr_change_kind kind;
    uint64_t index;
    uint64_t offset; /* file, first byte that changes */
    uint64_t length; /* to the last byte that changes */
    uint64_t before; /* BAT entries only */
    uint64_t after;
};

struct vxr_delta {
    uint64_t changes[VXR_CHANGE_KIND_COUNT]; /* of each kind */
    uint64_t bytes_same;                     /* that replay writes as they already are */
    uint64_t bytes_changed;
    uint64_t old_size;
    uint64_t new_size;
    uint64_t unread; /* bytes that could not be compared */
};

typedef void vxr_change_fn(void *ctx, const struct vxr_change *change);

/* Compare image and view wherever the overlay covers, after vxr_check_run() of a dirty image.
 * Changes come in file order, each at most 64 KiB long. Reads what the overlay covers inside the
 * image, twice, and the image's region tables if the log writes any; holes are skipped.
 * c->structure.ws is overwritten. out is zeroed on entry. */
void vxr_delta_run(struct vxr_check *c, const struct vx_source *raw, vxr_change_fn *change,
                   void *ctx, struct vxr_delta *out);

#endif
