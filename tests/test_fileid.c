/* File identifier: what is read and what is remembered; its rules have recipes, corpus/recipes/fti.
 */
#include "parser/fileid.h"

#include "corpus/image.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

static void load(struct image *im, struct fault_source *fault, struct findings *f,
                 struct vx_fileid *id)
{
    const struct vx_source inner = image_source(im);
    struct vx_source src;
    uint8_t buffer[VX_FILEID_BYTES];

    fault_source_init(fault, &inner);
    src = fault_source(fault);
    memset(buffer, 0xee, sizeof(buffer));
    memset(id, 0xee, sizeof(*id));
    findings_init(f, "identifier");
    vx_fileid_load(&src, buffer, &f->rep, id);
}

static void test_fileid_load__sound_image__is_one_read(void **state)
{
    struct image im;
    struct fault_source fault;
    struct findings f;
    struct vx_fileid id;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    load(&im, &fault, &f, &id);
    expect_summary(&f, "");
    assert_true(id.is_read && id.has_signature);
    assert_string_equal(id.creator.utf8, "test image");
    assert_int_equal(fault.reads, 1);
    assert_int_equal(fault.bytes, VX_FILEID_BYTES);
    findings_free(&f);
    image_free(&im);
}

static void test_fileid_load__creator_of_256_units__is_kept_whole(void **state)
{
    struct image im;
    struct fault_source fault;
    struct findings f;
    struct vx_fileid id;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    for (unsigned i = 0; i < VX_CREATOR_UNITS; i++) {
        image_put(&im, 8 + 2 * i, 2, 0x20ac);
    }
    load(&im, &fault, &f, &id);
    expect_summary(&f, "");
    assert_int_equal(id.creator.len, 3 * VX_CREATOR_UNITS);
    assert_false(id.creator.was_truncated);
    findings_free(&f);
    image_free(&im);
}

static void test_fileid_load__every_short_size__evidence_stays_inside(void **state)
{
    (void)state;
    for (uint64_t size = 0; size <= VX_FILEID_BYTES + 1; size++) {
        struct image im;
        struct fault_source fault;
        struct findings f;
        struct vx_fileid id;

        image_make(&im, &(struct image_spec){0});
        im.size = size;
        load(&im, &fault, &f, &id);
        expect_summary(&f, size < 8 ? "LAY-003f FTI-001f" : "LAY-003f");
        expect_evidence_inside(&f, size);
        assert_int_equal(fault.outside, 0);
        assert_int_equal(id.has_signature, size >= 8);
        if (size < 8) { /* what is not in the file is zeros, not what the buffer held */
            assert_int_equal(id.signature, size == 0 ? 0 : image_get(&im, 0, (unsigned)size));
            assert_true(id.creator.len == 0 && !id.creator.was_altered);
        }
        findings_free(&f);
        image_free(&im);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fileid_load__sound_image__is_one_read),
        cmocka_unit_test(test_fileid_load__creator_of_256_units__is_kept_whole),
        cmocka_unit_test(test_fileid_load__every_short_size__evidence_stays_inside),
    };

    return cmocka_run_group_tests_name("fileid", tests, NULL, NULL);
}
