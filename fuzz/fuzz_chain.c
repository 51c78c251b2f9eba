/* Claim: whatever images are put together to a chain, it ends, and holds no file and no state of a
 * disk twice; what is read through it is what the recipe of each link says, sector by sector; the
 * map leads to the same bytes; what a parent holds that is missing or not the one is unreadable and
 * never zeros; and of
 * two links exactly the differences are reported that there are. Input: for each link a geometry,
 * what is written to it and what it says about itself, then who is whose parent, then ranges. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/promises.h"
#include "parser/chain.h"

enum {
    LINKS = 4,
    BLOCKS = 40,
    CHUNKS = 3,
    WRITES = 12,
    WRITE_SECTORS = 4096,
    TABLE_MIB = 1,
    BITMAP_MIB = 2,
    DATA_MIB = 8,
    QUESTIONS = 12,
    READ_BYTES = 4096,
    RANGES = 48
};

/* An image as its recipe says, without a byte of it but those of the bitmaps. */
struct recipe {
    uint64_t size; /* of the file */
    struct vx_file_identity identity;
    uint64_t bitmap[CHUNKS]; /* raw entries */
    struct vx_source view;
    struct vx_geometry geo;
    struct vx_disk disk;
    struct {
        uint64_t first; /* sector */
        uint64_t count;
    } write[WRITES];
    struct vx_facts facts;
    unsigned number;
    unsigned write_count;
    unsigned parent; /* LINKS: not there */
    unsigned state[BLOCKS];
    bool knows_holes;
};

static struct recipe all[LINKS];
static uint8_t bits[LINKS][CHUNKS][VX_BITMAP_BLOCK_BYTES];
static struct vx_chain chain;
static unsigned order[LINKS]; /* of the recipes in the chain */
static uint32_t readable;     /* of them, up to a parent that is not the one */

/* ---- the file of a recipe ---- */

/* What lies in a block, never 0. */
static uint8_t pattern(const struct recipe *r, uint64_t offset)
{
    return (uint8_t)((offset % 251 + offset / 512 % 241 + r->number * UINT64_C(29)) % 255 + 1);
}

static uint64_t payload_entry(const struct recipe *r, uint64_t block)
{
    const uint64_t place = (DATA_MIB + block * r->geo.block_mib) << 20;

    return r->state[block] == 0 ? 0 : place | r->state[block];
}

/* A part of the table, whose entries are nearly all 0: `begin` is its place in the table. */
static void read_table(const struct recipe *r, uint64_t begin, uint8_t *dst, size_t len)
{
    memset(dst, 0, len);
    for (unsigned i = 0; i < BLOCKS + CHUNKS; i++) {
        const bool is_bitmap = i >= BLOCKS;
        const uint64_t index = is_bitmap ? (i - BLOCKS + 1) * (r->geo.chunk_ratio + 1) - 1
                                         : i + i / r->geo.chunk_ratio;
        const uint64_t at = 8 * index;

        if (at >= begin && at - begin < len && len - (at - begin) >= 8) {
            little_put(dst + (at - begin), 8,
                       is_bitmap ? r->bitmap[i - BLOCKS] : payload_entry(r, i));
        }
    }
}

static uint8_t file_byte(const struct recipe *r, uint64_t offset)
{
    const uint64_t mib = offset >> 20;
    uint8_t entry[8];

    if (mib == TABLE_MIB) {
        read_table(r, offset % VX_MIB / 8 * 8, entry, sizeof(entry));
        return entry[offset % 8];
    }
    if (mib >= BITMAP_MIB && mib < BITMAP_MIB + CHUNKS) {
        return bits[r->number][mib - BITMAP_MIB][offset % VX_MIB];
    }
    return pattern(r, offset);
}

static enum vx_status read_recipe(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct recipe *r = ctx;

    if (offset >> 20 == TABLE_MIB && offset % 8 == 0) {
        read_table(r, offset % VX_MIB, dst, len);
        return VX_OK;
    }
    if (offset >> 20 >= BITMAP_MIB && offset >> 20 < BITMAP_MIB + CHUNKS &&
        len <= VX_MIB - offset % VX_MIB) {
        memcpy(dst, bits[r->number][(offset >> 20) - BITMAP_MIB] + offset % VX_MIB, len);
        return VX_OK;
    }
    for (size_t i = 0; i < len; i++) {
        dst[i] = file_byte(r, offset + i);
    }
    return VX_OK;
}

