/* The scan: random logs against the specification's own algorithm, and hostile logs of any size
 * with a source that counts. */
#include "tests/support/expect_log.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

enum { RANDOM_LOGS = 3000 /* unless asked for more */, LOG_AT = 1048576 };

/* ---- random logs ---- */

static struct log_write random_write(uint32_t *seed)
{
    static const uint64_t base[] = {IMAGE_MIB * 5, 0x280000, IMAGE_MIB * 7, 0x30000};
    const struct log_write write = {
        .kind = random_next(seed) % 3 == 0 ? LOG_ZERO : LOG_DATA,
        .offset = base[random_next(seed) % 4] + random_next(seed) % 8 * (uint64_t)LOG_SECTOR,
        .value = random_next(seed) % 6 * (uint64_t)LOG_SECTOR,
    };

    return write;
}

/* 2^64 - 1 has none: any other number will do. */
static uint64_t next_number(uint64_t sequence)
{
    return sequence == UINT64_MAX ? 1 : sequence + 1;
}

/* An entry that may follow the one before, in place and in number, or not. */
static void random_entry(uint32_t *seed, const struct log_entry *before, uint32_t next,
                         uint32_t first, struct log_entry *out)
{
    *out = (struct log_entry){
        .pos = next,
        .sequence = next_number(before->sequence),
        .flushed = random_next(seed) % 40 == 0 ? 64 * IMAGE_MIB : 0,
        .last = random_next(seed) % 8 == 0 ? 9 * IMAGE_MIB + random_next(seed) % 2 : 0,
        .is_foreign = random_next(seed) % 30 == 0,
    };
    if (random_next(seed) % 5 == 0) {
        out->pos = (before->pos + random_next(seed) % 12 * LOG_SECTOR) % VX_MIB;
    }
    if (random_next(seed) % 4 == 0) {
        out->sequence = random_next(seed) % 12;
    } else if (random_next(seed) % 12 == 0) {
        out->sequence = UINT64_MAX - random_next(seed) % 3;
    }
    out->tail = random_next(seed) % 3 == 0 ? out->pos : first;
    if (random_next(seed) % 8 == 0) {
        out->tail = (before->pos + random_next(seed) % 4 * LOG_SECTOR) % VX_MIB;
    }
    for (uint32_t i = random_next(seed) % 4; i > 0; i--) {
        out->write[i - 1] = random_write(seed);
    }
}

static void random_damage(uint32_t *seed, const struct test_log *log, uint32_t pos)
{
    static const struct {
        uint32_t at;
        unsigned width;
    } field[] = {{E_LENGTH},
                 {E_TAIL},
                 {E_COUNT},
                 {E_GUID},
                 {E_SEQUENCE},
                 {E_RESERVED},
                 {E_DESCRIPTOR(0), 4},
                 {E_DESCRIPTOR(0) + 8, 8},
                 {E_DESCRIPTOR(0) + 16, 8}};
    const size_t which = random_next(seed) % VX_COUNT_OF(field);
    const uint64_t value = random_next(seed) % 4 * (random_next(seed) % 2 == 0 ? 1 : LOG_SECTOR);

    log_poke(log, pos, field[which].at, field[which].width, value);
    if (random_next(seed) % 2 == 0) {
        const uint64_t length = image_get(log->im, log_at(log, pos) + 8, 4);

        if (length % LOG_SECTOR == 0 && length <= log->length) {
            log_seal(log, pos);
        }
    }
}

/* Some log, in an image of its own: the caller's to free. */
static void random_log(uint32_t *seed, struct image *im, struct test_log *log)
{
    struct log_entry e = {.sequence = random_next(seed) % 9};
    uint32_t next = random_next(seed) % 2 == 0 ? 0 : VX_MIB - random_next(seed) % 9 * 4096;
    uint32_t first = next % VX_MIB;

    image_make(im, &(struct image_spec){0});
    im->size = 8 * IMAGE_MIB;
    log_init(log, im, LOG_AT, VX_MIB);
    for (uint32_t i = random_next(seed) % 8; i <= 8; i++) {
        const struct log_entry before = e;

        random_entry(seed, &before, next % VX_MIB, first, &e);
        first = e.sequence == next_number(before.sequence) ? first : e.pos;
        next = log_put(log, &e);
        if (random_next(seed) % 10 == 0) {
            random_damage(seed, log, e.pos);
        }
    }
}

