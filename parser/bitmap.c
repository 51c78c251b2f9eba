/* Sector bitmaps through a window. What lies in a hole of the file is zeros, and not read. */
#include "parser/bitmap.h"

#include "parser/bytes.h"

enum { BYTE_BITS = 8, PAGE_BYTES = 4096 };

enum vx_status vx_bitmap_find(const struct vx_source *view, const struct vx_geometry *geo,
                              uint64_t table_offset, uint64_t slot_count, uint64_t chunk,
                              uint64_t *block)
{
    uint64_t index = vx_geometry_bitmap_index(geo, chunk);
    uint8_t bytes[VX_BAT_ENTRY_BYTES] = {0};
    uint64_t entry = 0;
    uint64_t offset = 0;

    *block = 0;
    if (index >= slot_count) {
        return VX_STOP;
    }
    if (vx_source_read(view, vx_bat_slot_offset(table_offset, index), bytes, sizeof(bytes)) !=
        VX_OK) {
        return VX_E_IO;
    }
    entry = vx_le64(bytes);
    offset = vx_bat_mib(entry) << VX_MIB_SHIFT;
    if (vx_bat_state(entry) != VX_STATE_FULLY_PRESENT || offset == 0 ||
        !vx_within(offset, VX_BITMAP_BLOCK_BYTES, view->size)) {
        return VX_STOP;
    }
    *block = offset;
    return VX_OK;
}

void vx_bitmap_init(struct vx_bitmap *bitmap, const struct vx_source *view,
                    uint8_t window[VX_BITMAP_WINDOW_BYTES])
{
    *bitmap = (struct vx_bitmap){.view = view};
    bitmap->window = window;
}

/* Bytes of the file from `offset` to the end of their 4 KiB. */
static uint64_t rest_of_page(uint64_t offset)
{
    return vx_sub_sat(PAGE_BYTES, vx_mod(offset, PAGE_BYTES));
}

/* Read `count` bytes, or when they cannot be read, as many as lie in the first 4 KiB: what is asked
 * for must not be lost because something behind it is. Returns how many were read. */
static uint64_t read_some(const struct vx_bitmap *bitmap, uint64_t offset, uint64_t count)
{
    uint64_t most = vx_min(count, VX_BITMAP_WINDOW_BYTES);
    uint64_t less = vx_min(most, rest_of_page(offset));

    if (vx_source_read(bitmap->view, offset, bitmap->window, (size_t)most) == VX_OK) {
        return most;
    }
    if (less == most ||
        vx_source_read(bitmap->view, offset, bitmap->window, (size_t)less) != VX_OK) {
        return 0;
    }
    return less;
}

/* Read the window that begins at `offset`: what is wanted, and a little more, for what is asked
 * next mostly lies behind it, at most up to `end`. Returns whether it is there. */
static bool fill(struct vx_bitmap *bitmap, uint64_t offset, uint64_t end, uint64_t wanted)
{
    uint64_t count = vx_min(vx_sub_sat(end, offset), vx_max(wanted, PAGE_BYTES));
    struct vx_range data = {0};

    bitmap->window_offset = offset;
    bitmap->is_hole =
        vx_source_next_data(bitmap->view, offset, end, &data) == VX_OK && data.begin > offset;
    if (bitmap->is_hole) {
        bitmap->window_count = vx_sub_sat(data.begin, offset);
    } else {
        bitmap->window_count = read_some(bitmap, offset, count);
    }
    return bitmap->window_count > 0;
}

/* The bytes of the window from `offset` on, which is below `end`: their number, at most `wanted`,
 * and *at the position of the first. 0 when they cannot be read. */
static uint64_t look(struct vx_bitmap *bitmap, uint64_t offset, uint64_t end, uint64_t wanted,
                     uint64_t *at)
{
    *at = 0;
    if (offset < bitmap->window_offset ||
        !vx_within(vx_sub_sat(offset, bitmap->window_offset), 1, bitmap->window_count)) {
        if (!fill(bitmap, offset, end, wanted)) {
            return 0;
        }
    }
    *at = vx_sub_sat(offset, bitmap->window_offset);
    return vx_min(vx_sub_sat(bitmap->window_count, *at), vx_min(wanted, VX_BITMAP_BLOCK_BYTES));
}

/* How many of the bits of the window from bit `first` of byte `at` on are `is_set`? At most those
 * of `count` bytes. */
static uint64_t same_bits(const struct vx_bitmap *bitmap, uint64_t at, unsigned first,
                          uint64_t count, bool is_set)
{
    uint64_t end = vx_min(vx_add_sat(at, count), VX_BITMAP_WINDOW_BYTES);
    uint8_t plain = is_set ? 0xff : 0;
    uint64_t same = 0;
    uint64_t i = at;

    while (i < end && i < VX_BITMAP_WINDOW_BYTES) {
        uint8_t byte = bitmap->window[i];

        if (byte == plain && first == 0) {
            same += BYTE_BITS;
            i++;
            continue;
        }
        for (unsigned bit = first; bit < BYTE_BITS; bit++) {
            if (((byte >> bit) % 2 != 0) != is_set) {
                return same;
            }
            same++;
        }
        first = 0;
        i++;
    }
    return same;
}

