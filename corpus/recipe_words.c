/* Words of recipes that need no context. Loops end with the word. */
#include "corpus/recipe_words.h"

#include <string.h>

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A') + 10;
    }
    return 16;
}

struct wide wide_add(struct wide a, struct wide b)
{
    struct wide sum = {0, a.high + b.high};

    if (a.low > UINT64_MAX - b.low) {
        sum.low = a.low - (UINT64_MAX - b.low) - 1;
        sum.high++;
    } else {
        sum.low = a.low + b.low;
    }
    return sum;
}

struct wide wide_sub(struct wide a, struct wide b)
{
    struct wide rest = {0, a.high - b.high};

    if (a.low < b.low) {
        rest.low = UINT64_MAX - (b.low - a.low) + 1;
        rest.high--;
    } else {
        rest.low = a.low - b.low;
    }
    return rest;
}

/* *a * b, up to 2^64 itself. */
static bool multiply(struct wide *a, uint64_t b)
{
    if (b == 0) {
        *a = (struct wide){0, 0};
        return true;
    }
    if (a->high != 0) {
        return b == 1;
    }
    if (a->low <= UINT64_MAX / b) {
        a->low *= b;
        return true;
    }
    if (UINT64_MAX % b == b - 1 && a->low == UINT64_MAX / b + 1) {
        *a = (struct wide){0, 1};
        return true;
    }
    return false;
}

/* Digits that fit 64 bits. */
static bool read_digits(const char **at, uint64_t *value)
{
    const bool is_hex = (*at)[0] == '0' && (*at)[1] == 'x';
    const unsigned base = is_hex ? 16 : 10;

    *at += is_hex ? 2 : 0;
    *value = 0;
    if (digit_of(**at) >= base) {
        return false;
    }
    for (; digit_of(**at) < base; (*at)++) {
        const unsigned digit = digit_of(**at);

        if (*value > (UINT64_MAX - digit) / base) {
            return false;
        }
        *value = *value * base + digit;
    }
    return true;
}

/* At most 64 multiplications count: from then on it is 0, 1 or too large. */
static bool read_power(const char **at, struct wide *term)
{
    const uint64_t base = term->low;
    uint64_t exponent;

    if (!read_digits(at, &exponent)) {
        return false;
    }
    if (base <= 1 && exponent > 1) {
        exponent = 1;
    }
    *term = (struct wide){1, 0};
    for (uint64_t i = 0; i < exponent; i++) {
        if (!multiply(term, base)) {
            return false;
        }
    }
    return true;
}

bool word_term(const char **at, struct wide *term)
{
    static const char suffix[] = "KMGT";
    const char *found;

    *term = (struct wide){0, 0};
    if (!read_digits(at, &term->low)) {
        return false;
    }
    if (**at == '^') {
        (*at)++;
        return read_power(at, term);
    }
    found = **at != '\0' ? strchr(suffix, **at) : NULL;
    if (found != NULL) {
        (*at)++;
        return multiply(term, UINT64_C(1) << (10 * (found - suffix + 1)));
    }
    return true;
}

bool word_index(const char **at, uint64_t *index)
{
    return read_digits(at, index) && *index <= UINT32_MAX;
}

/* Position on disk of each byte of the text form: the first three groups are little-endian. */
static const uint8_t GUID_ORDER[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static bool is_dash_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool word_guid(const char *text, uint8_t guid[16])
{
    if (strlen(text) != 36) {
        return false;
    }
    for (size_t i = 0; i < 16; i++) {
        if (is_dash_before(i)) {
            if (*text != '-') {
                return false;
            }
            text++;
        }
        if (digit_of(text[0]) > 15 || digit_of(text[1]) > 15) {
            return false;
        }
        guid[GUID_ORDER[i]] = (uint8_t)(digit_of(text[0]) << 4 | digit_of(text[1]));
        text += 2;
    }
    return true;
}

bool word_hex(const char *text, uint8_t *bytes, size_t room, size_t *count)
{
    const size_t len = strlen(text);

    *count = 0;
    if (len % 2 != 0 || len / 2 > room || len == 0) {
        return false;
    }
    for (size_t i = 0; i < len; i += 2) {
        if (digit_of(text[i]) > 15 || digit_of(text[i + 1]) > 15) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(digit_of(text[i]) << 4 | digit_of(text[i + 1]));
    }
    *count = len / 2;
    return true;
}

bool word_text(const char *text, uint8_t *bytes, size_t room, size_t *count)
{
    const size_t width = text[0] == 'u' ? 2 : 1;
    const char *begin = text + (width == 2 ? 2 : 1);
    const size_t len = strlen(text);
    size_t inside;

    *count = 0;
    if (len < width + 1 || begin[-1] != '"' || text[len - 1] != '"') {
        return false;
    }
    inside = len - width - 1;
    if (inside * width > room) {
        return false;
    }
    memset(bytes, 0, inside * width);
    for (size_t i = 0; i < inside; i++) {
        bytes[i * width] = (uint8_t)begin[i];
    }
    *count = inside * width;
    return true;
}

bool word_name(const struct word_name *names, size_t count, const char *text, uint64_t *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, text) == 0) {
            *value = names[i].value;
            return true;
        }
    }
    return false;
}

bool word_state(const char *text, unsigned *state)
{
    static const struct word_name names[] = {
        {"not-present", 0}, {"undefined", 1}, {"zero", 2},    {"unmapped", 3},
        {"reserved4", 4},   {"reserved5", 5}, {"present", 6}, {"partial", 7},
    };
    uint64_t value = 0;
    const bool is_known = word_name(names, VX_COUNT_OF(names), text, &value);

    *state = (unsigned)value;
    return is_known;
}
