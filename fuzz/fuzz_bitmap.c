/* Claim: of any sector bitmap, wherever in it are holes and bad bytes, a run of bits is as long and
 * of the kind, and bits are as many, as they are one by one; and the pass over the bitmaps counts
 * the sectors of exactly those partially present blocks whose bitmap is no other block's, and reads
 * no byte of a bitmap twice. Input: geometry, stretches of bits, entries of the table, then
 * questions to one reader. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/pieces.h"
#include "fuzz/promises.h"
#include "parser/partial.h"
#include "parser/workspace.h"
#include "tests/support/fault_source.h"

enum {
    TABLE = 0x100000,
    TABLE_BYTES = 4096,
    STRETCHES = FUZZ_PIECES - 1,
    STRETCH_BYTES = 69632, /* somewhat more than a window */
    WORDS = 4096,
    PAGE = 4096,
    QUESTIONS = 16,
    BITS = 1 << 23
};

static struct vx_workspace ws;
static uint8_t table[TABLE_BYTES];
static uint8_t stretch[STRETCHES][STRETCH_BYTES];
static struct fuzz_pieces pieces;
static struct vx_geometry geo;

/* ---- the input ---- */

static uint64_t slots(void)
{
    return geo.bat_entries < TABLE_BYTES / 8 ? geo.bat_entries : TABLE_BYTES / 8;
}

static void choose_geometry(struct fuzz_input *in)
{
    static const struct {
        uint64_t block_mib;
        uint64_t sector;
    } SHAPE[] = {{256, 512}, {32, 512}, {256, 4096}, {32, 4096}};
    const unsigned how = fuzz_byte(in);
    const uint64_t block = SHAPE[how & 3].block_mib * IMAGE_MIB;
    const uint64_t sector = SHAPE[how & 3].sector;
    const uint64_t blocks = 1 + fuzz_below(in, 60);
    const uint64_t less = fuzz_number(in) % block / sector * sector;

    fuzz_must(vx_geometry_init(blocks * block - less, block, sector, (how & 4) != 0 ? 3 : 2, &geo),
              "what is in range is a geometry");
}

/* A stretch of one byte behind those before it, in the MiBs from 2 on where bitmaps may lie. */
static void add_stretch(struct fuzz_input *in)
{
    const struct fuzz_piece *before = &pieces.at[pieces.count - 1];
    const uint64_t at = 2 * IMAGE_MIB + fuzz_below(in, 4) * IMAGE_MIB + fuzz_number(in) % IMAGE_MIB;
    const uint64_t length = 1 + fuzz_number(in) % (STRETCH_BYTES - 1);
    const unsigned byte = fuzz_byte(in);
    const uint64_t odd = fuzz_number(in) % length;
    const uint64_t other = fuzz_byte(in);

    if (pieces.count == FUZZ_PIECES || at < before->offset + before->length) {
        return;
    }
    memset(stretch[pieces.count - 1], (byte & 1) != 0 ? 0xff : (int)byte, length);
    stretch[pieces.count - 1][odd] = (uint8_t)other;
    pieces.at[pieces.count] = (struct fuzz_piece){at, stretch[pieces.count - 1], (size_t)length};
    pieces.count++;
}

/* Entries, one behind the other or a chunk apart. */
static void set_entries(struct fuzz_input *in)
{
    static const unsigned STATE[] = {7, 6, 7, 0, 1, 3, 4, 5};
    const unsigned how = fuzz_byte(in);
    const unsigned times = 1 + fuzz_below(in, 24);
    const uint64_t mib = (how & 32) != 0 ? fuzz_number(in) % (UINT64_C(1) << 44) : 2 + (how >> 6);
    const uint64_t apart = (how & 16) != 0 ? geo.chunk_ratio + 1 : 1;
    const uint64_t grow = (how & 8) != 0 ? fuzz_byte(in) : 0;
    uint64_t index = (how & 16) != 0 ? geo.chunk_ratio : fuzz_number(in);

    for (unsigned i = 0; i < times && index < slots(); i++) {
        const uint64_t place = (mib + i * grow) % (UINT64_C(1) << 44);

        little_put(table + 8 * index, 8, place << 20 | STATE[how & 7]);
        index += apart;
    }
}

