/* Mutants of whole images, for harnesses whose input is an image: structure-aware damage, then
 * checksums made good again. One implementation for libFuzzer (fixup_libfuzzer.c) and AFL++
 * (fixup_afl.c).
 *
 * An input is an image as it is in a file, which begins with "vhdxfile", or a packed one
 * (corpus/packed.h), and its mutant is of the same kind. Of a packed image that was cut or joined
 * badly, what can be read is taken; of anything else a small sound image is made, packed, so that
 * no seed is needed. */
#ifndef FUZZ_FIXUP_H
#define FUZZ_FIXUP_H

#include "corpus/image.h"

/* Change `size` of at most size_max bytes somehow and return their number, as LLVMFuzzerMutate().
 */
typedef size_t fixup_bytes_fn(uint8_t *bytes, size_t size, size_t size_max);

struct fixup_wish {
    uint64_t seed;
    size_t size_max;       /* of the result; what does not fit is left out, from the end; fewer than
                              8 packed chunks hold no image and are not sealed */
    fixup_bytes_fn *bytes; /* changes chunks, too, if not NULL */
    bool is_sealed;        /* checksums are made good again */
};

/* Read an input of any bytes, the first 64 MiB that are not zeros. image_free() *im. Returns
 * whether it is an image as in a file. */
bool fixup_read(struct image *im, const uint8_t *bytes, size_t size);

/* Make the mutant of bytes[0, size), of wish->size_max bytes, in place; the same for the same wish.
 * Returns its size. */
size_t fixup_mutate(uint8_t *bytes, size_t size, const struct fixup_wish *wish);

/* Make an image of parts of two, of the kind of the first. to: wish->size_max bytes, which neither
 * of the others overlaps. Returns its size. */
size_t fixup_cross(const uint8_t *first, size_t first_size, const uint8_t *second,
                   size_t second_size, uint8_t *to, const struct fixup_wish *wish);

/* Only make its checksums good again. to: size_max bytes. Returns the size. */
size_t fixup_seal(const uint8_t *bytes, size_t size, uint8_t *to, size_t size_max);

#endif
