/* Little-endian integers of 1 to 8 bytes in memory, on any host. Spec: MS-VHDX 2. */
#ifndef CORPUS_LITTLE_H
#define CORPUS_LITTLE_H

#include <stdint.h>

static inline void little_put(uint8_t *bytes, unsigned width, uint64_t value)
{
    for (unsigned i = 0; i < width; i++) {
        bytes[i] = (uint8_t)((value >> (8 * i)) & 0xff);
    }
}

static inline uint64_t little_get(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < width; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

#endif
