/* Sector bitmaps, bit by bit: MS-VHDX 2.4. */
#include "parser/bitmap.h"

#include "corpus/image.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { BLOCK = 4 * VX_MIB, BITS = VX_SECTORS_PER_CHUNK, PAGE = 4096, PAGE_BITS = 8 * PAGE };

static uint8_t window[VX_BITMAP_WINDOW_BYTES];

static uint32_t below(uint32_t *seed, uint32_t count)
{
    return random_next(seed) % count;
}

static bool naive_bit(const struct image *im, uint64_t bit)
{
    return (image_get(im, BLOCK + bit / 8, 1) >> (bit % 8) & 1) != 0;
}

/* A bitmap block of stretches of one kind, most of it a hole. */
static void make_bits(struct image *im, uint32_t *seed)
{
    image_make_empty(im, BLOCK + IMAGE_MIB);
    for (unsigned i = 0; i < 12; i++) {
        const uint64_t at = below(seed, IMAGE_MIB);
        const uint64_t most = i < 3 ? 200000 : 40;
        const uint64_t room = IMAGE_MIB - at < most ? IMAGE_MIB - at : most;
        const uint32_t byte = below(seed, 2) == 0 ? 0xff : below(seed, 256);

        for (uint64_t k = 0; k < room; k++) {
            image_put(im, BLOCK + at + k, 1, byte);
        }
    }
}

/* A bitmap block of so many bytes of ones, a multiple of 8, and a hole behind them. */
static void make_ones(struct image *im, uint64_t bytes)
{
    image_make_empty(im, BLOCK + IMAGE_MIB);
    for (uint64_t i = 0; i < bytes; i += 8) {
        image_put(im, BLOCK + i, 8, UINT64_MAX);
    }
}

/* Any stretch, mostly a short one or one that begins at the seam of a window. */
static void choose(uint32_t *seed, uint64_t *first, uint64_t *count)
{
    *first = below(seed, 4) == 0 ? UINT64_C(524288) * below(seed, 16) : below(seed, BITS);
    *count = 1 + (below(seed, 3) == 0 ? below(seed, BITS) : below(seed, 100));
    *count = *count < BITS - *first ? *count : BITS - *first;
}

static void expect_run(struct vx_bitmap *bitmap, const struct image *im, uint64_t first,
                       uint64_t count)
{
    bool is_set;
    uint64_t same;
    uint64_t want = 1;

    while (want < count && naive_bit(im, first + want) == naive_bit(im, first)) {
        want++;
    }
    assert_int_equal(vx_bitmap_run(bitmap, BLOCK, first, count, &is_set, &same), VX_OK);
    assert_int_equal(is_set, naive_bit(im, first));
    assert_int_equal(same, want);
}

static void expect_count(struct vx_bitmap *bitmap, const struct image *im, uint64_t first,
                         uint64_t count)
{
    uint64_t set;
    uint64_t want = 0;

    for (uint64_t i = 0; i < count; i++) {
        want += naive_bit(im, first + i) ? 1 : 0;
    }
    assert_int_equal(vx_bitmap_count(bitmap, BLOCK, first, count, &set), VX_OK);
    assert_int_equal(set, want);
}

static void test_bitmap__random_bits__as_counted_one_by_one(void **state)
{
    uint32_t seed = 1;
    const uint32_t cases = random_cases("bitmaps", 6, &seed);

    (void)state;
    for (uint32_t i = 0; i < cases; i++) {
        struct image im;
        struct vx_source inner;
        struct fault_source count;
        struct vx_source src;
        struct vx_bitmap bitmap;

        make_bits(&im, &seed);
        inner = image_source(&im);
        inner.next_data = i % 2 == 0 ? inner.next_data : NULL;
        fault_source_init(&count, &inner);
        src = fault_source(&count);
        vx_bitmap_init(&bitmap, &src, window);
        for (unsigned k = 0; k < 40; k++) {
            uint64_t first;
            uint64_t length;

            choose(&seed, &first, &length);
            count.bytes = 0;
            expect_run(&bitmap, &im, first, length);
            expect_count(&bitmap, &im, first / 8 * 8, length);
            assert_true(count.bytes <= 2 * (length / 8 + 2 * PAGE));
        }
        assert_int_equal(count.outside, 0);
        image_free(&im);
    }
}

