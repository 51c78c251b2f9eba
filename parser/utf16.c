/* UTF-16LE to printable UTF-8. One character a step, at most unit_count steps. */
#include "parser/utf16.h"

#include "parser/bytes.h"

enum {
    REPLACEMENT = 0xfffd,
    UTF8_MAX = 4 /* bytes of the longest character */
};

struct code_range {
    uint32_t first;
    uint32_t last;
};

/* Controls, invisible and reordering characters, non-characters of the first plane. */
static const struct code_range UNPRINTABLE[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x115f, 0x1160},
    {0x17b4, 0x17b5}, {0x3164, 0x3164}, {0xffa0, 0xffa0},   {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0x061c, 0x061c}, {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2800, 0x2800},
    {0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

static bool is_printable(uint32_t code)
{
    for (size_t i = 0; i < VX_COUNT_OF(UNPRINTABLE); i++) {
        if (code >= UNPRINTABLE[i].first && code <= UNPRINTABLE[i].last) {
            return false;
        }
    }
    return (code & 0xfffeu) != 0xfffeu; /* the last two of every plane are non-characters */
}

static bool is_high_surrogate(uint32_t code)
{
    return code >= 0xd800 && code <= 0xdbff;
}

static bool is_low_surrogate(uint32_t code)
{
    return code >= 0xdc00 && code <= 0xdfff;
}

/* Append one character; room for it was checked by the caller. */
static void append(struct vx_text *out, uint32_t code)
{
    uint8_t byte[UTF8_MAX] = {0};
    uint32_t count = 0;

    if (code < 0x80) {
        byte[0] = (uint8_t)(code & 0x7fu);
        count = 1;
    } else if (code < 0x800) {
        byte[0] = (uint8_t)(0xc0u | ((code >> 6) & 0x1fu));
        byte[1] = (uint8_t)(0x80u | (code & 0x3fu));
        count = 2;
    } else if (code < 0x10000) {
        byte[0] = (uint8_t)(0xe0u | ((code >> 12) & 0x0fu));
        byte[1] = (uint8_t)(0x80u | ((code >> 6) & 0x3fu));
        byte[2] = (uint8_t)(0x80u | (code & 0x3fu));
        count = 3;
    } else {
        byte[0] = (uint8_t)(0xf0u | ((code >> 18) & 0x07u));
        byte[1] = (uint8_t)(0x80u | ((code >> 12) & 0x3fu));
        byte[2] = (uint8_t)(0x80u | ((code >> 6) & 0x3fu));
        byte[3] = (uint8_t)(0x80u | (code & 0x3fu));
        count = 4;
    }
    if (out->len < VX_TEXT_BYTES - UTF8_MAX) {
        memcpy(out->utf8 + out->len, byte, UTF8_MAX);
        out->len += count;
    }
}

/* Append a character, or what stands for it if it must not be printed. */
static void append_safely(struct vx_text *out, uint32_t code)
{
    if (is_printable(code)) {
        append(out, code);
    } else {
        append(out, REPLACEMENT);
        out->was_altered = true;
    }
}

void vx_utf16_print(const uint8_t *bytes, uint32_t unit_count, struct vx_text *out)
{
    uint32_t high = 0; /* a high surrogate that waits for its partner */

    memset(out, 0, sizeof(*out));
    for (uint32_t i = 0; i < unit_count; i++) {
        uint32_t code = vx_le16(bytes + 2 * (size_t)i);

        if (out->len >= VX_TEXT_BYTES - 2 * UTF8_MAX) {
            out->was_truncated = true;
            break;
        }
        if (high != 0 && is_low_surrogate(code)) {
            code = 0x10000u + ((high & 0x3ffu) << 10) + (code & 0x3ffu);
        } else if (high != 0) {
            append_safely(out, high); /* it waited in vain */
        }
        high = is_high_surrogate(code) ? code : 0;
        if (code == 0) {
            break;
        }
        if (high == 0) {
            append_safely(out, code);
        }
    }
    if (high != 0) {
        append_safely(out, high);
    }
    if (out->len < VX_TEXT_BYTES) {
        out->utf8[out->len] = '\0'; /* append() may have left bytes of padding: all zero */
    }
}

void vx_utf16_inspect(const uint8_t *bytes, uint32_t unit_count, struct vx_utf16 *out)
{
    bool is_after_high = false;

    *out = (struct vx_utf16){.units = unit_count, .is_well_formed = true};
    for (uint32_t i = 0; i < unit_count; i++) {
        uint32_t code = vx_le16(bytes + 2 * (size_t)i);

        if (is_low_surrogate(code) != is_after_high) {
            out->is_well_formed = false;
        }
        is_after_high = is_high_surrogate(code);
        if (code == 0 && i + 1 < unit_count) {
            out->has_nul = true;
        }
        out->has_end_nul = code == 0;
    }
    if (is_after_high) {
        out->is_well_formed = false;
    }
    if (out->has_end_nul && unit_count > 0) {
        out->units = unit_count - 1;
    }
}

enum vx_utf16_match vx_utf16_match(const uint8_t *bytes, uint32_t unit_count,
                                   const char word[VX_UTF16_WORD_BYTES])
{
    enum vx_utf16_match match = VX_UTF16_SAME;
    uint32_t i = 0;

    for (; i < unit_count && i < VX_UTF16_WORD_BYTES && word[i] != '\0'; i++) {
        uint32_t code = vx_le16(bytes + 2 * (size_t)i);
        uint32_t want = (uint8_t)word[i];

        if (code != want) {
            match = VX_UTF16_CASE;
            if (code < 'A' || code > 'Z' || code + ('a' - 'A') != want) {
                return VX_UTF16_OTHER;
            }
        }
    }
    return i == unit_count && i < VX_UTF16_WORD_BYTES && word[i] == '\0' ? match : VX_UTF16_OTHER;
}
