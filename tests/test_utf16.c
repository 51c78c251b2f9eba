/* UTF-16LE to printable UTF-8: every code point, every malformed pair, every length. */
#include "parser/utf16.h"

#include "tests/support/unit.h"

enum { UNITS_MAX = 600 };

struct row {
    const char *name;
    uint16_t unit[8];
    uint32_t count;
    const char *want;
    bool was_altered;
};

#define BAD "\xef\xbf\xbd"

static const struct row ROWS[] = {
    {"no units", {0}, 0, "", false},
    {"NUL at once", {0, 'x'}, 2, "", false},
    {"ends at NUL", {'a', 'b', 0, 0xd800}, 4, "ab", false},
    {"no NUL", {'a', 'b', 'c'}, 3, "abc", false},
    {"two bytes", {0x80 + 0x20, 0x7ff}, 2, "\xc2\xa0\xdf\xbf", false},
    {"three bytes", {0x800, 0x20ac}, 2, "\xe0\xa0\x80\xe2\x82\xac", false},
    {"pair", {0xd83d, 0xde00}, 2, "\xf0\x9f\x98\x80", false},
    {"highest pair that is a character", {0xdbff, 0xdffd}, 2, "\xf4\x8f\xbf\xbd", false},
    {"highest pair is no character", {0xdbff, 0xdfff}, 2, BAD, true},
    {"lone high at the end", {'a', 0xd800}, 2, "a" BAD, true},
    {"lone high before a letter", {0xdbff, 'a'}, 2, BAD "a", true},
    {"lone high before NUL", {0xd800, 0, 'a'}, 3, BAD, true},
    {"two highs, the second the last of them", {0xd800, 0xdbff}, 2, BAD BAD, true},
    {"lone low", {0xdc00, 'a'}, 2, BAD "a", true},
    {"two highs and a low", {0xd83d, 0xd83d, 0xde00}, 3, BAD "\xf0\x9f\x98\x80", true},
    {"low then high", {0xde00, 0xd83d}, 2, BAD BAD, true},
    {"letter and a low", {'A', 0xdc00}, 2, "A" BAD, true},
    {"last before the highs and a low", {0xd7ff, 0xdc00}, 2, "\xed\x9f\xbf" BAD, true},
    {"two lows", {0xdc00, 0xdc00}, 2, BAD BAD, true},
    {"high and first behind the lows", {0xd800, 0xe000}, 2, BAD "\xee\x80\x80", true},
    {"escape", {0x1b, '[', '2', 'J'}, 4, BAD "[2J", true},
    {"newline", {'a', '\n'}, 2, "a" BAD, true},
    {"delete", {0x7f}, 1, BAD, true},
    {"C1 control", {0x9b, '2'}, 2, BAD "2", true},
    {"right-to-left override", {0x202e, 'a'}, 2, BAD "a", true},
    {"isolate", {0x2066}, 1, BAD, true},
    {"zero width space", {'a', 0x200b, 'b'}, 3, "a" BAD "b", true},
    {"byte order mark", {0xfeff}, 1, BAD, true},
    {"swapped byte order mark", {0xfffe}, 1, BAD, true},
    {"tag character", {0xdb40, 0xdc41}, 2, BAD, true},
    {"replacement character itself", {0xfffd}, 1, BAD, false},
};

static void to_bytes(const uint16_t *unit, uint32_t count, uint8_t *bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(unit[i] & 0xff);
        bytes[2 * i + 1] = (uint8_t)(unit[i] >> 8);
    }
}

/* The bytes on the heap, exactly as long as said, so that a read beyond is seen. */
static void print_units(const uint16_t *unit, uint32_t count, struct vx_text *out)
{
    uint8_t *bytes = malloc(count == 0 ? 1 : 2 * (size_t)count);

    assert_non_null(bytes);
    to_bytes(unit, count, bytes);
    memset(out, 0x55, sizeof(*out));
    vx_utf16_print(bytes, count, out);
    free(bytes);
    assert_true(out->len < VX_TEXT_BYTES);
    assert_int_equal(out->utf8[out->len], '\0');
    assert_int_equal(strlen(out->utf8), out->len);
}

