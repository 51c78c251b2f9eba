/* Ring arithmetic and the window. */
#include "replay/ring.h"

#include "parser/bytes.h"

void vxr_ring_init(struct vxr_ring *ring, const struct vx_source *raw,
                   const struct vx_header *header)
{
    memset(ring, 0, sizeof(*ring));
    ring->raw = raw;
    ring->offset = header->log_offset;
    ring->length = header->log_length;
}

uint32_t vxr_ring_advance(const struct vxr_ring *ring, uint32_t pos, uint32_t bytes)
{
    uint64_t sum = (uint64_t)pos + bytes;

    return (uint32_t)(vx_mod(sum, ring->length) & UINT32_MAX);
}

uint32_t vxr_ring_distance(const struct vxr_ring *ring, uint32_t from, uint32_t to)
{
    uint64_t ahead = to >= from ? to : (uint64_t)to + ring->length;

    return (uint32_t)(vx_sub_sat(ahead, from) & UINT32_MAX);
}

uint64_t vxr_ring_offset(const struct vxr_ring *ring, uint32_t pos)
{
    return vx_add_sat(ring->offset, pos);
}

/* Read `want` bytes at pos into the window. Returns whether they are there. */
static bool fill(struct vxr_ring *ring, uint32_t pos, uint64_t want)
{
    ring->window_bytes = 0;
    if (want < VXR_SECTOR_BYTES || want > VXR_WINDOW_BYTES ||
        vx_source_read(ring->raw, vxr_ring_offset(ring, pos), ring->window, (size_t)want) !=
            VX_OK) {
        return false;
    }
    ring->window_pos = pos;
    ring->window_bytes = (uint32_t)want;
    return true;
}

/* Fill the window from pos on, as far as it can be read: with one sector after a step over others,
 * for the next step may go on like that. */
static bool refill(struct vxr_ring *ring, uint32_t pos)
{
    bool goes_on = pos == vx_add_sat(ring->window_pos, ring->window_bytes);
    uint64_t stop = pos < ring->origin ? ring->origin : ring->length;
    uint64_t want = vx_min(vx_sub_sat(stop, pos), goes_on ? VXR_WINDOW_BYTES : VXR_SECTOR_BYTES);

    if (pos >= ring->careful_end) {
        if (fill(ring, pos, want)) {
            return true;
        }
        ring->careful_end = (uint32_t)(vx_add_sat(pos, want) & UINT32_MAX);
    }
    return fill(ring, pos, vx_min(want, VXR_SECTOR_BYTES));
}

/* Is the sector at pos in the window? */
static bool is_in_window(const struct vxr_ring *ring, uint64_t pos)
{
    return pos >= ring->window_pos &&
           vx_within(vx_sub_sat(pos, ring->window_pos), VXR_SECTOR_BYTES, ring->window_bytes);
}

const uint8_t *vxr_ring_sector(struct vxr_ring *ring, uint32_t pos)
{
    uint64_t sector = 0; /* of the window */

    if (!is_in_window(ring, pos) && !refill(ring, pos)) {
        return NULL;
    }
    sector = vx_sub_sat(pos, ring->window_pos) / VXR_SECTOR_BYTES;
    if (sector >= VXR_WINDOW_SECTORS) {
        return NULL; /* cannot happen: window_bytes is at most VXR_WINDOW_BYTES */
    }
    return ring->window + VXR_SECTOR_BYTES * (size_t)sector;
}

uint64_t vxr_ring_next_data(const struct vxr_ring *ring, uint64_t pos)
{
    uint64_t begin = vx_add_sat(ring->offset, pos);
    uint64_t end = vxr_ring_offset(ring, ring->length);
    struct vx_range data = {0};
    uint64_t hole = 0;

    if (is_in_window(ring, pos) || vx_source_next_data(ring->raw, begin, end, &data) != VX_OK) {
        return pos; /* not knowing about holes is no loss */
    }
    hole = vx_sub_sat(data.begin, begin);
    return vx_add_sat(pos, vx_sub_sat(hole, hole % VXR_SECTOR_BYTES));
}
