/* Layout: who overlaps whom, against the naive comparison of all pairs. */
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { FOREIGN = 40, REGIONS = FOREIGN + IMAGE_REGION_NEXT };

static void add_random_regions(struct image *im, uint32_t *seed, uint32_t span_mib)
{
    for (uint32_t i = 0; i < FOREIGN; i++) {
        uint8_t guid[16] = {0};
        const uint64_t mib = 4 + random_next(seed) % span_mib;

        guid[0] = (uint8_t)(i + 1);
        image_add_region(im, guid, mib * IMAGE_MIB, (uint32_t)(random_next(seed) % 4 * IMAGE_MIB),
                         0);
    }
    im->size = (span_mib + 10) * IMAGE_MIB;
    image_seal(im);
}

/* Is there a pair at all that breaks the rule? */
static bool some_overlap(const struct vx_workspace *ws)
{
    for (unsigned i = 0; i < REGIONS; i++) {
        for (unsigned k = 0; k < i; k++) {
            const struct vx_region *a = &ws->region[i];
            const struct vx_region *b = &ws->region[k];

            if (a->length > 0 && b->length > 0 && a->offset < b->offset + b->length &&
                b->offset < a->offset + a->length) {
                return true;
            }
        }
    }
    return false;
}

static void expect_finds_as_naive(const struct vx_workspace *ws, struct vx_layout *layout)
{
    for (uint64_t mib = 0; mib < 110; mib++) {
        for (uint64_t count = 1; count < 5; count++) {
            const uint64_t begin = mib * VX_MIB;
            const uint64_t end = begin + count * VX_MIB;
            bool hits = begin < 2 * VX_MIB; /* header section, log */
            const struct vx_layout_range range = vx_layout_find(layout, begin, end);

            for (uint32_t i = 0; i < layout->count; i++) {
                const bool is_hit = layout->place[i].begin < end && begin < layout->place[i].end;

                assert_true(!is_hit || (range.first <= i && i < range.last));
                assert_true(i != range.first || range.first >= range.last || is_hit);
            }
            for (unsigned i = 0; i < REGIONS; i++) {
                hits = hits || (ws->region[i].length > 0 && ws->region[i].offset < end &&
                                begin < ws->region[i].offset + ws->region[i].length);
            }
            assert_int_equal(range.first < range.last, hits);
        }
    }
}

/* Blocks over one place, over many and over none: each place is charged with exactly its own. */
static void expect_charges_as_naive(struct vx_layout *layout, uint32_t *seed)
{
    static uint64_t blocks[VX_LAYOUT_MAX];
    struct findings f;
    uint64_t places = 0;

    memset(blocks, 0, sizeof(blocks));
    for (unsigned k = 0; k < 200; k++) {
        const uint64_t begin = (random_next(seed) % 2100) * VX_MIB;
        const uint64_t end = begin + (1 + random_next(seed) % 256) * VX_MIB;
        bool hits = false;

        for (uint32_t i = 0; i < layout->count; i++) {
            if (layout->place[i].begin < end && begin < layout->place[i].end) {
                blocks[i]++;
                hits = true;
            }
        }
        if (hits) {
            vx_layout_charge(layout, begin, end);
        }
    }
    findings_init(&f, "charged blocks");
    vx_layout_report_blocks(layout, &f.rep);
    for (uint32_t i = 0; i < layout->count; i++) {
        places += blocks[i] > 0 ? 1 : 0;
    }
    assert_int_equal(f.rep.total[VX_LAY_006], places);
    for (size_t n = 0; n < f.count; n++) {
        const struct vx_finding *x = &f.at[n];

        if (x->rule == VX_LAY_006) {
            uint64_t naive = 0;

            for (uint32_t i = 0; i < layout->count; i++) {
                naive += layout->place[i].index == x->arg[1] &&
                                 (uint64_t)layout->place[i].object == x->arg[0]
                             ? blocks[i]
                             : 0;
            }
            assert_int_equal(x->arg[2], naive);
        }
    }
    findings_free(&f);
}

static void test_layout__random_regions__as_the_naive_form(void **state)
{
    static const uint32_t span[] = {20, 100, 2000};
    struct vx_workspace *ws = check_workspace();
    uint32_t seed = 3;
    const uint32_t cases = random_cases("regions", 30, &seed);

    (void)state;
    for (uint32_t round = 0; round < cases; round++) {
        struct image im;
        struct findings f;
        struct vx_source src;
        struct vx_headers headers;
        struct vx_regions regions;

        image_make(&im, &(struct image_spec){0});
        add_random_regions(&im, &seed, span[round % VX_COUNT_OF(span)]);
        src = image_source(&im);
        findings_init(&f, "random regions");
        vx_headers_load(&src, ws, &f.rep, &headers);
        vx_headers_check(&headers, im.size, &f.rep);
        vx_regions_load(&src, ws, &f.rep, &regions);
        vx_layout_check(&headers, &regions, ws, &f.rep);
        expect_invariants(&f, im.size);
        assert_int_equal(regions.count, REGIONS);
        assert_int_equal(f.rep.total[VX_RGE_006] > 0, some_overlap(ws));
        expect_no_rule(&f, VX_RGE_007);
        expect_finds_as_naive(ws, &ws->layout);
        expect_charges_as_naive(&ws->layout, &seed);
        findings_free(&f);
        image_free(&im);
    }
    free(ws);
}

