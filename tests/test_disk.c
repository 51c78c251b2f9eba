/* The virtual disk against the definition: MS-VHDX 2.5.1.1, byte by byte. */
#include "parser/disk.h"
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

/* A block at `mib` in `state`, for constant tables. */
#define PLACED_AT(mib, state) ((uint64_t)(mib) << 20 | (state))

static uint8_t window[2][VX_BAT_WINDOW_BYTES];

/* An image and its disk. */
struct fixture {
    struct image im;
    struct vx_source src;
    struct vx_facts facts;
    struct vx_disk disk;
};

static void open_disk(struct fixture *x)
{
    struct findings f;

    findings_init(&f, "disk");
    x->src = image_source(&x->im);
    check_source(&x->src, NULL, &f, &x->facts);
    assert_true(x->facts.has_geometry);
    assert_true(x->facts.regions.bat.is_usable);
    memset(window, 0xa5, sizeof(window));
    vx_disk_init(&x->disk, &x->src, &x->facts.geometry, &x->facts.regions.bat, window);
    findings_free(&f);
}

/* Does the bitmap say that the sector of a partially present block is in this file? False, and
 * *is_lost, without a bitmap. MS-VHDX 2.4. */
static bool naive_is_own(const struct image *im, uint64_t offset, bool *is_lost)
{
    const uint64_t chunk = offset / im->spec.block_bytes / im->chunk_ratio;
    const uint64_t entry = image_bat_get(im, image_bitmap_index(im, chunk));
    const uint64_t bit = offset / im->spec.sector_bytes % (UINT64_C(1) << 23);
    const uint64_t block = entry >> 20 << 20;

    *is_lost = (entry & 7) != 6 || block == 0 || block + IMAGE_MIB > im->size;
    return !*is_lost && (image_get(im, block + bit / 8, 1) >> (bit % 8) & 1) != 0;
}

/* What one virtual byte is. */
enum naive_kind { NAIVE_FILE, NAIVE_ZERO, NAIVE_PARENT, NAIVE_LOST };

static enum naive_kind naive_byte(const struct image *im, uint64_t offset, uint64_t *at)
{
    const uint64_t entry =
        image_bat_get(im, image_payload_index(im, offset / im->spec.block_bytes));
    const bool is_child = im->spec.type == IMAGE_DIFFERENCING;
    const unsigned state = (unsigned)(entry & 7);

    *at = (entry >> 20 << 20) + offset % im->spec.block_bytes;
    if (state == 0) {
        return is_child ? NAIVE_PARENT : NAIVE_ZERO;
    }
    if (state == 4) {
        return NAIVE_LOST;
    }
    if (state == 7 && is_child) {
        bool is_lost;

        if (!naive_is_own(im, offset, &is_lost)) {
            return is_lost ? NAIVE_LOST : NAIVE_PARENT;
        }
    }
    if (state < 6) {
        return NAIVE_ZERO;
    }
    return entry >> 20 == 0 || *at >= im->size ? NAIVE_LOST : NAIVE_FILE;
}

static enum vx_disk_kind kind_of(enum naive_kind kind)
{
    static const enum vx_disk_kind all[] = {VX_DISK_FILE, VX_DISK_ZERO, VX_DISK_PARENT,
                                            VX_DISK_UNREADABLE};

    return all[kind];
}

/* Every range, its first and its last byte, the bytes around the seams of its blocks. */
static void expect_map(struct fixture *x, uint64_t length)
{
    uint64_t at = 0;
    struct vx_disk_range r;

    while (vx_disk_map(&x->disk, at, length, &r) == VX_OK) {
        const uint64_t probe[] = {0, r.length - 1, r.length / 2,
                                  r.length > x->im.spec.block_bytes ? x->im.spec.block_bytes : 0};

        assert_int_equal(r.offset, at);
        assert_true(r.length > 0 && r.length <= length);
        for (size_t i = 0; i < VX_COUNT_OF(probe); i++) {
            uint64_t file = 0;
            const enum naive_kind want = naive_byte(&x->im, at + probe[i], &file);

            assert_int_equal(r.kind, kind_of(want));
            if (want == NAIVE_FILE) {
                assert_int_equal(r.file_offset + probe[i], file);
            }
        }
        assert_int_equal(r.rule != VX_RULE_COUNT, r.kind == VX_DISK_UNREADABLE);
        at += r.length;
    }
    assert_int_equal(at, x->im.spec.disk_bytes);
}

