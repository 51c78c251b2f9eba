/* The writer: what it writes is sound and reads back, in every legal geometry and block state; it
 * follows the format's procedures; what it refuses it does not touch. Its behaviour in a power cut
 * is in test_crash.c. */
#include "corpus/little.h"
#include "corpus/writer.h"
#include "tests/support/expect.h"
#include "tests/support/naive_log.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"
#include "tests/support/virtual_disk.h"

#include <stdio.h>

#define MIB   IMAGE_MIB
#define S(n)  (UINT64_C(512) * (n))
#define SOME  5000                       /* bytes: neither sectors nor a multiple of anything */
#define SPARE (IMAGE_METADATA + MIB / 2) /* bytes that nothing uses */

enum { PARENT_BYTE = 0xee };

/* An image, its session, and what the virtual disk should hold. */
struct session {
    struct image im;
    struct writer w;
    struct sparse want;
};

static void begin_on(struct session *s)
{
    if (!writer_open(&s->w, &s->im)) {
        fail_msg("%s", s->w.error);
    }
}

static void begin(struct session *s, const struct image_spec *spec)
{
    memset(s, 0, sizeof(*s));
    image_make(&s->im, spec);
    begin_on(s);
}

static void finish(struct session *s)
{
    writer_close(&s->w);
    image_free(&s->im);
    sparse_free(&s->want);
}

/* Pseudo-random bytes, different for each call. */
static void make_bytes(uint8_t *bytes, size_t len)
{
    static uint64_t state = 88172645463325252;

    for (size_t i = 0; i < len; i++) {
        state ^= (state & UINT64_C(0x0007ffffffffffff)) << 13;
        state ^= state >> 7;
        state ^= (state & UINT64_C(0x00007fffffffffff)) << 17;
        bytes[i] = (uint8_t)(state >> 32 & 0xff);
    }
}

static void must(struct session *s, bool is_done)
{
    if (!is_done) {
        fail_msg("%s", s->w.error);
    }
}

static void write_some(struct session *s, uint64_t offset, size_t len)
{
    uint8_t *bytes = malloc(len);

    assert_non_null(bytes);
    make_bytes(bytes, len);
    must(s, writer_write(&s->w, offset, bytes, len));
    sparse_write(&s->want, offset, bytes, len);
    free(bytes);
}

/* The disk holds `value` there, before anything is written. */
static void want_bytes(struct session *s, uint64_t offset, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++) {
        sparse_write(&s->want, offset + i, &value, 1);
    }
}

static void open_replayed(struct session *s, struct replayed *r, const char *row)
{
    struct vx_source raw = image_source(&s->im);

    replayed_open(r, row, &raw, NULL);
}

/* No finding says that anything is wrong with the image, and these bytes of the disk are right. */
static void expect_holds(struct session *s, const char *row, uint64_t offset, size_t len)
{
    static struct virtual_disk disk;
    uint8_t *got = malloc(2 * len);
    struct replayed r;

    assert_non_null(got);
    open_replayed(s, &r, row);
    for (size_t i = 0; i < r.f.count; i++) {
        if (r.f.at[i].severity >= VX_SEV_WARNING && r.f.at[i].rule != VX_HDR_012 &&
            r.f.at[i].rule != VX_RUN_006) {
            expect_summary(&r.f, "HDR-012w and the parent at most");
        }
    }
    virtual_disk_init(&disk, r.check);
    assert_true(virtual_disk_read(&disk, offset, got, len, PARENT_BYTE));
    sparse_read(&s->want, offset, got + len, len);
    if (memcmp(got, got + len, len) != 0) {
        fail_msg("%s: the disk holds something else at %" PRIu64, row, offset);
    }
    replayed_close(&r);
    free(got);
}

/* ---- every geometry ---- */

/* Over the first two boundaries of blocks, at a boundary of chunks, and at the end of the disk. */
static void write_everywhere(struct session *s, const char *row)
{
    const uint64_t block = s->w.vol.block_bytes;
    const uint64_t disk = s->w.vol.disk_bytes;
    const uint64_t sector = s->w.vol.sector_bytes;
    const uint64_t chunk = s->w.vol.chunk_ratio * block;
    const uint64_t at[] = {block - sector, 2 * block - sector, chunk - sector, disk - 2 * sector};
    const size_t len = 2 * (size_t)sector;

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < VX_COUNT_OF(at); i++) {
            if (round == 0 && s->w.vol.has_parent) {
                want_bytes(s, at[i] - sector, len + (i < 3 ? 2 : 1) * sector, PARENT_BYTE);
            }
        }
        for (size_t i = 0; i < VX_COUNT_OF(at); i++) {
            write_some(s, at[i], len);
        }
        if (round == 1) {
            must(s, writer_apply(&s->w));
        }
        for (size_t i = 0; i < VX_COUNT_OF(at); i++) {
            expect_holds(s, row, at[i] - sector, len + (i < 3 ? 2 : 1) * (size_t)sector);
        }
    }
}

