/* Claim: of any bytes and any seed, the fix-up mutator makes an image of the same kind that fits,
 * always the same one, and when it seals it, no checksum that a reader comes to is wrong.
 * Input: an image, then a byte of flags, 4 of seed, 1 of room. */
#include "corpus/anatomy.h"
#include "corpus/little.h"
#include "corpus/memory.h"
#include "corpus/packed.h"
#include "fuzz/fixup.h"
#include "fuzz/harness.h"
#include "tests/support/replayed.h"

#include <stdlib.h>

enum {
    FORM_BYTES_MAX = PACKED_HEAD_BYTES + 32 * PACKED_BLOCK_BYTES,
    RAW_BYTES_MAX = 3 * VX_MIB,
    WISH_BYTES = 6
};
enum { FLAG_SEALED = 1, FLAG_CROSS = 2, FLAG_BYTES = 4, FLAG_RAW = 8 };

struct bytes {
    uint8_t *at;
    size_t size;
};

/* Stands for LLVMFuzzerMutate(): longer, shorter, other bytes. */
static size_t change(uint8_t *bytes, size_t size, size_t size_max)
{
    bytes[0] ^= 1;
    if (bytes[0] % 3 == 0 && size < size_max) {
        bytes[size] = 0xa5;
        return size + 1;
    }
    return bytes[0] % 3 == 1 ? size / 2 : size;
}

/* The image as a file of a few MiB. */
static struct bytes unpack(const uint8_t *data, size_t size)
{
    struct bytes raw;
    struct image im;

    (void)fixup_read(&im, data, size);
    raw.size = (size_t)vx_min(im.size, RAW_BYTES_MAX);
    raw.at = memory_take(raw.size + 8, 1);
    image_get_bytes(&im, 0, raw.at, raw.size);
    memcpy(raw.at, "vhdxfile", 8);
    image_free(&im);
    return raw;
}

/* In memory that ends where it may end. */
static struct bytes run(const struct bytes *from, unsigned flags, const struct fixup_wish *wish)
{
    struct bytes to = {memory_take(wish->size_max, 1), from->size};

    if ((flags & FLAG_CROSS) != 0) {
        to.size = fixup_cross(from->at, from->size, from->at, from->size / 2, to.at, wish);
    } else {
        to.size = from->size < wish->size_max ? from->size : wish->size_max;
        memcpy(to.at, from->at, to.size);
        to.size = fixup_mutate(to.at, to.size, wish);
    }
    return to;
}

/* ---- what must hold ---- */

static void expect_same_again(const struct bytes *from, unsigned flags,
                              const struct fixup_wish *wish, const struct bytes *first)
{
    struct fixup_wish again = *wish;
    struct bytes second;

    if (fuzz_planted(1)) {
        again.seed++;
    }
    second = run(from, flags, &again);
    fuzz_must(second.size == first->size && memcmp(second.at, first->at, first->size) == 0,
              "the same seed makes the same mutant");
    free(second.at);
}

static void expect_kind(const struct bytes *made, bool is_raw)
{
    struct image im;

    if (is_raw) {
        fuzz_must(memcmp(made->at, "vhdxfile", vx_min(made->size, 8)) == 0,
                  "the mutant of a file is a file");
        return;
    }
    fuzz_must(packed_read(&im, made->at, made->size - (fuzz_planted(2) ? 1 : 0)),
              "the mutant of a packed image is a packed image");
    image_free(&im);
}

/* The recipes' own seal, which shares no code, has nothing to do. */
static void expect_sealed_tables(struct image *im)
{
    uint8_t before[8];
    uint8_t after[8];
    const uint64_t places[] = {IMAGE_HEADER_1, IMAGE_HEADER_2, IMAGE_REGIONS_1, IMAGE_REGIONS_2};
    struct image again;

    image_copy(&again, im);
    image_seal(&again);
    for (unsigned i = 0; i < VX_COUNT_OF(places); i++) {
        image_get_bytes(im, places[i], before, sizeof(before));
        image_get_bytes(&again, places[i], after, sizeof(after));
        fuzz_must(memcmp(before, after, sizeof(before)) == 0, "headers and tables are sealed");
    }
    image_free(&again);
}

static void expect_no_broken_entry(void *ctx, const struct vxr_entry *entry)
{
    (void)ctx;
    fuzz_must(entry->is_valid || entry->reason != VX_LGE_003, "log entries are sealed");
}

static void expect_sealed(const struct bytes *made)
{
    const struct vxr_story story = {.entry = expect_no_broken_entry};
    const struct replay_options options = {.is_log_only = true, .story = &story};
    struct replayed r;
    struct vx_source src;
    struct image im;
    struct anatomy a;

    (void)fixup_read(&im, made->at, made->size);
    if (fuzz_planted(3)) { /* something changes afterwards */
        image_put(&im, IMAGE_HEADER_1 + 100, 1, image_get(&im, IMAGE_HEADER_1 + 100, 1) ^ 1);
    }
    anatomy_find(&a, &im);
    if (fuzz_planted(4)) {
        const uint64_t at = anatomy_entry_at(&a, 0) + 56;

        image_put(&im, at, 8, image_get(&im, at, 8) ^ VX_MIB);
    }
    if (im.size >= IMAGE_LOG) {
        expect_sealed_tables(&im);
        src = image_source(&im);
        replayed_open(&r, "fuzz", &src, &options);
        replayed_close(&r);
    }
    image_free(&im);
}

static void expect(const struct bytes *from, unsigned flags, const struct fixup_wish *wish)
{
    const bool is_raw = from->size >= 8 && memcmp(from->at, "vhdxfile", 8) == 0;
    const struct bytes made = run(from, flags, wish);

    fuzz_must(made.size <= wish->size_max / (fuzz_planted(5) ? 4 : 1), "the mutant fits");
    expect_same_again(from, flags, wish, &made);
    if (made.size >= 8) {
        expect_kind(&made, is_raw);
    }
    if ((flags & FLAG_SEALED) != 0 && wish->size_max >= FORM_BYTES_MAX) {
        expect_sealed(&made);
    }
    free(made.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes from;
    struct fixup_wish wish;
    const uint8_t *how;
    unsigned flags;

    if (size < WISH_BYTES || size > FORM_BYTES_MAX) {
        return 0;
    }
    size -= WISH_BYTES;
    how = data + size;
    flags = how[0];
    wish = (struct fixup_wish){
        .seed = little_get(how + 1, 4),
        .size_max = (flags & FLAG_RAW) != 0 ? RAW_BYTES_MAX : FORM_BYTES_MAX,
        .bytes = (flags & FLAG_BYTES) != 0 ? change : NULL,
        .is_sealed = (flags & FLAG_SEALED) != 0,
    };
    if (how[5] % 4 == 0) { /* little room */
        wish.size_max = (size_t)how[5] * 1024;
    }
    if ((flags & FLAG_RAW) != 0) {
        from = unpack(data, size);
    } else {
        from = (struct bytes){memory_take(size, 1), size};
        memcpy(from.at, data, size);
    }
    expect(&from, flags, &wish);
    free(from.at);
    return 0;
}
