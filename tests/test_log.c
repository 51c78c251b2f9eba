/* The log pass as a whole: legal logs against bytes stated by hand; logs cut and torn anywhere
 * against the specification's own algorithm. */
#include "corpus/little.h"
#include "tests/support/expect_log.h"
#include "tests/support/fault_source.h"
#include "tests/support/legal_logs.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

/* Read the whole view and compare. */
static void expect_bytes(const struct replayed *r, const uint8_t *want, size_t size)
{
    static uint8_t bytes[65536];

    assert_int_equal(r->check->view.size, size);
    for (size_t at = 0; at < size; at += sizeof(bytes)) {
        assert_int_equal(vx_source_read(&r->check->view, at, bytes, sizeof(bytes)), VX_OK);
        for (size_t i = 0; i < sizeof(bytes); i++) {
            if (bytes[i] != want[at + i]) {
                fail_msg("row \"%s\": byte %zx is %02x, want %02x", r->f.row, at + i, bytes[i],
                         want[at + i]);
            }
        }
    }
}

static void test_log_check__legal_log__reads_as_stated(void **state)
{
    const struct legal_log *row = *state;
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    size_t size;
    uint8_t *want;

    legal_make(row, &im, &log);
    raw = image_source(&im);
    replayed_open(&r, row->name, &raw, NULL);
    expect_summary(&r.f, row->summary);
    expect_invariants(&r.f, im.size);
    assert_int_equal(r.check->log.state, VXR_LOG_REPLAYED);
    assert_int_equal(r.check->log.first_sequence, row->first_sequence);
    assert_int_equal(r.check->log.entries, row->entries);
    want = legal_expected(row, &im, &size);
    expect_bytes(&r, want, size);
    free(want);
    replayed_close(&r);
    image_free(&im);
}

/* The ways a sector can be lost, each followed by its repair. */
enum damage { DAMAGE_HALF, DAMAGE_FIRST_BYTE, DAMAGE_LAST_BYTE, DAMAGE_ALL, DAMAGES };

static void damage(const struct test_log *log, uint32_t sector, enum damage kind,
                   uint8_t saved[LOG_SECTOR])
{
    uint8_t bytes[LOG_SECTOR];

    image_get_bytes(log->im, log_at(log, (uint64_t)sector * LOG_SECTOR), saved, LOG_SECTOR);
    memcpy(bytes, saved, LOG_SECTOR);
    if (kind == DAMAGE_HALF) {
        memset(bytes + LOG_SECTOR / 2, 0, LOG_SECTOR / 2);
    } else if (kind == DAMAGE_FIRST_BYTE) {
        bytes[0] ^= 1;
    } else if (kind == DAMAGE_LAST_BYTE) {
        bytes[LOG_SECTOR - 1] ^= 0x80;
    } else {
        memset(bytes, 0, LOG_SECTOR);
    }
    image_put_bytes(log->im, log_at(log, (uint64_t)sector * LOG_SECTOR), bytes, LOG_SECTOR);
}

static bool is_used(const struct test_log *log, uint32_t sector)
{
    return image_get(log->im, log_at(log, (uint64_t)sector * LOG_SECTOR), 4) != 0;
}

static void test_log_check__any_sector_torn__complete_state_or_named(void **state)
{
    const struct legal_log *row = *state;
    struct image im;
    struct test_log log;
    uint8_t saved[LOG_SECTOR];

    legal_make(row, &im, &log);
    for (uint32_t sector = 0; sector < log.length / LOG_SECTOR; sector++) {
        for (int kind = 0; is_used(&log, sector) && kind < DAMAGES; kind++) {
            if (log_bytes(&row->entry[0]) > 200000 && (int)(sector % DAMAGES) != kind) {
                continue; /* one kind per sector of the long ones */
            }
            damage(&log, sector, (enum damage)kind, saved);
            expect_log_as_naive(&log, row->name);
            image_put_bytes(&im, log_at(&log, (uint64_t)sector * LOG_SECTOR), saved, LOG_SECTOR);
        }
    }
    image_free(&im);
}

/* Order in which a writer fills the ring: sector `step` from the first entry on. */
static void test_log_check__cut_after_any_sector__complete_state_or_named(void **state)
{
    static const uint8_t zeros[LOG_SECTOR];
    const struct legal_log *row = *state;
    const uint32_t first = row->entry[0].pos / LOG_SECTOR;
    struct image im;
    struct test_log log;

    legal_make(row, &im, &log);
    for (uint32_t left = log.length / LOG_SECTOR; left > 0; left--) {
        const uint32_t sector = (first + left - 1) % (log.length / LOG_SECTOR);

        if (is_used(&log, sector)) {
            image_put_bytes(&im, log_at(&log, (uint64_t)sector * LOG_SECTOR), zeros, sizeof(zeros));
            expect_log_as_naive(&log, row->name);
        }
    }
    image_free(&im);
}

