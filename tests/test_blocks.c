/* The pass over all blocks: random tables against a naive model, and the largest disks. */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { MODEL_MAX = 5000 };

/* A hard claim of the naive model. */
struct claim {
    uint64_t index;
    uint64_t begin;
    uint64_t count;
    bool is_bitmap;
};

static uint64_t slots_to_model(const struct image *im)
{
    return im->bat_entries < MODEL_MAX ? im->bat_entries : MODEL_MAX;
}

/* All present blocks with a place inside the file, straight from the definition. */
static size_t collect(const struct image *im, struct claim *all)
{
    const bool is_child = im->spec.type == IMAGE_DIFFERENCING;
    size_t count = 0;

    for (uint64_t i = 0; i < slots_to_model(im); i++) {
        const uint64_t raw = image_bat_get(im, i);
        const bool is_bitmap = i % (im->chunk_ratio + 1) == im->chunk_ratio;
        const uint64_t block = i - i / (im->chunk_ratio + 1);
        const unsigned state = (unsigned)(raw & 7);

        if ((raw >> 20) == 0 || (raw >> 20 << 20) >= im->size ||
            (is_bitmap ? !is_child || state != 6 : state < 6 || block >= im->payload_blocks)) {
            continue;
        }
        all[count] =
            (struct claim){i, raw >> 20, is_bitmap ? 1 : im->spec.block_bytes >> 20, is_bitmap};
        count++;
    }
    return count;
}

struct model {
    uint64_t overlapping; /* BAT-015 */
    uint64_t same;        /* BAT-016 */
    uint64_t bad_bitmaps; /* BAT-025 */
    uint64_t first_index; /* of BAT-015 */
    uint64_t first_owner;
};

static bool claims_overlap(const struct claim *a, const struct claim *b)
{
    return a->begin < b->begin + b->count && b->begin < a->begin + a->count;
}

static struct model compare_all(const struct claim *all, size_t count)
{
    struct model m = {0};

    for (size_t i = 0; i < count; i++) {
        bool hits_earlier = false;
        bool is_same = false;
        bool hits_any = false;

        for (size_t k = 0; k < count; k++) {
            if (k == i || !claims_overlap(&all[i], &all[k])) {
                continue;
            }
            hits_any = true;
            if (k < i && !hits_earlier && m.overlapping == 0) {
                m.first_index = all[i].index;
                m.first_owner = all[k].index;
            }
            hits_earlier = hits_earlier || k < i;
            is_same = is_same || (k < i && all[k].begin == all[i].begin);
        }
        m.overlapping += hits_earlier ? 1 : 0;
        m.same += is_same ? 1 : 0;
        m.bad_bitmaps += hits_any && all[i].is_bitmap ? 1 : 0;
    }
    return m;
}

/* Scatter blocks over the file so that some overlap, on both sides of window borders. */
static void scatter(struct image *im, uint32_t seed, uint64_t span_mib)
{
    const uint64_t block_mib = im->spec.block_bytes >> 20;

    im->size = im->blocks + span_mib * IMAGE_MIB;
    for (uint64_t b = 0; b < im->payload_blocks; b++) {
        const uint64_t at = im->blocks / IMAGE_MIB + random_next(&seed) % (span_mib - block_mib);
        const unsigned dice = random_next(&seed) % 8;

        image_bat_set(im, image_payload_index(im, b),
                      dice == 0   ? 0
                      : dice == 1 ? image_entry(0, 2)
                                  : image_entry(at, 6));
    }
    for (uint64_t c = 0;
         im->spec.type == IMAGE_DIFFERENCING && c < im->bat_entries / (im->chunk_ratio + 1); c++) {
        image_bat_set(im, image_bitmap_index(im, c),
                      image_entry(im->blocks / IMAGE_MIB + random_next(&seed) % span_mib, 6));
    }
}

static void check_sized(struct image *im, size_t memory, struct findings *out)
{
    const struct check_options options = {.memory_bytes = memory, .pass_limit = UINT64_MAX};
    const struct vx_source src = image_source(im);

    findings_init(out, "random table");
    check_source(&src, &options, out, NULL);
}

