/* Claim: of any metadata table each entry is decoded from its place; a value is taken from the
 * first entry of its item that has one, and from inside the region; the geometry is what the values
 * say; and no rule fires but those that a naive reading of MS-VHDX 2.6 gives, which compares all
 * pairs of items. Input: the place of the region, then entries, bytes and values. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/guids.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/pieces.h"
#include "fuzz/promises.h"
#include "parser/geometry.h"
#include "parser/workspace.h"

enum {
    TABLE_BYTES = 65536,
    VALUE_BYTES = 4096, /* behind the table; what lies behind them is zeros */
    ENTRIES_MOST = 2047,
    PAIRS_MOST = 160,
    IS_USER = 1,
    IS_DISK = 2,
    IS_REQUIRED = 4
};

static struct vx_workspace ws;
static uint8_t bytes[TABLE_BYTES + VALUE_BYTES]; /* of the region, from its beginning */
static uint64_t want[VX_RULE_COUNT];

/* The items of MS-VHDX 2.6.2, and three more that are known by name only. */
static const struct item {
    const uint8_t *guid;
    enum vx_item_kind kind;
    unsigned length; /* 0: not defined */
    unsigned flags;
    bool is_minimum;
} ITEM[] = {
    {IMAGE_GUID_ITEM[0], VX_ITEM_FILE_PARAMETERS, 8, IS_REQUIRED, false},
    {IMAGE_GUID_ITEM[1], VX_ITEM_DISK_SIZE, 8, IS_REQUIRED | IS_DISK, false},
    {IMAGE_GUID_ITEM[2], VX_ITEM_DISK_ID, 16, IS_REQUIRED | IS_DISK, false},
    {IMAGE_GUID_ITEM[3], VX_ITEM_LOGICAL_SECTOR_SIZE, 4, IS_REQUIRED | IS_DISK, false},
    {IMAGE_GUID_ITEM[4], VX_ITEM_PHYSICAL_SECTOR_SIZE, 4, IS_REQUIRED | IS_DISK, false},
    {IMAGE_GUID_ITEM[5], VX_ITEM_PARENT_LOCATOR, 20, IS_REQUIRED, true},
    {IMAGE_GUID_CHS, VX_ITEM_CHS_PARAMETERS, 0, 0, true},
    {IMAGE_GUID_PMEM, VX_ITEM_PMEM_LABELS, 0, 0, true},
    {IMAGE_GUID_INCOMPLETE, VX_ITEM_INCOMPLETE_FILE, 0, 0, true},
};

enum { NUMBERS = 5 }; /* of them have a value that is a number or a GUID */

/* ---- the input ---- */

static uint64_t get(size_t pos, unsigned width)
{
    return little_get(bytes + pos, width);
}

static uint32_t entry_count(void)
{
    return (uint32_t)get(10, 2);
}

static size_t entry_at(uint32_t index)
{
    return 32 + (size_t)32 * index;
}

static void append(const uint8_t guid[16], uint64_t offset, uint64_t length, uint64_t flags)
{
    const uint32_t index = entry_count();
    const size_t at = entry_at(index);

    if (index < ENTRIES_MOST) {
        memcpy(bytes + at, guid, 16);
        little_put(bytes + at + 16, 4, offset);
        little_put(bytes + at + 20, 4, length);
        little_put(bytes + at + 24, 4, flags);
        little_put(bytes + 10, 2, index + UINT64_C(1));
    }
}

/* Item i has its value at 32 * i behind the table. */
static void make_sound(bool is_empty)
{
    static const uint64_t value[NUMBERS] = {VX_MIB, 16 * IMAGE_MIB, 1, 512, 512};

    memset(bytes, 0, sizeof(bytes));
    little_put(bytes, 8, UINT64_C(0x617461646174656d)); /* "metadata" */
    for (unsigned i = 0; i < NUMBERS && !is_empty; i++) {
        append(ITEM[i].guid, TABLE_BYTES + UINT64_C(32) * i, ITEM[i].length, ITEM[i].flags);
        little_put(bytes + TABLE_BYTES + (size_t)32 * i, 8, value[i]);
    }
}

