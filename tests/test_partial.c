/* The pass over the sector bitmaps: what it counts, what it passes over, and what that costs. */
#include "parser/partial.h"

#include "parser/disk.h"
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

enum { BITMAP_MIB = 4, DATA_MIB = 5 };

/* A child of 2 MiB blocks, block 0 partially present; its bitmap is all zero. */
static void start(struct image *im, uint64_t disk_bytes)
{
    image_make(im, &(struct image_spec){.type = IMAGE_DIFFERENCING,
                                        .disk_bytes = disk_bytes,
                                        .block_bytes = 2 * VX_MIB});
    image_bat_set(im, 0, image_entry(DATA_MIB, 7));
    image_bat_set(im, image_bitmap_index(im, 0), image_entry(BITMAP_MIB, 6));
    im->size = (DATA_MIB + 2) * IMAGE_MIB;
}

static void set_bits(struct image *im, uint64_t first, uint64_t count)
{
    for (uint64_t bit = first; bit < first + count; bit++) {
        const uint64_t at = BITMAP_MIB * IMAGE_MIB + bit / 8;

        image_put(im, at, 1, image_get(im, at, 1) | UINT64_C(1) << (bit % 8));
    }
}

static void expect_partial(struct image *im, const char *name, const char *summary,
                           struct vx_partial want)
{
    struct findings f;
    struct vx_facts facts;

    findings_init(&f, name);
    check_image(im, &f, &facts);
    expect_summary(&f, summary);
    assert_int_equal(facts.partial.is_judged, want.is_judged);
    assert_int_equal(facts.partial.blocks, want.blocks);
    assert_int_equal(facts.partial.own, want.own);
    assert_int_equal(facts.partial.of_parent, want.of_parent);
    assert_int_equal(facts.partial.uniform, want.uniform);
    findings_free(&f);
}

static void test_partial_check__sectors__are_counted(void **state)
{
    struct image im;

    (void)state;
    start(&im, 4 * IMAGE_MIB);
    expect_partial(&im, "none", "SBM-004i RUN-006i", (struct vx_partial){true, 1, 0, 4096, 1});
    set_bits(&im, 4095, 1);
    expect_partial(&im, "the last", "RUN-006i", (struct vx_partial){true, 1, 1, 4095, 0});
    set_bits(&im, 4096, 4096); /* of the block behind it, which is not partially present */
    expect_partial(&im, "the next block", "RUN-006i", (struct vx_partial){true, 1, 1, 4095, 0});
    set_bits(&im, 0, 4096);
    expect_partial(&im, "all", "SBM-004i RUN-006i", (struct vx_partial){true, 1, 4096, 0, 1});
    image_free(&im);
}

static void test_partial_check__short_last_block__bits_behind_the_end_mean_nothing(void **state)
{
    struct image im;

    (void)state;
    start(&im, IMAGE_MIB + 512);
    set_bits(&im, 2049, 100);
    expect_partial(&im, "none", "SBM-004i RUN-006i", (struct vx_partial){true, 1, 0, 2049, 1});
    set_bits(&im, 2048, 1);
    expect_partial(&im, "the last", "RUN-006i", (struct vx_partial){true, 1, 1, 2048, 0});
    image_free(&im);
}

static void test_partial_check__no_bitmap_or_no_child__nothing_is_judged(void **state)
{
    struct image im;

    (void)state;
    start(&im, 4 * IMAGE_MIB);
    image_bat_set(&im, image_bitmap_index(&im, 0), 0);
    expect_partial(&im, "no bitmap", "BAT-011e BAT-024e RUN-006i",
                   (struct vx_partial){true, 0, 0, 0, 0});
    image_free(&im);
    image_make(&im, &(struct image_spec){.state = 6});
    image_bat_set(&im, 0, image_bat_get(&im, 0) | 7);
    expect_partial(&im, "no child", "BAT-010e", (struct vx_partial){false, 0, 0, 0, 0});
    image_free(&im);
}

