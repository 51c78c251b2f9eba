/* Power cuts: whatever of the writer's unflushed writes is lost, reordered or torn, vhdxray calls
 * the image sound and reads the disk as it was committed last, or as it would have been next.
 *
 * Small scripts are gone through to the end. With CRASH_SCRIPTS=N in the environment, N random
 * scripts from CRASH_SEED on instead: `make crash-long`. */
#include "corpus/little.h"
#include "parser/crc32c.h"
#include "tests/support/crash_model.h"
#include "tests/support/naive_log.h"
#include "tests/support/unit.h"

#include <stdio.h>

#define MIB  IMAGE_MIB
#define S(n) (UINT64_C(512) * (n))

/* Steps of a script. */
/* clang-format off */
#define WRITE(at, bytes)          {STEP_WRITE, at, bytes, 0}
#define DISCARD(at, bytes, state) {STEP_DISCARD, at, bytes, state}
#define FILL(sectors)             {STEP_FILL, 0, sectors, 0}
#define COMMIT                    {STEP_COMMIT, 0, 0, 0}
#define APPLY                     {STEP_APPLY, 0, 0, 0}
#define RECORD                    {STEP_RECORD, 0, 0, 0}
/* clang-format on */

enum { STEPS = 40 };

enum step_kind {
    STEP_END,
    STEP_WRITE,
    STEP_DISCARD,
    STEP_COMMIT,
    STEP_APPLY,
    STEP_FILL,
    STEP_RECORD
};

/* FILL: len sectors. RECORD: what came before is the base image. */
struct step {
    enum step_kind kind;
    uint64_t offset;
    uint64_t len;
    unsigned state;
};

struct script {
    const char *name;
    struct image_spec spec;
    uint32_t log_next;   /* ring position of the first entry */
    uint32_t entry_most; /* 0: the writer's own */
    uint64_t sequence;   /* of the first entry; 0: likewise */
    bool is_bulky;       /* too many writes for every cut of each */
    bool is_lenient;     /* what goes in its place is all in flushed entries, too: one flush less
                            does no harm */
    bool is_reused; /* the file is longer than it must be, full of rubbish, and blocks go there */
    struct step step[STEPS];
};

static const struct crash_options EXHAUSTIVE = {
    .subset_most = 10, .cut_most = 64, .rubbish_end = 4 * MIB, .random = 8, .seed = 1};

static const struct crash_options BULKY = {
    .subset_most = 10, .cut_most = 1, .rubbish_end = 4 * MIB, .random = 8, .seed = 1};

