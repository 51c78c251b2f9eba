/* The structures as they lie, without replay: memory, faults at every read, cuts, and what the most
 * hostile ones cost. What must hold for every image is checked for every recipe by test_corpus.c.
 */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/golden.h"
#include "tests/support/unit.h"

enum { READS_MAX = 160 }; /* 16 passes over 5 windows, twice, at the very most */

static void test_structure_init__one_byte_below_the_minimum__is_refused(void **state)
{
    const struct vx_need need = vx_structure_need(0);
    struct findings f;
    struct vx_structure *s = malloc(sizeof(*s));
    void *memory = malloc((size_t)need.min);

    (void)state;
    assert_non_null(s);
    assert_non_null(memory);
    findings_init(&f, "memory");
    assert_int_equal(vx_structure_init(s, memory, 0, &f.rep), VX_E_WORKSPACE);
    assert_int_equal(vx_structure_init(s, memory, sizeof(struct vx_workspace) - 1, &f.rep),
                     VX_E_WORKSPACE);
    assert_int_equal(vx_structure_init(s, memory, sizeof(struct vx_workspace), &f.rep),
                     VX_E_WORKSPACE);
    assert_int_equal(vx_structure_init(s, memory, sizeof(struct vx_workspace) + 1023, &f.rep),
                     VX_E_WORKSPACE);
    memset(s, 0xa5, sizeof(*s));
    assert_int_equal(vx_structure_init(s, memory, (size_t)need.min, &f.rep), VX_OK);
    assert_false(s->facts.has_geometry || s->facts.fileid.is_read || s->facts.regions.is_usable);
    findings_free(&f);
    free(memory);
    free(s);
}

static void test_structure_need__any_size__does_not_wrap(void **state)
{
    static const uint64_t size[] = {0, 1, VX_MIB, 64 * IMAGE_TIB, INT64_MAX, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(size); i++) {
        const struct vx_need need = vx_structure_need(size[i]);

        assert_true(need.min <= need.max);
        assert_true(need.max <= (UINT64_C(1) << 44));
        assert_int_equal(need.min, vx_structure_need(0).min);
    }
    /* three planes of one bit per MiB, and the workspace */
    assert_true(vx_structure_need(64 * IMAGE_TIB).max <= 25 * IMAGE_MIB);
}

/* Passes that were skipped, as bits; reported once each. */
static unsigned skipped_passes(const struct findings *f)
{
    unsigned passes = 0;

    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].rule == VX_RUN_003) {
            assert_true(f->at[i].arg[0] < VX_PASS_COUNT);
            assert_int_equal(passes & (1u << f->at[i].arg[0]), 0);
            passes |= 1u << f->at[i].arg[0];
        }
    }
    return passes;
}

/* A file cut so early that whole structures lie behind its end: every pass that found nothing to
 * read is named. */
static void test_check__structures_behind_the_end__their_passes_are_named(void **state)
{
    enum {
        NO_TABLES = 1 << VX_PASS_METADATA | 1 << VX_PASS_GEOMETRY,
        NO_BLOCKS = 1 << VX_PASS_BLOCKS
    };
    enum {
        NO_REGIONS = 1 << VX_PASS_REGIONS,
        NO_LOG = 1 << VX_PASS_LOG,
        NO_HEADERS = 1 << VX_PASS_HEADERS
    };
    static const struct {
        uint64_t size;
        unsigned want;
    } ROWS[] = {
        {8, NO_HEADERS | NO_LOG | NO_REGIONS | NO_TABLES | NO_BLOCKS},
        {IMAGE_HEADER_1 + 4095, NO_HEADERS | NO_LOG | NO_REGIONS | NO_TABLES | NO_BLOCKS},
        {IMAGE_HEADER_1 + 4096, NO_REGIONS | NO_TABLES | NO_BLOCKS},
        {IMAGE_HEADER_2 + 4096, NO_REGIONS | NO_TABLES | NO_BLOCKS},
        {IMAGE_REGIONS_1 + 65535, NO_REGIONS | NO_TABLES | NO_BLOCKS},
        {IMAGE_REGIONS_1 + 65536, NO_TABLES | NO_BLOCKS},
        {IMAGE_MIB, NO_TABLES | NO_BLOCKS},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        struct findings f;
        struct image im;

        image_make(&im, &(struct image_spec){0});
        im.size = ROWS[i].size;
        findings_init(&f, "cut early");
        check_image(&im, &f, NULL);
        if (skipped_passes(&f) != ROWS[i].want) {
            fail_msg("%" PRIu64 " bytes: passes %x, want %x", ROWS[i].size, skipped_passes(&f),
                     ROWS[i].want);
        }
        findings_free(&f);
        image_free(&im);
    }
}