static void make(struct fuzz_input *in)
{
    unsigned what;

    memset(table, 0, sizeof(table));
    pieces = (struct fuzz_pieces){.count = 1};
    pieces.at[0] = (struct fuzz_piece){TABLE, table, sizeof(table)};
    choose_geometry(in);
    pieces.size = 6 * IMAGE_MIB + fuzz_number(in) % (UINT64_C(1) << 46);
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        if ((what & 1) != 0) {
            add_stretch(in);
        } else {
            set_entries(in);
        }
    }
}

/* ---- the naive reading ---- */

static unsigned byte_at(uint64_t offset)
{
    for (size_t i = 0; i < pieces.count; i++) {
        const struct fuzz_piece *p = &pieces.at[i];

        if (offset >= p->offset && offset - p->offset < p->length) {
            return p->bytes[offset - p->offset];
        }
    }
    return 0;
}

/* Bytes from `offset` on that lie in no stretch, at most `most`. */
static uint64_t hole_at(uint64_t offset, uint64_t most)
{
    for (size_t i = 0; i < pieces.count; i++) {
        const struct fuzz_piece *p = &pieces.at[i];

        if (p->offset + p->length > offset) {
            const uint64_t bytes = p->offset > offset ? p->offset - offset : 0;

            return bytes < most ? bytes : most;
        }
    }
    return most;
}

static bool bit_at(uint64_t block, uint64_t bit)
{
    return (byte_at(block + bit / 8) >> (bit % 8) & 1) != 0;
}

/* Holes, and whole bytes of one kind, are passed at once; that changes nothing but the time. */
static uint64_t naive_run(uint64_t block, uint64_t first, uint64_t count)
{
    const bool is_set = bit_at(block, first);
    const unsigned plain = is_set ? 0xff : 0;
    uint64_t same = 0;

    while (same < count) {
        const uint64_t bit = first + same;
        const uint64_t hole =
            !is_set && bit % 8 == 0 ? hole_at(block + bit / 8, (count - same) / 8) : 0;

        if (hole > 0) {
            same += 8 * hole;
        } else if (bit % 8 == 0 && count - same >= 8 && byte_at(block + bit / 8) == plain) {
            same += 8;
        } else if (bit_at(block, bit) == is_set) {
            same++;
        } else {
            break;
        }
    }
    return same;
}

static uint64_t naive_count(uint64_t block, uint64_t first, uint64_t count)
{
    uint64_t set = 0;
    uint64_t i = 0;

    while (i < count) { /* first is a multiple of 8 */
        const uint64_t hole = i % 8 == 0 ? hole_at(block + (first + i) / 8, (count - i) / 8) : 0;

        set += hole == 0 && bit_at(block, first + i) ? 1 : 0;
        i += hole > 0 ? 8 * hole : 1;
    }
    return set;
}

/* ---- questions to a reader ---- */

static void ask_run(struct vx_bitmap *bitmap, const struct fault_source *fault, uint64_t block,
                    uint64_t first, uint64_t count)
{
    const uint64_t offset = block + first / 8;
    const uint64_t page_end = offset / PAGE * PAGE + PAGE;
    const uint64_t lost = 8 * (page_end - block) - first;
    uint64_t same;
    bool is_set;

    if (vx_bitmap_run(bitmap, block, first, count, &is_set, &same) != VX_OK) {
        fuzz_must(fault->bad.begin < page_end && fault->bad.end > offset,
                  "bits are lost only to a bad byte in their 4 KiB");
        fuzz_must(same == (lost < count ? lost : count), "it is said how many bits are lost");
        return;
    }
    if (fuzz_planted(1) && is_set) {
        same -= same % 8; /* odd bits at the end */
    }
    fuzz_must(is_set == bit_at(block, first), "a run is of the first bit's kind");
    if (fault->failures == 0) {
        fuzz_must(same == naive_run(block, first, count), "a run is as long as bit by bit");
    } else {
        fuzz_must(same > 0 && same <= naive_run(block, first, count), "a run holds no other bit");
    }
}

