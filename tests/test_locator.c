/* Parent locators: one row for each rule and each of its borders, keys that look alike, faults at
 * every read. MS-VHDX 2.6.2.6. */
#include "parser/locator.h"

#include "corpus/image_locator.h"
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

#define GUID_A "{53525150-5554-5756-5859-5a5b5c5d5e5f}"
#define GUID_0 "{00000000-0000-0000-0000-000000000000}"
#define VOLUME "\\\\?\\Volume{53525150-5554-5756-5859-5a5b5c5d5e5f}"

enum { ENTRIES = 5, POKES = 2 };

/* A locator of `entry`; without any, the one of locator_make(), whose strings lie at
 * KEY_0 and so on. */
struct row {
    const char *name;
    struct {
        const char *key;
        const char *value;
    } entry[ENTRIES];
    struct {
        unsigned pos; /* in the item */
        unsigned width;
        uint64_t value;
    } poke[POKES];
    const char *want;
};

enum { /* of the locator by locator_make() */
       TYPE = 0,
       RESERVED = 16,
       COUNT = 18,
       ENTRY_0 = 20,
       ENTRY_1 = 32,
       KEY_0 = 44,    /* 28 bytes */
       VALUE_0 = 72,  /* 76 bytes */
       KEY_1 = 148,   /* 26 bytes */
       VALUE_1 = 174, /* 26 bytes */
       END = 200
};

