/* Search. Naive form, and this one: every file of the folder, in the order of names; every name of
 * a path. */
#define _GNU_SOURCE /* NOLINT: scandirat() */
#include "cli/find_parent.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/beneath.h"
#include "cli/relatives.h"

enum { NAME_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES };

static const struct vx_facts *facts_of(const struct cli_session *session)
{
    return &session->check.structure.facts;
}

/* ---- --parent-dir ---- */

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Open the file of that name if it is a regular one. A link is not followed: it may lead out of the
 * folder. */
static int open_entry(int folder, const char *name)
{
    struct stat status;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
        return -1;
    }
    return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
}

/* Open the file of that name if it is the parent, and note it if it is a relative. */
static int open_if_parent(struct cli_search *s, const struct vxo_path path[VXO_PATH_COUNT],
                          int folder, const char *name)
{
    struct cli_identity identity;
    int fd = open_entry(folder, name);

    if (fd >= 0 && cli_peek(fd, &identity)) {
        if (vx_locator_names(&facts_of(s->child)->locator, &identity.data_write_guid)) {
            return fd;
        }
        cli_relatives_add(s->relatives, facts_of(s->child), path, name, &identity);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return -1;
}

/* The session takes the folder over, and nobody else needs it. */
static struct cli_session *search_folder(struct cli_search *s, int folder, struct dirent **entry,
                                         int count)
{
    struct vxo_path path[VXO_PATH_COUNT];
    struct cli_opened opened = {
        .fd = -1, .folder = folder, .folder_name = s->options->parent_folder};

    cli_read_paths(s->child, path);
    for (int i = 0; i < count && opened.fd < 0; i++) {
        opened.name = entry[i]->d_name;
        opened.fd = open_if_parent(s, path, folder, opened.name);
    }
    return opened.fd < 0 ? NULL : cli_session_take(&opened, s->options->memory_bytes);
}

static struct cli_session *find_in_folder(struct cli_search *s)
{
    struct dirent **entry = NULL;
    struct cli_session *session = NULL;
    int folder = open(s->options->parent_folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    int count = folder < 0 ? -1 : scandirat(folder, ".", &entry, is_visible, alphasort);

    s->found = VXO_FOUND_IN_FOLDER;
    if (count < 0) {
        vxo_put(s->why, "the folder of --parent-dir cannot be read");
    } else {
        session = search_folder(s, folder, entry, count);
    }
    for (int i = 0; i < count; i++) {
        free(entry[i]);
    }
    free(entry);
    if (session == NULL) {
        cli_relatives_judge(s->relatives, facts_of(s->child));
        vxo_put(s->why, count < 0 ? ""
                                  : "no image in the folder of --parent-dir is the one that "
                                    "it names");
        if (folder >= 0) {
            (void)close(folder);
        }
    }
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
