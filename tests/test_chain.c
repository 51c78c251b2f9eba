/* Chains against the definition, sector by sector: MS-VHDX 2.4, 2.5.1.1 and 2.6.2.6. */
#include "parser/chain.h"
#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

#include <stdlib.h>

enum { LINKS = 5, STATES = 8, SLICE = 4096 };

static uint8_t windows[LINKS][2][VX_BAT_WINDOW_BYTES];

/* Images, the first is read; each is the parent of the one before it. */
struct fixture {
    struct image im[LINKS];
    struct vx_source src[LINKS];
    struct vx_facts facts[LINKS];
    struct vx_disk disk[LINKS];
    unsigned count;
    struct vx_chain chain;
};

static void open_link(struct fixture *x, unsigned i)
{
    const struct vx_file_identity identity = {.file = i};
    struct findings f;

    findings_init(&f, "chain");
    x->src[i] = image_source(&x->im[i]);
    check_source(&x->src[i], NULL, &f, &x->facts[i]);
    assert_true(x->facts[i].has_geometry);
    vx_disk_init(&x->disk[i], &x->src[i], &x->facts[i].geometry, &x->facts[i].regions.bat,
                 windows[i]);
    assert_true(vx_chain_add(&x->chain, &x->disk[i], &x->facts[i], identity));
    findings_free(&f);
}

/* Make every image another state of another disk. */
static void name_link(struct image *im, unsigned i)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_header_at(copy, 32), 8, 1000 + i);
    }
    image_seal_headers(im);
}

static void open_chain(struct fixture *x)
{
    vx_chain_init(&x->chain);
    for (unsigned i = 0; i < x->count; i++) {
        name_link(&x->im[i], i);
        open_link(x, i);
    }
}

static void close_chain(struct fixture *x)
{
    for (unsigned i = 0; i < x->count; i++) {
        image_free(&x->im[i]);
    }
}

/* ---- the naive reader ---- */

enum naive { NAIVE_BYTE, NAIVE_LOST };

/* One virtual byte. */
static enum naive naive_byte(const struct fixture *x, uint64_t offset, uint8_t *byte,
                             unsigned *depth)
{
    *byte = 0;
    for (*depth = 0; *depth < x->count; ++*depth) {
        const struct image *im = &x->im[*depth];
        const uint64_t block = offset / im->spec.block_bytes;
        bool is_own = true;
        uint64_t entry;
        unsigned state;

        if (offset >= im->spec.disk_bytes) {
            return NAIVE_BYTE;
        }
        entry = image_bat_get(im, image_payload_index(im, block));
        state = (unsigned)(entry & 7);
        if (state == 7 && im->spec.type == IMAGE_DIFFERENCING) {
            const uint64_t bitmap =
                image_bat_get(im, image_bitmap_index(im, block / im->chunk_ratio));
            const uint64_t bit = offset / im->spec.sector_bytes % (UINT64_C(1) << 23);

            if ((bitmap & 7) != 6) {
                return NAIVE_LOST;
            }
            is_own = (image_get(im, (bitmap >> 20 << 20) + bit / 8, 1) >> (bit % 8) & 1) != 0;
        }
        if (state == 4) {
            return NAIVE_LOST;
        }
        if (state >= 6 && is_own) {
            *byte = (uint8_t)image_get(im, (entry >> 20 << 20) + offset % im->spec.block_bytes, 1);
            return NAIVE_BYTE;
        }
        if (state != 0 && state != 7) {
            return NAIVE_BYTE;
        }
        if (im->spec.type != IMAGE_DIFFERENCING) {
            return NAIVE_BYTE;
        }
    }
    return NAIVE_LOST;
}

/* ---- random chains ---- */

static uint32_t below(uint32_t *seed, uint32_t count)
{
    return random_next(seed) % count;
}