static void test_scan__random_logs__as_the_specification(void **state)
{
    uint32_t seed = 233;
    const uint32_t cases = random_cases("logs", RANDOM_LOGS, &seed);
    uint32_t replayed = 0;

    (void)state;
    for (uint32_t number = 0; number < cases; number++) {
        struct image im;
        struct test_log log;
        struct naive_log naive;

        random_log(&seed, &im, &log);
        expect_log_as_naive(&log, "random log");
        naive_scan(&log, &naive);
        replayed += naive.has_sequence && !naive.is_forbidden && naive.entries > 1 ? 1 : 0;
        naive_free(&naive);
        image_free(&im);
    }
    assert_true(replayed > cases / 10); /* the cases are worth something */
}

/* ---- what a source says of holes ---- */

static enum vx_status fail_to_say(void *ctx, uint64_t offset, struct vx_range *data)
{
    (void)ctx;
    *data = (struct vx_range){offset + IMAGE_MIB, offset + 2 * IMAGE_MIB};
    return VX_E_IO;
}

static enum vx_status say_it_was_before(void *ctx, uint64_t offset, struct vx_range *data)
{
    (void)ctx;
    *data = (struct vx_range){offset - 1, offset};
    return VX_OK;
}

static enum vx_status say_it_ends_first(void *ctx, uint64_t offset, struct vx_range *data)
{
    (void)ctx;
    *data = (struct vx_range){offset + IMAGE_MIB, offset};
    return VX_OK;
}

static enum vx_status say_all_is_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    (void)ctx;
    *data = (struct vx_range){offset, UINT64_MAX};
    return VX_OK;
}

/* Data begins at the first byte that is not zero, and that byte is all of it. */
static enum vx_status say_to_the_byte(void *ctx, uint64_t offset, struct vx_range *data)
{
    struct image *im = ctx;
    const struct vx_source inner = image_source(im);

    for (uint64_t at = offset; at < im->size; at = data->end) {
        if (inner.next_data(im, at, data) != VX_OK || data->begin == data->end) {
            break;
        }
        for (uint64_t i = data->begin; i < data->end; i++) {
            if (image_get(im, i, 1) != 0) {
                *data = (struct vx_range){i, i + 1};
                return VX_OK;
            }
        }
    }
    *data = (struct vx_range){im->size, im->size};
    return VX_OK;
}

static void test_scan__whatever_is_said_of_holes__as_the_specification(void **state)
{
    static const struct {
        const char *name;
        vx_next_data_fn *next_data;
    } said[] = {{"nothing", NULL},
                {"a failure", fail_to_say},
                {"data that begins before", say_it_was_before},
                {"data that ends before it begins", say_it_ends_first},
                {"all is data", say_all_is_data},
                {"to the byte", say_to_the_byte}};
    uint32_t seed = 77;

    (void)state;
    for (uint32_t number = 0; number < 50 * VX_COUNT_OF(said); number++) {
        struct image im;
        struct test_log log;
        struct vx_source raw;

        random_log(&seed, &im, &log);
        raw = image_source(&im);
        raw.next_data = said[number % VX_COUNT_OF(said)].next_data;
        expect_source_as_naive(&log, &raw, said[number % VX_COUNT_OF(said)].name);
        image_free(&im);
    }
}

/* ---- hostile logs ---- */

struct hostile;
typedef void sector_fn(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR]);

/* A log without memory: each sector is made when it is read. */
struct hostile {
    const char *name;
    sector_fn *make;
    uint64_t length;   /* of the log, bytes; the file ends with it */
    uint64_t sectors;  /* in it */
    uint64_t place;    /* of one entry that matters, in sectors */
    uint64_t every;    /* so many sectors the last one is data, the others a hole; 0: all is data */
    uint32_t checksum; /* of that entry, once computed */
    bool is_valid;     /* want: some sequence is active */
};