/* One entry, or many, each behind the one before. */
static void append_entries(struct fuzz_input *in, unsigned what)
{
    const uint8_t *guid = fuzz_guid(fuzz_byte(in));
    const unsigned flags = fuzz_byte(in);
    const uint64_t length = fuzz_number(in);
    const uint64_t step = fuzz_byte(in);
    uint64_t offset = fuzz_number(in);
    const unsigned times = (what & 8) != 0 ? 1 + fuzz_byte(in) : 1;

    if ((what & 16) != 0) { /* where the values are */
        offset = TABLE_BYTES + (offset & 0xfff);
    }
    for (unsigned i = 0; i < times; i++) {
        append(guid, offset, length, (what & 32) != 0 ? fuzz_number(in) : flags & 7u);
        offset = (offset & UINT32_MAX) + step;
    }
}

static void change(struct fuzz_input *in, unsigned what)
{
    const uint32_t count = entry_count();
    uint64_t value;
    uint64_t at;

    switch (what % 4) {
    case 0:
        append_entries(in, what);
        return;
    case 1: /* a field of an entry */
        at = entry_at(fuzz_below(in, 16)) + UINT64_C(4) * (what >> 3 & 7);
        if (count > 0) {
            little_put(bytes + at, 4, fuzz_number(in));
        }
        return;
    case 2: /* a value */
        at = TABLE_BYTES + UINT64_C(32) * fuzz_below(in, 8) + UINT64_C(4) * (what >> 3 & 1);
        value = fuzz_number(in);
        value = (what & 32) != 0 ? value % (UINT64_C(1) << 44) << 20 : value;
        little_put(bytes + at, (what & 16) != 0 ? 8 : 4, value);
        return;
    default: /* a byte of the table's header, or of any entry */
        at = (what & 8) != 0 ? fuzz_below(in, 32) : fuzz_number(in) % TABLE_BYTES;
        bytes[at] = (uint8_t)fuzz_byte(in);
        return;
    }
}

/* ---- the naive reading of the table ---- */

static const struct item *known_item(size_t at)
{
    for (size_t i = 0; i < VX_COUNT_OF(ITEM); i++) {
        if (memcmp(bytes + at, ITEM[i].guid, 16) == 0) {
            return &ITEM[i];
        }
    }
    return NULL;
}

static bool is_user(size_t at)
{
    return (get(at + 24, 4) & IS_USER) != 0;
}

static void judge_place(size_t at, uint64_t region)
{
    const uint64_t offset = get(at + 16, 4);
    const uint64_t length = get(at + 20, 4);

    if (length == 0) {
        fuzz_expect(want, VX_MDE_006, offset != 0);
        return;
    }
    fuzz_expect(want, VX_MDE_002, offset < TABLE_BYTES);
    fuzz_expect(want, VX_MDE_003, offset + length > region);
    fuzz_expect(want, VX_MDE_005, length > IMAGE_MIB);
}

static void judge_flags(size_t at)
{
    const struct item *item = known_item(at);
    const uint64_t flags = get(at + 24, 4);
    const uint64_t length = get(at + 20, 4);
    const bool is_required = (flags & IS_REQUIRED) != 0;
    const bool is_known = item != NULL && !is_user(at);

    fuzz_expect(want, VX_MDE_009, flags > 7);
    fuzz_expect(want, VX_MDE_010, get(at + 28, 4) != 0);
    fuzz_expect(want, VX_MDE_018, is_user(at) && is_required);
    fuzz_expect(want, VX_MDE_008, is_required && !is_known);
    fuzz_expect(want, VX_MDE_019, vx_all_zero(bytes + at, 16));
    fuzz_expect(want, VX_MDE_020, is_known && item->kind == VX_ITEM_INCOMPLETE_FILE);
    if (item == NULL || item->length == 0) {
        return;
    }
    fuzz_expect(want, VX_MDE_012, is_user(at) || ((flags ^ item->flags) & IS_DISK) != 0);
    if (is_known) {
        fuzz_expect(want, VX_MDE_013, !is_required);
        fuzz_expect(want, VX_MDE_014,
                    length < item->length || (length > item->length && !item->is_minimum));
    }
}

