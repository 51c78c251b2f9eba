/* The whole virtual disk against a recipe's content model. One step for each run of blocks of one
 * kind, and one for each 64 KiB of it that is data on either side; then the ends of such runs, and
 * READS places anywhere. */
#include "tests/support/content.h"

#include "parser/bytes.h"
#include "tests/support/linked.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { PIECE_BYTES = 65536, EDGE_BYTES = 700, ENDS_MOST = 8192, READS = 64 };

struct comparison {
    const char *name;
    const struct sparse *want;
    struct linked got;
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

/* Is it of the parent of an image by itself? */
static bool is_of_no_interest(const struct vx_disk_range *range)
{
    return range->kind == VX_DISK_UNREADABLE && range->rule == VX_RUN_006;
}

/* The first place in a range of the disk at which a file may hold something. */
static uint64_t next_got(const struct comparison *c, const struct vx_disk_range *range,
                         uint64_t begin)
{
    const uint64_t end = range->offset + range->length;
    const uint64_t file = range->file_offset + (begin - range->offset);
    struct vx_range data;

    if (range->kind == VX_DISK_ZERO || is_of_no_interest(range)) {
        return end;
    }
    if (range->kind != VX_DISK_FILE) {
        return begin;
    }
    assert_int_equal(vx_source_next_data(c->got.chain.link[range->depth].disk->view, file,
                                         file + (end - begin), &data),
                     VX_OK);
    return begin + (data.begin - file);
}

static void compare_bytes(struct comparison *c, uint64_t offset, size_t len, const char *how)
{
    sparse_read(c->want, offset, c->want_bytes, len);
    for (size_t i = 0; i < len; i++) {
        if (c->want_bytes[i] != c->got_bytes[i]) {
            fail_msg("%s: %s, the disk holds 0x%02x at 0x%" PRIx64 ", not 0x%02x", c->name, how,
                     c->got_bytes[i], offset + i, c->want_bytes[i]);
        }
    }
}

/* Range by range, so that what is of no interest can be left out. */
static bool read_ranges(struct comparison *c, uint64_t offset, size_t len)
{
    struct vx_disk_range range;

    for (size_t done = 0; done < len; done += (size_t)range.length) {
        if (vx_chain_map(&c->got.chain, offset + done, len - done, &range) != VX_OK) {
            return false;
        }
        memset(c->got_bytes + done, 0, (size_t)range.length);
        if (!is_of_no_interest(&range) &&
            vx_chain_read(&c->got.chain, range.offset, c->got_bytes + done, (size_t)range.length) !=
                VX_OK) {
            return false;
        }
    }
    return true;
}

static void compare_piece(struct comparison *c, uint64_t offset, size_t len)
{
    const bool is_good = c->got.chain.end == VX_RUN_006
                             ? read_ranges(c, offset, len)
                             : vx_chain_read(&c->got.chain, offset, c->got_bytes, len) == VX_OK;

    if (!is_good) {
        fail_msg("%s: the disk cannot be read at 0x%" PRIx64, c->name, offset);
    }
    compare_bytes(c, offset, len, "read through the chain");
}

/* The same bytes from the file that the range names. */
static void compare_place(struct comparison *c, const struct vx_disk_range *range, uint64_t offset,
                          size_t len)
{
    const uint64_t file = range->file_offset + (offset - range->offset);

    assert_true(range->depth < c->got.chain.count);
    assert_int_equal(
        vx_source_read(c->got.chain.link[range->depth].disk->view, file, c->got_bytes, len), VX_OK);
    compare_bytes(c, offset, len, "read where the map says");
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
            if (range->kind == VX_DISK_FILE) {
                compare_place(c, range, offset, len);
            }
            offset += len;
        }
    }
}

/* Bytes on both sides of a place, neither beginning nor ending with a sector. */
static void compare_around(struct comparison *c, uint64_t offset, uint64_t disk_bytes)
{
    const uint64_t begin = vx_sub_sat(offset, EDGE_BYTES);

    compare_piece(c, begin, (size_t)vx_min(2 * EDGE_BYTES, disk_bytes - begin));
}

static void compare_anywhere(struct comparison *c, uint64_t disk_bytes)
{
    uint32_t seed = 1;

    for (unsigned i = 0; i < READS; i++) {
        const uint64_t high = random_next(&seed);
        const uint64_t offset = (high << 32 | random_next(&seed)) % disk_bytes;
        const uint64_t len = 1 + random_next(&seed) % PIECE_BYTES;

        compare_piece(c, offset, (size_t)vx_min(len, disk_bytes - offset));
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

void expect_content(const struct lineage *lineage)
{
    struct comparison *c = calloc(1, sizeof(*c));
    const struct vx_facts *facts;
    struct vx_disk_range range;
    uint64_t disk_bytes;
    unsigned ends = 0;

    assert_non_null(c);
    linked_open(&c->got, lineage, false);
    c->name = lineage->name[0];
    c->want = &lineage->recipe[0]->content;
    facts = &c->got.image[0].check->structure.facts;
    if (!facts->has_geometry || c->got.chain.count == 0) {
        fail_msg("%s: there is no disk that could hold anything", c->name);
    }
    disk_bytes = facts->geometry.disk_bytes;
    if (has_beyond(c->want, disk_bytes)) {
        fail_msg("%s: the recipe speaks of bytes beyond the end of the disk", c->name);
    }
    for (uint64_t offset = 0; offset < disk_bytes; offset += range.length) {
        assert_int_equal(vx_chain_map(&c->got.chain, offset, disk_bytes - offset, &range), VX_OK);
        compare_range(c, &range);
        if (ends < ENDS_MOST) {
            compare_around(c, offset, disk_bytes);
            ends++;
        }
    }
    compare_around(c, disk_bytes, disk_bytes);
    compare_anywhere(c, disk_bytes);
    linked_close(&c->got);
    free(c);
}