/* Neither header is valid: whether a log is pending is not known. */
static void test_check__no_current_header__log_and_blocks_are_named(void **state)
{
    struct findings f;
    struct image im;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    image_put(&im, IMAGE_HEADER_1, 1, 0);
    image_put(&im, IMAGE_HEADER_2, 1, 0);
    findings_init(&f, "no header");
    check_image(&im, &f, NULL);
    assert_int_equal(skipped_passes(&f), 1 << VX_PASS_LOG | 1 << VX_PASS_BLOCKS);
    findings_free(&f);
    image_free(&im);
}

/* One copy of the region tables that cannot be read is no reason to skip them. */
static void test_check__one_unreadable_region_table__no_pass_is_skipped(void **state)
{
    static const uint64_t place[] = {IMAGE_REGIONS_1, IMAGE_REGIONS_2};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(place); i++) {
        struct image im;
        struct vx_source inner;
        struct fault_source fault;
        struct vx_source src;
        struct findings f;

        image_make(&im, &(struct image_spec){0});
        inner = image_source(&im);
        fault_source_init(&fault, &inner);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = (struct vx_range){place[i], place[i] + 1};
        src = fault_source(&fault);
        findings_init(&f, "one table");
        check_source(&src, NULL, &f, NULL);
        expect_summary(&f, "RUN-001w");
        findings_free(&f);
        image_free(&im);
    }
}

/* Tables of one view, then of another one that has none: nothing of the first is left. */
static void test_check_tables__another_view__begins_with_nothing(void **state)
{
    enum { NO_TABLES, NO_METADATA, VIEWS };
    const struct vx_need need = vx_structure_need(0);
    struct vx_structure *s = malloc(sizeof(*s));
    void *memory = malloc((size_t)need.min);

    (void)state;
    assert_true(s != NULL && memory != NULL);
    for (int view = NO_TABLES; view < VIEWS; view++) {
        struct image im;
        struct vx_source src;
        struct findings f;

        image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
        image_add_item(&im, IMAGE_GUID_FOREIGN, 0x20000, 8, 4);
        src = image_source(&im);
        findings_init(&f, "another view");
        assert_int_equal(vx_structure_init(s, memory, (size_t)need.min, &f.rep), VX_OK);
        assert_true(vx_structure_check_head(s, &src));
        assert_true(vx_structure_check_tables(s, &src));
        vx_structure_check_blocks(s, &src);
        expect_total(&f, VX_LAY_011, 1);
        assert_true(s->facts.has_geometry && s->facts.blocks.is_judged);
        assert_true(s->facts.locator.is_usable && s->facts.partial.is_judged);
        image_put(&im, IMAGE_METADATA, 1, 0);
        if (view == NO_TABLES) {
            image_put(&im, IMAGE_REGIONS_1, 1, 0);
            image_put(&im, IMAGE_REGIONS_2, 1, 0);
        }
        assert_false(vx_structure_check_tables(s, &src));
        assert_false(s->facts.has_geometry || s->facts.blocks.is_judged);
        assert_int_equal(s->facts.geometry.block_mib, 0);
        assert_int_equal(s->facts.metadata.count, 0);
        assert_false(s->facts.locator.is_usable || s->facts.partial.is_judged);
        expect_total(&f, VX_LAY_011, 1);
        findings_free(&f);
        image_free(&im);
    }
    free(memory);
    free(s);
}

/* Memory is given for the image that replay may make; what is judged touches what it asks for. */
static void test_check__more_memory_than_needed__is_not_touched(void **state)
{
    const size_t bytes = (size_t)vx_structure_need(64 * IMAGE_TIB).max;
    struct vx_structure *s = malloc(sizeof(*s));
    uint8_t *memory = malloc(bytes);
    struct findings f;
    struct image im;
    struct vx_source src;

    (void)state;
    assert_non_null(s);
    assert_non_null(memory);
    memset(memory, 0xa5, bytes);
    image_make(&im, &(struct image_spec){.state = 6});
    src = image_source(&im);
    findings_init(&f, "much memory");
    assert_int_equal(vx_structure_init(s, memory, bytes, &f.rep), VX_OK);
    vx_structure_check(s, &src);
    expect_summary(&f, "");
    for (size_t i = (size_t)vx_structure_need(im.size).max; i < bytes; i++) {
        if (memory[i] != 0xa5) {
            fail_msg("byte %zu was touched", i);
        }
    }
    findings_free(&f);
    image_free(&im);
    free(memory);
    free(s);
}

