/* Sources: images in memory, and where the holes are. */
#include "parser/source.h"

static enum vx_status memory_read(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct vx_memory *mem = ctx;

    return vx_copy(mem->bytes, mem->size, offset, dst, len) ? VX_OK : VX_E_IO;
}

void vx_source_from_memory(struct vx_source *src, struct vx_memory *mem)
{
    *src = (struct vx_source){.read = memory_read, .ctx = mem, .size = mem->size};
}

enum vx_status vx_source_read(const struct vx_source *src, uint64_t offset, uint8_t *dst,
                              size_t len)
{
    return vx_source_read_at(src, offset, dst, len, 0, len);
}

enum vx_status vx_source_next_data(const struct vx_source *src, uint64_t offset, uint64_t limit,
                                   struct vx_range *data)
{
    struct vx_range found = {.begin = offset, .end = limit};
    enum vx_status status = VX_OK;

    *data = (struct vx_range){.begin = limit, .end = limit};
    if (offset >= limit || limit > src->size) {
        return VX_OK;
    }
    if (src->next_data != NULL) {
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
