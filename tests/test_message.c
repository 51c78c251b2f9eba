/* Findings in words: placeholders, object names, bounds; and the buffer they are put into. */
#include "reports/message.h"

#include <string.h>

#include "reports/catalogue.h"
#include "reports/names.h"
#include "tests/support/unit.h"

static struct vx_finding finding_about(enum vx_object object, uint64_t index)
{
    struct vx_finding f = vx_finding_at(VX_HDR_003, object, index, 0, 0);

    return f;
}

/* What pattern becomes; the result lives until the next call. */
static const char *expand(const char *pattern, const struct vx_finding *finding)
{
    static char text[VXO_MESSAGE_BYTES];
    struct vxo_buffer put;

    vxo_buffer_init(&put, text, sizeof(text));
    vxo_expand(&put, pattern, finding);
    assert_false(put.is_truncated);
    assert_int_equal(put.len, strlen(text));
    return text;
}

static void test_expand__each_placeholder__replaced(void **state)
{
    static const struct {
        const char *pattern;
        uint64_t arg[VX_FINDING_ARGS];
        const char *want;
    } ROWS[] = {
        {"", {0}, ""},
        {"plain text", {0}, "plain text"},
        {"{0}", {0}, "0"},
        {"{0} of {1}, {2}, {3}", {1, 2, 3, 4}, "1 of 2, 3, 4"},
        {"{3}", {0, 0, 0, UINT64_MAX}, "18446744073709551615"},
        {"at {x0}", {0}, "at 0x0"},
        {"{x1}", {0, UINT64_MAX}, "0xffffffffffffffff"},
        {"{x0}{x0}", {0xabc}, "0xabc0xabc"},
        {"{b0}", {0}, "0 bytes"},
        {"{b0}", {1}, "1 byte"},
        {"{b0}", {1023}, "1023 bytes"},
        {"{b0}", {1024}, "1024 bytes (1 KiB)"},
        {"{b0}", {1025}, "1025 bytes (1.00 KiB)"},
        {"{b0}", {1536}, "1536 bytes (1.50 KiB)"},
        {"{b0}", {1048575}, "1048575 bytes (1023.99 KiB)"},
        {"{b0}", {1500000}, "1500000 bytes (1.43 MiB)"},
        {"{b0}", {1073741824}, "1073741824 bytes (1 GiB)"},
        {"{b0}", {UINT64_MAX}, "18446744073709551615 bytes (15.99 EiB)"},
        {"{g0}", {0, 0}, "00000000-0000-0000-0000-000000000000"},
        {"{g2}",
         {0, 0, 0x4200f6232dc27766, 0x084afd9b5e11649d},
         "2dc27766-f623-4200-9d64-115e9bfd4a08"},
        {"{o0}", {VX_OBJ_LOG, 7}, "the log"},
        {"{o0}", {VX_OBJ_HEADER, 0}, "header 1"},
        {"{o0}", {VX_OBJ_HEADER, UINT64_MAX}, "header 18446744073709551615"},
        {"{o1}", {9, VX_OBJ_REGION, 3}, "region entry 3"},
        {"{o2}", {0, 0, VX_OBJ_PAYLOAD_ENTRY, 17}, "BAT entry 17"},
        {"{o2}", {0, 0, VX_OBJ_BITMAP_ENTRY, 2048}, "BAT entry 2048"},
        {"{o3}", {5, 5, 5, VX_OBJ_METADATA_ENTRY}, "metadata entry 0"},
        {"{o0}", {VX_OBJ_COUNT}, "an unknown object"},
        {"{o0}", {UINT64_MAX}, "an unknown object"},
        {"the pass \"{p0}\"", {VX_PASS_GEOMETRY}, "the pass \"geometry\""},
        {"{p0}", {VX_PASS_COUNT}, ""},
        {"{k0}, {k1}", {VX_NOT_KNOWN - 1, VX_NOT_KNOWN}, "18446744073709551614, not known"},
        {"{s0}", {0x64616568}, "\"head\""},
        {"{s1}", {0, 0x656c696678646876}, "\"vhdxfile\""},
        {"{s0}", {0}, "zeros"},
        {"{s0}", {0x221b5c00ff7f207e}, "\"~ \\x7f\\xff\\x00\\x5c\\x1b\\x22\""},
        {"{4} {x4} {y0} {} { {o {x {0 {00} }", {1}, "{4} {x4} {y0} {} { {o {x {0 {00} }"},
        {"{{0}}", {1}, "{1}"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        struct vx_finding f = finding_about(VX_OBJ_FILE, 0);

        memcpy(f.arg, ROWS[i].arg, sizeof(f.arg));
        assert_string_equal(expand(ROWS[i].pattern, &f), ROWS[i].want);
    }
}

static void test_expand__own_object__named(void **state)
{
    static const struct {
        enum vx_object object;
        uint64_t index;
        const char *want;
    } ROWS[] = {
        {VX_OBJ_FILE, 0, "the file"},
        {VX_OBJ_HEADER_SECTION, 0, "the header section"},
        {VX_OBJ_HEADER, 0, "header 1"},
        {VX_OBJ_HEADER, 1, "header 2"},
        {VX_OBJ_REGION_TABLE, 1, "region table 2"},
        {VX_OBJ_REGION, 3, "region entry 3"},
        {VX_OBJ_BAT_REGION, 3, "the BAT region"},
        {VX_OBJ_METADATA_REGION, 0, "the metadata region"},
        {VX_OBJ_METADATA_ENTRY, 2, "metadata entry 2"},
        {VX_OBJ_PAYLOAD_ENTRY, 17, "BAT entry 17 (payload block 16)"},
        {VX_OBJ_BITMAP_ENTRY, 2048, "BAT entry 2048 (sector bitmap block 16)"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        struct vx_finding f = finding_about(ROWS[i].object, ROWS[i].index);

        f.arg[0] = 16;
        assert_string_equal(expand("{o}", &f), ROWS[i].want);
    }
}

static void test_expand__every_object__has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned a = 0; a < VX_OBJ_COUNT; a++) {
        const struct vxo_object_words *words = vxo_object_words(a);

        assert_non_null(words->name);
        assert_non_null(words->words);
        assert_true(strlen(words->name) > 0);
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(words->name, vxo_object_words(b)->name);
        }
    }
}