/* Images whose every read is made to fail or change. */
static void make_image_of_kind(unsigned kind, struct image *im)
{
    static const struct image_spec spec[] = {{.state = 6},
                                             {.type = IMAGE_FIXED, .state = 6},
                                             {.disk_bytes = 20 * 256 * IMAGE_MIB,
                                              .block_bytes = 256 * VX_MIB,
                                              .type = IMAGE_DIFFERENCING,
                                              .state = 7},
                                             {.disk_bytes = 40 * IMAGE_GIB, .state = 6}};

    image_make(im, &spec[kind % VX_COUNT_OF(spec)]);
    if (kind >= VX_COUNT_OF(spec)) { /* with a collision and a stale place, for more passes */
        image_bat_set(im, 3, image_bat_get(im, 2));
        image_bat_set(im, 5, image_bat_get(im, 2) - 3);
    }
}
enum { IMAGE_KINDS = 8 };

/* What each pass leaves behind does not hang on what was there before. */
static void test_check__facts_full_of_rubbish__the_same_facts(void **state)
{
    struct vx_structure *s = malloc(sizeof(*s));

    (void)state;
    assert_non_null(s);
    for (unsigned kind = 0; kind < IMAGE_KINDS; kind++) {
        struct findings f;
        struct image im;
        struct vx_source src;
        size_t bytes;
        void *memory;
        uint64_t clean;

        make_image_of_kind(kind, &im);
        src = image_source(&im);
        bytes = (size_t)vx_structure_need(im.size).min;
        memory = malloc(bytes);
        assert_non_null(memory);
        findings_init(&f, "rubbish");
        assert_int_equal(vx_structure_init(s, memory, bytes, &f.rep), VX_OK);
        vx_structure_check(s, &src);
        clean = golden_facts(&s->facts);
        memset(&s->facts, 1, sizeof(s->facts)); /* all flags set */
        vx_structure_check(s, &src);
        assert_true(clean == golden_facts(&s->facts));
        findings_free(&f);
        free(memory);
        image_free(&im);
    }
    free(s);
}

static void expect_honest(struct image *im, enum fault_kind kind, uint64_t at, size_t memory,
                          struct fault_source *fault)
{
    static const char *const what[] = {"sound image",  "fails once",   "fails from",
                                       "changes once", "changes from", "shrinks from"};
    const struct check_options options = {.memory_bytes = memory};
    const struct vx_source inner = image_source(im);
    struct vx_source src;
    struct findings f;

    fault_source_init(fault, &inner);
    fault->kind = kind;
    fault->at = at;
    fault->limit = IMAGE_BAT;
    src = fault_source(fault);
    findings_init(&f, what[kind]);
    check_source(&src, &options, &f, NULL);
    expect_invariants(&f, im->size);
    assert_int_equal(fault->outside, 0);
    assert_true(fault->reads <= READS_MAX);
    if (fault->failures > 0) {
        assert_true(f.rep.total[VX_RUN_001] > 0);
        assert_true(vx_verdict_of(&f.rep) == VX_INCOMPLETE || vx_verdict_of(&f.rep) == VX_CORRUPT);
    } else {
        expect_no_rule(&f, VX_RUN_001);
    }
    findings_free(&f);
}

static void test_check__fault_at_every_read__is_said(void **state)
{
    struct image im;
    struct fault_source fault;

    (void)state;
    for (unsigned kind = 0; kind < IMAGE_KINDS; kind++) {
        make_image_of_kind(kind, &im);
        for (int what = FAULT_FAIL_ONCE; what <= FAULT_SHRINK_FROM; what++) {
            const size_t least = (size_t)vx_structure_need(im.size).min;
            uint64_t at = 0;

            do {
                expect_honest(&im, (enum fault_kind)what, at, 0, &fault);
                expect_honest(&im, (enum fault_kind)what, at, least, &fault);
                at++;
            } while (at <= fault.reads);
        }
        image_free(&im);
    }
}

static void test_check__failing_hole_queries__same_findings(void **state)
{
    struct image im;
    struct findings good;
    struct findings bad;
    struct fault_source fault;
    struct vx_source src;

    (void)state;
    for (unsigned kind = 0; kind < IMAGE_KINDS; kind++) {
        make_image_of_kind(kind, &im);
        src = image_source(&im);
        fault_source_init(&fault, &src);
        fault.fails_queries = true;
        findings_init(&good, "good queries");
        findings_init(&bad, "failing queries");
        check_source(&src, NULL, &good, NULL);
        src = fault_source(&fault);
        check_source(&src, NULL, &bad, NULL);
        expect_same(&good, &bad, "failing hole queries");
        findings_free(&good);
        findings_free(&bad);
        image_free(&im);
    }
}

static void expect_not_sound(struct image *im, uint64_t size)
{
    struct findings f;

    im->size = size;
    findings_init(&f, "truncated");
    check_image(im, &f, NULL);
    expect_invariants(&f, size);
    assert_int_equal(vx_verdict_of(&f.rep), VX_CORRUPT);
    findings_free(&f);
}