static void put(uint8_t *bytes, unsigned pos, unsigned width, uint64_t value)
{
    for (unsigned i = 0; i < width; i++) {
        bytes[pos + i] = (uint8_t)((value >> (8 * i)) & 0xff);
    }
}

static void put_header(uint8_t bytes[LOG_SECTOR], uint64_t length, uint64_t tail, uint64_t sequence,
                       uint64_t count)
{
    memset(bytes, 0, LOG_SECTOR);
    memcpy(bytes, "loge", 4);
    put(bytes, 8, 4, length);
    put(bytes, 12, 4, tail);
    put(bytes, 16, 8, sequence);
    put(bytes, 24, 4, count);
    memcpy(bytes + 32, LOG_GUID, 16);
}

static void seal_sector(uint8_t bytes[LOG_SECTOR])
{
    put(bytes, 4, 4, 0);
    put(bytes, 4, 4, vx_crc32c(vx_crc32c_best(), 0, bytes, LOG_SECTOR));
}

/* Every sector a plausible header that claims the rest of the log. */
static void make_claims(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    const uint64_t left = h->sectors - sector;

    put_header(bytes, left * LOG_SECTOR, 0, 1 + sector, left > 126 ? 126 : left - 1);
    for (unsigned i = 0; i < 126; i++) {
        memcpy(bytes + E_DESCRIPTOR(i), "desc", 4);
        put(bytes, E_DESCRIPTOR(i) + 16, 8, UINT64_C(1) << 30);
        put(bytes, E_DESCRIPTOR(i) + 24, 8, 1 + sector);
    }
}

static void make_counts(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    put_header(bytes, h->length, 0, 1 + sector, UINT32_MAX);
}

/* Every sector a valid entry, and they all follow one another. */
static void make_tiny(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    put_header(bytes, LOG_SECTOR, h->is_valid ? 0 : h->length, 1 + sector, 0);
    seal_sector(bytes);
}

/* Every sector a valid entry, and none follows another. */
static void make_lonely(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    put_header(bytes, LOG_SECTOR, sector * LOG_SECTOR, 2 * (h->sectors - sector), 0);
    seal_sector(bytes);
}

/* Every sector a valid entry whose Tail names the next one, and none follows another. */
static void make_astray(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    put_header(bytes, LOG_SECTOR, (sector + 1) % h->sectors * LOG_SECTOR, 5, 0);
    seal_sector(bytes);
}

/* One entry at `place` that fills the ring with descriptors of no zeros. */
static void make_full(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    const uint64_t nth = (sector + h->sectors - h->place) % h->sectors;

    memset(bytes, 0, LOG_SECTOR);
    if (nth == 0) {
        put_header(bytes, h->length, h->place * LOG_SECTOR, 7, h->sectors * 128 - 2);
        put(bytes, 4, 4, h->checksum);
    }
    for (unsigned pos = nth == 0 ? 64 : 0; pos < LOG_SECTOR; pos += 32) {
        memcpy(bytes + pos, "zero", 4);
        put(bytes, pos + 16, 8, UINT64_C(1) << 40);
        put(bytes, pos + 24, 8, 7);
    }
}

/* Every sector an entry but for its data sector, of which the next one is no part. */
static void make_torn(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    (void)h;
    put_header(bytes, 2 * LOG_SECTOR, 0, 1 + sector, 1);
    memcpy(bytes + E_DESCRIPTOR(0), "desc", 4);
    put(bytes, E_DESCRIPTOR(0) + 24, 8, 1 + sector);
}

/* A sector that begins no entry. */
static void make_data(const struct hostile *h, uint64_t sector, uint8_t bytes[LOG_SECTOR])
{
    (void)h;
    memset(bytes, 0, LOG_SECTOR);
    put(bytes, 8, 8, sector + 1);
}

