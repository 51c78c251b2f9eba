/* Commands about parent locators: what they put where, MS-VHDX 2.6.2.6, and their errors. */
#include "corpus/image_locator.h"
#include "corpus/recipe.h"
#include "tests/support/unit.h"

#include <string.h>

#define HEAD "title a test\ncreate differencing\n" /* lines 1 and 2 */

enum { TEXT_BYTES = 128 };

static struct recipe r;

static uint64_t field(uint64_t pos, unsigned width)
{
    return image_get(&r.im, image_item_at(IMAGE_ITEM_LOCATOR) + pos, width);
}

/* String `which` of an entry, 0: key, 1: value, of UTF-16LE that is ASCII. */
static void get_string(unsigned entry, unsigned which, char text[TEXT_BYTES])
{
    const uint64_t at = 20 + 12 * (uint64_t)entry;
    const uint64_t offset = field(at + 4 * (uint64_t)which, 4);
    const uint64_t bytes = field(at + 8 + 2 * (uint64_t)which, 2);
    size_t len = 0;

    assert_true(bytes % 2 == 0 && bytes / 2 < TEXT_BYTES);
    while (2 * len < bytes) {
        text[len] = (char)field(offset + 2 * len, 2);
        len++;
    }
    text[len] = '\0';
}

static void expect_entry(unsigned entry, const char *key, const char *value)
{
    char text[TEXT_BYTES];

    get_string(entry, 0, text);
    assert_string_equal(text, key);
    get_string(entry, 1, text);
    assert_string_equal(text, value);
}

static void read_good(const char *text)
{
    if (!recipe_read(&r, "t", text, strlen(text))) {
        fail_msg("%s", r.error);
    }
}

static uint64_t item_bytes(void)
{
    return image_get(&r.im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4);
}

static void test_create__differencing__has_a_locator(void **state)
{
    (void)state;
    read_good(HEAD);
    assert_string_equal(r.parent, "");
    assert_int_equal(field(18, 2), 2);
    expect_entry(0, "parent_linkage", "{" LOCATOR_LINKAGE "}");
    expect_entry(1, "relative_path", ".\\parent.vhdx");
    assert_int_equal(item_bytes(), 20 + 24 + 2 * (14 + 38 + 13 + 13));
    recipe_free(&r);
}

static void test_parent__with_and_without_linkage__is_named(void **state)
{
    (void)state;
    read_good(HEAD "parent chn/base-2");
    assert_string_equal(r.parent, "chn/base-2");
    assert_int_equal(field(18, 2), 3);
    expect_entry(0, "parent_linkage", "{" LOCATOR_LINKAGE "}");
    expect_entry(1, "relative_path", ".\\base-2.vhdx");
    expect_entry(2, "absolute_win32_path", "\\\\?\\C:\\vm\\base-2.vhdx");
    recipe_free(&r);
    read_good(HEAD "parent a/b linkage=ABCDEFAB-0000-0000-0000-000000000001");
    expect_entry(0, "parent_linkage", "{ABCDEFAB-0000-0000-0000-000000000001}");
    recipe_free(&r);
}

static void test_key__several__are_behind_each_other(void **state)
{
    (void)state;
    read_good(HEAD "locator\nkey u\"a\" u\"bc\"\nkey u\"def\" 6700 repeat=3\nkey \"\" \"\"");
    assert_int_equal(field(16, 2), 0);
    assert_int_equal(field(18, 2), 3);
    expect_entry(0, "a", "bc");
    expect_entry(1, "def", "ggg");
    expect_entry(2, "", "");
    assert_int_equal(field(20, 4), 20 + 3 * 12);
    assert_int_equal(item_bytes(), 20 + 3 * 12 + 2 * (1 + 2 + 3 + 3));
    recipe_free(&r);
    read_good(HEAD "locator");
    assert_int_equal(field(18, 2), 0);
    assert_int_equal(item_bytes(), 20);
    recipe_free(&r);
    read_good(HEAD "locator\nkey u\"a\" 61 repeat=65535");
    assert_int_equal(field(30, 2), 65535);
    recipe_free(&r);
}

static void test_each_error__names_file_and_line(void **state)
{
#define NONE "only what was created differencing has a locator"
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"title x\ncreate dynamic\nparent a/b", "t:3: " NONE},
        {"title x\ncreate dynamic\nlocator", "t:3: " NONE},
        {"title x\nempty 1M\nkey 00 00", "t:3: " NONE},
        {HEAD "parent", "t:3: something is missing behind: parent"},
        {HEAD "parent base", "t:3: AREA/NAME of a recipe is wanted: base"},
        {HEAD "parent /base", "t:3: AREA/NAME of a recipe is wanted: /base"},
        {HEAD "parent a/", "t:3: AREA/NAME of a recipe is wanted: a/"},
        {HEAD "parent a/b/c", "t:3: AREA/NAME of a recipe is wanted: a/b/c"},
        {HEAD "parent ../b", "t:3: AREA/NAME of a recipe is wanted: ../b"},
        {HEAD "parent a/..", "t:3: AREA/NAME of a recipe is wanted: a/.."},
        {HEAD "parent a/b linkage=1", "t:3: not a GUID: 1"},
        {HEAD "key u\"a\"", "t:3: something is missing behind: u\"a\""},
        {HEAD "key u\"a\" xyz", "t:3: \"TEXT\", u\"TEXT\" or hexadecimal digits are wanted: xyz"},
        {HEAD "key u\"a\" 6161 repeat=32768", "t:3: a string has at most 65535 bytes"},
        {HEAD "key u\"a\" 61 repeat=65536", "t:3: too large: 65536"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        assert_false(recipe_read(&r, "t", rows[i].text, strlen(rows[i].text)));
        assert_string_equal(r.error, rows[i].error);
        recipe_free(&r);
    }
}

static void test_key__more_than_a_mebibyte__is_an_error(void **state)
{
    static char text[4096] = HEAD "locator\n";

    (void)state;
    for (unsigned i = 0; i < 17; i++) {
        strcat(text, "key 00 00 repeat=65535\n");
    }
    assert_false(recipe_read(&r, "t", text, strlen(text)));
    assert_string_equal(r.error, "t:19: a locator is at most 1 MiB long");
    recipe_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create__differencing__has_a_locator),
        cmocka_unit_test(test_parent__with_and_without_linkage__is_named),
        cmocka_unit_test(test_key__several__are_behind_each_other),
        cmocka_unit_test(test_each_error__names_file_and_line),
        cmocka_unit_test(test_key__more_than_a_mebibyte__is_an_error),
    };

    return cmocka_run_group_tests_name("recipe locator", tests, NULL, NULL);
}
