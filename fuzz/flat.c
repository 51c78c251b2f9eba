/* Images as one piece of memory. What an image left behind is cleared chunk by chunk: to clear all
 * of the buffer would take longer than to check the image. */
#include "fuzz/flat.h"

static uint8_t buffer[FUZZ_FLAT_BYTES];

/* Fill, or with NULL clear, what chunk `index` covers of an image of at most FUZZ_FLAT_BYTES. */
static void set_chunk(const struct image *im, size_t index, const uint8_t *bytes)
{
    const uint64_t begin = im->bytes.chunk[index].number * SPARSE_CHUNK_BYTES;
    uint8_t *const base = buffer + (FUZZ_FLAT_BYTES - im->size);
    size_t len = SPARSE_CHUNK_BYTES;

    if (begin >= im->size) {
        return;
    }
    len = len < im->size - begin ? len : (size_t)(im->size - begin);
    if (bytes == NULL) {
        memset(base + begin, 0, len);
    } else {
        memcpy(base + begin, bytes, len);
    }
}

bool fuzz_flat(const struct image *im, struct vx_memory *out)
{
    if (im->size > FUZZ_FLAT_BYTES) {
        return false;
    }
    for (size_t i = 0; i < im->bytes.count; i++) {
        set_chunk(im, i, im->bytes.chunk[i].bytes);
    }
    *out = (struct vx_memory){buffer + (FUZZ_FLAT_BYTES - im->size), im->size};
    return true;
}

void fuzz_flat_clear(const struct image *im)
{
    for (size_t i = 0; i < im->bytes.count && im->size <= FUZZ_FLAT_BYTES; i++) {
        set_chunk(im, i, NULL);
    }
}