/* clang-format off */
static const struct row ROWS[] = {
    {"as made", {{0}}, {{0}}, ""},
    {"as Hyper-V makes it",
     {{"parent_linkage", GUID_A}, {"absolute_win32_path", "C:\\a\\parent.vhdx"},
      {"relative_path", ".\\parent.vhdx"}, {"volume_path", VOLUME "\\a\\parent.vhdx"},
      {"parent_linkage2", GUID_0}}, {{0}}, "PLV-008i"},

    {"another type", {{0}}, {{TYPE, 1, 0}}, "PLH-002f"},
    {"reserved bits", {{0}}, {{RESERVED, 2, 0x8000}}, "PLH-003w"},
    {"no entries", {{0}}, {{COUNT, 2, 0}}, "PLH-004e PLV-001e PLV-004e"},
    {"a table that fills the item", {{0}}, {{COUNT, 2, 15}}, "PLE-005f PLE-010w"},
    {"a table one entry longer", {{0}}, {{COUNT, 2, 16}}, "PLH-001f"},

    {"key at 0", {{0}}, {{ENTRY_0, 4, 0}}, "PLE-001e PLV-001e"},
    {"value at 0", {{0}}, {{ENTRY_0 + 4, 4, 0}}, "PLE-002e PLV-001e"},
    {"key of 0 bytes", {{0}}, {{ENTRY_0 + 8, 2, 0}}, "PLE-003e PLV-001e"},
    {"key of 0 bytes in the table", {{0}}, {{ENTRY_0, 4, KEY_0 - 2}, {ENTRY_0 + 8, 2, 0}},
     "PLE-003e PLV-001e"},
    {"value of 0 bytes", {{0}}, {{ENTRY_0 + 10, 2, 0}}, "PLE-004e PLV-001e"},
    {"value to the end", {{0}}, {{ENTRY_1 + 10, 2, END - VALUE_1}}, ""},
    {"value beyond the end", {{0}}, {{ENTRY_1 + 10, 2, END - VALUE_1 + 1}}, "PLE-005f PLV-004e"},
    {"key at 2^32 - 1", {{0}}, {{ENTRY_0, 4, UINT32_MAX}}, "PLE-005f PLV-001e"},
    {"empty value behind the end", {{0}}, {{ENTRY_1 + 4, 4, END + 1}, {ENTRY_1 + 10, 2, 0}},
     "PLE-004e PLE-005f PLV-004e"},
    {"value of odd length", {{0}}, {{ENTRY_1 + 10, 2, 25}}, "PLE-006e"},
    {"value at an odd offset", {{0}}, {{ENTRY_1 + 4, 4, VALUE_1 + 1}, {ENTRY_1 + 10, 2, 24}},
     "PLE-006w"},
    {"key of one byte", {{0}}, {{ENTRY_0 + 8, 2, 1}}, "PLE-006e PLV-001e"},
    {"NUL at the end", {{0}}, {{END - 2, 2, 0}}, "PLE-007w"},
    {"NUL inside", {{0}}, {{END - 4, 2, 0}}, "PLE-007e"},
    {"NUL and nothing else", {{0}}, {{VALUE_1, 2, 0}, {ENTRY_1 + 10, 2, 2}}, "PLE-007w PLV-004e"},
    {"a key twice", {{"parent_linkage", GUID_A}, {"relative_path", "a"}, {"relative_path", "b"}},
     {{0}}, "PLE-008e"},
    {"an unknown key twice",
     {{"parent_linkage", GUID_A}, {"relative_path", "a"}, {"x", "b"}, {"x", "b"}}, {{0}},
     "PLE-008e PLV-009i"},
    {"a key twice, behind an entry without one",
     {{"x", "a"}, {"parent_linkage", GUID_A}, {"relative_path", "a"}, {"relative_path", "b"}},
     {{ENTRY_0 + 8, 2, 0}}, "PLE-003e PLE-008e"},
    {"key in upper case", {{0}}, {{KEY_1, 1, 'R'}}, "PLE-009w PLV-004e"},
    {"key nearly known", {{0}}, {{KEY_1, 1, 's'}}, "PLV-004e PLV-009i"},
    {"key in the header", {{0}}, {{ENTRY_1, 4, 2}}, "PLE-007e PLE-010w PLV-004e PLV-009i"},
    {"key at the table's last bytes", {{0}}, {{ENTRY_0, 4, KEY_0 - 2}},
     "PLE-010w PLV-001e PLV-009i"},
    {"lone surrogate in a key", {{0}}, {{KEY_1, 2, 0xd800}}, "PLE-011e PLV-004e PLV-009i"},
    {"lone surrogate in a path", {{0}}, {{VALUE_1, 2, 0xdc00}}, "PLE-011w"},
    {"lone surrogate in a linkage", {{0}}, {{VALUE_0 + 2, 2, 0xd800}}, "PLE-011e PLV-003e"},

    {"no linkage", {{"relative_path", "a"}}, {{0}}, "PLV-001e"},
    {"only the second linkage", {{"parent_linkage2", GUID_A}, {"relative_path", "a"}}, {{0}},
     "PLV-001e PLV-002i"},
    {"a linkage that is no GUID", {{0}}, {{VALUE_0, 2, '('}}, "PLV-003e"},
    {"a second linkage that is no GUID",
     {{"parent_linkage", GUID_A}, {"parent_linkage2", "/"}, {"relative_path", "a"}}, {{0}},
     "PLV-003e"},
    {"no path", {{"parent_linkage", GUID_A}}, {{0}}, "PLV-004e"},
    {"relative path with a root", {{0}}, {{VALUE_1, 2, '\\'}}, "PLV-006w"},
    {"relative path with a slash", {{0}}, {{VALUE_1, 2, '/'}}, "PLV-006w"},
    {"relative path of drive Z", {{0}}, {{VALUE_1, 2, 'Z'}, {VALUE_1 + 2, 2, ':'}}, "PLV-006w"},
    {"relative path of drive [", {{0}}, {{VALUE_1, 2, '['}, {VALUE_1 + 2, 2, ':'}}, ""},
    {"relative path of drive a", {{0}}, {{VALUE_1, 2, 'a'}, {VALUE_1 + 2, 2, ':'}}, "PLV-006w"},
    {"relative path of drive `", {{0}}, {{VALUE_1, 2, '`'}, {VALUE_1 + 2, 2, ':'}}, ""},
    {"a drive and nothing else", {{0}}, {{VALUE_1, 2, 'a'}, {ENTRY_1 + 10, 2, 2}}, ""},
    {"a volume path", {{"parent_linkage", GUID_A}, {"volume_path", VOLUME "\\a"}}, {{0}}, ""},
    {"a volume and its root", {{"parent_linkage", GUID_A}, {"volume_path", VOLUME "\\"}}, {{0}},
     "PLV-007w"},
    {"a volume without a separator", {{"parent_linkage", GUID_A}, {"volume_path", VOLUME "ab"}},
     {{0}}, "PLV-007w"},
    {"a volume without a GUID",
     {{"parent_linkage", GUID_A},
      {"volume_path", "\\\\?\\Volume{53525150-5554-5756-5859+5a5b5c5d5e5f}\\a"}}, {{0}},
     "PLV-007w"},
    {"no volume",
     {{"parent_linkage", GUID_A},
      {"volume_path", "\\\\?\\Volumf{53525150-5554-5756-5859-5a5b5c5d5e5f}\\a"}}, {{0}},
     "PLV-007w"},
    {"a volume of a device",
     {{"parent_linkage", GUID_A},
      {"volume_path", "\\\\.\\Volume{53525150-5554-5756-5859-5a5b5c5d5e5f}\\a"}}, {{0}},
     "PLV-007w"},
    {"a verbatim path", {{"parent_linkage", GUID_A}, {"absolute_win32_path", "\\\\?\\"}}, {{0}}, ""},
    {"nearly a verbatim path", {{"parent_linkage", GUID_A}, {"absolute_win32_path", "\\\\?/"}},
     {{0}}, "PLV-008i"},
    {"a verbatim path but for its first unit",
     {{"parent_linkage", GUID_A}, {"absolute_win32_path", "a\\?\\"}}, {{0}}, "PLV-008i"},
    {"a verbatim path but for its second unit",
     {{"parent_linkage", GUID_A}, {"absolute_win32_path", "\\a?\\"}}, {{0}}, "PLV-008i"},
};
/* clang-format on */