/* Bitmaps are holes but for the bytes that hold a write. */
static enum vx_status next_recipe_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct recipe *r = ctx;
    uint64_t begin = (BITMAP_MIB + CHUNKS) * IMAGE_MIB;

    *data = (struct vx_range){offset, r->size};
    if (!r->knows_holes || offset < BITMAP_MIB * IMAGE_MIB || offset >= begin) {
        return VX_OK;
    }
    for (unsigned i = 0; i < r->write_count; i++) {
        const uint64_t first = BITMAP_MIB * IMAGE_MIB + r->write[i].first / 8;
        const uint64_t last =
            BITMAP_MIB * IMAGE_MIB + (r->write[i].first + r->write[i].count - 1) / 8;

        if (last >= offset && (first > offset ? first : offset) < begin) {
            begin = first > offset ? first : offset;
        }
    }
    data->begin = begin;
    return VX_OK;
}

/* ---- the input ---- */

static void choose_geometry(struct fuzz_input *in, struct recipe *r)
{
    static const uint64_t BLOCK_MIB[] = {256, 1, 2, 32};
    const unsigned how = fuzz_byte(in);
    const uint64_t block = BLOCK_MIB[how & 3] * IMAGE_MIB;
    const uint64_t sector = (how & 4) != 0 ? 4096 : 512;
    const uint64_t blocks = 1 + fuzz_below(in, BLOCKS);
    const uint64_t less = fuzz_number(in) % block / sector * sector;

    fuzz_must(
        vx_geometry_init(blocks * block - less, block, sector, (how & 8) != 0 ? 0 : 2, &r->geo),
        "what is in range is a geometry");
    r->knows_holes = (how & 16) != 0;
    r->size = (DATA_MIB + blocks * r->geo.block_mib) * IMAGE_MIB;
    r->size -= (how & 32) != 0 ? fuzz_number(in) % r->geo.block_bytes / 512 * 512 : 0;
    for (unsigned c = 0; c < CHUNKS; c++) {
        r->bitmap[c] = (BITMAP_MIB + c) * IMAGE_MIB | 6;
    }
}

/* Sectors that are this link's; in a block of state 7 that is all that decides. */
static void add_write(struct fuzz_input *in, struct recipe *r)
{
    const uint64_t sectors = r->geo.disk_bytes / r->geo.sector_bytes;
    const uint64_t per_block = r->geo.block_bytes / r->geo.sector_bytes;
    const uint64_t place = fuzz_below(in, BLOCKS) * per_block + fuzz_number(in) % per_block;
    const uint64_t first = place % sectors;
    const uint64_t most = 1 + fuzz_number(in) % WRITE_SECTORS;
    const uint64_t count = most < sectors - first ? most : sectors - first;

    if (r->write_count == WRITES) {
        return;
    }
    r->write[r->write_count].first = first;
    r->write[r->write_count].count = count;
    r->write_count++;
    for (uint64_t s = first; s < first + count; s++) {
        bits[r->number][s >> 23][s % (UINT64_C(1) << 23) / 8] |= (uint8_t)(1u << (s % 8));
        if (r->state[s / per_block] == 0) {
            r->state[s / per_block] = 7;
        }
    }
}