static void test_utf16_print__rows__as_wanted(void **state)
{
    struct vx_text text;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        print_units(ROWS[i].unit, ROWS[i].count, &text);
        if (strcmp(text.utf8, ROWS[i].want) != 0 || text.was_altered != ROWS[i].was_altered ||
            text.was_truncated) {
            fail_msg("row \"%s\": got \"%s\", altered %d, truncated %d", ROWS[i].name, text.utf8,
                     text.was_altered, text.was_truncated);
        }
    }
}

/* As much as there is room for, with one character to spare. */
static void test_utf16_print__longest_text__is_kept_whole(void **state)
{
    enum { MOST = VX_TEXT_BYTES - 8 };
    static uint16_t unit[MOST + 1];
    struct vx_text text;

    (void)state;
    for (uint32_t i = 0; i <= MOST; i++) {
        unit[i] = 'x';
    }
    print_units(unit, MOST, &text);
    assert_true(text.len == MOST && !text.was_truncated);
    print_units(unit, MOST + 1, &text);
    assert_true(text.len == MOST && text.was_truncated);
}

/* No control and no surrogate comes out, and every output is well-formed UTF-8. */
static void expect_clean(const struct vx_text *text, uint32_t code)
{
    const uint8_t *p = (const uint8_t *)text->utf8;

    if (text->len == 1 && (p[0] < 0x20 || p[0] >= 0x7f)) {
        fail_msg("U+%04" PRIX32 " gives a control", code);
    }
    if (text->len == 2 && (p[0] < 0xc2 || p[0] > 0xdf || (p[0] == 0xc2 && p[1] < 0xa0))) {
        fail_msg("U+%04" PRIX32 " gives a C1 control or an overlong form", code);
    }
    if (text->len == 3 && p[0] == 0xed && p[1] >= 0xa0) {
        fail_msg("U+%04" PRIX32 " gives a surrogate", code);
    }
    assert_in_range(text->len, 1, 4);
}

/* What is not shown as it is, by what it is. */
static const struct {
    const char *what;
    uint32_t first;
    uint32_t end; /* exclusive */
} HIDDEN[] = {
    {"C0 controls", 0, 0x20},
    {"delete and C1 controls", 0x7f, 0xa0},
    {"soft hyphen", 0xad, 0xae},
    {"combining grapheme joiner", 0x34f, 0x350},
    {"Arabic letter mark", 0x61c, 0x61d},
    {"Hangul fillers", 0x115f, 0x1161},
    {"Khmer inherent vowels", 0x17b4, 0x17b6},
    {"Mongolian selectors and vowel separator", 0x180b, 0x1810},
    {"zero width characters, directional marks", 0x200b, 0x2010},
    {"separators of lines and paragraphs", 0x2028, 0x202a},
    {"directional embeddings and overrides", 0x202a, 0x202f},
    {"word joiner, invisible operators", 0x2060, 0x2066},
    {"directional isolates, deprecated controls", 0x2066, 0x2070},
    {"blank of Braille", 0x2800, 0x2801},
    {"Hangul filler", 0x3164, 0x3165},
    {"surrogates", 0xd800, 0xe000},
    {"non-characters", 0xfdd0, 0xfdf0},
    {"variation selectors", 0xfe00, 0xfe10},
    {"byte order mark", 0xfeff, 0xff00},
    {"halfwidth Hangul filler", 0xffa0, 0xffa1},
    {"unassigned, ignorable", 0xfff0, 0xfff9},
    {"interlinear annotation", 0xfff9, 0xfffc},
    {"shorthand format controls", 0x1bca0, 0x1bca4},
    {"musical format controls", 0x1d173, 0x1d17b},
    {"tags, variation selectors and the unassigned between them", 0xe0000, 0xe1000},
};

static bool is_hidden(uint32_t code)
{
    for (size_t i = 0; i < VX_COUNT_OF(HIDDEN); i++) {
        if (code >= HIDDEN[i].first && code < HIDDEN[i].end) {
            return true;
        }
    }
    return code % 0x10000 >= 0xfffe; /* non-characters */
}