static void test_write__every_geometry__sound_and_read_back(void **state)
{
    static const uint32_t sector_bytes[] = {512, 4096};
    static const enum image_type type[] = {IMAGE_DYNAMIC, IMAGE_FIXED, IMAGE_DIFFERENCING};
    unsigned rows = 0;

    (void)state;
    for (uint32_t block = 1; block <= 256; block *= 2) {
        for (size_t i = 0; i < VX_COUNT_OF(sector_bytes) * VX_COUNT_OF(type); i++) {
            struct session s;
            struct image_spec spec = {.sector_bytes = sector_bytes[i % 2], .type = type[i / 2]};
            char row[80];

            spec.block_bytes = block * (uint32_t)MIB;
            /* A chunk and the half of a block. */
            spec.disk_bytes = (UINT64_C(1) << 23) * spec.sector_bytes + spec.block_bytes / 2;
            spec.log_bytes = (1 + rows % 3) * (uint32_t)MIB;
            (void)snprintf(row, sizeof(row),
                           "type %d, blocks of %" PRIu32 " MiB, sectors of %" PRIu32,
                           (int)spec.type, block, spec.sector_bytes);
            begin(&s, &spec);
            write_everywhere(&s, row);
            finish(&s);
            rows++;
        }
    }
    assert_int_equal(rows, 54);
}

/* ---- every state ---- */

static void test_write__every_state_of_a_block__what_was_there_stays(void **state)
{
    static const struct {
        const char *name;
        enum image_type type;
        unsigned state;
        uint8_t rest; /* what the block holds beside */
    } row[] = {
        {"not present", IMAGE_DYNAMIC, 0, 0},
        {"undefined", IMAGE_DYNAMIC, 1, 0},
        {"zero", IMAGE_DYNAMIC, 2, 0},
        {"unmapped", IMAGE_FIXED, 3, 0},
        {"present", IMAGE_FIXED, 6, 0},
        {"not present, with a parent", IMAGE_DIFFERENCING, 0, PARENT_BYTE},
        {"undefined, with a parent", IMAGE_DIFFERENCING, 1, 0},
        {"zero, with a parent", IMAGE_DIFFERENCING, 2, 0},
        {"unmapped, with a parent", IMAGE_DIFFERENCING, 3, 0},
        {"present, with a parent", IMAGE_DIFFERENCING, 6, 0},
        {"partially present", IMAGE_DIFFERENCING, 7, PARENT_BYTE},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        const struct image_spec spec = {.type = row[i].type, .state = row[i].state};
        struct session s;

        begin(&s, &spec);
        want_bytes(&s, MIB, 64 * 1024, row[i].rest);
        write_some(&s, MIB + S(3), 512 * 5);
        expect_holds(&s, row[i].name, MIB, 64 * 1024);
        write_some(&s, MIB + S(7), 512 * 5);
        write_some(&s, MIB + S(4) + 100, 700); /* sectors that are this file's own by now */
        expect_holds(&s, row[i].name, MIB, 64 * 1024);
        must(&s, writer_apply(&s.w));
        expect_holds(&s, row[i].name, MIB, 64 * 1024);
        finish(&s);
    }
}

static void test_write__parts_of_sectors__merged_with_what_they_hold(void **state)
{
    struct session s;

    (void)state;
    begin(&s, &(struct image_spec){.sector_bytes = 4096});
    write_some(&s, MIB - 3000, SOME);
    write_some(&s, MIB - 1, 2);
    write_some(&s, 4096, 4096);
    write_some(&s, 4096 + 17, 1);
    write_some(&s, 16 * MIB - 1, 1);
    expect_holds(&s, "parts", 0, 2 * MIB);
    expect_holds(&s, "the end of the disk", 15 * MIB, MIB);
    finish(&s);
}