static void change(struct fuzz_input *in, struct recipe *r, unsigned what)
{
    unsigned first = 0;
    unsigned times = 0;

    switch (what % 4) {
    case 1:
        add_write(in, r);
        return;
    case 2: /* blocks in another state */
        first = fuzz_below(in, BLOCKS);
        times = 1 + fuzz_below(in, 8);
        for (unsigned i = 0; i < times && first + i < BLOCKS; i++) {
            r->state[first + i] = what >> 4 & 7;
        }
        return;
    case 3: /* a bitmap that is not there, or not whole */
        r->bitmap[fuzz_below(in, CHUNKS)] = fuzz_number(in) % 16 << 20 | (what >> 4 & 7);
        return;
    default: /* what it says about itself */
        r->facts.headers.copy[1].header.data_write_guid.byte[0] = (uint8_t)(what >> 4 & 3);
        r->facts.headers.copy[1].header.data_write_guid.byte[1] = 0;
        r->facts.locator.has_linkage[0] = (what & 4) != 0;
        r->facts.locator.has_linkage[1] = (what & 8) != 0;
        r->facts.locator.linkage[0].byte[0] = (uint8_t)fuzz_below(in, 4);
        r->facts.locator.linkage[1].byte[0] = (uint8_t)fuzz_below(in, 4);
        r->facts.metadata.disk_id.byte[0] = (uint8_t)(what >> 6);
        r->facts.headers.is_dirty = fuzz_below(in, 4) == 1;
        r->identity.file = fuzz_below(in, LINKS + 2);
        return;
    }
}

static void make(struct fuzz_input *in, unsigned number)
{
    struct recipe *r = &all[number];
    unsigned what;

    memset(r, 0, sizeof(*r));
    r->number = number;
    r->identity.file = number;
    r->facts.headers.has_current = true;
    r->facts.headers.current = 1;
    r->facts.headers.copy[1].header.data_write_guid.byte[1] = (uint8_t)(number + 1);
    r->facts.has_geometry = true;
    r->facts.metadata.has[VX_ITEM_DISK_ID] = true;
    choose_geometry(in, r);
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        change(in, r, what);
    }
    r->facts.geometry = r->geo;
    r->parent = fuzz_below(in, LINKS + 1);
    r->view = (struct vx_source){
        .read = read_recipe, .next_data = next_recipe_data, .ctx = r, .size = r->size};
}

static void clear(const struct recipe *r)
{
    for (unsigned i = 0; i < r->write_count; i++) {
        for (uint64_t k = 0; k < r->write[i].count; k++) {
            const uint64_t s = r->write[i].first + k;

            bits[r->number][s >> 23][s % (UINT64_C(1) << 23) / 8] = 0;
        }
    }
}

/* ---- the model ---- */

enum owner { OF_FILE, OF_PARENT, OF_NOBODY, LOST };

static bool is_written(const struct recipe *r, uint64_t sector)
{
    for (unsigned i = 0; i < r->write_count; i++) {
        if (sector >= r->write[i].first && sector - r->write[i].first < r->write[i].count) {
            return true;
        }
    }
    return false;
}

/* Whose is a sector of a partially present block? */
static enum owner owner_by_bitmap(const struct recipe *r, uint64_t sector)
{
    const uint64_t bitmap = r->bitmap[sector >> 23];
    const uint64_t mib = bitmap >> 20;
    const uint64_t bit = sector % (UINT64_C(1) << 23);

    if ((bitmap & 7) != 6 || mib == 0 || (mib + 1) * IMAGE_MIB > r->size) {
        return LOST;
    }
    if (mib == BITMAP_MIB + (sector >> 23)) {
        return is_written(r, sector) ? OF_FILE : OF_PARENT;
    }
    return (file_byte(r, mib * IMAGE_MIB + bit / 8) >> (bit % 8) & 1) != 0 ? OF_FILE : OF_PARENT;
}

/* Whose is the byte of this link's disk? MS-VHDX 2.5.1.1. */
static enum owner owner_of(const struct recipe *r, uint64_t offset, uint64_t *at)
{
    const uint64_t block = offset / r->geo.block_bytes;
    const uint64_t sector = offset / r->geo.sector_bytes;
    const unsigned state = r->state[block];

    *at = (DATA_MIB + block * r->geo.block_mib) * IMAGE_MIB + offset % r->geo.block_bytes;
    if (state == 0) {
        return r->geo.has_parent ? OF_PARENT : OF_NOBODY;
    }
    if (state < 6) {
        return state == 4 ? LOST : OF_NOBODY;
    }
    if (state == 7 && r->geo.has_parent) {
        const enum owner owner = owner_by_bitmap(r, sector);

        if (owner != OF_FILE) {
            return owner;
        }
    }
    return *at < r->size ? OF_FILE : LOST;
}

