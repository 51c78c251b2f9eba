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

/* How a string is made. */
struct vx_utf16 {
    uint32_t units;      /* up to, and without, the NUL at its end */
    bool has_end_nul;    /* its last unit is NUL */
    bool has_nul;        /* another unit is */
    bool is_well_formed; /* every surrogate has its partner */
};

/* Look at all unit_count units at bytes (2 * unit_count readable bytes).
 * Loop bound: unit_count. */
void vx_utf16_inspect(const uint8_t *bytes, uint32_t unit_count, struct vx_utf16 *out);

enum { VX_UTF16_WORD_BYTES = 20 };

enum vx_utf16_match { VX_UTF16_OTHER, VX_UTF16_CASE, VX_UTF16_SAME };

/* Do the unit_count units at bytes spell the word, which is ASCII, has no upper case and ends with
 * a NUL? CASE: only when upper and lower case are the same.
 * Loop bound: the length of the word. */
enum vx_utf16_match vx_utf16_match(const uint8_t *bytes, uint32_t unit_count,
                                   const char word[VX_UTF16_WORD_BYTES]);

#endif
