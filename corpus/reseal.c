/* Resealing. Spec: MS-VHDX 2.2.2, 2.2.3, 2.3.1.1; nothing else has a checksum. A log may reach into
 * what the other header names, hence the order. */
#include "corpus/reseal.h"

#include "corpus/anatomy.h"
#include "corpus/logbuild.h"
#include "parser/crc32c.h"

enum { HEADER_BYTES = 4096, TABLE_BYTES = 65536 };

static void seal_log(struct image *im, uint64_t offset, uint64_t length)
{
    log_seal_all(
        &(struct test_log){.im = im, .offset = offset, .length = (uint32_t)(length & UINT32_MAX)});
}

/* As image_seal() does it, which owes nothing to parser/ and takes eight times as long. */
static void seal_structure(struct image *im, uint64_t offset, uint64_t len)
{
    static const uint8_t nothing[VX_CRC_FIELD_BYTES];
    uint32_t crc = 0;

    image_put_bytes(im, offset + VX_CRC_FIELD_POS, nothing, sizeof(nothing));
    for (uint64_t at = offset; at < offset + len; at += SPARSE_CHUNK_BYTES) {
        crc = vx_crc32c(VX_CRC_PORTABLE, crc, sparse_chunk(&im->bytes, at / SPARSE_CHUNK_BYTES),
                        SPARSE_CHUNK_BYTES);
    }
    image_put(im, offset + VX_CRC_FIELD_POS, VX_CRC_FIELD_BYTES, crc);
}

void reseal_image(struct image *im)
{
    struct anatomy a;
    uint64_t other;

    anatomy_find(&a, im);
    other = image_header_at(1 - a.header, 0);
    seal_log(im, image_get(im, other + 72, 8), image_get(im, other + 68, 4));
    seal_log(im, a.log_offset, a.log_length);
    seal_structure(im, IMAGE_HEADER_1, HEADER_BYTES);
    seal_structure(im, IMAGE_HEADER_2, HEADER_BYTES);
    seal_structure(im, IMAGE_REGIONS_1, TABLE_BYTES);
    seal_structure(im, IMAGE_REGIONS_2, TABLE_BYTES);
}
