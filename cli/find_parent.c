/* Search. Naive form, and this one: every file of the folder, in the order of names; every name of
 * a path. */
#define _GNU_SOURCE /* NOLINT: scandirat() */
#include "cli/find_parent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/beneath.h"
#include "cli/guard.h"
#include "cli/relatives.h"

enum { NAME_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES };

static const struct vx_facts *facts_of(const struct cli_session *session)
{
    return &session->check.structure.facts;
}

/* ---- --parent-dir ---- */

/* The files of the folder, by name. */
struct folder {
    int fd;
    struct dirent **entry;
    int count;        /* negative: they cannot be listed */
    unsigned unread;  /* that may be images, but could not be read */
    unsigned skipped; /* that are links */
};

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void open_folder(const char *path, struct folder *folder)
{
    *folder = (struct folder){.fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY), .count = -1};
    if (folder->fd >= 0) {
        folder->count = scandirat(folder->fd, ".", &folder->entry, is_visible, alphasort);
    }
}

static void close_folder(struct folder *folder)
{
    for (int i = 0; i < folder->count; i++) {
        free(folder->entry[i]);
    }
    free(folder->entry);
    if (folder->fd >= 0) {
        (void)close(folder->fd);
    }
}

/* Open the file of that name if it is a regular one. A link is not followed: it may lead out of the
 * folder. What should have been opened and is not is counted. */
static int open_entry(struct folder *folder, const char *name)
{
    struct stat status;
    int fd = -1;

    if (fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        folder->unread += errno != ENOENT; /* as if it had never been there */
        return -1;
    }
    folder->skipped += S_ISLNK(status.st_mode);
    if (!S_ISREG(status.st_mode)) {
        return -1;
    }
    fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        return fd;
    }
    folder->unread++;
    if (fd >= 0) {
        (void)close(fd); /* it was replaced in between */
    }
    return -1;
}

static bool is_parent(const struct cli_search *s, const struct cli_identity *identity)
{
    return vx_locator_names(&facts_of(s->child)->locator, &identity->data_write_guid);
}

/* Open the file of that name if it is the parent. */
static int open_if_parent(const struct cli_search *s, struct folder *folder, const char *name)
{
    struct cli_identity identity;
    int fd = open_entry(folder, name);
    enum cli_peeked peeked = fd < 0 ? CLI_PEEK_OTHER : cli_peek(fd, false, &identity);

    if (peeked == CLI_PEEK_IMAGE && is_parent(s, &identity)) {
        return fd;
    }
    folder->unread += peeked == CLI_PEEK_UNREAD;
    if (fd >= 0) {
        (void)close(fd);
    }
    return -1;
}

/* The first file that is the parent. The session takes the folder over, and nobody else needs it.
 */
static struct cli_session *search_folder(struct cli_search *s, struct folder *folder)
{
    struct cli_opened opened = {
        .fd = -1, .folder = folder->fd, .folder_name = s->options->parent_folder};

    for (int i = 0; i < folder->count && opened.fd < 0; i++) {
        opened.name = folder->entry[i]->d_name;
        opened.fd = open_if_parent(s, folder, opened.name);
    }
    if (opened.fd < 0) {
        return NULL;
    }
    folder->fd = -1;
    return cli_session_take(&opened, s->options->memory_bytes);
}

/* No file is the parent: say so, and what of the folder was not looked at. */
static void put_why_not(struct vxo_buffer *why, const struct folder *folder)
{
    if (folder->count < 0) {
        vxo_put(why, "the folder of --parent-dir cannot be read");
        return;
    }
    vxo_put(why, "no image in the folder of --parent-dir is the one that it names");
    if (folder->unread > 0) {
        vxo_put(why, ", as far as they can be read: ");
        vxo_put_count(why, folder->unread, "file");
        vxo_put(why, " there cannot");
    }
    if (folder->skipped > 0) {
        vxo_put(why, ", and links are not followed, of which it has ");
        vxo_put_uint(why, folder->skipped);
    }
}

static struct cli_session *find_in_folder(struct cli_search *s)
{
    struct cli_session *session = NULL;
    struct folder folder;

    s->found = VXO_FOUND_IN_FOLDER;
    open_folder(s->options->parent_folder, &folder);
    session = search_folder(s, &folder);
    if (session == NULL && folder.fd < 0 && folder.count >= 0) {
        vxo_put(s->why, CLI_NO_MEMORY); /* for the parent that was found */
    } else if (session == NULL) {
        put_why_not(s->why, &folder);
    }
    close_folder(&folder);
    return session;
}

/* Would no report go into the relative open as fd, which may be the only copy of the parent? */
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

/* Note the file of that name if it is a relative. */
static void note_if_relative(struct cli_search *s, const struct vxo_path path[VXO_PATH_COUNT],
                             struct folder *folder, const char *name)
{
    struct cli_identity identity;
    uint64_t known = s->relatives->total;
    int fd = open_entry(folder, name);

    if (fd < 0) {
        return;
    }
    if (cli_peek(fd, true, &identity) == CLI_PEEK_IMAGE && !is_parent(s, &identity)) {
        cli_relatives_add(s->relatives, facts_of(s->child), path, name, &identity);
    }
    s->is_refused = s->is_refused || (s->relatives->total > known && !may_print(fd));
    (void)close(fd);
}

