/* Claims: every bitmap size against the naive comparison of all pairs. */
#include "parser/claims.h"

#include "tests/support/naive_claims.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { CLAIMS_MAX = 600, WORDS_MAX = 4096 };

static void expect_planes_as_naive(const struct vx_claim *all, size_t count, uint64_t block_mib,
                                   uint64_t word_count, bool has_bitmaps)
{
    struct vx_claims *claims = malloc(sizeof(*claims));
    uint64_t *words = malloc((size_t)word_count * sizeof(*words));
    const char *difference = NULL;
    size_t passes = 0;

    assert_non_null(claims);
    assert_non_null(words);
    memset(words, 0x5a, (size_t)word_count * sizeof(*words)); /* content is irrelevant */
    assert_int_equal(vx_claims_init(claims, words, word_count, block_mib, has_bitmaps), VX_OK);
    difference = naive_claims_difference(claims, all, all, count, &passes);
    if (difference != NULL) {
        fail_msg("it must hold that %s", difference);
    }
    free(words);
    free(claims);
}

static void expect_as_naive(const struct vx_claim *all, size_t count, uint64_t block_mib,
                            uint64_t word_count)
{
    expect_planes_as_naive(all, count, block_mib, word_count, false);
    expect_planes_as_naive(all, count, block_mib, word_count, true);
}

/* Random claims on [1, span): payload blocks, and bitmap blocks of 1 MiB. */
static size_t make_random(uint32_t seed, uint64_t block_mib, uint64_t span, struct vx_claim *all)
{
    const size_t count = 20 + random_next(&seed) % (CLAIMS_MAX - 20);
    uint64_t index = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t dice = random_next(&seed) % 16;

        index += 1 + random_next(&seed) % 3;
        all[i] = (struct vx_claim){
            .index = index,
            .begin_mib = 1 + random_next(&seed) % span,
            .count_mib = dice == 0 ? 1 : block_mib,
            .number = i,
            .is_bitmap = dice == 0,
            .is_soft = dice == 1 || dice == 2,
        };
        if (dice == 3 && i > 0) { /* right at an earlier place, or one MiB beside it */
            all[i].begin_mib = all[i / 2].begin_mib + random_next(&seed) % 2;
        }
    }
    return count;
}

static void test_claims__random_tables_and_any_bitmap__as_the_naive_form(void **state)
{
    static const uint64_t block[] = {1, 2, 3, 8, 32, 255, 256};
    static const uint64_t words[] = {VX_CLAIM_WORDS_MIN, VX_CLAIM_WORDS_MIN + 1, 131, 200, 4096};
    static const uint64_t span[] = {600, 5000, 9000, 60000, 1000000};
    static struct vx_claim all[CLAIMS_MAX];
    uint32_t seed = 1;

    (void)state;
    for (size_t b = 0; b < VX_COUNT_OF(block); b++) {
        for (size_t s = 0; s < VX_COUNT_OF(span); s++) {
            const size_t count = make_random(++seed, block[b], span[s], all);

            for (size_t w = 0; w < VX_COUNT_OF(words); w++) {
                expect_as_naive(all, count, block[b], words[w]);
            }
        }
    }
}

/* Two blocks that overlap by one MiB, moved over the border between two windows. */
static void test_claims__overlap_across_a_window_border__is_found_once(void **state)
{
    static const uint64_t block[] = {2, 32, 256};

    (void)state;
    for (size_t b = 0; b < VX_COUNT_OF(block); b++) {
        for (uint64_t begin = 4096 - 2 * block[b] - 2; begin < 4098; begin++) {
            struct vx_claim all[3] = {
                {.index = 0, .begin_mib = 1, .count_mib = block[b]},
                {.index = 1, .begin_mib = begin + block[b] - 1, .count_mib = block[b]},
                {.index = 2, .begin_mib = begin, .count_mib = block[b]}};

            expect_as_naive(all, 3, block[b], VX_CLAIM_WORDS_MIN);
            all[1].begin_mib = begin;
            all[2].begin_mib = begin + block[b] - 1;
            expect_as_naive(all, 3, block[b], VX_CLAIM_WORDS_MIN);
            all[2].begin_mib = begin + block[b];
            expect_as_naive(all, 3, block[b], VX_CLAIM_WORDS_MIN);
        }
    }
}