static void test_expand__no_finding__general_words(void **state)
{
    (void)state;
    assert_string_equal(expand("{o} {o0} {0} {x1} {b2} {g0} {p3} {s0}", NULL),
                        "<object> <object> <n> <n> <size> <GUID> <pass> <signature>");
}

/* The worst a rule can say fits, and no brace of a misspelt placeholder is left. */
static void test_expand__every_rule__fits_and_is_well_formed(void **state)
{
    (void)state;
    for (int i = 0; i < VX_RULE_COUNT; i++) {
        const struct vxo_rule_text *text = vxo_rule_text((enum vx_rule)i);
        const char *const patterns[] = {text->message, text->found, text->expected};
        struct vx_finding f = finding_about(VX_OBJ_BITMAP_ENTRY, UINT64_MAX);

        memset(f.arg, 0xff, sizeof(f.arg));
        for (size_t p = 0; p < VX_COUNT_OF(patterns); p++) {
            assert_null(strpbrk(expand(patterns[p], &f), "{}"));
            assert_null(strpbrk(expand(patterns[p], NULL), "{}"));
        }
    }
}

static void test_expand__any_room__prefix_and_terminated(void **state)
{
    static const char WANT[] = "BAT entry 17 (payload block 16) is 0x10";
    struct vx_finding f = finding_about(VX_OBJ_PAYLOAD_ENTRY, 17);

    (void)state;
    f.arg[0] = 16;
    for (size_t room = 1; room <= sizeof(WANT) + 1; room++) {
        char *text = malloc(room); /* exactly as long: a sanitizer sees the byte behind */
        struct vxo_buffer put;

        assert_non_null(text);
        vxo_buffer_init(&put, text, room);
        vxo_expand(&put, "{o} is {x0}", &f);
        assert_int_equal(put.len, room < sizeof(WANT) ? room - 1 : sizeof(WANT) - 1);
        assert_memory_equal(text, WANT, put.len);
        assert_int_equal(text[put.len], '\0');
        assert_int_equal(put.is_truncated, room < sizeof(WANT));
        free(text);
    }
}

static void test_put__cut_inside_a_character__leaves_it_out(void **state)
{
    char text[4];
    struct vxo_buffer put;

    (void)state;
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put(&put, "ab\xc3\xa9");
    assert_string_equal(text, "ab");
    assert_true(put.is_truncated);
    vxo_put(&put, "c"); /* it would fit, but not where it belongs */
    assert_string_equal(text, "ab");
}

static void test_put_count__one_and_many__right_noun(void **state)
{
    char text[32];
    struct vxo_buffer put;

    (void)state;
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put_count(&put, 1, "block");
    vxo_put(&put, ", ");
    vxo_put_count(&put, 0, "chunk");
    assert_string_equal(text, "1 block, 0 chunks");
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put_count(&put, 1, "entry");
    vxo_put(&put, ", ");
    vxo_put_count(&put, 2, "entry");
    assert_string_equal(text, "1 entry, 2 entries");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expand__each_placeholder__replaced),
        cmocka_unit_test(test_expand__own_object__named),
        cmocka_unit_test(test_expand__every_object__has_a_name_of_its_own),
        cmocka_unit_test(test_expand__no_finding__general_words),
        cmocka_unit_test(test_expand__every_rule__fits_and_is_well_formed),
        cmocka_unit_test(test_expand__any_room__prefix_and_terminated),
        cmocka_unit_test(test_put__cut_inside_a_character__leaves_it_out),
        cmocka_unit_test(test_put_count__one_and_many__right_noun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