/* Once for a chain, where it ends, because more than the headers of each file is read. */
static void note_relatives(struct cli_search *s)
{
    struct vxo_path path[VXO_PATH_COUNT];
    struct folder folder;

    cli_read_paths(s->child, path);
    open_folder(s->options->parent_folder, &folder);
    for (int i = 0; i < folder.count && !s->is_refused; i++) {
        note_if_relative(s, path, &folder, folder.entry[i]->d_name);
    }
    close_folder(&folder);
    cli_relatives_judge(s->relatives, facts_of(s->child));
}

/* ---- --follow ---- */

/* What following a path takes, too much for a stack frame. */
struct trail {
    uint8_t units[2 * CLI_WIN_PATH_UNITS_MAX];
    struct cli_win_path path;
    char name[NAME_BYTES];
    char folder_name[CLI_LABEL_BYTES];
};

/* Read the relative path from the locator. */
static bool read_trail(struct cli_search *s, struct trail *trail)
{
    const struct vx_locator_value *value = &facts_of(s->child)->locator.value[VX_KEY_RELATIVE_PATH];

    if (!value->is_present) {
        vxo_put(s->why, "it has no relative_path that could be followed");
        return false;
    }
    if (value->units > CLI_WIN_PATH_UNITS_MAX) {
        vxo_put(s->why, "its relative_path is too long to be followed");
        return false;
    }
    if (vx_source_read(&s->child->check.view, value->offset, trail->units,
                       2 * (size_t)value->units) != VX_OK) {
        vxo_put(s->why, "its relative_path cannot be read");
        return false;
    }
    vxo_put(s->why, "its relative_path ");
    return cli_win_path_parse(trail->units, value->units, &trail->path, s->why);
}

/* What the relative path leads to, below the folder of the child. */
static struct cli_session *walk(struct cli_search *s, struct trail *trail)
{
    const char *slash = strrchr(s->child->path, '/');
    struct cli_opened opened = {.fd = -1, .name = trail->name};
    struct vxo_buffer folder_name;
    struct vxo_buffer name;
    int folder = -1;

    if (!read_trail(s, trail)) {
        return NULL;
    }
    folder = cli_session_folder(s->child);
    if (folder < 0) {
        vxo_put(s->why, "cannot be followed: the folder of the image cannot be opened");
        return NULL;
    }
    vxo_buffer_init(&name, trail->name, sizeof(trail->name));
    opened.fd = cli_open_beneath(folder, &trail->path, &opened.folder, &name, s->why);
    if (opened.fd < 0) {
        return NULL;
    }
    if (slash != NULL) {
        vxo_buffer_init(&folder_name, trail->folder_name, sizeof(trail->folder_name));
        vxo_put_bytes(&folder_name, s->child->path, (size_t)(slash - s->child->path));
        opened.folder_name = trail->folder_name;
    }
    return cli_session_take(&opened, s->options->memory_bytes);
}

static struct cli_session *follow(struct cli_search *s)
{
    struct trail *trail = calloc(1, sizeof(*trail));
    struct cli_session *session = NULL;

    s->found = VXO_FOUND_FOLLOWED;
    if (trail == NULL) {
        vxo_put(s->why, CLI_NO_MEMORY);
        return NULL;
    }
    session = walk(s, trail);
    free(trail);
    return session;
}

/* ---- All of it ---- */

struct cli_session *cli_find_parent(struct cli_search *s)
{
    struct cli_session *session = NULL;

    if (s->depth < (uint32_t)s->options->parent_count) {
        s->found = VXO_FOUND_GIVEN;
        return cli_session_open(s->options->parent[s->depth], s->options->memory_bytes);
    }
    if (s->options->parent_folder != NULL) {
        session = find_in_folder(s);
    }
    if (session == NULL && s->options->is_following) {
        vxo_put(s->why, s->why->len > 0 ? ", and " : "");
        session = follow(s);
    }
    if (session == NULL && s->why->len == 0) {
        vxo_put(s->why, "--parent does not name it");
    }
    if (session == NULL && s->options->parent_folder != NULL) {
        note_relatives(s);
    }
    return session;
}

/* ---- What the image names ---- */

/* A NUL ends no path here: what lies behind it is to be seen. */
static void show_nuls(uint8_t *units, uint32_t unit_count)
{
    for (uint32_t i = 0; i < unit_count; i++) {
        if (units[2 * i] == 0 && units[2 * i + 1] == 0) {
            units[2 * i] = 0xfd; /* U+FFFD */
            units[2 * i + 1] = 0xff;
        }
    }
}

void cli_read_paths(const struct cli_session *session, struct vxo_path path[VXO_PATH_COUNT])
{
    const struct vx_locator *locator = &facts_of(session)->locator;
    uint8_t units[2 * VX_TEXT_BYTES]; /* no shorter text fills a struct vx_text */

    for (unsigned i = 0; i < VXO_PATH_COUNT; i++) {
        const struct vx_locator_value *value = &locator->value[VX_KEY_RELATIVE_PATH + i];
        uint32_t count = value->units < VX_TEXT_BYTES ? value->units : VX_TEXT_BYTES;

        path[i] = (struct vxo_path){.is_present = value->is_present, .units = value->units};
        if (value->is_present && vx_source_read(&session->check.view, value->offset, units,
                                                2 * (size_t)count) == VX_OK) {
            show_nuls(units, count);
            vx_utf16_print(units, count, &path[i].text);
            path[i].is_read = true;
        }
    }
}