/* The byte of the chain's disk: *depth where it was found, *at where in that file. All that decides
 * about it is the same for 512 bytes. */
static enum owner model_at(uint64_t offset, uint32_t *depth, uint64_t *at)
{
    *at = 0;
    for (*depth = 0; *depth < readable; ++*depth) {
        const struct recipe *r = &all[order[*depth]];
        const enum owner owner = offset < r->geo.disk_bytes ? owner_of(r, offset, at) : OF_NOBODY;

        if (owner != OF_PARENT) {
            return owner;
        }
    }
    return LOST;
}

/* ---- the chain ---- */

/* Was the file, or the same state of it, met before? */
static bool is_met(const struct recipe *r)
{
    const struct vx_guid *guid = &r->facts.headers.copy[1].header.data_write_guid;

    for (uint32_t i = 0; i < chain.known; i++) {
        const struct recipe *other = &all[order[i]];
        const bool is_same =
            memcmp(guid, &other->facts.headers.copy[1].header.data_write_guid, sizeof(*guid)) == 0;

        if (other->identity.file == r->identity.file ||
            (is_same && !vx_guid_is_zero(guid) && !fuzz_planted(4))) {
            return true;
        }
    }
    return false;
}

static bool is_linked(const struct vx_facts *child, const struct vx_facts *parent)
{
    const struct vx_guid *guid = &parent->headers.copy[1].header.data_write_guid;

    for (unsigned i = 0; i < 2; i++) {
        if (child->locator.has_linkage[i] && (!vx_guid_is_zero(guid) || fuzz_planted(3)) &&
            memcmp(&child->locator.linkage[i], guid, sizeof(*guid)) == 0) {
            return true;
        }
    }
    return false;
}

/* Returns whether both may be read together. */
static bool expect_judged(const struct vx_facts *child, const struct vx_facts *parent)
{
    uint64_t want[VX_RULE_COUNT] = {0};
    struct findings f;

    findings_init(&f, "fuzz");
    vx_chain_judge(&chain, child, parent, &f.rep);
    fuzz_expect(want, VX_CHN_001,
                (child->locator.has_linkage[0] || child->locator.has_linkage[1]) &&
                    !is_linked(child, parent));
    fuzz_expect(want, VX_CHN_004, parent->headers.is_dirty);
    fuzz_expect(want, VX_CHN_005, child->geometry.disk_bytes != parent->geometry.disk_bytes);
    fuzz_expect(want, VX_LSS_002, child->geometry.sector_bytes != parent->geometry.sector_bytes);
    fuzz_expect(want, VX_VID_001,
                child->metadata.disk_id.byte[0] != parent->metadata.disk_id.byte[0]);
    fuzz_must_total(&f, want);
    findings_free(&f);
    return want[VX_CHN_001] == 0 && want[VX_LSS_002] == 0;
}

static void join(void)
{
    static uint8_t windows[LINKS][2][VX_BAT_WINDOW_BYTES];
    const struct vx_region_place bat = {.is_present = true,
                                        .is_usable = true,
                                        .offset = TABLE_MIB * IMAGE_MIB,
                                        .length = IMAGE_MIB};
    unsigned next = 0;
    bool is_whole = true;

    vx_chain_init(&chain);
    chain.end = VX_RUN_010;
    readable = 0;
    for (unsigned steps = 0; next < LINKS; steps++) {
        struct recipe *r = &all[next];
        const bool is_new = !is_met(r);

        if (steps > 0 && !expect_judged(&all[order[steps - 1]].facts, &r->facts) && is_whole) {
            is_whole = false;
            fuzz_must(chain.is_cut && (chain.end == VX_CHN_001 || chain.end == VX_LSS_002),
                      "nothing is read through a parent that is not the one");
        }

        fuzz_must(steps <= LINKS, "a chain ends");
        if (is_new) {
            vx_disk_init(&r->disk, &r->view, &r->geo, &bat, windows[next]);
        }
        fuzz_must(vx_chain_add(&chain, &r->disk, &r->facts, r->identity) == is_new,
                  "no file and no state of one is in a chain twice");
        if (!is_new) {
            vx_chain_cut(&chain, VX_CHN_006);
            return;
        }
        order[steps] = next;
        readable += is_whole ? 1 : 0;
        next = r->geo.has_parent ? r->parent : LINKS;
    }
}

