/* The replayed view. Naive form: for each byte, the last descriptor that covers it; else the image;
 * else, beyond the old end of the file, zero. */
#include "replay/view.h"

#include "parser/bytes.h"
#include "replay/logentry.h"

enum {
    LEADING_BYTES = 8,   /* of a data sector's 4096 bytes, kept in the descriptor */
    TRAILING_BYTES = 4,  /* likewise */
    POS_TRAILING = 4,    /* in the descriptor */
    POS_LEADING = 8,     /* in the descriptor */
    DESCRIPTOR_HEAD = 16 /* bytes of the descriptor that hold both */
};

/* Ring position to file offset. */
static uint64_t at_ring(const struct vxr_view *view, uint64_t pos)
{
    return vx_add_sat(view->log_offset, vx_mod(pos, view->log_length));
}

/* What was asked for: dst[i] is byte offset + i of the view. */
struct request {
    uint64_t offset;
    uint8_t *dst;
    size_t len;
};

/* Bytes [begin, end) of the request lie in the image, from offset `from` on. */
static enum vx_status fetch(const struct vxr_view *view, const struct request *r, uint64_t begin,
                            uint64_t end, uint64_t from)
{
    if (begin >= end) {
        return VX_OK;
    }
    return vx_source_read_at(view->raw, from, r->dst, r->len, vx_sub_sat(begin, r->offset),
                             vx_sub_sat(end, begin));
}

/* The bytes from `at` on are these, as far as they are asked for. */
static void put(const struct request *r, uint64_t at, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) { /* at most LEADING_BYTES */
        uint64_t offset = vx_add_sat(at, i);

        if (offset >= r->offset) {
            vx_put(r->dst, r->len, vx_sub_sat(offset, r->offset), bytes[i]);
        }
    }
}

/* Bytes [begin, end) lie in a data segment: the middle comes from the data sector, and both ends,
 * which the log put elsewhere, from the descriptor. */
static enum vx_status read_data(const struct vxr_view *view, const struct vxr_segment *s,
                                const struct request *r, uint64_t begin, uint64_t end)
{
    uint8_t head[DESCRIPTOR_HEAD] = {0};
    uint64_t middle = vx_add_sat(s->begin, LEADING_BYTES);
    uint64_t trailing = vx_add_sat(s->begin, VXR_SECTOR_BYTES - TRAILING_BYTES);
    uint64_t from = vx_max(begin, middle);
    enum vx_status status = VX_OK;

    if (end > vx_add_sat(trailing, TRAILING_BYTES)) {
        return VX_E_BUG; /* a data segment is never longer than a sector */
    }
    status = fetch(view, r, from, vx_min(end, trailing),
                   vx_add_sat(at_ring(view, s->data_pos), vx_sub_sat(from, s->begin)));
    if (status == VX_OK && (begin < middle || end > trailing)) {
        status = vx_source_read(view->raw, at_ring(view, (uint64_t)view->tail + s->order), head,
                                DESCRIPTOR_HEAD);
        put(r, s->begin, head + POS_LEADING, LEADING_BYTES);
        put(r, trailing, head + POS_TRAILING, TRAILING_BYTES);
    }
    return status;
}

/* Bytes that no segment covers: the image, and zeros beyond its old end. */
static enum vx_status read_gap(const struct vxr_view *view, const struct request *r, uint64_t begin,
                               uint64_t end)
{
    uint64_t stop = vx_min(end, vx_max(begin, view->raw->size));

    vx_zero(r->dst, r->len, vx_sub_sat(stop, r->offset), vx_sub_sat(end, stop));
    return fetch(view, r, begin, stop, begin);
}

/* Bytes [begin, end) lie in a segment. */
static enum vx_status read_segment(const struct vxr_view *view, const struct vxr_segment *s,
                                   const struct request *r, uint64_t begin, uint64_t end)
{
    if (s->data_pos != VXR_NO_DATA) {
        return read_data(view, s, r, begin, end);
    }
    vx_zero(r->dst, r->len, vx_sub_sat(begin, r->offset), vx_sub_sat(end, begin));
    return VX_OK;
}

static enum vx_status view_read(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct vxr_view *view = ctx;
    const struct vxr_overlay *overlay = view->overlay;
    const struct request r = {.offset = offset, .dst = dst, .len = len};
    uint32_t i = vxr_overlay_find(overlay, offset);
    uint64_t at = offset;
    uint64_t end = vx_add_sat(offset, len);
    enum vx_status status = VX_OK;

    while (status == VX_OK && at < end) { /* each turn passes a segment or a gap */
        uint64_t stop = end;

        if (i < overlay->segment_count && at >= overlay->segment[i].begin) {
            const struct vxr_segment *s = &overlay->segment[i];

            stop = vx_min(stop, s->end);
            status = read_segment(view, s, &r, at, stop);
            i += stop == s->end ? 1 : 0;
        } else {
            stop = i < overlay->segment_count ? vx_min(stop, overlay->segment[i].begin) : stop;
            status = read_gap(view, &r, at, stop);
        }
        at = stop;
    }
    return status;
}

/* Data is where the image has data or a data segment lies; zero ranges are not looked at, so that a
 * range reported as data may still hold only zeros. So may a sector behind many of them. */
static enum vx_status view_next_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct vxr_view *view = ctx;
    const struct vxr_overlay *overlay = view->overlay;
    uint32_t i = vxr_overlay_find(overlay, offset);
    enum vx_status status = VX_OK;
    struct vx_range range = {.begin = UINT64_MAX, .end = UINT64_MAX};

    if (offset < view->raw->size) {
        status = vx_source_next_data(view->raw, offset, view->raw->size, &range);
        if (range.begin == range.end) {
            range = (struct vx_range){.begin = UINT64_MAX, .end = UINT64_MAX};
        }
    }
    for (uint32_t passed = 0; passed <= VXR_ZEROS_PASSED_MAX; passed++, i++) {
        uint64_t begin = 0;

        if (i >= overlay->segment_count || overlay->segment[i].begin >= range.begin) {
            break;
        }
        begin = vx_max(overlay->segment[i].begin, offset);
        if (overlay->segment[i].data_pos != VXR_NO_DATA || passed == VXR_ZEROS_PASSED_MAX) {
            range.begin = begin;
            range.end = vx_min(overlay->segment[i].end, vx_add_sat(begin, VXR_SECTOR_BYTES));
            break;
        }
    }
    *data = range;
    return status;
}

void vxr_view_init(struct vxr_view *view, const struct vx_source *raw,
                   const struct vxr_overlay *overlay, uint64_t log_offset, uint32_t log_length,
                   uint32_t tail, uint64_t size, struct vx_source *src)
{
    *view = (struct vxr_view){
        .raw = raw,
        .overlay = overlay,
        .log_offset = log_offset,
        .log_length = log_length,
        .tail = tail,
    };
    *src = (struct vx_source){
        .read = view_read,
        .next_data = view_next_data,
        .ctx = view,
        .size = size,
    };
}
