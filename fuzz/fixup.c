/* The fix-up mutator. Naive algorithm: read the image, change it a few times, seal it, write it.
 * Loops end with the chunks of the image. */
#include "fuzz/fixup.h"

#include "corpus/little.h"
#include "corpus/mutate.h"
#include "corpus/packed.h"
#include "corpus/reseal.h"
#include "parser/bytes.h"

#include <string.h>

enum {
    CHUNK = SPARSE_CHUNK_BYTES,
    HEAD = PACKED_HEAD_BYTES,
    BLOCK = PACKED_BLOCK_BYTES,
    SEALED = 4,               /* chunks that a seal may add: headers and tables */
    LEAST = HEAD + 8 * BLOCK, /* a shorter result holds no image, and is not sealed */
    CHUNKS_MOST = 16384       /* of one image in memory: 64 MiB */
};

static const char SIGNATURE[8] = {'v', 'h', 'd', 'x', 'f', 'i', 'l', 'e'};

/* ---- reading ---- */

static void read_raw(struct image *im, const uint8_t *bytes, size_t size)
{
    uint8_t chunk[CHUNK];

    im->size = size;
    for (size_t at = 0; at < size; at += CHUNK) {
        const size_t len = (size_t)vx_min(size - at, CHUNK);

        memset(chunk, 0, sizeof(chunk));
        memcpy(chunk, bytes + at, len);
        if (!sparse_is_zero(chunk)) {
            image_put_bytes(im, at, chunk, sizeof(chunk));
        }
    }
}

/* As packed_read(), but for whatever a fuzzer has made of it: numbers are rounded down. */
static void read_packed(struct image *im, const uint8_t *bytes, size_t size)
{
    im->size = little_get(bytes, HEAD) % (UINT64_C(1) << 62);
    for (size_t at = HEAD; size - at >= BLOCK; at += BLOCK) {
        const uint64_t offset = little_get(bytes + at, HEAD) % (UINT64_C(1) << 62);

        image_put_bytes(im, offset - offset % CHUNK, bytes + at + HEAD, CHUNK);
    }
}

bool fixup_read(struct image *im, const uint8_t *bytes, size_t size)
{
    const bool is_raw =
        size >= sizeof(SIGNATURE) && memcmp(bytes, SIGNATURE, sizeof(SIGNATURE)) == 0;

    image_make_empty(im, 0);
    im->bytes.most = CHUNKS_MOST;
    if (is_raw) {
        read_raw(im, bytes, size);
    } else if (size >= HEAD + BLOCK) {
        read_packed(im, bytes, size);
    } else {
        image_make(im, &(struct image_spec){
                           .state = 6, .disk_bytes = 4 * IMAGE_MIB, .chunks_most = CHUNKS_MOST});
    }
    return is_raw;
}

/* ---- writing ---- */

static size_t write_raw(const struct image *im, uint8_t *to, size_t size_max)
{
    const size_t size = (size_t)vx_min(im->size, size_max);
    const struct sparse *s = &im->bytes;

    memset(to, 0, size);
    for (size_t i = 0; i < s->count && s->chunk[i].number < size / CHUNK + 1; i++) {
        const size_t at = (size_t)s->chunk[i].number * CHUNK;

        if (at < size) {
            memcpy(to + at, s->chunk[i].bytes, (size_t)vx_min(size - at, CHUNK));
        }
    }
    memcpy(to, SIGNATURE, size < sizeof(SIGNATURE) ? size : sizeof(SIGNATURE));
    return size;
}

struct room {
    uint8_t *to;
    size_t used;
    size_t size_max;
};

static void put(void *ctx, const uint8_t *bytes, size_t len)
{
    struct room *room = ctx;

    if (len <= room->size_max - room->used) {
        memcpy(room->to + room->used, bytes, len);
        room->used += len;
    }
}

/* A whole number of blocks: there is no room for more of them than for their bytes. */
static size_t write_packed(struct image *im, uint8_t *to, size_t size_max)
{
    const struct vx_source src = image_source(im);
    struct room room = {to, 0, size_max};

    if (size_max < HEAD) {
        return 0;
    }
    room.size_max = HEAD + (size_max - HEAD) / BLOCK * BLOCK;
    (void)!packed_write(&src, put, &room); /* reads nothing but memory */
    return room.used;
}

/* ---- sealing ---- */

/* Chunks that sealing adds: of headers and region tables that are not there. */
static size_t to_come(const struct image *im)
{
    static const uint64_t places[SEALED] = {IMAGE_HEADER_1, IMAGE_HEADER_2, IMAGE_REGIONS_1,
                                            IMAGE_REGIONS_2};
    size_t count = 0;

    for (unsigned i = 0; i < SEALED; i++) {
        const size_t at = sparse_find(&im->bytes, places[i] / CHUNK);

        count += at < im->bytes.count && im->bytes.chunk[at].number == places[i] / CHUNK ? 0 : 1;
    }
    return count;
}