static void test_bitmap_run__nothing_asked__nothing_same(void **state)
{
    struct image im;
    struct vx_source src;
    struct vx_bitmap bitmap;
    bool is_set = true;
    uint64_t number = 7;

    (void)state;
    image_make_empty(&im, BLOCK + IMAGE_MIB);
    src = image_source(&im);
    vx_bitmap_init(&bitmap, &src, window);
    assert_int_equal(vx_bitmap_run(&bitmap, BLOCK, 0, 0, &is_set, &number), VX_OK);
    assert_true(!is_set && number == 0);
    assert_int_equal(vx_bitmap_count(&bitmap, BLOCK, 0, 0, &number), VX_OK);
    assert_int_equal(number, 0);
    image_free(&im);
}

/* One page of a bitmap is bad: bits before and behind it are known, and it is known how many are
 * lost. */
static void test_bitmap_run__bad_page__only_its_bits_are_lost(void **state)
{
    static const struct {
        uint64_t first;
        uint64_t count;
        enum vx_status status;
        uint64_t same;
    } row[] = {
        {0, BITS, VX_OK, 5 * PAGE_BITS},
        {5 * PAGE_BITS - 3, 3, VX_OK, 3},
        {5 * PAGE_BITS - 3, 4, VX_OK, 3},
        {5 * PAGE_BITS - 1, 2, VX_OK, 1},
        {5 * PAGE_BITS, BITS, VX_E_IO, PAGE_BITS},
        {5 * PAGE_BITS + 13, BITS, VX_E_IO, PAGE_BITS - 13},
        {6 * PAGE_BITS - 1, BITS, VX_E_IO, 1},
        {5 * PAGE_BITS + 13, 7, VX_E_IO, 7},
        {6 * PAGE_BITS, BITS - 6 * PAGE_BITS, VX_OK, BITS - 6 * PAGE_BITS},
    };
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_source src;
    struct vx_bitmap bitmap;
    uint64_t set;

    (void)state;
    make_ones(&im, IMAGE_MIB);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.kind = FAULT_FAIL_RANGE;
    fault.bad = (struct vx_range){BLOCK + 5 * PAGE, BLOCK + 6 * PAGE};
    src = fault_source(&fault);
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        bool is_set;
        uint64_t same;

        vx_bitmap_init(&bitmap, &src, window);
        assert_int_equal(vx_bitmap_run(&bitmap, BLOCK, row[i].first, row[i].count, &is_set, &same),
                         row[i].status);
        assert_int_equal(same, row[i].same);
        assert_int_equal(is_set, row[i].status == VX_OK);
    }
    vx_bitmap_init(&bitmap, &src, window);
    assert_int_equal(vx_bitmap_count(&bitmap, BLOCK, 0, 5 * PAGE_BITS, &set), VX_OK);
    assert_int_equal(set, 5 * PAGE_BITS);
    assert_int_equal(vx_bitmap_count(&bitmap, BLOCK, 0, 5 * PAGE_BITS + 1, &set), VX_E_IO);
    assert_int_equal(vx_bitmap_count(&bitmap, BLOCK, 6 * PAGE_BITS, 9, &set), VX_OK);
    assert_int_equal(set, 9);
    image_free(&im);
}

/* A window that ends with the last bit that is set, and a hole behind it. */
static void test_bitmap_run__set_up_to_a_hole__ends_there(void **state)
{
    struct image im;
    struct vx_source src;
    struct vx_bitmap bitmap;
    bool is_set;
    uint64_t same;

    (void)state;
    make_ones(&im, VX_BITMAP_WINDOW_BYTES);
    src = image_source(&im);
    vx_bitmap_init(&bitmap, &src, window);
    assert_int_equal(vx_bitmap_run(&bitmap, BLOCK, 0, BITS, &is_set, &same), VX_OK);
    assert_true(is_set);
    assert_int_equal(same, 8 * VX_BITMAP_WINDOW_BYTES);
    image_free(&im);
}

