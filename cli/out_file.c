/* Output files. The signal handler needs to know the temporary name; that is the one state the
 * program has outside its functions. */
#define _GNU_SOURCE /* NOLINT: renameat2(), fallocate() */
#include "cli/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/output.h"
#include "parser/bytes.h"

enum {
    FD_FIRST = 3, /* below are the standard streams, even when they are closed */
    RANDOM_BYTES = 8,
    ZERO_BYTES = 65536,
    MODE_PRIVATE = 0600,
    MODE_COMMON = 0666
};

/* ---- What a signal removes ---- */

/* All that others send and that ends a process; those left tell of a fault of its own. */
static const int SIGNALS[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,   SIGXCPU, SIGUSR1,
                              SIGUSR2, SIGALRM, SIGPROF, SIGVTALRM, SIGIO,   SIGPWR};

static char doomed_path[CLI_PATH_BYTES];
static volatile sig_atomic_t is_doomed;

static void remove_and_die(int number)
{
    if (is_doomed != 0) {
        (void)unlink(doomed_path);
    }
    (void)raise(number); /* SA_RESETHAND: this time it does what it always does */
}

static void block_signals(sigset_t *before)
{
    sigset_t set;

    (void)sigemptyset(&set);
    for (size_t i = 0; i < VX_COUNT_OF(SIGNALS); i++) {
        (void)sigaddset(&set, SIGNALS[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &set, before);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    for (size_t i = 0; i < VX_COUNT_OF(SIGNALS); i++) {
        if (sigaction(SIGNALS[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(SIGNALS[i], &action, NULL);
        }
    }
}

/* ---- Refusals ---- */

static const char HOLDS_IMAGE[] = "holds the image itself, which is never written";
static const char IS_IMAGE[] = "is the image itself, which is never written";
static const char IS_PARENT[] = "is an image of the chain, none of which is ever written";
static const char BOTH_DEVICES[] = "is a block device, and so is the image: whether they overlap "
                                   "cannot be told, so name a file";

/* Is the loop device open as fd backed by this file? */
static bool is_behind(int fd, dev_t device, ino_t inode)
{
    struct loop_info64 loop = {0};

    return ioctl(fd, LOOP_GET_STATUS64, &loop) == 0 && (dev_t)loop.lo_device == device &&
           loop.lo_inode == inode;
}

/* Does this device hold the image, as far as can be told: as a file in its file system, or as the
 * file behind a loop device? */
static bool holds_file(int fd, const struct stat *device, const struct cli_file *image)
{
    return device->st_rdev == image->state.device ||
           is_behind(fd, image->state.device, image->state.inode);
}

static bool holds_image(int fd, const struct stat *device, const struct cli_file *image)
{
    for (; image != NULL; image = image->parent) { /* at most as many as a chain has links */
        if (holds_file(fd, device, image)) {
            return true;
        }
    }
    return false;
}

static bool is_file(const struct stat *status, const struct cli_file *image)
{
    if (image->state.node != 0 && S_ISREG(status->st_mode) &&
        is_behind(image->fd, status->st_dev, status->st_ino)) {
        return true;
    }
    return (status->st_dev == image->state.device && status->st_ino == image->state.inode) ||
           (S_ISBLK(status->st_mode) && image->state.node != 0 &&
            status->st_rdev == image->state.node);
}

/* Is it the image, or another file of its chain? */
static bool is_image(const struct stat *status, const struct cli_file *image)
{
    for (; image != NULL; image = image->parent) {
        if (is_file(status, image)) {
            return true;
        }
    }
    return false;
}

/* Does the image, or another one of its chain, lie on a block device? */
static bool is_on_device(const struct cli_file *image)
{
    for (; image != NULL; image = image->parent) {
        if (image->state.node != 0) {
            return true;
        }
    }
    return false;
}

static const char *needs_force(const struct stat *status)
{
    return S_ISBLK(status->st_mode) ? "is a block device: --force overwrites it"
                                    : "exists: --force replaces it";
}

/* Why is this not to be written? NULL: it may be. exists: something has that name already, and
 * status says what it is, or what it leads to. */
static const char *objection(const struct stat *status, bool leads_somewhere, bool exists,
                             const struct cli_out *out)
{
    if (leads_somewhere && is_image(status, out->image)) {
        return is_file(status, out->image) ? IS_IMAGE : IS_PARENT;
    }
    if (!exists || (!leads_somewhere && out->is_forced)) {
        return NULL;
    }
    if (leads_somewhere && S_ISDIR(status->st_mode)) {
        return "is a directory: name a file in it";
    }
    if (leads_somewhere && !S_ISREG(status->st_mode) && !S_ISBLK(status->st_mode)) {
        return "is neither a file nor a block device: use - for standard output and redirect it";
    }
    if (leads_somewhere && S_ISBLK(status->st_mode) && is_on_device(out->image)) {
        return BOTH_DEVICES;
    }
    return out->is_forced ? NULL : needs_force(status);
}

/* ---- Opening ---- */

/* A descriptor beyond the standard streams. */
static int raise_fd(int fd)
{
    int high = fd;

    if (fd >= 0 && fd < FD_FIRST) {
        high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST);
        (void)close(fd);
    }
    return high;
}

/* Put a name nobody has, in the folder of the file to be. Returns whether it fits. */
static bool put_temporary(struct cli_out *out)
{
    const char *slash = strrchr(out->path, '/');
    unsigned char random[RANDOM_BYTES] = {0};
    struct vxo_buffer put;

    vxo_buffer_init(&put, out->temporary, sizeof(out->temporary));
    if (slash != NULL) {
        vxo_put_bytes(&put, out->path, (size_t)(slash - out->path) + 1);
    }
    vxo_put(&put, ".vhdxray-");
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(random); i++) {
        static const char DIGITS[] = "0123456789abcdef";
        const char pair[] = {DIGITS[random[i] / 16], DIGITS[random[i] % 16]};

        vxo_put_bytes(&put, pair, sizeof(pair));
    }
    vxo_put(&put, ".tmp");
    return !put.is_truncated;
}

/* Create the temporary file, and have a signal remove it, as one step. */
static bool create(struct cli_out *out)
{
    sigset_t before;

    if (!put_temporary(out)) {
        out->error = ENAMETOOLONG;
        return false;
    }
    block_signals(&before);
    out->fd = raise_fd(
        open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE_PRIVATE));
    out->error = out->fd < 0 ? errno : 0;
    if (out->fd >= 0) {
        memcpy(doomed_path, out->temporary, sizeof(doomed_path));
        is_doomed = 1;
        catch_signals();
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return out->fd >= 0;
}

/* Open a block device that nobody else uses, large enough and not the image's. */
static bool open_device(struct cli_out *out, uint64_t size, struct vxo_buffer *error)
{
    struct stat status;
    off_t end = 0;

    out->kind = CLI_OUT_DEVICE;
    /* O_EXCL: fails when the device, or a part of it, is mounted or otherwise in use */
    out->fd = raise_fd(open(out->path, O_WRONLY | O_EXCL | O_CLOEXEC));
    if (out->fd < 0 || fstat(out->fd, &status) != 0) {
        vxo_put(error, strerror(errno));
        return false;
    }
    end = lseek(out->fd, 0, SEEK_END);
    if (!S_ISBLK(status.st_mode) || holds_image(out->fd, &status, out->image)) {
        vxo_put(error, HOLDS_IMAGE);
    } else if (end < 0 || (uint64_t)end < size) {
        vxo_put(error, "is too small: it would have to take ");
        vxo_put_size(error, size);
    } else {
        return true;
    }
    (void)close(out->fd);
    out->fd = -1;
    return false;
}

const char *cli_out_stream_objection(int fd, const struct stat *status,
                                     const struct cli_file *image)
{
    if (is_image(status, image)) {
        return is_file(status, image) ? IS_IMAGE : IS_PARENT;
    }
    if (S_ISBLK(status->st_mode) && holds_image(fd, status, image)) {
        return HOLDS_IMAGE;
    }
    return S_ISBLK(status->st_mode) && is_on_device(image) ? BOTH_DEVICES : NULL;
}

static bool open_stream(struct cli_out *out, struct vxo_buffer *error)
{
    struct stat status;
    const char *why_not = NULL;

    out->kind = CLI_OUT_STREAM;
    out->fd = STDOUT_FILENO;
    if (fstat(out->fd, &status) != 0) {
        vxo_put(error, strerror(errno));
        return false;
    }
    why_not = cli_out_stream_objection(out->fd, &status, out->image);
    vxo_put(error, why_not != NULL ? why_not : "");
    return why_not == NULL;
}

/* May path be written? leads_to: what it leads to, as far as that exists; its mode is zeroed when
 * it does not. */
static bool check_path(struct cli_out *out, struct stat *leads_to, struct vxo_buffer *error)
{
    struct stat link;
    const char *why_not = NULL;
    bool leads_somewhere = stat(out->path, leads_to) == 0;

    if (!leads_somewhere) {
        leads_to->st_mode = 0;
    }
    if (out->path[0] == '\0') {
        why_not = "the name is empty";
    } else {
        why_not = objection(leads_to, leads_somewhere, lstat(out->path, &link) == 0, out);
    }
    vxo_put(error, why_not != NULL ? why_not : "");
    return why_not == NULL;
}

static bool open_file(struct cli_out *out, struct vxo_buffer *error)
{
    if (!create(out)) {
        vxo_put(error, strerror(out->error));
        return false;
    }
    return true;
}

bool cli_out_open(struct cli_out *out, const char *path, const struct cli_file *image,
                  bool is_forced, uint64_t size, struct vxo_buffer *error)
{
    struct stat status = {0};

    *out = (struct cli_out){.path = path, .image = image, .is_forced = is_forced, .fd = -1};
    if (strcmp(path, "-") == 0) {
        return open_stream(out, error);
    }
    if (!check_path(out, &status, error)) {
        return false;
    }
    return S_ISBLK(status.st_mode) ? open_device(out, size, error) : open_file(out, error);
}

bool cli_out_open_file(struct cli_out *out, const char *path, const struct cli_file *image,
                       bool is_forced, struct vxo_buffer *error)
{
    struct stat status = {0};

    *out = (struct cli_out){.path = path, .image = image, .is_forced = is_forced, .fd = -1};
    if (!check_path(out, &status, error)) {
        return false;
    }
    if (S_ISBLK(status.st_mode)) {
        vxo_put(error, "is a block device: name a file");
        return false;
    }
    return open_file(out, error);
}

/* ---- Writing ---- */

static bool fail(struct cli_out *out, int code)
{
    out->error = out->error != 0 ? out->error : code;
    return false;
}

bool cli_out_write(struct cli_out *out, uint64_t offset, const uint8_t *bytes, size_t len)
{
    size_t done = 0;

    if (out->error != 0) {
        return false;
    }
    while (done < len) { /* at most one call a byte */
        ssize_t put = out->kind == CLI_OUT_STREAM
                          ? write(out->fd, bytes + done, len - done)
                          : pwrite(out->fd, bytes + done, len - done, (off_t)(offset + done));

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return fail(out, put < 0 ? errno : EIO);
        }
        done += (size_t)put;
    }
    out->position += len;
    return true;
}

bool cli_out_zeros(struct cli_out *out, uint64_t offset, uint64_t len)
{
    static const uint8_t ZEROS[ZERO_BYTES] = {0};
    uint64_t done = 0;

    if (out->kind == CLI_OUT_FILE) {
        return out->error == 0;
    }
    if (out->kind == CLI_OUT_DEVICE && out->error == 0 &&
        fallocate(out->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)len) ==
            0) {
        return true;
    }
    while (done < len &&
           cli_out_write(out, offset + done, ZEROS, (size_t)vx_min(len - done, sizeof(ZEROS)))) {
        done += vx_min(len - done, sizeof(ZEROS));
    }
    return out->error == 0;
}