/* Leave out the end of what does not fit before it is sealed, not afterwards. */
static void fit(struct image *im, bool is_raw, size_t size_max)
{
    struct sparse *s = &im->bytes;

    if (is_raw) {
        im->size = vx_min(im->size, size_max);
    }
    sparse_clear(s, im->size, UINT64_MAX);
    while (!is_raw && s->count > 0 && (s->count + to_come(im)) * BLOCK > size_max - HEAD) {
        const uint64_t offset = s->chunk[s->count - 1].number * CHUNK;

        sparse_clear(s, offset, offset + CHUNK);
    }
}

/* Returns the size; frees the image. */
static size_t finish(struct image *im, bool is_raw, uint8_t *to, size_t size_max, bool is_sealed)
{
    size_t size;

    if (size_max >= LEAST) {
        fit(im, is_raw, size_max);
        if (is_sealed) {
            reseal_image(im);
        }
    }
    size = is_raw ? write_raw(im, to, size_max) : write_packed(im, to, size_max);
    image_free(im);
    return size;
}

size_t fixup_seal(const uint8_t *bytes, size_t size, uint8_t *to, size_t size_max)
{
    struct image im;
    const bool is_raw = fixup_read(&im, bytes, size);

    return finish(&im, is_raw, to, size_max, true);
}

/* ---- mutants ---- */

/* Up to 8 bytes become others, if the caller knows nothing better. */
static size_t change_bytes(uint8_t *bytes, size_t size, struct dice *dice)
{
    for (uint64_t count = 1 + dice_roll(dice, 8); count > 0; count--) {
        bytes[dice_roll(dice, size)] = (uint8_t)dice_roll(dice, 256);
    }
    return size;
}

/* Some bytes of a chunk, in front of the zeros at its end. */
static void change_chunk(struct image *im, struct dice *dice, fixup_bytes_fn *change)
{
    const struct sparse *s = &im->bytes;
    uint8_t bytes[CHUNK];
    size_t used = CHUNK;
    size_t now;
    uint64_t number;

    if (s->count == 0) {
        return;
    }
    number = s->chunk[dice_roll(dice, s->count)].number;
    memcpy(bytes, sparse_chunk(s, number), sizeof(bytes));
    while (used > 1 && bytes[used - 1] == 0) {
        used--;
    }
    now = change != NULL ? change(bytes, used, sizeof(bytes)) : change_bytes(bytes, used, dice);
    if (now < used) {
        memset(bytes + now, 0, used - now);
    }
    image_put_bytes(im, number * CHUNK, bytes, sizeof(bytes));
}

/* A chunk becomes zeros, or like another, or is repeated next to itself. */
static void change_chunks(struct image *im, struct dice *dice)
{
    const struct sparse *s = &im->bytes;
    uint8_t bytes[CHUNK];
    uint64_t from;
    uint64_t to;

    if (s->count == 0) {
        return;
    }
    from = s->chunk[dice_roll(dice, s->count)].number;
    to = s->chunk[dice_roll(dice, s->count)].number;
    memcpy(bytes, sparse_chunk(s, from), sizeof(bytes));
    switch (dice_roll(dice, 3)) {
    case 0:
        sparse_clear(&im->bytes, to * CHUNK, (to + 1) * CHUNK);
        break;
    case 1:
        image_put_bytes(im, to * CHUNK, bytes, sizeof(bytes));
        break;
    default:
        image_put_bytes(im, (from + 1) * CHUNK, bytes, sizeof(bytes));
        break;
    }
}

size_t fixup_mutate(uint8_t *bytes, size_t size, const struct fixup_wish *wish)
{
    struct image im;
    const bool is_raw = fixup_read(&im, bytes, size);
    struct dice dice;
    uint64_t count;

    dice_init(&dice, wish->seed);
    count = dice_roll(&dice, 2) == 0 ? 1 : 1 + dice_roll(&dice, 4);
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t what = dice_roll(&dice, 8);

        if (what < 5) {
            mutate_once(&im, &dice);
        } else if (what < 7) {
            change_chunk(&im, &dice, wish->bytes);
        } else {
            change_chunks(&im, &dice);
        }
    }
    return finish(&im, is_raw, bytes, wish->size_max, wish->is_sealed);
}

size_t fixup_cross(const uint8_t *first, size_t first_size, const uint8_t *second,
                   size_t second_size, uint8_t *to, const struct fixup_wish *wish)
{
    struct image im;
    struct image other;
    const bool is_raw = fixup_read(&im, first, first_size);
    struct dice dice;

    dice_init(&dice, wish->seed);
    (void)fixup_read(&other, second, second_size);
    for (size_t i = 0; i < other.bytes.count; i++) {
        const struct sparse_chunk *chunk = &other.bytes.chunk[i];

        if (dice_roll(&dice, 2) == 0) {
            image_put_bytes(&im, chunk->number * CHUNK, chunk->bytes, CHUNK);
        }
    }
    im.size = im.size > other.size ? im.size : other.size;
    image_free(&other);
    return finish(&im, is_raw, to, wish->size_max, wish->is_sealed);
}
