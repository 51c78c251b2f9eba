/* The whole check with the log in its midst: logs that rewrite what the disk is made of, faults at
 * every read, too little memory. */
#include "corpus/logbuild.h"
#include "parser/workspace.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

/* A log of one entry whose data sectors hold what lies at `from` in another image. */
static uint32_t log_pages(const struct test_log *log, const struct image *from,
                          const uint64_t *page, uint32_t count)
{
    struct log_entry entry = {.sequence = 9, .last = from->size};
    uint8_t bytes[LOG_SECTOR];
    uint32_t end;

    for (uint32_t i = 0; i < count; i++) {
        entry.write[i] = (struct log_write){LOG_DATA, page[i], 1};
    }
    end = log_put(log, &entry);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t data = log_at(log, (1 + (uint64_t)i) * LOG_SECTOR);

        image_get_bytes(from, page[i], bytes, sizeof(bytes));
        image_put_bytes(log->im, data + 8, bytes + 8, LOG_SECTOR - 12);
        log_poke(log, 0, E_DESCRIPTOR(i) + 4, 4, image_get(from, page[i] + 4092, 4));
        log_poke(log, 0, E_DESCRIPTOR(i) + 8, 8, image_get(from, page[i], 8));
    }
    log_seal(log, 0);
    return end;
}

struct rewrite {
    const char *name;
    struct image_spec old;
    struct image_spec new;
    uint64_t page[LOG_WRITES];
    const char *raw;      /* findings in the tables and blocks as they lie there */
    const char *replayed; /* and after replay */
};

static const struct rewrite REWRITE[] = {
    {"the BAT, and the file grows",
     {.state = 0},
     {.state = 6},
     {IMAGE_BAT},
     "",
     "HDR-012w RPL-003i"},
    {"the BAT: all blocks freed", {.state = 6}, {.state = 0}, {IMAGE_BAT}, "", "HDR-012w"},
    {"metadata items: a larger disk",
     {.disk_bytes = 16 * IMAGE_MIB},
     {.disk_bytes = 32 * IMAGE_MIB},
     {IMAGE_METADATA, IMAGE_ITEMS},
     "",
     "HDR-012w"},
    {"both region tables and the BAT",
     {.disk_bytes = 16 * IMAGE_MIB, .state = 6},
     {.disk_bytes = 512 * IMAGE_GIB},
     {IMAGE_REGIONS_1, IMAGE_REGIONS_2, IMAGE_METADATA, IMAGE_ITEMS, IMAGE_BAT},
     "",
     "HDR-012w"},
};

static void test_check_run__log_rewrites_tables__judged_and_read_as_after_replay(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(REWRITE); i++) {
        const struct rewrite *row = &REWRITE[i];
        struct image im;
        struct image new;
        struct test_log log;
        struct vx_source raw;
        struct replayed r;
        struct findings unreplayed;
        uint32_t pages = 0;

        image_make(&im, &row->old);
        image_make(&new, &row->new);
        log_init(&log, &im, IMAGE_LOG, VX_MIB);
        while (pages < LOG_WRITES && row->page[pages] != 0) {
            pages++;
        }
        (void)log_pages(&log, &new, row->page, pages);
        raw = image_source(&im);
        replayed_open(&r, row->name, &raw, NULL);
        expect_invariants(&r.f, r.check->view.size);
        expect_summary(&r.f, row->replayed);
        assert_true(r.check->structure.facts.has_geometry);
        assert_int_equal(r.check->structure.facts.geometry.disk_bytes, new.spec.disk_bytes);
        findings_init(&unreplayed, row->name);
        vxr_check_unreplayed(r.check, &raw, &unreplayed.rep);
        expect_summary(&unreplayed, row->raw);
        assert_int_equal(r.check->structure.facts.geometry.disk_bytes, new.spec.disk_bytes);
        for (size_t k = 0; k < unreplayed.count; k++) {
            assert_int_equal(unreplayed.at[k].view, VX_VIEW_RAW);
        }
        findings_free(&unreplayed);
        replayed_close(&r);
        image_free(&im);
        image_free(&new);
    }
}

