/* Metadata: decoding, values, random items against the naive comparison, reads. */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

static void test_item_decode__first_and_last_entry__from_their_own_bytes(void **state)
{
    static const uint32_t index[] = {0, VX_ITEMS_MAX - 1};
    static uint8_t table[VX_METADATA_TABLE_BYTES];
    struct vx_item item;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(index); i++) {
        uint8_t *entry = table + 32 + 32 * (size_t)index[i];

        memset(table, 0xff, sizeof(table));
        for (uint8_t k = 0; k < 32; k++) {
            entry[k] = (uint8_t)(k + 1);
        }
        vx_item_decode(table, index[i], &item);
        assert_memory_equal(item.id.byte, entry, 16);
        assert_true(item.offset == 0x14131211 && item.length == 0x18171615);
        assert_true(item.flags == 0x1c1b1a19 && item.reserved == 0x201f1e1d);
        assert_int_equal(item.kind, VX_ITEM_UNKNOWN);
    }
}

static void test_item_decode__known_ids__kind_unless_it_is_a_user_item(void **state)
{
    static const struct {
        const uint8_t *id;
        enum vx_item_kind kind;
    } row[] = {
        {IMAGE_GUID_ITEM[IMAGE_ITEM_FILE_PARAMETERS], VX_ITEM_FILE_PARAMETERS},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_SIZE], VX_ITEM_DISK_SIZE},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_ID], VX_ITEM_DISK_ID},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_LOGICAL_SECTOR], VX_ITEM_LOGICAL_SECTOR_SIZE},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_PHYSICAL_SECTOR], VX_ITEM_PHYSICAL_SECTOR_SIZE},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR], VX_ITEM_PARENT_LOCATOR},
        {IMAGE_GUID_CHS, VX_ITEM_CHS_PARAMETERS},
        {IMAGE_GUID_PMEM, VX_ITEM_PMEM_LABELS},
        {IMAGE_GUID_INCOMPLETE, VX_ITEM_INCOMPLETE_FILE},
        {IMAGE_GUID_FOREIGN, VX_ITEM_UNKNOWN},
        {IMAGE_GUID_ZERO, VX_ITEM_UNKNOWN},
    };
    static uint8_t table[VX_METADATA_TABLE_BYTES];
    struct vx_item item;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        memcpy(table + 32, row[i].id, 16);
        vx_item_decode(table, 0, &item);
        assert_int_equal(item.kind, row[i].kind);
    }
}

static void load(struct image *im, struct vx_workspace *ws, struct fault_source *fault,
                 struct findings *f, struct vx_metadata *out)
{
    const struct vx_source inner = image_source(im);
    struct vx_source src;
    const struct vx_region_place place = {.is_present = true,
                                          .is_usable = true,
                                          .index = IMAGE_REGION_METADATA,
                                          .offset = IMAGE_METADATA,
                                          .length = IMAGE_MIB};

    fault_source_init(fault, &inner);
    src = fault_source(fault);
    findings_init(f, "metadata");
    memset(out, 0xee, sizeof(*out));
    vx_metadata_load(&src, &place, ws, &f->rep, out);
}

static void test_metadata_load__sound_images__values_as_written(void **state)
{
    static const struct image_spec spec[] = {
        {0},
        {.disk_bytes = 64 * IMAGE_TIB, .block_bytes = 256 * VX_MIB, .sector_bytes = 4096},
        {.type = IMAGE_FIXED, .disk_bytes = 512},
        {.type = IMAGE_DIFFERENCING}};
    struct vx_workspace *ws = check_workspace();

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(spec); i++) {
        struct image im;
        struct findings f;
        struct fault_source fault;
        struct vx_metadata md;

        image_make(&im, &spec[i]);
        load(&im, ws, &fault, &f, &md);
        expect_summary(&f, "");
        assert_true(md.is_usable);
        assert_int_equal(md.count, spec[i].type == IMAGE_DIFFERENCING ? 6 : 5);
        assert_true(md.disk_size == im.spec.disk_bytes);
        assert_true(md.block_size == im.spec.block_bytes);
        assert_true(md.logical_sector_size == im.spec.sector_bytes);
        assert_true(md.physical_sector_size == im.spec.sector_bytes);
        assert_memory_equal(md.disk_id.byte, "disk identifier.", 16);
        assert_int_equal(md.has[VX_ITEM_PARENT_LOCATOR], spec[i].type == IMAGE_DIFFERENCING);
        assert_true(fault.reads <= 7);
        assert_true(fault.bytes <= 65536 + 6 * 16);
        findings_free(&f);
        image_free(&im);
    }
    free(ws);
}

