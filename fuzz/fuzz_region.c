/* Claim: of any two region tables each entry is decoded from its place; the first valid table
 * counts; the BAT and metadata regions that are accepted carry their GUIDs and lie inside the file,
 * behind the header section; regions, log and header section overlap exactly where a comparison of
 * all pairs says so, and so do blocks with them; and no rule fires but those that a naive reading
 * of MS-VHDX 2.1 and 2.2.3 gives. Input: the size of the file, the log, then entries and bytes. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/guids.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/pieces.h"
#include "fuzz/promises.h"
#include "parser/workspace.h"

enum { COPIES = 2, BYTES = 65536, ENTRIES_MOST = 2047, PAIRS_MOST = 160, BLOCKS = 8 };

static struct vx_workspace ws;
static uint8_t table[COPIES][BYTES];
static uint64_t want[VX_RULE_COUNT];

/* ---- the input ---- */

static uint32_t entry_count(unsigned which)
{
    return (uint32_t)little_get(table[which] + 8, 4);
}

static uint8_t *entry_at(unsigned which, uint32_t index)
{
    return table[which] + 16 + (size_t)32 * index;
}

/* Append an entry to both tables. */
static void append(const uint8_t guid[16], uint64_t offset, uint64_t length, unsigned required)
{
    const uint32_t index = entry_count(0);

    for (unsigned i = 0; i < COPIES && index < ENTRIES_MOST; i++) {
        memcpy(entry_at(i, index), guid, 16);
        little_put(entry_at(i, index) + 16, 8, offset);
        little_put(entry_at(i, index) + 24, 4, length);
        little_put(entry_at(i, index) + 28, 4, required);
        little_put(table[i] + 8, 4, index + UINT64_C(1));
    }
}

static void make_sound(bool is_empty)
{
    memset(table, 0, sizeof(table));
    memcpy(table[0], "regi", 4);
    memcpy(table[1], "regi", 4);
    if (!is_empty) {
        append(IMAGE_GUID_BAT, IMAGE_BAT, IMAGE_MIB, 1);
        append(IMAGE_GUID_METADATA, IMAGE_METADATA, IMAGE_MIB, 1);
    }
}

/* Entries of one kind, each `length` bytes and a little behind the one before. */
static void append_entries(struct fuzz_input *in, unsigned what)
{
    const uint8_t *guid = fuzz_guid(fuzz_byte(in));
    const unsigned required = fuzz_below(in, 4);
    const uint64_t length = fuzz_number(in);
    const uint64_t step = fuzz_byte(in) * (IMAGE_MIB / 4);
    uint64_t offset = fuzz_number(in);
    unsigned times = 1;

    if ((what & 4) != 0) { /* below 256 MiB, where the others are */
        offset = (offset & 0xff) * IMAGE_MIB;
    }
    if ((what & 8) != 0) {
        times = 1 + fuzz_byte(in);
    }
    for (unsigned i = 0; i < times; i++) {
        append(guid, offset, length, required);
        offset = offset < UINT64_MAX - step ? offset + step : offset;
    }
}

/* A few bytes of one table or both. */
static void change_bytes(struct fuzz_input *in, unsigned what)
{
    const uint64_t at = fuzz_number(in);
    const unsigned width = 1u << (what >> 5 & 3);
    const uint64_t value = fuzz_number(in);

    for (unsigned i = 0; i < COPIES; i++) {
        if ((what & (4u << i)) != 0) {
            little_put(table[i] + at % (BYTES - 8), width, value);
        }
    }
}

static void change(struct fuzz_input *in, unsigned what)
{
    if (what % 4 < 2) {
        append_entries(in, what);
    } else {
        change_bytes(in, what);
    }
}

/* Checksums are not what this is about: fuzz_header compares two implementations. */
static void seal(unsigned unsealed)
{
    for (unsigned i = 0; i < COPIES; i++) {
        if ((unsealed & (1u << i)) == 0) {
            little_put(table[i] + 4, 4, vx_crc32c_structure(ws.crc, table[i], BYTES));
        }
    }
}

/* ---- the naive reading of the tables ---- */

static uint64_t get(const uint8_t *bytes, unsigned pos, unsigned width)
{
    return little_get(bytes + pos, width);
}