static bool is_hole(const struct hostile *h, uint64_t sector)
{
    return h->every > 0 && (sector + 1) % h->every != 0;
}

static enum vx_status read_hostile(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct hostile *h = ctx;

    assert_true(offset % LOG_SECTOR == 0 && len % LOG_SECTOR == 0 && offset >= LOG_AT);
    for (size_t at = 0; at < len; at += LOG_SECTOR) {
        const uint64_t sector = (offset + at - LOG_AT) / LOG_SECTOR;

        if (is_hole(h, sector)) {
            memset(dst + at, 0, LOG_SECTOR);
        } else {
            h->make(h, sector, dst + at);
        }
    }
    return VX_OK;
}

static enum vx_status next_data_hostile(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct hostile *h = ctx;
    const uint64_t begin = offset - offset % LOG_SECTOR;
    uint64_t sector = (begin - LOG_AT) / LOG_SECTOR;

    assert_true(offset >= LOG_AT);
    if (!is_hole(h, sector)) {
        *data = (struct vx_range){offset, begin + LOG_SECTOR};
        return VX_OK;
    }
    sector = sector - sector % h->every + h->every - 1;
    data->begin = sector < h->sectors ? LOG_AT + sector * LOG_SECTOR : LOG_AT + h->length;
    data->end = sector < h->sectors ? data->begin + LOG_SECTOR : data->begin;
    return VX_OK;
}

/* The checksum that makes make_full()'s entry valid. */
static void seal_full(struct hostile *h)
{
    uint8_t bytes[LOG_SECTOR];
    uint32_t crc = 0;

    h->checksum = 0;
    for (uint64_t i = 0; i < h->sectors; i++) {
        h->make(h, (h->place + i) % h->sectors, bytes);
        crc = vx_crc32c(vx_crc32c_best(), crc, bytes, sizeof(bytes));
    }
    h->checksum = crc;
}

/* At most three times the log; of holes only what a window reaches into behind data. */
static uint64_t most_bytes(const struct hostile *h)
{
    return h->every == 0 ? 3 * h->length
                         : h->sectors / h->every * (LOG_SECTOR + (uint64_t)VXR_WINDOW_BYTES);
}

/* Run the log pass over it, in windows. */
static void expect_linear(struct hostile *h)
{
    static uint64_t memory[64 * VXR_OVERLAY_RECORD_BYTES];
    struct vx_source inner = {.read = read_hostile, .ctx = h, .size = LOG_AT + h->length};
    uint64_t most_queries;
    struct vx_headers headers = {.has_current = true, .is_dirty = true, .is_log_usable = true};
    struct vxr_log_workspace *ws = malloc(sizeof(*ws));
    struct fault_source fault;
    struct vx_source raw;
    struct vxr_overlay overlay;
    struct vxr_log log;
    struct findings f;

    assert_non_null(ws);
    headers.copy[0].header.log_offset = LOG_AT;
    headers.copy[0].header.log_length = (uint32_t)h->length;
    headers.copy[0].header.log_guid = vx_guid_load(LOG_GUID);
    inner.next_data = h->every == 0 ? NULL : next_data_hostile;
    fault_source_init(&fault, &inner);
    raw = fault_source(&fault);
    findings_init(&f, h->name);
    assert_int_equal(vxr_overlay_init(&overlay, memory, sizeof(memory)), VX_OK);
    vxr_log_check(&raw, &headers, vx_crc32c_best(), UINT64_MAX, ws, &overlay, NULL, &f.rep, &log);
    most_queries = h->every == 0 ? 0 : fault.reads + h->sectors / h->every + 1;
    if (fault.bytes > most_bytes(h) || fault.reads > 3 * h->sectors ||
        fault.queries > most_queries || fault.outside > 0) {
        fail_msg("row \"%s\": %" PRIu64 " bytes in %" PRIu64 " reads, %" PRIu64
                 " queries for a log of %" PRIu64,
                 h->name, fault.bytes, fault.reads, fault.queries, h->length);
    }
    expect_invariants(&f, raw.size);
    assert_int_equal(log.scan.has_active, h->is_valid);
    if (!h->is_valid) {
        expect_total(&f, VX_SEQ_005, 1);
        assert_int_equal(vx_verdict_of(&f.rep), VX_CORRUPT);
    }
    findings_free(&f);
    free(ws);
}