static bool items_overlap(const struct vx_item *a, const struct vx_item *b)
{
    return a->length > 0 && b->length > 0 && a->offset < b->offset + b->length &&
           b->offset < a->offset + a->length;
}

static void test_metadata_load__random_items__as_the_naive_form(void **state)
{
    struct vx_workspace *ws = check_workspace();
    uint32_t seed = 11;

    (void)state;
    for (unsigned round = 0; round < 30; round++) {
        struct image im;
        struct findings f;
        struct fault_source fault;
        struct vx_metadata md;
        uint64_t repeats = 0;
        bool has_overlap = false;

        image_make(&im, &(struct image_spec){0});
        for (unsigned i = 0; i < 50; i++) {
            uint8_t id[16] = {1};

            seed = (uint32_t)((UINT64_C(48271) * seed) % 0x7fffffffu);
            id[seed % 16] = (uint8_t)(seed >> 8 & 7);
            image_add_item(&im, id, 0x20000 + (seed >> 11) % 0x4000, seed % (round * 9 + 2),
                           seed >> 30);
        }
        load(&im, ws, &fault, &f, &md);
        for (unsigned i = 0; i < md.count; i++) {
            bool is_repeat = false;

            for (unsigned k = 0; k < i; k++) {
                is_repeat = is_repeat || ((ws->item[i].flags & 1) == (ws->item[k].flags & 1) &&
                                          vx_guid_equal(&ws->item[i].id, &ws->item[k].id));
                has_overlap = has_overlap || items_overlap(&ws->item[i], &ws->item[k]);
            }
            repeats += is_repeat ? 1 : 0;
        }
        expect_total(&f, VX_MDE_001, repeats);
        assert_int_equal(f.rep.total[VX_MDE_004] > 0, has_overlap);
        findings_free(&f);
        image_free(&im);
    }
    free(ws);
}

static void test_metadata_load__extreme_places__never_read_outside(void **state)
{
    static const uint32_t value[] = {0,          1,          0xffff,    0x10000,
                                     0xffff8,    0xffff9,    0x100000,  0x7fffffff,
                                     0x80000000, 0xfffffff8, 0xffffffff};
    struct vx_workspace *ws = check_workspace();

    (void)state;
    for (size_t at = 0; at < VX_COUNT_OF(value); at++) {
        for (size_t len = 0; len < VX_COUNT_OF(value); len++) {
            const uint64_t end = (uint64_t)value[at] + value[len];
            struct image im;
            struct findings f;
            struct fault_source fault;
            struct vx_metadata md;

            image_make(&im, &(struct image_spec){0});
            image_put(&im, image_item_entry_at(IMAGE_ITEM_DISK_SIZE, 16), 4, value[at]);
            image_put(&im, image_item_entry_at(IMAGE_ITEM_DISK_SIZE, 20), 4, value[len]);
            load(&im, ws, &fault, &f, &md);
            expect_invariants(&f, im.size);
            assert_int_equal(fault.outside, 0);
            assert_int_equal(md.has[VX_ITEM_DISK_SIZE],
                             value[at] >= 0x10000 && value[len] >= 8 && end <= 0x100000);
            findings_free(&f);
            image_free(&im);
        }
    }
    free(ws);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_decode__first_and_last_entry__from_their_own_bytes),
        cmocka_unit_test(test_item_decode__known_ids__kind_unless_it_is_a_user_item),
        cmocka_unit_test(test_metadata_load__sound_images__values_as_written),
        cmocka_unit_test(test_metadata_load__random_items__as_the_naive_form),
        cmocka_unit_test(test_metadata_load__extreme_places__never_read_outside),
    };

    return cmocka_run_group_tests_name("metadata", tests, NULL, NULL);
}
