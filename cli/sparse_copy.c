/* The copy. Every loop advances by a hole, a piece, or a unit of a piece.
 *
 * Shared blocks (FICLONERANGE) cost no space and no time. copy_file_range() is not used where
 * blocks cannot be shared: it would write zeros that the image holds as data, and it is no faster
 * then. */
#include "cli/sparse_copy.h"

#include "parser/bytes.h"

enum { UNIT_BYTES = 4096, CLONE_BYTES_MIN = 65536 };

static bool is_zero(const uint8_t *bytes, size_t len)
{
    return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

static void advance(struct cli_copy *copy, uint64_t length)
{
    copy->out_offset += length;
    copy->progress(copy->ctx, copy->out_offset);
}

bool cli_copy_zeros(struct cli_copy *copy, uint64_t length)
{
    bool is_good = cli_out_zeros(copy->out, copy->out_offset, length);

    advance(copy, length);
    return is_good;
}

/* Write a piece, but for the units of it that are zeros. */
static bool write_piece(struct cli_copy *copy, const uint8_t *bytes, size_t len)
{
    size_t begin = 0;

    while (begin < len) {
        size_t unit = (size_t)vx_min(UNIT_BYTES, len - begin);
        bool is_hole = is_zero(bytes + begin, unit);
        size_t end = begin + unit;
        bool is_good = false;

        while (end < len) {
            unit = (size_t)vx_min(UNIT_BYTES, len - end);
            if (is_zero(bytes + end, unit) != is_hole) {
                break;
            }
            end += unit;
        }
        is_good = is_hole ? cli_out_zeros(copy->out, copy->out_offset + begin, end - begin)
                          : cli_out_write(copy->out, copy->out_offset + begin, bytes + begin,
                                          end - begin);
        if (!is_good) {
            return false;
        }
        begin = end;
    }
    return true;
}

/* A piece that cannot be read in one go: what of it can be read unit by unit? */
static bool salvage_piece(struct cli_copy *copy, uint64_t offset, size_t len)
{
    const struct vx_source *view = &copy->check->view;

    for (size_t pos = 0; pos < len;) {
        size_t unit = (size_t)vx_min(UNIT_BYTES, len - pos);

        if (vx_source_read(view, offset + pos, copy->buffer, unit) == VX_OK) {
            if (!write_piece(copy, copy->buffer, unit)) {
                return false;
            }
        } else if (!copy->lost(copy->ctx, offset + pos, unit) ||
                   !cli_out_zeros(copy->out, copy->out_offset, unit)) {
            return false;
        }
        advance(copy, unit);
        pos += unit;
    }
    return true;
}

static bool copy_piece(struct cli_copy *copy, uint64_t offset, size_t len)
{
    if (vx_source_read(&copy->check->view, offset, copy->buffer, len) != VX_OK) {
        return salvage_piece(copy, offset, len);
    }
    if (!write_piece(copy, copy->buffer, len)) {
        return false;
    }
    advance(copy, len);
    return true;
}

/* How many bytes from offset on are the image's own: not of the log, and not beyond its end. */
static uint64_t raw_length(const struct vxr_check *check, uint64_t offset, uint64_t length)
{
    const struct vxr_overlay *overlay = &check->overlay;
    uint64_t end = vx_min(vx_add_sat(offset, length), check->structure.facts.file_bytes);
    uint32_t i = 0;

    if (check->is_replayed) {
        i = vxr_overlay_find(overlay, offset);
        if (i < overlay->segment_count) {
            end = vx_min(end, overlay->segment[i].begin);
        }
    }
    return vx_sub_sat(end, offset);
}

/* Share as much as can be shared at this place. Returns the bytes shared, perhaps 0. */
static uint64_t clone(struct cli_copy *copy, uint64_t offset, uint64_t length)
{
    uint64_t shared = 0;

    if (!copy->may_clone || offset % UNIT_BYTES != 0 || copy->out_offset % UNIT_BYTES != 0) {
        return 0;
    }
    shared = raw_length(copy->check, offset, length) / UNIT_BYTES * UNIT_BYTES;
    if (shared < CLONE_BYTES_MIN) {
        return 0;
    }
    if (!cli_out_clone(copy->out, copy->file, offset, copy->out_offset, shared)) {
        copy->may_clone = false;
        return 0;
    }
    advance(copy, shared);
    return shared;
}

/* Copy bytes that may be data. */
static bool copy_data(struct cli_copy *copy, uint64_t offset, uint64_t length)
{
    uint64_t done = 0;

    while (done < length) {
        /* pieces end where the view's units do */
        uint64_t room = CLI_COPY_BYTES - (offset + done) % UNIT_BYTES;
        uint64_t piece = vx_min(room, length - done);

        if (!copy_piece(copy, offset + done, (size_t)piece)) {
            return false;
        }
        done += piece;
    }
    return true;
}

/* Copy up to the end of the next data. *at is where the copy stands in the view, and moves on. */
static bool copy_step(struct cli_copy *copy, uint64_t *at, uint64_t end)
{
    struct vx_range data = {0};
    uint64_t begin = *at;

    if (vx_source_next_data(&copy->check->view, begin, end, &data) != VX_OK) {
        data = (struct vx_range){begin, end};
    }
    *at = data.end;
    return (data.begin == begin || cli_copy_zeros(copy, data.begin - begin)) &&
           copy_data(copy, data.begin, data.end - data.begin);
}

bool cli_copy_view(struct cli_copy *copy, uint64_t offset, uint64_t length)
{
    uint64_t end = offset + length;
    uint64_t at = offset;

    while (at < end) {
        uint64_t shared = clone(copy, at, end - at); /* holes stay holes */

        at += shared;
        if (shared == 0 && !copy_step(copy, &at, end)) {
            return false;
        }
    }
    return true;
}
