/* Bounded text. Loops run over the text appended or over the digits of a number. */
#include "reports/buffer.h"

#include <string.h>

enum { DIGITS_MAX = 20 /* of 2^64 - 1 in decimal */ };

void vxo_buffer_init(struct vxo_buffer *out, char *text, size_t room)
{
    *out = (struct vxo_buffer){.text = text, .room = room};
    text[0] = '\0';
}

/* Is this byte the second or a later one of a UTF-8 character? */
static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0u) == 0x80u;
}

void vxo_put_bytes(struct vxo_buffer *out, const char *bytes, size_t len)
{
    size_t left = out->room - out->len - 1;
    size_t taken = len;

    if (out->is_truncated) {
        return;
    }
    if (len > left) {
        out->is_truncated = true;
        taken = left;
        while (taken > 0 && is_continuation(bytes[taken])) {
            taken--;
        }
    }
    memcpy(out->text + out->len, bytes, taken);
    out->len += taken;
    out->text[out->len] = '\0';
}

void vxo_put(struct vxo_buffer *out, const char *text)
{
    vxo_put_bytes(out, text, strlen(text));
}

static void put_in_base(struct vxo_buffer *out, uint64_t number, uint64_t base)
{
    char digits[DIGITS_MAX] = {0};
    size_t at = DIGITS_MAX;

    do {
        at--;
        digits[at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0 && at > 0);
    vxo_put_bytes(out, digits + at, DIGITS_MAX - at);
}

void vxo_put_uint(struct vxo_buffer *out, uint64_t number)
{
    put_in_base(out, number, 10);
}

void vxo_put_hex(struct vxo_buffer *out, uint64_t number)
{
    vxo_put(out, "0x");
    put_in_base(out, number, 16);
}

void vxo_put_count(struct vxo_buffer *out, uint64_t count, const char *noun)
{
    size_t len = strlen(noun);
    bool ends_in_y = len > 0 && noun[len - 1] == 'y';

    vxo_put_uint(out, count);
    vxo_put(out, " ");
    if (count == 1) {
        vxo_put(out, noun);
    } else {
        vxo_put_bytes(out, noun, ends_in_y ? len - 1 : len);
        vxo_put(out, ends_in_y ? "ies" : "s");
    }
}

void vxo_put_size(struct vxo_buffer *out, uint64_t bytes)
{
    static const char *const UNITS[] = {"", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    uint64_t unit = 1;
    uint64_t rest = 0;
    size_t power = 0;

    vxo_put_count(out, bytes, "byte");
    while (bytes / unit >= 1024) {
        unit *= 1024;
        power++;
    }
    if (power == 0) {
        return;
    }
    vxo_put(out, " (");
    vxo_put_uint(out, bytes / unit);
    rest = bytes % unit;
    if (rest != 0) {
        /* Long division: ten times a rest below 2^60 fits. */
        vxo_put(out, ".");
        vxo_put_uint(out, rest * 10 / unit);
        rest = rest * 10 % unit;
        vxo_put_uint(out, rest * 10 / unit);
    }
    vxo_put(out, UNITS[power]);
    vxo_put(out, ")");
}