static void test_check__sound_image_cut_anywhere__is_corrupt(void **state)
{
    struct image im;
    uint64_t full;

    (void)state;
    image_make(&im, &(struct image_spec){.state = 6});
    full = im.size;
    for (uint64_t size = 0; size < full; size += 65536) {
        expect_not_sound(&im, size);
        expect_not_sound(&im, size + 1);
        expect_not_sound(&im, size + 4095);
        expect_not_sound(&im, size + 65535);
    }
    for (uint64_t size = 0; size < 600; size++) {
        expect_not_sound(&im, size);
    }
    image_free(&im);
}

static void test_check__size_2_63_less_1__is_sound_and_cheap(void **state)
{
    struct image im;
    struct findings f;
    struct vx_source src;
    struct fault_source fault;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    im.size = INT64_MAX;
    image_bat_set(&im, 2, image_entry((UINT64_C(1) << 43) - 2, 6));
    image_bat_set(&im, 3, image_entry(UINT64_C(1) << 42, 6));
    src = image_source(&im);
    fault_source_init(&fault, &src);
    src = fault_source(&fault);
    findings_init(&f, "2^63 - 1 bytes");
    check_source(&src, NULL, &f, NULL);
    expect_summary(&f, "LAY-009i");
    assert_true(fault.reads <= 20);
    findings_free(&f);
    image_free(&im);
}

/* All 2047 slots of both region tables: one GUID, every region on top of the others. */
static void fill_regions(struct image *im, bool is_descending)
{
    for (unsigned i = IMAGE_REGION_NEXT; i < 2047; i++) {
        const unsigned place = is_descending ? 2047 - i : i;

        image_add_region(im, IMAGE_GUID_FOREIGN, (4 + UINT64_C(0) + place) * IMAGE_MIB, 0xfff00000,
                         0);
    }
    im->size = 8 * IMAGE_GIB;
    image_seal(im);
}

static void test_check__2047_overlapping_regions_of_one_guid__few_reads(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct image im;
        struct findings f;
        struct vx_source src;
        struct fault_source fault;

        image_make(&im, &(struct image_spec){0});
        fill_regions(&im, order != 0);
        src = image_source(&im);
        fault_source_init(&fault, &src);
        src = fault_source(&fault);
        findings_init(&f, "2047 regions");
        check_source(&src, NULL, &f, NULL);
        expect_invariants(&f, im.size);
        expect_total(&f, VX_RGE_001, 2044);
        expect_total(&f, VX_RGE_006, 2044);
        expect_total(&f, VX_RGE_010, 2045);
        assert_true(fault.reads <= 16);
        findings_free(&f);
        image_free(&im);
    }
}

static void test_check__2047_overlapping_items_of_one_guid__few_reads(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct image im;
        struct findings f;
        struct vx_source src;
        struct fault_source fault;

        image_make(&im, &(struct image_spec){0});
        for (unsigned i = IMAGE_ITEM_NEXT; i < 2047; i++) {
            const unsigned place = order != 0 ? 2047 - i : i;

            image_add_item(&im, IMAGE_GUID_FOREIGN, 0x20000 + place, 0x8000, 0);
        }
        src = image_source(&im);
        fault_source_init(&fault, &src);
        src = fault_source(&fault);
        findings_init(&f, "2047 items");
        check_source(&src, NULL, &f, NULL);
        expect_invariants(&f, im.size);
        expect_summary(&f, "MDT-007i MDE-001e MDE-004e");
        expect_total(&f, VX_MDE_001, 2041);
        expect_total(&f, VX_MDE_004, 2041);
        assert_true(fault.reads <= 16);
        findings_free(&f);
        image_free(&im);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure_init__one_byte_below_the_minimum__is_refused),
        cmocka_unit_test(test_structure_need__any_size__does_not_wrap),
        cmocka_unit_test(test_check__structures_behind_the_end__their_passes_are_named),
        cmocka_unit_test(test_check__no_current_header__log_and_blocks_are_named),
        cmocka_unit_test(test_check__one_unreadable_region_table__no_pass_is_skipped),
        cmocka_unit_test(test_check_tables__another_view__begins_with_nothing),
        cmocka_unit_test(test_check__more_memory_than_needed__is_not_touched),
        cmocka_unit_test(test_check__facts_full_of_rubbish__the_same_facts),
        cmocka_unit_test(test_check__fault_at_every_read__is_said),
        cmocka_unit_test(test_check__failing_hole_queries__same_findings),
        cmocka_unit_test(test_check__sound_image_cut_anywhere__is_corrupt),
        cmocka_unit_test(test_check__size_2_63_less_1__is_sound_and_cheap),
        cmocka_unit_test(test_check__2047_overlapping_regions_of_one_guid__few_reads),
        cmocka_unit_test(test_check__2047_overlapping_items_of_one_guid__few_reads),
    };

    return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