static void test_log_check__hostile_log__reads_at_most_three_times_its_length(void **state)
{
    static const struct hostile all[] = {
        {.name = "headers that claim the rest", .make = make_claims, .length = IMAGE_MIB},
        {.name = "headers that claim the rest of 64 MiB",
         .make = make_claims,
         .length = 64 * IMAGE_MIB},
        {.name = "headers that claim the rest of 1 GiB", .make = make_claims, .length = IMAGE_GIB},
        {.name = "2^32 - 1 descriptors", .make = make_counts, .length = IMAGE_MIB},
        {.name = "2^32 - 1 descriptors in 4095 MiB",
         .make = make_counts,
         .length = 4095 * IMAGE_MIB},
        {.name = "tiny entries", .make = make_tiny, .length = 64 * IMAGE_MIB, .is_valid = true},
        {.name = "tiny entries with an odd Tail", .make = make_tiny, .length = 64 * IMAGE_MIB},
        {.name = "lonely entries", .make = make_lonely, .length = 64 * IMAGE_MIB, .is_valid = true},
        {.name = "entries whose Tail is the next", .make = make_astray, .length = 64 * IMAGE_MIB},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(all); i++) {
        struct hostile h = all[i];

        h.sectors = h.length / LOG_SECTOR;
        expect_linear(&h);
    }
}

static void test_log_check__log_of_holes__reads_what_is_there(void **state)
{
    static const struct hostile all[] = {
        {.name = "one hole", .make = make_data, .length = 4095 * IMAGE_MIB, .every = UINT64_MAX},
        {.name = "data at the end",
         .make = make_data,
         .length = 4095 * IMAGE_MIB,
         .every = 1048320},
        {.name = "data in each MiB", .make = make_data, .length = 4095 * IMAGE_MIB, .every = 256},
        {.name = "torn entries in each MiB",
         .make = make_torn,
         .length = 4095 * IMAGE_MIB,
         .every = 256},
        {.name = "torn entries in every other sector",
         .make = make_torn,
         .length = 64 * IMAGE_MIB,
         .every = 2},
        {.name = "entries in each MiB",
         .make = make_lonely,
         .length = 4095 * IMAGE_MIB,
         .every = 256,
         .is_valid = true},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(all); i++) {
        struct hostile h = all[i];

        h.sectors = h.length / LOG_SECTOR;
        expect_linear(&h);
    }
}

static void
test_log_check__one_entry_fills_the_ring__three_times_at_most_from_anywhere(void **state)
{
    (void)state;
    for (uint64_t place = 0; place < 256; place++) {
        struct hostile h = {.name = "full of descriptors, torn",
                            .make = make_full,
                            .length = IMAGE_MIB,
                            .sectors = 256,
                            .place = place};

        expect_linear(&h);
        h.name = "full of descriptors, valid";
        h.is_valid = true;
        seal_full(&h);
        expect_linear(&h);
    }
}

/* ---- ties, stories, bad sectors ---- */

struct told {
    unsigned entries;
    unsigned valid;
    unsigned runs;
    unsigned valid_runs;
    uint32_t last_pos;
    uint32_t last_run;
};

static void hear_entry(void *ctx, const struct vxr_entry *entry)
{
    struct told *told = ctx;

    assert_true(told->entries == 0 || entry->pos > told->last_pos);
    told->last_pos = entry->pos;
    told->entries++;
    told->valid += entry->is_valid ? 1 : 0;
}

static void hear_run(void *ctx, const struct vxr_run *run)
{
    struct told *told = ctx;

    told->runs++;
    told->valid_runs += run->is_valid ? 1 : 0;
    told->last_run = run->start;
}