bool cli_out_clone(struct cli_out *out, const struct cli_file *from, uint64_t from_offset,
                   uint64_t offset, uint64_t len)
{
    struct file_clone_range range = {
        .src_fd = from->fd, .src_offset = from_offset, .src_length = len, .dest_offset = offset};

    return out->kind == CLI_OUT_FILE && out->error == 0 &&
           ioctl(out->fd, FICLONERANGE, &range) == 0;
}

/* ---- The end ---- */

/* Give the complete file the mode any new file gets. */
static bool publish_mode(const struct cli_out *out)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return fchmod(out->fd, MODE_COMMON & ~mask) == 0;
}

/* Let the file have its name. What got that name in the meantime is only replaced when that was
 * allowed, and never if it is the image. */
static bool publish_name(struct cli_out *out)
{
    struct stat status;
    unsigned flags = out->is_forced ? 0 : RENAME_NOREPLACE;
    int result = 0;

    if (stat(out->path, &status) == 0 && is_image(&status, out->image)) {
        return fail(out, EEXIST);
    }
    result = renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->path, flags);
    if (result != 0 && errno == EINVAL && !out->is_forced) {
        /* a file system that cannot rename with care: a second name does not replace either */
        result = link(out->temporary, out->path);
        if (result == 0) {
            (void)unlink(out->temporary);
        }
    }
    return result == 0 || fail(out, errno);
}

