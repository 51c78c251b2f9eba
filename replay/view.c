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

/* Bytes [from, from + len) of the 4 KiB that a data segment stands for. */
static enum vx_status read_data(const struct vxr_view *view, const struct vxr_segment *s,
                                uint64_t from, uint8_t *dst, size_t len)
{
    uint8_t head[DESCRIPTOR_HEAD] = {0};
    uint64_t descriptor = at_ring(view, (uint64_t)view->tail + s->order);
    uint64_t done = 0;
    enum vx_status status = VX_OK;

    if (from < LEADING_BYTES || vx_add_sat(from, len) > VXR_SECTOR_BYTES - TRAILING_BYTES) {
        status = vx_source_read(view->raw, descriptor, head, DESCRIPTOR_HEAD);
    }
    while (status == VX_OK && done < len) { /* at most three parts */
        uint64_t pos = vx_add_sat(from, done);
        uint64_t left = vx_sub_sat(len, done);
        uint64_t take = 0;

        if (pos < LEADING_BYTES) {
            take = vx_min(left, LEADING_BYTES - pos);
            memcpy(dst + done, head + POS_LEADING + pos, (size_t)take);
        } else if (pos < VXR_SECTOR_BYTES - TRAILING_BYTES) {
            take = vx_min(left, vx_sub_sat(VXR_SECTOR_BYTES - TRAILING_BYTES, pos));
            status = vx_source_read(view->raw, vx_add_sat(at_ring(view, s->data_pos), pos),
                                    dst + done, (size_t)take);
        } else if (pos < VXR_SECTOR_BYTES) {
            take = vx_min(left, vx_sub_sat(VXR_SECTOR_BYTES, pos));
            memcpy(dst + done,
                   head + POS_TRAILING + vx_sub_sat(pos, VXR_SECTOR_BYTES - TRAILING_BYTES),
                   (size_t)take);
        } else {
            return VX_E_BUG; /* a data segment is never longer than a sector */
        }
        done = vx_add_sat(done, take);
    }
    return status;
}

/* Bytes that no segment covers: the image, and zeros beyond its old end. */
static enum vx_status read_gap(const struct vxr_view *view, uint64_t offset, uint8_t *dst,
                               size_t len)
{
    size_t inside = (size_t)vx_min(len, vx_sub_sat(view->raw->size, offset));

    memset(dst + inside, 0, len - inside);
    return inside == 0 ? VX_OK : vx_source_read(view->raw, offset, dst, inside);
}

/* Bytes [from, from + len) of a segment. */
static enum vx_status read_segment(const struct vxr_view *view, const struct vxr_segment *s,
                                   uint64_t from, uint8_t *dst, size_t len)
{
    if (s->data_pos != VXR_NO_DATA) {
        return read_data(view, s, from, dst, len);
    }
    memset(dst, 0, len);
    return VX_OK;
}

static enum vx_status view_read(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct vxr_view *view = ctx;
    const struct vxr_overlay *overlay = view->overlay;
    uint32_t i = vxr_overlay_find(overlay, offset);
    uint64_t at = offset;
    uint64_t end = vx_add_sat(offset, len);
    enum vx_status status = VX_OK;

    while (status == VX_OK && at < end) { /* each turn passes a segment or a gap */
        uint64_t stop = end;
        uint8_t *to = dst + vx_sub_sat(at, offset);

        if (i < overlay->segment_count && at >= overlay->segment[i].begin) {
            const struct vxr_segment *s = &overlay->segment[i];

            stop = vx_min(stop, s->end);
            status =
                read_segment(view, s, vx_sub_sat(at, s->begin), to, (size_t)vx_sub_sat(stop, at));
            i += stop == s->end ? 1 : 0;
        } else {
            stop = i < overlay->segment_count ? vx_min(stop, overlay->segment[i].begin) : stop;
            status = read_gap(view, at, to, (size_t)vx_sub_sat(stop, at));
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
