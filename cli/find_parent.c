/* Search: who may be the parent, and in which order they are asked. */
#include "cli/find_parent.h"

#include <stdlib.h>
#include <string.h>

#include "cli/beneath.h"
#include "cli/peek.h"

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
            if (cli_peek(&file.source, false, &identity) == CLI_PEEK_IMAGE) {
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
    vxo_put(s->why, "leads to ");
    vxo_put_printable(s->why, trail->name);
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
           cli_peek(&session->file.source, false, &identity) == CLI_PEEK_IMAGE &&
           vx_locator_names(&facts_of(s->child)->locator, &identity.data_write_guid);
}

/* Say why what was followed, if anything, is not taken. */
static void drop_followed(struct cli_search *s, struct cli_session *session)
{
    if (session != NULL) {
        vxo_put(s->why, session->error.len > 0 ? ": " : ", which is not the one");
        vxo_put(s->why, session->error_text);
        cli_session_close(session);
    }
}

struct cli_session *cli_find_parent(struct cli_search *s)
{
    struct cli_session *session = take_given(s, true);
    struct cli_session *other = NULL;

    if (session == NULL && s->options->folder_count > 0) {
        s->found = VXO_FOUND_IN_FOLDER;
        session = cli_parent_dir_find(s->parent_dir, s->child, s->twins, s->why);
    }
    s->is_the_one = session != NULL;
    if (session == NULL && s->options->is_following) {
        vxo_put(s->why, s->why->len > 0 ? ", and " : "");
        session = follow(s);
    }
    if (session == NULL || (s->found == VXO_FOUND_FOLLOWED && !fits(s, session))) {
        other = take_given(s, false);
    }
    if (other != NULL) {
        drop_followed(s, session);
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
    for (size_t i = 0; i < unit_count; i++) {
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
