/* CRC-32C: every kernel the host can run, against the bitwise definition written out below and
 * against an implementation that is not ours. */
#include "parser/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <isa-l/crc.h>

#include "parser/base.h"

enum { BIG_BYTES = 1024 * 1024, ALIGNMENTS = 8, SHORT_MAX = 600 };

static const enum vx_crc_kind KINDS[] = {VX_CRC_PORTABLE, VX_CRC_SSE42, VX_CRC_PCLMUL};

/* This host can run each of KINDS up to this one. */
static enum vx_crc_kind best;

/* Pseudo-random bytes, the same on every run, plus room to misalign the largest length. */
static uint8_t noise[BIG_BYTES + ALIGNMENTS];

static int ask_host_and_fill_noise(void **state)
{
    uint32_t x = 1;

    (void)state;
    best = vx_crc32c_best();
    for (size_t i = 0; i < sizeof(noise); i++) {
        x = (uint32_t)((UINT64_C(48271) * x) % 0x7fffffffu);
        noise[i] = (uint8_t)((x >> 8) & 0xffu);
    }
    return 0;
}

/* The definition: the register, one message bit at a time. */
static uint32_t state_bitwise(uint32_t state, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        state ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            state = (state >> 1) ^ ((state & 1u) != 0 ? 0x82f63b78u : 0u);
        }
    }
    return state;
}

static uint32_t crc_bitwise(const uint8_t *data, size_t len)
{
    return ~state_bitwise(~0u, data, len);
}

/* The other implementation works on the bare register. It reads only, const or not. */
static uint32_t crc_other(uint8_t *data, size_t len)
{
    return ~crc32_iscsi(data, (int)len, ~0u);
}

static void expect_crc(enum vx_crc_kind kind, const uint8_t *data, size_t len, uint32_t want)
{
    const uint32_t got = vx_crc32c(kind, 0, data, len);

    if (got != want) {
        fail_msg("kind %d, %zu bytes at address %% 8 = %zu: got %08x, want %08x", (int)kind, len,
                 (size_t)((uintptr_t)data % 8), got, want);
    }
}

/* The same for every kind up to the best of this host. */
static void expect_all(const uint8_t *data, size_t len, uint32_t want)
{
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        expect_crc(KINDS[k], data, len, want);
    }
}

/* What the compiler's own run-time library says about this host. */
static enum vx_crc_kind best_by_compiler(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2") != 0) {
        return __builtin_cpu_supports("pclmul") != 0 ? VX_CRC_PCLMUL : VX_CRC_SSE42;
    }
#endif
    return VX_CRC_PORTABLE;
}

static void test_best__this_host__agrees_with_the_compiler(void **state)
{
    (void)state;
    assert_int_equal(best, best_by_compiler());
    assert_int_equal(vx_crc32c_best(), best); /* asking changes nothing */
}

static void test_crc32c__published_vectors__match(void **state)
{
    uint8_t block[32] = {0};

    (void)state;
    expect_all((const uint8_t *)"123456789", 9, 0xe3069283u);
    expect_all(block, sizeof(block), 0x8a9136aau);
    memset(block, 0xff, sizeof(block));
    expect_all(block, sizeof(block), 0x62a8ab43u);
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = (uint8_t)i;
    }
    expect_all(block, sizeof(block), 0x46dd794eu);
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = (uint8_t)(31 - i);
    }
    expect_all(block, sizeof(block), 0x113fdb5cu);
}

static void test_crc32c__no_bytes__returns_crc_unchanged(void **state)
{
    (void)state;
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        assert_int_equal(vx_crc32c(KINDS[k], 0, NULL, 0), 0);
        assert_int_equal(vx_crc32c(KINDS[k], 0xe3069283u, NULL, 0), 0xe3069283u);
        assert_int_equal(vx_crc32c(KINDS[k], ~0u, noise, 0), ~0u);
    }
}