/* After the first k entries, the view is what the oracle has after their descriptors. */
static void test_log_check__prefix_of_k_entries__only_these(void **state)
{
    const struct legal_log *row = &LEGAL_LOG[2]; /* stale {3} in front of {10,11,12} */
    struct image im;
    struct test_log log;
    struct naive_log naive;
    struct vx_source raw;

    (void)state;
    legal_make(row, &im, &log);
    naive_scan(&log, &naive);
    raw = image_source(&im);
    for (uint64_t k = 0; k <= 4; k++) {
        const struct replay_options options = {
            .has_prefix = true, .prefix = k, .is_log_only = true};
        const uint64_t entries = k < 3 ? k : 3; /* of one descriptor each */
        struct replayed r;

        replayed_open(&r, "prefix", &raw, &options);
        assert_int_equal(r.check->log.entries, entries);
        assert_int_equal(r.check->overlay.segment_count, entries);
        for (size_t i = 0; i < naive.count; i++) {
            uint8_t want[LOG_SECTOR];
            uint8_t bytes[LOG_SECTOR];

            naive_read(&log, &naive, (size_t)entries, naive.write[i].begin, want);
            assert_int_equal(
                vx_source_read(&r.check->view, naive.write[i].begin, bytes, sizeof(bytes)), VX_OK);
            assert_memory_equal(bytes, want, sizeof(want));
        }
        expect_summary(&r.f, "SEQ-008i");
        assert_int_equal(findings_first(&r.f, VX_SEQ_008)->arg[0], 1);
        replayed_close(&r);
    }
    naive_free(&naive);
    image_free(&im);
}

/* A log whose third entry truncates or forbids, and what a replay that stops before it finds. */
struct prefix_case {
    const char *name;
    struct log_entry third; /* at sector 4 of the ring, its Tail at 0 */
    uint64_t size_mib[4];   /* of the file after the first 0, 1, 2, 3 entries */
    const char *summary[4];
};

static const struct prefix_case PREFIX[] = {
    {.name = "each entry brings its own growth",
     .third = {.last = 12 * IMAGE_MIB},
     .size_mib = {8, 9, 10, 12},
     .summary = {"", "RPL-003i", "RPL-003i", "RPL-003i"}},
    {.name = "the third entry says that the file was longer",
     .third = {.last = 12 * IMAGE_MIB, .flushed = 9 * IMAGE_MIB},
     .size_mib = {8, 9, 10, 8},
     .summary = {"", "RPL-003i", "RPL-003i", "SEQ-006f RUN-003w"}},
    {.name = "the third entry writes into the headers",
     .third = {.last = 8 * IMAGE_MIB, .write = {{LOG_DATA, IMAGE_HEADER_1, 1}}},
     .size_mib = {8, 9, 10, 8},
     .summary = {"", "RPL-003i", "RPL-003i", "LGD-009f RUN-003w"}},
};

/* The last entry applied stands for the head: what comes behind it has no say. */
static void test_check_run__prefix__the_last_entry_applied_stands_for_the_head(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(PREFIX); i++) {
        const struct prefix_case *row = &PREFIX[i];
        struct log_entry entry[] = {{.sequence = 1, .last = 9 * IMAGE_MIB},
                                    {.pos = 2 * LOG_SECTOR, .sequence = 2, .last = 10 * IMAGE_MIB},
                                    row->third};
        const struct legal_log empty = {.name = row->name};
        struct image im;
        struct test_log log;
        struct vx_source raw;

        legal_make(&empty, &im, &log);
        entry[0].write[0] = (struct log_write){LOG_DATA, 5 * IMAGE_MIB, 1};
        entry[1].write[0] = (struct log_write){LOG_DATA, 6 * IMAGE_MIB, 2};
        entry[2].pos = 4 * LOG_SECTOR;
        entry[2].sequence = 3;
        for (size_t k = 0; k < VX_COUNT_OF(entry); k++) {
            (void)log_put(&log, &entry[k]);
        }
        raw = image_source(&im);
        for (uint64_t k = 0; k <= VX_COUNT_OF(entry); k++) {
            const struct replay_options options = {.has_prefix = true, .prefix = k};
            struct replayed r;

            replayed_open(&r, row->name, &raw, &options);
            expect_invariants(&r.f, vx_max(r.check->view.size, im.size));
            expect_summary(&r.f, row->summary[k]);
            assert_int_equal(r.check->log.entries, k);
            assert_int_equal(r.check->view.size, row->size_mib[k] * IMAGE_MIB);
            replayed_close(&r);
        }
        image_free(&im);
    }
}

