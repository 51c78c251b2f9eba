/* The leaf functions at and around their limits, and against wider arithmetic. */
#include "parser/bytes.h"

#include "tests/support/unit.h"

static const uint64_t EDGE[] = {0,
                                1,
                                2,
                                63,
                                64,
                                65,
                                UINT32_MAX,
                                UINT64_C(1) << 32,
                                (UINT64_C(1) << 63) - 1,
                                UINT64_C(1) << 63,
                                (UINT64_C(1) << 63) + 1,
                                UINT64_MAX - 1,
                                UINT64_MAX};
enum { EDGES = sizeof(EDGE) / sizeof(EDGE[0]) };

/* a + b <= c in 65 bits, by halves. */
static bool sum_at_most(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t low = (a & 1) + (b & 1);
    const uint64_t half = a / 2 + b / 2 + low / 2; /* (a + b) / 2, fits */

    return half < c / 2 || (half == c / 2 && low % 2 <= c % 2);
}

static void test_within__all_edges__as_the_sum_in_65_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        for (size_t k = 0; k < EDGES; k++) {
            for (size_t s = 0; s < EDGES; s++) {
                assert_int_equal(vx_within(EDGE[i], EDGE[k], EDGE[s]),
                                 sum_at_most(EDGE[i], EDGE[k], EDGE[s]));
            }
        }
    }
}

static void test_arithmetic__all_edges__as_defined(void **state)
{
    (void)state;
    for (size_t i = 0; i < EDGES; i++) {
        for (size_t k = 0; k < EDGES; k++) {
            const uint64_t a = EDGE[i];
            const uint64_t b = EDGE[k];
            const bool fits = sum_at_most(a, b, UINT64_MAX);
            uint64_t sum = 77;

            assert_int_equal(vx_add(a, b, &sum), fits);
            assert_true(fits ? sum - b == a && sum >= b : sum == 0);
            assert_true(vx_add_sat(a, b) == (fits ? sum : UINT64_MAX));
            assert_true(vx_sub_sat(a, b) == (a > b ? a - b : 0));
            assert_true(vx_min(a, b) == (a < b ? a : b));
            assert_true(vx_max(a, b) == (a < b ? b : a));
            assert_true(vx_div(a, b) == (b == 0 ? 0 : a / b));
            assert_true(vx_mod(a, b) == (b == 0 ? 0 : a % b));
            assert_true(vx_div_up(a, b) == (b == 0 ? 0 : a / b + (a % b != 0 ? 1 : 0)));
        }
    }
}

static void test_overlap__all_small_ranges__as_the_bytes_they_share(void **state)
{
    (void)state;
    for (uint64_t code = 0; code < 5 * 5 * 5 * 5; code++) {
        const uint64_t a = code % 5;
        const uint64_t a_end = code / 5 % 5;
        const uint64_t b = code / 25 % 5;
        const uint64_t b_end = code / 125;
        bool shares = false;

        for (uint64_t at = 0; at < 5; at++) {
            shares = shares || (at >= a && at < a_end && at >= b && at < b_end);
        }
        assert_int_equal(vx_overlap(a, a_end, b, b_end), shares);
    }
    assert_true(vx_overlap(0, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX));
    assert_false(vx_overlap(UINT64_MAX, UINT64_MAX, 0, UINT64_MAX));
}

static void test_le__every_byte__at_its_place(void **state)
{
    uint8_t bytes[9] = {0xff, 1, 2, 3, 4, 5, 6, 0xf7, 0xff};

    (void)state;
    assert_int_equal(vx_le16(bytes), 0x01ff);
    assert_int_equal(vx_le16(bytes + 7), 0xfff7);
    assert_int_equal(vx_le32(bytes + 1), 0x04030201);
    assert_int_equal(vx_le32(bytes + 5), 0xfff70605u);
    assert_true(vx_le64(bytes + 1) == UINT64_C(0xfff7060504030201));
    memset(bytes, 0xff, sizeof(bytes));
    assert_true(vx_le64(bytes) == UINT64_MAX);
    assert_true(vx_le32(bytes) == UINT32_MAX);
}

static void test_all_zero__one_bit_anywhere__is_seen(void **state)
{
    uint8_t bytes[20] = {0};

    (void)state;
    assert_true(vx_all_zero(bytes, 0));
    assert_true(vx_all_zero(bytes, sizeof(bytes)));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = 0x80;
        assert_false(vx_all_zero(bytes, sizeof(bytes)));
        assert_true(vx_all_zero(bytes, i));
        bytes[i] = 0;
    }
}

static void test_copy__at_and_beyond_the_end__only_whole_ranges(void **state)
{
    const uint8_t from[4] = {1, 2, 3, 4};
    uint8_t to[5];

    (void)state;
    for (uint64_t offset = 0; offset < 6; offset++) {
        for (size_t len = 0; len < 6; len++) {
            const bool fits = offset + len <= 4;

            memset(to, 0xee, sizeof(to));
            if (len > sizeof(to)) {
                continue;
            }
            assert_int_equal(vx_copy(from, 4, offset, to, len), fits);
            for (size_t i = 0; i < sizeof(to); i++) {
                assert_int_equal(to[i], fits && i < len ? from[offset + i] : 0xee);
            }
        }
    }
    assert_false(vx_copy(from, 4, UINT64_MAX, to, 1));
    assert_false(vx_copy(from, 4, UINT64_MAX, to, 2));
    assert_false(vx_copy(from, 4, 2, to, SIZE_MAX));
}