static void make(struct image *im, const struct row *row)
{
    image_make(im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    if (row->entry[0].key != NULL) {
        locator_clear(im);
    } else {
        locator_make(im);
    }
    for (unsigned i = 0; i < ENTRIES && row->entry[i].key != NULL; i++) {
        locator_add_text(im, row->entry[i].key, row->entry[i].value);
    }
    for (unsigned i = 0; i < POKES && row->poke[i].width != 0; i++) {
        image_put(im, image_item_at(IMAGE_ITEM_LOCATOR) + row->poke[i].pos, row->poke[i].width,
                  row->poke[i].value);
    }
}

/* The locator of an image, read through a source that may be faulty. */
static void load_with(struct vx_workspace *ws, struct image *im, struct fault_source *fault,
                      struct findings *f, struct vx_locator *out)
{
    const struct vx_source src = fault_source(fault);
    struct vx_metadata md = {.is_usable = true};

    md.has[VX_ITEM_PARENT_LOCATOR] = true;
    md.value_offset[VX_ITEM_PARENT_LOCATOR] = image_item_at(IMAGE_ITEM_LOCATOR);
    md.locator_length = (uint32_t)image_get(im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4);
    memset(out, 0xee, sizeof(*out));
    f->rep.evidence_end = src.size;
    vx_locator_load(&src, &md, ws, &f->rep, out);
    expect_invariants(f, src.size);
    assert_int_equal(fault->outside, 0);
}

static void load(struct image *im, struct fault_source *fault, struct findings *f,
                 struct vx_locator *out)
{
    struct vx_workspace *ws = check_workspace();

    load_with(ws, im, fault, f, out);
    free(ws);
}

static void load_whole(struct image *im, struct findings *f, struct vx_locator *out)
{
    const struct vx_source inner = image_source(im);
    struct fault_source fault;

    fault_source_init(&fault, &inner);
    load(im, &fault, f, out);
}

static void test_locator_load__rows__as_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        struct image im;
        struct findings f;
        struct vx_locator out;

        make(&im, &ROWS[i]);
        findings_init(&f, ROWS[i].name);
        load_whole(&im, &f, &out);
        expect_summary(&f, ROWS[i].want);
        assert_int_equal(out.is_usable, f.rep.total[VX_PLH_001] + f.rep.total[VX_PLH_002] == 0);
        assert_false(out.is_unread);
        findings_free(&f);
        image_free(&im);
    }
}

