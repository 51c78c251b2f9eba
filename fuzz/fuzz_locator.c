/* Claim: of any parent locator each rule fires as often as a naive reading of MS-VHDX 2.6.2.6 says,
 * with the severity that it says, keys being compared in all pairs; the value of a key is that of
 * the first entry which has one, and lies inside the item; a linkage is the GUID that is written
 * there. Input: the place of the item, then entries, fields and bytes. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/pieces.h"
#include "fuzz/promises.h"
#include "parser/locator.h"
#include "parser/workspace.h"

enum {
    ITEM_BYTES = 16384, /* what lies behind them is zeros */
    HEADER = 20,
    ENTRY = 12,
    LOOKED_AT = 256,
    PAIR_BYTES = 1 << 22 /* to compare more of them would take too long */
};

static struct vx_workspace ws;
static uint8_t item[ITEM_BYTES];
static uint64_t item_length;
static uint64_t want[VX_RULE_COUNT];
static uint64_t want_severity[VX_SEV_COUNT];

static const char *const KEY[] = {
    "parent_linkage",      "parent_linkage2", "relative_path", "volume_path",
    "absolute_win32_path", "parent_Linkage",  "parent_linkag", "x",
};
enum { KNOWN = 5, RELATIVE = 2, VOLUME = 3, ABSOLUTE = 4 };

static const char *const VALUE[] = {
    "{53525150-5554-5756-5859-5a5b5c5d5e5f}",
    "{53525150-5554-5756-5859-5A5B5C5D5E5F}",
    "{00000000-0000-0000-0000-000000000000}",
    "53525150-5554-5756-5859-5a5b5c5d5e5f",
    ".\\parent.vhdx",
    "c:parent.vhdx",
    "\\\\?\\Volume{53525150-5554-5756-5859-5a5b5c5d5e5f}\\parent.vhdx",
    "\\\\?\\Volume{53525150-5554-5756-5859-5a5b5c5d5e5f}\\",
    "\\\\?\\C:\\parent.vhdx",
    "C:\\parent.vhdx",
};

/* ---- the input ---- */

static uint64_t get(uint64_t pos, unsigned width)
{
    uint8_t bytes[8] = {0};

    for (unsigned i = 0; i < width && pos + i < ITEM_BYTES; i++) {
        bytes[i] = item[pos + i];
    }
    return little_get(bytes, width);
}

static void put(uint64_t pos, unsigned width, uint64_t value)
{
    if (pos <= ITEM_BYTES - width) {
        little_put(item + pos, width, value);
    }
}

static uint64_t entry_count(void)
{
    return get(18, 2);
}

static uint64_t put_text(uint64_t pos, const char *text)
{
    uint64_t bytes = 0;

    for (; *text != '\0'; text++) {
        put(pos + bytes, 2, (uint8_t)*text);
        bytes += 2;
    }
    return bytes;
}

/* An entry with its strings at the end of the item, which grows. */
static void append(unsigned key, unsigned value, unsigned how)
{
    const uint64_t index = entry_count();
    const uint64_t at = HEADER + ENTRY * index;
    uint64_t bytes = put_text(item_length, KEY[key % VX_COUNT_OF(KEY)]) + UINT64_C(2) * (how & 1);

    put(18, 2, index + 1);
    put(at, 4, item_length);
    put(at + 8, 2, bytes);
    item_length += bytes + (how >> 1 & 1);
    bytes = put_text(item_length, VALUE[value % VX_COUNT_OF(VALUE)]) + UINT64_C(2) * (how >> 2 & 1);
    put(at + 4, 4, item_length);
    put(at + 10, 2, bytes);
    item_length += bytes;
}

static void change(struct fuzz_input *in, unsigned what)
{
    uint64_t at = HEADER + (uint64_t)ENTRY * fuzz_below(in, 16);

    switch (what % 6) {
    case 0:
        append(fuzz_byte(in), fuzz_byte(in), what >> 3);
        return;
    case 1: /* an offset */
        put(at + (what >> 3 & 1) * UINT64_C(4), 4, fuzz_number(in));
        return;
    case 2: /* a length */
        put(at + 8 + (what >> 3 & 1) * UINT64_C(2), 2, fuzz_number(in));
        return;
    case 3: /* the key of another entry, the same or one unit into it */
        put(at, 4, get(HEADER + (uint64_t)ENTRY * fuzz_below(in, 16), 4) + (what >> 3 & 2));
        return;
    case 4: /* a unit of a string */
        at = get(at + (what >> 3 & 1) * UINT64_C(4), 4) + 2 * (uint64_t)fuzz_byte(in);
        put(at, 2, (what & 16) != 0 ? 0xd800u + 4 * fuzz_byte(in) : fuzz_byte(in));
        return;
    default: /* a field of the header, or the length of the item */
        if ((what & 8) != 0) {
            item_length = fuzz_number(in) & UINT32_MAX;
        } else {
            put(fuzz_below(in, 20), 2, fuzz_number(in));
        }
        return;
    }
}

