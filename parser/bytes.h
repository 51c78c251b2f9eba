/* The leaf: every offset computation that relates two unknown numbers, every decode of
 * little-endian bytes, and every access to borrowed image memory goes through this header.
 *
 * Each function carries an ACSL contract. A prover shows every one of them right for all
 * arguments (`make prove`); the rest of the parser is then analysed against the contracts
 * alone. Keep functions here total: any argument gives a defined answer. */
#ifndef VX_PARSER_BYTES_H
#define VX_PARSER_BYTES_H

#include "parser/base.h"

/* Is [offset, offset + len) inside [0, size)? Subtracts, never adds: cannot wrap. */
/*@ assigns \result \from offset, len, size;
    ensures \result == 0 || \result == 1;
    ensures (\result == 1) <==> (offset <= size && len <= size - offset); */
static inline bool vx_within(uint64_t offset, uint64_t len, uint64_t size)
{
    return offset <= size && len <= size - offset;
}

/* a + b, or false and *sum = 0 when it does not fit 64 bits. */
/*@ requires \valid(sum);
    assigns *sum \from a, b;
    assigns \result \from a, b;
    ensures \result == 0 || \result == 1;
    ensures (\result == 1) <==> (a + b <= 0xFFFFFFFFFFFFFFFF);
    ensures \result == 1 ==> *sum == a + b;
    ensures \result == 0 ==> *sum == 0; */
VX_MUST_USE static inline bool vx_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    if (b > UINT64_MAX - a) {
        *sum = 0;
        return false;
    }
    *sum = a + b;
    return true;
}

/* a + b, or 2^64 - 1 when it does not fit. Only for ends of ranges and for counters. */
/*@ assigns \result \from a, b;
    ensures a + b <= 0xFFFFFFFFFFFFFFFF ==> \result == a + b;
    ensures a + b > 0xFFFFFFFFFFFFFFFF ==> \result == 0xFFFFFFFFFFFFFFFF; */
static inline uint64_t vx_add_sat(uint64_t a, uint64_t b)
{
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

/* a - b, or 0 when b is greater. */
/*@ assigns \result \from a, b;
    ensures a >= b ==> \result == a - b;
    ensures a < b ==> \result == 0;
    ensures \result <= a; */
static inline uint64_t vx_sub_sat(uint64_t a, uint64_t b)
{
    return a >= b ? a - b : 0;
}

/*@ assigns \result \from a, b;
    ensures \result <= a && \result <= b;
    ensures \result == a || \result == b; */
static inline uint64_t vx_min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*@ assigns \result \from a, b;
    ensures \result >= a && \result >= b;
    ensures \result == a || \result == b; */
static inline uint64_t vx_max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* a / b; 0 when b is 0. */
/*@ assigns \result \from a, b;
    ensures b == 0 ==> \result == 0;
    ensures b != 0 ==> \result == a / b;
    ensures \result <= a; */
static inline uint64_t vx_div(uint64_t a, uint64_t b)
{
    return b == 0 ? 0 : a / b;
}

/* a mod b; 0 when b is 0. */
/*@ assigns \result \from a, b;
    ensures b == 0 ==> \result == 0;
    ensures b != 0 ==> \result == a % b;
    ensures \result <= a;
    ensures b != 0 ==> \result < b; */
static inline uint64_t vx_mod(uint64_t a, uint64_t b)
{
    return b == 0 ? 0 : a % b;
}

/* a / b rounded up; 0 when b is 0. */
/*@ assigns \result \from a, b;
    ensures b == 0 ==> \result == 0;
    ensures b != 0 && a % b == 0 ==> \result == a / b;
    ensures b != 0 && a % b != 0 ==> \result == a / b + 1;
    ensures \result <= a; */
static inline uint64_t vx_div_up(uint64_t a, uint64_t b)
{
    if (b == 0) {
        return 0;
    }
    return a % b == 0 ? a / b : a / b + 1;
}

/* Do [a_begin, a_end) and [b_begin, b_end) share a byte? An empty range shares nothing. */
/*@ assigns \result \from a_begin, a_end, b_begin, b_end;
    ensures \result == 0 || \result == 1;
    ensures (\result == 1) <==> (\exists integer i;
        a_begin <= i < a_end && b_begin <= i < b_end); */
static inline bool vx_overlap(uint64_t a_begin, uint64_t a_end, uint64_t b_begin, uint64_t b_end)
{
    uint64_t begin = a_begin > b_begin ? a_begin : b_begin;
    uint64_t end = a_end < b_end ? a_end : b_end;

    /*@ assert begin < end ==> (a_begin <= begin < a_end && b_begin <= begin < b_end); */
    return begin < end;
}

/* What a left shift is, which the provers have to be told step by step. */
/*@ logic integer left_1(integer x) = x << 1;
    logic integer left_2(integer x) = x << 2;
    logic integer left_4(integer x) = x << 4;
    logic integer left_8(integer x) = x << 8;
    logic integer left_16(integer x) = x << 16;
    lemma shift_1: \forall integer x; (x << 1) == 2 * x;
    lemma join_2: \forall integer x; left_1(left_1(x)) == (x << 2);
    lemma shift_2: \forall integer x; (x << 2) == 4 * x;
    lemma join_4: \forall integer x; left_2(left_2(x)) == (x << 4);
    lemma shift_4: \forall integer x; (x << 4) == 0x10 * x;
    lemma join_8: \forall integer x; left_4(left_4(x)) == (x << 8);
    lemma shift_8: \forall integer x; (x << 8) == 0x100 * x;
    lemma join_16: \forall integer x; left_8(left_8(x)) == (x << 16);
    lemma shift_16: \forall integer x; (x << 16) == 0x10000 * x;
    lemma join_24: \forall integer x; left_8(left_16(x)) == (x << 24);
    lemma shift_24: \forall integer x; (x << 24) == 0x1000000 * x;
    lemma join_32: \forall integer x; left_16(left_16(x)) == (x << 32);
    lemma shift_32: \forall integer x; (x << 32) == 0x100000000 * x; */

/* Shifts and sums: what compilers know to be one load. */
/*@ requires \valid_read(p + (0 .. 1));
    assigns \result \from p[0 .. 1];
    ensures \result == p[0] + 256 * p[1]; */
static inline uint16_t vx_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] + 256 * p[1]);
}