static void test_locator_load__all_keys__values_of_their_places(void **state)
{
    static const struct row row = {"all keys",
                                   {{"volume_path", VOLUME "\\v"},
                                    {"parent_linkage2", "{03020100-0504-0706-0809-0A0B0C0D0E0F}"},
                                    {"absolute_win32_path", "\\\\?\\C:\\w"},
                                    {"parent_linkage", GUID_A},
                                    {"relative_path", "r"}},
                                   {{0}},
                                   ""};
    struct image im;
    struct findings f;
    struct vx_locator out;
    struct vx_guid none = {{0}};

    (void)state;
    make(&im, &row);
    findings_init(&f, row.name);
    load_whole(&im, &f, &out);
    expect_summary(&f, "PLV-002i");
    assert_int_equal(out.count, ENTRIES);
    for (int key = VX_KEY_PARENT_LINKAGE; key < VX_KEY_COUNT; key++) {
        const struct vx_locator_value *value = &out.value[key];
        unsigned i = 0;

        while (strcmp(row.entry[i].key, vx_locator_key_name((enum vx_locator_key)key)) != 0) {
            i++;
        }
        assert_true(value->is_present);
        assert_int_equal(value->units, strlen(row.entry[i].value));
        for (unsigned k = 0; k < value->units; k++) {
            assert_int_equal(image_get(&im, value->offset + 2 * (uint64_t)k, 2),
                             (uint8_t)row.entry[i].value[k]);
        }
    }
    assert_string_equal(vx_locator_key_name(VX_KEY_UNKNOWN), "");
    assert_string_equal(vx_locator_key_name(VX_KEY_COUNT), "");
    assert_true(out.has_linkage[0] && out.has_linkage[1]);
    assert_true(vx_locator_names(&out, &out.linkage[0]) && vx_locator_names(&out, &out.linkage[1]));
    assert_int_equal(out.linkage[1].byte[15], 15);
    assert_int_equal(out.linkage[1].byte[4], 4);
    assert_false(vx_locator_names(&out, &none));
    out.linkage[1] = none;
    assert_false(vx_locator_names(&out, &none)); /* a zero GUID names nothing */
    out.has_linkage[0] = false;
    assert_false(vx_locator_names(&out, &out.linkage[0]));
    findings_free(&f);
    image_free(&im);
}

/* Of two entries with a key the first counts that has a value. */
static void test_locator_load__a_key_twice__the_first_value_counts(void **state)
{
    static const struct row row = {
        "twice",
        {{"relative_path", "one"}, {"relative_path", "two"}, {"parent_linkage", GUID_A}},
        {{0}},
        ""};
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    make(&im, &row);
    findings_init(&f, row.name);
    load_whole(&im, &f, &out);
    assert_int_equal(image_get(&im, out.value[VX_KEY_RELATIVE_PATH].offset, 1), 'o');
    expect_finding(&f, VX_PLE_008, VX_SEV_ERROR, 1, image_item_at(IMAGE_ITEM_LOCATOR) + 20 + 12);
    findings_free(&f);
    image_put(&im, image_item_at(IMAGE_ITEM_LOCATOR) + 20 + 10, 2, 0);
    findings_init(&f, row.name);
    load_whole(&im, &f, &out);
    assert_int_equal(image_get(&im, out.value[VX_KEY_RELATIVE_PATH].offset, 1), 't');
    findings_free(&f);
    image_free(&im);
}

/* ---- keys against each other ---- */

