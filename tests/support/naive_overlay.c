/* Overlays, descriptor by descriptor. What covers a byte changes only where a descriptor begins or
 * ends, so only there it is asked. */
#include "tests/support/naive_overlay.h"

enum { UNIT = 4096 };

static bool is_boundary(uint64_t at, const struct vxr_segment *record, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (record[i].begin == at || record[i].end == at) {
            return true;
        }
    }
    return false;
}

/* Disjoint, sorted, not empty, on the grid, at most 2n - 1, no data sector but whole ones. */
static const char *form_difference(const struct vxr_overlay *o, const struct vxr_segment *record,
                                   uint32_t count)
{
    uint64_t at = 0;

    if (o->segment_count > 0 && o->segment_count >= 2 * count) {
        return "n descriptors leave at most 2n - 1 segments";
    }
    for (uint32_t i = 0; i < o->segment_count; i++) {
        const struct vxr_segment *s = &o->segment[i];

        if (s->begin < at || s->begin >= s->end) {
            return "segments are sorted, disjoint and not empty";
        }
        if (!is_boundary(s->begin, record, count) || !is_boundary(s->end, record, count)) {
            return "segments begin and end where descriptors do";
        }
        if (s->data_pos != VXR_NO_DATA && s->end - s->begin != UNIT) {
            return "a data sector is never cut";
        }
        at = s->end;
    }
    return vxr_overlay_end(o) == at ? NULL : "the overlay ends with its last segment";
}

/* Does the overlay say of this byte what the last descriptor that covers it says? */
static bool is_right(const struct vxr_overlay *o, const struct vxr_segment *record, uint32_t count,
                     uint64_t at)
{
    const uint32_t found = vxr_overlay_find(o, at);
    const struct vxr_segment *s = found < o->segment_count ? &o->segment[found] : NULL;
    const struct vxr_segment *want = NULL;

    for (uint32_t i = count; i > 0 && want == NULL; i--) {
        if (record[i - 1].begin <= at && at < record[i - 1].end) {
            want = &record[i - 1];
        }
    }
    if (s != NULL && s->begin > at) {
        s = NULL;
    }
    return s == NULL || want == NULL ? s == want
                                     : s->order == want->order && s->data_pos == want->data_pos;
}

const char *naive_overlay_difference(const struct vxr_overlay *overlay,
                                     const struct vxr_segment *record, uint32_t count,
                                     uint64_t skew)
{
    const char *difference = form_difference(overlay, record, count);

    for (uint32_t i = 0; i < count && difference == NULL; i++) {
        const uint64_t before = record[i].begin > 0 ? record[i].begin - UNIT : 0;

        if (!is_right(overlay, record, count, record[i].begin + skew) ||
            !is_right(overlay, record, count, record[i].end + skew) ||
            !is_right(overlay, record, count, before + skew)) {
            difference = "the last descriptor that covers a byte wins";
        }
    }
    return difference;
}
