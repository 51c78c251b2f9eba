/* Where image bytes come from: a file, memory, or (replay/) an image as its log would leave it.
 * The parser cannot tell them apart, and none of them can be written. */
#ifndef VX_PARSER_SOURCE_H
#define VX_PARSER_SOURCE_H

#include "parser/bytes.h"

struct vx_range {
    uint64_t begin;
    uint64_t end; /* exclusive */
};

/* Deliver exactly len bytes at offset, or fail with VX_E_IO. Never called outside [0, size). */
typedef enum vx_status vx_read_fn(void *ctx, uint64_t offset, uint8_t *dst, size_t len);

/* Find the first range at or after offset that may hold non-zero bytes: offset <= begin <= end.
 * begin == end means that only holes follow. Never called with offset >= size. */
typedef enum vx_status vx_next_data_fn(void *ctx, uint64_t offset, struct vx_range *data);

struct vx_source {
    vx_read_fn *read;
    vx_next_data_fn *next_data; /* NULL: no knowledge of holes, everything may be data */
    void *ctx;                  /* handed to both, owned by the caller */
    uint64_t size;              /* bytes; read-only after setup */
};

/* An image in memory. bytes stays the caller's and must outlive the source. */
struct vx_memory {
    const uint8_t *bytes;
    uint64_t size;
};

/* Make a source over mem, which must outlive it. */
void vx_source_from_memory(struct vx_source *src, struct vx_memory *mem);

/* Never defined: they stand for any source's own functions in the proofs of the two functions
 * below, which take for granted that all of them keep these contracts. */
/*@ requires len == 0 || \valid(dst + (0 .. len - 1));
    assigns dst[0 .. len - 1] \from indirect:ctx, offset, len;
    assigns \result \from indirect:ctx, offset, len; */
vx_read_fn vx_any_read;

/*@ requires \valid(data);
    assigns *data \from indirect:ctx, offset;
    assigns \result \from indirect:ctx, offset; */
vx_next_data_fn vx_any_next_data;

/* Read exactly len bytes at offset into [at, at + len) of a buffer of size bytes: the one bounds
 * check in front of every read. Whoever reads a long range piece by piece needs no pointer into the
 * middle of a buffer: only this function, which is proved like those of bytes.h, makes one.
 * Returns VX_OK, VX_E_USAGE when one of the ranges is not inside source or buffer (dst is then
 * untouched), or what the callback returned. The bytes in question are unspecified after a failure,
 * the others are untouched. */
/*@ requires \valid_read(src);
    requires size == 0 || \valid(dst + (0 .. size - 1));
    assigns dst[0 .. size - 1] \from indirect:*src, offset, at, len;
    assigns \result \from indirect:*src, offset, size, at, len; */
VX_MUST_USE static inline enum vx_status vx_source_read_at(const struct vx_source *src,
                                                           uint64_t offset, uint8_t *dst,
                                                           size_t size, uint64_t at, uint64_t len)
{
    if (!vx_within(offset, len, src->size) || !vx_within(at, len, size)) {
        return VX_E_USAGE;
    }
    /*@ admit src->read == &vx_any_read; */
    /*@ calls vx_any_read; */
    return src->read(src->ctx, offset, dst + at, (size_t)len);
}

/* The same into all of dst, which is len bytes long. */
VX_MUST_USE enum vx_status vx_source_read(const struct vx_source *src, uint64_t offset,
                                          uint8_t *dst, size_t len);

/* The first range at or after offset, clipped to [offset, limit), that may hold non-zero bytes.
 * begin == end == limit when there is none. A source without next_data, and one whose answer
 * makes no sense, is taken to be all data, and so is what would lie beyond the source.
 * Returns VX_OK or VX_E_IO. */
/*@ requires \valid_read(src);
    requires \valid(data);
    requires \separated(data, src);
    assigns *data \from indirect:*src, offset, limit;
    assigns \result \from indirect:*src, offset, limit;
    ensures data->begin <= data->end <= limit;
    ensures offset <= limit ==> offset <= data->begin; */
VX_MUST_USE static inline enum vx_status vx_source_next_data(const struct vx_source *src,
                                                             uint64_t offset, uint64_t limit,
                                                             struct vx_range *data)
{
    struct vx_range found = {.begin = offset, .end = limit};
    enum vx_status status = VX_OK;

    *data = (struct vx_range){.begin = limit, .end = limit};
    if (offset >= limit) {
        return VX_OK;
    }
    if (src->next_data != NULL && limit <= src->size) {
        /*@ admit src->next_data == &vx_any_next_data; */
        /*@ calls vx_any_next_data; */
        status = src->next_data(src->ctx, offset, &found);
    }
    if (status != VX_OK) {
        return status;
    }
    if (found.begin < offset || found.begin > found.end) {
        found = (struct vx_range){.begin = offset, .end = limit};
    }
    if (found.begin == found.end || found.begin >= limit) {
        return VX_OK; /* only holes up to the limit */
    }
    data->begin = found.begin;
    data->end = vx_min(found.end, limit);
    return VX_OK;
}

#endif
