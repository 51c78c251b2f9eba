/* What replay would change, against image and view compared byte by byte. */
#include "replay/delta.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/legal_logs.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

enum { TOLD_MAX = 400 };

struct told {
    struct vxr_change at[TOLD_MAX];
    size_t count;
};

static void hear(void *ctx, const struct vxr_change *change)
{
    struct told *told = ctx;

    assert_true(told->count < TOLD_MAX);
    told->at[told->count] = *change;
    told->count++;
}

static uint8_t *read_all(const struct vx_source *src, uint64_t size)
{
    uint8_t *bytes = calloc(1, (size_t)size);
    const size_t inside = (size_t)(src->size < size ? src->size : size);

    assert_non_null(bytes);
    assert_int_equal(vx_source_read(src, 0, bytes, inside), VX_OK);
    return bytes;
}

/* Every changed byte lies in exactly one change, and each change begins and ends with one. */
static void expect_all_told(const struct told *told, const uint8_t *before, const uint8_t *after,
                            uint64_t size)
{
    uint64_t at = 0;

    for (size_t i = 0; i <= told->count; i++) {
        const uint64_t begin = i < told->count ? told->at[i].offset : size;
        const uint64_t end = i < told->count ? begin + told->at[i].length : size;

        assert_true(at <= begin && end <= size);
        assert_memory_equal(before + at, after + at, begin - at);
        if (i < told->count) {
            assert_true(memcmp(before + begin, after + begin, end - begin) != 0);
            if (told->at[i].kind != VXR_CHANGE_BAT_ENTRY) {
                assert_true(before[begin] != after[begin] && before[end - 1] != after[end - 1]);
                assert_true(told->at[i].length <= 65536);
            }
        }
        at = end;
    }
}

static void expect_counts(const struct told *told, const struct vxr_delta *delta,
                          const uint8_t *before, const uint8_t *after, uint64_t size)
{
    uint64_t kinds[VXR_CHANGE_KIND_COUNT] = {0};
    uint64_t changed = 0;

    for (size_t i = 0; i < told->count; i++) {
        kinds[told->at[i].kind]++;
    }
    for (uint64_t i = 0; i < size; i++) {
        changed += before[i] != after[i] ? 1 : 0;
    }
    assert_memory_equal(kinds, delta->changes, sizeof(kinds));
    assert_int_equal(changed, delta->bytes_changed);
    assert_int_equal(delta->unread, 0);
}

/* What replay would change of the image, compared byte by byte. */
static struct vxr_delta expect_delta(struct image *im, const char *name)
{
    static struct told told;
    const struct vx_source raw = image_source(im);
    struct replayed r;
    struct vxr_delta delta;
    uint8_t *before;
    uint8_t *after;

    replayed_open(&r, name, &raw, NULL);
    told.count = 0;
    vxr_delta_run(r.check, &raw, hear, &told, &delta);
    assert_int_equal(delta.old_size, im->size);
    assert_int_equal(delta.new_size, r.check->view.size);
    assert_int_equal(delta.bytes_same + delta.bytes_changed, r.check->log.bytes);
    before = read_all(&raw, delta.new_size);
    after = read_all(&r.check->view, delta.new_size);
    expect_all_told(&told, before, after, delta.new_size);
    expect_counts(&told, &delta, before, after, delta.new_size);
    free(before);
    free(after);
    replayed_close(&r);
    return delta;
}

static void test_delta_run__every_legal_log__as_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        struct image im;
        struct test_log log;

        legal_make(&LEGAL_LOG[i], &im, &log);
        (void)expect_delta(&im, LEGAL_LOG[i].name);
        image_free(&im);
    }
}