/* Written out by the ranges of RFC 3629. */
static void expect_utf8(const struct vx_text *text, uint32_t code)
{
    const uint32_t shown = is_hidden(code) ? 0xfffd : code;
    uint8_t want[4] = {0};
    uint32_t len = 4;

    if (shown < 0x80) {
        want[0] = (uint8_t)shown;
        len = 1;
    } else if (shown < 0x800) {
        want[0] = (uint8_t)(192 + shown / 64);
        len = 2;
    } else if (shown < 0x10000) {
        want[0] = (uint8_t)(224 + shown / 4096);
        len = 3;
    } else {
        want[0] = (uint8_t)(240 + shown / 262144);
    }
    for (uint32_t i = 1, rest = shown; i < len; i++) {
        want[len - i] = (uint8_t)(128 + rest % 64);
        rest /= 64;
    }
    if (text->len != len || memcmp(text->utf8, want, len) != 0 ||
        text->was_altered != is_hidden(code)) {
        fail_msg("U+%04" PRIX32 " gives \"%s\", altered %d", code, text->utf8, text->was_altered);
    }
}

static void test_utf16_print__every_code_point__is_clean(void **state)
{
    struct vx_text text;

    (void)state;
    for (uint32_t code = 1; code < 0x110000; code++) {
        uint16_t unit[2] = {(uint16_t)(code & 0xffff), 0};
        uint8_t bytes[4];

        if (code >= 0x10000) {
            unit[0] = (uint16_t)(0xd800 + ((code - 0x10000) >> 10));
            unit[1] = (uint16_t)(0xdc00 + ((code - 0x10000) & 0x3ff));
        }
        to_bytes(unit, 2, bytes);
        vx_utf16_print(bytes, 2, &text);
        expect_clean(&text, code);
        expect_utf8(&text, code);
    }
}

static void test_utf16_print__any_length__ends_at_a_whole_character(void **state)
{
    uint16_t unit[UNITS_MAX];
    struct vx_text text;

    (void)state;
    for (uint32_t i = 0; i < UNITS_MAX; i++) {
        unit[i] = 0x20ac;
    }
    for (uint32_t count = 0; count <= UNITS_MAX; count++) {
        print_units(unit, count, &text);
        assert_int_equal(text.len % 3, 0);
        assert_int_equal(text.was_truncated, text.len != 3 * count);
        assert_true(count > 256 || !text.was_truncated); /* a creator always fits */
    }
}

/* Upper and lower case are the same for letters, and for nothing else that is 32 apart. */
static void test_utf16_match__rows__as_wanted(void **state)
{
    static const struct {
        const char *text;
        const char word[VX_UTF16_WORD_BYTES];
        enum vx_utf16_match match;
    } row[] = {
        {"az", "az", VX_UTF16_SAME},
        {"Az", "az", VX_UTF16_CASE},
        {"aZ", "az", VX_UTF16_CASE},
        {"aY", "az", VX_UTF16_OTHER},
        {"Bz", "az", VX_UTF16_OTHER},
        {"AZ", "aa", VX_UTF16_OTHER},
        {"a", "az", VX_UTF16_OTHER},
        {"azz", "az", VX_UTF16_OTHER},
        {"", "az", VX_UTF16_OTHER},
        {"", "", VX_UTF16_SAME},
        {"a_z", "a_z", VX_UTF16_SAME},
        {"a?z", "a_z", VX_UTF16_OTHER},
        {"@", "`", VX_UTF16_OTHER},
        {"[", "{", VX_UTF16_OTHER},
        {"parent_linkage2-abcd", "parent_linkage2-abc", VX_UTF16_OTHER},
        {"PARENT_LINKAGE2-ABC", "parent_linkage2-abc", VX_UTF16_CASE},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        const uint32_t count = (uint32_t)strlen(row[i].text);
        uint16_t unit[UNITS_MAX];
        uint8_t bytes[2 * UNITS_MAX];

        for (uint32_t k = 0; k < count; k++) {
            unit[k] = (uint8_t)row[i].text[k];
        }
        to_bytes(unit, count, bytes);
        assert_int_equal(vx_utf16_match(bytes, count, row[i].word), row[i].match);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf16_print__rows__as_wanted),
        cmocka_unit_test(test_utf16_print__longest_text__is_kept_whole),
        cmocka_unit_test(test_utf16_print__every_code_point__is_clean),
        cmocka_unit_test(test_utf16_print__any_length__ends_at_a_whole_character),
        cmocka_unit_test(test_utf16_match__rows__as_wanted),
    };

    return cmocka_run_group_tests_name("utf16", tests, NULL, NULL);
}