/*@ requires \valid_read(p + (0 .. 3));
    assigns \result \from p[0 .. 3];
    ensures \result == p[0] + 0x100 * p[1] + 0x10000 * p[2] + 0x1000000 * p[3]; */
static inline uint32_t vx_le32(const uint8_t *p)
{
    return (uint32_t)p[0] + ((uint32_t)p[1] << 8) + ((uint32_t)p[2] << 16) + ((uint32_t)p[3] << 24);
}

/*@ requires \valid_read(p + (0 .. 7));
    assigns \result \from p[0 .. 7];
    ensures \result == p[0] + 0x100 * p[1] + 0x10000 * p[2] + 0x1000000 * p[3] +
        0x100000000 * (p[4] + 0x100 * p[5] + 0x10000 * p[6] + 0x1000000 * p[7]); */
static inline uint64_t vx_le64(const uint8_t *p)
{
    return (uint64_t)vx_le32(p) + ((uint64_t)vx_le32(p + 4) << 32);
}

/* Are all len bytes at p zero? */
/*@ requires \valid_read(p + (0 .. len - 1));
    assigns \result \from p[0 .. len - 1];
    ensures \result == 0 || \result == 1;
    ensures (\result == 1) <==> (\forall integer i; 0 <= i < len ==> p[i] == 0); */