static void expect_as_model(struct image *im)
{
    static struct claim all[MODEL_MAX];
    const struct model m = compare_all(all, collect(im, all));
    const struct vx_need need = vx_structure_need(im->size);
    const size_t least = (size_t)need.min;
    const size_t size[] = {least,       least + 8,    least + 16,
                           least + 999, least + 5000, (size_t)need.max};
    struct findings first;
    struct findings f;

    check_sized(im, size[0], &first);
    expect_invariants(&first, im->size);
    expect_total(&first, VX_BAT_015, m.overlapping);
    expect_total(&first, VX_BAT_016, m.same);
    expect_total(&first, VX_BAT_025, m.bad_bitmaps);
    expect_no_rule(&first, VX_RUN_005);
    if (m.overlapping > 0) {
        const struct vx_finding *x = findings_first(&first, VX_BAT_015);

        assert_int_equal(x->index, m.first_index);
        assert_int_equal(x->arg[3], m.first_owner);
        assert_int_equal(x->other_offset, IMAGE_BAT + 8 * m.first_owner);
    }
    for (size_t i = 1; i < VX_COUNT_OF(size); i++) {
        check_sized(im, size[i], &f);
        expect_same(&first, &f, "other memory");
        findings_free(&f);
    }
    findings_free(&first);
}

static void expect_random_tables(enum image_type type)
{
    static const uint32_t block_mib[] = {1, 2, 16, 256};
    static const uint64_t span_mib[] = {1500, 9000, 70000};
    uint32_t seed = 77;

    for (size_t b = 0; b < VX_COUNT_OF(block_mib); b++) {
        for (size_t s = 0; s < VX_COUNT_OF(span_mib); s++) {
            const struct image_spec spec = {
                .disk_bytes = (100 + random_next(&seed) % 200) * block_mib[b] * IMAGE_MIB,
                .block_bytes = block_mib[b] * VX_MIB,
                .type = type,
            };
            struct image im;

            image_make(&im, &spec);
            scatter(&im, seed, span_mib[s]);
            expect_as_model(&im);
            image_free(&im);
        }
    }
}

static void test_blocks__random_tables__as_the_naive_model(void **state)
{
    (void)state;
    expect_random_tables(IMAGE_DYNAMIC);
}

static void test_blocks__random_tables_with_bitmaps__as_the_naive_model(void **state)
{
    (void)state;
    expect_random_tables(IMAGE_DIFFERENCING);
}

static void test_blocks__unreadable_window__reported_once_for_any_memory(void **state)
{
    struct image im;
    struct findings first;
    const struct vx_need need = vx_structure_need(UINT64_C(1) << 40);

    (void)state;
    image_make(&im, &(struct image_spec){.disk_bytes = 40 * IMAGE_GIB, .state = 6});
    image_bat_set(&im, 30000, image_entry(4 + 20000, 6)); /* a collision, so a naming walk */
    for (size_t memory = (size_t)need.min; memory < need.max; memory = memory * 2) {
        const struct check_options options = {.memory_bytes = memory, .pass_limit = UINT64_MAX};
        const struct vx_source inner = image_source(&im);
        struct fault_source fault;
        struct vx_source src;

        fault_source_init(&fault, &inner);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = (struct vx_range){IMAGE_BAT, IMAGE_BAT + 8};
        src = fault_source(&fault);
        findings_init(&first, "unreadable window");
        check_source(&src, &options, &first, NULL);
        expect_summary(&first, "LAY-006e BAT-015e BAT-016e RUN-001w");
        expect_total(&first, VX_RUN_001, 1);
        findings_free(&first);
    }
    image_free(&im);
}

static void test_blocks__owner_cannot_be_read_again__none_is_named(void **state)
{
    struct image im;
    struct findings f;
    struct fault_source fault;
    struct vx_source src;
    uint64_t reads;

    (void)state;
    image_make(&im, &(struct image_spec){.state = 6});
    image_bat_set(&im, 9, image_entry(7, 6)); /* where block 3 lies */
    src = image_source(&im);
    fault_source_init(&fault, &src);
    src = fault_source(&fault);
    findings_init(&f, "counting reads");
    check_source(&src, NULL, &f, NULL);
    findings_free(&f);
    reads = fault.reads;
    fault.reads = 0;
    fault.kind = FAULT_FAIL_ONCE;
    fault.at = reads - 1; /* the naming walk */
    findings_init(&f, "naming walk fails");
    check_source(&src, NULL, &f, NULL);
    assert_int_equal(fault.failures, 1);
    expect_summary(&f, "LAY-006e BAT-015e BAT-016e RUN-001w");
    assert_int_equal(findings_first(&f, VX_BAT_015)->other_offset, VX_NO_OFFSET);
    assert_int_equal(findings_first(&f, VX_BAT_015)->arg[2], VX_OBJ_BLOCKS);
    findings_free(&f);
    image_free(&im);
}