/* ---- the claims ---- */

static void expect_at(const struct vx_disk_range *r, uint64_t in)
{
    static const enum vx_disk_kind KIND[] = {
        [OF_FILE] = VX_DISK_FILE, [OF_NOBODY] = VX_DISK_ZERO, [LOST] = VX_DISK_UNREADABLE};
    uint32_t depth;
    uint64_t at;
    const enum owner owner = model_at(r->offset + in, &depth, &at);

    fuzz_must(r->kind == KIND[owner], "the map says what the recipes say");
    fuzz_must(r->depth == depth, "the map names the link that has it");
    fuzz_must(depth < readable || r->rule == chain.end, "a missing parent is why");
    fuzz_must(r->kind != VX_DISK_FILE || r->file_offset + in == at,
              "the map leads to the bytes that the recipes say");
}

static void expect_map(uint64_t offset, uint64_t length)
{
    const uint64_t disk = all[0].geo.disk_bytes;

    for (unsigned i = 0; i < RANGES && offset < disk; i++) {
        struct vx_disk_range r;

        fuzz_must(vx_chain_map(&chain, offset, length, &r) == VX_OK && r.offset == offset &&
                      r.length > 0 && r.length <= length && r.length <= disk - offset,
                  "the map has no gaps");
        if (fuzz_planted(2) && r.kind == VX_DISK_UNREADABLE && r.depth == chain.count) {
            r.kind = VX_DISK_ZERO;
        }
        expect_at(&r, 0);
        expect_at(&r, r.length - 1);
        for (uint64_t in = r.length / 16; in < r.length && r.length >= 16; in += r.length / 16) {
            expect_at(&r, in);
        }
        offset += r.length;
    }
}

static void expect_read(uint64_t offset, size_t len)
{
    static uint8_t got[READ_BYTES];
    static uint8_t want[READ_BYTES];
    bool is_lost = false;
    enum owner owner = LOST;
    uint32_t depth = 0;
    uint64_t at = 0;

    for (size_t i = 0; i < len; i++) {
        if (i == 0 || (offset + i) % 512 == 0) {
            owner = model_at(offset + i, &depth, &at);
            is_lost |= owner == LOST;
        }
        want[i] = owner == OF_FILE ? file_byte(&all[order[depth]], at) : 0;
        at++;
    }
    fuzz_must(vx_chain_read(&chain, offset, got, len) == (is_lost ? VX_E_IO : VX_OK),
              "exactly what no link has lost can be read");
    fuzz_must(is_lost || memcmp(got, want, len) == 0, "what is read is what the recipes say");
}

static void ask(struct fuzz_input *in)
{
    const uint64_t disk = all[0].geo.disk_bytes;

    if (fuzz_planted(1) && chain.count > 1) { /* found in the parent once, found there always */
        chain.link[0].passed =
            (struct vx_disk_range){.kind = VX_DISK_PARENT, .offset = 0, .length = disk};
    }
    for (unsigned i = 0; i < QUESTIONS; i++) {
        const uint64_t block = fuzz_below(in, BLOCKS) * all[0].geo.block_bytes;
        const uint64_t offset =
            (block + fuzz_number(in) % VX_MIB * 512 % all[0].geo.block_bytes) % disk;
        const uint64_t len = 1 + fuzz_number(in) % READ_BYTES;

        expect_read(offset, (size_t)(len < disk - offset ? len : disk - offset));
        expect_map(offset, i % 2 == 0 ? UINT64_MAX : len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    for (unsigned i = 0; i < LINKS; i++) {
        make(&in, i);
    }
    join();
    ask(&in);
    for (unsigned i = 0; i < LINKS; i++) {
        clear(&all[i]);
    }
    return 0;
}