/* Each message ends where its memory ends, so that a checking build sees any read past it. */
static void test_crc32c__every_short_length_and_alignment__is_the_definition(void **state)
{
    (void)state;
    for (size_t len = 0; len <= SHORT_MAX; len++) {
        for (size_t skew = 0; skew < ALIGNMENTS; skew++) {
            uint8_t *memory = malloc(skew + len + (skew + len == 0 ? 1 : 0));

            assert_non_null(memory);
            memcpy(memory + skew, noise + 16 * skew, len);
            expect_all(memory + skew, len, crc_bitwise(memory + skew, len));
            free(memory);
        }
    }
}

/* From a zero register, eight bytes of which one is not zero read one table entry. */
static void test_crc32c__one_byte_of_eight_set__is_the_table_definition(void **state)
{
    (void)state;
    for (unsigned int slice = 0; slice < 8; slice++) {
        for (unsigned int value = 0; value < 256; value++) {
            uint8_t message[8] = {0};

            message[7 - slice] = (uint8_t)value;
            assert_int_equal(vx_crc32c(VX_CRC_PORTABLE, ~0u, message, sizeof(message)),
                             ~state_bitwise(0, message, sizeof(message)));
        }
    }
}

/* Around the ends of the blocks that kernels work in, and around the sizes of the format. */
static void test_crc32c__around_block_ends__matches_other_implementation(void **state)
{
    static const size_t centers[] = {504, 1008, 4032, 4080, 4096, 4584, 8160, 8192, 65536, 69616};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(centers); i++) {
        for (size_t len = centers[i] - 17; len <= centers[i] + 17; len++) {
            for (size_t skew = 0; skew < ALIGNMENTS; skew++) {
                expect_all(noise + skew, len, crc_other(noise + skew, len));
            }
        }
    }
}

static void test_crc32c__lengths_up_to_a_mib__match_other_implementation(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 9000; len += 7) {
        expect_all(noise + len % ALIGNMENTS, len, crc_other(noise + len % ALIGNMENTS, len));
    }
    for (size_t len = 1; len <= BIG_BYTES; len += len / 3 + 1) {
        expect_all(noise + len % ALIGNMENTS, len, crc_other(noise + len % ALIGNMENTS, len));
    }
    expect_all(noise, BIG_BYTES, crc_other(noise, BIG_BYTES));
    expect_all(noise, BIG_BYTES, crc_bitwise(noise, BIG_BYTES));
}

static void expect_split(enum vx_crc_kind kind, size_t first, size_t second, size_t len,
                         uint32_t want)
{
    uint32_t crc = vx_crc32c(kind, 0, noise, first);

    crc = vx_crc32c(kind, crc, noise + first, second);
    crc = vx_crc32c(kind, crc, noise + first + second, len - first - second);
    if (crc != want) {
        fail_msg("kind %d, pieces %zu + %zu of %zu bytes: got %08x, want %08x", (int)kind, first,
                 second, len, crc, want);
    }
}

static void test_crc32c__fed_in_pieces__equals_one_call(void **state)
{
    enum { TINY = 40, SECTOR = 4096 };
    const uint32_t tiny_crc = crc_bitwise(noise, TINY);
    const uint32_t sector_crc = crc_bitwise(noise, SECTOR);

    (void)state;
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        for (size_t first = 0; first <= TINY; first++) {
            for (size_t second = 0; second <= TINY - first; second++) {
                expect_split(KINDS[k], first, second, TINY, tiny_crc);
            }
        }
        for (size_t first = 0; first <= SECTOR; first++) {
            expect_split(KINDS[k], first, 0, SECTOR, sector_crc);
        }
    }
}

static void test_crc32c__kinds_changed_between_pieces__equals_one_call(void **state)
{
    const uint32_t want = crc_bitwise(noise, 9000);

    (void)state;
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        uint32_t crc = vx_crc32c(KINDS[k], 0, noise, 4801);

        crc = vx_crc32c(VX_CRC_PORTABLE, crc, noise + 4801, 9000 - 4801);
        assert_int_equal(crc, want);
    }
}

/* By what the format says: fill in zeros, then take the CRC of everything. */
static void test_structure__any_length__counts_its_own_field_as_zero(void **state)
{
    static const size_t lengths[] = {8, 9, 64, 4096, 65536};
    static uint8_t zeroed[65536];

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(lengths); i++) {
        memcpy(zeroed, noise, lengths[i]);
        memset(zeroed + 4, 0, 4);
        for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
            assert_int_equal(vx_crc32c_structure(KINDS[k], noise, lengths[i]),
                             crc_bitwise(zeroed, lengths[i]));
        }
    }
}