struct disk_case {
    const char *name;
    struct image_spec spec;
    uint64_t size; /* of the file; 0: as built */
};

#define KIND_ROWS(name, kind)                                                                      \
    {name " 512, 1 MiB", {.type = kind}, 0},                                                       \
        {name " 4096, 2 MiB",                                                                      \
         {.type = kind,                                                                            \
          .disk_bytes = 40 * IMAGE_MIB,                                                            \
          .block_bytes = 2 * VX_MIB,                                                               \
          .sector_bytes = 4096},                                                                   \
         0},                                                                                       \
        {name " 512, 256 MiB: 20 chunks' worth of bitmaps",                                        \
         {.type = kind, .disk_bytes = 40 * 256 * IMAGE_MIB, .block_bytes = 256 * VX_MIB},          \
         0},                                                                                       \
        {name " odd end", {.type = kind, .disk_bytes = 7 * IMAGE_MIB + 512}, 0},                   \
        {name " one sector", {.type = kind, .disk_bytes = 512}, 0},                                \
    {                                                                                              \
        name " truncated", {.type = kind, .state = 6}, 9 * IMAGE_MIB + 700                         \
    }

static const struct disk_case CASE[] = {
    KIND_ROWS("dynamic", IMAGE_DYNAMIC),
    KIND_ROWS("fixed", IMAGE_FIXED),
    KIND_ROWS("differencing", IMAGE_DIFFERENCING),
};

static void test_disk_map__random_states__as_the_naive_reader(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(CASE); i++) {
        for (unsigned round = 0; round < 20; round++) {
            struct fixture x;

            image_make(&x.im, &CASE[i].spec);
            x.im.size += 64 * IMAGE_MIB;
            if (CASE[i].size != 0) {
                x.im.size = CASE[i].size;
            }
            for (uint64_t b = 0; b < x.im.payload_blocks && round > 0; b++) {
                const uint64_t places = round % 2 == 0 ? 4 : 70 + x.im.size / IMAGE_MIB;
                const uint64_t mib =
                    random_next(&seed) % 3 == 0 ? 8 + b : random_next(&seed) % places;

                image_bat_set(&x.im, image_payload_index(&x.im, b),
                              image_entry(mib, random_next(&seed) % 8));
            }
            open_disk(&x);
            expect_map(&x, UINT64_MAX);
            expect_map(&x, 3 * IMAGE_MIB / 2 + 77);
            image_free(&x.im);
        }
    }
}

/* A disk whose file is filled with bytes that tell their place. */
static void fill_file(struct image *im)
{
    for (uint64_t at = im->blocks; at < im->size; at += 8) {
        image_put(im, at, 8, at * 3 + 1);
    }
}