static void test_bitmap_count__every_byte__its_bits(void **state)
{
    struct image im;
    struct vx_source src;
    struct vx_bitmap bitmap;

    (void)state;
    image_make_empty(&im, BLOCK + IMAGE_MIB);
    for (unsigned byte = 0; byte < 256; byte++) {
        image_put(&im, BLOCK + byte, 1, byte);
    }
    src = image_source(&im);
    vx_bitmap_init(&bitmap, &src, window);
    for (unsigned byte = 0; byte < 256; byte++) {
        expect_count(&bitmap, &im, UINT64_C(8) * byte, 8);
    }
    image_free(&im);
}

/* Holes that cannot be asked for are data. */
static void test_bitmap_run__failing_hole_queries__is_read(void **state)
{
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_source src;
    struct vx_bitmap bitmap;
    bool is_set;
    uint64_t same;

    (void)state;
    image_make_empty(&im, BLOCK + IMAGE_MIB);
    image_put(&im, BLOCK + 100, 1, 1);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.fails_queries = true;
    src = fault_source(&fault);
    vx_bitmap_init(&bitmap, &src, window);
    assert_int_equal(vx_bitmap_run(&bitmap, BLOCK, 0, BITS, &is_set, &same), VX_OK);
    assert_int_equal(same, 800);
    assert_true(fault.reads > 0);
    image_free(&im);
}

static void test_bitmap_find__entries__only_a_present_block_inside(void **state)
{
    static const struct {
        const char *name;
        uint64_t entry;
        enum vx_status status;
    } row[] = {
        {"present", UINT64_C(4) << 20 | 6, VX_OK},
        {"with reserved bits", UINT64_C(4) << 20 | 0xffff8 | 6, VX_OK},
        {"the last block", UINT64_C(5) << 20 | 6, VX_OK},
        {"beyond the end", UINT64_C(6) << 20 | 6, VX_STOP},
        {"at 2^64 - 1 MiB", UINT64_MAX << 20 | 6, VX_STOP},
        {"at 0", 6, VX_STOP},
        {"not present", UINT64_C(4) << 20, VX_STOP},
        {"state 7", UINT64_C(4) << 20 | 7, VX_STOP},
        {"state 5", UINT64_C(4) << 20 | 5, VX_STOP},
    };
    struct vx_geometry geo;
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_source src;
    uint64_t block;

    (void)state;
    assert_true(vx_geometry_init(IMAGE_GIB, 256 * VX_MIB, 512, 2, &geo));
    assert_int_equal(geo.chunk_ratio, 16);
    image_make_empty(&im, 6 * IMAGE_MIB);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    src = fault_source(&fault);
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        image_put(&im, IMAGE_MIB + 8 * UINT64_C(16), 8, row[i].entry);
        block = 1;
        assert_int_equal(vx_bitmap_find(&src, &geo, IMAGE_MIB, 17, 0, &block), row[i].status);
        assert_int_equal(block, row[i].status == VX_OK ? row[i].entry >> 20 << 20 : 0);
    }
    image_put(&im, IMAGE_MIB + 8 * UINT64_C(16), 8, row[0].entry);
    assert_int_equal(vx_bitmap_find(&src, &geo, IMAGE_MIB, 16, 0, &block), VX_STOP);
    assert_int_equal(vx_bitmap_find(&src, &geo, UINT64_MAX, 17, 0, &block), VX_E_IO);
    src.size = 5 * IMAGE_MIB - 1;
    assert_int_equal(vx_bitmap_find(&src, &geo, IMAGE_MIB, 17, 0, &block), VX_STOP);
    src.size = 5 * IMAGE_MIB;
    assert_int_equal(vx_bitmap_find(&src, &geo, IMAGE_MIB, 17, 0, &block), VX_OK);
    fault.kind = FAULT_FAIL_FROM;
    assert_int_equal(vx_bitmap_find(&src, &geo, IMAGE_MIB, 17, 0, &block), VX_E_IO);
    assert_int_equal(block, 0);
    image_free(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bitmap__random_bits__as_counted_one_by_one),
        cmocka_unit_test(test_bitmap_run__nothing_asked__nothing_same),
        cmocka_unit_test(test_bitmap_run__bad_page__only_its_bits_are_lost),
        cmocka_unit_test(test_bitmap_run__set_up_to_a_hole__ends_there),
        cmocka_unit_test(test_bitmap_count__every_byte__its_bits),
        cmocka_unit_test(test_bitmap_run__failing_hole_queries__is_read),
        cmocka_unit_test(test_bitmap_find__entries__only_a_present_block_inside),
    };

    return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
