/* The overlay against the definition: of all descriptors that cover a byte, the last one wins. */
#include "replay/overlay.h"
#include "tests/support/naive_overlay.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum {
    UNIT = 4096,
    SPACE = 96, /* units of the modelled file */
    RECORDS_MAX = 24,
    RANDOM_CASES = 150000 /* unless asked for more */
};

/* Room for the overlay of RECORDS_MAX descriptors and one more, whatever the size. */
static uint64_t memory[(RECORDS_MAX + 2) * VXR_OVERLAY_RECORD_BYTES / 8 + 1];

static void init(struct vxr_overlay *overlay, uint64_t descriptors)
{
    memset(memory, 0xa5, sizeof(memory));
    assert_true(vxr_overlay_need(descriptors) <= sizeof(memory));
    assert_int_equal(vxr_overlay_init(overlay, memory, (size_t)vxr_overlay_need(descriptors)),
                     VX_OK);
}

static void expect_as_naive(const struct vxr_overlay *o, const struct vxr_segment *record,
                            uint32_t count, uint32_t number)
{
    const char *difference = naive_overlay_difference(o, record, count, number % UNIT);

    if (difference != NULL) {
        fail_msg("case %u: it must hold that %s", number, difference);
    }
}

/* A random descriptor; kind says how its range relates to the one before. */
static void make_record(uint32_t *seed, const struct vxr_segment *before, uint32_t order,
                        struct vxr_segment *out)
{
    const uint32_t kind = random_next(seed) % 8;
    uint64_t begin = random_next(seed) % SPACE;
    uint64_t length = 1 + random_next(seed) % (kind < 3 ? 4 : SPACE);

    if (before != NULL && kind == 4) { /* adjacent behind */
        begin = before->end / UNIT;
    } else if (before != NULL && kind == 5) { /* nested */
        begin = before->begin / UNIT + 1;
        length = (before->end - before->begin) / UNIT / 2;
    } else if (before != NULL && kind == 6) { /* the same begin */
        begin = before->begin / UNIT;
    } else if (before != NULL && kind == 7) { /* adjacent in front */
        begin = before->begin / UNIT > length ? before->begin / UNIT - length : 0;
    }
    begin = begin < SPACE ? begin : SPACE - 1;
    length = length < SPACE - begin ? length : SPACE - begin;
    *out = (struct vxr_segment){
        .begin = begin * UNIT,
        .end = (begin + length) * UNIT,
        .order = order,
        .data_pos = VXR_NO_DATA,
    };
    if (kind < 2 || random_next(seed) % 2 == 0) {
        out->end = out->begin + UNIT;
        out->data_pos = order * UNIT;
    }
}

static void test_build__random_cases__as_the_naive_model(void **state)
{
    struct vxr_overlay overlay;
    struct vxr_segment record[RECORDS_MAX];
    uint32_t seed = 20240423;
    const uint32_t cases = random_cases("overlay", RANDOM_CASES, &seed);

    (void)state;
    for (uint32_t number = 0; number < cases; number++) {
        const uint32_t count = random_next(&seed) % (number % 16 == 0 ? RECORDS_MAX : 7) + 1;

        init(&overlay, count);
        for (uint32_t i = 0; i < count; i++) {
            make_record(&seed, i == 0 ? NULL : &record[i - 1], 64 + 32 * i, &record[i]);
            vxr_overlay_add(&overlay, &record[i]);
        }
        assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
        expect_as_naive(&overlay, record, count, number);
    }
}

struct overlay_case {
    const char *name;
    struct vxr_segment record[6];
    uint32_t count;
    struct vxr_segment want[8];
    uint32_t want_count;
};

#define K(units) ((uint64_t)(units)*UNIT)
#define Z        VXR_NO_DATA

