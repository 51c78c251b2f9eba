/* The packed form of images. */
#include "corpus/packed.h"

#include "corpus/little.h"
#include "parser/bytes.h"

enum { BLOCK = SPARSE_CHUNK_BYTES, NUMBER = 8 };

static void put_number(packed_sink_fn *sink, void *ctx, uint64_t number)
{
    uint8_t bytes[NUMBER];

    little_put(bytes, sizeof(bytes), number);
    sink(ctx, bytes, sizeof(bytes));
}

/* The block at `offset`, if it is not all zeros. */
static enum vx_status write_block(const struct vx_source *src, uint64_t offset,
                                  packed_sink_fn *sink, void *ctx)
{
    uint8_t block[BLOCK] = {0};
    const size_t len = (size_t)vx_min(src->size - offset, sizeof(block));
    const enum vx_status status = vx_source_read(src, offset, block, len);

    if (status == VX_OK && !sparse_is_zero(block)) {
        put_number(sink, ctx, offset);
        sink(ctx, block, sizeof(block));
    }
    return status;
}

enum vx_status packed_write(const struct vx_source *src, packed_sink_fn *sink, void *ctx)
{
    uint64_t offset = 0;

    put_number(sink, ctx, src->size);
    while (offset < src->size) {
        struct vx_range data;
        enum vx_status status = vx_source_next_data(src, offset, src->size, &data);

        if (status != VX_OK || data.begin == data.end) {
            return status;
        }
        offset = data.begin / BLOCK * BLOCK;
        while (status == VX_OK && offset < data.end) {
            status = write_block(src, offset, sink, ctx);
            offset += vx_min(BLOCK, src->size - offset);
        }
        if (status != VX_OK) {
            return status;
        }
    }
    return VX_OK;
}

uint64_t packed_bytes(const struct image *im)
{
    uint64_t size = PACKED_HEAD_BYTES;

    for (size_t i = 0; i < im->bytes.count; i++) {
        const struct sparse_chunk *chunk = &im->bytes.chunk[i];

        if (chunk->number * BLOCK < im->size && !sparse_is_zero(chunk->bytes)) {
            size += PACKED_BLOCK_BYTES;
        }
    }
    return size;
}

bool packed_begin(struct image *im, const uint8_t head[PACKED_HEAD_BYTES], uint64_t len)
{
    image_make_empty(im, 0);
    if (len < PACKED_HEAD_BYTES || (len - PACKED_HEAD_BYTES) % PACKED_BLOCK_BYTES != 0 ||
        little_get(head, NUMBER) > UINT64_MAX / 2) {
        return false;
    }
    im->size = little_get(head, NUMBER);
    return true;
}

bool packed_add(struct image *im, const uint8_t block[PACKED_BLOCK_BYTES])
{
    const uint64_t offset = little_get(block, NUMBER);

    if (offset % BLOCK != 0 || offset > UINT64_MAX / 2) {
        image_free(im);
        return false;
    }
    image_put_bytes(im, offset, block + NUMBER, BLOCK);
    return true;
}

bool packed_read(struct image *im, const uint8_t *bytes, size_t len)
{
    bool is_good = packed_begin(im, bytes, len);

    for (size_t at = PACKED_HEAD_BYTES; is_good && at < len; at += PACKED_BLOCK_BYTES) {
        is_good = packed_add(im, bytes + at);
    }
    return is_good;
}