static void expect_evidence_of(struct image *im, const char *row)
{
    struct findings f;

    image_seal(im);
    findings_init(&f, row);
    check_image(im, &f, NULL);
    expect_invariants(&f, im->size);
    findings_free(&f);
}

static void test_layout__overlaps_beyond_the_file__evidence_stays_inside(void **state)
{
    struct image im;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    image_add_region(&im, IMAGE_GUID_FOREIGN, IMAGE_TIB, IMAGE_MIB, 0);
    image_add_region(&im, IMAGE_GUID_CHS, IMAGE_TIB, IMAGE_MIB, 0);
    expect_evidence_of(&im, "two regions beyond the file");
    image_free(&im);

    image_make(&im, &(struct image_spec){.state = 6});
    for (unsigned copy = 0; copy < 2; copy++) { /* from inside the file to beyond its end */
        image_put(&im, image_header_at(copy, 68), 4, 512 * IMAGE_MIB);
    }
    expect_evidence_of(&im, "log over everything and beyond the file");
    image_bat_set(&im, 3, image_entry(5, 3));
    expect_evidence_of(&im, "stale place on that log");
    image_free(&im);
}

static bool finds(const struct vx_layout *layout, uint64_t begin, uint64_t end)
{
    const struct vx_layout_range range = vx_layout_find(layout, begin, end);

    return range.first < range.last;
}

static void test_layout_find__as_many_places_as_can_be__each_is_found(void **state)
{
    static struct vx_layout layout;

    (void)state;
    memset(&layout, 0, sizeof(layout));
    layout.count = VX_LAYOUT_MAX;
    layout.end = 10 * (uint64_t)VX_LAYOUT_MAX;
    for (uint32_t i = 0; i < VX_LAYOUT_MAX; i++) {
        layout.place[i] = (struct vx_place){
            .begin = 10 * (uint64_t)i, .end = 10 * (uint64_t)i + 5, .furthest = i};
    }
    for (uint32_t i = 0; i < VX_LAYOUT_MAX; i++) {
        const uint64_t at = 10 * (uint64_t)i;
        const struct vx_layout_range range = vx_layout_find(&layout, at + 4, at + 5);

        assert_int_equal(range.first, i);
        assert_int_equal(range.last, i + 1);
        assert_false(finds(&layout, at + 5, at + 10));
    }
}

/* As many of them at a time as findings are forwarded. */
static void test_layout_charge__as_many_places_as_can_be__each_has_its_own(void **state)
{
    static struct vx_layout layout;
    const uint32_t part = VX_FINDINGS_PER_RULE;

    (void)state;
    for (uint32_t first = 0; first < VX_LAYOUT_MAX; first += part) {
        struct findings f;

        memset(&layout, 0, sizeof(layout));
        layout.count = VX_LAYOUT_MAX;
        for (uint32_t i = 0; i < VX_LAYOUT_MAX; i++) {
            layout.place[i] = (struct vx_place){
                .begin = 10 * (uint64_t)i, .end = 10 * (uint64_t)i + 5, .index = i};
            layout.by_end[i] = (uint16_t)i;
        }
        for (uint32_t i = first; i < VX_LAYOUT_MAX && i < first + part; i++) {
            vx_layout_charge(&layout, 10 * (uint64_t)i + 4, 10 * (uint64_t)i + 5);
        }
        findings_init(&f, "charged places");
        vx_layout_report_blocks(&layout, &f.rep);
        assert_int_equal(f.count, VX_LAYOUT_MAX - first < part ? VX_LAYOUT_MAX - first : part);
        for (size_t n = 0; n < f.count; n++) {
            assert_int_equal(f.at[n].arg[1], first + n);
            assert_int_equal(f.at[n].arg[2], 1);
        }
        findings_free(&f);
    }
}

static void test_layout_find__empty_layout__is_null(void **state)
{
    static struct vx_layout layout;

    (void)state;
    memset(&layout, 0, sizeof(layout));
    assert_false(finds(&layout, 0, UINT64_MAX));
    layout.count = 1;
    layout.end = 20;
    layout.place[0] = (struct vx_place){.begin = 10, .end = 20};
    assert_false(finds(&layout, 0, 10));
    assert_true(finds(&layout, 0, 11));
    assert_true(finds(&layout, 19, 20));
    assert_false(finds(&layout, 20, 21));
    assert_true(finds(&layout, 0, UINT64_MAX));
    assert_false(finds(&layout, 15, 15));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout__random_regions__as_the_naive_form),
        cmocka_unit_test(test_layout__overlaps_beyond_the_file__evidence_stays_inside),
        cmocka_unit_test(test_layout_find__as_many_places_as_can_be__each_is_found),
        cmocka_unit_test(test_layout_charge__as_many_places_as_can_be__each_has_its_own),
        cmocka_unit_test(test_layout_find__empty_layout__is_null),
    };

    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
