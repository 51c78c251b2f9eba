/* Chains against the definition, sector by sector: MS-VHDX 2.4, 2.5.1.1 and 2.6.2.6. */
#include "parser/chain.h"
#include "tests/support/check.h"
#include "tests/support/expect.h"
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
    uint64_t next;

    image_make(im, &(struct image_spec){.type = is_last ? base[below(seed, 2)] : IMAGE_DIFFERENCING,
                                        .disk_bytes =
                                            (2 + below(seed, 6)) * IMAGE_MIB + 512 * below(seed, 3),
                                        .block_bytes = (uint32_t)block});
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
        findings_init(&f, row[i].name);
        vx_chain_judge(&x.facts[0], &x.facts[1], &f.rep);
        for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
            assert_int_equal(f.rep.total[rule], rule == (int)row[i].rule ? 1 : 0);
        }
        findings_free(&f);
        close_chain(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain__random__as_the_naive_reader),
        cmocka_unit_test(test_chain_add__same_file_or_same_state__is_endless),
        cmocka_unit_test(test_chain_add__longest_chain__one_more_is_refused),
        cmocka_unit_test(test_chain_judge__each_difference__is_said),
    };

    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