static inline bool vx_all_zero(const uint8_t *p, size_t len)
{
    /*@ loop invariant 0 <= i <= len;
        loop invariant \forall integer k; 0 <= k < i ==> p[k] == 0;
        loop assigns i;
        loop variant len - i; */
    for (size_t i = 0; i < len; i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Copy len bytes at offset out of borrowed image memory of size bytes. Copies nothing and
 * returns false when the range is not inside. This is the only access to a memory image. */
/*@ requires \valid_read(bytes + (0 .. size - 1)) || size == 0;
    requires \valid(dst + (0 .. len - 1)) || len == 0;
    requires \separated(dst + (0 .. len - 1), bytes + (0 .. size - 1));
    assigns dst[0 .. len - 1] \from bytes[0 .. size - 1], offset, size;
    assigns \result \from offset, len, size;
    ensures \result == 0 || \result == 1;
    ensures (\result == 1) <==> (offset <= size && len <= size - offset); */
VX_MUST_USE static inline bool vx_copy(const uint8_t *bytes, uint64_t size, uint64_t offset,
                                       uint8_t *dst, size_t len)
{
    if (!vx_within(offset, len, size)) {
        return false;
    }
    if (len > 0) {
        memcpy(dst, bytes + offset, len);
    }
    return true;
}

/* Set byte `at` of a buffer of size bytes; nothing when that is outside. */
/*@ requires size == 0 || \valid(dst + (0 .. size - 1));
    assigns dst[0 .. size - 1] \from at, byte;
    ensures at < size ==> dst[at] == byte; */
static inline void vx_put(uint8_t *dst, size_t size, uint64_t at, uint8_t byte)
{
    if (at < size) {
        dst[at] = byte;
    }
}

/* Zero the bytes [at, at + len) of a buffer of size bytes, as far as they are inside. */
/*@ requires size == 0 || \valid(dst + (0 .. size - 1));
    assigns dst[0 .. size - 1] \from at, len;
    ensures \forall integer i; at <= i < at + len && i < size ==> dst[i] == 0; */
static inline void vx_zero(uint8_t *dst, size_t size, uint64_t at, uint64_t len)
{
    uint64_t end = at < size && len <= size - at ? at + len : size;

    /*@ loop invariant at <= i;
        loop invariant \forall integer k; at <= k < i && k < size ==> dst[k] == 0;
        loop assigns i, dst[0 .. size - 1];
        loop variant end - i; */
    for (uint64_t i = at; i < end; i++) {
        dst[i] = 0;
    }
}

/* A bitmap is an array of 64-bit words; bit b is bit b % 64 of word b / 64. Bits outside the
 * words read as zero and cannot be set, so no caller has to relate a bit to the word count. */

/* Set the bits [first, first + count) and tell whether any of them was set before.
 * At most count / 64 + 2 steps. */
/*@ requires \valid(words + (0 .. word_count - 1));
    assigns words[0 .. word_count - 1] \from words[0 .. word_count - 1], first, count;
    assigns \result \from words[0 .. word_count - 1], first, count, word_count;
    ensures \result == 0 || \result == 1; */
static inline bool vx_bits_claim(uint64_t *words, uint64_t word_count, uint64_t first,
                                 uint64_t count)
{
    uint64_t seen = 0;
    uint64_t bit = first;
    uint64_t left = count;

    /*@ loop invariant left <= count;
        loop assigns bit, left, seen, words[0 .. word_count - 1];
        loop variant left; */
    while (left > 0 && bit / 64 < word_count) {
        uint64_t room = 64 - bit % 64;
        uint64_t take = left < room ? left : room;
        uint64_t below = (UINT64_MAX >> 1) >> (63 - bit % 64); /* bits before the first */
        uint64_t mask = (UINT64_MAX >> (room - take)) ^ below;

        seen |= words[bit / 64] & mask;
        words[bit / 64] |= mask;
        left -= take;
        if (bit > UINT64_MAX - take) {
            break;
        }
        bit += take;
    }
    return seen != 0;
}

/* Set bit `bit` and tell whether it was set before. */
/*@ requires \valid(words + (0 .. word_count - 1));
    assigns words[0 .. word_count - 1] \from words[0 .. word_count - 1], bit;
    assigns \result \from words[0 .. word_count - 1], bit, word_count;
    ensures \result == 0 || \result == 1; */
static inline bool vx_bits_claim_one(uint64_t *words, uint64_t word_count, uint64_t bit)
{
    uint64_t mask = (UINT64_MAX / 2 + 1) >> (63 - bit % 64);
    bool was_set = false;

    if (bit / 64 < word_count) {
        was_set = (words[bit / 64] & mask) != 0;
        words[bit / 64] |= mask;
    }
    return was_set;
}

/* Is bit `bit` set? */
/*@ requires \valid_read(words + (0 .. word_count - 1));
    assigns \result \from words[0 .. word_count - 1], bit, word_count;
    ensures \result == 0 || \result == 1; */
static inline bool vx_bits_test(const uint64_t *words, uint64_t word_count, uint64_t bit)
{
    return bit / 64 < word_count && ((words[bit / 64] >> (bit % 64)) & 1u) != 0;
}

#endif