static bool is_guid(const uint8_t *entry, const uint8_t guid[16])
{
    return memcmp(entry, guid, 16) == 0;
}

static bool is_table_valid(unsigned which)
{
    return memcmp(table[which], "regi", 4) == 0 &&
           get(table[which], 4, 4) == vx_crc32c_structure(ws.crc, table[which], BYTES);
}

/* Is the copy valid? */
static bool judge_copy(unsigned which)
{
    const bool has_signature = memcmp(table[which], "regi", 4) == 0;
    const bool is_valid = is_table_valid(which);

    fuzz_expect(want, VX_RGT_002, !has_signature);
    fuzz_expect(want, VX_RGT_003, has_signature && !is_valid);
    fuzz_expect(want, VX_RGT_007, is_valid && entry_count(which) > ENTRIES_MOST);
    fuzz_expect(want, VX_RGT_008, is_valid && get(table[which], 12, 4) != 0);
    return is_valid;
}

static void judge_place(uint64_t offset, uint64_t length, uint64_t size)
{
    const bool is_odd = offset % IMAGE_MIB != 0;
    const bool is_low = offset < IMAGE_MIB;
    const bool is_outside = length > 0 && (offset > size || length > size - offset);

    fuzz_expect(want, VX_RGE_002, is_odd);
    fuzz_expect(want, VX_LAY_004, is_odd);
    fuzz_expect(want, VX_RGE_003, is_low);
    fuzz_expect(want, VX_LAY_005, is_low);
    fuzz_expect(want, VX_RGE_004, length % IMAGE_MIB != 0);
    fuzz_expect(want, VX_RGE_005, length == 0);
    fuzz_expect(want, VX_LAY_008, length > UINT64_MAX - offset);
    fuzz_expect(want, VX_RGE_013, is_outside);
    fuzz_expect(want, VX_LAY_007, is_outside);
}

/* Does the entry's GUID belong to an entry before it? */
static bool is_repeated(unsigned used, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        if (is_guid(entry_at(used, i), entry_at(used, index))) {
            return true;
        }
    }
    return false;
}

/* The entries of the table that counts. */
static void judge_entries(unsigned used, uint64_t size)
{
    uint64_t bats = 0;
    uint64_t metadatas = 0;

    for (uint32_t i = 0; i < entry_count(used); i++) {
        const uint8_t *entry = entry_at(used, i);
        const bool is_bat = is_guid(entry, IMAGE_GUID_BAT);
        const bool is_metadata = is_guid(entry, IMAGE_GUID_METADATA);
        const bool is_required = (entry[28] & 1) != 0;

        bats += is_bat ? 1 : 0;
        metadatas += is_metadata ? 1 : 0;
        judge_place(get(entry, 16, 8), get(entry, 24, 4), size);
        if (entry_count(used) <= PAIRS_MOST) {
            fuzz_expect(want, VX_RGE_001, is_repeated(used, i) && !fuzz_planted(4));
        }
        fuzz_expect(want, VX_RGE_011, get(entry, 28, 4) > 1);
        fuzz_expect(want, VX_RGE_014, vx_all_zero(entry, 16));
        if (is_bat || is_metadata) {
            fuzz_expect(want, VX_RGE_012, !is_required);
        } else {
            want[is_required ? VX_RGE_009 : VX_RGE_010] += 1;
        }
    }
    fuzz_expect(want, VX_RGT_010, bats != 1);
    fuzz_expect(want, VX_RGT_011, metadatas != 1);
}

/* Returns the table that counts, or COPIES when no entry is known. */
static unsigned read_naively(uint64_t size)
{
    const bool is_first = judge_copy(0);
    const bool is_second = judge_copy(1);
    const unsigned used = is_first ? 0 : 1;

    if (!is_first && !is_second) {
        want[VX_RGT_004] = 1;
        return COPIES;
    }
    fuzz_expect(want, VX_RGT_005, is_first != is_second);
    fuzz_expect(want, VX_RGT_006,
                is_first && is_second && memcmp(table[0] + 8, table[1] + 8, BYTES - 8) != 0);
    if (entry_count(used) > ENTRIES_MOST) {
        return COPIES;
    }
    judge_entries(used, size);
    return used;
}

/* ---- the claims about entries ---- */

