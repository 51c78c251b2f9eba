/* An image as one piece of memory, for sources that know nothing of holes. */
#ifndef FUZZ_FLAT_H
#define FUZZ_FLAT_H

#include "corpus/image.h"

enum { FUZZ_FLAT_BYTES = 8 * VX_MIB };

/* Spread im out in a static buffer, at whose end it ends, so that a sanitizer sees a read behind
 * it. Returns false when it is longer than FUZZ_FLAT_BYTES. fuzz_flat_clear() with the same,
 * unchanged image before the next one. */
bool fuzz_flat(const struct image *im, struct vx_memory *out);
void fuzz_flat_clear(const struct image *im);

#endif
