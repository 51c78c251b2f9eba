/* Inputs as integers. */
#include "fuzz/input.h"

static const uint64_t BOUNDARY[] = {
    UINT64_MAX,
    UINT64_MAX - 1,
    UINT64_MAX - 511,
    UINT64_MAX - 4095, /* 2^64 - 4096: the last multiple */
    UINT64_MAX - 0xfffff,
    UINT64_MAX - 0x1fffff,
    UINT64_C(0x8000000000000000),
    UINT64_C(0x7fffffffffffffff),
    UINT64_C(0x7ffffffffffff000),
    UINT64_C(0x7ffffffffff00000),
    UINT64_C(0x100000000),
    UINT64_C(0xffffffff),
    UINT64_C(0xfffff000),
    UINT64_C(0xfff00000),
    UINT64_C(0x100001000),
    UINT64_C(0x80000000),
    UINT64_C(0x7fffffff),
    UINT64_C(0x400000000000), /* 64 TiB */
    UINT64_C(0x400000100000),
    UINT64_C(0x3ffffffffe00),
    UINT64_C(0x10000000), /* 256 MiB */
    0x20100000,           /* 513 MiB, the largest table */
    0x100000,
    0xfffff,
    0x100001,
    0x200000,
    0x30000,
    0x10000,
    0xffff,
    4096,
    4095,
    4097,
    512,
    2047,
    2048,
    1024,
};

void fuzz_input_init(struct fuzz_input *in, const uint8_t *bytes, size_t size)
{
    *in = (struct fuzz_input){bytes, size < FUZZ_INPUT_BYTES ? size : FUZZ_INPUT_BYTES, 0};
}

unsigned fuzz_byte(struct fuzz_input *in)
{
    unsigned byte = 0;

    if (in->at < in->size) {
        byte = in->bytes[in->at];
        in->at++;
    }
    return byte;
}

unsigned fuzz_below(struct fuzz_input *in, unsigned count)
{
    return fuzz_byte(in) % count;
}

uint64_t fuzz_number(struct fuzz_input *in)
{
    const unsigned kind = fuzz_byte(in);

    if (kind < 128) {
        return kind;
    }
    if (kind < 176) {
        return BOUNDARY[(kind - 128) % VX_COUNT_OF(BOUNDARY)];
    }
    switch (kind % 5) {
    case 0:
        return (uint64_t)fuzz_byte(in) << 20; /* a place in the file */
    case 1:
        return (uint64_t)fuzz_byte(in) << 12; /* a sector of the log */
    case 2:
        return UINT64_C(1) << fuzz_below(in, 64);
    case 3:
        return (UINT64_C(1) << fuzz_below(in, 64)) - 1;
    default:
        return (uint64_t)fuzz_byte(in) << 8 | fuzz_byte(in);
    }
}