/* What HDR-012 says is pending: only what was counted. */
struct pending_case {
    const char *name;
    struct log_entry entry;
    uint64_t entries;
    uint64_t bytes;
    size_t overlay_bytes; /* 0: enough */
    uint64_t torn;        /* offset in the file of a byte to change, or 0 */
    bool is_without_length;
};

static const struct pending_case PENDING[] = {
    {.name = "two descriptors for one place, and zeros",
     .entry = {.write = {{LOG_DATA, 5 * IMAGE_MIB, 1},
                         {LOG_DATA, 5 * IMAGE_MIB, 2},
                         {LOG_ZERO, 6 * IMAGE_MIB, 12288}}},
     .entries = 1,
     .bytes = 16384},
    {.name = "a target that is forbidden",
     .entry = {.write = {{LOG_DATA, 5 * IMAGE_MIB, 1}, {LOG_ZERO, 0, 4096}}},
     .entries = 1,
     .bytes = VX_NOT_KNOWN},
    {.name = "a file that was longer",
     .entry = {.write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}, .flushed = 99 * IMAGE_MIB},
     .entries = 1,
     .bytes = VX_NOT_KNOWN},
    {.name = "too little memory",
     .entry = {.write = {{LOG_ZERO, 5 * IMAGE_MIB, 4096}}, .repeat = 30},
     .entries = 1,
     .bytes = VX_NOT_KNOWN,
     .overlay_bytes = 10 * VXR_OVERLAY_RECORD_BYTES},
    {.name = "no entry is whole",
     .entry = {.write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}},
     .entries = VX_NOT_KNOWN,
     .bytes = VX_NOT_KNOWN,
     .torn = IMAGE_LOG + 4096 + 99},
    {.name = "no place for a log",
     .entry = {.write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}},
     .entries = VX_NOT_KNOWN,
     .bytes = VX_NOT_KNOWN,
     .is_without_length = true},
};

static void test_log_check__pending__only_numbers_that_were_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(PENDING); i++) {
        const struct pending_case *row = &PENDING[i];
        const struct legal_log empty = {.name = row->name};
        const struct replay_options options = {.overlay_bytes = row->overlay_bytes};
        struct log_entry entry = row->entry;
        struct image im;
        struct test_log log;
        struct vx_source raw;
        struct replayed r;

        legal_make(&empty, &im, &log);
        entry.sequence = 7;
        (void)log_put(&log, &entry);
        if (row->torn > 0) {
            image_put(&im, row->torn, 1, 1 ^ image_get(&im, row->torn, 1));
        }
        if (row->is_without_length) {
            image_put(&im, image_header_at(0, 68), 4, 0);
            image_put(&im, image_header_at(1, 68), 4, 0);
            image_seal(&im);
        }
        raw = image_source(&im);
        replayed_open(&r, row->name, &raw, &options);
        assert_non_null(findings_first(&r.f, VX_HDR_012));
        if (findings_first(&r.f, VX_HDR_012)->arg[2] != row->entries ||
            findings_first(&r.f, VX_HDR_012)->arg[3] != row->bytes) {
            fail_msg("row \"%s\": %" PRIu64 " entries, %" PRIu64 " bytes", row->name,
                     findings_first(&r.f, VX_HDR_012)->arg[2],
                     findings_first(&r.f, VX_HDR_012)->arg[3]);
        }
        replayed_close(&r);
        image_free(&im);
    }
}

