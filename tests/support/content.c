/* The whole virtual disk against a recipe's content model. One step for each run of blocks of one
 * kind, and one for each 64 KiB of it that is data on either side. */
#include "tests/support/content.h"

#include "parser/bytes.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"
#include "tests/support/virtual_disk.h"

enum { PIECE_BYTES = 65536 };

struct comparison {
    const char *name;
    const struct sparse *want;
    struct virtual_disk got;
    uint8_t want_bytes[PIECE_BYTES];
    uint8_t got_bytes[PIECE_BYTES];
};

/* The first place in [begin, end) at which the content model may hold something. */
static uint64_t next_wanted(const struct comparison *c, uint64_t begin, uint64_t end)
{
    const size_t at = sparse_find(c->want, begin / SPARSE_CHUNK_BYTES);
    uint64_t offset;

    if (at == c->want->count) {
        return end;
    }
    offset = c->want->chunk[at].number * SPARSE_CHUNK_BYTES;
    return vx_min(vx_max(offset, begin), end);
}

/* The first place in a range of the disk at which the file may hold something. */
static uint64_t next_got(const struct comparison *c, const struct vx_disk_range *range,
                         uint64_t begin)
{
    const uint64_t end = range->offset + range->length;
    const uint64_t file = range->file_offset + (begin - range->offset);
    struct vx_range data;

    if (range->kind == VX_DISK_ZERO || range->kind == VX_DISK_PARENT) {
        return end;
    }
    if (range->kind != VX_DISK_FILE) {
        return begin;
    }
    assert_int_equal(vx_source_next_data(&c->got.check->view, file, file + (end - begin), &data),
                     VX_OK);
    return begin + (data.begin - file);
}

static void compare_piece(struct comparison *c, uint64_t offset, size_t len)
{
    sparse_read(c->want, offset, c->want_bytes, len);
    if (!virtual_disk_read(&c->got, offset, c->got_bytes, len, 0)) {
        fail_msg("%s: the disk cannot be read at 0x%" PRIx64, c->name, offset);
    }
    for (size_t i = 0; i < len; i++) {
        if (c->want_bytes[i] != c->got_bytes[i]) {
            fail_msg("%s: the disk holds 0x%02x at 0x%" PRIx64 ", not 0x%02x", c->name,
                     c->got_bytes[i], offset + i, c->want_bytes[i]);
        }
    }
}

static void compare_range(struct comparison *c, const struct vx_disk_range *range)
{
    const uint64_t end = range->offset + range->length;
    uint64_t offset = range->offset;

    while (offset < end) {
        offset = vx_min(next_wanted(c, offset, end), next_got(c, range, offset));
        if (offset < end) {
            const size_t len = (size_t)vx_min(PIECE_BYTES - offset % PIECE_BYTES, end - offset);

            compare_piece(c, offset, len);
            offset += len;
        }
    }
}

/* Does the content model hold anything from `end` on? */
static bool has_beyond(const struct sparse *want, uint64_t end)
{
    for (size_t i = sparse_find(want, end / SPARSE_CHUNK_BYTES); i < want->count; i++) {
        const struct sparse_chunk *chunk = &want->chunk[i];
        const uint64_t offset = chunk->number * SPARSE_CHUNK_BYTES;
        const size_t first = offset < end ? (size_t)(end - offset) : 0;

        if (!vx_all_zero(chunk->bytes + first, SPARSE_CHUNK_BYTES - first)) {
            return true;
        }
    }
    return false;
}

void expect_content(struct recipe *r, const char *name)
{
    const struct vx_source raw = image_source(&r->im);
    struct comparison *c = calloc(1, sizeof(*c));
    struct replayed replayed;
    struct vx_disk_range range;
    uint64_t disk_bytes;

    assert_non_null(c);
    replayed_open(&replayed, name, &raw, NULL);
    c->name = name;
    c->want = &r->content;
    if (!replayed.check->structure.facts.has_geometry) {
        fail_msg("%s: there is no disk that could hold anything", name);
    }
    disk_bytes = replayed.check->structure.facts.geometry.disk_bytes;
    if (has_beyond(&r->content, disk_bytes)) {
        fail_msg("%s: the recipe speaks of bytes beyond the end of the disk", name);
    }
    virtual_disk_init(&c->got, replayed.check);
    for (uint64_t offset = 0; offset < disk_bytes; offset += range.length) {
        assert_int_equal(vx_disk_map(&c->got.disk, offset, disk_bytes - offset, &range), VX_OK);
        compare_range(c, &range);
    }
    replayed_close(&replayed);
    free(c);
}
