/* Where image bytes come from: a file, memory, or (replay/) an image as its log would leave it.
 * The parser cannot tell them apart, and none of them can be written. */
#ifndef VX_PARSER_SOURCE_H
#define VX_PARSER_SOURCE_H

#include "parser/base.h"

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

/* Read exactly len bytes at offset into dst: the one bounds check in front of every read.
 * Returns VX_OK, VX_E_USAGE when the range is not inside the source (dst is then untouched),
 * or what the callback returned. dst is unspecified after a failure. */
VX_MUST_USE enum vx_status vx_source_read(const struct vx_source *src, uint64_t offset,
                                          uint8_t *dst, size_t len);

/* The first range at or after offset, clipped to [offset, limit), that may hold non-zero bytes.
 * begin == end == limit when there is none. A source without next_data, and one whose answer
 * makes no sense, is taken to be all data. limit must not exceed the size.
 * Returns VX_OK or VX_E_IO. */
VX_MUST_USE enum vx_status vx_source_next_data(const struct vx_source *src, uint64_t offset,
                                               uint64_t limit, struct vx_range *data);

#endif