/* A bit of the window; in a hole it is 0. */
static bool is_bit_set(const struct vx_bitmap *bitmap, uint64_t at, unsigned bit)
{
    return !bitmap->is_hole && at < VX_BITMAP_WINDOW_BYTES && (bitmap->window[at] >> bit) % 2 != 0;
}

/* The bits from `bit` on, the first in the byte at `offset`, cannot be read. */
static enum vx_status lose(uint64_t offset, uint64_t bit, uint64_t count, uint64_t *same)
{
    *same = vx_min(
        count, vx_sub_sat(vx_min(rest_of_page(offset), PAGE_BYTES) * BYTE_BITS, bit % BYTE_BITS));
    return VX_E_IO;
}

enum vx_status vx_bitmap_run(struct vx_bitmap *bitmap, uint64_t block, uint64_t first,
                             uint64_t count, bool *is_set, uint64_t *same)
{
    uint64_t end = vx_add_sat(block, VX_BITMAP_BLOCK_BYTES);

    *is_set = false;
    *same = 0;
    while (*same < count) { /* each turn passes a window, or is the last */
        uint64_t bit = vx_add_sat(first, *same);
        uint64_t at = 0;
        uint64_t offset = vx_add_sat(block, bit / BYTE_BITS);
        uint64_t wanted =
            vx_div_up(vx_add_sat(vx_sub_sat(count, *same), bit % BYTE_BITS), BYTE_BITS);
        uint64_t bytes = look(bitmap, offset, end, wanted, &at);
        uint64_t room =
            vx_sub_sat(vx_min(bytes, VX_BITMAP_BLOCK_BYTES) * BYTE_BITS, bit % BYTE_BITS);
        uint64_t found = room;

        if (room == 0) { /* what cannot be read, the next call says */
            return *same > 0 ? VX_OK : lose(offset, bit, count, same);
        }
        if (*same == 0) {
            *is_set = is_bit_set(bitmap, at, (unsigned)(bit % BYTE_BITS));
        }
        if (!bitmap->is_hole) {
            found = same_bits(bitmap, at, (unsigned)(bit % BYTE_BITS), bytes, *is_set);
        } else if (*is_set) {
            break;
        }
        *same = vx_add_sat(*same, found);
        if (found < room) {
            break;
        }
    }
    *same = vx_min(*same, count);
    return VX_OK;
}

/* How many bits of a byte are 1. */
static uint64_t ones(unsigned byte)
{
    uint64_t count = 0;

    for (unsigned bit = 0; bit < BYTE_BITS; bit++) {
        count += (byte >> bit) % 2;
    }
    return count;
}

/* How many bits are 1 in `bits` bits of the window from byte `at` on, those of its bytes at most.
 */
static uint64_t ones_in(const struct vx_bitmap *bitmap, uint64_t at, uint64_t bits)
{
    uint64_t end = vx_min(vx_add_sat(at, bits / BYTE_BITS), VX_BITMAP_WINDOW_BYTES);
    uint64_t count = 0;
    uint64_t i = at;

    for (; i < end && i < VX_BITMAP_WINDOW_BYTES; i++) {
        uint8_t byte = bitmap->window[i];

        count += byte == 0xff ? BYTE_BITS : ones(byte);
    }
    if (bits % BYTE_BITS != 0 && i < VX_BITMAP_WINDOW_BYTES) {
        count += ones(bitmap->window[i] % (1u << (bits % BYTE_BITS)));
    }
    return count;
}

enum vx_status vx_bitmap_count(struct vx_bitmap *bitmap, uint64_t block, uint64_t first,
                               uint64_t count, uint64_t *set)
{
    uint64_t end = vx_add_sat(block, VX_BITMAP_BLOCK_BYTES);
    uint64_t done = 0;

    *set = 0;
    while (done < count) { /* each turn passes a window */
        uint64_t at = 0;
        uint64_t wanted = vx_div_up(vx_sub_sat(count, done), BYTE_BITS);
        uint64_t bytes =
            look(bitmap, vx_add_sat(block, vx_add_sat(first, done) / BYTE_BITS), end, wanted, &at);
        uint64_t bits =
            vx_min(vx_min(bytes, VX_BITMAP_BLOCK_BYTES) * BYTE_BITS, vx_sub_sat(count, done));

        if (bits == 0) {
            return VX_E_IO;
        }
        if (!bitmap->is_hole) {
            *set = vx_add_sat(*set, ones_in(bitmap, at, bits));
        }
        done = vx_add_sat(done, bits);
    }
    return VX_OK;
}