static void test_claims__far_end_of_the_offset_field__as_the_naive_form(void **state)
{
    const uint64_t top = (UINT64_C(1) << 44) - 256;
    const struct vx_claim all[] = {
        {.index = 0, .begin_mib = top - 256, .count_mib = 256},
        {.index = 1, .begin_mib = 1, .count_mib = 256},
        {.index = 2, .begin_mib = top - 1, .count_mib = 256},
        {.index = 3, .begin_mib = top - 1, .count_mib = 256},
        {.index = 4, .begin_mib = UINT64_C(1) << 43, .count_mib = 256},
        {.index = 5, .begin_mib = 256, .count_mib = 1, .is_bitmap = true},
        {.index = 6, .begin_mib = top, .count_mib = 256, .is_soft = true},
    };

    (void)state;
    expect_as_naive(all, VX_COUNT_OF(all), 256, VX_CLAIM_WORDS_MIN);
    expect_as_naive(all, VX_COUNT_OF(all), 256, 999);
}

static void test_claims__more_collisions_than_are_kept__counted_and_the_first_kept(void **state)
{
    static struct vx_claim all[CLAIMS_MAX];

    (void)state;
    for (size_t i = 0; i < CLAIMS_MAX; i++) { /* pass order is the reverse of BAT order */
        all[i] = (struct vx_claim){
            .index = i, .begin_mib = 8 * (CLAIMS_MAX - i) / 2 * 50, .count_mib = 8};
    }
    expect_as_naive(all, CLAIMS_MAX, 8, VX_CLAIM_WORDS_MIN);
    expect_as_naive(all, CLAIMS_MAX, 8, WORDS_MAX);
}

static void test_claims_init__bad_arguments__are_refused(void **state)
{
    static uint64_t words[VX_CLAIM_WORDS_MIN];
    struct vx_claims *claims = malloc(sizeof(*claims));

    (void)state;
    assert_non_null(claims);
    assert_int_equal(vx_claims_init(claims, words, 0, 1, false), VX_E_WORKSPACE);
    assert_int_equal(vx_claims_init(claims, words, VX_CLAIM_WORDS_MIN - 1, 1, true),
                     VX_E_WORKSPACE);
    assert_int_equal(vx_claims_init(claims, words, VX_CLAIM_WORDS_MIN, 0, true), VX_E_USAGE);
    assert_int_equal(vx_claims_init(claims, words, VX_CLAIM_WORDS_MIN, 257, true), VX_E_USAGE);
    assert_int_equal(vx_claims_init(claims, words, VX_CLAIM_WORDS_MIN, 256, true), VX_OK);
    assert_int_equal(vx_claims_init(claims, words, VX_CLAIM_WORDS_MIN, 1, true), VX_OK);
    free(claims);
}

static void test_claims_need__max__covers_the_file_in_one_pass(void **state)
{
    static const uint64_t mib[] = {1, 4096, 8192, 100000, UINT64_C(64) << 20};
    static const uint64_t block[] = {1, 256};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(mib); i++) {
        for (size_t b = 0; b < VX_COUNT_OF(block); b++) {
            const struct vx_need need = vx_claims_need(mib[i] * VX_MIB);
            const struct vx_claim all[] = {
                {.index = 0, .begin_mib = 1, .count_mib = block[b]},
                {.index = 1, .begin_mib = mib[i] - 1, .count_mib = block[b]}};
            struct vx_claims *claims = malloc(sizeof(*claims));
            uint64_t *words = malloc((size_t)need.max);
            size_t passes = 0;

            assert_non_null(claims);
            assert_non_null(words);
            assert_int_equal(vx_claims_init(claims, words, need.max / 8, block[b], true), VX_OK);
            assert_null(naive_claims_difference(claims, all, all, 2, &passes));
            assert_int_equal(passes, 1);
            free(words);
            free(claims);
        }
    }
    assert_int_equal(vx_claims_need(0).min, VX_CLAIM_WORDS_MIN * 8);
    assert_true(vx_claims_need(UINT64_MAX).max >= UINT64_C(1) << 42);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims__random_tables_and_any_bitmap__as_the_naive_form),
        cmocka_unit_test(test_claims__overlap_across_a_window_border__is_found_once),
        cmocka_unit_test(test_claims__far_end_of_the_offset_field__as_the_naive_form),
        cmocka_unit_test(test_claims__more_collisions_than_are_kept__counted_and_the_first_kept),
        cmocka_unit_test(test_claims_init__bad_arguments__are_refused),
        cmocka_unit_test(test_claims_need__max__covers_the_file_in_one_pass),
    };

    return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