/* The place that an entry without content still names is not taken for its own. */
static void test_write__stale_place_in_the_entry__is_not_used(void **state)
{
    struct session s;

    (void)state;
    for (unsigned from = 1; from <= 3; from += 2) {
        memset(&s, 0, sizeof(s));
        image_make(&s.im, &(struct image_spec){.state = 6});
        image_bat_set(&s.im, 2, image_entry(image_bat_get(&s.im, 2) >> 20, from));
        image_put(&s.im, image_bat_get(&s.im, 2) / MIB * MIB + 512, 8, 0x1234);
        begin_on(&s);
        write_some(&s, 2 * MIB, 512);
        expect_holds(&s, "stale", 2 * MIB, MIB);
        finish(&s);
    }
}

static void test_discard__every_state__zeros_or_the_parent(void **state)
{
    (void)state;
    for (unsigned to = 0; to < 8; to++) {
        struct session s;

        begin(&s, &(struct image_spec){.type = to < 4 ? IMAGE_DYNAMIC : IMAGE_DIFFERENCING});
        write_some(&s, MIB - S(1), 3 * MIB);
        must(&s, writer_discard(&s.w, MIB, 2 * MIB, to % 4));
        want_bytes(&s, MIB, 2 * MIB, to == 4 ? PARENT_BYTE : 0);
        expect_holds(&s, "discarded", MIB - S(1), 2 * MIB + S(1));
        write_some(&s, 2 * MIB + S(5), 512);
        expect_holds(&s, "and written again", MIB - S(1), 2 * MIB + S(1));
        must(&s, writer_apply(&s.w));
        expect_holds(&s, "and applied", MIB - S(1), 2 * MIB + S(1));
        finish(&s);
    }
}

/* ---- headers ---- */

static void get_header(const struct session *s, unsigned copy, uint8_t header[4096])
{
    image_get_bytes(&s->im, image_header_at(copy, 0), header, 4096);
}

static void test_header_update__both_copies__the_other_one_first(void **state)
{
    static const enum tape_kind kind[] = {TAPE_WRITE, TAPE_FLUSH, TAPE_WRITE, TAPE_FLUSH};
    struct session s;
    uint8_t before[4096];
    uint8_t first[4096];
    uint8_t second[4096];
    struct replayed r;

    (void)state;
    begin(&s, &(struct image_spec){0});
    get_header(&s, 1, before); /* the current one */
    s.w.tape.is_recording = true;
    writer_header_update(&s.w, WRITER_FILE_WRITE);
    assert_int_equal(s.w.tape.count, VX_COUNT_OF(kind));
    for (size_t i = 0; i < VX_COUNT_OF(kind); i++) {
        assert_int_equal(s.w.tape.op[i].kind, kind[i]);
    }
    assert_int_equal(s.w.tape.op[0].offset, IMAGE_HEADER_1);
    assert_int_equal(s.w.tape.op[2].offset, IMAGE_HEADER_2);
    get_header(&s, 0, first);
    get_header(&s, 1, second);
    assert_int_equal(little_get(first + 8, 8), little_get(before + 8, 8) + 1);
    assert_int_equal(little_get(second + 8, 8), little_get(before + 8, 8) + 2);
    assert_memory_equal(first + 16, second + 16, 4096 - 16);
    assert_memory_not_equal(first + 16, before + 16, 16);
    assert_memory_equal(first + 32, before + 32, 4096 - 32); /* DataWriteGuid and all else */
    writer_header_update(&s.w, WRITER_DATA_WRITE);
    get_header(&s, 1, second);
    assert_memory_equal(first + 16, second + 16, 16);
    assert_memory_not_equal(first + 32, second + 32, 16);
    open_replayed(&s, &r, "updated");
    expect_summary(&r.f, "");
    replayed_close(&r);
    finish(&s);
}

/* Where one copy is damaged, the update begins with that one. */
static void test_header_update__damaged_copy__is_mended_first(void **state)
{
    (void)state;
    for (unsigned bad = 0; bad < 2; bad++) {
        struct session s;
        struct replayed r;

        memset(&s, 0, sizeof(s));
        image_make(&s.im, &(struct image_spec){0});
        image_put(&s.im, image_header_at(bad, 4000), 1, 1);
        begin_on(&s);
        s.w.tape.is_recording = true;
        writer_header_update(&s.w, WRITER_KEEP);
        assert_int_equal(s.w.tape.op[0].offset, image_header_at(bad, 0));
        open_replayed(&s, &r, "mended");
        expect_summary(&r.f, "");
        replayed_close(&r);
        finish(&s);
    }
}

