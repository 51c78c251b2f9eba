/* Headers: decoding, the choice of the current copy, extreme values of every field. */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/unit.h"

static void test_header_decode__every_field__from_its_own_bytes(void **state)
{
    static uint8_t bytes[VX_HEADER_BYTES];
    struct vx_header h;

    (void)state;
    for (unsigned i = 0; i < 80; i++) {
        bytes[i] = (uint8_t)(i + 1);
    }
    vx_header_decode(bytes, &h);
    assert_true(h.signature == 0x04030201 && h.checksum == 0x08070605);
    assert_true(h.sequence_number == UINT64_C(0x100f0e0d0c0b0a09));
    assert_memory_equal(h.file_write_guid.byte, bytes + 16, 16);
    assert_memory_equal(h.data_write_guid.byte, bytes + 32, 16);
    assert_memory_equal(h.log_guid.byte, bytes + 48, 16);
    assert_int_equal(h.log_version, 0x4241); /* LogVersion comes before Version */
    assert_int_equal(h.version, 0x4443);
    assert_true(h.log_length == 0x48474645);
    assert_true(h.log_offset == UINT64_C(0x504f4e4d4c4b4a49));
    assert_false(h.has_reserved);
    for (unsigned i = 80; i < VX_HEADER_BYTES; i += 167) {
        bytes[i] = 1;
        vx_header_decode(bytes, &h);
        assert_true(h.has_reserved);
        bytes[i] = 0;
    }
}

static void load_and_check(struct image *im, struct findings *f, struct vx_headers *headers)
{
    const struct vx_source src = image_source(im);
    struct vx_workspace *ws = check_workspace();

    findings_init(f, "headers");
    memset(headers, 0xee, sizeof(*headers));
    vx_headers_load(&src, ws, &f->rep, headers);
    vx_headers_check(headers, im->size, &f->rep);
    free(ws);
}

static void test_headers_check__sequence_numbers__greater_one_is_current(void **state)
{
    static const uint64_t number[] = {
        0,         1, 2, UINT32_MAX, UINT64_C(1) << 32, (UINT64_C(1) << 63) - 1, UINT64_C(1) << 63,
        UINT64_MAX};

    (void)state;
    for (size_t a = 0; a < VX_COUNT_OF(number); a++) {
        for (size_t b = 0; b < VX_COUNT_OF(number); b++) {
            struct image im;
            struct findings f;
            struct vx_headers headers;

            image_make(&im, &(struct image_spec){0});
            image_put(&im, image_header_at(0, 8), 8, number[a]);
            image_put(&im, image_header_at(1, 8), 8, number[b]);
            image_seal(&im);
            load_and_check(&im, &f, &headers);
            assert_true(headers.has_current); /* equal ones are identical here */
            assert_true(a == b || headers.current == (number[b] > number[a] ? 1u : 0u));
            assert_ptr_equal(vx_headers_current(&headers), &headers.copy[headers.current].header);
            assert_false(headers.is_dirty || headers.is_log_usable);
            findings_free(&f);
            image_free(&im);
        }
    }
}

static void test_headers_check__log_places__usable_only_inside_and_aligned(void **state)
{
    static const uint64_t value[] = {0,
                                     1,
                                     4096,
                                     VX_MIB - 1,
                                     VX_MIB,
                                     VX_MIB + 1,
                                     2 * VX_MIB,
                                     UINT32_MAX,
                                     UINT64_C(1) << 32,
                                     UINT64_C(1) << 63,
                                     UINT64_MAX - 0xfffff,
                                     UINT64_MAX};

    (void)state;
    for (size_t at = 0; at < VX_COUNT_OF(value); at++) {
        for (size_t len = 0; len < VX_COUNT_OF(value); len++) {
            const uint64_t length = value[len] & UINT32_MAX;
            const bool is_good = value[at] >= VX_MIB && value[at] % VX_MIB == 0 && length > 0 &&
                                 length % VX_MIB == 0 && value[at] <= 3 * VX_MIB &&
                                 length <= 3 * VX_MIB - value[at];
            struct image im;
            struct findings f;
            struct vx_headers headers;

            image_make(&im, &(struct image_spec){0});
            im.size = 3 * IMAGE_MIB;
            image_put(&im, image_header_at(1, 48), 1, 1);
            image_put(&im, image_header_at(1, 68), 4, length);
            image_put(&im, image_header_at(1, 72), 8, value[at]);
            image_seal(&im);
            load_and_check(&im, &f, &headers);
            expect_invariants(&f, im.size);
            assert_true(headers.is_dirty);
            assert_int_equal(headers.is_log_usable, is_good);
            assert_int_equal(f.rep.by_severity[VX_SEV_FATAL] == 0, is_good);
            findings_free(&f);
            image_free(&im);
        }
    }
}

static void test_headers_load__short_file__leaves_the_rest_unread(void **state)
{
    static const uint64_t size[] = {0, 65536, 69631, 69632, 131072, 135167, 135168};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(size); i++) {
        struct image im;
        struct findings f;
        struct vx_headers headers;

        image_make(&im, &(struct image_spec){0});
        im.size = size[i];
        load_and_check(&im, &f, &headers);
        expect_invariants(&f, im.size);
        expect_no_rule(&f, VX_RUN_001); /* nothing failed: the bytes do not exist */
        assert_int_equal(headers.copy[0].is_read, size[i] >= 69632);
        assert_int_equal(headers.copy[1].is_read, size[i] >= 135168);
        assert_int_equal(headers.has_current, size[i] >= 69632);
        findings_free(&f);
        image_free(&im);
    }
}

static void test_headers_have_signature__either_copy__is_enough(void **state)
{
    struct vx_headers headers = {0};

    (void)state;
    assert_false(vx_headers_have_signature(&headers));
    assert_null(vx_headers_current(&headers));
    headers.copy[1].header.signature = VX_SIGNATURE_HEAD;
    assert_true(vx_headers_have_signature(&headers));
    headers.copy[1].header.signature = 0;
    headers.copy[0].header.signature = VX_SIGNATURE_HEAD;
    assert_true(vx_headers_have_signature(&headers));
    assert_int_equal(vx_header_offset(0), IMAGE_HEADER_1);
    assert_int_equal(vx_header_offset(1), IMAGE_HEADER_2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_decode__every_field__from_its_own_bytes),
        cmocka_unit_test(test_headers_check__sequence_numbers__greater_one_is_current),
        cmocka_unit_test(test_headers_check__log_places__usable_only_inside_and_aligned),
        cmocka_unit_test(test_headers_load__short_file__leaves_the_rest_unread),
        cmocka_unit_test(test_headers_have_signature__either_copy__is_enough),
    };

    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