/* Sectors of a slice of a bitmap: all, none, or some in runs. */
static void fill_bits(struct image *im, uint64_t at, uint64_t bytes, uint32_t *seed)
{
    const uint32_t how = below(seed, 4);

    for (uint64_t i = 0; i < bytes; i++) {
        const uint8_t byte = how == 0   ? 0
                             : how == 1 ? 0xff
                             : how == 2 ? (uint8_t)below(seed, 256)
                                        : (uint8_t)(below(seed, 8) == 0 ? 0x0f : 0xff);

        image_put(im, at + i, 1, byte);
    }
}

/* Bytes that tell link and place apart, at the beginning of each 4 KiB. */
static void mark(struct image *im, uint64_t at, uint64_t length, unsigned link)
{
    for (uint64_t i = 0; i < length; i += SLICE) {
        image_put(im, at + i, 8, (uint64_t)(link + 1) << 56 | (at + i));
        image_put(im, at + i + 513, 2, 0xabcd);
    }
}

static void make_link(struct image *im, unsigned link, bool is_last, uint32_t *seed)
{
    static const uint32_t blocks[] = {1, 2, 4};
    static const enum image_type base[] = {IMAGE_DYNAMIC, IMAGE_FIXED};
    const uint64_t block = blocks[below(seed, 3)] * IMAGE_MIB;
    const uint32_t sector = *seed % 4 == 0 ? 4096 : 512;
    uint64_t next;

    image_make(im, &(struct image_spec){.type = is_last ? base[below(seed, 2)] : IMAGE_DIFFERENCING,
                                        .disk_bytes = (2 + below(seed, 6)) * IMAGE_MIB +
                                                      sector * (uint64_t)below(seed, 3),
                                        .block_bytes = (uint32_t)block,
                                        .sector_bytes = sector});
    next = im->blocks;
    if (!is_last && below(seed, 8) != 0) {
        image_bat_set(im, image_bitmap_index(im, 0), next | 6);
        fill_bits(im, next, im->payload_blocks * (block / 4096), seed);
        next += IMAGE_MIB;
    }
    for (uint64_t b = 0; b < im->payload_blocks; b++) {
        const unsigned state = below(seed, is_last ? 7 : STATES);

        if (state >= 6) {
            image_bat_set(im, image_payload_index(im, b), next | state);
            mark(im, next, block, link);
            next += block;
        } else {
            image_bat_set(im, image_payload_index(im, b),
                          state == 4 && below(seed, 4) != 0 ? 0 : state);
        }
    }
    im->size = next;
}

static void make_chain(struct fixture *x, unsigned count, bool is_whole, uint32_t *seed)
{
    x->count = count;
    for (unsigned i = 0; i < count; i++) {
        make_link(&x->im[i], i, is_whole && i + 1 == count, seed);
    }
}

/* ---- against each other ---- */

/* Every range of the map, at its ends and in between. */
static void expect_map(struct fixture *x, uint64_t length)
{
    const uint64_t disk = x->im[0].spec.disk_bytes;
    struct vx_disk_range r;

    for (uint64_t at = 0; at < disk; at += r.length) {
        const uint64_t left = disk - at;

        assert_int_equal(vx_chain_map(&x->chain, at, length < left ? length : left, &r), VX_OK);
        assert_int_equal(r.offset, at);
        assert_true(r.length > 0 && r.length <= left);
        for (uint64_t in = 0; in<r.length; in += r.length - in> 512 ? 512 : 1) {
            uint8_t byte;
            unsigned depth;
            const enum naive naive = naive_byte(x, at + in, &byte, &depth);

            assert_int_equal(naive == NAIVE_LOST, r.kind == VX_DISK_UNREADABLE);
            assert_int_equal(depth, r.depth);
            if (r.kind == VX_DISK_FILE) {
                assert_int_equal(image_get(&x->im[depth], r.file_offset + in, 1), byte);
            }
            in += r.length - in > 512 ? below(&(uint32_t){(uint32_t)(at + in + 1)}, 512) : 0;
        }
    }
}