static void ask_count(struct vx_bitmap *bitmap, const struct fault_source *fault, uint64_t block,
                      uint64_t first, uint64_t count)
{
    uint64_t set;
    const enum vx_status status = vx_bitmap_count(bitmap, block, first / 8 * 8, count, &set);

    fuzz_must(status == VX_OK || fault->failures > 0, "bits that can be read are counted");
    fuzz_must(status != VX_OK || set == naive_count(block, first / 8 * 8, count),
              "bits are as many as one by one");
}

static void ask(struct fuzz_input *in, const struct vx_source *whole)
{
    struct fault_source fault;
    struct vx_source src;
    struct vx_bitmap bitmap;

    fault_source_init(&fault, whole);
    if (fuzz_below(in, 4) == 1) {
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad.begin = 2 * IMAGE_MIB + fuzz_number(in) % (4 * IMAGE_MIB);
        fault.bad.end = fault.bad.begin + 1 + fuzz_byte(in);
    }
    src = fault_source(&fault);
    vx_bitmap_init(&bitmap, &src, ws.table[1]);
    for (unsigned i = 0; i < QUESTIONS && in->at < in->size; i++) {
        const unsigned how = fuzz_byte(in);
        const uint64_t block = 2 * IMAGE_MIB + (how & 3) * IMAGE_MIB;
        const uint64_t first = fuzz_number(in) % BITS * ((how & 4) != 0 ? 1 : 4096) % BITS;
        const uint64_t count = 1 + fuzz_number(in) % (BITS - first);

        if ((how & 8) != 0) {
            ask_count(&bitmap, &fault, block, first, count);
        } else {
            ask_run(&bitmap, &fault, block, first, count);
        }
        fuzz_must(fault.outside == 0, "nothing outside the file is read");
    }
}

/* ---- the pass over the bitmaps ---- */

static uint64_t entry_at(uint64_t index)
{
    return little_get(table + 8 * index, 8);
}

/* Does the block of this slot have a place in the file? *mibs: how long it is. */
static bool has_place(uint64_t index, uint64_t *mibs)
{
    const uint64_t entry = entry_at(index);
    const bool is_bitmap = index % (geo.chunk_ratio + 1) == geo.chunk_ratio;
    const uint64_t block = index - index / (geo.chunk_ratio + 1);
    const unsigned state = (unsigned)(entry & 7);

    *mibs = is_bitmap ? 1 : geo.block_mib;
    return (is_bitmap || block < geo.payload_blocks) && entry >> 20 != 0 &&
           entry >> 20 << 20 < pieces.size && (state == 6 || (state == 7 && !is_bitmap));
}

/* What the pass is to find. */
struct sums {
    struct vx_partial partial;
    uint64_t bytes; /* of bitmaps that are to be looked at */
    bool is_passed; /* a bitmap was not compared with other blocks */
};

/* The chunk's bitmap block, 0 when it has none of its own. */
static uint64_t own_bitmap(struct sums *sums, uint64_t chunk, uint64_t most_mib)
{
    const uint64_t slot = chunk * (geo.chunk_ratio + 1) + geo.chunk_ratio;
    const uint64_t mib = slot < slots() ? entry_at(slot) >> 20 : 0;
    uint64_t mibs;

    if (slot >= slots() || !has_place(slot, &mibs) || pieces.size - (mib << 20) < IMAGE_MIB) {
        return 0;
    }
    if (mib >= most_mib) {
        sums->is_passed = true;
        return 0;
    }
    for (uint64_t i = 0; i < slots(); i++) {
        if (i != slot && has_place(i, &mibs) && entry_at(i) >> 20 <= mib &&
            mib < (entry_at(i) >> 20) + mibs && !fuzz_planted(2)) {
            return 0;
        }
    }
    return mib << 20;
}

