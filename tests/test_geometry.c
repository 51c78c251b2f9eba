/* Geometry: the counts against the formulas of the format, by brute force where that is possible.
 */
#include "corpus/image.h"
#include "parser/geometry.h"
#include "tests/support/unit.h"

static void test_geometry_init__all_block_and_sector_sizes__chunk_ratio(void **state)
{
    (void)state;
    for (uint64_t block = VX_MIB; block <= 256 * IMAGE_MIB; block *= 2) {
        for (uint64_t sector = 512; sector <= 4096; sector *= 8) {
            struct vx_geometry geo;

            assert_true(vx_geometry_init(sector, block, sector, 0, &geo));
            assert_true(geo.chunk_ratio == (UINT64_C(1) << 23) * sector / block);
            assert_true(geo.chunk_ratio >= 16 && geo.chunk_ratio <= 32768);
            assert_true(geo.block_mib == block >> 20 && geo.block_bytes == block);
            assert_true(geo.payload_blocks == 1 && geo.bitmap_blocks == 1);
            assert_true(geo.bat_entries == 1 && geo.last_block_bytes == sector);
        }
    }
}

static void test_geometry_init__out_of_range__is_refused_and_zeroed(void **state)
{
    static const struct {
        uint64_t disk;
        uint64_t block;
        uint64_t sector;
    } row[] = {
        {VX_MIB, VX_MIB / 2, 512},
        {VX_MIB, VX_MIB - 1, 512},
        {VX_MIB, VX_MIB + 1, 512},
        {VX_MIB, 3 * VX_MIB, 512},
        {VX_MIB, 512 * IMAGE_MIB, 512},
        {VX_MIB, 0, 512},
        {VX_MIB, UINT64_MAX, 512},
        {VX_MIB, UINT64_C(1) << 63, 512},
        {VX_MIB, VX_MIB, 0},
        {VX_MIB, VX_MIB, 511},
        {VX_MIB, VX_MIB, 1024},
        {VX_MIB, VX_MIB, 8192},
        {VX_MIB, VX_MIB, UINT64_MAX},
        {VX_MIB + 1, VX_MIB, 512},
        {VX_MIB + 512, VX_MIB, 4096},
        {64 * IMAGE_TIB + 512, VX_MIB, 512},
        {UINT64_MAX - 511, VX_MIB, 512},
        {UINT64_C(1) << 63, VX_MIB, 512},
    };
    static const struct vx_geometry zero;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct vx_geometry geo;

        memset(&geo, 0xee, sizeof(geo));
        if (vx_geometry_init(row[i].disk, row[i].block, row[i].sector, 0, &geo)) {
            fail_msg("row %zu was accepted", i);
        }
        assert_int_equal(geo.bat_entries, zero.bat_entries);
        assert_int_equal(geo.block_bytes, zero.block_bytes);
        assert_false(geo.has_parent);
    }
}

/* Walk over all slots and count; the last used one decides how many entries there are. */
static void expect_by_walking(uint64_t disk, uint64_t block, bool has_parent)
{
    struct vx_geometry geo;
    uint64_t payload = 0;
    uint64_t bitmap = 0;
    uint64_t entries = 0;

    assert_true(vx_geometry_init(disk, block, 512, has_parent ? VX_PARAM_HAS_PARENT : 0, &geo));
    for (uint64_t i = 0; payload < geo.payload_blocks || (has_parent && i % 17 != 0); i++) {
        const struct vx_bat_slot slot = vx_geometry_slot(&geo, i);
        const bool is_bitmap = i % (geo.chunk_ratio + 1) == geo.chunk_ratio;

        assert_int_equal(vx_geometry_payload_before(&geo, i), payload);
        assert_int_equal(vx_geometry_bitmap_before(&geo, i), bitmap);
        assert_int_equal(slot.is_bitmap, is_bitmap);
        assert_int_equal(slot.position, i % (geo.chunk_ratio + 1));
        if (is_bitmap) {
            assert_int_equal(slot.number, bitmap);
            bitmap++;
        } else if (payload < geo.payload_blocks) {
            assert_int_equal(slot.number, payload);
            payload++;
        }
        entries = i + 1;
    }
    assert_int_equal(geo.bat_entries, entries);
    assert_true(!has_parent || geo.bitmap_blocks == bitmap);
}

static void test_geometry__disks_around_chunk_borders__as_by_walking(void **state)
{
    const uint64_t block = 256 * IMAGE_MIB; /* 16 blocks to a chunk */

    (void)state;
    for (uint64_t blocks = 0; blocks < 70; blocks++) {
        for (unsigned parent = 0; parent < 2; parent++) {
            expect_by_walking(blocks * block, block, parent != 0);
            expect_by_walking(blocks * block + 512, block, parent != 0);
        }
    }
}

static void test_geometry_init__largest_disks__counts_of_the_format(void **state)
{
    struct vx_geometry geo;

    (void)state;
    assert_true(vx_geometry_init(64 * IMAGE_TIB, VX_MIB, 512, VX_PARAM_HAS_PARENT, &geo));
    assert_int_equal(geo.bat_entries, 67125248);
    assert_int_equal(geo.payload_blocks, 1 << 26);
    assert_int_equal(geo.bitmap_blocks, 1 << 14);
    assert_true(vx_geometry_init(64 * IMAGE_TIB, VX_MIB, 512, 0, &geo));
    assert_int_equal(geo.bat_entries, (1 << 26) + (1 << 14) - 1);
    assert_true(vx_geometry_init(64 * IMAGE_TIB, 256 * IMAGE_MIB, 512, 0, &geo));
    assert_int_equal(geo.payload_blocks, 1 << 18);
    assert_int_equal(geo.bat_entries, (1 << 18) + (1 << 14) - 1);
    assert_true(vx_geometry_init(0, VX_MIB, 4096, 0, &geo));
    assert_int_equal(geo.bat_entries, 0);
    assert_true(vx_geometry_init(0, VX_MIB, 4096, VX_PARAM_HAS_PARENT, &geo));
    assert_int_equal(geo.bat_entries, 0);
}

static void test_geometry_init__parameters__type_of_the_disk(void **state)
{
    struct vx_geometry geo;

    (void)state;
    for (uint32_t bits = 0; bits < 8; bits++) {
        assert_true(vx_geometry_init(VX_MIB, VX_MIB, 512, bits, &geo));
        assert_int_equal(geo.leaves_blocks_allocated, (bits & 1) != 0);
        assert_int_equal(geo.has_parent, (bits & 2) != 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_geometry_init__all_block_and_sector_sizes__chunk_ratio),
        cmocka_unit_test(test_geometry_init__out_of_range__is_refused_and_zeroed),
        cmocka_unit_test(test_geometry__disks_around_chunk_borders__as_by_walking),
        cmocka_unit_test(test_geometry_init__largest_disks__counts_of_the_format),
        cmocka_unit_test(test_geometry_init__parameters__type_of_the_disk),
    };

    return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