static void expect_read(struct fixture *x, uint64_t offset, size_t len)
{
    uint8_t *bytes = malloc(len);
    bool is_lost = false;

    assert_non_null(bytes);
    for (size_t i = 0; i < len && !is_lost; i++) {
        uint8_t byte;
        unsigned depth;

        is_lost = naive_byte(x, offset + i, &byte, &depth) == NAIVE_LOST;
    }
    assert_int_equal(vx_chain_read(&x->chain, offset, bytes, len), is_lost ? VX_E_IO : VX_OK);
    for (size_t i = 0; i < len && !is_lost; i++) {
        uint8_t byte;
        unsigned depth;

        (void)naive_byte(x, offset + i, &byte, &depth);
        assert_int_equal(bytes[i], byte);
    }
    free(bytes);
}

static void test_chain__random__as_the_naive_reader(void **state)
{
    static struct fixture x;
    uint32_t seed = 1;
    const uint32_t cases = random_cases("chains", 60, &seed);

    (void)state;
    for (uint32_t i = 0; i < cases; i++) {
        make_chain(&x, 1 + below(&seed, LINKS), below(&seed, 4) != 0, &seed);
        open_chain(&x);
        expect_map(&x, UINT64_MAX);
        expect_map(&x, 1 + below(&seed, 3000000));
        for (unsigned k = 0; k < 6; k++) {
            const uint64_t offset = below(&seed, (uint32_t)x.im[0].spec.disk_bytes);
            const uint64_t left = x.im[0].spec.disk_bytes - offset;

            expect_read(&x, offset, (size_t)(left < 9000 ? left : 9000));
        }
        close_chain(&x);
    }
}

/* ---- reads ---- */

/* A child of two sectors of 3 MiB, the rest in a parent of 2 MiB. */
static void make_pair(struct fixture *x)
{
    x->count = 2;
    image_make(&x->im[0],
               &(struct image_spec){.type = IMAGE_DIFFERENCING, .disk_bytes = 3 * IMAGE_MIB});
    image_bat_set(&x->im[0], 0, image_entry(4, 7));
    image_bat_set(&x->im[0], image_bitmap_index(&x->im[0], 0), image_entry(5, 6));
    image_put(&x->im[0], 5 * IMAGE_MIB, 1, 5);
    x->im[0].size = 6 * IMAGE_MIB;
    mark(&x->im[0], 4 * IMAGE_MIB, IMAGE_MIB, 0);
    image_make(&x->im[1], &(struct image_spec){.disk_bytes = 2 * IMAGE_MIB, .state = 6});
    mark(&x->im[1], x->im[1].blocks, 2 * IMAGE_MIB, 1);
}

/* Whatever read fails, in whichever link: what is read is right, or it is refused. */
static void test_chain_read__fault_at_every_read__never_zeros(void **state)
{
    static struct fixture x;
    static uint8_t whole[3 * VX_MIB];
    static uint8_t got[3 * VX_MIB];

    (void)state;
    make_pair(&x);
    open_chain(&x);
    assert_int_equal(vx_chain_read(&x.chain, 0, whole, sizeof(whole)), VX_OK);
    for (unsigned bad = 0; bad < 2; bad++) {
        bool is_over = false;

        for (unsigned at = 0; !is_over; at++) {
            struct fault_source fault;
            struct vx_source inner = image_source(&x.im[bad]);

            fault_source_init(&fault, &inner);
            fault.kind = at % 2 == 0 ? FAULT_FAIL_ONCE : FAULT_FAIL_FROM;
            fault.at = at / 2;
            for (unsigned i = 0; i < 2; i++) {
                x.src[i] = i == bad ? fault_source(&fault) : image_source(&x.im[i]);
                vx_disk_init(&x.disk[i], &x.src[i], &x.facts[i].geometry, &x.facts[i].regions.bat,
                             windows[i]);
                x.chain.link[i].passed = (struct vx_disk_range){0};
            }
            for (uint64_t offset = 0; offset < sizeof(got); offset += VX_MIB / 2) {
                memset(got + offset, 0xcc, VX_MIB / 2);
                if (vx_chain_read(&x.chain, offset, got + offset, VX_MIB / 2) == VX_OK) {
                    assert_memory_equal(got + offset, whole + offset, VX_MIB / 2);
                } else {
                    assert_true(fault.failures > 0);
                }
            }
            assert_int_equal(fault.outside, 0);
            is_over = fault.failures == 0;
        }
    }
    close_chain(&x);
}