/* ---- bitmaps that are others', too ---- */

static void test_partial_check__bitmap_on_a_block__is_passed_over(void **state)
{
    struct image im;

    (void)state;
    start(&im, 4 * IMAGE_MIB);
    image_bat_set(&im, image_bitmap_index(&im, 0), image_entry(DATA_MIB, 6));
    expect_partial(&im, "on its data", "LAY-006e BAT-011e BAT-015e BAT-016e BAT-025e RUN-006i",
                   (struct vx_partial){true, 0, 0, 0, 0});
    image_free(&im);
}

/* A table of 3 MiB, a bitmap of 1 MiB, all other bytes of 64 TiB a hole; bitmaps: where all of them
 * lie, blocks: of data. If every block's bits were looked at, that would be 16 GiB. Nor are there
 * more ranges than entries in the table. */
static void expect_few_bytes(uint64_t bitmaps, uint64_t blocks)
{
    static uint8_t window[2][VX_BAT_WINDOW_BYTES];
    struct image im;
    struct vx_source inner;
    struct fault_source count;
    struct vx_source src;
    struct replayed r;
    struct vx_disk disk;
    struct vx_disk_range range;

    image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING,
                                         .disk_bytes = 64 * IMAGE_TIB,
                                         .block_bytes = 256 * VX_MIB});
    for (uint64_t i = 0; i < im.bat_entries; i++) {
        image_bat_set(&im, i, i % 17 == 16 ? bitmaps | 6 : blocks | 7);
    }
    if (bitmaps > IMAGE_BAT + 2 * IMAGE_MIB) {
        for (uint64_t i = 0; i < IMAGE_MIB; i += 8) {
            image_put(&im, bitmaps + i, 8, UINT64_C(0x5555555555555555));
        }
    }
    im.size = 64 * IMAGE_TIB;
    inner = image_source(&im);
    fault_source_init(&count, &inner);
    src = fault_source(&count);
    replayed_open(&r, "one bitmap", &src, NULL);
    assert_int_equal(r.check->structure.facts.partial.blocks, 0);
    expect_no_rule(&r.f, VX_SBM_004);
    vx_disk_init(&disk, &src, &r.check->structure.facts.geometry,
                 &r.check->structure.facts.regions.bat, window);
    assert_int_equal(vx_disk_map(&disk, 0, 1, &range), VX_OK); /* which finds the first bitmap */
    assert_int_not_equal(range.kind, VX_DISK_UNREADABLE);
    vx_disk_heed_claims(&disk, &r.check->structure.claims);
    assert_int_equal(vx_disk_map(&disk, 0, UINT64_MAX, &range), VX_OK);
    assert_int_equal(range.kind, VX_DISK_UNREADABLE);
    assert_int_equal(range.rule, VX_BAT_011);
    assert_int_equal(range.length, 64 * IMAGE_TIB);
    assert_true(count.bytes < 32 * IMAGE_MIB);
    replayed_close(&r);
    image_free(&im);
}

static void test_partial_check__all_chunks_one_bitmap__few_bytes(void **state)
{
    (void)state;
    expect_few_bytes(8 * IMAGE_MIB, 16 * IMAGE_MIB);  /* beside the blocks */
    expect_few_bytes(16 * IMAGE_MIB, 16 * IMAGE_MIB); /* on them */
    expect_few_bytes(IMAGE_BAT, 16 * IMAGE_MIB);      /* on the table */
    expect_few_bytes(IMAGE_METADATA, 16 * IMAGE_MIB);
}

