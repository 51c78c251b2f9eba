/* Structures that change places: the same for the same seed, something happens, and what follows
 * the format in doing so is found sound. */
#include "corpus/logbuild.h"
#include "corpus/packed.h"
#include "corpus/rearrange.h"
#include "corpus/reseal.h"
#include "tests/support/expect.h"
#include "tests/support/judge.h"
#include "tests/support/unit.h"

enum { SEEDS = 150, FORM_BYTES = 1048576 };

typedef void rearrange_fn(const struct anatomy *, struct dice *);

static const struct row {
    const char *name;
    rearrange_fn *run;
    unsigned sound; /* of a hundred seeds, those that leave an image without errors, at least */
    unsigned bad;   /* with errors */
} ROWS[] = {
    {"guids", rearrange_guids, 10, 3},     {"sequences", rearrange_sequences, 50, 0},
    {"entries", rearrange_entries, 10, 3}, {"blocks", rearrange_blocks, 10, 3},
    {"log", rearrange_log, 10, 0},         {"places", rearrange_places, 10, 3},
};

struct form {
    uint8_t bytes[FORM_BYTES];
    size_t size;
};

static struct form before;
static struct form once;
static struct form twice;

static void append(void *ctx, const uint8_t *bytes, size_t len)
{
    struct form *to = ctx;

    assert_true(len <= sizeof(to->bytes) - to->size);
    memcpy(to->bytes + to->size, bytes, len);
    to->size += len;
}

static void pack(struct image *im, struct form *to)
{
    const struct vx_source src = image_source(im);

    to->size = 0;
    assert_int_equal(packed_write(&src, append, to), VX_OK);
}

static void make(struct image *im, bool is_nonsense)
{
    static const struct log_write writes[] = {{LOG_DATA, IMAGE_ITEMS + 16384, 7},
                                              {LOG_ZERO, IMAGE_ITEMS + 4096, 8192}};
    struct log_entry entry = {.sequence = 5, .writes = writes, .count = 2};
    struct test_log log;

    image_make(im, &(struct image_spec){.state = 6, .disk_bytes = 4 * IMAGE_MIB});
    log_init(&log, im, IMAGE_LOG, (uint32_t)IMAGE_MIB);
    entry.pos = log_put(&log, &entry);
    entry.sequence++;
    entry.count = 0;
    (void)log_put(&log, &entry);
    image_put(im, im->blocks + 5, 4, 12345); /* in a block */
    for (uint64_t at = IMAGE_HEADER_1; is_nonsense && at < IMAGE_REGIONS_1 + 4096; at += 8) {
        image_put(im, at, 8, UINT64_MAX - at % 13);
    }
}

static void run(const struct row *row, uint64_t seed, struct image *im, bool is_nonsense)
{
    struct dice dice;
    struct anatomy a;

    make(im, is_nonsense);
    dice_init(&dice, seed);
    anatomy_find(&a, im);
    row->run(&a, &dice);
}

static void test_rearrange__each_kind__same_seed_same_image(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VX_COUNT_OF(ROWS); i++) {
        unsigned different = 0;

        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct image im;

            make(&im, false);
            pack(&im, &before);
            image_free(&im);
            run(&ROWS[i], seed, &im, false);
            pack(&im, &once);
            image_free(&im);
            run(&ROWS[i], seed, &im, false);
            pack(&im, &twice);
            image_free(&im);
            assert_true(once.size == twice.size && memcmp(once.bytes, twice.bytes, once.size) == 0);
            different +=
                once.size != before.size || memcmp(once.bytes, before.bytes, once.size) != 0;
        }
        print_message("%s: %u of %u change the image\n", ROWS[i].name, different, SEEDS);
        assert_true(different > SEEDS / 3);
    }
}

static void test_rearrange__each_kind__some_stay_sound_and_some_do_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VX_COUNT_OF(ROWS); i++) {
        unsigned sound = 0;

        for (uint64_t seed = 0; seed < 100; seed++) {
            struct image im;
            struct judged judged;

            run(&ROWS[i], seed, &im, false);
            reseal_image(&im);
            judge_image(&im, ROWS[i].name, false, &judged);
            expect_invariants(&judged.check, judged.size);
            sound += judged.check.rep.by_severity[VX_SEV_ERROR] == 0 &&
                     judged.check.rep.by_severity[VX_SEV_FATAL] == 0;
            judged_free(&judged);
            image_free(&im);
        }
        print_message("%s: %u of 100 have no error\n", ROWS[i].name, sound);
        assert_in_range(sound, ROWS[i].sound, 100 - ROWS[i].bad);
    }
}

static void test_rearrange__nonsense__ends(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VX_COUNT_OF(ROWS); i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct image im;

            run(&ROWS[i], seed, &im, true);
            assert_true(im.bytes.count < 4096);
            image_free(&im);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rearrange__each_kind__same_seed_same_image),
        cmocka_unit_test(test_rearrange__each_kind__some_stay_sound_and_some_do_not),
        cmocka_unit_test(test_rearrange__nonsense__ends),
    };

    return cmocka_run_group_tests_name("rearrange", tests, NULL, NULL);
}