static const struct overlay_case CASE[] = {
    {.name = "nothing"},
    {.name = "one data sector",
     .record = {{K(1), K(2), 64, 4096}},
     .count = 1,
     .want = {{K(1), K(2), 64, 4096}},
     .want_count = 1},
    {.name = "an empty range is dropped", .record = {{K(1), K(1), 64, Z}}, .count = 1},
    {.name = "zeros up to 2^64 - 4096",
     .record = {{0, UINT64_MAX - 4095, 64, Z}},
     .count = 1,
     .want = {{0, UINT64_MAX - 4095, 64, Z}},
     .want_count = 1},
    {.name = "data in zeros of 2^63 bytes",
     .record = {{0, UINT64_C(1) << 63, 64, Z}, {K(7), K(8), 96, 4096}},
     .count = 2,
     .want = {{0, K(7), 64, Z}, {K(7), K(8), 96, 4096}, {K(8), UINT64_C(1) << 63, 64, Z}},
     .want_count = 3},
    {.name = "zeros over data",
     .record = {{K(7), K(8), 64, 4096}, {0, K(9), 96, Z}},
     .count = 2,
     .want = {{0, K(9), 96, Z}},
     .want_count = 1},
    {.name = "the same sector three times",
     .record = {{K(7), K(8), 64, 1}, {K(7), K(8), 96, 2}, {K(7), K(8), 128, 3}},
     .count = 3,
     .want = {{K(7), K(8), 128, 3}},
     .want_count = 1},
    {.name = "adjacent zeros stay two",
     .record = {{K(1), K(2), 64, Z}, {K(2), K(3), 96, Z}},
     .count = 2,
     .want = {{K(1), K(2), 64, Z}, {K(2), K(3), 96, Z}},
     .want_count = 2},
    {.name = "nested twice",
     .record = {{0, K(9), 64, Z}, {K(2), K(7), 96, Z}, {K(4), K(5), 128, 5}},
     .count = 3,
     .want = {{0, K(2), 64, Z},
              {K(2), K(4), 96, Z},
              {K(4), K(5), 128, 5},
              {K(5), K(7), 96, Z},
              {K(7), K(9), 64, Z}},
     .want_count = 5},
    {.name = "an older one begins under a newer one and outlives it",
     .record = {{K(2), K(9), 64, Z}, {0, K(5), 96, Z}},
     .count = 2,
     .want = {{0, K(5), 96, Z}, {K(5), K(9), 64, Z}},
     .want_count = 2},
};

static void test_build__known_cases__these_segments(void **state)
{
    struct vxr_overlay overlay;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(CASE); i++) {
        const struct overlay_case *row = &CASE[i];

        init(&overlay, row->count);
        for (uint32_t k = 0; k < row->count; k++) {
            vxr_overlay_add(&overlay, &row->record[k]);
        }
        assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
        if (overlay.segment_count != row->want_count) {
            fail_msg("row \"%s\": %u segments", row->name, overlay.segment_count);
        }
        for (uint32_t k = 0; k < row->want_count; k++) {
            const struct vxr_segment *s = &overlay.segment[k];
            const struct vxr_segment *w = &row->want[k];

            if (s->begin != w->begin || s->end != w->end || s->order != w->order ||
                s->data_pos != w->data_pos) {
                fail_msg("row \"%s\": segment %u differs", row->name, k);
            }
        }
    }
}

static void test_build__2n_less_1_segments__fit(void **state)
{
    struct vxr_overlay overlay;
    struct vxr_segment record[RECORDS_MAX];

    (void)state;
    init(&overlay, RECORDS_MAX);
    for (uint32_t i = 0; i < RECORDS_MAX; i++) { /* each inside the one before */
        record[i] = (struct vxr_segment){K(i), K(2 * RECORDS_MAX - i), 64 + 32 * i, Z};
        vxr_overlay_add(&overlay, &record[i]);
    }
    assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
    assert_int_equal(overlay.segment_count, 2 * RECORDS_MAX - 1);
    expect_as_naive(&overlay, record, RECORDS_MAX, 0);
}

/* All begin at once, so all wait in the heap together, in memory that has not one place more. */
static void test_build__all_at_once_in_exact_memory__as_the_naive_model(void **state)
{
    struct vxr_overlay overlay;
    struct vxr_segment record[RECORDS_MAX];
    uint32_t seed = 47;

    (void)state;
    for (uint32_t number = 0; number < 4000; number++) {
        const uint32_t count = RECORDS_MAX - 2 * (number % 8);
        const uint64_t spread = number % 2 == 0 ? 1 : 6;

        init(&overlay, count);
        assert_int_equal(overlay.capacity, count);
        for (uint32_t i = 0; i < count; i++) {
            const uint64_t begin = random_next(&seed) % spread;

            record[i] = (struct vxr_segment){K(begin), K(begin + 1 + random_next(&seed) % SPACE),
                                             64 + 32 * i, Z};
            vxr_overlay_add(&overlay, &record[i]);
        }
        assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
        expect_as_naive(&overlay, record, count, number);
    }
}