/* Is the item that of an entry before it, and does it lie on an item that begins before it? */
static void judge_pairs(uint32_t index)
{
    const size_t own = entry_at(index);
    const uint64_t begin = get(own + 16, 4);
    const uint64_t end = begin + get(own + 20, 4);
    bool is_repeated = false;
    bool is_overlapping = false;

    for (uint32_t i = 0; i < entry_count(); i++) {
        const size_t at = entry_at(i);
        const uint64_t other = get(at + 16, 4);
        const uint64_t other_end = other + get(at + 20, 4);
        const bool is_before = other < begin || (other == begin && i < index);

        is_repeated |=
            i < index && is_user(at) == is_user(own) && memcmp(bytes + at, bytes + own, 16) == 0;
        is_overlapping |= is_before && other < other_end && begin < end &&
                          begin + (fuzz_planted(4) ? 1 : 0) < other_end;
    }
    fuzz_expect(want, VX_MDE_001, is_repeated);
    fuzz_expect(want, VX_MDE_004, is_overlapping);
}

/* Returns whether the entries are known. */
static bool judge_table(uint64_t region)
{
    uint64_t count[2] = {0};
    uint64_t length[2] = {0};

    if (region < TABLE_BYTES || memcmp(bytes, "metadata", 8) != 0) {
        want[region < TABLE_BYTES ? VX_MDT_001 : VX_MDT_002] = 1;
        return false;
    }
    fuzz_expect(want, VX_MDT_003, get(8, 2) != 0);
    fuzz_expect(want, VX_MDT_005, !vx_all_zero(bytes + 12, 20));
    fuzz_expect(want, VX_MDT_004, entry_count() > ENTRIES_MOST);
    if (entry_count() > ENTRIES_MOST) {
        return false;
    }
    for (uint32_t i = 0; i < entry_count(); i++) {
        judge_place(entry_at(i), region);
        judge_flags(entry_at(i));
        if (entry_count() <= PAIRS_MOST) {
            judge_pairs(i);
        }
        count[is_user(entry_at(i)) ? 1 : 0] += 1;
        length[is_user(entry_at(i)) ? 1 : 0] += get(entry_at(i) + 20, 4);
    }
    fuzz_expect(want, VX_MDE_007, count[1] > 1024);
    fuzz_expect(want, VX_MDT_007,
                region > 128 * IMAGE_MIB || length[0] > 40 * IMAGE_MIB ||
                    length[1] > 40 * IMAGE_MIB);
    return true;
}

/* ---- the naive reading of the values ---- */

/* Where in the region the value of an item is, 0 for nowhere. */
static uint64_t find_value(const struct item *item, uint64_t region)
{
    for (uint32_t i = 0; i < entry_count(); i++) {
        const size_t at = entry_at(i);
        const uint64_t offset = get(at + 16, 4);
        const uint64_t length = get(at + 20, 4);

        if (known_item(at) == item && !is_user(at) && length > 0 && length >= item->length &&
            offset >= TABLE_BYTES && offset + length <= region) {
            return offset;
        }
    }
    return 0;
}

/* As many bytes at `pos` of the region as there are. */
static uint64_t value_at(uint64_t pos, unsigned width)
{
    uint8_t value[8] = {0};

    for (unsigned i = 0; i < width && pos + i < sizeof(bytes); i++) {
        value[i] = bytes[pos + i];
    }
    return little_get(value, width);
}

/* What the values are, 0 without any; and whether they are there. */
struct values {
    bool has[VX_COUNT_OF(ITEM)];
    uint64_t at[VX_COUNT_OF(ITEM)];
    uint64_t block;
    uint64_t parameters;
    uint64_t disk;
    uint64_t sector;
    uint64_t physical;
};