static void test_blocks__stale_place_on_log_and_block__is_one_finding(void **state)
{
    struct image im;
    struct findings f;

    (void)state;
    image_make(&im, &(struct image_spec){.state = 6});
    image_bat_set(&im, 3, image_entry(1, 3)); /* stale, on the log */
    image_bat_set(&im, 4, image_entry(1, 6)); /* present, on the log */
    findings_init(&f, "stale place on two things");
    check_image(&im, &f, NULL);
    expect_total(&f, VX_BAT_019, 1);
    findings_free(&f);
    image_bat_set(&im, 5, image_entry(9, 3)); /* stale and harmless: its own former place */
    findings_init(&f, "stale place on two things, and a harmless one");
    check_image(&im, &f, NULL);
    expect_total(&f, VX_BAT_019, 1);
    findings_free(&f);
    image_free(&im);
}

static void test_blocks__bitmap_with_two_faults__is_one_finding_each(void **state)
{
    struct image im;
    struct findings f;

    (void)state;
    image_make(&im, &(struct image_spec){.disk_bytes = 20 * 256 * IMAGE_MIB,
                                         .block_bytes = 256 * VX_MIB,
                                         .type = IMAGE_DIFFERENCING});
    image_bat_set(&im, 16, image_entry(1, 6)); /* both bitmaps on the log */
    image_bat_set(&im, 33, image_entry(1, 6));
    findings_init(&f, "two bitmaps on the log");
    check_image(&im, &f, NULL);
    expect_summary(&f, "LAY-006e BAT-014e BAT-015e BAT-016e BAT-025e RUN-006i");
    expect_total(&f, VX_BAT_025, 2);
    findings_free(&f);
    image_free(&im);
}

static void test_blocks__more_findings_than_are_forwarded__are_counted(void **state)
{
    struct image im;
    struct findings f;

    (void)state;
    image_make(&im, &(struct image_spec){.disk_bytes = 4096 * IMAGE_MIB, .state = 6});
    for (uint64_t i = 1; i < 4096; i++) {
        image_bat_set(&im, i, image_entry(4, 6) | 8);
    }
    findings_init(&f, "all blocks at one offset");
    check_image(&im, &f, NULL);
    expect_invariants(&f, im.size);
    expect_summary(&f, "LAY-006e BAT-008e BAT-015e BAT-016e");
    expect_total(&f, VX_BAT_008, 4095);
    expect_total(&f, VX_BAT_015, 4095);
    expect_total(&f, VX_BAT_016, 4095);
    expect_total(&f, VX_LAY_006, 1);
    findings_free(&f);
    image_free(&im);
}

/* ---- 64 TiB with blocks of 1 MiB ---- */

#define HUGE_SPEC                                                                                  \
    {                                                                                              \
        .disk_bytes = 64 * IMAGE_TIB                                                               \
    }

static void count_check(struct image *im, struct findings *f, struct vx_facts *facts,
                        struct fault_source *fault)
{
    const struct vx_source inner = image_source(im);
    struct vx_source src;

    fault_source_init(fault, &inner);
    src = fault_source(fault);
    findings_init(f, "64 TiB");
    check_source(&src, &(struct check_options){.memory_bytes = 0}, f, facts);
    expect_invariants(f, im->size);
    assert_int_equal(fault->outside, 0);
}

