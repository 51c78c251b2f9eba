/* UTF-16LE from an image, made safe to print. */
#ifndef VX_PARSER_UTF16_H
#define VX_PARSER_UTF16_H

#include "parser/base.h"

enum { VX_TEXT_BYTES = 1024 };

/* Printable UTF-8. Whatever could move a cursor, reorder or hide text, and every malformed
 * unit, has become U+FFFD. */
struct vx_text {
    char utf8[VX_TEXT_BYTES]; /* NUL-terminated */
    uint32_t len;             /* bytes before the NUL */
    bool was_altered;         /* some character was replaced */
    bool was_truncated;       /* the text did not fit; ends at a whole character */
};

/* Convert up to unit_count units at bytes (2 * unit_count readable bytes), ending at a NUL unit.
 * Loop bound: unit_count. */
void vx_utf16_print(const uint8_t *bytes, uint32_t unit_count, struct vx_text *out);

#endif
