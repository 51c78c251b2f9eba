/* Search. Naive form, and this one: every file of the folders, in the order of names; every name of
 * a path; for each link. */
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
#include "cli/peek.h"
#include "cli/relatives.h"

enum { NAME_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES };

static const struct vx_facts *facts_of(const struct cli_session *session)
{
    return &session->check.structure.facts;
}

/* ---- --parent ---- */

void cli_look_at_given(const struct cli_options *options, struct cli_given *given)
{
    for (int i = 0; i < options->parent_count; i++) {
        struct cli_identity identity;
        struct cli_file file;
        char text[CLI_ERROR_BYTES];
        struct vxo_buffer error;

        vxo_buffer_init(&error, text, sizeof(text));
        if (cli_file_open(&file, options->parent[i], &error)) {
            if (cli_peek(&file.source, &identity) == CLI_PEEK_IMAGE) {
                given[i].data_write_guid = identity.data_write_guid;
            }
            cli_file_close(&file);
        }
    }
}

/* Open the first file of --parent that was not used yet; must_fit: and is the parent. */
static struct cli_session *take_given(struct cli_search *s, bool must_fit)
{
    for (int i = 0; i < s->options->parent_count; i++) {
        struct cli_given *given = &s->given[i];

        if (!given->is_used && (!must_fit || vx_locator_names(&facts_of(s->child)->locator,
                                                              &given->data_write_guid))) {
            given->is_used = true;
            s->found = VXO_FOUND_GIVEN;
            return cli_session_open(s->options->parent[i], s->options->memory_bytes);
        }
    }
    return NULL;
}

/* ---- --parent-dir ---- */

/* A search of the folders. */
struct sweep {
    struct cli_search *s;
    struct vxo_path path[VXO_PATH_COUNT];
    struct cli_opened best; /* fd -1: none yet */
    char best_name[CLI_WIN_NAME_BYTES];
    bool is_best_sound;
    char unread[CLI_ERROR_BYTES]; /* which file could not be read first, and why */
};

static int is_no_folder_of_itself(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Open the file of that name if it is a regular one. A link is not followed: it may lead out of the
 * folder. Returns -1 with 0 in errno for what is not looked at. */
static int open_entry(struct vxo_scan *scan, int folder, const char *name)
{
    struct stat status;

    errno = 0;
    if (name[0] == '.') {
        scan->hidden++;
        return -1;
    }
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        scan->files++;
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        *(S_ISLNK(status.st_mode) ? &scan->links : &scan->others) += 1;
        return -1;
    }
    scan->files++;
    return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
}

static void note_unread(struct sweep *sweep, const char *name, const char *why)
{
    struct vxo_buffer put;

    if (sweep->s->relatives->scan.unread++ == 0) {
        vxo_buffer_init(&put, sweep->unread, sizeof(sweep->unread));
        vxo_put_printable(&put, name);
        vxo_put(&put, ": ");
        vxo_put(&put, why);
    }
}

static void note_twin(struct vxo_twins *twins, const char *folder, const char *name)
{
    if (twins->count < VXO_TWINS_MAX) {
        cli_put_file_name(twins->name[twins->count], folder, name);
        twins->count++;
    }
    twins->total++;
}

/* It is the parent, or a copy of it. The sweep takes the file over. */
static void note_match(struct sweep *sweep, int fd, int folder, const char *folder_name,
                       const char *name, bool is_sound)
{
    struct cli_opened *best = &sweep->best;

    if (best->fd >= 0 && (sweep->is_best_sound || !is_sound)) {
        note_twin(sweep->s->twins, folder_name, name);
        (void)close(fd);
        return;
    }
    if (best->fd >= 0) {
        note_twin(sweep->s->twins, best->folder_name, best->name);
        (void)close(best->fd);
        (void)close(best->folder);
    }
    memcpy(sweep->best_name, name, strlen(name) + 1);
    *best = (struct cli_opened){.fd = fd,
                                .folder = fcntl(folder, F_DUPFD_CLOEXEC, 3),
                                .folder_name = folder_name,
                                .name = sweep->best_name};
    sweep->is_best_sound = is_sound;
}

/* Who is the image open as fd, which stays the caller's? error: for the user, of CLI_PEEK_UNREAD.
 */
static enum cli_peek peek(int fd, struct cli_identity *identity, struct vxo_buffer *error)
{
    enum cli_peek result = CLI_PEEK_UNREAD;
    struct cli_file file;