/* What was not compared with other blocks may be shared: it is passed over, and that is said. */
static void test_partial_check__not_compared__is_passed_over_and_said(void **state)
{
    static const struct {
        uint64_t pass_limit;
        const char *want;
        uint64_t blocks;
    } row[] = {{1, "SBM-004i RUN-005w RUN-006i RUN-009w", 1}, {2, "SBM-004i RUN-006i", 3}};
    struct image im;

    (void)state;
    image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING,
                                         .disk_bytes = 12 * IMAGE_GIB,
                                         .block_bytes = 256 * VX_MIB});
    for (uint64_t chunk = 0; chunk < 3; chunk++) {
        const uint64_t at = chunk == 0 ? 300 : (chunk + 1) << 20;

        image_bat_set(&im, image_payload_index(&im, 16 * chunk), image_entry(at + 1, 7));
        image_bat_set(&im, image_bitmap_index(&im, chunk), image_entry(chunk == 0 ? 290 : at, 6));
    }
    im.size = 4 * IMAGE_TIB;
    image_bat_set(&im, image_payload_index(&im, 32), image_entry((2 << 20) + 300, 7));
    image_bat_set(&im, image_bitmap_index(&im, 2), image_entry((2 << 20) + 257, 6));
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        const struct check_options options = {.memory_bytes =
                                                  (size_t)vx_structure_need(im.size).min,
                                              .pass_limit = row[i].pass_limit};
        const struct vx_source src = image_source(&im);
        struct findings f;
        struct vx_facts facts;

        findings_init(&f, "not compared");
        check_source(&src, &options, &f, &facts);
        expect_summary(&f, row[i].want);
        assert_int_equal(facts.partial.blocks, row[i].blocks);
        expect_total(&f, VX_RUN_009, row[i].pass_limit == 1 ? 1 : 0);
        findings_free(&f);
    }
    image_free(&im);
}

/* ---- reads ---- */

static void test_partial_check__unreadable_bitmap__is_said_once(void **state)
{
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_source src;
    struct findings f;
    struct vx_facts facts;

    (void)state;
    start(&im, 8 * IMAGE_MIB);
    set_bits(&im, 0, 1);
    im.size = (DATA_MIB + 8) * IMAGE_MIB;
    for (uint64_t block = 1; block < 4; block++) {
        image_bat_set(&im, block, image_entry(DATA_MIB + 2 * block, 7));
    }
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.kind = FAULT_FAIL_RANGE;
    fault.bad = (struct vx_range){BITMAP_MIB * IMAGE_MIB, BITMAP_MIB * IMAGE_MIB + 4096};
    src = fault_source(&fault);
    findings_init(&f, "bad bitmap");
    check_source(&src, NULL, &f, &facts);
    expect_summary(&f, "RUN-001w RUN-006i");
    expect_total(&f, VX_RUN_001, 1);
    expect_finding(&f, VX_RUN_001, VX_SEV_WARNING, 0, BITMAP_MIB * IMAGE_MIB);
    assert_int_equal(facts.partial.blocks, 0);
    findings_free(&f);
    image_free(&im);
}

/* Another partially present block, which is in the second chunk, with a bitmap of its own. */
static void start_two_chunks(struct image *im, uint64_t block)
{
    start(im, 16 * IMAGE_GIB);
    set_bits(im, 5, 1);
    image_bat_set(im, image_payload_index(im, block), image_entry(DATA_MIB + 3, 7));
    image_bat_set(im, image_bitmap_index(im, 1), image_entry(DATA_MIB + 2, 6));
    image_put(im, (DATA_MIB + 2) * IMAGE_MIB, 1, 1);
    im->size = (DATA_MIB + 5) * IMAGE_MIB;
}

/* Each chunk's bitmap is bad, and each is said: the bytes with the bits that are wanted. */
static void test_partial_check__unreadable_bitmaps__each_is_said(void **state)
{
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_source src;
    struct findings f;

    (void)state;
    start_two_chunks(&im, 2048 + 3);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.kind = FAULT_FAIL_RANGE;
    fault.bad = (struct vx_range){BITMAP_MIB * IMAGE_MIB, (DATA_MIB + 5) * IMAGE_MIB};
    src = fault_source(&fault);
    findings_init(&f, "bad bitmaps");
    check_source(&src, NULL, &f, NULL);
    expect_total(&f, VX_RUN_001, 2);
    assert_int_equal(findings_first(&f, VX_RUN_001)->length, 512);
    expect_finding(&f, VX_RUN_001, VX_SEV_WARNING, 0, BITMAP_MIB * IMAGE_MIB);
    expect_finding(&f, VX_RUN_001, VX_SEV_WARNING, 0,
                   (DATA_MIB + 2) * IMAGE_MIB + UINT64_C(3) * 512);
    findings_free(&f);
    image_free(&im);
}