static void test_chain_read__outside__is_refused(void **state)
{
    static struct fixture x;
    struct vx_disk_range r;
    uint8_t byte;

    (void)state;
    vx_chain_init(&x.chain);
    assert_int_equal(vx_chain_map(&x.chain, 0, 1, &r), VX_STOP);
    assert_int_equal(vx_chain_read(&x.chain, 0, &byte, 0), VX_E_USAGE);
    make_pair(&x);
    open_chain(&x);
    assert_int_equal(vx_chain_read(&x.chain, 3 * IMAGE_MIB - 1, &byte, 1), VX_OK);
    assert_int_equal(vx_chain_read(&x.chain, 3 * IMAGE_MIB, &byte, 0), VX_OK);
    assert_int_equal(vx_chain_read(&x.chain, 3 * IMAGE_MIB, &byte, 1), VX_E_USAGE);
    assert_int_equal(vx_chain_read(&x.chain, UINT64_MAX, &byte, 1), VX_E_USAGE);
    assert_int_equal(vx_chain_map(&x.chain, 3 * IMAGE_MIB, 1, &r), VX_STOP);
    assert_int_equal(vx_chain_map(&x.chain, 0, 0, &r), VX_STOP);
    close_chain(&x);
}

/* A missing parent: its ranges say why, and end where the child's begin. */
static void test_chain_map__no_parent__unreadable_by_the_chains_end(void **state)
{
    static struct fixture x;
    struct vx_disk_range r;
    uint8_t bytes[512];

    (void)state;
    make_pair(&x);
    open_chain(&x);
    x.chain.count = 1;
    assert_int_equal(vx_chain_map(&x.chain, 512, UINT64_MAX, &r), VX_OK);
    assert_true(r.kind == VX_DISK_UNREADABLE && r.rule == VX_RUN_006);
    assert_true(r.length == 512 && r.depth == 1 && r.state == VX_STATE_PARTIALLY_PRESENT);
    x.chain.end = VX_RUN_010;
    assert_int_equal(vx_chain_map(&x.chain, 1536, UINT64_MAX, &r), VX_OK);
    assert_true(r.kind == VX_DISK_UNREADABLE && r.rule == VX_RUN_010);
    assert_int_equal(vx_chain_read(&x.chain, 0, bytes, sizeof(bytes)), VX_OK);
    assert_int_equal(vx_chain_read(&x.chain, 512, bytes, sizeof(bytes)), VX_E_IO);
    assert_int_equal(vx_chain_read(&x.chain, 2 * IMAGE_MIB, bytes, sizeof(bytes)), VX_E_IO);
    close_chain(&x);
}

/* Nothing is read through a parent that is not the one, nor through what has no blocks; but a file
 * behind it is still recognised. */
