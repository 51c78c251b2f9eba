/* Numbers by seed, the same on every machine: a Lehmer generator modulo the prime 2^31 - 1, two of
 * whose 31 bits are more than enough to choose damage by. */
#ifndef CORPUS_DICE_H
#define CORPUS_DICE_H

#include <stdint.h>

struct dice {
    uint64_t state; /* 1 to 2^31 - 2 */
};

/* 0 to sides - 1; sides: 1 to 2^31. */
static inline uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    dice->state = 48271 * dice->state % 0x7fffffffu;
    return dice->state % sides;
}

static inline void dice_init(struct dice *dice, uint64_t seed)
{
    dice->state = seed % 0x7ffffffeu + 1;
    for (unsigned i = 0; i < 4; i++) { /* neighbouring seeds part ways */
        (void)dice_roll(dice, 1);
    }
}

#endif
