/* Sources: images in memory. */
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