static void test_disk_read__every_seam__as_the_naive_reader(void **state)
{
    static const unsigned states[] = {6, 6, 2, 0, 6, 1, 3, 5, 6, 7};
    static const uint64_t seam[] = {87, 599, 600, 601, 1111}; /* 600: where the block begins */
    struct fixture x;
    uint8_t *bytes = malloc(3 * VX_MIB);

    (void)state;
    assert_non_null(bytes);
    image_make(&x.im, &(struct image_spec){.disk_bytes = 9 * IMAGE_MIB + 512});
    for (unsigned b = 0; b < VX_COUNT_OF(states); b++) {
        image_bat_set(&x.im, b, image_entry(b == 1 ? 5 : b == 0 ? 4 : 4 + b, states[b]));
    }
    x.im.size = 13 * IMAGE_MIB + 512;
    fill_file(&x.im);
    open_disk(&x);
    for (unsigned block = 1; block < 9; block++) {
        for (size_t i = 0; i < VX_COUNT_OF(seam) * VX_COUNT_OF(seam); i++) {
            const uint64_t begin = block * IMAGE_MIB - 600 + seam[i / 5];
            const size_t len = (size_t)(VX_MIB * (i % 2) + 600) + (size_t)(seam[i % 5] - 86);

            if (begin + len > x.im.spec.disk_bytes) {
                continue;
            }
            assert_int_equal(vx_disk_read(&x.disk, begin, bytes, len), VX_OK);
            for (size_t k = 0; k < len; k += k < 1100 || k + 1100 > len ? 1 : 509) {
                uint64_t at = 0;
                uint8_t want = 0;

                if (naive_byte(&x.im, begin + k, &at) == NAIVE_FILE) {
                    image_get_bytes(&x.im, at, &want, 1);
                }
                if (bytes[k] != want) {
                    fail_msg("virtual byte %" PRIx64 " is %02x, want %02x", begin + k, bytes[k],
                             want);
                }
            }
        }
    }
    free(bytes);
    image_free(&x.im);
}

static void test_disk_read__outside_or_lost__is_refused(void **state)
{
    static const struct {
        const char *name;
        uint64_t entry;
        enum vx_rule rule;
        enum vx_status status;
        enum image_type type;
    } row[] = {
        {"state 4", 4, VX_BAT_009, VX_E_IO, IMAGE_DYNAMIC},
        {"present at 0", 6, VX_BAT_012, VX_E_IO, IMAGE_DYNAMIC},
        {"present beyond the end", PLACED_AT(1000, 6), VX_BAT_017, VX_E_IO, IMAGE_DYNAMIC},
        {"present at 2^64 - 1 MiB", UINT64_MAX - 0xffff9, VX_BAT_017, VX_E_IO, IMAGE_DYNAMIC},
        {"partly present, no bitmap", PLACED_AT(4, 7), VX_BAT_011, VX_E_IO, IMAGE_DIFFERENCING},
        {"in the parent", 0, VX_RULE_COUNT, VX_E_IO, IMAGE_DIFFERENCING},
        {"undefined in a child", 1, VX_RULE_COUNT, VX_OK, IMAGE_DIFFERENCING}};
    uint8_t bytes[512];

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct fixture x;
        struct vx_disk_range r;

        image_make(&x.im, &(struct image_spec){.type = row[i].type});
        image_bat_set(&x.im, 3, row[i].entry);
        open_disk(&x);
        assert_int_equal(vx_disk_map(&x.disk, 3 * IMAGE_MIB, IMAGE_MIB, &r), VX_OK);
        assert_int_equal(r.rule, row[i].rule);
        assert_int_equal(vx_disk_read(&x.disk, 3 * IMAGE_MIB, bytes, 512), row[i].status);
        assert_int_equal(vx_disk_read(&x.disk, 16 * IMAGE_MIB - 511, bytes, 512), VX_E_USAGE);
        assert_int_equal(vx_disk_read(&x.disk, UINT64_MAX, bytes, 512), VX_E_USAGE);
        assert_int_equal(vx_disk_read(&x.disk, 16 * IMAGE_MIB, bytes, 0), VX_OK);
        assert_int_equal(vx_disk_map(&x.disk, 16 * IMAGE_MIB, 1, &r), VX_STOP);
        assert_int_equal(vx_disk_map(&x.disk, UINT64_MAX, 1, &r), VX_STOP);
        assert_int_equal(vx_disk_map(&x.disk, 0, 0, &r), VX_STOP);
        image_free(&x.im);
    }
}