static void start(struct image *im)
{
    image_make(im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    locator_make(im);
}

/* A NUL at its end and an odd byte are not part of a key: both are the key that they spell. */
static void test_locator_load__a_key_with_and_without_nul__is_there_twice(void **state)
{
    static const uint8_t same[][5] = {{'x', 0}, {'x', 0, 0, 0}, {'x', 0, 'y'}, {'x', 0, 0, 0, 1}};
    static const size_t bytes[] = {2, 4, 3, 5};
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    start(&im);
    for (size_t i = 0; i < VX_COUNT_OF(bytes); i++) {
        assert_true(locator_add(&im, same[i], bytes[i], "v", 2));
    }
    findings_init(&f, "with NUL");
    load_whole(&im, &f, &out);
    expect_total(&f, VX_PLE_008, 3);
    findings_free(&f);
    image_free(&im);
}

/* Entries without a key among others that share a few: each is said that has an earlier one's. */
static void test_locator_load__random_keys__as_compared_one_by_one(void **state)
{
    enum { COUNT_MAX = 24 };
    static const char *const NAMES[] = {"", "x", "y", "xx"};
    uint32_t seed = 1;
    const uint32_t cases = random_cases("locators", 200, &seed);

    (void)state;
    for (uint32_t i = 0; i < cases; i++) {
        const uint32_t count = random_next(&seed) % COUNT_MAX;
        bool was_there[VX_COUNT_OF(NAMES)] = {false};
        uint64_t want = 0;
        struct image im;
        struct findings f;
        struct vx_locator out;

        image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
        locator_clear(&im);
        for (uint32_t k = 0; k < count; k++) {
            const uint32_t key = random_next(&seed) % VX_COUNT_OF(NAMES);

            locator_add_text(&im, NAMES[key], "v");
            want += key != 0 && was_there[key] ? 1 : 0;
            was_there[key] = true;
        }
        findings_init(&f, "random");
        load_whole(&im, &f, &out);
        expect_total(&f, VX_PLE_008, want);
        findings_free(&f);
        image_free(&im);
    }
}

enum { ALIKE_BYTES = 8 };

/* Key `index` of some that all have one checksum, and differ: the polynomial is added, in the order
 * in which bits are summed up, which changes no remainder. */
static void make_alike(unsigned index, uint8_t key[ALIKE_BYTES])
{
    const uint64_t polynomial = UINT64_C(0x11edc6f41);

    memset(key, 'a', ALIKE_BYTES);
    for (unsigned shift = 0; shift < 3; shift++) {
        for (unsigned bit = 0; bit <= 32 && (index >> shift & 1) != 0; bit++) {
            if ((polynomial >> (32 - bit) & 1) != 0) {
                key[(bit + 8 * shift) / 8] ^= (uint8_t)(1u << (bit % 8));
            }
        }
    }
}

static void add_alike(struct image *im, unsigned index)
{
    uint8_t key[ALIKE_BYTES];

    make_alike(index, key);
    assert_int_equal(vx_crc32c(VX_CRC_PORTABLE, 0, key, sizeof(key)),
                     vx_crc32c(VX_CRC_PORTABLE, 0, (const uint8_t *)"aaaaaaaa", 8));
    assert_true(locator_add(im, key, sizeof(key), "v", 2));
}

static void test_locator_load__keys_of_one_checksum__are_told_apart(void **state)
{
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    start(&im);
    for (unsigned i = 0; i < 8; i++) {
        add_alike(&im, i);
    }
    findings_init(&f, "alike");
    load_whole(&im, &f, &out);
    expect_no_rule(&f, VX_PLE_008);
    findings_free(&f);
    add_alike(&im, 5);
    findings_init(&f, "alike, one twice");
    load_whole(&im, &f, &out);
    expect_total(&f, VX_PLE_008, 1);
    expect_finding(&f, VX_PLE_008, VX_SEV_ERROR, 10, image_item_at(IMAGE_ITEM_LOCATOR) + 20 + 120);
    findings_free(&f);
    image_free(&im);
}

/* One is the beginning of the other, and both have one checksum. */
static void test_locator_load__a_longer_key_of_the_same_checksum__is_told_apart(void **state)
{
    static const uint8_t key[] = {'a', 0, 'a', 0, 'a', 0, 'a', 0, 0xdf, 0x0c, 0xd2, 0xfe};
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    assert_int_equal(vx_crc32c(VX_CRC_PORTABLE, 0, key, sizeof(key)),
                     vx_crc32c(VX_CRC_PORTABLE, 0, key, ALIKE_BYTES));
    start(&im);
    assert_true(locator_add(&im, key, sizeof(key), "v", 2));
    assert_true(locator_add(&im, key, ALIKE_BYTES, "v", 2));
    findings_init(&f, "a longer one");
    load_whole(&im, &f, &out);
    expect_summary(&f, "PLV-009i");
    findings_free(&f);
    image_free(&im);
}

/* The longest that the field can say, different in their last whole unit only. */
static void test_locator_load__longest_keys__are_told_apart(void **state)
{
    static uint8_t key[LOCATOR_STRING_MAX];
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    memset(key, 'k', sizeof(key));
    start(&im);
    assert_true(locator_add(&im, key, sizeof(key), "v", 2));
    key[LOCATOR_STRING_MAX - 2] = 'l';
    assert_true(locator_add(&im, key, sizeof(key), "v", 2));
    findings_init(&f, "longest");
    load_whole(&im, &f, &out);
    expect_summary(&f, "PLE-006w PLE-006e PLV-009i");
    expect_total(&f, VX_PLV_009, 2);
    findings_free(&f);
    image_free(&im);
}

/* ---- reads ---- */

/* What cannot be read now is not what was read before in the same memory. */
static void test_locator_load__entry_lost_the_second_time__is_no_entry(void **state)
{
    struct vx_workspace *ws = check_workspace();
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_locator out;

    (void)state;
    start(&im);
    locator_add_text(&im, "x", "a");
    locator_add_text(&im, "x", "b");
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    for (uint64_t again = 0; again < 2; again++) {
        struct findings f;

        findings_init(&f, "in the same memory");
        load_with(ws, &im, &fault, &f, &out);
        expect_total(&f, VX_PLE_008, 1 - again);
        findings_free(&f);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad.begin = image_item_at(IMAGE_ITEM_LOCATOR) + ENTRY_0 + UINT64_C(3) * 12;
        fault.bad.end = fault.bad.begin + 12;
    }
    free(ws);
    image_free(&im);
}

/* Nothing is wrong with the locator, so that nothing wrong may be found in it. */
static void test_locator_load__fault_at_every_read__is_said_and_nothing_else(void **state)
{
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct vx_locator out;
    bool is_over = false;

    (void)state;
    start(&im);
    for (unsigned i = 0; i < 8; i++) {
        add_alike(&im, i);
    }
    inner = image_source(&im);
    for (unsigned at = 0; !is_over; at++) {
        struct findings f;

        findings_init(&f, "fault");
        fault_source_init(&fault, &inner);
        fault.kind = at % 2 == 0 ? FAULT_FAIL_ONCE : FAULT_FAIL_FROM;
        fault.at = at / 2;
        load(&im, &fault, &f, &out);
        is_over = fault.failures == 0;
        assert_int_equal(f.rep.total[VX_RUN_001] > 0, !is_over);
        assert_int_equal(out.is_unread, !is_over);
        assert_int_equal(f.rep.by_severity[VX_SEV_ERROR] + f.rep.by_severity[VX_SEV_FATAL], 0);
        findings_free(&f);
    }
    assert_true(fault.reads > 30);
    image_free(&im);
}

/* What is compared lies far away, and is long: 255 entries of one key, each at another place. */
static void test_locator_load__long_keys_at_256_places__bounded_reads(void **state)
{
    struct image im;
    struct vx_source inner;
    struct fault_source fault;
    struct findings f;
    struct vx_locator out;
    const uint64_t item = image_item_at(IMAGE_ITEM_LOCATOR);
    const uint64_t most = UINT64_C(256) * 131072;

    (void)state;
    image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    locator_clear(&im);
    image_put(&im, item + COUNT, 2, VX_LOCATOR_ENTRIES_MAX);
    for (uint64_t i = 0; i < VX_LOCATOR_ENTRIES_MAX; i++) {
        image_put(&im, item + 20 + 12 * i, 4, 4096 + 2 * i);
        image_put(&im, item + 20 + 12 * i + 4, 4, 4096);
        image_put(&im, item + 20 + 12 * i + 8, 4, UINT32_MAX - 1);
    }
    for (uint64_t i = 0; i < 140000; i += 2) {
        image_put(&im, item + 4096 + i, 2, 'k');
    }
    image_put(&im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4, IMAGE_MIB / 2);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    findings_init(&f, "long");
    load(&im, &fault, &f, &out);
    expect_total(&f, VX_PLE_008, 255);
    assert_true(fault.bytes < 20 * most);
    findings_free(&f);
    image_free(&im);
}

static void test_locator_load__more_entries_than_are_looked_at__is_said(void **state)
{
    static const struct {
        unsigned count;
        const char *want;
    } row[] = {{256, "PLE-005f PLV-001e PLV-004e"}, {257, "PLH-004i PLE-005f RUN-008w"}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct image im;
        struct findings f;
        struct vx_locator out;

        image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
        locator_clear(&im);
        image_put(&im, image_item_at(IMAGE_ITEM_LOCATOR) + COUNT, 2, row[i].count);
        for (unsigned k = 0; k < 12 * row[i].count; k++) {
            image_put(&im, image_item_at(IMAGE_ITEM_LOCATOR) + 20 + k, 1, 0xfe);
        }
        image_put(&im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4, 20 + 12 * row[i].count);
        findings_init(&f, "many");
        load_whole(&im, &f, &out);
        expect_summary(&f, row[i].want);
        assert_int_equal(out.count, row[i].count);
        findings_free(&f);
        image_free(&im);
    }
}

/* The header does not fit, or the item lies where the view has nothing: other rules speak of both,
 * and nothing is taken from it. */
static void test_locator_load__no_header__not_usable(void **state)
{
    struct image im;
    struct findings f;
    struct vx_locator out;

    (void)state;
    start(&im);
    image_put(&im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4, 19);
    findings_init(&f, "19 bytes");
    load_whole(&im, &f, &out);
    expect_summary(&f, "");
    assert_false(out.is_usable);
    image_put(&im, image_item_entry_at(IMAGE_ITEM_LOCATOR, 20), 4, 200);
    im.size = image_item_at(IMAGE_ITEM_LOCATOR) + 100;
    load_whole(&im, &f, &out);
    expect_no_rule(&f, VX_PLV_001);
    findings_free(&f);
    image_free(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locator_load__rows__as_wanted),
        cmocka_unit_test(test_locator_load__all_keys__values_of_their_places),
        cmocka_unit_test(test_locator_load__a_key_twice__the_first_value_counts),
        cmocka_unit_test(test_locator_load__a_key_with_and_without_nul__is_there_twice),
        cmocka_unit_test(test_locator_load__random_keys__as_compared_one_by_one),
        cmocka_unit_test(test_locator_load__keys_of_one_checksum__are_told_apart),
        cmocka_unit_test(test_locator_load__a_longer_key_of_the_same_checksum__is_told_apart),
        cmocka_unit_test(test_locator_load__longest_keys__are_told_apart),
        cmocka_unit_test(test_locator_load__entry_lost_the_second_time__is_no_entry),
        cmocka_unit_test(test_locator_load__fault_at_every_read__is_said_and_nothing_else),
        cmocka_unit_test(test_locator_load__long_keys_at_256_places__bounded_reads),
        cmocka_unit_test(test_locator_load__more_entries_than_are_looked_at__is_said),
        cmocka_unit_test(test_locator_load__no_header__not_usable),
    };

    return cmocka_run_group_tests_name("locator", tests, NULL, NULL);
}