/* PRC-001 to PRC-004: the headers come first, with new GUIDs, once a session; a log has its own. */
static void test_session__guids__renewed_when_the_format_says(void **state)
{
    struct session s;
    uint8_t header[5][4096];

    (void)state;
    begin(&s, &(struct image_spec){0});
    get_header(&s, 1, header[0]);
    s.w.tape.is_recording = true;
    write_some(&s, 0, 512);
    assert_int_equal(s.w.tape.op[0].offset, IMAGE_HEADER_1);
    get_header(&s, 1, header[1]);
    assert_memory_not_equal(header[0] + 16, header[1] + 16, 16);
    assert_memory_not_equal(header[0] + 32, header[1] + 32, 16);
    assert_memory_not_equal(header[1] + 48, IMAGE_GUID_ZERO, 16);
    write_some(&s, MIB, 512);
    get_header(&s, 1, header[2]);
    assert_memory_equal(header[1], header[2], 4096);
    must(&s, writer_apply(&s.w));
    get_header(&s, 1, header[2]);
    assert_memory_equal(header[1] + 16, header[2] + 16, 32);
    assert_memory_equal(header[2] + 48, IMAGE_GUID_ZERO, 16);
    write_some(&s, 2 * MIB, 512);
    get_header(&s, 1, header[3]);
    assert_memory_equal(header[1] + 16, header[3] + 16, 32);
    assert_memory_not_equal(header[3] + 48, IMAGE_GUID_ZERO, 16);
    assert_memory_not_equal(header[3] + 48, header[1] + 48, 16);
    must(&s, writer_apply(&s.w));
    writer_close(&s.w);
    begin_on(&s);
    write_some(&s, 3 * MIB, 512);
    get_header(&s, 1, header[4]);
    assert_memory_not_equal(header[4] + 16, header[3] + 16, 16);
    assert_memory_not_equal(header[4] + 32, header[3] + 32, 16);
    assert_memory_not_equal(header[4] + 48, header[3] + 48, 16);
    finish(&s);
}

/* ---- the log ---- */

static void scan(struct session *s, struct naive_log *naive)
{
    struct test_log log = {
        .im = &s->im, .offset = s->w.vol.log_offset, .length = s->w.vol.log_length};

    memcpy(log.guid, s->w.journal.guid, sizeof(log.guid));
    naive_scan(&log, naive);
    assert_true(naive->has_sequence);
}

static void test_log__fields_of_the_entries__as_the_format_wants_them(void **state)
{
    struct session s;
    struct naive_log naive;

    (void)state;
    begin(&s, &(struct image_spec){0});
    s.w.journal.sequence = UINT64_C(0x1ffffffff);
    write_some(&s, 0, 512);
    scan(&s, &naive);
    assert_int_equal(naive.head.sequence, UINT64_C(0x200000000)); /* the first entry is empty */
    assert_int_equal(naive.head.pos, 4096);
    assert_int_equal(naive.head.tail, 4096);
    assert_int_equal(naive.head.length, 8192);
    assert_int_equal(naive.head.flushed, s.im.blocks + MIB); /* the block is on the medium */
    assert_int_equal(naive.head.last, s.im.blocks + MIB);
    naive_free(&naive);
    write_some(&s, MIB, 512);
    scan(&s, &naive);
    assert_int_equal(naive.head.pos, 3 * 4096);
    assert_int_equal(naive.head.tail, 4096); /* the first block's entry is not in its place yet */
    assert_int_equal(naive.entries, 2);
    assert_int_equal(naive.head.last, s.im.blocks + 2 * MIB);
    naive_free(&naive);
    journal_apply(&s.w.journal);
    write_some(&s, 2 * MIB, 512);
    scan(&s, &naive);
    assert_int_equal(naive.head.tail, naive.head.pos); /* now it is */
    assert_int_equal(naive.entries, 1);
    naive_free(&naive);
    finish(&s);
}