static void test_disk_map__table_too_short__blocks_behind_it_are_lost(void **state)
{
    struct fixture x;
    struct vx_disk_range r;

    (void)state;
    image_make(&x.im, &(struct image_spec){0});
    open_disk(&x);
    x.disk.slot_count = 5;
    assert_int_equal(vx_disk_map(&x.disk, 0, UINT64_MAX, &r), VX_OK);
    assert_int_equal(r.length, 5 * IMAGE_MIB);
    assert_int_equal(vx_disk_map(&x.disk, 0, 2 * IMAGE_MIB + 1, &r), VX_OK);
    assert_int_equal(r.length, 2 * IMAGE_MIB + 1);
    assert_int_equal(vx_disk_map(&x.disk, 5 * IMAGE_MIB, UINT64_MAX, &r), VX_OK);
    assert_int_equal(r.kind, VX_DISK_UNREADABLE);
    assert_int_equal(r.rule, VX_BAT_007);
    assert_int_equal(r.state, VX_STATE_COUNT);
    assert_int_equal(r.length, 11 * IMAGE_MIB);
    image_free(&x.im);
}

static void test_disk_read__fault_at_every_read__never_zeros(void **state)
{
    struct fixture x;
    struct fault_source fault;
    struct vx_source src;
    uint8_t *bytes = malloc(2 * VX_MIB);
    uint64_t at = 0;

    (void)state;
    assert_non_null(bytes);
    image_make(&x.im, &(struct image_spec){.state = 6});
    open_disk(&x);
    do {
        enum vx_status status;
        struct vx_disk_range r;

        fault_source_init(&fault, &x.src);
        fault.kind = FAULT_FAIL_FROM;
        fault.at = at;
        src = fault_source(&fault);
        vx_disk_init(&x.disk, &src, &x.facts.geometry, &x.facts.regions.bat, window);
        status = vx_disk_read(&x.disk, IMAGE_MIB / 2, bytes, 2 * VX_MIB);
        assert_int_equal(status, fault.failures > 0 ? VX_E_IO : VX_OK);
        if (at == 0) {
            assert_int_equal(vx_disk_map(&x.disk, 0, 1, &r), VX_OK);
            assert_int_equal(r.rule, VX_RUN_001);
        }
        at++;
    } while (fault.failures > 0);
    assert_int_equal(at, 3); /* the table and one run of blocks */
    free(bytes);
    image_free(&x.im);
}

/* Four windows of a table of 64 TiB, in any order. */
static uint64_t far_entry(const void *ctx, uint64_t index)
{
    (void)ctx;
    return index % 3 == 0 ? 0 : image_entry(1000 + index, 6);
}

/* What a failed read leaves in the window is never taken for the part of the table that was there
 * before. */
static void test_disk_map__read_failed_in_between__the_blocks_before_it_again(void **state)
{
    const uint64_t far = 20000 * IMAGE_MIB; /* its entry is in another window */
    struct fixture x;
    struct fault_source fault;
    struct vx_source src;
    struct vx_disk_range before;
    struct vx_disk_range again;
    struct vx_disk_range lost;

    (void)state;
    image_make(&x.im, &(struct image_spec){.disk_bytes = 40 * IMAGE_GIB, .state = 6});
    open_disk(&x);
    fault_source_init(&fault, &x.src);
    fault.kind = FAULT_FAIL_ONCE;
    fault.at = 1;
    src = fault_source(&fault);
    x.disk.view = &src;
    assert_int_equal(vx_disk_map(&x.disk, 0, IMAGE_MIB, &before), VX_OK);
    assert_int_equal(vx_disk_map(&x.disk, far, IMAGE_MIB, &lost), VX_OK);
    assert_int_equal(lost.kind, VX_DISK_UNREADABLE);
    assert_int_equal(lost.rule, VX_RUN_001);
    assert_int_equal(vx_disk_map(&x.disk, 0, IMAGE_MIB, &again), VX_OK);
    assert_int_equal(again.kind, VX_DISK_FILE);
    assert_int_equal(again.file_offset, before.file_offset);
    assert_int_equal(fault.failures, 1);
    image_free(&x.im);
}

