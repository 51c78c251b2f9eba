/* The definition of the overlay: of all descriptors that cover a byte, the last one wins. */
#ifndef TESTS_NAIVE_OVERLAY_H
#define TESTS_NAIVE_OVERLAY_H

#include "replay/overlay.h"

/* Compare an overlay that was built with the descriptors it was built of, in the order of replay.
 * They cover whole sectors. skew: below 4096; so far behind the begin of a sector it is asked what
 * covers it. Returns what does not hold, or NULL. */
const char *naive_overlay_difference(const struct vxr_overlay *overlay,
                                     const struct vxr_segment *record, uint32_t count,
                                     uint64_t skew);

#endif