static const struct script SCRIPT[] = {
    {.name = "the first block of a dynamic image", .step = {WRITE(S(3), S(2)), COMMIT, APPLY}},
    {.name = "what is written in place is not journaled",
     .spec = {.state = 6},
     .step = {WRITE(S(8), S(3)), COMMIT, WRITE(S(9), S(4)), WRITE(S(9), S(1)), COMMIT}},
    {.name = "in place and into a new block, in one call and after each other",
     .step = {WRITE(0, S(1)), RECORD, WRITE(MIB - S(1), S(3)), WRITE(MIB, S(1)), COMMIT,
              WRITE(MIB + S(1), S(1))}},
    {.name = "new blocks in space of the file that holds rubbish",
     .is_reused = true,
     .step = {WRITE(S(9), S(1)), WRITE(MIB, MIB), COMMIT, WRITE(3 * MIB - S(1), S(2))}},
    {.name = "a block is written, discarded and written again",
     .is_reused = true,
     .step = {WRITE(S(1), S(1)), DISCARD(0, MIB, 2), WRITE(S(2), S(1)), COMMIT, DISCARD(0, MIB, 3),
              COMMIT, WRITE(S(1), S(1))}},
    {.name = "several entries between two flushes, into different sectors of the table",
     .spec = {.disk_bytes = 2 * IMAGE_GIB},
     .step = {WRITE(5 * MIB, S(2)), WRITE(600 * MIB, S(2)), WRITE(700 * MIB, S(2)),
              WRITE(1100 * MIB, S(2)), COMMIT, RECORD, DISCARD(5 * MIB, MIB, 2),
              DISCARD(600 * MIB, MIB, 1), DISCARD(5 * MIB, 4 * MIB, 0),
              DISCARD(1000 * MIB, 200 * MIB, 3), COMMIT}},
    {.name = "a log that is applied, and another one",
     .step = {WRITE(S(1), S(1)), APPLY, WRITE(MIB + S(1), S(1)), WRITE(S(1), S(1)), APPLY,
              DISCARD(0, MIB, 2), COMMIT}},
    {.name = "entries that wrap at the end of the ring, numbers that pass 2^32",
     .log_next = MIB - 3 * 4096,
     .sequence = UINT64_C(0xfffffffe),
     .step = {WRITE(S(1), S(1)), WRITE(MIB, S(1)), DISCARD(0, MIB, 2), COMMIT, APPLY}},
    {.name = "a ring that is full: applied and used again",
     .is_bulky = true,
     .step = {WRITE(S(1), S(1)), FILL(124), FILL(118), RECORD, FILL(100), DISCARD(0, MIB, 2),
              COMMIT}},
    {.name = "a differencing image: some sectors, more, all of a block",
     .spec = {.type = IMAGE_DIFFERENCING},
     .is_reused = true,
     .step = {WRITE(S(3), S(2)), COMMIT, WRITE(S(4), S(2)), WRITE(MIB, MIB), COMMIT}},
    {.name = "a differencing image: bits of an earlier life of the block do not count",
     .spec = {.type = IMAGE_DIFFERENCING},
     .is_reused = true,
     .step = {WRITE(S(3), S(9)), APPLY, RECORD, DISCARD(0, MIB, 0), WRITE(S(5), S(2)), COMMIT,
              DISCARD(0, MIB, 2), WRITE(S(4), S(1))}},
    {.name = "a differencing image, and entries too small for a call",
     .spec = {.type = IMAGE_DIFFERENCING},
     .entry_most = 8192,
     .is_lenient = true,
     .step = {WRITE(MIB - S(1), MIB + S(2)), COMMIT, WRITE(S(1), S(1)), APPLY}},
    {.name = "a fixed image",
     .spec = {.type = IMAGE_FIXED, .state = 6},
     .is_lenient = true,
     .step = {WRITE(MIB - S(1), S(2)), DISCARD(MIB, MIB, 3), WRITE(MIB, S(2)), APPLY}},
    {.name = "sectors of 4096 bytes, blocks of 2 MiB",
     .spec = {.sector_bytes = 4096, .block_bytes = 2 * MIB},
     .step = {WRITE(2 * MIB - 4096, 8192), COMMIT, WRITE(2 * MIB, 4096)}},
};

/* ---- running ---- */

static void watch(struct crash_model *m, const struct script *script)
{
    for (const struct step *step = script->step; step->kind != STEP_END; step++) {
        if (step->kind == STEP_WRITE || step->kind == STEP_DISCARD) {
            model_watch(m, step->offset, step->len);
        }
    }
}

/* Rubbish behind the end of what is in use: at both ends of each MiB, and here and there. */
static void choose(struct crash_model *m, const struct script *script)
{
    uint8_t rubbish[LOG_SECTOR];

    memset(rubbish, 0xbd, sizeof(rubbish));
    m->w.journal.next = script->log_next;
    m->w.journal.sequence = script->sequence == 0 ? 1 : script->sequence;
    if (script->entry_most != 0) {
        m->w.journal.entry_most = script->entry_most;
        m->may_split = true;
    }
    if (script->is_reused) {
        for (uint64_t at = m->im.size; at < m->im.size + 8 * MIB; at += MIB / 8) {
            image_put_bytes(&m->im, at, rubbish, sizeof(rubbish));
            image_put_bytes(&m->im, at + MIB / 8 - sizeof(rubbish), rubbish, sizeof(rubbish));
        }
        m->im.size += 8 * MIB;
    }
}