static void test_disk_map__largest_disk__any_order(void **state)
{
    static const uint64_t block[] = {0, 8191, 8192, 32768, 67108863, 67108862, 1, 40000000, 2};
    struct fixture x;
    struct vx_disk_range r;

    (void)state;
    image_make(&x.im, &(struct image_spec){.disk_bytes = 64 * IMAGE_TIB});
    x.im.generate = far_entry;
    x.im.size = 80 * IMAGE_TIB;
    open_disk(&x);
    for (size_t i = 0; i < VX_COUNT_OF(block); i++) {
        const uint64_t index = block[i] + block[i] / 4096;

        assert_int_equal(vx_disk_map(&x.disk, block[i] * IMAGE_MIB + 5, 1000, &r), VX_OK);
        assert_int_equal(r.kind, index % 3 == 0 ? VX_DISK_ZERO : VX_DISK_FILE);
        if (r.kind == VX_DISK_FILE) {
            assert_int_equal(r.file_offset, (1000 + index) * IMAGE_MIB + 5);
        }
    }
    image_free(&x.im);
}

/* Map the whole disk twice, once as x->disk knows holes and once without such knowledge. */
static void expect_map_as_if_read(struct fixture *x, struct fault_source *blind)
{
    static uint8_t other_window[2][VX_BAT_WINDOW_BYTES];
    struct vx_source src;
    struct vx_disk disk;
    struct vx_disk_range got = {0};
    struct vx_disk_range want = {0};

    fault_source_init(blind, &x->src);
    blind->fails_queries = true;
    src = fault_source(blind);
    vx_disk_init(&disk, &src, &x->facts.geometry, &x->facts.regions.bat, other_window);
    for (uint64_t at = 0; at < x->im.spec.disk_bytes; at += got.length) {
        assert_int_equal(vx_disk_map(&x->disk, at, UINT64_MAX, &got), VX_OK);
        assert_int_equal(vx_disk_map(&disk, at, UINT64_MAX, &want), VX_OK);
        assert_true(got.length > 0);
        assert_int_equal(got.length, want.length);
        assert_int_equal(got.kind, want.kind);
        assert_int_equal(got.file_offset, want.file_offset);
        assert_int_equal(got.state, want.state);
        assert_int_equal(got.rule, want.rule);
    }
}

/* Blocks of a disk of 1 TiB in 1 MiB blocks, a table of 128 windows and a bit. */
static const uint64_t FAR_BLOCK[] = {0, 4095, 4096, 8190, 500000, 500001, 786431, 1048575};

static void make_far_blocks(struct image *im, enum image_type type, size_t blocks)
{
    image_make(im, &(struct image_spec){.type = type, .disk_bytes = IMAGE_TIB});
    for (size_t b = 0; b < blocks; b++) {
        image_bat_set(im, image_payload_index(im, FAR_BLOCK[b]), image_entry(20 + b, 6));
    }
    im->size += 64 * IMAGE_MIB;
}

/* A table that is holes but for a few blocks: the same map, with a read for each block at most. */
static void test_disk_map__table_of_holes__few_reads(void **state)
{
    static const enum image_type type[] = {IMAGE_DYNAMIC, IMAGE_DIFFERENCING};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(type) * (VX_COUNT_OF(FAR_BLOCK) + 1); i++) {
        const size_t blocks = i / VX_COUNT_OF(type);
        struct fixture x;
        struct fault_source fault;
        struct fault_source blind;
        struct vx_source src;

        make_far_blocks(&x.im, type[i % VX_COUNT_OF(type)], blocks);
        open_disk(&x);
        fault_source_init(&fault, &x.src);
        src = fault_source(&fault);
        vx_disk_init(&x.disk, &src, &x.facts.geometry, &x.facts.regions.bat, window);
        expect_map_as_if_read(&x, &blind);
        assert_true(fault.reads <= blocks && blind.reads > 128);
        assert_true(fault.queries <= 4 * blocks + 1);
        image_free(&x.im);
    }
}

