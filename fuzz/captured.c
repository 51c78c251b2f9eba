/* Output in memory. */
#include "fuzz/captured.h"

#include "fuzz/harness.h"

#include <string.h>

void fuzz_capture(void *ctx, const char *bytes, size_t len)
{
    struct fuzz_captured *to = ctx;

    if (len > sizeof(to->text) - to->len) {
        len = sizeof(to->text) - to->len;
        to->is_cut = true;
    }
    memcpy(to->text + to->len, bytes, len);
    to->len += len;
}

/* RFC 3629, section 3: characters of 1 to 4 bytes by their first one. */
static const struct form {
    unsigned first;
    unsigned end;
    uint32_t least;
    uint32_t most;
} FORM[] = {{0x00, 0x80, 0, 0x7f},
            {0xc0, 0xe0, 0x80, 0x7ff},
            {0xe0, 0xf0, 0x800, 0xffff},
            {0xf0, 0xf8, 0x10000, 0x10ffff}};

uint32_t fuzz_character(const char *text, size_t len, size_t *taken)
{
    const unsigned first = len > 0 ? (unsigned char)text[0] : 0x80;
    size_t more = 0;
    uint32_t code;

    *taken = 0;
    while (more < sizeof(FORM) / sizeof(FORM[0]) && first >= FORM[more].end) {
        more++;
    }
    if (more >= len || more == sizeof(FORM) / sizeof(FORM[0]) || first < FORM[more].first) {
        return 0;
    }
    code = first - FORM[more].first;
    for (size_t i = 1; i <= more; i++) {
        if (((unsigned char)text[i] & 0xc0u) != 0x80u) {
            return 0;
        }
        code = code << 6 | ((unsigned char)text[i] & 0x3fu);
    }
    if (code < FORM[more].least || code > FORM[more].most || (code >= 0xd800 && code < 0xe000)) {
        return 0;
    }
    *taken = more + 1;
    return code;
}

/* Bytes of a sequence that sets the colour, "ESC [ digits ; digits m"; 0 when it is none. */
static size_t color_bytes(const char *text, size_t len)
{
    size_t at = 2;

    if (len < 3 || text[0] != '\033' || text[1] != '[') {
        return 0;
    }
    while (at < len && ((text[at] >= '0' && text[at] <= '9') || text[at] == ';')) {
        at++;
    }
    return at < len && text[at] == 'm' ? at + 1 : 0;
}

static bool is_safe(uint32_t code)
{
    const bool is_control = (code < 0x20 && code != '\n') || (code >= 0x7f && code < 0xa0);
    const bool does_reorder = (code >= 0x200b && code <= 0x200f) ||
                              (code >= 0x2028 && code <= 0x202e) ||
                              (code >= 0x2060 && code <= 0x206f) || code == 0x61c;

    return !is_control && !does_reorder && code != 0xfeff && (code < 0xe0000 || code > 0xe0fff);
}

void fuzz_must_be_safe(const char *text, size_t len, bool has_color)
{
    size_t taken;

    for (size_t at = 0; at < len; at += taken) {
        uint32_t code;

        taken = has_color ? color_bytes(text + at, len - at) : 0;
        if (taken > 0) {
            continue;
        }
        code = fuzz_character(text + at, len - at, &taken);
        fuzz_must(taken > 0, "output is UTF-8");
        fuzz_must(is_safe(code), "output does not steer a terminal");
    }
}