static void test_log_check__too_little_memory__limit_and_exact_need(void **state)
{
    const struct legal_log *row = &LEGAL_LOG[7]; /* 254 descriptors */
    const size_t least = (size_t)vxr_overlay_need(VXR_OVERLAY_RECORDS_MIN);
    const size_t enough = (size_t)vxr_overlay_need(254);
    struct image im;
    struct test_log log;
    struct vx_source raw;

    (void)state;
    legal_make(row, &im, &log);
    raw = image_source(&im);
    for (size_t bytes = least; bytes <= enough + 8; bytes += bytes < enough - 400 ? 76 : 1) {
        const struct replay_options options = {.overlay_bytes = bytes};
        struct replayed r;

        replayed_open(&r, "little memory", &raw, &options);
        if (vx_verdict_of(&r.f.rep) == VX_WARNINGS) {
            expect_summary(&r.f, "HDR-012w");
            assert_true(bytes + 2 * VXR_OVERLAY_RECORD_BYTES > enough);
        } else {
            expect_summary(&r.f, "HDR-012w RUN-003w RUN-007w");
            assert_int_equal(vx_verdict_of(&r.f.rep), VX_INCOMPLETE);
            assert_int_equal(r.check->log.state, VXR_LOG_UNKNOWN);
            assert_int_equal(findings_first(&r.f, VX_RUN_007)->arg[0], enough);
            assert_true(bytes < enough);
            assert_false(r.check->is_replayed);
        }
        replayed_close(&r);
    }
    image_free(&im);
}

/* All of the sequence that was found is applied, or none and that is said; a sector that the search
 * could not read may hide the rest, and that is said as well. */
static void expect_all_or_none(const struct replayed *r, const struct replayed *good)
{
    const struct vxr_log *log = &r->check->log;

    if (log->state == VXR_LOG_REPLAYED && log->scan.unread == 0) {
        assert_int_equal(log->entries, good->check->log.entries);
        assert_int_equal(log->descriptors, good->check->log.descriptors);
        assert_int_equal(log->bytes, good->check->log.bytes);
    } else if (log->state == VXR_LOG_REPLAYED) {
        assert_true(r->f.rep.total[VX_RUN_001] >= log->scan.unread);
    } else if (log->state == VXR_LOG_UNKNOWN) {
        assert_true(r->f.rep.total[VX_RUN_004] + r->f.rep.total[VX_RUN_007] > 0);
        assert_int_equal(r->check->overlay.segment_count, 0);
    }
}

/* A failure that a second read overcame changes nothing; every other one is said, and what it kept
 * from being counted is no number. */
static void expect_honest(const struct replayed *r, const struct replayed *good)
{
    const enum vx_verdict verdict = vx_verdict_of(&r->f.rep);
    const struct vx_finding *pending = findings_first(&r->f, VX_HDR_012);

    expect_all_or_none(r, good);
    if (pending != NULL && r->check->log.state != VXR_LOG_REPLAYED) {
        assert_int_equal(pending->arg[3], VX_NOT_KNOWN);
        assert_true(pending->arg[2] == VX_NOT_KNOWN ||
                    pending->arg[2] == findings_first(&good->f, VX_HDR_012)->arg[2]);
    }
    if (r->f.rep.total[VX_RUN_001] == 0) {
        expect_same(&r->f, &good->f, "a read that failed once");
    } else {
        assert_true(verdict == VX_INCOMPLETE || verdict == VX_CORRUPT);
    }
}

static void test_log_check__fault_at_every_read__never_sound(void **state)
{
    const struct legal_log *row = *state;
    struct image im;
    struct test_log log;
    struct fault_source fault;
    struct vx_source inner;
    struct replayed good;

    legal_make(row, &im, &log);
    inner = image_source(&im);
    replayed_open(&good, row->name, &inner, NULL);
    for (int kind = FAULT_FAIL_ONCE; kind <= FAULT_SHRINK_FROM; kind++) {
        uint64_t at = 0;

        do {
            struct vx_source src;
            struct replayed r;

            fault_source_init(&fault, &inner);
            fault.kind = (enum fault_kind)kind;
            fault.at = at;
            fault.limit = IMAGE_LOG + 40 * UINT64_C(4096);
            src = fault_source(&fault);
            replayed_open(&r, row->name, &src, NULL);
            expect_invariants(&r.f, im.size);
            assert_int_equal(fault.outside, 0);
            if (fault.failures > 0) {
                expect_honest(&r, &good);
            }
            replayed_close(&r);
            at++;
        } while (at <= fault.reads);
    }
    replayed_close(&good);
    image_free(&im);
}

/* ---- a log that changes between two reads of it ---- */

/* From read number `from` of these bytes on, they are others. */
struct changing {
    struct vx_source inner;
    uint64_t at;
    uint8_t bytes[8];
    unsigned width;
    unsigned from;
    unsigned seen;
};

static enum vx_status read_changing(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    struct changing *c = ctx;
    const enum vx_status status = c->inner.read(c->inner.ctx, offset, dst, len);

    if (offset <= c->at && c->at + c->width <= offset + len) {
        if (c->seen >= c->from) {
            memcpy(dst + (c->at - offset), c->bytes, c->width);
        }
        c->seen++;
    }
    return status;
}