/* What a source may say about where data begins. */
struct teller {
    struct vx_source inner;
    unsigned number; /* of the queries so far */
};

static enum vx_status read_told(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct teller *teller = ctx;

    return teller->inner.read(teller->inner.ctx, offset, dst, len);
}

/* Each time otherwise: a few bytes too early, too short, senseless in two ways, a failure. */
static enum vx_status next_told(void *ctx, uint64_t offset, struct vx_range *data)
{
    struct teller *teller = ctx;
    enum vx_status status = teller->inner.next_data(teller->inner.ctx, offset, data);

    assert_int_equal(status, VX_OK);
    teller->number++;
    switch (teller->number % 5) {
    case 0:
        data->begin -= vx_min(data->begin - offset, 8 * (uint64_t)(teller->number % 3) + 1);
        data->end = UINT64_MAX;
        break;
    case 1:
        data->end = vx_min(data->end, data->begin + 1);
        break;
    case 2:
        *data = (struct vx_range){offset - 1, UINT64_MAX};
        break;
    case 3:
        *data = (struct vx_range){data->begin + 1, data->begin};
        break;
    default:
        status = VX_E_IO;
    }
    return status;
}

static void test_disk_map__strange_answers__no_block_is_lost(void **state)
{
    struct fixture x;

    (void)state;
    make_far_blocks(&x.im, IMAGE_DYNAMIC, VX_COUNT_OF(FAR_BLOCK));
    open_disk(&x);
    for (unsigned first = 0; first < 5; first++) {
        struct teller teller = {x.src, first};
        struct fault_source blind;
        const struct vx_source src = {read_told, next_told, &teller, x.src.size};

        vx_disk_init(&x.disk, &src, &x.facts.geometry, &x.facts.regions.bat, window);
        expect_map_as_if_read(&x, &blind);
        assert_true(teller.number > first + 5);
    }
    image_free(&x.im);
}

static void test_disk_map__table_behind_the_end__no_hole(void **state)
{
    struct fixture x;
    struct vx_source src;
    struct vx_disk_range r;

    (void)state;
    make_far_blocks(&x.im, IMAGE_DYNAMIC, 0);
    open_disk(&x);
    src = x.src;
    src.size = x.facts.regions.bat.offset + 5 * VX_BAT_WINDOW_BYTES;
    vx_disk_init(&x.disk, &src, &x.facts.geometry, &x.facts.regions.bat, window);
    assert_int_equal(vx_disk_map(&x.disk, IMAGE_TIB - 1, 1, &r), VX_OK);
    assert_int_equal(r.kind, VX_DISK_UNREADABLE);
    assert_int_equal(r.rule, VX_RUN_001);
    image_free(&x.im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disk_map__random_states__as_the_naive_reader),
        cmocka_unit_test(test_disk_read__every_seam__as_the_naive_reader),
        cmocka_unit_test(test_disk_read__outside_or_lost__is_refused),
        cmocka_unit_test(test_disk_map__table_too_short__blocks_behind_it_are_lost),
        cmocka_unit_test(test_disk_read__fault_at_every_read__never_zeros),
        cmocka_unit_test(test_disk_map__read_failed_in_between__the_blocks_before_it_again),
        cmocka_unit_test(test_disk_map__largest_disk__any_order),
        cmocka_unit_test(test_disk_map__table_of_holes__few_reads),
        cmocka_unit_test(test_disk_map__strange_answers__no_block_is_lost),
        cmocka_unit_test(test_disk_map__table_behind_the_end__no_hole),
    };

    return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
