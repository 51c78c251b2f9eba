/* GUIDs as they lie on disk: 16 opaque bytes in Microsoft's mixed-endian form. */
#ifndef VX_PARSER_GUID_H
#define VX_PARSER_GUID_H

#include "parser/base.h"

enum { VX_GUID_BYTES = 16, VX_GUID_TEXT_BYTES = 37, VX_GUID_BRACED_UNITS = 38 };

struct vx_guid {
    uint8_t byte[VX_GUID_BYTES];
};

/* Copy the 16 bytes at p, which must be readable. */
struct vx_guid vx_guid_load(const uint8_t *p);

bool vx_guid_equal(const struct vx_guid *a, const struct vx_guid *b);

bool vx_guid_is_zero(const struct vx_guid *guid);

/* Total order on the bytes, for sorting only: does a come before b? */
bool vx_guid_less(const struct vx_guid *a, const struct vx_guid *b);

/* Text form, lower case, without braces, NUL-terminated: the first three groups are stored
 * little-endian, the last eight bytes in text order. */
void vx_guid_format(const struct vx_guid *guid, char text[VX_GUID_TEXT_BYTES]);

/* Read the text form in braces, upper or lower case, of exactly unit_count units of UTF-16LE at
 * bytes. Returns whether that is what they are; if not, out is zero. */
bool vx_guid_parse(const uint8_t *bytes, uint32_t unit_count, struct vx_guid *out);

/* A GUID travels through a finding as two integers; these two are each other's inverse. */
void vx_guid_split(const struct vx_guid *guid, uint64_t *low, uint64_t *high);
struct vx_guid vx_guid_join(uint64_t low, uint64_t high);

#endif