/* What was found valid and is not any more when it is taken: nothing is applied, and that is said.
 */
static void test_log_check__entry_changes_after_the_scan__nothing_is_applied(void **state)
{
    static const struct {
        const char *name;
        uint32_t at; /* in the entry */
        unsigned width;
        uint64_t value;
    } row[] = {
        {"signature", 0, 4, 0x656e6f6e},
        {"longer than the log", 8, 4, 2 * VX_MIB},
        {"no length", 8, 4, 0},
        {"no descriptor", E_DESCRIPTOR(0), 4, 0x656e6f6e},
        {"an odd offset", E_DESCRIPTOR(0) + 16, 8, 5 * IMAGE_MIB + 512},
        {"an odd length", E_DESCRIPTOR(0) + 8, 8, 512},
        {"beyond 2^64", E_DESCRIPTOR(0) + 16, 8, UINT64_MAX - 4095},
    };
    static const struct log_entry entry = {
        .sequence = 5, .last = 8 * IMAGE_MIB, .write = {{LOG_ZERO, 5 * IMAGE_MIB, 8192}}};
    static const struct replay_options log_only = {.is_log_only = true};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        unsigned lost = 0;

        for (unsigned from = 1; from < 5; from++) {
            struct image im;
            struct test_log log;
            struct changing c = {.at = IMAGE_LOG + row[i].at, .width = row[i].width, .from = from};
            struct vx_source src;
            struct replayed r;

            image_make(&im, &(struct image_spec){0});
            log_init(&log, &im, IMAGE_LOG, VX_MIB);
            (void)log_put(&log, &entry);
            im.size = 8 * IMAGE_MIB;
            c.inner = image_source(&im);
            little_put(c.bytes, row[i].width, row[i].value);
            src = (struct vx_source){.read = read_changing, .ctx = &c, .size = im.size};
            replayed_open(&r, row[i].name, &src, &log_only);
            if (c.seen <= from) {
                expect_summary(&r.f, "HDR-012w");
                assert_int_equal(r.check->log.state, VXR_LOG_REPLAYED);
            } else if (r.check->log.scan.has_active) {
                expect_total(&r.f, VX_RUN_004, 1);
                expect_no_rule(&r.f, VX_SEQ_008); /* it is of the sequence */
                assert_int_equal(vx_verdict_of(&r.f.rep), VX_INCOMPLETE);
                assert_int_equal(r.check->log.state, VXR_LOG_UNKNOWN);
                assert_int_equal(r.check->overlay.segment_count, 0);
                lost++;
            }
            replayed_close(&r);
            image_free(&im);
        }
        if (lost == 0) {
            fail_msg("%s: never seen after the scan", row[i].name);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest own[] = {
        cmocka_unit_test(test_log_check__prefix_of_k_entries__only_these),
        cmocka_unit_test(test_check_run__prefix__the_last_entry_applied_stands_for_the_head),
        cmocka_unit_test(test_log_check__pending__only_numbers_that_were_counted),
        cmocka_unit_test(test_log_check__too_little_memory__limit_and_exact_need),
        cmocka_unit_test(test_log_check__entry_changes_after_the_scan__nothing_is_applied),
    };
    static const struct {
        const char *name;
        CMUnitTestFunction test;
    } of_each_log[] = {
        {"reads as stated", test_log_check__legal_log__reads_as_stated},
        {"any sector torn", test_log_check__any_sector_torn__complete_state_or_named},
        {"cut anywhere", test_log_check__cut_after_any_sector__complete_state_or_named},
        {"fault at every read", test_log_check__fault_at_every_read__never_sound},
    };
    const size_t count = VX_COUNT_OF(own) + VX_COUNT_OF(of_each_log) * LEGAL_LOGS;
    struct CMUnitTest *all = calloc(count, sizeof(*all));
    size_t at = VX_COUNT_OF(own);
    int failed;

    if (all == NULL) {
        return EXIT_FAILURE;
    }
    memcpy(all, own, sizeof(own));
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        for (size_t k = 0; k < VX_COUNT_OF(of_each_log); k++) {
            all[at] = (struct CMUnitTest){
                .name = k == 0 ? LEGAL_LOG[i].name : of_each_log[k].name,
                .test_func = of_each_log[k].test,
                .initial_state = (void *)(uintptr_t)&LEGAL_LOG[i],
            };
            at++;
        }
    }
    failed = _cmocka_run_group_tests("log", all, count, NULL, NULL);
    free(all);
    return failed;
}
