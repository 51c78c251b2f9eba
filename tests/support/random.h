/* Numbers that look random and are the same on every machine. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

enum { RANDOM_PERIOD = 0x7ffffffe };

/* The next number, 1 to RANDOM_PERIOD: a multiplicative generator modulo the prime 2^31 - 1.
 * seed: 1 to RANDOM_PERIOD, any of which comes by. */
static inline uint32_t random_next(uint32_t *seed)
{
    *seed = (uint32_t)((UINT64_C(48271) * *seed) % (RANDOM_PERIOD + UINT64_C(1)));
    return *seed;
}

/* How many random cases a test runs, and from which seed: `usual` of them from *seed on, or what
 * `make long` asks for: RANDOM_TIMES times as many, from RANDOM_SEED on. Prints both. */
uint32_t random_cases(const char *what, uint32_t usual, uint32_t *seed);

#endif