static void test_put__inside_and_outside__sets_one_byte_or_none(void **state)
{
    static const uint64_t outside[] = {4, 5, UINT64_C(1) << 32, UINT64_MAX};
    uint8_t bytes[5];

    (void)state;
    for (uint64_t at = 0; at < 4; at++) {
        memset(bytes, 0xee, sizeof(bytes));
        vx_put(bytes, 4, at, 0x11);
        for (size_t i = 0; i < sizeof(bytes); i++) {
            assert_int_equal(bytes[i], i == at ? 0x11 : 0xee);
        }
    }
    memset(bytes, 0xee, sizeof(bytes));
    for (size_t i = 0; i < VX_COUNT_OF(outside); i++) {
        vx_put(bytes, 4, outside[i], 0x11);
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        assert_int_equal(bytes[i], 0xee);
    }
}

static void test_zero__every_range__as_far_as_it_is_inside(void **state)
{
    static const uint64_t edge[] = {0, 1, 2, 3, 4, 5, 6, UINT64_MAX - 4, UINT64_MAX};
    uint8_t bytes[6];

    (void)state;
    for (size_t a = 0; a < VX_COUNT_OF(edge); a++) {
        for (size_t l = 0; l < VX_COUNT_OF(edge); l++) {
            memset(bytes, 0xee, sizeof(bytes));
            vx_zero(bytes, 5, edge[a], edge[l]);
            for (size_t i = 0; i < sizeof(bytes); i++) {
                const bool is_zeroed = i < 5 && i >= edge[a] && i - edge[a] < edge[l];

                assert_int_equal(bytes[i], is_zeroed ? 0 : 0xee);
            }
        }
    }
}

/* One bit at a time, bits outside the words ignored. */
static bool claim_naive(uint64_t *words, uint64_t word_count, uint64_t first, uint64_t count)
{
    bool seen = false;

    for (uint64_t bit = first; bit < 64 * word_count && bit - first < count; bit++) {
        seen = seen || (words[bit / 64] >> (bit % 64) & 1) != 0;
        words[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    return seen;
}

static void test_bits_claim__every_range_of_three_words__as_bit_by_bit(void **state)
{
    (void)state;
    for (uint64_t first = 0; first < 200; first++) {
        for (uint64_t count = 0; count < 200; count++) {
            uint64_t words[3] = {UINT64_C(1) << (first % 64), 0, UINT64_C(1) << (count % 64)};
            uint64_t naive[3] = {words[0], words[1], words[2]};

            assert_int_equal(vx_bits_claim(words, 3, first, count),
                             claim_naive(naive, 3, first, count));
            assert_memory_equal(words, naive, sizeof(words));
        }
    }
}

static void test_bits_claim__ranges_beyond_all_words__set_nothing(void **state)
{
    uint64_t words[2] = {0, 0};

    (void)state;
    assert_false(vx_bits_claim(words, 2, UINT64_MAX, UINT64_MAX));
    assert_false(vx_bits_claim(words, 2, UINT64_MAX - 63, 64));
    assert_false(vx_bits_claim(words, 2, 128, UINT64_MAX));
    assert_false(vx_bits_claim(words, 0, 0, 1));
    assert_true(words[0] == 0 && words[1] == 0);
    assert_false(vx_bits_claim(words, 2, 127, UINT64_MAX));
    assert_true(words[1] == UINT64_C(1) << 63);
    assert_true(vx_bits_claim(words, 2, 0, UINT64_MAX));
    assert_true(words[0] == UINT64_MAX && words[1] == UINT64_MAX);
}

/* The words behind the first three are not the bitmap's. */
static void test_bits_claim_one__every_bit__as_a_range_of_one(void **state)
{
    (void)state;
    for (uint64_t bit = 0; bit < 300; bit++) {
        uint64_t words[5] = {0};
        uint64_t naive[5] = {0};

        for (unsigned times = 0; times < 2; times++) {
            assert_int_equal(vx_bits_claim_one(words, 3, bit), claim_naive(naive, 3, bit, 1));
            assert_memory_equal(words, naive, sizeof(words));
        }
        assert_int_equal(vx_bits_claim_one(words, 3, bit ^ 1), false);
    }
    assert_false(vx_bits_claim_one(NULL, 0, 0));
    assert_false(vx_bits_claim_one(NULL, 0, UINT64_MAX));
}

static void test_bits_test__inside_and_outside__reads_the_bit(void **state)
{
    const uint64_t words[3] = {UINT64_C(1) << 63, UINT64_C(3) << 62 | 1, UINT64_MAX};

    (void)state;
    for (uint64_t bit = 0; bit < 192; bit++) {
        assert_int_equal(vx_bits_test(words, 2, bit),
                         bit == 63 || bit == 64 || bit == 126 || bit == 127);
    }
    assert_false(vx_bits_test(words, 2, UINT64_MAX));
    assert_false(vx_bits_test(words, 0, 63));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_within__all_edges__as_the_sum_in_65_bits),
        cmocka_unit_test(test_arithmetic__all_edges__as_defined),
        cmocka_unit_test(test_overlap__all_small_ranges__as_the_bytes_they_share),
        cmocka_unit_test(test_le__every_byte__at_its_place),
        cmocka_unit_test(test_all_zero__one_bit_anywhere__is_seen),
        cmocka_unit_test(test_copy__at_and_beyond_the_end__only_whole_ranges),
        cmocka_unit_test(test_put__inside_and_outside__sets_one_byte_or_none),
        cmocka_unit_test(test_zero__every_range__as_far_as_it_is_inside),
        cmocka_unit_test(test_bits_claim__every_range_of_three_words__as_bit_by_bit),
        cmocka_unit_test(test_bits_claim__ranges_beyond_all_words__set_nothing),
        cmocka_unit_test(test_bits_claim_one__every_bit__as_a_range_of_one),
        cmocka_unit_test(test_bits_test__inside_and_outside__reads_the_bit),
    };

    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
