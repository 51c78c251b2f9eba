/* The packed form of an image: its size, 8 bytes little-endian, then for each 4 KiB block of it
 * that is not all zeros the block's offset, likewise, and its 4096 bytes, in rising order; of a
 * last block cut short by the end of the file the rest is zeros. An image of 64 TiB with 1 MiB in
 * it is 1 MiB long, and two images are equal exactly when their packed forms are. */
#ifndef CORPUS_PACKED_H
#define CORPUS_PACKED_H

#include "corpus/image.h"

enum { PACKED_HEAD_BYTES = 8, PACKED_BLOCK_BYTES = 8 + SPARSE_CHUNK_BYTES };

typedef void packed_sink_fn(void *ctx, const uint8_t *bytes, size_t len);

/* Hand the packed form of src to the sink, piece by piece. Reads each range that may hold data
 * once. Returns VX_OK, or VX_E_IO of src, and then what was handed out is not to be used. */
VX_MUST_USE enum vx_status packed_write(const struct vx_source *src, packed_sink_fn *sink,
                                        void *ctx);

/* Make im of a packed form, in linear time; a block cut short by the size, blocks of zeros and
 * blocks in any order are taken, too, so that a fuzzer may cut and join as it likes.
 * Returns false, with im empty, when it is not made of a size and whole blocks, or when one lies
 * at no multiple of 4096 or beyond 2^63. image_free() it, whatever the result. */
bool packed_read(struct image *im, const uint8_t *bytes, size_t len);

/* The same piece by piece: begin with the first PACKED_HEAD_BYTES of a form of len bytes (what they
 * are is not looked at when it is shorter), then add each block behind. */
bool packed_begin(struct image *im, const uint8_t head[PACKED_HEAD_BYTES], uint64_t len);
bool packed_add(struct image *im, const uint8_t block[PACKED_BLOCK_BYTES]);

/* The length of an image's packed form; nothing of it is generated. */
uint64_t packed_bytes(const struct image *im);

#endif
