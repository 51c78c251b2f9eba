/* File source: pread(2) behind the reader's callback, so that a file that shrinks under us is a
 * read error and no signal. A read takes at most one call a byte, and in practice one in all. */
#define _GNU_SOURCE /* NOLINT: O_NOATIME, SEEK_DATA */
#include "cli/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/bytes.h"

enum {
    FD_FIRST = 3,          /* below are the standard streams, even when they are closed */
    STRETCH_BYTES = 262144 /* a data range ends at a multiple of this */
};

static enum vx_status read_file(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    struct cli_file *file = ctx;
    size_t done = 0;

    while (done < len) {
        ssize_t got = pread(file->fd, dst + done, len - done, (off_t)(offset + done));

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return VX_E_IO; /* an error, or the file ends earlier than it did */
        }
        done += (size_t)got;
        file->bytes_read += (uint64_t)got;
    }
    return VX_OK;
}

/* Where data begins, as the file system tells; where it cannot, everything may be data. Where it
 * ends is not asked: finding the next hole takes some file systems a walk over all the data before
 * it, which for blocks in random order would be a walk for each of them. So a hole that follows
 * data counts as data to the end of the stretch. */
static enum vx_status next_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct cli_file *file = ctx;
    off_t found = lseek(file->fd, (off_t)offset, SEEK_DATA);
    uint64_t begin = found < 0 ? file->source.size : (uint64_t)found;

    if (found < 0 && errno != ENXIO) {
        *data = (struct vx_range){offset, file->source.size};
    } else {
        *data = (struct vx_range){begin, vx_min(begin - begin % STRETCH_BYTES + STRETCH_BYTES,
                                                vx_max(begin, file->source.size))};
    }
    return VX_OK;
}

/* Why can an image not be read from this kind of file? NULL: it can. */
static const char *objection(mode_t mode)
{
    if (S_ISREG(mode) || S_ISBLK(mode)) {
        return NULL;
    }
    if (S_ISDIR(mode)) {
        return "is a directory: name an image file in it";
    }
    if (S_ISFIFO(mode)) {
        return "is a pipe, but an image is not read in one go: copy it to a file first";
    }
    if (S_ISSOCK(mode)) {
        return "is a socket: name an image file or a block device";
    }
    return "is a character device: name an image file or a block device";
}

static void explain_errno(struct vxo_buffer *error, int code)
{
    vxo_put(error, strerror(code));
    if (code == EACCES || code == EPERM) {
        vxo_put(error, ": run as a user who may read it");
    }
}

/* Open for reading, without a trace in the access time where that is allowed. */
static int open_quietly(const char *path)
{
    /* O_NONBLOCK: should the file have become a pipe since it was looked at, do not wait. */
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags | O_NOATIME);
    int high = -1;

    if (fd < 0 && errno == EPERM) {
        fd = open(path, flags);
    }
    if (fd < 0 || fd >= FD_FIRST) {
        return fd;
    }
    /* A report must never go to the image because standard output was closed. */
    high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST);
    (void)close(fd);
    return high;
}

/* Take down the state of an open file. A block device has no size but where it ends. */
static bool read_state(int fd, const struct stat *status, struct cli_file_state *out)
{
    off_t size = S_ISBLK(status->st_mode) ? lseek(fd, 0, SEEK_END) : status->st_size;

    *out = (struct cli_file_state){
        .device = status->st_dev,
        .inode = status->st_ino,
        .node = status->st_rdev,
        .size = size < 0 ? 0 : (uint64_t)size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
    };
    return size >= 0;
}

/* Files that are made up while they are read, as those of /proc, state a size of 0: only reading
 * tells them from empty ones. Returns false after a text for what is not empty or cannot be read.
 */
static bool is_as_long_as_stated(const struct cli_file *file, mode_t mode, struct vxo_buffer *error)
{
    uint8_t byte = 0;
    ssize_t got = 0;

    if (S_ISREG(mode) && file->state.size == 0) {
        got = pread(file->fd, &byte, sizeof(byte), 0);
    }
    if (got < 0) {
        explain_errno(error, errno);
    } else if (got > 0) {
        vxo_put(error, "states no size, though there is something to read: copy it to a file "
                       "first");
    }
    return got == 0;
}

/* Look at what was opened, and make the source. Closes the file when there is nothing to read. */
static bool begin_source(struct cli_file *file, struct vxo_buffer *error)
{
    struct stat status;
    const char *why_not = NULL;

    if (file->fd < 0 || fstat(file->fd, &status) != 0 ||
        !read_state(file->fd, &status, &file->state)) {
        explain_errno(error, errno);
        cli_file_close(file);
        return false;
    }
    why_not = objection(status.st_mode);
    if (why_not != NULL) {
        vxo_put(error, why_not);
    } else if (is_as_long_as_stated(file, status.st_mode, error)) {
        file->source = (struct vx_source){
            .read = read_file, .next_data = next_data, .ctx = file, .size = file->state.size};
        return true;
    }
    cli_file_close(file);
    return false;
}

bool cli_file_open(struct cli_file *file, const char *path, struct vxo_buffer *error)
{
    struct stat status;
    const char *why_not = NULL;

    *file = (struct cli_file){.path = path, .fd = -1};
    if (path[0] == '\0') {
        vxo_put(error, "the name is empty: name an image file or a block device");
        return false;
    }
    if (stat(path, &status) != 0) {
        if (errno == ENOENT && strcmp(path, "-") == 0) {
            vxo_put(error, "standard input cannot be read, for an image is not read in one go: "
                           "name a file");
        } else {
            explain_errno(error, errno);
        }
        return false;
    }
    why_not = objection(status.st_mode);
    if (why_not != NULL) {
        vxo_put(error, why_not);
        return false;
    }
    file->fd = open_quietly(path);
    return begin_source(file, error);
}

bool cli_file_take(struct cli_file *file, int fd, struct vxo_buffer *error)
{
    *file = (struct cli_file){.fd = fd};
    if (fd >= 0) {                                        /* else errno is the reason */
        (void)fcntl(fd, F_SETFL, O_NONBLOCK | O_NOATIME); /* where that is allowed */
    }
    return begin_source(file, error);
}

static bool differs(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec || a->tv_nsec != b->tv_nsec;
}

bool cli_file_has_changed(const struct cli_file *file)
{
    const struct cli_file_state *then = &file->state;
    struct cli_file_state now;
    struct stat status;

    if ((file->path != NULL ? stat(file->path, &status) : fstat(file->fd, &status)) != 0 ||
        !read_state(file->fd, &status, &now)) {
        return true;
    }
    return now.device != then->device || now.inode != then->inode || now.node != then->node ||
           now.size != then->size || differs(&now.modified, &then->modified) ||
           differs(&now.changed, &then->changed);
}

void cli_file_close(struct cli_file *file)
{
    if (file->fd >= 0) {
        (void)close(file->fd);
        file->fd = -1;
    }
}
