/* Structures are found where the image says, and somewhere in an image that says nothing. */
#include "corpus/anatomy.h"
#include "corpus/logbuild.h"
#include "tests/support/unit.h"

enum { AWAY = 64 * 1048576 };

static void expect_default(const struct anatomy *a)
{
    assert_int_equal(a->log_offset, IMAGE_LOG);
    assert_int_equal(a->bat_offset, IMAGE_BAT);
    assert_int_equal(a->metadata_offset, IMAGE_METADATA);
    assert_int_equal(a->block_bytes, IMAGE_MIB);
}

static void test_anatomy_find__default_layout__its_places(void **state)
{
    struct image im;
    struct anatomy a;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    anatomy_find(&a, &im);
    expect_default(&a);
    assert_int_equal(a.header, 1);
    assert_int_equal(a.table, 0);
    assert_int_equal(a.log_length, IMAGE_MIB);
    assert_int_equal(a.bat_entries, im.bat_bytes / 8);
    assert_int_equal(anatomy_regions(&a), 2);
    assert_int_equal(anatomy_items(&a), 5);
    assert_int_equal(anatomy_item_at(&a, 2), image_item_entry_at(2, 0));
    assert_int_equal(anatomy_sectors(&a), 256);
    image_free(&im);
}

static void test_anatomy_find__everything_elsewhere__is_found(void **state)
{
    struct image im;
    struct anatomy a;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    for (unsigned pos = 0; pos < 2 * IMAGE_MIB; pos += SPARSE_CHUNK_BYTES) {
        uint8_t chunk[SPARSE_CHUNK_BYTES];

        image_get_bytes(&im, IMAGE_METADATA + pos, chunk, sizeof(chunk));
        image_put_bytes(&im, AWAY + pos, chunk, sizeof(chunk));
        memset(chunk, 0xff, sizeof(chunk));
        image_put_bytes(&im, IMAGE_METADATA + pos, chunk, sizeof(chunk));
    }
    image_put(&im, AWAY + 0x10000, 4, 32 * IMAGE_MIB); /* block size */
    image_put(&im, image_region_at(1, IMAGE_REGION_METADATA, 16), 8, AWAY);
    image_put(&im, image_region_at(1, IMAGE_REGION_BAT, 16), 8, AWAY + IMAGE_MIB);
    image_put(&im, IMAGE_REGIONS_1, 4, 0); /* the other copy counts */
    image_put(&im, image_header_at(0, 72), 8, 2 * (uint64_t)AWAY);
    image_put(&im, image_header_at(0, 68), 4, UINT32_MAX);
    image_put(&im, image_header_at(1, 0), 4, 0); /* likewise */
    anatomy_find(&a, &im);
    assert_int_equal(a.header, 0);
    assert_int_equal(a.table, 1);
    assert_int_equal(a.log_offset, 2 * (uint64_t)AWAY);
    assert_int_equal(a.log_length, UINT32_MAX);
    assert_int_equal(a.metadata_offset, AWAY);
    assert_int_equal(a.bat_offset, AWAY + IMAGE_MIB);
    assert_int_equal(a.block_bytes, 32 * IMAGE_MIB);
    assert_int_equal(anatomy_sectors(&a), ANATOMY_SECTORS_MOST);
    image_free(&im);
}

static void test_anatomy_find__nonsense__default_layout(void **state)
{
    struct image im;
    struct anatomy a;

    (void)state;
    image_make_empty(&im, 5);
    anatomy_find(&a, &im);
    assert_int_equal(a.log_offset, 0); /* as it says */
    assert_int_equal(a.bat_offset, IMAGE_BAT);
    assert_int_equal(anatomy_sectors(&a), 0);
    assert_int_equal(anatomy_entry_at(&a, 3), 3 * 4096);
    image_free(&im);
    image_make(&im, &(struct image_spec){0});
    for (unsigned copy = 0; copy < 2; copy++) { /* no places in any file */
        image_put(&im, image_header_at(copy, 72), 8, UINT64_C(1) << 62);
        image_put(&im, image_region_at(copy, 0, 16), 8, UINT64_MAX);
        image_put(&im, image_region_at(copy, 1, 16), 8, UINT64_C(1) << 63);
        image_put(&im, image_region_at(copy, 0, 0) - 8, 4, UINT32_MAX);
    }
    anatomy_find(&a, &im);
    expect_default(&a);
    assert_int_equal(anatomy_regions(&a), 2047);
    image_free(&im);
}

static void test_anatomy_entry_at__ring__next_entry_around_the_end(void **state)
{
    struct image im;
    struct anatomy a;
    struct test_log log;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    log_init(&log, &im, IMAGE_LOG, (uint32_t)IMAGE_MIB);
    anatomy_find(&a, &im);
    assert_int_equal(anatomy_entry_at(&a, 9), IMAGE_LOG + 9 * 4096);
    (void)log_put(&log, &(struct log_entry){.pos = 7 * 4096, .sequence = 1});
    assert_int_equal(anatomy_entry_at(&a, 0), IMAGE_LOG + 7 * 4096);
    assert_int_equal(anatomy_entry_at(&a, 7), IMAGE_LOG + 7 * 4096);
    assert_int_equal(anatomy_entry_at(&a, 8), IMAGE_LOG + 7 * 4096);
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anatomy_find__default_layout__its_places),
        cmocka_unit_test(test_anatomy_find__everything_elsewhere__is_found),
        cmocka_unit_test(test_anatomy_find__nonsense__default_layout),
        cmocka_unit_test(test_anatomy_entry_at__ring__next_entry_around_the_end),
    };

    return cmocka_run_group_tests_name("anatomy", tests, NULL, NULL);
}