/* One entry that touches one thing of every kind. */
static void test_delta_run__every_kind__named_with_index_and_values(void **state)
{
    static struct told told;
    static const struct log_entry entry = {.sequence = 5,
                                           .last = 6 * IMAGE_MIB,
                                           .write = {{LOG_ZERO, IMAGE_REGIONS_2, 65536},
                                                     {LOG_DATA, 0x60000, 1},
                                                     {LOG_ZERO, IMAGE_BAT, 4096},
                                                     {LOG_DATA, IMAGE_METADATA + 0x80000, 2},
                                                     {LOG_DATA, 5 * IMAGE_MIB, 3},
                                                     {LOG_ZERO, IMAGE_REGIONS_1 + 4096, 61440}}};
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    struct vxr_delta delta;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    image_bat_set(&im, 3, image_entry(0, 2));
    image_bat_set(&im, 15, image_entry(77, 1));
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    raw = image_source(&im);
    replayed_open(&r, "every kind", &raw, NULL);
    told.count = 0;
    vxr_delta_run(r.check, &raw, hear, &told, &delta);
    assert_int_equal(told.count, 6);
    assert_int_equal(told.at[0].kind, VXR_CHANGE_REGION_TABLE);
    assert_int_equal(told.at[0].index, 1);
    assert_int_equal(told.at[0].offset, IMAGE_REGIONS_2);
    assert_int_equal(told.at[1].kind, VXR_CHANGE_HEADER_SECTION);
    assert_int_equal(told.at[2].kind, VXR_CHANGE_METADATA);
    assert_int_equal(told.at[3].kind, VXR_CHANGE_BAT_ENTRY);
    assert_int_equal(told.at[3].index, 3);
    assert_int_equal(told.at[3].before, 2);
    assert_int_equal(told.at[3].after, 0);
    assert_int_equal(told.at[4].index, 15);
    assert_int_equal(told.at[4].offset, IMAGE_BAT + 120);
    assert_int_equal(told.at[4].before, image_entry(77, 1));
    assert_int_equal(told.at[5].kind, VXR_CHANGE_OTHER);
    assert_int_equal(told.at[5].offset, 5 * IMAGE_MIB);
    assert_int_equal(delta.new_size, 6 * IMAGE_MIB);
    replayed_close(&r);
    image_free(&im);
}

/* The region is longer than the table: what lies behind the last entry is none. */
static void test_delta_run__slots_behind_the_last_entry__are_no_entries(void **state)
{
    static struct told told;
    static const struct log_entry entry = {
        .sequence = 5, .write = {{LOG_DATA, IMAGE_BAT, 1}, {LOG_DATA, IMAGE_BAT + 4096, 2}}};
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    struct vxr_delta delta;
    uint64_t entries = 0;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    raw = image_source(&im);
    replayed_open(&r, "behind the table", &raw, NULL);
    told.count = 0;
    vxr_delta_run(r.check, &raw, hear, &told, &delta);
    entries = im.bat_entries;
    assert_int_equal(told.count, entries + 2);
    for (size_t i = 0; i < entries; i++) {
        assert_int_equal(told.at[i].kind, VXR_CHANGE_BAT_ENTRY);
        assert_int_equal(told.at[i].index, i);
    }
    assert_int_equal(told.at[entries].kind, VXR_CHANGE_OTHER);
    assert_int_equal(told.at[entries].offset, IMAGE_BAT + 8 * entries);
    assert_int_equal(told.at[entries + 1].kind, VXR_CHANGE_OTHER);
    replayed_close(&r);
    image_free(&im);
}

/* A BAT region of no whole number of entries, or where no entry may lie: nothing is left out. */
static void test_delta_run__odd_tables__as_byte_by_byte(void **state)
{
    static const struct {
        uint32_t skew;
        uint32_t length;
        uint64_t entries;
    } rows[] = {{0, 117, 14}, {0, 120, 15}, {0, 7, 0}, {3, 128, 0}, {4096 - 4, 64, 0}, {8, 64, 8}};
    static const struct log_entry entry = {.sequence = 5, .write = {{LOG_DATA, IMAGE_BAT, 1}}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        struct image im;
        struct test_log log;
        struct vxr_delta delta;

        image_make(&im, &(struct image_spec){0});
        for (unsigned table = 0; table < 2; table++) {
            const uint64_t region = image_region_at(table, IMAGE_REGION_BAT, 0);

            image_put(&im, region + 16, 8, IMAGE_BAT + rows[i].skew);
            image_put(&im, region + 24, 4, rows[i].length);
        }
        image_seal(&im);
        log_init(&log, &im, IMAGE_LOG, VX_MIB);
        (void)log_put(&log, &entry);
        delta = expect_delta(&im, "odd tables");
        assert_int_equal(delta.changes[VXR_CHANGE_BAT_ENTRY], rows[i].entries);
        image_free(&im);
    }
}

