/* Sparse memory: a sorted array of chunks, found by bisection. */
#include "corpus/sparse.h"

#include "corpus/memory.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t ZEROS[SPARSE_CHUNK_BYTES];

void sparse_free(struct sparse *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->chunk[i].bytes);
    }
    free(s->chunk);
    memset(s, 0, sizeof(*s));
}

void sparse_copy(struct sparse *to, const struct sparse *from)
{
    *to = *from;
    to->capacity = from->count;
    to->chunk = memory_take(from->count, sizeof(to->chunk[0]));
    for (size_t i = 0; i < from->count; i++) {
        to->chunk[i].number = from->chunk[i].number;
        to->chunk[i].bytes = memory_take(SPARSE_CHUNK_BYTES, 1);
        memcpy(to->chunk[i].bytes, from->chunk[i].bytes, SPARSE_CHUNK_BYTES);
    }
}

size_t sparse_find(const struct sparse *s, uint64_t number)
{
    size_t begin = 0;
    size_t end = s->count;

    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;

        if (s->chunk[middle].number < number) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

static bool is_there(const struct sparse *s, size_t at, uint64_t number)
{
    return at < s->count && s->chunk[at].number == number;
}

/* The bytes of chunk `number`, made of zeros if it was not there; NULL when there are enough. */
static uint8_t *chunk_for_write(struct sparse *s, uint64_t number)
{
    const size_t at = sparse_find(s, number);

    if (is_there(s, at, number)) {
        return s->chunk[at].bytes;
    }
    if (s->most != 0 && s->count >= s->most) {
        s->is_full = true;
        return NULL;
    }
    if (s->count == s->capacity) {
        s->capacity = s->capacity * 2 + 64;
        s->chunk = memory_resize(s->chunk, s->capacity, sizeof(s->chunk[0]));
    }
    memmove(&s->chunk[at + 1], &s->chunk[at], (s->count - at) * sizeof(s->chunk[0]));
    s->count++;
    s->chunk[at].number = number;
    s->chunk[at].bytes = memory_take(1, SPARSE_CHUNK_BYTES);
    return s->chunk[at].bytes;
}

const uint8_t *sparse_chunk(const struct sparse *s, uint64_t number)
{
    const size_t at = sparse_find(s, number);

    return is_there(s, at, number) ? s->chunk[at].bytes : ZEROS;
}

static size_t piece(uint64_t offset, size_t len)
{
    const size_t room = (size_t)(SPARSE_CHUNK_BYTES - offset % SPARSE_CHUNK_BYTES);

    return len < room ? len : room;
}

void sparse_write(struct sparse *s, uint64_t offset, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;

    while (len > 0) {
        const size_t take = piece(offset, len);
        uint8_t *chunk = chunk_for_write(s, offset / SPARSE_CHUNK_BYTES);

        if (chunk != NULL) {
            memcpy(chunk + offset % SPARSE_CHUNK_BYTES, from, take);
        }
        offset += take;
        from += take;
        len -= take;
    }
}

void sparse_read(const struct sparse *s, uint64_t offset, void *bytes, size_t len)
{
    uint8_t *to = bytes;

    while (len > 0) {
        const size_t take = piece(offset, len);

        memcpy(to, sparse_chunk(s, offset / SPARSE_CHUNK_BYTES) + offset % SPARSE_CHUNK_BYTES,
               take);
        offset += take;
        to += take;
        len -= take;
    }
}

/* Chunks that lie wholly inside are taken out, the two at the ends are zeroed in part. */
void sparse_clear(struct sparse *s, uint64_t begin, uint64_t end)
{
    const size_t first = sparse_find(s, begin / SPARSE_CHUNK_BYTES);
    size_t kept = first;
    size_t at = first;

    for (; at < s->count && s->chunk[at].number <= end / SPARSE_CHUNK_BYTES; at++) {
        const struct sparse_chunk chunk = s->chunk[at];
        const uint64_t offset = chunk.number * SPARSE_CHUNK_BYTES;
        const size_t from = begin > offset ? (size_t)(begin - offset) : 0;
        const size_t to =
            end - offset < SPARSE_CHUNK_BYTES ? (size_t)(end - offset) : SPARSE_CHUNK_BYTES;

        if (from == 0 && to == SPARSE_CHUNK_BYTES) {
            free(chunk.bytes);
            continue;
        }
        memset(chunk.bytes + from, 0, to > from ? to - from : 0);
        s->chunk[kept] = chunk;
        kept++;
    }
    if (kept < at) {
        memmove(&s->chunk[kept], &s->chunk[at], (s->count - at) * sizeof(s->chunk[0]));
        s->count -= at - kept;
    }
}

bool sparse_is_zero(const uint8_t bytes[SPARSE_CHUNK_BYTES])
{
    return memcmp(bytes, ZEROS, SPARSE_CHUNK_BYTES) == 0;
}