static void call(struct crash_model *m, const struct step *step)
{
    switch (step->kind) {
    case STEP_WRITE:
        model_write(m, step->offset, step->len);
        break;
    case STEP_DISCARD:
        model_discard(m, step->offset, step->len, step->state);
        break;
    case STEP_COMMIT:
        model_commit(m);
        break;
    case STEP_APPLY:
        model_apply(m);
        break;
    case STEP_FILL:
        model_fill(m, (unsigned)step->len);
        break;
    case STEP_RECORD:
        model_record(m);
        break;
    case STEP_END:
    default:
        break;
    }
}

static bool has_record(const struct script *script)
{
    for (const struct step *step = script->step; step->kind != STEP_END; step++) {
        if (step->kind == STEP_RECORD) {
            return true;
        }
    }
    return false;
}

static void play_script(struct crash_model *m, const struct script *script)
{
    model_init(m, &script->spec);
    choose(m, script);
    watch(m, script);
    if (!has_record(script)) {
        model_record(m);
    }
    for (const struct step *step = script->step; step->kind != STEP_END; step++) {
        call(m, step);
    }
}

static bool judge(void *ctx, const struct crash_state *state)
{
    return model_judge(ctx, state);
}

/* Every state of the script's tape is as it must be. Returns their number. */
static uint64_t expect_survives(const struct script *script, const struct crash_options *options)
{
    struct crash_model m;
    uint64_t states;

    play_script(&m, script);
    states = crash_enumerate(&m.base, &m.w.tape, options, judge, &m);
    if (m.why[0] != '\0') {
        fail_msg("script \"%s\": %s", script->name, m.why);
    }
    model_free(&m);
    return states;
}

static void test_power_cut__small_scripts__old_or_new_and_never_a_third(void **state)
{
    uint64_t total = 0;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(SCRIPT); i++) {
        const uint64_t states =
            expect_survives(&SCRIPT[i], SCRIPT[i].is_bulky ? &BULKY : &EXHAUSTIVE);

        print_message("# %" PRIu64 " crash states: %s\n", states, SCRIPT[i].name);
        total += states;
    }
    print_message("# %" PRIu64 " crash states in %zu scripts\n", total, VX_COUNT_OF(SCRIPT));
}

/* ---- the simulator sees what is wrong ---- */

static const struct script *script_named(const char *name)
{
    for (size_t i = 0; i < VX_COUNT_OF(SCRIPT); i++) {
        if (strcmp(SCRIPT[i].name, name) == 0) {
            return &SCRIPT[i];
        }
    }
    fail_msg("no script is called \"%s\"", name);
    return NULL;
}

/* Some state of the tape, as it now is, is refused; and for a reason that contains `want`. */
static void expect_refused(struct crash_model *m, const char *script, const char *what,
                           const char *want)
{
    m->why[0] = '\0';
    (void)crash_enumerate(&m->base, &m->w.tape, &EXHAUSTIVE, judge, m);
    if (strstr(m->why, want) == NULL || m->why[0] == '\0') {
        fail_msg("script \"%s\": %s: \"%s\"", script, what, m->why);
    }
}

/* The flush after the second copy of the headers only completes their redundancy. */
static bool is_needed(const struct tape *tape, size_t flush)
{
    return tape->op[flush - 1].offset != IMAGE_HEADER_2;
}

/* Among them: the one before a header update, so that the headers forget the log before everything
 * is in its place, and the one between payload and log, so that the table names what is not there.
 */
static void test_power_cut__writer_leaves_out_any_flush__is_found(void **state)
{
    unsigned tried = 0;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(SCRIPT); i++) {
        struct crash_model m;

        if (SCRIPT[i].is_bulky || SCRIPT[i].is_lenient) {
            continue;
        }
        play_script(&m, &SCRIPT[i]);
        for (size_t op = 0; op < m.w.tape.count; op++) {
            if (m.w.tape.op[op].kind == TAPE_FLUSH && is_needed(&m.w.tape, op)) {
                char what[64];

                (void)snprintf(what, sizeof(what), "without flush %zu", op);
                m.w.tape.op[op].kind = TAPE_NOTHING;
                expect_refused(&m, SCRIPT[i].name, what, "");
                m.w.tape.op[op].kind = TAPE_FLUSH;
                tried++;
            }
        }
        model_free(&m);
    }
    print_message("# each of %u flushes is needed\n", tried);
}

