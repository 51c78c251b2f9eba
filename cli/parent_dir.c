/* Folders. Naive form: every file is opened for each link of a chain. Here its headers are read
 * once; what they say is compared, and looked at again before it is relied on. */
#define _GNU_SOURCE /* NOLINT: scandirat() */
#include "cli/parent_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/guard.h"
#include "cli/relatives.h"

/* Who a file said it is, when it was listed. */
struct file {
    char *name;
    bool is_image;
    struct vx_guid data_write_guid;
};

struct folder {
    int fd;
    const char *path;
    bool is_repeated; /* another name of one before it: not listed again */
    dev_t device;
    ino_t inode;
    struct file *file; /* in the order of names, count of them */
    int count;
};

struct cli_parent_dir {
    const struct cli_options *options;
    struct folder folder[CLI_PARENTS_MAX];
    bool is_listed;
    bool is_refused; /* see cli_parent_dir_may_print(), whose reason was said */
    struct vxo_scan scan;
    char unread[CLI_ERROR_BYTES]; /* which file could not be read first, and why */
};

/* Is folder `which` one of those before it? */
static bool is_repeated(const struct cli_parent_dir *dir, int which)
{
    const struct folder *folder = &dir->folder[which];
    bool is_same = false;

    for (int i = 0; i < which; i++) {
        is_same = is_same || (dir->folder[i].device == folder->device &&
                              dir->folder[i].inode == folder->inode);
    }
    return is_same;
}

struct cli_parent_dir *cli_parent_dir_open(const struct cli_options *options)
{
    struct cli_parent_dir *dir = calloc(1, sizeof(*dir));
    bool is_good = dir != NULL;

