/* The example of a reader for template_harness.c: vhdxray's own check. */
#define _GNU_SOURCE /* NOLINT: SEEK_DATA, SEEK_HOLE */
#include "fuzz/template_harness.h"
#include "tests/support/replayed.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

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

int fuzz_reader(int fd, const char *path)
{
    struct vx_source src = {read_fd, next_data, &fd, 0};
    struct stat st;
    struct replayed r;

    (void)path;
    if (fstat(fd, &st) != 0) {
        return -1;
    }
    src.size = (uint64_t)st.st_size;
    replayed_open(&r, "reader", &src, NULL);
    replayed_close(&r);
    return 0;
}