static void test_blocks__64_tib_sparse_table__is_skipped_by_holes(void **state)
{
    struct image im;
    struct findings f;
    struct vx_facts facts;
    struct fault_source fault;

    (void)state;
    image_make(&im, &(struct image_spec)HUGE_SPEC);
    im.size = im.blocks + 64 * IMAGE_TIB;
    assert_int_equal(im.bat_entries, (UINT64_C(1) << 26) + 16383);
    image_bat_set(&im, 0, image_entry(im.blocks / IMAGE_MIB, 6));
    image_bat_set(&im, im.bat_entries - 1, image_entry(im.size / IMAGE_MIB - 1, 6));
    count_check(&im, &f, &facts, &fault);
    expect_summary(&f, "");
    assert_true(fault.bytes <= 64 * IMAGE_KIB * 12);
    assert_int_equal(facts.blocks.payload_state[6], 2);
    assert_int_equal(facts.blocks.payload_state[0], (UINT64_C(1) << 26) - 2);
    assert_int_equal(facts.blocks.bitmap_state[0], 16383);
    findings_free(&f);

    image_bat_set(&im, im.bat_entries - 1, image_entry(im.blocks / IMAGE_MIB, 6));
    count_check(&im, &f, NULL, &fault);
    expect_summary(&f, "LAY-006e BAT-015e BAT-016e");
    expect_finding(&f, VX_BAT_015, VX_SEV_ERROR, im.bat_entries - 1,
                   IMAGE_BAT + 8 * (im.bat_entries - 1));
    findings_free(&f);
    image_free(&im);
}

struct full_table {
    uint64_t first_mib;
    uint64_t twin_index; /* this entry has the place of entry 0 */
};

/* Every 64th block present and in its natural place, the rest ZERO; bitmap slots are 0. */
static uint64_t full_entry(const void *ctx, uint64_t index)
{
    const struct full_table *full = ctx;
    const uint64_t block = index - index / 4097;

    if (index % 4097 == 4096 || index >= (UINT64_C(1) << 26) + 16383) {
        return 0; /* bitmap slots, and slots behind the last block */
    }
    if (index == full->twin_index) {
        return image_entry(full->first_mib, 6);
    }
    return block % 64 == 0 ? image_entry(full->first_mib + block, 6) : 2;
}

static void test_blocks__64_tib_full_table__is_read_once(void **state)
{
    struct image im;
    struct findings f;
    struct vx_facts facts;
    struct fault_source fault;
    struct full_table full = {.twin_index = UINT64_MAX};

    (void)state;
    image_make(&im, &(struct image_spec)HUGE_SPEC);
    im.size = im.blocks + 64 * IMAGE_TIB;
    full.first_mib = im.blocks / IMAGE_MIB;
    im.generate = full_entry;
    im.generate_ctx = &full;
    count_check(&im, &f, &facts, &fault);
    expect_summary(&f, "");
    assert_int_equal(facts.blocks.payload_state[6], UINT64_C(1) << 20);
    assert_int_equal(facts.blocks.passes, 1);
    assert_true(fault.bytes <= im.bat_bytes + 64 * IMAGE_KIB * 12);
    findings_free(&f);

    full.twin_index = im.bat_entries - 1;
    count_check(&im, &f, &facts, &fault);
    expect_summary(&f, "LAY-006e BAT-015e BAT-016e");
    assert_int_equal(findings_first(&f, VX_BAT_016)->index, im.bat_entries - 1);
    assert_int_equal(findings_first(&f, VX_BAT_016)->other_offset, IMAGE_BAT);
    assert_true(fault.bytes <= 2 * im.bat_bytes + 64 * IMAGE_KIB * 12);
    findings_free(&f);
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks__random_tables__as_the_naive_model),
        cmocka_unit_test(test_blocks__random_tables_with_bitmaps__as_the_naive_model),
        cmocka_unit_test(test_blocks__unreadable_window__reported_once_for_any_memory),
        cmocka_unit_test(test_blocks__owner_cannot_be_read_again__none_is_named),
        cmocka_unit_test(test_blocks__stale_place_on_log_and_block__is_one_finding),
        cmocka_unit_test(test_blocks__bitmap_with_two_faults__is_one_finding_each),
        cmocka_unit_test(test_blocks__more_findings_than_are_forwarded__are_counted),
        cmocka_unit_test(test_blocks__64_tib_sparse_table__is_skipped_by_holes),
        cmocka_unit_test(test_blocks__64_tib_full_table__is_read_once),
    };

    return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