static void judge_block(struct sums *sums, uint64_t block, uint64_t bitmap)
{
    const uint64_t per_block = geo.block_bytes / geo.sector_bytes;
    const uint64_t left = geo.disk_bytes - block * geo.block_bytes;
    const uint64_t bytes = left < geo.block_bytes ? left : geo.block_bytes;
    const uint64_t sectors = fuzz_planted(3) ? per_block : bytes / geo.sector_bytes;
    const uint64_t own = naive_count(bitmap, block % geo.chunk_ratio * per_block, sectors);

    sums->partial.blocks++;
    sums->partial.own += own;
    sums->partial.of_parent += sectors - own;
    sums->partial.uniform += own == 0 || own == sectors ? 1 : 0;
    sums->bytes += sectors / 8 + 1 + PAGE;
}

static void judge(struct sums *sums, uint64_t most_mib)
{
    memset(sums, 0, sizeof(*sums));
    for (uint64_t block = 0; block < geo.payload_blocks; block++) {
        const uint64_t index = block + block / geo.chunk_ratio;
        const uint64_t bitmap = index < slots() && (entry_at(index) & 7) == 7
                                    ? own_bitmap(sums, block / geo.chunk_ratio, most_mib)
                                    : 0;

        if (bitmap != 0) {
            judge_block(sums, block, bitmap);
        }
    }
}

static void expect_sums(const struct vx_partial *got, const struct sums *want,
                        const struct findings *f, uint64_t bytes)
{
    const uint64_t most = fuzz_planted(4) ? want->bytes / 4 : want->bytes;

    fuzz_must(got->is_judged && got->blocks == want->partial.blocks &&
                  got->own == want->partial.own && got->of_parent == want->partial.of_parent &&
                  got->uniform == want->partial.uniform,
              "the sectors of blocks with a bitmap of their own are counted");
    fuzz_must(f->rep.total[VX_SBM_004] == want->partial.uniform,
              "a block whose sectors are of one kind is named");
    fuzz_must(f->rep.total[VX_RUN_009] == (want->is_passed && !fuzz_planted(5) ? 1u : 0u),
              "it is said when bitmaps are passed over");
    fuzz_must(bytes <= TABLE_BYTES + 8 * (geo.bitmap_blocks + 1) + most,
              "no byte of a bitmap is read twice");
}

static void expect_partial(const struct vx_source *whole, bool has_least)
{
    static uint64_t words[WORDS];
    static struct vx_claims claims;
    const struct vx_region_place bat = {
        .is_present = true, .is_usable = true, .offset = TABLE, .length = TABLE_BYTES};
    struct fault_source count;
    struct vx_source view;
    const struct vx_blocks_job job = {
        .view = &view,
        .geo = &geo,
        .bat = &bat,
        .layout = &ws.layout,
        .window = ws.table[0],
        .claims = &claims,
        .pass_limit = has_least ? 1 : UINT64_MAX,
    };
    struct vx_blocks blocks;
    struct vx_partial got;
    struct findings f;
    struct sums want;

    fault_source_init(&count, whole);
    view = fault_source(&count);
    memset(&ws.layout, 0, sizeof(ws.layout));
    fuzz_must(vx_claims_init(&claims, words, has_least ? VX_CLAIM_WORDS_MIN : WORDS, geo.block_mib,
                             true) == VX_OK,
              "memory of any size from the least on is taken");
    findings_init(&f, "fuzz");
    vx_blocks_check(&job, &f.rep, &blocks);
    findings_free(&f);
    findings_init(&f, "fuzz");
    f.rep.evidence_end = view.size;
    count.bytes = 0;
    vx_partial_check(&job, ws.table[1], &f.rep, &got);
    judge(&want, claims.next_begin_mib);
    expect_sums(&got, &want, &f, count.bytes);
    fuzz_must_keep(&f, view.size);
    findings_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;
    struct vx_source whole;
    struct findings none;

    fuzz_input_init(&in, data, size);
    make(&in);
    whole = fuzz_pieces_open(&pieces, &none);
    expect_partial(&whole, false);
    expect_partial(&whole, true);
    ask(&in, &whole);
    findings_free(&none);
    return 0;
}