static void expect_place(const struct vx_region_place *place, unsigned used, uint64_t size,
                         const uint8_t guid[16])
{
    const uint8_t *entry = entry_at(used, place->index);

    if (!place->is_usable) {
        return;
    }
    fuzz_must(place->offset == get(entry, 16, 8) && place->length == get(entry, 24, 4) &&
                  is_guid(entry, guid) && !is_repeated(used, place->index),
              "a region is accepted for its GUID and with its place");
    fuzz_must(place->offset >= (fuzz_planted(2) ? 2 : 1) * IMAGE_MIB && place->length > 0 &&
                  vx_within(place->offset, place->length, size),
              "a usable region lies inside the file, behind the header section");
}

static void expect_regions(const struct vx_regions *regions, unsigned used, uint64_t size)
{
    fuzz_must(regions->is_usable == (used < COPIES), "the first valid table counts");
    if (used == COPIES) {
        fuzz_must(!regions->bat.is_usable && !regions->metadata.is_usable,
                  "no region of an unusable table is used");
        return;
    }
    fuzz_must(regions->used == used && regions->count == entry_count(used),
              "the first valid table counts");
    for (uint32_t i = 0; i < regions->count; i++) {
        const uint8_t *entry = entry_at(used, i);

        fuzz_must(is_guid(entry, ws.region[i].guid.byte) &&
                      ws.region[i].offset == get(entry, fuzz_planted(1) ? 17 : 16, 8) &&
                      ws.region[i].length == get(entry, 24, 4) &&
                      ws.region[i].required == get(entry, 28, 4),
                  "each field of a region is decoded from its place");
    }
    fuzz_must(regions->unknown_required == want[VX_RGE_009],
              "required regions that are not known are counted");
    expect_place(&regions->bat, used, size, IMAGE_GUID_BAT);
    expect_place(&regions->metadata, used, size, IMAGE_GUID_METADATA);
}

/* ---- all pairs ---- */

/* What occupies bytes: entry PAIRS_MOST is the log, and one more the header section. */
struct object {
    uint64_t begin;
    uint64_t end; /* exclusive; 2^64 - 1 for what ends beyond */
    bool is_region;
    bool is_log;
};

static struct object objects[PAIRS_MOST + 2];
static size_t object_count;

static void add_object(uint64_t offset, uint64_t length, bool is_region, bool is_log)
{
    if (length > 0) {
        objects[object_count] = (struct object){
            .begin = offset,
            .end = length <= UINT64_MAX - offset ? offset + length : UINT64_MAX,
            .is_region = is_region,
            .is_log = is_log,
        };
        object_count++;
    }
}

static void add_objects(const struct vx_header *log, unsigned used)
{
    object_count = 0;
    add_object(0, IMAGE_MIB, false, false);
    add_object(log->log_offset, log->log_length, false, true);
    for (uint32_t i = 0; used < COPIES && i < entry_count(used); i++) {
        add_object(get(entry_at(used, i), 16, 8), get(entry_at(used, i), 24, 4), true, false);
    }
}

static bool overlap(const struct object *a, const struct object *b)
{
    const uint64_t begin = a->begin > b->begin ? a->begin : b->begin;
    const uint64_t end = a->end < b->end ? a->end : b->end;

    return begin < end && (!fuzz_planted(3) || end - begin > IMAGE_MIB);
}

/* Does this region lie on one that begins before it, or at the same place and was named before? */
static bool lies_on_region(size_t index)
{
    const struct object *own = &objects[index];

    for (size_t i = 0; i < object_count; i++) {
        const bool is_before =
            objects[i].begin < own->begin || (i < index && objects[i].begin == own->begin);

        if (objects[i].is_region && is_before && overlap(&objects[i], own)) {
            return true;
        }
    }
    return false;
}

static void compare_pairs(void)
{
    const struct object *log = object_count > 1 && objects[1].is_log ? &objects[1] : NULL;

    for (size_t i = 1; i < object_count; i++) {
        const bool is_in_header = objects[i].begin < IMAGE_MIB;
        const bool is_on_region = objects[i].is_region && lies_on_region(i);
        const bool is_on_log = objects[i].is_region && log != NULL && overlap(&objects[i], log);

        fuzz_expect(want, VX_RGE_006, is_on_region);
        fuzz_expect(want, VX_RGE_007, is_on_log);
        fuzz_expect(want, VX_HDR_016, is_on_log);
        fuzz_expect(want, VX_LAY_006, is_in_header);
        fuzz_expect(want, VX_LAY_006, is_on_region);
        fuzz_expect(want, VX_LAY_006, is_on_log);
    }
}

