/* The example of a reader for template_harness.c: vhdxray's own check. */
#define _GNU_SOURCE /* NOLINT: SEEK_DATA, SEEK_HOLE */
#include "fuzz/template_harness.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replay/simulate.h"

enum { OVERLAY_BYTES = 4096 * VXR_OVERLAY_RECORD_BYTES };

static enum vx_status read_fd(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const int *fd = ctx;

    return pread(*fd, dst, len, (off_t)offset) == (ssize_t)len ? VX_OK : VX_E_IO;
}

static enum vx_status next_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const int *fd = ctx;
    const off_t begin = lseek(*fd, (off_t)offset, SEEK_DATA);
    off_t end;

    if (begin < 0) {
        *data = (struct vx_range){offset, offset};
        return errno == ENXIO ? VX_OK : VX_E_IO;
    }
    end = lseek(*fd, begin, SEEK_HOLE);
    *data = (struct vx_range){(uint64_t)begin, (uint64_t)end};
    return end >= begin ? VX_OK : VX_E_IO;
}

static void ignore(void *ctx, const struct vx_finding *finding)
{
    (void)ctx;
    (void)finding;
}

static void check(const struct vx_source *src, struct vxr_memory *memory)
{
    struct vxr_check *c = malloc(sizeof(*c));
    struct vx_reporter rep;

    vx_reporter_init(&rep, ignore, NULL);
    if (c != NULL && memory->structure != NULL && memory->log != NULL && memory->overlay != NULL &&
        vxr_check_init(c, memory, &rep) == VX_OK) {
        vxr_check_run(c, src, NULL);
    }
    free(c);
}

int fuzz_reader(int fd, const char *path)
{
    struct vx_source src = {read_fd, next_data, &fd, 0};
    struct vxr_memory memory = {.overlay_bytes = OVERLAY_BYTES};
    struct stat st;

    (void)path;
    if (fstat(fd, &st) != 0) {
        return -1;
    }
    src.size = (uint64_t)st.st_size;
    memory.structure_bytes = (size_t)vx_structure_need(src.size).min;
    memory.structure = malloc(memory.structure_bytes);
    memory.log = malloc(sizeof(*memory.log));
    memory.overlay = malloc(memory.overlay_bytes);
    check(&src, &memory);
    free(memory.structure);
    free(memory.log);
    free(memory.overlay);
    return 0;
}