bool cli_out_finish(struct cli_out *out, uint64_t size)
{
    sigset_t before;
    int fd = out->fd;
    bool is_good = out->error == 0;

    if (out->kind == CLI_OUT_DEVICE && is_good && fsync(fd) != 0) {
        is_good = fail(out, errno); /* a device tells late what it could not write */
    }
    if (out->kind == CLI_OUT_FILE) {
        if (is_good && (ftruncate(fd, (off_t)size) != 0 || !publish_mode(out))) {
            is_good = fail(out, errno);
        }
        out->fd = -1;
        if (close(fd) != 0 && is_good) {
            is_good = fail(out, errno);
        }
        block_signals(&before);
        is_good = is_good && publish_name(out);
        if (is_good) {
            is_doomed = 0;
        }
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
    }
    cli_out_discard(out);
    return is_good;
}

void cli_out_complain(const struct cli_out *out)
{
    cli_complain(out->kind == CLI_OUT_STREAM ? "standard output" : out->path,
                 out->error == EFBIG
                     ? "File too large: more than the file system or `ulimit -f` allows"
                     : strerror(out->error));
}

void cli_out_discard(struct cli_out *out)
{
    if (out->kind == CLI_OUT_FILE && is_doomed != 0) {
        (void)unlink(doomed_path);
        is_doomed = 0;
    }
    if (out->kind != CLI_OUT_STREAM && out->fd >= 0) {
        (void)close(out->fd);
    }
    out->fd = -1;
}