static void test_chain_cut__links_behind_it__are_known_and_not_read(void **state)
{
    static struct fixture x;
    struct vx_disk_range r;
    uint8_t byte;

    (void)state;
    make_pair(&x);
    x.count = 1;
    open_chain(&x);
    name_link(&x.im[1], 1);
    vx_chain_cut(&x.chain, VX_CHN_001);
    vx_chain_cut(&x.chain, VX_RUN_010); /* the first one counts */
    open_link(&x, 1);
    assert_int_equal(x.chain.count, 1);
    assert_int_equal(x.chain.known, 2);
    assert_false(
        vx_chain_add(&x.chain, &x.disk[1], &x.facts[1], (struct vx_file_identity){.file = 1}));
    assert_int_equal(vx_chain_map(&x.chain, 2 * IMAGE_MIB, UINT64_MAX, &r), VX_OK);
    assert_true(r.kind == VX_DISK_UNREADABLE && r.rule == VX_CHN_001 && r.depth == 1);
    assert_int_equal(vx_chain_read(&x.chain, 2 * IMAGE_MIB, &byte, 1), VX_E_IO);
    vx_chain_init(&x.chain);
    assert_true(vx_chain_add(&x.chain, NULL, &x.facts[0], (struct vx_file_identity){.file = 0}));
    assert_true(
        vx_chain_add(&x.chain, &x.disk[1], &x.facts[1], (struct vx_file_identity){.file = 1}));
    assert_int_equal(x.chain.end, VX_RUN_003);
    assert_int_equal(vx_chain_map(&x.chain, 0, 1, &r), VX_STOP);
    x.count = 2;
    close_chain(&x);
}

/* 256 children without a block of their own, above a parent of 2 MiB blocks, every second of which
 * is present: each link is asked once for each of its ranges. */
static void test_chain_map__256_links__each_is_mapped_once(void **state)
{
    enum { BLOCKS = 4096 };
    static uint8_t many[VX_CHAIN_MAX][2][VX_BAT_WINDOW_BYTES];
    static struct vx_disk disk[VX_CHAIN_MAX];
    static struct fixture x;
    struct vx_source src[2];
    struct vx_source inner;
    struct fault_source count;
    struct vx_disk_range r;
    uint64_t ranges = 0;

    (void)state;
    x.count = 2;
    for (unsigned i = 0; i < 2; i++) {
        image_make(&x.im[i],
                   &(struct image_spec){.type = i == 0 ? IMAGE_DIFFERENCING : IMAGE_DYNAMIC,
                                        .disk_bytes = BLOCKS * 2 * IMAGE_MIB,
                                        .block_bytes = 2 * VX_MIB});
    }
    for (uint64_t block = 0; block < BLOCKS; block += 2) {
        image_bat_set(&x.im[1], image_payload_index(&x.im[1], block), image_entry(10, 6));
    }
    x.im[1].size = 12 * IMAGE_MIB;
    open_chain(&x);
    inner = image_source(&x.im[0]);
    inner.next_data = NULL;
    fault_source_init(&count, &inner);
    src[0] = fault_source(&count);
    src[1] = image_source(&x.im[1]);
    vx_chain_init(&x.chain);
    for (unsigned i = 0; i < VX_CHAIN_MAX; i++) {
        const unsigned which = i + 1 == VX_CHAIN_MAX ? 1 : 0;

        vx_disk_init(&disk[i], &src[which], &x.facts[which].geometry, &x.facts[which].regions.bat,
                     many[i]);
        memset(&x.facts[which].headers, 0, sizeof(x.facts[which].headers));
        assert_true(vx_chain_add(&x.chain, &disk[i], &x.facts[which],
                                 (struct vx_file_identity){.file = i}));
    }
    for (uint64_t at = 0; at < BLOCKS * 2 * IMAGE_MIB; at += r.length) {
        assert_int_equal(vx_chain_map(&x.chain, at, UINT64_MAX, &r), VX_OK);
        assert_int_equal(r.depth, VX_CHAIN_MAX - 1);
        assert_int_equal(r.kind, ranges % 2 == 0 ? VX_DISK_FILE : VX_DISK_ZERO);
        ranges++;
    }
    assert_int_equal(ranges, BLOCKS);
    assert_int_equal(count.reads, VX_CHAIN_MAX - 1);
    close_chain(&x);
}

/* ---- what joins two images ---- */