static void read_values(struct values *v, uint64_t region)
{
    memset(v, 0, sizeof(*v));
    for (size_t i = 0; i < VX_COUNT_OF(ITEM); i++) {
        v->at[i] = find_value(&ITEM[i], region);
        v->has[i] = v->at[i] != 0;
    }
    v->block = v->has[0] ? value_at(v->at[0], 4) : 0;
    v->parameters = v->has[0] ? value_at(v->at[0] + 4, 4) : 0;
    v->disk = v->has[1] ? value_at(v->at[1], 8) : 0;
    v->sector = v->has[3] ? value_at(v->at[3], fuzz_planted(2) ? 2 : 4) : 0;
    v->physical = v->has[4] ? value_at(v->at[4], 4) : 0;
}

static void judge_values(const struct values *v)
{
    const bool has_parent = (v->parameters & 2) != 0;

    for (size_t i = 0; i < NUMBERS; i++) {
        fuzz_expect(want, i == 2 || i == 4 ? VX_MDE_016 : VX_MDE_015, !v->has[i]);
    }
    fuzz_expect(want, VX_FPR_003, v->parameters > 3);
    fuzz_expect(want, VX_FPR_004, has_parent && !v->has[5]);
    fuzz_expect(want, VX_FPR_005, has_parent && (v->parameters & 1) != 0);
    fuzz_expect(want, VX_FPR_006, v->has[0] && !has_parent && v->has[5]);
    fuzz_expect(want, VX_PSS_001, v->has[4] && v->physical != 512 && v->physical != 4096);
}

/* Returns whether the values are a disk's. */
static bool judge_geometry(const struct values *v)
{
    const bool is_power = v->block != 0 && (v->block & (v->block - 1)) == 0;
    const bool is_range = v->block >= IMAGE_MIB && v->block <= 256 * IMAGE_MIB;
    const bool is_sector = v->sector == 512 || v->sector == 4096;

    fuzz_expect(want, VX_FPR_001, v->has[0] && !is_range);
    fuzz_expect(want, VX_FPR_002, v->has[0] && !is_power);
    fuzz_expect(want, VX_VDS_001, v->has[1] && v->has[3] && is_sector && v->disk % v->sector != 0);
    fuzz_expect(want, VX_VDS_002, v->has[1] && v->disk > 64 * IMAGE_TIB);
    fuzz_expect(want, VX_VDS_003, v->has[1] && v->disk == 0);
    fuzz_expect(want, VX_LSS_001, v->has[3] && !is_sector);
    return v->has[0] && v->has[1] && v->has[3] && is_power && is_range && is_sector &&
           v->disk <= 64 * IMAGE_TIB && v->disk % v->sector == 0;
}

/* ---- the claims ---- */

static void expect_entries(const struct vx_metadata *m)
{
    for (uint32_t i = 0; i < m->count; i++) {
        const size_t at = entry_at(i);
        const struct vx_item *item = &ws.item[i];
        const struct item *known = known_item(at);

        fuzz_must(memcmp(item->id.byte, bytes + at, 16) == 0 &&
                      item->offset == get(at + (fuzz_planted(1) ? 17 : 16), 4) &&
                      item->length == get(at + 20, 4) && item->flags == get(at + 24, 4) &&
                      item->reserved == get(at + 28, 4) &&
                      item->kind == (known == NULL ? VX_ITEM_UNKNOWN : known->kind),
                  "each field of a metadata entry is decoded from its place");
    }
}

static void expect_values(const struct vx_metadata *m, const struct values *v,
                          const struct vx_region_place *place)
{
    for (size_t i = 0; i < VX_COUNT_OF(ITEM); i++) {
        fuzz_must(m->has[ITEM[i].kind] == v->has[i] &&
                      (!v->has[i] || m->value_offset[ITEM[i].kind] == place->offset + v->at[i]),
                  "a value is that of the first entry that has one");
    }
    fuzz_must(m->block_size == v->block && m->parameters == v->parameters &&
                  m->disk_size == v->disk && m->logical_sector_size == v->sector &&
                  m->physical_sector_size == v->physical,
              "each value is decoded from its place");
}

