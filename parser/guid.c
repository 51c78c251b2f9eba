/* GUID comparison and text form. */
#include "parser/guid.h"

#include "parser/bytes.h"

struct vx_guid vx_guid_load(const uint8_t *p)
{
    struct vx_guid guid = {0};

    memcpy(guid.byte, p, VX_GUID_BYTES);
    return guid;
}

bool vx_guid_equal(const struct vx_guid *a, const struct vx_guid *b)
{
    return memcmp(a->byte, b->byte, VX_GUID_BYTES) == 0;
}

bool vx_guid_is_zero(const struct vx_guid *guid)
{
    return vx_all_zero(guid->byte, VX_GUID_BYTES);
}

bool vx_guid_less(const struct vx_guid *a, const struct vx_guid *b)
{
    return memcmp(a->byte, b->byte, VX_GUID_BYTES) < 0;
}

/* Which byte comes next in the text form; 255 stands for a hyphen. */
static const uint8_t TEXT_ORDER[] = {3,   2, 1, 0,   255, 5,  4,  255, 7,  6,
                                     255, 8, 9, 255, 10,  11, 12, 13,  14, 15};

void vx_guid_format(const struct vx_guid *guid, char text[VX_GUID_TEXT_BYTES])
{
    static const char HEX[] = "0123456789abcdef";
    size_t at = 0;

    /* 20 steps: 16 bytes of two digits and 4 hyphens make 36 characters. */
    for (size_t i = 0; i < VX_COUNT_OF(TEXT_ORDER) && at + 2 < VX_GUID_TEXT_BYTES; i++) {
        if (TEXT_ORDER[i] >= VX_GUID_BYTES) {
            text[at] = '-';
            at += 1;
            continue;
        }
        text[at] = HEX[guid->byte[TEXT_ORDER[i]] / 16];
        text[at + 1] = HEX[guid->byte[TEXT_ORDER[i]] % 16];
        at += 2;
    }
    text[VX_GUID_TEXT_BYTES - 1] = '\0';
}

/* The value of a hexadecimal digit, 16 for anything else. */
static uint32_t digit_of(uint32_t code)
{
    if (code >= '0' && code <= '9') {
        return code - '0';
    }
    if (code >= 'a' && code <= 'f') {
        return code - 'a' + 10;
    }
    return code >= 'A' && code <= 'F' ? code - 'A' + 10 : 16;
}

bool vx_guid_parse(const uint8_t *bytes, uint32_t unit_count, struct vx_guid *out)
{
    struct vx_guid guid = {0};
    size_t at = 1; /* in units: behind the brace */

    *out = guid;
    if (unit_count != VX_GUID_BRACED_UNITS || vx_le16(bytes) != '{' ||
        vx_le16(bytes + 2 * (size_t)(VX_GUID_BRACED_UNITS - 1)) != '}') {
        return false;
    }
    /* 20 steps, as in vx_guid_format() */
    for (size_t i = 0; i < VX_COUNT_OF(TEXT_ORDER) && at + 2 < VX_GUID_BRACED_UNITS; i++) {
        uint32_t first = vx_le16(bytes + 2 * at);
        uint32_t high = digit_of(first);
        uint32_t low = digit_of(vx_le16(bytes + 2 * (at + 1)));

        if (TEXT_ORDER[i] >= VX_GUID_BYTES) {
            if (first != '-') {
                return false;
            }
            at += 1;
            continue;
        }
        if (high > 15 || low > 15) {
            return false;
        }
        guid.byte[TEXT_ORDER[i]] = (uint8_t)(16 * high + low);
        at += 2;
    }
    *out = guid;
    return true;
}

void vx_guid_split(const struct vx_guid *guid, uint64_t *low, uint64_t *high)
{
    *low = vx_le64(guid->byte);
    *high = vx_le64(guid->byte + 8);
}

struct vx_guid vx_guid_join(uint64_t low, uint64_t high)
{
    struct vx_guid guid = {0};

    for (unsigned i = 0; i < 8; i++) {
        guid.byte[i] = (uint8_t)((low >> (8 * i)) & 0xffu);
        guid.byte[8 + i] = (uint8_t)((high >> (8 * i)) & 0xffu);
    }
    return guid;
}