static void test_chain_add__same_file_or_same_state__is_endless(void **state)
{
    static struct fixture x;
    struct findings f;

    (void)state;
    x.count = 2;
    image_make(&x.im[0], &(struct image_spec){.type = IMAGE_DIFFERENCING});
    image_make(&x.im[1], &(struct image_spec){.type = IMAGE_DIFFERENCING});
    open_chain(&x);
    assert_false(vx_chain_add(&x.chain, &x.disk[1], &x.facts[1],
                              (struct vx_file_identity){.file = 7})); /* a copy of a link */
    x.facts[1].headers.copy[0].header.data_write_guid.byte[0] ^= 0x80;
    x.facts[1].headers.copy[1].header.data_write_guid.byte[0] ^= 0x80;
    assert_false(vx_chain_add(&x.chain, &x.disk[1], &x.facts[1],
                              (struct vx_file_identity){.file = 0})); /* a link once more */
    assert_true(vx_chain_add(&x.chain, &x.disk[1], &x.facts[1],
                             (struct vx_file_identity){.volume = 1})); /* on another volume */
    findings_init(&f, "endless");
    vx_chain_report_endless(&x.chain, &x.facts[0], &f.rep);
    assert_int_equal(f.rep.total[VX_CHN_006], 1);
    findings_free(&f);
    close_chain(&x);
}

static void test_chain_add__longest_chain__one_more_is_refused(void **state)
{
    static struct fixture x;

    (void)state;
    x.count = 1;
    image_make(&x.im[0], &(struct image_spec){.type = IMAGE_DIFFERENCING});
    open_chain(&x);
    memset(&x.facts[0].headers.copy[0].header.data_write_guid, 0, VX_GUID_BYTES);
    memset(&x.facts[0].headers.copy[1].header.data_write_guid, 0, VX_GUID_BYTES);
    for (uint64_t i = 1; i < VX_CHAIN_MAX; i++) {
        assert_true(
            vx_chain_add(&x.chain, &x.disk[0], &x.facts[0], (struct vx_file_identity){.file = i}));
    }
    assert_false(
        vx_chain_add(&x.chain, &x.disk[0], &x.facts[0], (struct vx_file_identity){.file = 1000}));
    assert_int_equal(x.chain.count, VX_CHAIN_MAX);
    close_chain(&x);
}

/* What image_make() does not make. */
static void change_parent(struct vx_facts *parent, const char *how)
{
    if (strcmp(how, "of another disk") == 0) {
        parent->metadata.disk_id.byte[0] ^= 1;
    } else if (strcmp(how, "with another DataWriteGuid") == 0) {
        parent->headers.copy[parent->headers.current].header.data_write_guid.byte[0] ^= 1;
    } else if (strcmp(how, "dirty") == 0) {
        parent->headers.is_dirty = true;
    } else if (strcmp(how, "of a size that is none") == 0) {
        parent->has_geometry = false;
        memset(&parent->geometry, 0, sizeof(parent->geometry));
    } else if (strcmp(how, "without a disk ID") == 0) {
        parent->metadata.has[VX_ITEM_DISK_ID] = false;
        memset(&parent->metadata.disk_id, 0, sizeof(parent->metadata.disk_id));
    }
}

/* The finding holds the parent's DataWriteGuid, and the one that the child asks for. */
static void expect_both_guids(const struct vx_finding *f, const struct fixture *x)
{
    const struct vx_headers *headers = &x->facts[1].headers;
    const struct vx_guid *guid[] = {&headers->copy[headers->current].header.data_write_guid,
                                    &x->facts[0].locator.linkage[0]};

    for (unsigned i = 0; i < 2; i++) {
        uint64_t high;
        uint64_t low;

        vx_guid_split(guid[i], &high, &low);
        assert_int_equal(f->arg[2 * i], high);
        assert_int_equal(f->arg[2 * i + 1], low);
    }
}

