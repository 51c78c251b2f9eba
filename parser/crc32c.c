/* CRC-32C: the portable kernel and the choice between kernels. For the naive definition see
 * crc32c.h.
 *
 * Slicing-by-8: the register after eight more message bytes is the XOR of eight table entries,
 * one per byte. Loops are bounded by the len they are given. */
#include "parser/crc32c.h"

#include "parser/bytes.h"

/* SLICE[k][i] is the register after the byte i and then k zero bytes, starting from zero.
 *
 * In polynomials over GF(2), register bit 31 standing for x^0 and bit 0 for x^31, that is
 * i * x^(8k + 8) mod P. It is linear in i, so a whole slice follows from the eight entries
 * i = 1, 2, 4 ... 128: entry i is the XOR of those whose bit is set in i. Bit b stands for
 * x^(31 - b), so those eight are x^(8k + 39 - b) mod P, and the 64 constants of the table,
 * each row from right to left, are simply x^32, x^33 ... x^95. The first of them is P itself. */
#define SPAN1(v, a)                   (v), (v) ^ (a)
#define SPAN2(v, a, b)                SPAN1(v, a), SPAN1((v) ^ (b), a)
#define SPAN3(v, a, b, c)             SPAN2(v, a, b), SPAN2((v) ^ (c), a, b)
#define SPAN4(v, a, b, c, d)          SPAN3(v, a, b, c), SPAN3((v) ^ (d), a, b, c)
#define SPAN5(v, a, b, c, d, e)       SPAN4(v, a, b, c, d), SPAN4((v) ^ (e), a, b, c, d)
#define SPAN6(v, a, b, c, d, e, f)    SPAN5(v, a, b, c, d, e), SPAN5((v) ^ (f), a, b, c, d, e)
#define SPAN7(v, a, b, c, d, e, f, g) SPAN6(v, a, b, c, d, e, f), SPAN6((v) ^ (g), a, b, c, d, e, f)
/* The 256 entries of a slice, in order, from its entries 1, 2, 4 ... 128. */
#define SPAN8(a, b, c, d, e, f, g, h) SPAN7(0u, a, b, c, d, e, f, g), SPAN7(h, a, b, c, d, e, f, g)

static const uint32_t SLICE[8][256] = {
    {SPAN8(0xf26b8303u, 0xe13b70f7u, 0xc79a971fu, 0x8ad958cfu, /* x^39 ... */
           0x105ec76fu, 0x20bd8edeu, 0x417b1dbcu, 0x82f63b78u)},
    {SPAN8(0x13a29877u, 0x274530eeu, 0x4e8a61dcu, 0x9d14c3b8u, /* x^47 ... */
           0x3fc5f181u, 0x7f8be302u, 0xff17c604u, 0xfbc3faf9u)},
    {SPAN8(0xa541927eu, 0x4f6f520du, 0x9edea41au, 0x38513ec5u, /* x^55 ... */
           0x70a27d8au, 0xe144fb14u, 0xc76580d9u, 0x8b277743u)},
    {SPAN8(0xdd45aab8u, 0xbf672381u, 0x7b2231f3u, 0xf64463e6u, /* x^63 ... */
           0xe964b13du, 0xd725148bu, 0xaba65fe7u, 0x52a0c93fu)},
    {SPAN8(0x38116facu, 0x7022df58u, 0xe045beb0u, 0xc5670b91u, /* x^71 ... */
           0x8f2261d3u, 0x1ba8b557u, 0x37516aaeu, 0x6ea2d55cu)},
    {SPAN8(0xef306b19u, 0xdb8ca0c3u, 0xb2f53777u, 0x6006181fu, /* x^79 ... */
           0xc00c303eu, 0x85f4168du, 0x0e045bebu, 0x1c08b7d6u)},
    {SPAN8(0x68032cc8u, 0xd0065990u, 0xa5e0c5d1u, 0x4e2dfd53u, /* x^87 ... */
           0x9c5bfaa6u, 0x3d5b83bdu, 0x7ab7077au, 0xf56e0ef4u)},
    {SPAN8(0x493c7d27u, 0x9278fa4eu, 0x211d826du, 0x423b04dau, /* x^95 ... x^88 */
           0x847609b4u, 0x0d006599u, 0x1a00cb32u, 0x34019664u)},
};

/* Advance the register over the eight bytes at p. The first four meet what the register holds, the
 * other four arrive after it has run empty; those are looked up first, as they need not wait. */
/*@ requires \valid_read(p + (0 .. 7));
    assigns \result \from state, p[0 .. 7]; */
static uint32_t advance_8_bytes(uint32_t state, const uint8_t *p)
{
    uint32_t tail = SLICE[3][p[4]] ^ SLICE[2][p[5]] ^ SLICE[1][p[6]] ^ SLICE[0][p[7]];
    uint32_t head = state ^ vx_le32(p);

    return tail ^ SLICE[7][head & 0xffu] ^ SLICE[6][(head >> 8) & 0xffu] ^
           SLICE[5][(head >> 16) & 0xffu] ^ SLICE[4][head >> 24];
}

uint32_t vx_crc_state_portable(uint32_t state, const uint8_t *data, size_t len)
{
    const size_t words = len / 8;

    /*@ loop assigns i, state;
        loop variant words - i; */
    for (size_t i = 0; i < words; i++) {
        state = advance_8_bytes(state, data + 8 * i);
    }
    /*@ loop assigns i, state;
        loop variant len - i; */
    for (size_t i = 8 * words; i < len; i++) { /* at most 7 */
        state = (state >> 8) ^ SLICE[0][(state ^ data[i]) & 0xffu];
    }
    return state;
}

uint32_t vx_crc32c(enum vx_crc_kind kind, uint32_t crc, const uint8_t *data, size_t len)
{
    if (kind == VX_CRC_PCLMUL) {
        return ~vx_crc_state_pclmul(~crc, data, len);
    }
    if (kind == VX_CRC_SSE42) {
        return ~vx_crc_state_sse42(~crc, data, len);
    }
    return ~vx_crc_state_portable(~crc, data, len); /* right on every host, for any kind */
}

uint32_t vx_crc32c_structure(enum vx_crc_kind kind, const uint8_t *bytes, size_t len)
{
    static const uint8_t ZERO[VX_CRC_FIELD_BYTES] = {0};
    const size_t behind = VX_CRC_FIELD_POS + VX_CRC_FIELD_BYTES;
    uint32_t crc = vx_crc32c(kind, 0, bytes, VX_CRC_FIELD_POS);

    crc = vx_crc32c(kind, crc, ZERO, sizeof(ZERO));
    return vx_crc32c(kind, crc, bytes + behind, len - behind);
}