/* The log mends the metadata table: what is known of blocks after replay is not known before. */
static void test_check_unreplayed__no_metadata_table__no_blocks_are_judged(void **state)
{
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    struct findings unreplayed;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    image_bat_set(&im, 1, image_entry(0, 4));
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_pages(&log, &im, (const uint64_t[]){IMAGE_METADATA}, 1);
    image_put(&im, IMAGE_METADATA, 8, 0);
    raw = image_source(&im);
    replayed_open(&r, "mended", &raw, NULL);
    expect_summary(&r.f, "HDR-012w BAT-009e");
    findings_init(&unreplayed, "as it lies");
    unreplayed.rep.view = VX_VIEW_REPLAYED;
    vxr_check_unreplayed(r.check, &raw, &unreplayed.rep);
    expect_summary(&unreplayed, "MDT-002f RUN-003w");
    assert_int_equal(unreplayed.at[0].view, VX_VIEW_RAW);
    assert_ptr_equal(r.check->structure.rep, &r.f.rep);
    assert_true(r.check->structure.facts.has_geometry);
    findings_free(&unreplayed);
    replayed_close(&r);
    image_free(&im);
}

static void test_check_run__findings__carry_the_view_they_were_made_in(void **state)
{
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    const struct log_entry entry = {.sequence = 5, .write = {{LOG_ZERO, IMAGE_REGIONS_1, 4096}}};

    (void)state;
    image_make(&im, &(struct image_spec){0});
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    raw = image_source(&im);
    replayed_open(&r, "views", &raw, NULL);
    assert_int_equal(findings_first(&r.f, VX_HDR_012)->view, VX_VIEW_RAW);
    expect_total(&r.f, VX_RGT_002, 1); /* only replay makes region table 1 unreadable */
    assert_int_equal(findings_first(&r.f, VX_RGT_002)->view, VX_VIEW_REPLAYED);
    replayed_close(&r);
    image_free(&im);
}

/* Present blocks that the log writes into, so that the table is walked once more. */
static void test_check_run__fault_at_every_read__never_called_sound(void **state)
{
    static const struct log_entry entry = {.sequence = 5,
                                           .write = {{LOG_DATA, 4 * IMAGE_MIB + 4096, 1}}};
    struct image im;
    struct test_log log;
    struct vx_source inner;
    struct fault_source fault;
    struct replayed good;
    uint64_t at = 0;

    (void)state;
    image_make(&im, &(struct image_spec){.state = 6});
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    (void)log_put(&log, &entry);
    inner = image_source(&im);
    replayed_open(&good, "no faults", &inner, NULL);
    expect_summary(&good.f, "HDR-012w LGD-011w");
    do {
        struct vx_source src;
        struct replayed r;

        fault_source_init(&fault, &inner);
        fault.kind = FAULT_FAIL_FROM;
        fault.at = at;
        src = fault_source(&fault);
        replayed_open(&r, "fails from a read on", &src, NULL);
        expect_invariants(&r.f, im.size);
        if (fault.failures > 0) {
            assert_true(r.f.rep.total[VX_RUN_001] > 0);
            assert_true(vx_verdict_of(&r.f.rep) == VX_INCOMPLETE ||
                        vx_verdict_of(&r.f.rep) == VX_CORRUPT);
        } else {
            expect_same(&r.f, &good.f, "a source without faults");
        }
        replayed_close(&r);
        at++;
    } while (at <= fault.reads);
    replayed_close(&good);
    image_free(&im);
}

static void test_check_init__too_little_memory__is_refused(void **state)
{
    struct vxr_check *check = malloc(sizeof(*check));
    struct vxr_log_workspace *ws = malloc(sizeof(*ws));
    const size_t least = (size_t)vx_structure_need(0).min;
    void *structure = malloc(least);
    void *overlay = malloc(1000);
    struct vxr_memory memory = {structure, least, ws, overlay, 1000};
    struct findings f;

    (void)state;
    assert_true(check != NULL && ws != NULL && structure != NULL && overlay != NULL);
    findings_init(&f, "memory");
    assert_int_equal(vxr_check_init(check, &memory, &f.rep), VX_OK);
    memory.overlay_bytes = VXR_OVERLAY_RECORDS_MIN * VXR_OVERLAY_RECORD_BYTES - 1;
    assert_int_equal(vxr_check_init(check, &memory, &f.rep), VX_E_WORKSPACE);
    memory.overlay_bytes = 1000;
    memory.structure_bytes = sizeof(struct vx_workspace);
    assert_int_equal(vxr_check_init(check, &memory, &f.rep), VX_E_WORKSPACE);
    findings_free(&f);
    free(check);
    free(ws);
    free(structure);
    free(overlay);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_run__log_rewrites_tables__judged_and_read_as_after_replay),
        cmocka_unit_test(test_check_unreplayed__no_metadata_table__no_blocks_are_judged),
        cmocka_unit_test(test_check_run__findings__carry_the_view_they_were_made_in),
        cmocka_unit_test(test_check_run__fault_at_every_read__never_called_sound),
        cmocka_unit_test(test_check_init__too_little_memory__is_refused),
    };

    return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