    if (dir == NULL) {
        cli_complain(options->folder[0], CLI_NO_MEMORY);
        return NULL;
    }
    dir->options = options;
    for (int i = 0; i < options->folder_count; i++) {
        struct folder *folder = &dir->folder[i];
        char text[CLI_ERROR_BYTES];
        struct vxo_buffer why;
        struct stat status;

        folder->path = options->folder[i];
        folder->fd = open(folder->path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        if (folder->fd < 0 || fstat(folder->fd, &status) != 0) {
            vxo_buffer_init(&why, text, sizeof(text));
            vxo_put(&why, "the folder of --parent-dir cannot be read: ");
            vxo_put(&why, strerror(errno));
            cli_complain(folder->path, text);
            is_good = false;
            continue;
        }
        folder->device = status.st_dev;
        folder->inode = status.st_ino;
        folder->is_repeated = is_repeated(dir, i);
    }
    if (!is_good) {
        cli_parent_dir_close(dir);
        return NULL;
    }
    return dir;
}

void cli_parent_dir_close(struct cli_parent_dir *dir)
{
    if (dir == NULL) {
        return;
    }
    for (int i = 0; i < dir->options->folder_count; i++) {
        struct folder *folder = &dir->folder[i];

        for (int k = 0; k < folder->count; k++) {
            free(folder->file[k].name);
        }
        free(folder->file);
        if (folder->fd >= 0) {
            (void)close(folder->fd);
        }
    }
    free(dir);
}

/* ---- Files ---- */

static void note_unread(struct cli_parent_dir *dir, const char *name, const char *why)
{
    struct vxo_buffer put;

    if (dir->scan.unread++ == 0) {
        vxo_buffer_init(&put, dir->unread, sizeof(dir->unread));
        vxo_put_printable(&put, name);
        vxo_put(&put, ": ");
        vxo_put(&put, why);
    }
}

/* Open the file of that name if it is a regular one. A link is not followed: it may lead out of the
 * folder. Returns -1 with the reason in error. */
static int open_regular(const struct folder *folder, const char *name, struct vxo_buffer *error)
{
    struct stat status;
    int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

    if (fd < 0) {
        vxo_put(error, strerror(errno));
    } else if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        vxo_put(error, "was replaced by something else");
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* Who is the image open as fd, which stays the caller's? error: the reason of CLI_PEEK_UNREAD. */
static enum cli_peek look_at(int fd, bool is_thorough, struct cli_identity *identity,
                             struct vxo_buffer *error)
{
    enum cli_peek result = CLI_PEEK_UNREAD;
    struct cli_file file;

    if (cli_file_take(&file, fcntl(fd, F_DUPFD_CLOEXEC, 3), error)) {
        result = cli_peek(&file.source, is_thorough, identity);
        cli_file_close(&file);
        vxo_put(error, result == CLI_PEEK_UNREAD ? "cannot be read" : "");
    }
    return result;
}

/* Would no report go into the file open as fd? */
static bool may_print(int fd)
{
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    struct cli_file file;
    bool is_allowed = true;

    vxo_buffer_init(&error, text, sizeof(text));
    if (cli_file_take(&file, fcntl(fd, F_DUPFD_CLOEXEC, 3), &error)) {
        is_allowed = cli_guard_file(&file);
        cli_file_close(&file);
    }
    return is_allowed;
}

/* ---- The list ---- */

/* Is it a file to be looked at? What is none is counted. */
static bool is_file(struct cli_parent_dir *dir, const struct folder *folder, const char *name)
{
    struct stat status;

    if (name[0] == '.') {
        dir->scan.hidden++;
        return false;
    }
    if (fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT) { /* else as if it had never been there */
            dir->scan.files++;
            note_unread(dir, name, strerror(errno));
        }
        return false;
    }
    dir->scan.links += S_ISLNK(status.st_mode);
    dir->scan.others += !S_ISLNK(status.st_mode) && !S_ISREG(status.st_mode);
    dir->scan.files += S_ISREG(status.st_mode);
    return S_ISREG(status.st_mode);
}

/* Who is the file of that name, if it is an image? */
static void identify(struct cli_parent_dir *dir, const struct folder *folder, struct file *file)
{
    struct cli_identity identity;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    enum cli_peek result = CLI_PEEK_UNREAD;
    int fd = -1;

    if (!is_file(dir, folder, file->name)) {
        return;
    }
    vxo_buffer_init(&error, text, sizeof(text));
    fd = open_regular(folder, file->name, &error);
    if (fd >= 0) {
        result = look_at(fd, false, &identity, &error);
        (void)close(fd);
    }
    if (result == CLI_PEEK_UNREAD) {
        note_unread(dir, file->name, text);
    }
    if (result == CLI_PEEK_IMAGE) {
        file->is_image = true;
        file->data_write_guid = identity.data_write_guid;
    }
}

static int is_no_folder_of_itself(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* The names in it, in their order. Returns false after a note that there are none. */
static bool read_names(struct cli_parent_dir *dir, struct folder *folder)
{
    struct dirent **entry = NULL;
    int count = scandirat(folder->fd, ".", &entry, is_no_folder_of_itself, alphasort);
    struct file *file = NULL;
    bool is_good = count >= 0;

    if (is_good) {
        file = calloc((size_t)count + 1, sizeof(*file));
        is_good = file != NULL;
    }
    for (int i = 0; i < count; i++) {
        if (is_good) {
            file[i].name = strdup(entry[i]->d_name);
            is_good = file[i].name != NULL;
        }
        free(entry[i]);
    }
    free((void *)entry);
    if (!is_good) {
        note_unread(dir, folder->path, count < 0 ? strerror(errno) : CLI_NO_MEMORY);
    }
    folder->file = file;
    folder->count = file == NULL ? 0 : count;
    return is_good;
}

static void list_folder(struct cli_parent_dir *dir, struct folder *folder)
{
    if (folder->is_repeated || !read_names(dir, folder)) {
        return;
    }
    for (int i = 0; i < folder->count; i++) {
        identify(dir, folder, &folder->file[i]);
    }
}

static void list_once(struct cli_parent_dir *dir)
{
    for (int i = 0; i < dir->options->folder_count && !dir->is_listed; i++) {
        list_folder(dir, &dir->folder[i]);
    }
    dir->is_listed = true;
}

/* ---- The parent ---- */

/* What was found so far. */
struct match {
    const struct vx_facts *child;
    struct cli_opened best; /* fd -1: none yet */
    int fitness;            /* of it */
    struct vxo_twins *twins;
    bool is_refused; /* a report would go into one of the twins */
};

static void note_twin(struct match *match, int fd, const char *folder, const char *name)
{
    struct vxo_twins *twins = match->twins;

    match->is_refused = match->is_refused || !may_print(fd);
    if (twins->count < VXO_TWINS_MAX) {
        cli_put_file_name(twins->name[twins->count], folder, name);
        twins->count++;
    }
    twins->total++;
}

/* How well it fits, more being better. A disk that was given another identity, to be another one,
 * may have kept the state. */
static int fitness(const struct cli_identity *identity, const struct vx_facts *child)
{
    bool is_other = identity->has_disk_id && child->metadata.has[VX_ITEM_DISK_ID] &&
                    !vx_guid_equal(&identity->disk_id, &child->metadata.disk_id);

    return (is_other ? 0 : 2) + (identity->is_sound ? 1 : 0);
}

/* It is the parent, or a copy of it. The match takes the file over. */
static void note_match(struct match *match, int fd, const struct folder *folder, const char *name,
                       const struct cli_identity *identity)
{
    struct cli_opened *best = &match->best;
    const int fit = fitness(identity, match->child);

    if (best->fd >= 0 && match->fitness >= fit) {
        note_twin(match, fd, folder->path, name);
        (void)close(fd);
        return;
    }
    if (best->fd >= 0) {
        note_twin(match, best->fd, best->folder_name, best->name);
        (void)close(best->fd);
        (void)close(best->folder);
    }
    *best = (struct cli_opened){.fd = fd,
                                .folder = fcntl(folder->fd, F_DUPFD_CLOEXEC, 3),
                                .folder_name = folder->path,
                                .name = name};
    match->fitness = fit;
}

/* A file that was the parent when it was listed. */
static void match_file(struct cli_parent_dir *dir, struct match *match, const struct folder *folder,
                       const char *name)
{
    struct cli_identity identity;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    enum cli_peek result = CLI_PEEK_UNREAD;
    int fd = -1;

    vxo_buffer_init(&error, text, sizeof(text));
    fd = open_regular(folder, name, &error);
    if (fd >= 0) {
        result = look_at(fd, true, &identity, &error);
    }
    if (result == CLI_PEEK_UNREAD) {
        note_unread(dir, name, text);
    }
    if (result == CLI_PEEK_IMAGE &&
        vx_locator_names(&match->child->locator, &identity.data_write_guid)) {
        note_match(match, fd, folder, name, &identity);
    } else if (fd >= 0) {
        (void)close(fd);
    }
}

static void match_folder(struct cli_parent_dir *dir, struct match *match,
                         const struct folder *folder)
{
    for (int i = 0; i < folder->count; i++) {
        if (folder->file[i].is_image &&
            vx_locator_names(&match->child->locator, &folder->file[i].data_write_guid)) {
            match_file(dir, match, folder, folder->file[i].name);
        }
    }
}

static const char *put_part(struct vxo_buffer *put, const char *separator, uint64_t count,
                            const char *noun)
{
    if (count == 0) {
        return separator;
    }
    vxo_put(put, separator);
    vxo_put_count(put, count, noun);
    return ", ";
}

/* What was not looked at, and could be the parent. */
static void put_scan(struct vxo_buffer *put, const struct cli_parent_dir *dir)
{
    const struct vxo_scan *scan = &dir->scan;
    const char *separator = "; not looked at: ";

    if (scan->unread > 0) {
        vxo_put(put, "; ");
        vxo_put_count(put, scan->unread, "file");
        vxo_put(put, scan->unread == 1 ? " could not be read: " : " could not be read, such as ");
        vxo_put(put, dir->unread);
    }
    separator = put_part(put, separator, scan->links, "link");
    separator = put_part(put, separator, scan->hidden, "hidden file");
    (void)put_part(put, separator, scan->others, "other thing");
}

struct cli_session *cli_parent_dir_find(struct cli_parent_dir *dir, const struct cli_session *child,
                                        struct vxo_twins *twins, struct vxo_buffer *why)
{
    struct match match = {
        .child = &child->check.structure.facts, .best = {.fd = -1}, .twins = twins};

    list_once(dir);
    for (int i = 0; i < dir->options->folder_count; i++) {
        match_folder(dir, &match, &dir->folder[i]);
    }
    dir->is_refused = dir->is_refused || match.is_refused;
    if (match.best.fd >= 0) {
        return cli_session_take(&match.best, dir->options->memory_bytes);
    }
    vxo_put(why, "no image in the folder of --parent-dir is the one that it names");
    put_scan(why, dir);
    return NULL;
}

/* ---- Relatives ---- */

/* What it takes to tell a relative. */
struct kin {
    const struct vx_facts *child;
    const struct vxo_path *path; /* VXO_PATH_COUNT of them */
    struct vxo_relatives *relatives;
};

/* Note an image of the list if it is one. Returns false when a report would go into it. */
static bool note_if_relative(struct kin *kin, const struct folder *folder, const char *name)
{
    const uint64_t known = kin->relatives->total;
    struct cli_identity identity;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    bool is_allowed = true;
    int fd = -1;

    vxo_buffer_init(&error, text, sizeof(text));
    fd = open_regular(folder, name, &error);
    if (fd < 0) {
        return true; /* it was there when the list was made, and is gone */
    }
    if (look_at(fd, true, &identity, &error) == CLI_PEEK_IMAGE &&
        !vx_locator_names(&kin->child->locator, &identity.data_write_guid)) {
        cli_relatives_add(kin->relatives, kin->child, kin->path, folder->path, name, &identity);
    }
    if (kin->relatives->total > known) {
        is_allowed = may_print(fd);
    }
    (void)close(fd);
    return is_allowed;
}

static bool note_of_folder(struct kin *kin, const struct folder *folder)
{
    for (int i = 0; i < folder->count; i++) {
        if (folder->file[i].is_image && !note_if_relative(kin, folder, folder->file[i].name)) {
            return false;
        }
    }
    return true;
}

void cli_parent_dir_note_relatives(struct cli_parent_dir *dir, const struct cli_session *child,
                                   const struct vxo_path path[VXO_PATH_COUNT],
                                   struct vxo_relatives *relatives)
{
    struct kin kin = {.child = &child->check.structure.facts, .path = path, .relatives = relatives};
    bool is_allowed = true;

    list_once(dir);
    memset(relatives, 0, sizeof(*relatives));
    for (int i = 0; i < dir->options->folder_count && is_allowed; i++) {
        is_allowed = note_of_folder(&kin, &dir->folder[i]);
    }
    relatives->has_scan = dir->options->folder_count > 0;
    relatives->scan = dir->scan;
    cli_relatives_judge(relatives, kin.child);
    dir->is_refused = dir->is_refused || !is_allowed;
}

bool cli_parent_dir_may_print(const struct cli_parent_dir *dir)
{
    return dir == NULL || !dir->is_refused;
}