/* Index of the first write to `offset`. */
static size_t find_write(const struct tape *tape, uint64_t offset)
{
    size_t op = 0;

    while (op < tape->count && tape->op[op].offset != offset) {
        op++;
    }
    assert_true(op < tape->count);
    return op;
}

/* Move [begin, middle) behind [middle, end). */
static void rotate(struct tape_op *op, size_t begin, size_t middle, size_t end)
{
    for (; begin < middle; middle--, end--) {
        const struct tape_op first = op[begin];

        memmove(&op[begin], &op[begin + 1], (end - begin - 1) * sizeof(op[0]));
        op[end - 1] = first;
    }
}

/* By the letter of 2.2.2 the headers get the LogGuid before the log is written. For a moment there
 * is then no valid sequence, and 2.3.3 forbids to open the file. */
static void test_power_cut__headers_name_the_log_before_its_first_entry__is_found(void **state)
{
    struct crash_model m;
    size_t entry;

    (void)state;
    play_script(&m, &SCRIPT[0]);
    entry = find_write(&m.w.tape, IMAGE_LOG);
    assert_int_equal(m.w.tape.op[entry + 2].offset, IMAGE_HEADER_1);
    assert_int_equal(m.w.tape.op[entry + 4].offset, IMAGE_HEADER_2);
    rotate(m.w.tape.op, entry, entry + 2, entry + 6);
    expect_refused(&m, SCRIPT[0].name, "LogGuid first", "SEQ-005f");
    model_free(&m);
}

/* The table is written by the log, and before the payload. */
static void test_power_cut__table_before_payload__is_found(void **state)
{
    const struct script *script =
        script_named("new blocks in space of the file that holds rubbish");
    struct crash_model m;
    size_t payload;

    (void)state;
    play_script(&m, script);
    payload = find_write(&m.w.tape, IMAGE_BAT + 2 * MIB); /* zero or more writes, flush, entry */
    while (m.w.tape.op[payload].offset != IMAGE_LOG + 0x3000) {
        payload++;
    }
    assert_int_equal(m.w.tape.op[payload - 1].kind, TAPE_FLUSH);
    assert_int_equal(m.w.tape.op[payload - 2].offset, IMAGE_BAT + 2 * MIB);
    assert_int_equal(m.w.tape.op[payload + 1].kind, TAPE_FLUSH);
    rotate(m.w.tape.op, payload - 2, payload, payload + 2);
    expect_refused(&m, script->name, "table first", "holds bdbdbdbdbdbdbdbd");
    model_free(&m);
}

/* ---- and so it does a reader's mistakes ---- */

/* The log that the current header names. Returns whether there is one. */
static bool find_log(struct image *im, struct volume *vol, struct test_log *log)
{
    if (volume_load(vol, im) != NULL || memcmp(vol->header + 48, IMAGE_GUID_ZERO, 16) == 0) {
        return false;
    }
    *log = (struct test_log){.im = im, .offset = vol->log_offset, .length = vol->log_length};
    memcpy(log->guid, vol->header + 48, sizeof(log->guid));
    return true;
}

/* As a reader does that never looks at the log. */
static void forget_log(struct image *im)
{
    struct volume vol;
    struct test_log log;

    if (find_log(im, &vol, &log)) {
        memset(vol.header + 48, 0, 16);
        little_put(vol.header + 4, 4, 0);
        little_put(vol.header + 4, 4,
                   vx_crc32c(VX_CRC_PORTABLE, 0, vol.header, sizeof(vol.header)));
        image_put_bytes(im, image_header_at(vol.current, 0), vol.header, sizeof(vol.header));
    }
}

