/* An input as a list of small integers, so that a mutated byte is another number and not another
 * shape. When it is used up all numbers are 0. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include "parser/base.h"

enum { FUZZ_INPUT_BYTES = 512 }; /* what lies behind is not looked at */

struct fuzz_input {
    const uint8_t *bytes;
    size_t size;
    size_t at;
};

void fuzz_input_init(struct fuzz_input *in, const uint8_t *bytes, size_t size);

/* One byte. */
unsigned fuzz_byte(struct fuzz_input *in);

/* 0 to count - 1, of one byte; count: 1 to 256. */
unsigned fuzz_below(struct fuzz_input *in, unsigned count);

/* Any number, mostly small ones and those at which arithmetic breaks. At most three bytes. */
uint64_t fuzz_number(struct fuzz_input *in);

#endif
