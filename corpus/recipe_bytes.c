/* Commands that write bytes, into both copies of a structure where the place stands for both. */
#include "corpus/memory.h"
#include "corpus/recipe_commands.h"
#include "corpus/recipe_places.h"
#include "corpus/recipe_words.h"
#include "parser/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { COPY_MOST = 16 * 1048576 };

static bool put_bytes(struct recipe *r, const struct recipe_address *to, const void *bytes,
                      size_t len)
{
    for (unsigned copy = 0; copy < to->copies; copy++) {
        if (!line_span(r, to->at[copy], len)) {
            return false;
        }
        image_put_bytes(&r->im, to->at[copy], bytes, len);
    }
    return true;
}

/* Bits that a field of so many may have. */
static uint64_t greatest(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* ---- set ---- */

static bool set_number(struct recipe *r, const struct recipe_address *to,
                       const struct recipe_field *field, uint64_t value)
{
    const unsigned bits = field->bits != 0 ? field->bits : 8u * field->width;

    if (value > greatest(bits)) {
        return line_fail(r, "too large for this field", r->line.word[2]);
    }
    for (unsigned copy = 0; copy < to->copies; copy++) {
        uint64_t whole = value;

        if (field->bits != 0) {
            whole = image_get(&r->im, to->at[copy], field->width);
            whole = (whole & ~(greatest(bits) << field->shift)) | value << field->shift;
        }
        if (!line_span(r, to->at[copy], field->width)) {
            return false;
        }
        image_put(&r->im, to->at[copy], field->width, whole);
    }
    return true;
}

static bool set_text(struct recipe *r, const struct recipe_address *to,
                     const struct recipe_field *field, const char *text)
{
    uint8_t bytes[512] = {0};
    char wide[LINE_BYTES + 1] = "u";
    size_t count;

    if (field->kind == FIELD_CREATOR && text[0] == '"') {
        memcpy(wide + 1, text, strlen(text) + 1);
        text = wide;
    }
    if (!word_text(text, bytes, field->width, &count)) {
        return line_fail(r, "this text does not fit the field", text);
    }
    return put_bytes(r, to, bytes, field->width);
}

static bool set_value(struct recipe *r, const struct recipe_address *to,
                      const struct recipe_field *field, const char *text)
{
    uint8_t guid[16];
    uint64_t value;
    unsigned state;

    if (text[0] == '"' || (text[0] == 'u' && text[1] == '"') || field->kind == FIELD_CREATOR) {
        return set_text(r, to, field, text);
    }
    if (field->kind == FIELD_GUID) {
        return place_guid(text, guid) ? put_bytes(r, to, guid, sizeof(guid))
                                      : line_fail(r, "neither a GUID nor the name of one", text);
    }
    if (field->kind == FIELD_STATE && word_state(text, &state)) {
        return set_number(r, to, field, state);
    }
    return line_value(r, text, &value) && set_number(r, to, field, value);
}

bool recipe_set(struct recipe *r)
{
    struct recipe_address to;
    const struct recipe_field *field;
    const char *target;
    const char *value;

    return line_word(r, 1, &target) && line_word(r, 2, &value) &&
           place_field(r, target, &to, &field) && set_value(r, &to, field, value);
}

/* ---- put ---- */

struct series {
    uint64_t times;
    uint64_t step;
    uint64_t by;
};

static bool put_series(struct recipe *r, uint64_t at, unsigned width, uint64_t value,
                       const struct series *series)
{
    for (uint64_t i = 0; i < series->times; i++) {
        if (value > greatest(8 * width)) {
            return line_fail(r, "too large for this width", NULL);
        }
        if (!line_span(r, at, width)) {
            return false;
        }
        image_put(&r->im, at, width, value);
        if (i + 1 < series->times &&
            (series->by > UINT64_MAX - value || series->step > RECIPE_OFFSET_MAX)) {
            return line_fail(r, "the numbers grow beyond 64 bits", NULL);
        }
        at += series->step;
        value += i + 1 < series->times ? series->by : 0;
    }
    return true;
}

bool recipe_put(struct recipe *r)
{
    struct recipe_address to;
    struct series series = {.times = 1};
    uint64_t width;
    uint64_t value;

    if (!line_address(r, 1, &to) || !line_number(r, 2, 8, &width) ||
        !line_number(r, 3, UINT64_MAX, &value) ||
        !line_option(r, "times", RECIPE_STEPS_MAX, &series.times)) {
        return false;
    }
    series.step = width;
    if (!line_option(r, "step", RECIPE_OFFSET_MAX, &series.step) ||
        !line_option(r, "by", UINT64_MAX, &series.by)) {
        return false;
    }
    if (width == 0) {
        return line_fail(r, "an integer has 1 to 8 bytes", NULL);
    }
    for (unsigned copy = 0; copy < to.copies; copy++) {
        if (!put_series(r, to.at[copy], (unsigned)width, value, &series)) {
            return false;
        }
    }
    return true;
}

/* ---- bytes, fill ---- */

bool recipe_bytes(struct recipe *r)
{
    struct recipe_address to;
    uint8_t bytes[LINE_BYTES * 2];
    size_t total = 0;
    size_t i = 2;

    if (!line_address(r, 1, &to)) {
        return false;
    }
    do {
        const char *word;
        size_t count;

        if (!line_word(r, i, &word)) {
            return false;
        }
        if (!word_text(word, bytes + total, sizeof(bytes) - total, &count) &&
            !word_hex(word, bytes + total, sizeof(bytes) - total, &count)) {
            return line_fail(r, "neither hexadecimal bytes nor text", word);
        }
        total += count;
        i++;
    } while (line_has(r, i));
    return put_bytes(r, &to, bytes, total);
}

void recipe_pattern(struct sparse *to, uint64_t offset, uint64_t length, uint64_t pattern)
{
    uint8_t bytes[LOG_SECTOR];

    for (uint64_t done = 0; done < length; done += sizeof(bytes)) {
        log_pattern(pattern + done / sizeof(bytes), bytes);
        sparse_write(to, offset + done, bytes, (size_t)vx_min(length - done, sizeof(bytes)));
    }
}

static bool fill_pattern(struct recipe *r, uint64_t at, uint64_t length, uint64_t pattern)
{
    if (!line_span(r, at, length)) {
        return false;
    }
    recipe_pattern(&r->im.bytes, at, length, pattern);
    return true;
}

static bool fill_byte(struct recipe *r, uint64_t at, uint64_t length, uint64_t byte)
{
    uint8_t bytes[LOG_SECTOR];

    if (byte == 0) { /* costs nothing, so it may be any length */
        if (length > RECIPE_OFFSET_MAX || at > RECIPE_OFFSET_MAX - length || !line_spend(r, 1)) {
            return line_fail(r, "this ends beyond 2^63", NULL);
        }
        sparse_clear(&r->im.bytes, at, at + length);
        return true;
    }
    if (!line_span(r, at, length)) {
        return false;
    }
    memset(bytes, (int)byte, sizeof(bytes));
    for (uint64_t done = 0; done < length; done += sizeof(bytes)) {
        image_put_bytes(&r->im, at + done, bytes, (size_t)vx_min(length - done, sizeof(bytes)));
    }
    return true;
}

bool recipe_fill(struct recipe *r)
{
    const bool is_pattern = line_has_option(r, "pattern");
    struct recipe_address to;
    uint64_t length;
    uint64_t what;

    if (!line_address(r, 1, &to) || !line_number(r, 2, UINT64_MAX, &length) ||
        !(is_pattern ? line_option(r, "pattern", UINT32_MAX, &what)
                     : line_number(r, 3, 255, &what))) {
        return false;
    }
    for (unsigned copy = 0; copy < to.copies; copy++) {
        if (!(is_pattern ? fill_pattern : fill_byte)(r, to.at[copy], length, what)) {
            return false;
        }
    }
    return true;
}

/* ---- copy, swap ---- */

static void move(struct image *im, uint64_t a, uint64_t b, size_t length, bool is_swap,
                 uint8_t *memory)
{
    image_get_bytes(im, a, memory, length);
    image_get_bytes(im, b, memory + length, length);
    image_put_bytes(im, b, memory, length);
    if (is_swap) {
        image_put_bytes(im, a, memory + length, length);
    }
}

/* Where one place stands for both copies and the other does not, the other one is used twice. */
static bool copy_or_swap(struct recipe *r, bool is_swap)
{
    struct recipe_address a;
    struct recipe_address b;
    uint64_t length;
    uint8_t *memory;

    if (!line_address(r, 1, &a) || !line_address(r, 2, &b) ||
        !line_number(r, 3, COPY_MOST, &length)) {
        return false;
    }
    for (unsigned copy = 0; copy < 2; copy++) {
        if (!line_span(r, a.at[copy], length) || !line_span(r, b.at[copy], length)) {
            return false;
        }
    }
    memory = memory_take(2, (size_t)length);
    for (unsigned copy = 0; copy < a.copies || copy < b.copies; copy++) {
        move(&r->im, a.at[copy], b.at[copy], (size_t)length, is_swap, memory);
    }
    free(memory);
    return true;
}

bool recipe_copy(struct recipe *r)
{
    return copy_or_swap(r, false);
}

bool recipe_swap(struct recipe *r)
{
    return copy_or_swap(r, true);
}