/* A child that image_make() makes of a parent that it makes, changed in one respect. */
static void test_chain_judge__each_difference__is_said(void **state)
{
    static const struct {
        const char *name;
        struct image_spec parent;
        enum vx_rule rule; /* VX_RULE_COUNT: none */
    } row[] = {
        {"as made", {0}, VX_RULE_COUNT},
        {"of other sectors", {.sector_bytes = 4096}, VX_LSS_002},
        {"longer", {.disk_bytes = 17 * IMAGE_MIB}, VX_CHN_005},
        {"shorter", {.disk_bytes = 15 * IMAGE_MIB}, VX_CHN_005},
        {"of other blocks", {.block_bytes = 2 * VX_MIB}, VX_RULE_COUNT},
        {"fixed", {.type = IMAGE_FIXED}, VX_RULE_COUNT},
        {"of another disk", {0}, VX_VID_001},
        {"with another DataWriteGuid", {0}, VX_CHN_001},
        {"dirty", {0}, VX_CHN_004},
        {"of a size that is none", {0}, VX_RULE_COUNT},
        {"without a disk ID", {0}, VX_RULE_COUNT},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        static struct fixture x;
        struct findings f;

        x.count = 2;
        image_make(&x.im[0], &(struct image_spec){.type = IMAGE_DIFFERENCING});
        image_make(&x.im[1], &row[i].parent);
        vx_chain_init(&x.chain);
        for (unsigned link = 0; link < 2; link++) {
            struct findings own;

            findings_init(&own, row[i].name);
            x.src[link] = image_source(&x.im[link]);
            check_source(&x.src[link], NULL, &own, &x.facts[link]);
            findings_free(&own);
        }
        change_parent(&x.facts[1], row[i].name);
        findings_init(&f, row[i].name);
        vx_chain_judge(&x.chain, &x.facts[0], &x.facts[1], &f.rep);
        assert_int_equal(x.chain.is_cut, row[i].rule == VX_CHN_001 || row[i].rule == VX_LSS_002);
        assert_int_equal(x.chain.end, x.chain.is_cut ? row[i].rule : VX_RUN_006);
        for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
            assert_int_equal(f.rep.total[rule], rule == (int)row[i].rule ? 1 : 0);
        }
        if (row[i].rule == VX_CHN_001) {
            expect_both_guids(findings_first(&f, VX_CHN_001), &x);
        }
        findings_free(&f);
        close_chain(&x);
    }
}

/* Without a linkage nobody can say that the parent is another one: PLV-001 and its like have said
 * that it cannot be verified. Without a header the parent is none. */
static void test_chain_judge__nothing_to_compare__is_no_match(void **state)
{
    static struct vx_facts child;
    static struct vx_facts parent;
    static struct vx_chain chain;
    struct findings f;

    (void)state;
    findings_init(&f, "no linkage");
    vx_chain_init(&chain);
    vx_chain_judge(&chain, &child, &parent, &f.rep);
    expect_summary(&f, "");
    child.locator.has_linkage[1] = true;
    vx_chain_judge(&chain, &child, &parent, &f.rep); /* zero names nothing, not even zero */
    expect_summary(&f, "CHN-001f");
    findings_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain_read__fault_at_every_read__never_zeros),
        cmocka_unit_test(test_chain_read__outside__is_refused),
        cmocka_unit_test(test_chain_map__no_parent__unreadable_by_the_chains_end),
        cmocka_unit_test(test_chain_map__256_links__each_is_mapped_once),
        cmocka_unit_test(test_chain_cut__links_behind_it__are_known_and_not_read),
        cmocka_unit_test(test_chain_judge__nothing_to_compare__is_no_match),
        cmocka_unit_test(test_chain__random__as_the_naive_reader),
        cmocka_unit_test(test_chain_add__same_file_or_same_state__is_endless),
        cmocka_unit_test(test_chain_add__longest_chain__one_more_is_refused),
        cmocka_unit_test(test_chain_judge__each_difference__is_said),
    };

    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
