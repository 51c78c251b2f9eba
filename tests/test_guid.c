/* GUIDs: text form, order, and the way through a finding. */
#include "parser/guid.h"

#include <ctype.h>

#include "corpus/image.h"
#include "tests/support/unit.h"

static void test_guid_format__guids_of_the_format__as_published(void **state)
{
    static const struct {
        const uint8_t *bytes;
        const char *text;
    } row[] = {
        {IMAGE_GUID_BAT, "2dc27766-f623-4200-9d64-115e9bfd4a08"},
        {IMAGE_GUID_METADATA, "8b7ca206-4790-4b9a-b8fe-575f050f886e"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_FILE_PARAMETERS], "caa16737-fa36-4d43-b3b6-33f0aa44e76b"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_SIZE], "2fa54224-cd1b-4876-b211-5dbed83bf4b8"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_ID], "beca12ab-b2e6-4523-93ef-c309e000c746"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_LOGICAL_SECTOR], "8141bf1d-a96f-4709-ba47-f233a8faab5f"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_PHYSICAL_SECTOR], "cda348c7-445d-4471-9cc9-e9885251c556"},
        {IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR], "a8d35f2d-b30b-454d-abf7-d3d84834ab0c"},
        {IMAGE_GUID_CHS, "da02d7bc-3d3a-423c-ac88-2a36ab21479b"},
        {IMAGE_GUID_PMEM, "10e1ae8a-4b7e-4169-a40f-cd70de928393"},
        {IMAGE_GUID_INCOMPLETE, "71cc85f0-1b69-4e28-9558-c3bf83ae75d3"},
        {IMAGE_GUID_ZERO, "00000000-0000-0000-0000-000000000000"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        const struct vx_guid guid = vx_guid_load(row[i].bytes);
        char text[VX_GUID_TEXT_BYTES];

        memset(text, 'x', sizeof(text));
        vx_guid_format(&guid, text);
        assert_string_equal(text, row[i].text);
    }
}

static void test_guid__one_bit_anywhere__is_told_apart_and_survives_a_finding(void **state)
{
    const struct vx_guid zero = vx_guid_load(IMAGE_GUID_ZERO);

    (void)state;
    assert_true(vx_guid_is_zero(&zero));
    assert_true(vx_guid_equal(&zero, &zero));
    assert_false(vx_guid_less(&zero, &zero));
    for (unsigned bit = 0; bit < 128; bit++) {
        struct vx_guid guid = zero;
        struct vx_guid back;
        uint64_t low;
        uint64_t high;

        guid.byte[bit / 8] = (uint8_t)(1u << (bit % 8));
        assert_false(vx_guid_is_zero(&guid));
        assert_false(vx_guid_equal(&guid, &zero));
        assert_true(vx_guid_less(&zero, &guid));
        assert_false(vx_guid_less(&guid, &zero));
        vx_guid_split(&guid, &low, &high);
        assert_true(low == (bit < 64 ? UINT64_C(1) << bit : 0));
        assert_true(high == (bit < 64 ? 0 : UINT64_C(1) << (bit - 64)));
        back = vx_guid_join(low, high);
        assert_true(vx_guid_equal(&back, &guid));
    }
}

static void test_guid_less__pairs__is_a_strict_order(void **state)
{
    const uint8_t *const all[] = {IMAGE_GUID_BAT, IMAGE_GUID_METADATA, IMAGE_GUID_CHS,
                                  IMAGE_GUID_FOREIGN, IMAGE_GUID_ZERO};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(all); i++) {
        for (size_t k = 0; k < VX_COUNT_OF(all); k++) {
            const struct vx_guid a = vx_guid_load(all[i]);
            const struct vx_guid b = vx_guid_load(all[k]);

            assert_int_equal(vx_guid_less(&a, &b) + vx_guid_less(&b, &a), i == k ? 0 : 1);
        }
    }
}

/* Every character at every place of a GUID in braces: it is what the C library takes for a digit,
 * or all of it is nothing. */
static void test_guid_parse__any_character_anywhere__is_a_digit_or_ends_it(void **state)
{
    static const char text[] = "{2Dc27766-f623-4200-9d64-115E9bfd4a08}";
    const struct vx_guid bat = vx_guid_load(IMAGE_GUID_BAT);
    uint8_t units[2 * VX_GUID_BRACED_UNITS];
    struct vx_guid guid;

    (void)state;
    assert_int_equal(sizeof(text) - 1, VX_GUID_BRACED_UNITS);
    for (size_t i = 0; i < VX_GUID_BRACED_UNITS; i++) {
        units[2 * i] = (uint8_t)text[i];
        units[2 * i + 1] = 0;
    }
    for (size_t i = 0; i < VX_GUID_BRACED_UNITS; i++) {
        for (unsigned code = 0; code < 0x200; code++) {
            const bool is_digit = isxdigit((unsigned char)text[i]) != 0;
            const bool is_good = code < 0x100 && (is_digit ? isxdigit((int)code) != 0
                                                           : code == (unsigned char)text[i]);

            units[2 * i] = (uint8_t)code;
            units[2 * i + 1] = (uint8_t)(code >> 8);
            memset(&guid, 0xa5, sizeof(guid));
            assert_int_equal(vx_guid_parse(units, VX_GUID_BRACED_UNITS, &guid), is_good);
            assert_int_equal(vx_guid_is_zero(&guid), !is_good);
            assert_int_equal(vx_guid_equal(&guid, &bat),
                             is_good && tolower((int)code) == tolower((unsigned char)text[i]));
        }
        units[2 * i] = (uint8_t)text[i];
        units[2 * i + 1] = 0;
    }
    assert_false(vx_guid_parse(units, VX_GUID_BRACED_UNITS - 1, &guid));
    assert_true(vx_guid_is_zero(&guid));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guid_format__guids_of_the_format__as_published),
        cmocka_unit_test(test_guid__one_bit_anywhere__is_told_apart_and_survives_a_finding),
        cmocka_unit_test(test_guid_less__pairs__is_a_strict_order),
        cmocka_unit_test(test_guid_parse__any_character_anywhere__is_a_digit_or_ends_it),
    };

    return cmocka_run_group_tests_name("guid", tests, NULL, NULL);
}
