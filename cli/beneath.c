/* Walks a path name by name to find how it is written, then opens it in one step, in which the
 * kernel keeps to the folder: openat2(2) with RESOLVE_BENEATH. Kernels before 5.6 have no such
 * call; there each name is opened by itself, and a link is never followed. */
#define _GNU_SOURCE /* NOLINT: O_PATH, O_NOATIME, syscall() */
#include "cli/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FILE_FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
    FOLDER_FLAGS = O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NONBLOCK,
    PATH_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES
};

int cli_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_BYTES];
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);

    if (slash == NULL) {
        return open(".", FOLDER_FLAGS);
    }
    if (len >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    return open(len == 0 ? "/" : folder, FOLDER_FLAGS);
}

/* One name below a folder, by the kernel's own guard. -1 with errno, ENOSYS where it has none. */
static int open_guarded(int folder, const char *name, int flags)
{
    struct open_how how = {
        .flags = (unsigned)flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };

    return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

/* The same where the kernel has no guard: name is one name, and no link. */
static int open_name(int folder, const char *name, int flags)
{
    int fd = open_guarded(folder, name, flags);

    return fd < 0 && errno == ENOSYS ? openat(folder, name, flags | O_NOFOLLOW) : fd;
}

/* Is there an entry of that very name? If not, write the only one that differs in case into name.
 * Returns false when there is none, or several. */
static bool find_name(int folder, char name[CLI_WIN_NAME_BYTES])
{
    char found[CLI_WIN_NAME_BYTES] = "";
    const struct dirent *entry = NULL;
    bool is_same = false;
    unsigned count = 0;
    int fd = openat(folder, ".", FOLDER_FLAGS);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);

    if (listing == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return false;
    }
    for (entry = readdir(listing); entry != NULL && !is_same; entry = readdir(listing)) {
        is_same = strcmp(entry->d_name, name) == 0;
        if (!is_same && cli_win_name_equal(entry->d_name, name) &&
            strlen(entry->d_name) < sizeof(found)) {
            memcpy(found, entry->d_name, strlen(entry->d_name) + 1);
            count++;
        }
    }
    (void)closedir(listing);
    if (!is_same && count == 1) {
        memcpy(name, found, sizeof(found));
    }
    errno = count > 1 ? EEXIST : ENOENT;
    return is_same || count == 1;
}

static int refuse(struct vxo_buffer *error, const char *why)
{
    vxo_put(error, why);
    return -1;
}

static int refuse_errno(struct vxo_buffer *error, int code)
{
    switch (code) {
    case EXDEV:
    case ELOOP:
        return refuse(error, "a link in it leads out of the folder of the image");
    case EEXIST:
        return refuse(error, "several files have that name in upper or lower case");
    default:
        return refuse(error, strerror(code));
    }
}

/* A regular file, or -1. Closes what is none. */
static int only_regular(int fd, struct vxo_buffer *error)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        return fd;
    }
    (void)close(fd);
    return refuse(error, "is not a regular file");
}

int cli_open_beneath(int folder, const struct cli_win_path *path, struct vxo_buffer *found,
                     struct vxo_buffer *error)
{
    int at = folder;
    int saved = 0;

    for (uint32_t i = 0; i < path->count && at >= 0; i++) {
        bool is_last = i + 1 == path->count;
        char name[CLI_WIN_NAME_BYTES];
        int next = -1;

        memcpy(name, path->name[i], sizeof(name));
        if (find_name(at, name)) {
            next = open_name(at, name, is_last ? FILE_FLAGS : FOLDER_FLAGS);
        }
        saved = errno;
        if (at != folder) {
            (void)close(at);
        }
        at = next;
        vxo_put(found, i == 0 ? "" : "/");
        vxo_put(found, name);
    }
    return at < 0 ? refuse_errno(error, saved) : only_regular(at, error);
}