static void test_log__any_byte_range__heads_and_tails_of_sectors_merged(void **state)
{
    static const struct {
        uint64_t at;
        size_t len;
        size_t writes;
    } row[] = {{0, 1, 1},       {4095, 2, 2},    {100, 4096, 2}, {0, 4096, 1},
               {4096, 8192, 2}, {4000, SOME, 3}, {7, 8, 1},      {4092, 4, 1}};
    uint8_t want[8 * 4096];
    uint8_t got[8 * 4096];

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct session s;
        struct naive_log naive;
        struct replayed r;

        begin(&s, &(struct image_spec){0});
        make_bytes(want, sizeof(want));
        image_put_bytes(&s.im, SPARE, want, sizeof(want));
        make_bytes(want + row[i].at, row[i].len);
        must(&s, writer_metadata(&s.w, SPARE + row[i].at, want + row[i].at, row[i].len));
        scan(&s, &naive);
        assert_int_equal(naive.count, row[i].writes);
        naive_free(&naive);
        open_replayed(&s, &r, "any range");
        assert_int_equal(vx_source_read(&r.check->view, SPARE, got, sizeof(got)), VX_OK);
        assert_memory_equal(got, want, sizeof(want));
        replayed_close(&r);
        must(&s, writer_apply(&s.w));
        image_get_bytes(&s.im, SPARE, got, sizeof(got));
        assert_memory_equal(got, want, sizeof(want));
        finish(&s);
    }
}

/* More descriptors than one sector holds, and zeros by one descriptor. */
static void test_log__many_sectors_and_zeros__descriptors_as_needed(void **state)
{
    static uint8_t bytes[128 * 4096];
    struct session s;
    struct naive_log naive;
    struct replayed r;

    (void)state;
    begin(&s, &(struct image_spec){0});
    make_bytes(bytes, sizeof(bytes));
    must(&s, writer_metadata(&s.w, SPARE, bytes, 127 * 4096));
    scan(&s, &naive);
    assert_int_equal(naive.head.count, 127);
    assert_int_equal(naive.head.length, (2 + 127) * 4096); /* 126 fit into the first sector */
    naive_free(&naive);
    memset(bytes + 4096, 0, 100 * 4096);
    must(&s, writer_metadata(&s.w, SPARE, bytes, 102 * 4096));
    scan(&s, &naive);
    assert_int_equal(naive.head.count, 3);
    assert_true(naive.write[127 + 1].is_zero);
    assert_int_equal(naive.write[127 + 1].end - naive.write[127 + 1].begin, 100 * 4096);
    naive_free(&naive);
    open_replayed(&s, &r, "many");
    expect_summary(&r.f, "HDR-012w SEQ-008i");
    replayed_close(&r);
    finish(&s);
}

/* However often the ring goes round, and wherever it begins, what was logged is read back. */
static void test_log__ring_goes_round_many_times__nothing_is_lost(void **state)
{
    static uint8_t bytes[100 * 4096];
    static uint8_t got[100 * 4096];

    (void)state;
    for (uint32_t start = 0; start < 256; start += 51) {
        struct session s;

        begin(&s, &(struct image_spec){0});
        s.w.journal.next = start * 4096;
        for (uint32_t i = 0; i < 60; i++) {
            const size_t len = 4096 * (1 + (size_t)i * 37 % 100);
            struct replayed r;

            make_bytes(bytes, len);
            must(&s, writer_metadata(&s.w, SPARE, bytes, len));
            open_replayed(&s, &r, "round and round");
            assert_int_not_equal(vx_verdict_of(&r.f.rep), VX_CORRUPT);
            assert_int_equal(vx_source_read(&r.check->view, SPARE, got, len), VX_OK);
            assert_memory_equal(got, bytes, len);
            replayed_close(&r);
        }
        finish(&s);
    }
}

/* ---- what is refused ---- */

static void make_pending(struct image *im)
{
    struct test_log log;

    log_init(&log, im, IMAGE_LOG, MIB);
}

static void make_no_log(struct image *im)
{
    image_put(im, image_header_at(1, 68), 4, 0);
    image_seal(im);
}

static void make_old(struct image *im)
{
    image_put(im, image_header_at(1, 8), 8, UINT64_MAX - 2);
    image_seal(im);
}

static void make_headless(struct image *im)
{
    image_put(im, image_header_at(0, 0), 1, 0);
    image_put(im, image_header_at(1, 0), 1, 0);
}

static void make_another_version(struct image *im)
{
    image_put(im, image_header_at(1, 66), 2, 2);
    image_seal(im);
}

static void make_without_table(struct image *im)
{
    image_put(im, image_region_at(0, IMAGE_REGION_BAT, 0), 1, 0);
}