static void test_scan__two_heads_of_one_number__first_found_and_said(void **state)
{
    static const struct log_entry entry[] = {
        {.pos = 0, .tail = 0, .sequence = 5, .write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}},
        {.pos = 40960, .tail = 40960, .sequence = 5, .write = {{LOG_DATA, 5 * IMAGE_MIB, 2}}},
        {.pos = 81920, .tail = 81920, .sequence = 4, .write = {{LOG_DATA, 5 * IMAGE_MIB, 3}}},
        {.pos = 122880, .tail = 4096, .sequence = 9, .write = {{LOG_DATA, 5 * IMAGE_MIB, 4}}}};
    struct told told = {0};
    const struct vxr_story story = {.entry = hear_entry, .run = hear_run, .ctx = &told};
    const struct replay_options options = {.is_log_only = true, .story = &story};
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    im.size = 8 * IMAGE_MIB;
    log_init(&log, &im, LOG_AT, VX_MIB);
    for (size_t i = 0; i < VX_COUNT_OF(entry); i++) {
        (void)log_put(&log, &entry[i]);
    }
    raw = image_source(&im);
    replayed_open(&r, "tie", &raw, &options);
    expect_summary(&r.f, "HDR-012w SEQ-008i SEQ-009e");
    assert_int_equal(r.check->log.scan.active.head.pos, 0);
    assert_int_equal(r.check->log.scan.rival, 40960);
    assert_int_equal(findings_first(&r.f, VX_SEQ_009)->arg[0], 5);
    assert_int_equal(told.entries, 4);
    assert_int_equal(told.valid, 4);
    assert_int_equal(told.runs, 4);
    assert_int_equal(told.valid_runs, 3);
    assert_int_equal(told.last_run, 0); /* the run that begins first comes last */
    replayed_close(&r);
    image_free(&im);
}

static void test_scan__one_bad_sector__costs_one_sector(void **state)
{
    static const struct log_entry entry = {
        .sequence = 5, .repeat = 20, .write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}};
    struct image im;
    struct test_log log;
    struct fault_source fault;
    struct vx_source inner;
    struct vx_source src;
    struct replayed r;

    (void)state;
    image_make(&im, &(struct image_spec){0});
    im.size = 8 * IMAGE_MIB;
    log_init(&log, &im, LOG_AT, VX_MIB);
    (void)log_put(&log, &entry);
    inner = image_source(&im);
    inner.next_data = NULL; /* what is in a hole is not read, and cannot be bad */
    for (uint64_t sector = 0; sector < 256; sector++) {
        fault_source_init(&fault, &inner);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = (struct vx_range){log_at(&log, sector * LOG_SECTOR) + 5,
                                      log_at(&log, sector * LOG_SECTOR) + 6};
        src = fault_source(&fault);
        replayed_open(&r, "bad sector", &src, &(struct replay_options){.is_log_only = true});
        expect_summary(&r.f, sector < 21 ? "HDR-012w RUN-001w RUN-004w" : "HDR-012w RUN-001w");
        expect_total(&r.f, VX_RUN_001, 1);
        assert_int_equal(findings_first(&r.f, VX_RUN_001)->offset,
                         log_at(&log, sector * LOG_SECTOR));
        assert_int_equal(r.check->log.state, sector < 21 ? VXR_LOG_UNKNOWN : VXR_LOG_REPLAYED);
        replayed_close(&r);
    }
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan__random_logs__as_the_specification),
        cmocka_unit_test(test_scan__whatever_is_said_of_holes__as_the_specification),
        cmocka_unit_test(test_log_check__hostile_log__reads_at_most_three_times_its_length),
        cmocka_unit_test(test_log_check__log_of_holes__reads_what_is_there),
        cmocka_unit_test(
            test_log_check__one_entry_fills_the_ring__three_times_at_most_from_anywhere),
        cmocka_unit_test(test_scan__two_heads_of_one_number__first_found_and_said),
        cmocka_unit_test(test_scan__one_bad_sector__costs_one_sector),
    };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