/* A slot of a bitmap is no payload block's, whatever state it is in. */
static void test_partial_check__bitmap_in_state_7__is_no_block(void **state)
{
    struct image im;
    struct findings f;
    struct vx_facts facts;

    (void)state;
    start(&im, 16 * IMAGE_GIB);
    image_bat_set(&im, image_payload_index(&im, 2047), image_entry(0, VX_STATE_ZERO));
    image_bat_set(&im, image_bitmap_index(&im, 0), image_entry(BITMAP_MIB, 7));
    image_bat_set(&im, image_bitmap_index(&im, 1), image_entry(DATA_MIB + 2, 6));
    im.size = (DATA_MIB + 3) * IMAGE_MIB;
    findings_init(&f, "state 7");
    check_image(&im, &f, &facts);
    assert_true(facts.partial.is_judged);
    assert_int_equal(facts.partial.blocks, 0);
    findings_free(&f);
    image_free(&im);
}

/* When a slot that was read before cannot be read now, it is that one that is said. */
static bool says_slot(const struct findings *f, const struct image *im)
{
    const struct vx_finding *said = findings_first(f, VX_RUN_001);

    if (said == NULL ||
        said->offset != IMAGE_BAT + VX_BAT_ENTRY_BYTES * image_bitmap_index(im, 1)) {
        return false;
    }
    assert_int_equal(said->length, VX_BAT_ENTRY_BYTES);
    return true;
}

static void test_partial_check__fault_at_every_read__is_said(void **state)
{
    struct image im;
    struct vx_source inner;
    bool is_over = false;
    unsigned slots = 0;

    (void)state;
    start_two_chunks(&im, 2048);
    inner = image_source(&im);
    for (unsigned at = 0; !is_over; at++) {
        struct fault_source fault;
        struct vx_source src;
        struct findings f;
        struct vx_facts facts;

        fault_source_init(&fault, &inner);
        fault.kind = at % 2 == 0 ? FAULT_FAIL_ONCE : FAULT_FAIL_FROM;
        fault.at = at / 2;
        src = fault_source(&fault);
        findings_init(&f, "fault");
        check_source(&src, NULL, &f, &facts);
        expect_invariants(&f, src.size);
        is_over = fault.failures == 0;
        assert_true(is_over || vx_verdict_of(&f.rep) >= VX_CORRUPT || facts.partial.blocks == 2);
        assert_true(!is_over || facts.partial.blocks == 2);
        slots += says_slot(&f, &im) ? 1 : 0;
        findings_free(&f);
    }
    assert_true(slots > 0);
    image_free(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partial_check__sectors__are_counted),
        cmocka_unit_test(test_partial_check__short_last_block__bits_behind_the_end_mean_nothing),
        cmocka_unit_test(test_partial_check__no_bitmap_or_no_child__nothing_is_judged),
        cmocka_unit_test(test_partial_check__bitmap_on_a_block__is_passed_over),
        cmocka_unit_test(test_partial_check__all_chunks_one_bitmap__few_bytes),
        cmocka_unit_test(test_partial_check__not_compared__is_passed_over_and_said),
        cmocka_unit_test(test_partial_check__unreadable_bitmap__is_said_once),
        cmocka_unit_test(test_partial_check__unreadable_bitmaps__each_is_said),
        cmocka_unit_test(test_partial_check__bitmap_in_state_7__is_no_block),
        cmocka_unit_test(test_partial_check__fault_at_every_read__is_said),
    };

    return cmocka_run_group_tests_name("partial", tests, NULL, NULL);
}