/* Region tables that the log rewrites, with the BAT somewhere else, or where it was. */
static void expect_moved(uint64_t place, enum vxr_change_kind kind)
{
    static struct told told;
    const struct log_entry entry = {
        .sequence = 5, .write = {{LOG_ZERO, IMAGE_REGIONS_1, 65536}, {LOG_DATA, place, 1}}};
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    struct vxr_delta delta;

    image_make(&im, &(struct image_spec){0});
    im.size = 8 * IMAGE_MIB;
    image_bat_set(&im, 0, image_entry(0, 2));
    /* the image says `place` in table 2 only, which counts once table 1 is destroyed */
    image_put(&im, image_region_at(1, IMAGE_REGION_BAT, 16), 8, place);
    image_seal(&im);
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    raw = image_source(&im);
    replayed_open(&r, "moved", &raw, NULL);
    assert_int_equal(r.check->structure.facts.regions.bat.offset, place);
    told.count = 0;
    vxr_delta_run(r.check, &raw, hear, &told, &delta);
    assert_int_equal(told.at[0].kind, VXR_CHANGE_REGION_TABLE);
    assert_int_equal(told.at[1].kind, kind);
    assert_int_equal(told.at[1].offset, place);
    assert_int_equal(told.at[1].index, 0);
    assert_int_equal(delta.changes[VXR_CHANGE_BAT_ENTRY] > 0, kind == VXR_CHANGE_BAT_ENTRY);
    replayed_close(&r);
    image_free(&im);
}

static void test_delta_run__bat_moved_by_the_log__has_no_entries_before(void **state)
{
    (void)state;
    expect_moved(6 * IMAGE_MIB, VXR_CHANGE_NEW_BAT);
    expect_moved(IMAGE_BAT, VXR_CHANGE_BAT_ENTRY);
}

static void test_delta_run__zeros_of_2_62_bytes__cost_what_is_there(void **state)
{
    static struct told told;
    static const struct log_entry entry = {.sequence = 5,
                                           .last = (UINT64_C(1) << 62) + 5 * IMAGE_MIB,
                                           .write = {{LOG_ZERO, 5 * IMAGE_MIB, UINT64_C(1) << 62}}};
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    struct vxr_delta delta;
    struct fault_source fault;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    image_put(&im, 6 * IMAGE_MIB + 100, 8, 1);
    image_put(&im, 7 * IMAGE_MIB - 8, 8, UINT64_MAX);
    im.size = UINT64_C(1) << 61;
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    raw = image_source(&im);
    fault_source_init(&fault, &raw);
    raw = fault_source(&fault);
    replayed_open(&r, "2^62 zeros", &raw, NULL);
    fault.reads = 0;
    told.count = 0;
    vxr_delta_run(r.check, &raw, hear, &told, &delta);
    assert_int_equal(told.count, 2);
    assert_int_equal(told.at[0].offset, 6 * IMAGE_MIB + 100);
    assert_int_equal(told.at[0].length, 1);
    assert_int_equal(told.at[1].offset, 7 * IMAGE_MIB - 8);
    assert_int_equal(told.at[1].length, 8);
    assert_int_equal(delta.bytes_changed, 9);
    assert_int_equal(delta.bytes_same, (UINT64_C(1) << 62) - 9);
    assert_true(fault.reads < 20);
    replayed_close(&r);
    image_free(&im);
}

static void test_delta_run__failing_source__counts_what_was_not_compared(void **state)
{
    static struct told told;
    struct image im;
    struct test_log log;
    struct vx_source inner;
    struct vx_source raw;
    struct fault_source fault;
    struct replayed r;
    struct vxr_delta delta;
    unsigned failures = 0;

    (void)state;
    legal_make(&LEGAL_LOG[2], &im, &log);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    raw = fault_source(&fault);
    replayed_open(&r, "faults", &raw, NULL);
    fault.kind = FAULT_FAIL_ONCE;
    for (unsigned k = 0; k < 16; k++) {
        fault.at = fault.reads + k;
        fault.failures = 0;
        told.count = 0;
        vxr_delta_run(r.check, &raw, hear, &told, &delta);
        assert_int_equal(delta.unread + delta.bytes_same + delta.bytes_changed, 3 * 4096);
        assert_int_equal(delta.unread > 0, fault.failures > 0);
        failures += fault.failures > 0 ? 1 : 0;
    }
    assert_true(failures >= 9); /* 3 sectors before, 3 of two parts after */
    replayed_close(&r);
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delta_run__every_legal_log__as_byte_by_byte),
        cmocka_unit_test(test_delta_run__every_kind__named_with_index_and_values),
        cmocka_unit_test(test_delta_run__odd_tables__as_byte_by_byte),
        cmocka_unit_test(test_delta_run__slots_behind_the_last_entry__are_no_entries),
        cmocka_unit_test(test_delta_run__bat_moved_by_the_log__has_no_entries_before),
        cmocka_unit_test(test_delta_run__zeros_of_2_62_bytes__cost_what_is_there),
        cmocka_unit_test(test_delta_run__failing_source__counts_what_was_not_compared),
    };

    return cmocka_run_group_tests_name("delta", tests, NULL, NULL);
}
