/* The image as it would be after replay: a source over image, overlay and grown size. */
#ifndef VXR_REPLAY_VIEW_H
#define VXR_REPLAY_VIEW_H

#include "parser/source.h"
#include "replay/overlay.h"

enum { VXR_ZEROS_PASSED_MAX = 64 }; /* zero segments that one question for data looks behind */

struct vxr_view {
    const struct vx_source *raw;
    const struct vxr_overlay *overlay;
    uint64_t log_offset; /* of the log in the file */
    uint32_t log_length;
    uint32_t tail; /* ring position from which segment orders count */
};

/* Make *src the view. size: of the file after replay, at least raw->size. view, raw and overlay
 * must outlive it. With an empty overlay and the raw size it reads like raw.
 * Where data follows is answered in a bounded number of steps, so that asking for each of many
 * blocks costs no walk over all that the log zeroes: behind VXR_ZEROS_PASSED_MAX zero segments the
 * next one's first sector counts as data. */
void vxr_view_init(struct vxr_view *view, const struct vx_source *raw,
                   const struct vxr_overlay *overlay, uint64_t log_offset, uint32_t log_length,
                   uint32_t tail, uint64_t size, struct vx_source *src);

#endif
