/* CRC-32C: the kernels for x86-64, and what the host can run. Elsewhere, and for analysers that
 * do not read intrinsics, each of them is its portable twin.
 *
 * The crc32 instruction takes 8 bytes per cycle but gives its result three cycles later, so one
 * stream of dependent instructions uses a third of the unit. Three streams over three adjacent
 * pieces fill it; the pieces' registers are then joined by multiplication. Every loop runs over
 * the len bytes given or over a piece of constant size. */
#include "parser/crc32c.h"

#if defined(__x86_64__) && !defined(__FRAMAC__)

#include <cpuid.h>
#include <nmmintrin.h>
#include <string.h>
#include <wmmintrin.h>

/* Bits of ECX from CPUID leaf 1. */
static const uint32_t CPUID_PCLMULQDQ = 1u << 1;
static const uint32_t CPUID_SSE42 = 1u << 20;

/* How to cut a block into three pieces A, B, C of piece_bytes = n each, and join them again.
 *
 * In polynomials mod P, feeding n bytes multiplies the register by x^(8n) and adds the register
 * those bytes give from zero; so over the block it becomes A x^(16n) + B x^(8n) + C, where A
 * started from the register before the block, B and C from zero.
 *
 * The products are reduced by the crc32 instruction itself. In registers the power falls as the
 * bit number rises: bit i of 32 stands for x^(31 - i), bit i of 64 for x^(63 - i). A carry-less
 * product adds bit numbers, so two 32-bit operands u, v yield powers 62 - i where a 64-bit word
 * means 63 - i: the word is u v x. Feeding a word multiplies it by x^32. Together u v x^33, hence
 * the exponents are less 33. The products are added to the last word of C before it is fed:
 * it passes through the same instruction anyway. */
struct fold {
    size_t piece_bytes; /* n, a multiple of 8 */
    uint64_t past_two;  /* x^(16n - 33) mod P: carries A over B and C */
    uint64_t past_one;  /* x^(8n - 33) mod P: carries B over C */
};

/* 3 * 1360 = 4080: one block of this size all but covers a 4 KiB sector, sixteen of them 64 KiB.
 * 3 * 168 = 504 takes what remains of other lengths; below that, one stream is as good. */
static const struct fold LONG_FOLD = {1360, 0x5aa1f3cfu, 0x3f70cc6fu};
static const struct fold SHORT_FOLD = {168, 0xa60ce07bu, 0x1b3d8f29u};

/* This host is little-endian, as the crc32 instruction wants its words. */
static inline uint64_t load_word(const uint8_t *p)
{
    uint64_t word = 0;

    memcpy(&word, p, sizeof(word));
    return word;
}

__attribute__((target("sse4.2"))) static uint64_t one_stream(uint64_t state, const uint8_t *data,
                                                             size_t len)
{
    while (len >= 8) {
        state = _mm_crc32_u64(state, load_word(data));
        data += 8;
        len -= 8;
    }
    while (len > 0) { /* at most 7 */
        state = _mm_crc32_u8((uint32_t)state, *data);
        data++;
        len--;
    }
    return state; /* the instruction leaves the upper half zero */
}

/* Carry-less product of two 32-bit values: 63 bits, so its sign as a long long is plus. */
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t multiply(uint64_t u, uint64_t v)
{
    const __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)u), _mm_cvtsi64_si128((int64_t)v), 0);

    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Advance over one block of 3 * fold->piece_bytes. */
__attribute__((target("sse4.2,pclmul"))) static uint64_t
three_streams(uint64_t state, const uint8_t *data, const struct fold *fold)
{
    const uint8_t *second = data + fold->piece_bytes;
    const uint8_t *third = second + fold->piece_bytes;
    const size_t last_word = fold->piece_bytes - 8;
    uint64_t a = state;
    uint64_t b = 0;
    uint64_t c = 0;

    for (size_t pos = 0; pos < last_word; pos += 8) {
        a = _mm_crc32_u64(a, load_word(data + pos));
        b = _mm_crc32_u64(b, load_word(second + pos));
        c = _mm_crc32_u64(c, load_word(third + pos));
    }
    a = _mm_crc32_u64(a, load_word(data + last_word));
    b = _mm_crc32_u64(b, load_word(second + last_word));
    return _mm_crc32_u64(c, load_word(third + last_word) ^ multiply(a, fold->past_two) ^
                                multiply(b, fold->past_one));
}

/* Advance over as many whole blocks as there are, moving *data and *len past them. */
__attribute__((target("sse4.2,pclmul"))) static uint64_t
all_blocks(uint64_t state, const uint8_t **data, size_t *len, const struct fold *fold)
{
    const size_t block_bytes = 3 * fold->piece_bytes;

    while (*len >= block_bytes) {
        state = three_streams(state, *data, fold);
        *data += block_bytes;
        *len -= block_bytes;
    }
    return state;
}

uint32_t vx_crc_state_sse42(uint32_t state, const uint8_t *data, size_t len)
{
    return (uint32_t)one_stream(state, data, len);
}

uint32_t vx_crc_state_pclmul(uint32_t state, const uint8_t *data, size_t len)
{
    uint64_t wide = state;

    wide = all_blocks(wide, &data, &len, &LONG_FOLD);
    wide = all_blocks(wide, &data, &len, &SHORT_FOLD); /* at most 8 */
    return (uint32_t)one_stream(wide, data, len);
}

enum vx_crc_kind vx_crc32c_best(void)
{
    unsigned int eax = 0;
    unsigned int ebx = 0;
    unsigned int ecx = 0;
    unsigned int edx = 0;

    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & CPUID_SSE42) == 0) {
        return VX_CRC_PORTABLE;
    }
    return (ecx & CPUID_PCLMULQDQ) != 0 ? VX_CRC_PCLMUL : VX_CRC_SSE42;
}

#else

uint32_t vx_crc_state_sse42(uint32_t state, const uint8_t *data, size_t len)
{
    return vx_crc_state_portable(state, data, len);
}

uint32_t vx_crc_state_pclmul(uint32_t state, const uint8_t *data, size_t len)
{
    return vx_crc_state_portable(state, data, len);
}

enum vx_crc_kind vx_crc32c_best(void)
{
    return VX_CRC_PORTABLE;
}

#endif