/* Blocks anywhere: which of them hit some object is known at once, and each object that is hit has
 * a finding with their number. */
static void expect_blocks(struct fuzz_input *in, struct findings *f)
{
    struct object block[BLOCKS];
    size_t count = 0;

    for (unsigned i = 0; i < BLOCKS; i++) {
        const uint64_t begin = fuzz_number(in) % (UINT64_MAX >> 20) << 20;
        const uint64_t length = IMAGE_MIB << fuzz_below(in, 9);
        const struct object own = {begin, vx_add_sat(begin, length), false, false};
        const struct vx_layout_range range = vx_layout_find(&ws.layout, own.begin, own.end);
        bool is_hit = false;

        for (size_t k = 0; k < object_count; k++) {
            is_hit |= overlap(&objects[k], &own);
        }
        fuzz_must(is_hit == (range.first < range.last), "a block's owner is found if there is one");
        if (is_hit) {
            vx_layout_charge(&ws.layout, own.begin, own.end);
            block[count] = own;
            count++;
        }
    }
    for (size_t i = 0; i < object_count; i++) {
        bool is_hit = false;

        for (size_t k = 0; k < count; k++) {
            is_hit |= overlap(&objects[i], &block[k]);
        }
        fuzz_expect(want, VX_LAY_006, is_hit);
        fuzz_expect(want, VX_RGE_008, is_hit && objects[i].is_region);
    }
    vx_layout_report_blocks(&ws.layout, &f->rep);
}

/* ---- the whole ---- */

/* The log as a current header would name it, usable or not. */
static void choose_log(struct fuzz_input *in, struct vx_headers *headers)
{
    const unsigned how = fuzz_byte(in);
    const uint64_t length = fuzz_number(in);

    memset(headers, 0, sizeof(*headers));
    headers->has_current = true;
    headers->is_dirty = (how & 1) != 0;
    headers->copy[0].header.log_offset =
        (how & 2) != 0 ? fuzz_number(in) : fuzz_byte(in) * IMAGE_MIB;
    headers->copy[0].header.log_length = (uint32_t)(length & UINT32_MAX);
}

static void expect_tables(struct fuzz_input *in, const struct vx_source *src,
                          const struct vx_headers *headers, struct findings *f)
{
    const unsigned used = read_naively(src->size);
    struct vx_regions regions;

    vx_regions_load(src, &ws, &f->rep, &regions);
    expect_regions(&regions, used, src->size);
    if (used == COPIES || entry_count(used) <= PAIRS_MOST) {
        add_objects(&headers->copy[0].header, used);
        compare_pairs();
        vx_layout_check(headers, &regions, &ws, &f->rep);
        expect_blocks(in, f);
    } else { /* to compare them all would take too long */
        want[VX_RGE_001] = f->rep.total[VX_RGE_001];
    }
}

/* The fuzzers say what it looks like. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    ws.crc = vx_crc32c_best(); /* asking a CPU takes longer than judging a table */
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_pieces pieces = {
        {{IMAGE_REGIONS_1, table[0], BYTES}, {IMAGE_REGIONS_2, table[1], BYTES}}, 2, 0};
    struct vx_source src;
    struct fuzz_input in;
    struct vx_headers headers;
    struct findings f;
    unsigned unsealed;
    unsigned what;

    fuzz_input_init(&in, data, size);
    unsealed = fuzz_byte(&in);
    pieces.size = IMAGE_MIB + fuzz_number(&in) % (UINT64_MAX - IMAGE_MIB);
    make_sound((unsealed & 4) != 0);
    choose_log(&in, &headers);
    for (what = fuzz_byte(&in); what != 0; what = fuzz_byte(&in)) {
        change(&in, what);
    }
    seal(unsealed);
    memset(want, 0, sizeof(want));
    src = fuzz_pieces_open(&pieces, &f);
    expect_tables(&in, &src, &headers, &f);
    fuzz_must_total(&f, want);
    fuzz_must_keep(&f, pieces.size);
    findings_free(&f);
    return 0;
}