/* As a reader does that takes the longest run of entries for the sequence: the head of each run
 * names its first entry. */
static void forget_tails(struct image *im)
{
    struct volume vol;
    struct test_log log;
    struct naive_entry entry;

    if (!find_log(im, &vol, &log)) {
        return;
    }
    for (uint32_t pos = 0; pos < log.length;) {
        const uint32_t start = pos;
        struct naive_entry head = {0};

        while (pos < log.length && naive_entry(&log, pos, &entry) &&
               (head.length == 0 || entry.sequence == head.sequence + 1)) {
            head = entry;
            pos += entry.length;
        }
        if (head.length != 0) {
            log_poke(&log, head.pos, E_TAIL, start);
            log_seal(&log, head.pos);
        } else {
            pos += LOG_SECTOR;
        }
    }
}

/* As a reader does that believes every entry. */
static void forget_checksums(struct image *im)
{
    struct volume vol;
    struct test_log log;

    if (!find_log(im, &vol, &log)) {
        return;
    }
    for (uint32_t pos = 0; pos < log.length; pos += LOG_SECTOR) {
        if (image_get(im, log_at(&log, pos), 4) == 0x65676f6c &&
            image_get(im, log_at(&log, pos) + 8, 4) <= log.length) {
            log_seal(&log, pos);
        }
    }
}

