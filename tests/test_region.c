/* Region tables: decoding, extreme places, GUIDs against the naive comparison. */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

static void test_region_decode__first_and_last_entry__from_their_own_bytes(void **state)
{
    static const uint32_t index[] = {0, 1, VX_REGIONS_MAX - 1};
    static uint8_t table[VX_REGION_TABLE_BYTES];
    struct vx_region region;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(index); i++) {
        uint8_t *entry = table + 16 + 32 * (size_t)index[i];

        memset(table, 0xff, sizeof(table));
        for (uint8_t k = 0; k < 32; k++) {
            entry[k] = (uint8_t)(k + 1);
        }
        vx_region_decode(table, index[i], &region);
        assert_memory_equal(region.guid.byte, entry, 16);
        assert_true(region.offset == UINT64_C(0x1817161514131211));
        assert_true(region.length == 0x1c1b1a19 && region.required == 0x201f1e1d);
        assert_int_equal(region.object, VX_OBJ_REGION);
        memcpy(entry, IMAGE_GUID_BAT, 16);
        vx_region_decode(table, index[i], &region);
        assert_int_equal(region.object, VX_OBJ_BAT_REGION);
        memcpy(entry, IMAGE_GUID_METADATA, 16);
        vx_region_decode(table, index[i], &region);
        assert_int_equal(region.object, VX_OBJ_METADATA_REGION);
    }
    assert_int_equal(vx_region_table_offset(0), IMAGE_REGIONS_1);
    assert_int_equal(vx_region_table_offset(1), IMAGE_REGIONS_2);
}

static void load(struct image *im, struct vx_workspace *ws, struct findings *f,
                 struct vx_regions *regions)
{
    const struct vx_source src = image_source(im);

    findings_init(f, "regions");
    memset(regions, 0xee, sizeof(*regions));
    vx_regions_load(&src, ws, &f->rep, regions);
}

/* Whether a damaged copy is worth a word is not known when the other could not be read. */
static void test_regions_load__one_unreadable_copy__says_no_more(void **state)
{
    struct vx_workspace *ws = check_workspace();

    (void)state;
    for (unsigned bad = 0; bad < 2; bad++) {
        for (unsigned is_damaged = 0; is_damaged < 2; is_damaged++) {
            struct image im;
            struct vx_source inner;
            struct fault_source fault;
            struct vx_source src;
            struct findings f;
            struct vx_regions regions;

            image_make(&im, &(struct image_spec){0});
            if (is_damaged != 0) {
                image_put(&im, image_region_at(1 - bad, 0, 0), 1, 0);
            }
            inner = image_source(&im);
            fault_source_init(&fault, &inner);
            fault.kind = FAULT_FAIL_RANGE;
            fault.bad.begin = bad == 0 ? IMAGE_REGIONS_1 : IMAGE_REGIONS_2;
            fault.bad.end = fault.bad.begin + 1;
            src = fault_source(&fault);
            findings_init(&f, "unreadable copy");
            vx_regions_load(&src, ws, &f.rep, &regions);
            expect_summary(&f, is_damaged != 0 ? "RGT-003e RUN-001w" : "RUN-001w");
            findings_free(&f);
            image_free(&im);
        }
    }
    free(ws);
}

static void test_regions_load__extreme_places__usable_only_inside(void **state)
{
    static const uint64_t value[] = {0,
                                     1,
                                     VX_MIB - 1,
                                     VX_MIB,
                                     3 * VX_MIB,
                                     4 * VX_MIB,
                                     5 * VX_MIB,
                                     UINT32_MAX,
                                     UINT64_C(1) << 32,
                                     UINT64_C(1) << 63,
                                     UINT64_MAX - 0xfffff,
                                     UINT64_MAX};
    struct vx_workspace *ws = check_workspace();

    (void)state;
    for (size_t at = 0; at < VX_COUNT_OF(value); at++) {
        for (size_t len = 0; len < VX_COUNT_OF(value); len++) {
            const uint64_t length = value[len] & UINT32_MAX;
            const bool is_inside = value[at] <= 5 * VX_MIB && length <= 5 * VX_MIB - value[at];
            struct image im;
            struct findings f;
            struct vx_regions regions;

            image_make(&im, &(struct image_spec){0});
            im.size = 5 * IMAGE_MIB;
            for (unsigned copy = 0; copy < 2; copy++) {
                image_put(&im, image_region_at(copy, IMAGE_REGION_BAT, 16), 8, value[at]);
                image_put(&im, image_region_at(copy, IMAGE_REGION_BAT, 24), 4, length);
            }
            image_seal(&im);
            load(&im, ws, &f, &regions);
            expect_invariants(&f, im.size);
            assert_true(regions.is_usable && regions.count == 2 && regions.bat.is_present);
            assert_true(regions.metadata.is_usable);
            assert_int_equal(regions.bat.is_usable, length > 0 && value[at] >= VX_MIB && is_inside);
            /* of an empty region only its emptiness must be said */
            assert_true(length == 0 || (f.rep.total[VX_RGE_013] > 0) == !is_inside);
            findings_free(&f);
            image_free(&im);
        }
    }
    free(ws);
}

static void test_regions_load__random_guids__repeats_as_the_naive_form(void **state)
{
    struct vx_workspace *ws = check_workspace();
    uint32_t seed = 5;

    (void)state;
    for (unsigned round = 0; round < 10; round++) {
        struct image im;
        struct findings f;
        struct vx_regions regions;
        uint64_t repeats = 0;

        image_make(&im, &(struct image_spec){0});
        for (unsigned i = 0; i < 60; i++) {
            uint8_t guid[16] = {1};

            seed = (uint32_t)((UINT64_C(48271) * seed) % 0x7fffffffu);
            guid[seed % 16] = (uint8_t)(seed >> 8 & 3);
            image_add_region(&im, guid, 4 * IMAGE_MIB, IMAGE_MIB, 0);
        }
        image_seal(&im);
        load(&im, ws, &f, &regions);
        for (unsigned i = 0; i < regions.count; i++) {
            for (unsigned k = 0; k < i; k++) {
                if (vx_guid_equal(&ws->region[i].guid, &ws->region[k].guid)) {
                    repeats++;
                    break;
                }
            }
        }
        expect_total(&f, VX_RGE_001, repeats);
        findings_free(&f);
        image_free(&im);
    }
    free(ws);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_region_decode__first_and_last_entry__from_their_own_bytes),
        cmocka_unit_test(test_regions_load__one_unreadable_copy__says_no_more),
        cmocka_unit_test(test_regions_load__extreme_places__usable_only_inside),
        cmocka_unit_test(test_regions_load__random_guids__repeats_as_the_naive_form),
    };

    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