/* MS-VHDX 2.5, from its own words. */
static void expect_geometry(const struct values *v, const struct vx_geometry *geo)
{
    const uint64_t ratio = (UINT64_C(1) << 23) * v->sector / v->block;
    const uint64_t blocks = v->disk / v->block + (v->disk % v->block != 0 ? 1 : 0);
    const uint64_t chunks = blocks / ratio + (blocks % ratio != 0 ? 1 : 0);
    const uint64_t between = blocks == 0 ? 0 : (blocks - 1) / ratio;
    const uint64_t bitmaps =
        fuzz_planted(3) ? chunks : between; /* one behind the last chunk, too */
    const bool has_parent = (v->parameters & 2) != 0;

    fuzz_must(geo->disk_bytes == v->disk && geo->block_bytes == v->block &&
                  geo->payload_blocks == blocks && geo->chunk_ratio == ratio &&
                  geo->has_parent == has_parent,
              "the geometry is what the items say");
    fuzz_must(geo->bat_entries == (has_parent ? chunks * (ratio + 1) : blocks + bitmaps),
              "the table has the entries that the disk needs");
}

static void expect_metadata(const struct vx_source *src, const struct vx_region_place *place,
                            struct vx_reporter *rep)
{
    const bool is_usable = judge_table(place->length);
    struct vx_metadata metadata;
    struct vx_geometry geo;
    struct values values;
    bool is_disk;

    vx_metadata_load(src, place, &ws, rep, &metadata);
    fuzz_must(metadata.is_usable == is_usable, "a table is usable when its entries are known");
    if (!is_usable) {
        return;
    }
    fuzz_must(metadata.count == entry_count() && metadata.unknown_required == want[VX_MDE_008],
              "entries are counted");
    expect_entries(&metadata);
    if (entry_count() > PAIRS_MOST) { /* to compare them all would take too long */
        want[VX_MDE_001] = rep->total[VX_MDE_001];
        want[VX_MDE_004] = rep->total[VX_MDE_004];
    }
    read_values(&values, place->length);
    judge_values(&values);
    expect_values(&metadata, &values, place);
    is_disk = judge_geometry(&values);
    fuzz_must(vx_geometry_load(&metadata, rep, &geo) == is_disk,
              "there is a geometry exactly for a disk of the format");
    if (is_disk) {
        expect_geometry(&values, &geo);
    }
}

/* A region as a region table may place it: inside the file, not empty, and of 32 bits. */
static struct vx_region_place choose_place(struct fuzz_input *in)
{
    const uint64_t length = fuzz_number(in) & UINT32_MAX;
    const uint64_t offset = fuzz_number(in);
    struct vx_region_place place = {.is_present = true, .is_usable = true, .index = 1};

    place.length = length == 0 ? IMAGE_MIB : length;
    place.offset = offset < UINT64_MAX - (UINT64_C(1) << 33) ? offset : IMAGE_METADATA;
    return place;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vx_region_place place;
    struct fuzz_pieces pieces = {.count = 1};
    struct vx_source src;
    struct fuzz_input in;
    struct findings f;
    unsigned how;
    unsigned what;

    fuzz_input_init(&in, data, size);
    how = fuzz_byte(&in);
    place = choose_place(&in);
    make_sound((how & 1) != 0);
    for (what = fuzz_byte(&in); what != 0; what = fuzz_byte(&in)) {
        change(&in, what);
    }
    pieces.at[0] = (struct fuzz_piece){place.offset, bytes, sizeof(bytes)};
    pieces.size = place.offset + place.length;
    memset(want, 0, sizeof(want));
    src = fuzz_pieces_open(&pieces, &f);
    expect_metadata(&src, &place, &f.rep);
    fuzz_must_total(&f, want);
    fuzz_must_keep(&f, pieces.size);
    findings_free(&f);
    return 0;
}