    if (cli_file_take(&file, fcntl(fd, F_DUPFD_CLOEXEC, 3), error)) {
        result = cli_peek(&file.source, identity);
        cli_file_close(&file);
        vxo_put(error, "cannot be read");
    }
    return result;
}

/* Is that file the parent, or a relative? */
static void look_at(struct sweep *sweep, int folder, const char *folder_name, const char *name)
{
    const struct vx_facts *child = facts_of(sweep->s->child);
    struct cli_identity identity;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    enum cli_peek result = CLI_PEEK_OTHER;
    int fd = open_entry(&sweep->s->relatives->scan, folder, name);

    if (fd < 0) {
        if (errno != 0) {
            note_unread(sweep, name, strerror(errno));
        }
        return;
    }
    vxo_buffer_init(&error, text, sizeof(text));
    result = peek(fd, &identity, &error);
    if (result == CLI_PEEK_UNREAD) {
        note_unread(sweep, name, text);
    }
    if (result == CLI_PEEK_IMAGE && strlen(name) < sizeof(sweep->best_name) &&
        vx_locator_names(&child->locator, &identity.data_write_guid)) {
        note_match(sweep, fd, folder, folder_name, name, identity.is_sound);
        return;
    }
    if (result == CLI_PEEK_IMAGE) {
        cli_relatives_add(sweep->s->relatives, child, sweep->path, folder_name, name, &identity);
    }
    (void)close(fd);
}

static void sweep_folder(struct sweep *sweep, const char *folder_name)
{
    struct dirent **entry = NULL;
    int folder = open(folder_name, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    int count = folder < 0 ? -1 : scandirat(folder, ".", &entry, is_no_folder_of_itself, alphasort);

    if (count < 0) {
        note_unread(sweep, folder_name, strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        look_at(sweep, folder, folder_name, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    if (folder >= 0) {
        (void)close(folder);
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
static void put_scan(struct vxo_buffer *put, const struct sweep *sweep)
{
    const struct vxo_scan *scan = &sweep->s->relatives->scan;
    const char *separator = "; not looked at: ";

    if (scan->unread > 0) {
        vxo_put(put, "; ");
        vxo_put_count(put, scan->unread, "file");
        vxo_put(put, scan->unread == 1 ? " could not be read: " : " could not be read, such as ");
        vxo_put(put, sweep->unread);
    }
    separator = put_part(put, separator, scan->links, "link");
    separator = put_part(put, separator, scan->hidden, "hidden file");
    (void)put_part(put, separator, scan->others, "other thing");
}

static struct cli_session *find_in_folders(struct cli_search *s)
{
    struct sweep *sweep = calloc(1, sizeof(*sweep));
    struct cli_session *session = NULL;

    s->found = VXO_FOUND_IN_FOLDER;
    if (sweep == NULL) {
        vxo_put(s->why, CLI_NO_MEMORY);
        return NULL;
    }
    sweep->s = s;
    sweep->best.fd = -1;
    s->relatives->has_scan = true;
    cli_read_paths(s->child, sweep->path);
    for (int i = 0; i < s->options->folder_count; i++) {
        sweep_folder(sweep, s->options->folder[i]);
    }
    if (sweep->best.fd >= 0) {
        session = cli_session_take(&sweep->best, s->options->memory_bytes);
    } else {
        cli_relatives_judge(s->relatives, facts_of(s->child));
        vxo_put(s->why, "no image in the folder of --parent-dir is the one that it names");
        put_scan(s->why, sweep);
    }
    free(sweep);
    return session;
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

/* Is what was opened the parent? */
static bool fits(const struct cli_search *s, const struct cli_session *session)
{
    struct cli_identity identity;

    return session->error.len == 0 &&
           cli_peek(&session->file.source, &identity) == CLI_PEEK_IMAGE &&
           vx_locator_names(&facts_of(s->child)->locator, &identity.data_write_guid);
}

struct cli_session *cli_find_parent(struct cli_search *s)
{
    struct cli_session *session = take_given(s, true);
    struct cli_session *other = NULL;

    if (session == NULL && s->options->folder_count > 0) {
        session = find_in_folders(s);
    }
    if (session == NULL && s->options->is_following) {
        vxo_put(s->why, s->why->len > 0 ? ", and " : "");
        session = follow(s);
    }
    if (session == NULL || (s->found == VXO_FOUND_FOLLOWED && !fits(s, session))) {
        other = take_given(s, false);
    }
    if (other != NULL) {
        cli_session_close(session);
        session = other;
    }
    if (session == NULL && s->why->len == 0) {
        vxo_put(s->why, "--parent does not name it");
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