/* Two that are covered in the middle, and one that only meets older ones: it stays in one piece. */
static void test_build__older_ones_below__no_segment_is_cut(void **state)
{
    static const struct vxr_segment record[] = {{K(44), K(46), 64, Z},  {K(0), K(10), 96, Z},
                                                {K(2), K(4), 128, Z},   {K(20), K(30), 160, Z},
                                                {K(22), K(24), 192, Z}, {K(40), K(50), 224, Z}};
    const uint32_t count = VX_COUNT_OF(record);
    struct vxr_overlay overlay;

    (void)state;
    init(&overlay, count);
    for (uint32_t i = 0; i < count; i++) {
        vxr_overlay_add(&overlay, &record[i]);
    }
    for (unsigned times = 0; times < 2; times++) {
        assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
        assert_int_equal(overlay.segment_count, 7);
    }
    vxr_overlay_add(&overlay, &record[0]);
    assert_int_equal(vxr_overlay_build(&overlay), VX_E_LIMIT);
    assert_int_equal(overlay.segment_count, 0);
}

static void test_init__below_the_least_memory__is_refused(void **state)
{
    struct vxr_overlay overlay;

    (void)state;
    for (size_t bytes = 0; bytes < 2 * VXR_OVERLAY_RECORD_BYTES; bytes++) {
        assert_int_equal(vxr_overlay_init(&overlay, memory, bytes), VX_E_WORKSPACE);
    }
    assert_int_equal(vxr_overlay_init(&overlay, memory, 2 * VXR_OVERLAY_RECORD_BYTES), VX_OK);
    assert_int_equal(overlay.capacity, 2);
}

static void test_build__memory_of_every_size__all_or_limit(void **state)
{
    struct vxr_overlay overlay;

    (void)state;
    for (size_t bytes = 2 * VXR_OVERLAY_RECORD_BYTES; bytes <= sizeof(memory); bytes += 4) {
        for (uint32_t count = 0; count <= RECORDS_MAX; count++) {
            enum vx_status status;

            assert_int_equal(vxr_overlay_init(&overlay, memory, bytes), VX_OK);
            for (uint32_t i = 0; i < count; i++) {
                vxr_overlay_add(&overlay, &(struct vxr_segment){K(i), K(i + 1), i, i});
            }
            status = vxr_overlay_build(&overlay);
            assert_int_equal(overlay.wanted, count);
            assert_int_equal(status, count <= overlay.capacity ? VX_OK : VX_E_LIMIT);
            assert_int_equal(overlay.segment_count, status == VX_OK ? count : 0);
            if (bytes >= vxr_overlay_need(count)) {
                assert_int_equal(status, VX_OK); /* the need stated is enough */
            }
        }
    }
}

static void test_need__any_count__rises_and_does_not_wrap(void **state)
{
    static const uint64_t count[] = {
        0, 1, 2, 3, 4, 1000, 1048320, UINT32_MAX - 1, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    uint64_t before = 0;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(count); i++) {
        assert_true(vxr_overlay_need(count[i]) >= before);
        before = vxr_overlay_need(count[i]);
    }
    assert_true(before < UINT64_C(1) << 40);
}

static void test_clear__after_use__as_new(void **state)
{
    struct vxr_overlay overlay;

    (void)state;
    init(&overlay, 2);
    for (unsigned round = 0; round < 3; round++) {
        const struct vxr_segment s = {K(1 + 4 * round), K(2 + 4 * round), 64, Z};

        vxr_overlay_add(&overlay, &s);
        vxr_overlay_add(&overlay, &s);
        assert_int_equal(vxr_overlay_build(&overlay), VX_OK);
        assert_int_equal(overlay.segment_count, 1);
        assert_int_equal(overlay.segment[0].begin, s.begin);
        vxr_overlay_clear(&overlay);
        assert_int_equal(vxr_overlay_end(&overlay), 0);
        assert_int_equal(vxr_overlay_find(&overlay, 0), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build__random_cases__as_the_naive_model),
        cmocka_unit_test(test_build__known_cases__these_segments),
        cmocka_unit_test(test_build__2n_less_1_segments__fit),
        cmocka_unit_test(test_build__all_at_once_in_exact_memory__as_the_naive_model),
        cmocka_unit_test(test_build__older_ones_below__no_segment_is_cut),
        cmocka_unit_test(test_init__below_the_least_memory__is_refused),
        cmocka_unit_test(test_build__memory_of_every_size__all_or_limit),
        cmocka_unit_test(test_need__any_count__rises_and_does_not_wrap),
        cmocka_unit_test(test_clear__after_use__as_new),
    };

    return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