static void make(struct fuzz_input *in)
{
    unsigned what;

    memset(item, 0, sizeof(item));
    memcpy(item, IMAGE_GUID_LOCATOR_TYPE, sizeof(IMAGE_GUID_LOCATOR_TYPE));
    item_length = HEADER + ENTRY * (uint64_t)fuzz_byte(in); /* the table has room to grow */
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        change(in, what);
    }
    item_length = item_length < UINT32_MAX ? item_length : UINT32_MAX;
}

/* ---- the naive reading of strings ---- */

static void expect(enum vx_rule rule, enum vx_severity severity, bool does_fire)
{
    fuzz_expect(want, rule, does_fire);
    want_severity[severity] += does_fire ? 1 : 0;
}

/* A string as it is understood: without NUL at its end. units: 0 for none. */
struct text {
    uint64_t offset;
    uint64_t units;
};

static uint64_t unit(const struct text *t, uint64_t index)
{
    return index < t->units ? get(t->offset + 2 * index, 2) : UINT32_MAX;
}

static bool begins(const struct text *t, uint64_t from, const char *ascii)
{
    for (uint64_t i = 0; ascii[i] != '\0'; i++) {
        if (unit(t, from + i) != (uint8_t)ascii[i]) {
            return false;
        }
    }
    return true;
}

static uint64_t lower(uint64_t code)
{
    return code >= 'A' && code <= 'Z' ? code + 32 : code;
}

static bool spells(const struct text *t, const char *ascii, bool is_caseless)
{
    uint64_t i = 0;

    for (; ascii[i] != '\0'; i++) {
        const uint64_t code = unit(t, i);

        if ((is_caseless ? lower(code) : code) != (uint8_t)ascii[i]) {
            return false;
        }
    }
    return i == t->units;
}

/* Is every surrogate of the string one of a pair? */
static bool is_paired(uint64_t offset, uint64_t units)
{
    for (uint64_t i = 0; i < units; i++) {
        const uint64_t code = get(offset + 2 * i, 2) & 0xfc00;
        const uint64_t next = i + 1 < units ? get(offset + 2 * (i + 1), 2) & 0xfc00 : 0;

        if (code == 0xdc00 || (code == 0xd800 && next != 0xdc00)) {
            return false;
        }
        i += code == 0xd800 ? 1 : 0;
    }
    return true;
}

/* The string of an entry. *is_well: of all its units. */
static struct text judge_string(uint64_t at, bool is_key, bool *is_well)
{
    const uint64_t offset = get(at + (is_key ? 0 : 4), 4);
    const uint64_t length = get(at + (is_key ? 8 : 10), 2);
    const uint64_t units = length / 2;
    const uint64_t table_end = HEADER + ENTRY * entry_count();
    struct text t = {offset, 0};
    bool has_nul = false;
    bool ends_in_nul = false;

    *is_well = true;
    expect(is_key ? VX_PLE_001 : VX_PLE_002, VX_SEV_ERROR, offset == 0);
    expect(is_key ? VX_PLE_003 : VX_PLE_004, VX_SEV_ERROR, length == 0);
    expect(VX_PLE_005, VX_SEV_FATAL, offset + length > item_length);
    if (offset == 0 || length == 0 || offset + length > item_length) {
        return t;
    }
    expect(VX_PLE_006, VX_SEV_ERROR, length % 2 != 0);
    expect(VX_PLE_006, VX_SEV_WARNING, length % 2 == 0 && offset % 2 != 0);
    expect(VX_PLE_010, VX_SEV_WARNING, offset < table_end + (fuzz_planted(4) ? 1 : 0));
    for (uint64_t i = 0; i < units; i++) {
        ends_in_nul = get(offset + 2 * i, 2) == 0;
        has_nul |= ends_in_nul && i + 1 < units;
    }
    expect(VX_PLE_007, VX_SEV_ERROR, has_nul);
    expect(VX_PLE_007, VX_SEV_WARNING, !has_nul && ends_in_nul);
    *is_well = is_paired(offset, units);
    t.units = units - (ends_in_nul ? 1 : 0);
    return t;
}

/* ---- of values ---- */

static bool is_digit(uint64_t code)
{
    return (code >= '0' && code <= '9') || (lower(code) >= 'a' && lower(code) <= 'f');
}