static void test_power_cut__reader_makes_a_mistake__is_found(void **state)
{
    static const struct {
        const char *what;
        crash_mistake_fn *mistake;
        const char *script;
    } row[] = {
        {"the log is never replayed", forget_log, "the first block of a dynamic image"},
        {"Tail is ignored", forget_tails,
         "several entries between two flushes, into different sectors of the table"},
        {"checksums of entries are ignored", forget_checksums,
         "several entries between two flushes, into different sectors of the table"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct crash_model m;

        play_script(&m, script_named(row[i].script));
        m.mistake = row[i].mistake;
        expect_refused(&m, row[i].script, row[i].what, "holds");
        model_free(&m);
    }
}

/* ---- long: random scripts ---- */

static uint64_t chance(uint64_t *random, uint64_t limit)
{
    *random ^= *random >> 12;
    *random ^= (*random & UINT64_C(0x7fffffffff)) << 25;
    *random ^= *random >> 27;
    return (*random >> 16) % limit;
}

/* One of the three, evenly. */
static uint64_t one_of(uint64_t *random, uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t choice = chance(random, 3);

    return choice == 0 ? a : choice == 1 ? b : c;
}

static void random_image(uint64_t *random, struct script *script)
{
    struct image_spec *spec = &script->spec;

    spec->type = (enum image_type)chance(random, 3);
    spec->sector_bytes = chance(random, 4) == 0 ? 4096 : 512;
    spec->block_bytes = (uint32_t)(one_of(random, 1, 1, 2) * MIB);
    spec->state = (unsigned)one_of(random, 0, 2, 6);
    spec->disk_bytes = (2 + chance(random, 6)) * spec->block_bytes - chance(random, 9) * 4096;
    if (chance(random, 4) == 0 && spec->state != 6 && spec->type != IMAGE_FIXED) {
        spec->disk_bytes += 1500 * MIB; /* a table of several sectors */
    }
    script->log_next = (uint32_t)chance(random, MIB / 4096) * 4096;
    script->sequence = one_of(random, 1, UINT64_C(0xfffffff0), UINT64_C(1) << 62);
    script->entry_most = (uint32_t)one_of(random, 0, 0, 8192 + 4096 * chance(random, 8));
    script->is_reused = chance(random, 2) == 0;
}

/* A write of whole logical sectors, now and then of much more. */
static struct step random_write(uint64_t *random, const struct image_spec *spec)
{
    const uint64_t sectors = spec->disk_bytes / spec->sector_bytes;
    const uint64_t most = chance(random, 8) == 0 ? 2 * spec->block_bytes / spec->sector_bytes : 6;
    const uint64_t near = chance(random, 2) == 0 ? sectors : 2 * MIB / spec->sector_bytes;
    const uint64_t at = chance(random, near < sectors ? near : sectors);
    const uint64_t len = 1 + chance(random, most);

    return (struct step){STEP_WRITE, at * spec->sector_bytes,
                         (at + len < sectors ? len : sectors - at) * spec->sector_bytes, 0};
}

static struct step random_discard(uint64_t *random, const struct image_spec *spec)
{
    const uint64_t blocks = (spec->disk_bytes - 1) / spec->block_bytes + 1;
    const uint64_t first = chance(random, chance(random, 2) == 0 ? blocks : 2);
    const uint64_t most = chance(random, 4) == 0 ? blocks - first : 1;
    const uint64_t begin = first * spec->block_bytes;
    const uint64_t end = begin + (1 + chance(random, most)) * spec->block_bytes;
    const unsigned state = (unsigned)chance(random, 4);

    return (struct step){STEP_DISCARD, begin,
                         (end < spec->disk_bytes ? end : spec->disk_bytes) - begin,
                         spec->type == IMAGE_FIXED && state == 0 ? 3 : state};
}

static struct step random_step(uint64_t *random, const struct image_spec *spec)
{
    const uint64_t choice = chance(random, 20);

    if (choice < 9) {
        return random_write(random, spec);
    }
    if (choice < 13) {
        return random_discard(random, spec);
    }
    if (choice < 17) {
        return (struct step){.kind = STEP_COMMIT};
    }
    if (choice < 18) {
        return (struct step){.kind = STEP_APPLY};
    }
    return (struct step){.kind = STEP_FILL, .len = 1 + chance(random, 120)};
}

static void random_script(uint64_t number, struct script *script)
{
    uint64_t random = number * UINT64_C(0x9e3779b9) + 1;
    uint64_t steps;
    uint64_t record;

    for (int i = 0; i < 8; i++) {
        (void)chance(&random, 2); /* so that neighbours become strangers */
    }
    memset(script, 0, sizeof(*script));
    script->name = "random";
    random_image(&random, script);
    steps = 2 + chance(&random, STEPS - 4);
    record = chance(&random, steps);
    for (uint64_t i = 0; i < steps; i++) {
        script->step[i] =
            i == record ? (struct step){.kind = STEP_RECORD} : random_step(&random, &script->spec);
    }
}

static void test_power_cut__random_scripts__old_or_new_and_never_a_third(void **state)
{
    const uint64_t scripts = strtoull(getenv("CRASH_SCRIPTS"), NULL, 10);
    const char *first = getenv("CRASH_SEED");
    const uint64_t seed = first == NULL ? 1 : strtoull(first, NULL, 10);
    struct crash_options options = {
        .subset_most = 5, .cut_most = 3, .rubbish_end = 4 * MIB, .random = 4};
    uint64_t total = 0;

    (void)state;
    for (uint64_t i = 0; i < scripts; i++) {
        struct script script;
        char name[64];

        random_script(seed + i, &script);
        (void)snprintf(name, sizeof(name), "CRASH_SCRIPTS=1 CRASH_SEED=%" PRIu64, seed + i);
        script.name = name;
        options.seed = seed + i;
        total += expect_survives(&script, &options);
    }
    print_message("# %" PRIu64 " crash states in %" PRIu64 " random scripts from seed %" PRIu64
                  "\n",
                  total, scripts, seed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_cut__small_scripts__old_or_new_and_never_a_third),
        cmocka_unit_test(test_power_cut__writer_leaves_out_any_flush__is_found),
        cmocka_unit_test(test_power_cut__headers_name_the_log_before_its_first_entry__is_found),
        cmocka_unit_test(test_power_cut__table_before_payload__is_found),
        cmocka_unit_test(test_power_cut__reader_makes_a_mistake__is_found),
    };
    static const struct CMUnitTest long_tests[] = {
        cmocka_unit_test(test_power_cut__random_scripts__old_or_new_and_never_a_third),
    };

    if (getenv("CRASH_SCRIPTS") != NULL) {
        return cmocka_run_group_tests(long_tests, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
