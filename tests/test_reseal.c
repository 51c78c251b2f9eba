/* Checksums are made good wherever the image has them, and nothing else is touched. */
#include "corpus/logbuild.h"
#include "corpus/reseal.h"
#include "tests/support/expect.h"
#include "tests/support/judge.h"
#include "tests/support/unit.h"

enum { LOG_AT = 32 * 1048576, LOG_BYTES = 8 * 1048576, LONG = 100 };

/* A log of three entries far from its usual place: one around the end of the ring, one longer than
 * nonsense may be, one more. */
static void make(struct image *im, struct test_log *log, uint32_t pos[3])
{
    struct log_entry entry = {
        .pos = LOG_BYTES - LOG_SECTOR,
        .tail = LOG_BYTES - LOG_SECTOR,
        .sequence = 5,
        .write = {{LOG_DATA, IMAGE_ITEMS + 4096, 7}, {LOG_DATA, IMAGE_ITEMS + 8192, 8}}};

    image_make(im, &(struct image_spec){.state = 6});
    log_init(log, im, LOG_AT, LOG_BYTES);
    for (unsigned i = 0; i < 3; i++) {
        pos[i] = entry.pos;
        entry.repeat = i == 1 ? LONG : 0;
        entry.pos = log_put(log, &entry);
        entry.sequence++;
    }
}

static bool has_errors(struct image *im)
{
    struct judged judged;
    bool is_bad;

    judge_image(im, "resealed", false, &judged);
    is_bad = judged.check.rep.total[VX_HDR_003] + judged.check.rep.total[VX_RGT_003] +
                 judged.check.rep.total[VX_SEQ_005] !=
             0;
    judged_free(&judged);
    return is_bad;
}

static void spoil(struct image *im, uint64_t offset)
{
    image_put(im, offset + 4, 4, image_get(im, offset + 4, 4) ^ 1);
}

static void test_reseal_image__each_checksum_spoiled__as_before(void **state)
{
    static const uint64_t places[] = {IMAGE_HEADER_1, IMAGE_HEADER_2, IMAGE_REGIONS_1,
                                      IMAGE_REGIONS_2};
    struct image im;
    struct test_log log;
    uint32_t pos[3];
    uint64_t right[3];

    (void)state;
    make(&im, &log, pos);
    assert_false(has_errors(&im));
    for (unsigned i = 0; i < VX_COUNT_OF(places); i++) {
        const uint64_t was = image_get(&im, places[i], 8);

        reseal_image(&im); /* what is right stays */
        assert_int_equal(image_get(&im, places[i], 8), was);
        spoil(&im, places[i]);
        assert_true(has_errors(&im));
        reseal_image(&im);
        assert_int_equal(image_get(&im, places[i], 8), was);
    }
    for (unsigned i = 0; i < 3; i++) {
        right[i] = image_get(&im, log_at(&log, pos[i]), 8);
        spoil(&im, log_at(&log, pos[i]));
    }
    assert_true(has_errors(&im));
    reseal_image(&im);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(image_get(&im, log_at(&log, pos[i]), 8), right[i]);
    }
    assert_false(has_errors(&im));
    image_free(&im);
}

/* The header that is not in force may be the one that a reader takes. */
static void test_reseal_image__two_logs__both_sealed(void **state)
{
    struct image im;
    struct test_log log;
    struct test_log other;
    uint32_t pos[3];
    uint64_t right;

    (void)state;
    make(&im, &log, pos);
    log_name(&other, &im, LOG_AT + LOG_BYTES, LOG_SECTOR);
    (void)log_put(&other, &(struct log_entry){.sequence = 9});
    image_put(&im, image_header_at(1, 72), 8, LOG_AT);
    image_put(&im, image_header_at(1, 68), 4, LOG_BYTES);
    right = image_get(&im, log_at(&other, 0), 8);
    spoil(&im, log_at(&other, 0));
    spoil(&im, log_at(&log, pos[0]));
    reseal_image(&im);
    assert_int_equal(image_get(&im, log_at(&other, 0), 8), right);
    assert_false(has_errors(&im));
    image_free(&im);
}

/* Bounded, and no crash: entries that state anything, a log anywhere. */
static void test_reseal_image__nonsense__ends(void **state)
{
    static const uint64_t values[] = {0, 1, 4095, 4096, UINT32_MAX, UINT64_MAX, UINT64_MAX / 2};
    struct image im;

    (void)state;
    for (unsigned i = 0; i < VX_COUNT_OF(values); i++) {
        for (unsigned j = 0; j < VX_COUNT_OF(values); j++) {
            image_make_empty(&im, IMAGE_GIB);
            for (uint64_t at = 0; at < 64; at++) {
                image_put(&im, at * LOG_SECTOR, 4, 0x65676f6c);
                image_put(&im, at * LOG_SECTOR + 8, 4, values[i]);
            }
            image_put(&im, image_header_at(1, 72), 8, values[j]);
            image_put(&im, image_header_at(1, 68), 4, values[i]);
            reseal_image(&im);
            image_free(&im);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reseal_image__each_checksum_spoiled__as_before),
        cmocka_unit_test(test_reseal_image__two_logs__both_sealed),
        cmocka_unit_test(test_reseal_image__nonsense__ends),
    };

    return cmocka_run_group_tests_name("reseal", tests, NULL, NULL);
}