static void make_short_table(struct image *im)
{
    image_put(im, image_item_at(IMAGE_ITEM_DISK_SIZE), 8, IMAGE_TIB);
}

static void make_odd_blocks(struct image *im)
{
    image_put(im, image_item_at(IMAGE_ITEM_FILE_PARAMETERS), 4, 3 * MIB);
}

static void make_log_far(struct image *im)
{
    image_put(im, image_header_at(1, 72), 8, UINT64_MAX - MIB + 1);
    image_seal(im);
}

static void make_table_far(struct image *im)
{
    image_put(im, image_region_at(0, IMAGE_REGION_BAT, 16), 8, UINT64_MAX);
}

static void make_metadata_far(struct image *im)
{
    image_put(im, image_region_at(0, IMAGE_REGION_METADATA, 16), 8, UINT64_MAX - 7);
}

static void make_metadata_just_far(struct image *im)
{
    image_put(im, image_region_at(0, IMAGE_REGION_METADATA, 16), 8, (UINT64_C(1) << 62) + 1);
}

static void make_long(struct image *im)
{
    im->size = UINT64_MAX;
}

static void test_open__image_that_cannot_be_written__says_why(void **state)
{
    static const struct {
        void (*edit)(struct image *im);
        const char *error;
    } row[] = {
        {make_pending, "the image has a pending log"},
        {make_no_log, "the image has no room for a log"},
        {make_old, "the headers' SequenceNumber is about to run out"},
        {make_headless, "there is no current header of version 1"},
        {make_another_version, "there is no current header of version 1"},
        {make_without_table, "the first region table names no block table or no metadata"},
        {make_short_table, "the block table is too short"},
        {make_odd_blocks, "block, sector or disk size is not of the format"},
        {make_log_far, "the log, a region or the file's end lies beyond 2^62"},
        {make_table_far, "the log, a region or the file's end lies beyond 2^62"},
        {make_metadata_far, "the log, a region or the file's end lies beyond 2^62"},
        {make_metadata_just_far, "the log, a region or the file's end lies beyond 2^62"},
        {make_long, "the log, a region or the file's end lies beyond 2^62"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct image im;
        struct writer w;

        image_make(&im, &(struct image_spec){0});
        row[i].edit(&im);
        assert_false(writer_open(&w, &im));
        assert_string_equal(w.error, row[i].error);
        writer_close(&w);
        image_free(&im);
    }
}

static bool write_4k(struct writer *w, uint64_t offset, size_t len)
{
    static uint8_t bytes[4 * MIB];

    return writer_write(w, offset, bytes, len);
}

static bool log_byte(struct writer *w, uint64_t offset, size_t len)
{
    static uint8_t bytes[4 * MIB];

    return writer_metadata(w, offset, bytes, len);
}

static bool discard_to_zero(struct writer *w, uint64_t offset, size_t len)
{
    return writer_discard(w, offset, len, 2);
}

static bool discard_to_present(struct writer *w, uint64_t offset, size_t len)
{
    return writer_discard(w, offset, len, 6);
}

static bool discard_to_nothing(struct writer *w, uint64_t offset, size_t len)
{
    return writer_discard(w, offset, len, 0);
}

static void test_calls__that_are_refused__change_nothing(void **state)
{
    static const char *const outside = "the disk ends before what is to be written";
    static const char *const whole = "what is to be discarded is not made of whole blocks";
    static const char *const forbidden = "the log may not change these bytes";
    static const struct {
        bool (*call)(struct writer *w, uint64_t offset, size_t len);
        uint64_t offset;
        size_t len;
        enum image_type type;
        unsigned state; /* of block 1 */
        const char *error;
    } row[] = {
        {write_4k, 16 * MIB, 1, IMAGE_DYNAMIC, 0, outside},
        {write_4k, 16 * MIB - 1, 2, IMAGE_DYNAMIC, 0, outside},
        {write_4k, UINT64_MAX, 2, IMAGE_DYNAMIC, 0, outside},
        {write_4k, 0, 2 * MIB, IMAGE_DYNAMIC, 4, "a block is in a reserved state"},
        {write_4k, 0, 2 * MIB, IMAGE_DYNAMIC, 5, "a block is in a reserved state"},
        {write_4k, MIB, 512, IMAGE_DYNAMIC, 7,
         "a block is partially present, and there is no parent"},
        {write_4k, MIB, 512, IMAGE_DIFFERENCING, 7,
         "a block is partially present, and its chunk has no bitmap"},
        {write_4k, 0, 511, IMAGE_DIFFERENCING, 0, "the rest of a sector is the parent's"},
        {write_4k, 1, 511, IMAGE_DIFFERENCING, 0, "the rest of a sector is the parent's"},
        {discard_to_zero, 512, MIB, IMAGE_DYNAMIC, 0, whole},
        {discard_to_zero, 0, MIB - 512, IMAGE_DYNAMIC, 0, whole},
        {discard_to_zero, 16 * MIB, MIB, IMAGE_DYNAMIC, 0, whole},
        {discard_to_present, 0, MIB, IMAGE_DYNAMIC, 0, "a discarded block has a state from 0 to 3"},
        {discard_to_nothing, 0, MIB, IMAGE_FIXED, 6,
         "a block of a fixed image does not become NOT_PRESENT"},
        {log_byte, 0, 1, IMAGE_DYNAMIC, 0, forbidden},
        {log_byte, 0x2ffff, 1, IMAGE_DYNAMIC, 0, forbidden},
        {log_byte, IMAGE_LOG - 1, 2, IMAGE_DYNAMIC, 0, forbidden},
        {log_byte, IMAGE_LOG + MIB - 1, 1, IMAGE_DYNAMIC, 0, forbidden},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct session s;

        memset(&s, 0, sizeof(s));
        image_make(&s.im, &(struct image_spec){.type = row[i].type});
        image_bat_set(&s.im, 1, image_entry(s.im.size / MIB, row[i].state));
        begin_on(&s);
        s.w.tape.is_recording = true;
        assert_false(row[i].call(&s.w, row[i].offset, row[i].len));
        assert_string_equal(s.w.error, row[i].error);
        assert_int_equal(s.w.tape.count, 0);
        assert_int_equal(s.w.journal.staged.count, 0);
        finish(&s);
    }
}

/* ---- the same bytes everywhere ---- */

static void test_session__twice_the_same_calls__twice_the_same_image(void **state)
{
    struct image im[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        static const uint8_t bytes[SOME] = {1, 2, 3};
        struct writer w;

        image_make(&im[i], &(struct image_spec){.type = IMAGE_DIFFERENCING, .sector_bytes = 4096});
        assert_true(writer_open(&w, &im[i]));
        assert_true(writer_write(&w, 0, bytes, 4096) && writer_apply(&w));
        assert_true(writer_write(&w, MIB, bytes, 4096) && writer_discard(&w, 0, MIB, 2));
        writer_close(&w);
    }
    assert_int_equal(im[0].size, im[1].size);
    assert_int_equal(im[0].bytes.count, im[1].bytes.count);
    for (size_t i = 0; i < im[0].bytes.count; i++) {
        assert_int_equal(im[0].bytes.chunk[i].number, im[1].bytes.chunk[i].number);
        assert_memory_equal(im[0].bytes.chunk[i].bytes, im[1].bytes.chunk[i].bytes,
                            SPARSE_CHUNK_BYTES);
    }
    image_free(&im[0]);
    image_free(&im[1]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write__every_geometry__sound_and_read_back),
        cmocka_unit_test(test_write__every_state_of_a_block__what_was_there_stays),
        cmocka_unit_test(test_write__parts_of_sectors__merged_with_what_they_hold),
        cmocka_unit_test(test_write__stale_place_in_the_entry__is_not_used),
        cmocka_unit_test(test_discard__every_state__zeros_or_the_parent),
        cmocka_unit_test(test_header_update__both_copies__the_other_one_first),
        cmocka_unit_test(test_header_update__damaged_copy__is_mended_first),
        cmocka_unit_test(test_session__guids__renewed_when_the_format_says),
        cmocka_unit_test(test_log__fields_of_the_entries__as_the_format_wants_them),
        cmocka_unit_test(test_log__any_byte_range__heads_and_tails_of_sectors_merged),
        cmocka_unit_test(test_log__many_sectors_and_zeros__descriptors_as_needed),
        cmocka_unit_test(test_log__ring_goes_round_many_times__nothing_is_lost),
        cmocka_unit_test(test_open__image_that_cannot_be_written__says_why),
        cmocka_unit_test(test_calls__that_are_refused__change_nothing),
        cmocka_unit_test(test_session__twice_the_same_calls__twice_the_same_image),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
