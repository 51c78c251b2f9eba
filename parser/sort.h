/* In-place heapsort of small index arrays: no recursion, n log n whatever the input. */
#ifndef VX_PARSER_SORT_H
#define VX_PARSER_SORT_H

#include "parser/base.h"

enum { VX_SORT_MAX = 2049 };

/* Does element a come before element b? A strict total order; ctx is handed through. */
typedef bool vx_less_fn(const void *ctx, uint16_t a, uint16_t b);

/* Fill order[0 .. count) with 0 .. count - 1, sorted by less. count: at most VX_SORT_MAX, which is
 * also the room that order must have. */
void vx_sort(uint16_t order[VX_SORT_MAX], uint32_t count, vx_less_fn *less, const void *ctx);

#endif
