/* Damage by seed: the same everywhere, sealed mostly, and whatever it makes the check stays honest
 * and within its bounds. */
#include "corpus/logbuild.h"
#include "corpus/mutate.h"
#include "tests/support/expect.h"
#include "tests/support/judge.h"
#include "tests/support/unit.h"

enum { SEEDS = 200, KINDS = 4 };

static void make(unsigned kind, struct image *im)
{
    static const struct log_write writes[] = {{LOG_DATA, IMAGE_BAT, 7},
                                              {LOG_ZERO, IMAGE_ITEMS + 4096, 8192}};
    const struct log_entry entry = {.sequence = 5, .writes = writes, .count = 2};
    struct test_log log;

    image_make(im, &(struct image_spec){.state = kind == 3 ? 7 : 6,
                                        .type = kind == 3 ? IMAGE_DIFFERENCING : IMAGE_DYNAMIC});
    if (kind == 1) {
        log_init(&log, im, IMAGE_LOG, VX_MIB);
        (void)log_put(&log, &entry);
    } else if (kind == 2) { /* an image whose tables say nothing of use */
        for (uint64_t at = IMAGE_HEADER_1; at < IMAGE_LOG; at += 8) {
            image_put(im, at, 8, UINT64_MAX - at);
        }
    }
}

static bool equal(const struct image *a, const struct image *b)
{
    if (a->size != b->size || a->bytes.count != b->bytes.count) {
        return false;
    }
    for (size_t i = 0; i < a->bytes.count; i++) {
        if (a->bytes.chunk[i].number != b->bytes.chunk[i].number ||
            memcmp(a->bytes.chunk[i].bytes, b->bytes.chunk[i].bytes, SPARSE_CHUNK_BYTES) != 0) {
            return false;
        }
    }
    return true;
}

static void test_mutate_image__same_seed__same_image(void **state)
{
    unsigned different = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct image a;
        struct image b;

        make(1, &a);
        make(1, &b);
        mutate_image(&a, seed);
        mutate_image(&b, seed);
        assert_true(equal(&a, &b));
        image_free(&b);
        make(1, &b);
        mutate_image(&b, seed + 1);
        different += equal(&a, &b) ? 0 : 1;
        image_free(&a);
        image_free(&b);
    }
    assert_true(different > 45);
}

/* What is found is counted, so that a mutation engine gone blind is seen. */
static void test_mutate_image__any_image_any_seed__check_stays_honest(void **state)
{
    uint64_t total[VX_RULE_COUNT] = {0};
    unsigned rules = 0;

    (void)state;
    for (uint64_t i = 0; i < UINT64_C(1) * KINDS * SEEDS; i++) {
        struct image im;
        struct judged plenty;
        struct judged least;

        make((unsigned)(i % KINDS), &im);
        mutate_image(&im, i * 1000003);
        judge_image(&im, "mutated", false, &plenty);
        judge_image(&im, "mutated", true, &least);
        expect_invariants(&plenty.check, plenty.size);
        expect_same(&plenty.check, &least.check, "the least memory");
        assert_true(plenty.bytes_read <= 16 * IMAGE_MIB);
        for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
            total[rule] += plenty.check.rep.total[rule];
        }
        judged_free(&plenty);
        judged_free(&least);
        image_free(&im);
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        rules += total[rule] != 0 ? 1 : 0;
    }
    print_message("%u of %u rules fired\n", rules, (unsigned)VX_RULE_COUNT);
    assert_true(rules > VX_RULE_COUNT / 2);
}

static void test_mutate_image__most_seeds__leave_sound_checksums(void **state)
{
    unsigned unsealed = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct image im;
        struct judged judged;

        make(0, &im);
        mutate_image(&im, seed);
        judge_image(&im, "mutated", false, &judged);
        unsealed += judged.check.rep.total[VX_HDR_003] + judged.check.rep.total[VX_RGT_003] > 0;
        judged_free(&judged);
        image_free(&im);
    }
    assert_true(unsealed > 0 && unsealed < 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutate_image__same_seed__same_image),
        cmocka_unit_test(test_mutate_image__any_image_any_seed__check_stays_honest),
        cmocka_unit_test(test_mutate_image__most_seeds__leave_sound_checksums),
    };

    return cmocka_run_group_tests_name("mutate", tests, NULL, NULL);
}