/* Is it a GUID in braces from unit `from` on? */
static bool is_guid(const struct text *t, uint64_t from)
{
    static const char FORM[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

    for (uint64_t i = 0; FORM[i] != '\0'; i++) {
        const uint64_t code = unit(t, from + i);

        if (FORM[i] == 'x' ? !is_digit(code) : code != (uint8_t)FORM[i]) {
            return false;
        }
    }
    return true;
}

static bool is_zero(const struct text *t)
{
    return spells(t, "{00000000-0000-0000-0000-000000000000}", false);
}

static bool is_rooted(const struct text *t)
{
    const uint64_t first = unit(t, 0);

    return first == '\\' || first == '/' ||
           (lower(first) >= 'a' && lower(first) <= 'z' && unit(t, 1) == ':');
}

static bool is_on_volume(const struct text *t)
{
    struct text lowered = *t;

    if (!begins(t, 0, "\\\\?\\") || !is_guid(t, 10) || unit(t, 48) != '\\' || t->units < 50) {
        return false;
    }
    lowered.offset += 8;
    lowered.units = 6;
    return spells(&lowered, "volume", true);
}

static void judge_value(const struct text *t, unsigned key)
{
    if (key < RELATIVE) {
        const bool is_good = t->units == 38 && is_guid(t, 0);

        expect(VX_PLV_003, VX_SEV_ERROR, !is_good);
        expect(VX_PLV_002, VX_SEV_INFO, is_good && key == 1 && !is_zero(t));
    }
    expect(VX_PLV_006, VX_SEV_WARNING, key == RELATIVE && is_rooted(t));
    expect(VX_PLV_007, VX_SEV_WARNING, key == VOLUME && !is_on_volume(t));
    expect(VX_PLV_008, VX_SEV_INFO, key == ABSOLUTE && !begins(t, 0, "\\\\?\\"));
}

/* ---- the table ---- */

/* Which key it is, KNOWN for none of them. */
static unsigned judge_key(const struct text *t)
{
    for (unsigned i = 0; i < KNOWN; i++) {
        if (spells(t, KEY[i], fuzz_planted(1))) {
            return i;
        }
        if (spells(t, KEY[i], true)) {
            expect(VX_PLE_009, VX_SEV_WARNING, true);
            return KNOWN;
        }
    }
    expect(VX_PLV_009, VX_SEV_INFO, true);
    return KNOWN;
}

static bool is_same_key(const struct text *a, const struct text *b, uint64_t *compared)
{
    if (a->units != b->units || a->units == 0) {
        return false;
    }
    for (uint64_t i = 0; i < a->units && a->offset != b->offset && *compared < PAIR_BYTES; i++) {
        *compared += 2;
        if (unit(a, i) != unit(b, i)) {
            return false;
        }
    }
    return true;
}

/* Is the key of entry `index` that of an entry before it? */
static bool is_repeated(const struct text key[LOOKED_AT], uint64_t index, uint64_t *compared)
{
    for (uint64_t i = 0; i < index; i++) {
        const bool is_raw =
            fuzz_planted(3) && get(HEADER + ENTRY * i + 8, 2) != get(HEADER + ENTRY * index + 8, 2);

        if (!is_raw && is_same_key(&key[i], &key[index], compared)) {
            return true;
        }
    }
    return false;
}

/* Returns whether all keys could be compared in time. */
static bool judge_entries(uint64_t count, struct text value[KNOWN])
{
    static struct text key[LOOKED_AT];
    uint64_t compared = 0;

    for (uint64_t i = 0; i < count; i++) {
        const uint64_t at = HEADER + ENTRY * i;
        unsigned which = KNOWN;
        struct text t;
        bool is_well;

        key[i] = judge_string(at, true, &is_well);
        if (key[i].units > 0) {
            expect(VX_PLE_011, VX_SEV_ERROR, !is_well);
            which = judge_key(&key[i]);
            expect(VX_PLE_008, VX_SEV_ERROR, is_repeated(key, i, &compared));
        }
        t = judge_string(at, false, &is_well);
        expect(VX_PLE_011, which < RELATIVE ? VX_SEV_ERROR : VX_SEV_WARNING,
               t.units > 0 && !is_well);
        if (t.units > 0 && which < KNOWN && value[which].units == 0) {
            value[which] = t;
            judge_value(&t, which);
        }
    }
    return compared < PAIR_BYTES;
}

/* Returns whether there is a table. */
static bool judge_header(void)
{
    const bool is_known = memcmp(item, IMAGE_GUID_LOCATOR_TYPE, 16) == 0;
    const bool is_whole = HEADER + ENTRY * entry_count() <= item_length;

    if (item_length < HEADER) {
        return false;
    }
    expect(VX_PLH_002, VX_SEV_FATAL, !is_known);
    expect(VX_PLH_003, VX_SEV_WARNING, is_known && get(16, 2) != 0);
    expect(VX_PLH_001, VX_SEV_FATAL, is_known && !is_whole);
    return is_known && is_whole;
}

/* ---- the claims ---- */

static void expect_linkage(const struct vx_guid *guid, const struct text *t)
{
    char text[VX_GUID_TEXT_BYTES];

    vx_guid_format(guid, text);
    for (uint64_t i = 0; i < VX_GUID_TEXT_BYTES - 1; i++) {
        fuzz_must(lower(unit(t, i + 1)) == (uint8_t)text[i],
                  "a linkage is the GUID that is written");
    }
}

static void expect_values(const struct vx_locator *got, const struct text value[KNOWN],
                          uint64_t offset)
{
    for (unsigned i = 0; i < KNOWN; i++) {
        const struct vx_locator_value *v = &got->value[VX_KEY_PARENT_LINKAGE + i];
        const uint64_t at = offset + value[i].offset + (fuzz_planted(2) ? 2 : 0);

        fuzz_must(v->is_present == (value[i].units > 0), "a key has a value or has none");
        if (v->is_present) {
            fuzz_must(v->offset == at && v->units == value[i].units,
                      "a value is that of the first entry that has one");
            fuzz_must(v->offset >= offset && v->offset - offset <= item_length &&
                          2 * (uint64_t)v->units <= item_length - (v->offset - offset),
                      "a value lies inside the item");
        }
        if (i < 2) {
            const bool is_good = value[i].units == 38 && is_guid(&value[i], 0);

            fuzz_must(got->has_linkage[i] == is_good, "a linkage is a GUID or none");
            if (is_good) {
                expect_linkage(&got->linkage[i], &value[i]);
            }
        }
    }
}

static void expect_locator(const struct vx_source *src, uint64_t offset, struct findings *f)
{
    struct vx_metadata md = {.is_usable = true, .locator_length = (uint32_t)item_length};
    struct text value[KNOWN] = {{0}};
    struct vx_locator got;
    const bool has_table = judge_header();
    const uint64_t count = entry_count() < LOOKED_AT ? entry_count() : LOOKED_AT;
    const bool is_cut = entry_count() > LOOKED_AT;

    md.has[VX_ITEM_PARENT_LOCATOR] = true;
    md.value_offset[VX_ITEM_PARENT_LOCATOR] = offset;
    vx_locator_load(src, &md, &ws, &f->rep, &got);
    fuzz_must(got.is_usable == has_table && !got.is_unread, "a locator with a table is usable");
    if (has_table) {
        expect(VX_PLH_004, count == 0 ? VX_SEV_ERROR : VX_SEV_INFO, count == 0 || is_cut);
        expect(VX_RUN_008, VX_SEV_WARNING, is_cut);
        if (!judge_entries(count, value)) {
            want_severity[VX_SEV_ERROR] += f->rep.total[VX_PLE_008] - want[VX_PLE_008];
            want[VX_PLE_008] = f->rep.total[VX_PLE_008];
        }
        expect(VX_PLV_001, VX_SEV_ERROR, !is_cut && value[0].units == 0);
        expect(VX_PLV_004, VX_SEV_ERROR,
               !is_cut && value[RELATIVE].units + value[VOLUME].units + value[ABSOLUTE].units == 0);
    }
    expect_values(&got, value, offset);
    fuzz_must_total(f, want);
    for (int severity = VX_SEV_INFO; severity < VX_SEV_COUNT; severity++) {
        fuzz_must(f->rep.by_severity[severity] == want_severity[severity],
                  "each finding is as grave as a naive reading says");
    }
    fuzz_must_keep(f, src->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_pieces pieces = {.count = 1};
    struct fuzz_input in;
    struct vx_source src;
    struct findings f;
    uint64_t offset;

    fuzz_input_init(&in, data, size);
    offset = fuzz_number(&in);
    offset = offset < UINT64_MAX - (UINT64_C(1) << 33) ? offset : IMAGE_METADATA;
    make(&in);
    memset(want, 0, sizeof(want));
    memset(want_severity, 0, sizeof(want_severity));
    pieces.at[0] = (struct fuzz_piece){offset, item, sizeof(item)};
    pieces.size = offset + item_length;
    src = fuzz_pieces_open(&pieces, &f);
    expect_locator(&src, offset, &f);
    findings_free(&f);
    return 0;
}
