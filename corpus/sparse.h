/* Sparse memory: 4 KiB chunks over implicit zeros, addressed by 64 bits. What is not written costs
 * nothing, so that an image of 2^62 bytes is as large as what is in it. */
#ifndef CORPUS_SPARSE_H
#define CORPUS_SPARSE_H

#include "parser/base.h"

enum { SPARSE_CHUNK_BYTES = 4096 };

struct sparse_chunk {
    uint64_t number; /* offset / SPARSE_CHUNK_BYTES */
    uint8_t *bytes;  /* SPARSE_CHUNK_BYTES */
};

/* All zeros when all members are. */
struct sparse {
    struct sparse_chunk *chunk; /* sorted by number */
    size_t count;
    size_t capacity;
    size_t most;  /* chunks; 0: as many as memory holds */
    bool is_full; /* something was not written for want of chunks */
};

void sparse_free(struct sparse *s);

/* Make *to, whose members hold nothing, the same bytes; sparse_free() it. */
void sparse_copy(struct sparse *to, const struct sparse *from);

/* Bytes at any offset; offset + len must not exceed 2^64 - 1. */
void sparse_write(struct sparse *s, uint64_t offset, const void *bytes, size_t len);
void sparse_read(const struct sparse *s, uint64_t offset, void *bytes, size_t len);

/* Make [begin, end) zeros again; costs nothing where nothing is. */
void sparse_clear(struct sparse *s, uint64_t begin, uint64_t end);

/* The SPARSE_CHUNK_BYTES of chunk `number`, zeros if it is not there. Not to be kept across a
 * write. */
const uint8_t *sparse_chunk(const struct sparse *s, uint64_t number);

/* Index of the first chunk whose number is at least `number`; s->count if there is none. */
size_t sparse_find(const struct sparse *s, uint64_t number);

/* Are these SPARSE_CHUNK_BYTES all zeros? */
bool sparse_is_zero(const uint8_t bytes[SPARSE_CHUNK_BYTES]);

#endif
