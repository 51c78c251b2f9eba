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
    PATH_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES,
    NOT_REGULAR = ENODEV /* an errno that opening a regular file does not give */
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

/* The same where the kernel has no guard, or a sandbox refuses the call: name is one name, and no
 * link. */
static int open_name(int folder, const char *name, int flags)
{
    int fd = open_guarded(folder, name, flags);

    return fd < 0 && (errno == ENOSYS || errno == EPERM) ? openat(folder, name, flags | O_NOFOLLOW)
                                                         : fd;
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
        return true; /* a folder that may be entered and not be listed: as it is written */
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

/* The same for the file of that name in the folder. NOT_REGULAR in errno: it is something else. */
static int open_regular(int folder, const char *name)
{
    struct stat status;
    int fd = open_name(folder, name, O_PATH | O_CLOEXEC);
    bool is_regular = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);

    if (fd < 0) {
        return -1;
    }
    (void)close(fd);
    if (is_regular) {
        fd = open_name(folder, name, FILE_FLAGS);
        if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))) {
            return fd;
        }
        (void)close(fd); /* it was replaced in between */
    }
    errno = NOT_REGULAR;
    return -1;
}

static void refuse(struct vxo_buffer *error, int code)
{
    switch (code) {
    case EXDEV:
    case ELOOP:
        vxo_put(error, "leads through a link out of the folder of the image");
        break;
    case EEXIST:
        vxo_put(error, "fits several files, in upper or lower case");
        break;
    case NOT_REGULAR:
        vxo_put(error, "names something that is no regular file");
        break;
    default:
        vxo_put(error, "cannot be opened: ");
        vxo_put(error, strerror(code));
        break;
    }
}

int cli_open_beneath(int folder, const struct cli_win_path *path, int *holder,
                     struct vxo_buffer *found, struct vxo_buffer *error)
{
    int at = openat(folder, ".", FOLDER_FLAGS); /* one to close, like those below it */
    int fd = -1;
    int saved = errno;

    for (uint32_t i = 0; i < path->count && at >= 0; i++) {
        bool is_last = i + 1 == path->count;
        char name[CLI_WIN_NAME_BYTES];
        bool is_there = false;

        memcpy(name, path->name[i], sizeof(name));
        is_there = find_name(at, name);
        if (is_there && is_last) {
            fd = open_regular(at, name);
        } else {
            int next = is_there ? open_name(at, name, FOLDER_FLAGS) : -1;

            saved = errno;
            (void)close(at);
            at = next;
            errno = saved;
        }
        saved = errno;
        vxo_put(found, i == 0 ? "" : "/");
        vxo_put(found, name);
    }
    *holder = at;
    if (fd < 0) {
        if (at >= 0) {
            (void)close(at);
        }
        refuse(error, saved);
    }
    return fd;
}