/* A log entry: its first sector, then the others. */
static void test_structure__first_part__the_rest_chains(void **state)
{
    enum { SECTOR = 4096 };
    uint8_t zeroed[2 * SECTOR];

    (void)state;
    memcpy(zeroed, noise, sizeof(zeroed));
    memset(zeroed + 4, 0, 4);
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        uint32_t crc = vx_crc32c_structure(KINDS[k], noise, SECTOR);

        crc = vx_crc32c(KINDS[k], crc, noise + SECTOR, SECTOR);
        assert_int_equal(crc, crc_bitwise(zeroed, sizeof(zeroed)));
    }
}

/* Only the field's own four bytes do not matter. */
static void test_structure__one_byte_changed__matters_unless_in_the_field(void **state)
{
    enum { BYTES = 64 };
    uint8_t bytes[BYTES];

    (void)state;
    memcpy(bytes, noise, sizeof(bytes));
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        const uint32_t sound = vx_crc32c_structure(KINDS[k], bytes, BYTES);

        for (size_t i = 0; i < BYTES; i++) {
            bytes[i] ^= 0x10u;
            assert_int_equal(vx_crc32c_structure(KINDS[k], bytes, BYTES) == sound, i / 4 == 1);
            bytes[i] ^= 0x10u;
        }
    }
}

static void test_crc32c__one_bit_of_any_byte_flipped__changes_the_result(void **state)
{
    enum { SECTOR = 4096 };
    uint8_t sector[SECTOR];

    (void)state;
    memcpy(sector, noise, sizeof(sector));
    for (size_t k = 0; k < VX_COUNT_OF(KINDS) && KINDS[k] <= best; k++) {
        const uint32_t sound = vx_crc32c(KINDS[k], 0, sector, sizeof(sector));

        for (size_t i = 0; i < sizeof(sector); i++) {
            sector[i] ^= (uint8_t)(1u << (i % 8));
            assert_int_not_equal(vx_crc32c(KINDS[k], 0, sector, sizeof(sector)), sound);
            sector[i] ^= (uint8_t)(1u << (i % 8));
        }
    }
}

static void test_crc32c__unknown_kind__falls_back_to_portable(void **state)
{
    static const int fills[] = {0x01, 0x7f};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(fills); i++) {
        enum vx_crc_kind unknown = VX_CRC_PORTABLE;

        memset(&unknown, fills[i], sizeof(unknown));
        expect_crc(unknown, (const uint8_t *)"123456789", 9, 0xe3069283u);
        expect_crc(unknown, noise, 5000, crc_other(noise, 5000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best__this_host__agrees_with_the_compiler),
        cmocka_unit_test(test_crc32c__published_vectors__match),
        cmocka_unit_test(test_crc32c__no_bytes__returns_crc_unchanged),
        cmocka_unit_test(test_crc32c__every_short_length_and_alignment__is_the_definition),
        cmocka_unit_test(test_crc32c__one_byte_of_eight_set__is_the_table_definition),
        cmocka_unit_test(test_crc32c__around_block_ends__matches_other_implementation),
        cmocka_unit_test(test_crc32c__lengths_up_to_a_mib__match_other_implementation),
        cmocka_unit_test(test_crc32c__fed_in_pieces__equals_one_call),
        cmocka_unit_test(test_crc32c__kinds_changed_between_pieces__equals_one_call),
        cmocka_unit_test(test_structure__any_length__counts_its_own_field_as_zero),
        cmocka_unit_test(test_structure__first_part__the_rest_chains),
        cmocka_unit_test(test_structure__one_byte_changed__matters_unless_in_the_field),
        cmocka_unit_test(test_crc32c__one_bit_of_any_byte_flipped__changes_the_result),
        cmocka_unit_test(test_crc32c__unknown_kind__falls_back_to_portable),
    };

    return cmocka_run_group_tests_name("crc32c", tests, ask_host_and_fill_noise, NULL);
}
