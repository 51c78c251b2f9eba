/* Chains. One parent after the other, each judged before its own parent is looked for. At most
 * VX_CHAIN_MAX of them, and for each at most the files of one folder. */
#define _GNU_SOURCE /* NOLINT: scandirat() */
#include "cli/chain.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/beneath.h"
#include "cli/peek.h"
#include "parser/workspace.h"

enum { NAME_BYTES = CLI_WIN_NAMES_MAX * CLI_WIN_NAME_BYTES };

bool cli_chain_is_wanted(const struct cli_options *options)
{
    return options->parent_count > 0 || options->parent_folder != NULL || options->is_following;
}

static const struct vx_facts *facts_of(const struct cli_session *session)
{
    return &session->check.structure.facts;
}

/* ---- Finding a parent ---- */

/* The search for the parent of one image. */
struct search {
    const struct cli_options *options;
    const struct cli_session *child;
    uint32_t depth; /* of the child, 0 for the image */
    enum cli_found found;
    struct vxo_buffer *why; /* gets the reason when there is none */
};

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Is this file of the folder the parent? A link is not followed: it may lead out of the folder.
 * Returns its descriptor, or -1. */
static int open_if_parent(const struct search *s, int folder, const char *name)
{
    struct vx_guid guid;
    struct stat status;
    int fd = -1;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
        return -1;
    }
    fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 &&
        (!cli_peek(fd, &guid) || !vx_locator_names(&facts_of(s->child)->locator, &guid))) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* The first image of the folder, in the order of names, that is the parent. */
static struct cli_session *find_in_folder(struct search *s)
{
    const char *path = s->options->parent_folder;
    struct cli_session *session = NULL;
    struct dirent **entry = NULL;
    int folder = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    int count = folder < 0 ? -1 : scandirat(folder, ".", &entry, is_visible, alphasort);

    s->found = CLI_FOUND_IN_FOLDER;
    for (int i = 0; i < count; i++) {
        int fd = session == NULL ? open_if_parent(s, folder, entry[i]->d_name) : -1;

        if (fd >= 0) {
            session = cli_session_take(fd, path, entry[i]->d_name, s->options->memory_bytes);
        }
        free(entry[i]);
    }
    free(entry);
    if (folder >= 0) {
        (void)close(folder);
    }
    if (session == NULL) {
        vxo_put(s->why, count < 0 ? "the folder of --parent-dir cannot be read"
                                  : "no image in the folder of --parent-dir is the one that it "
                                    "names");
    }
    return session;
}

/* Read the relative path from the locator. */
static bool read_path(struct search *s, struct cli_win_path *path)
{
    const struct vx_locator_value *value = &facts_of(s->child)->locator.value[VX_KEY_RELATIVE_PATH];
    static uint8_t units[2 * CLI_WIN_PATH_UNITS_MAX];

    if (!value->is_present) {
        vxo_put(s->why, "it has no relative_path that could be followed");
        return false;
    }
    if (value->units > CLI_WIN_PATH_UNITS_MAX) {
        vxo_put(s->why, "its relative_path is too long to be followed");
        return false;
    }
    if (vx_source_read(&s->child->check.view, value->offset, units, 2 * (size_t)value->units) !=
        VX_OK) {
        vxo_put(s->why, "its relative_path cannot be read");
        return false;
    }
    vxo_put(s->why, "its relative_path ");
    return cli_win_path_parse(units, value->units, path, s->why);
}

/* What the relative path leads to, below the folder of the child. */
static struct cli_session *follow(struct search *s)
{
    static struct cli_win_path path;
    static char name_text[NAME_BYTES];
    const char *slash = strrchr(s->child->path, '/');
    char folder_text[CLI_LABEL_BYTES];
    struct vxo_buffer folder_name;
    struct vxo_buffer name;
    int folder = -1;
    int fd = -1;

    s->found = CLI_FOUND_FOLLOWED;
    if (!read_path(s, &path)) {
        return NULL;
    }
    vxo_buffer_init(&name, name_text, sizeof(name_text));
    folder = cli_folder_of(s->child->path);
    if (folder >= 0) {
        fd = cli_open_beneath(folder, &path, &name, s->why);
        (void)close(folder);
    } else {
        vxo_put(s->why, "cannot be followed: the folder of the image cannot be opened");
    }
    if (fd < 0) {
        return NULL;
    }
    s->why->len = 0;
    s->why->text[0] = '\0';
    vxo_buffer_init(&folder_name, folder_text, sizeof(folder_text));
    vxo_put_bytes(&folder_name, s->child->path,
                  slash == NULL ? 0 : (size_t)(slash - s->child->path));
    return cli_session_take(fd, slash == NULL ? "." : folder_text, name_text,
                            s->options->memory_bytes);
}

static struct cli_session *find_parent(struct search *s)
{
    struct cli_session *session = NULL;

    if (s->depth < (uint32_t)s->options->parent_count) {
        s->found = CLI_FOUND_GIVEN;
        return cli_session_open(s->options->parent[s->depth], s->options->memory_bytes);
    }
    if (s->options->parent_folder != NULL) {
        session = find_in_folder(s);
    }
    if (session == NULL && s->options->is_following) {
        s->why->len = 0;
        session = follow(s);
    }
    if (session == NULL && s->why->len == 0) {
        vxo_put(s->why, "it was not named: --parent, --parent-dir or --follow say where it may be");
    }
    return session;
}

/* ---- The chain ---- */

static bool has_parent(const struct cli_session *session)
{
    const struct vx_facts *facts = facts_of(session);

    return facts->has_geometry && facts->geometry.has_parent;
}

/* Append the image of a session. Returns false when the chain would have no end. */
static bool add(struct cli_chain *chain, struct cli_session *session, enum cli_found found)
{
    struct cli_link *link = &chain->link[chain->count];
    const struct vx_facts *facts = facts_of(session);
    const struct vx_file_identity identity = {.volume = session->file.state.device,
                                              .file = session->file.state.inode};

    link->session = session;
    link->found = found;
    chain->count++;
    if (!facts->has_geometry || !facts->regions.bat.is_usable) {
        return true; /* its check says what is wrong */
    }
    vx_disk_init(&link->disk, &session->check.view, &facts->geometry, &facts->regions.bat,
                 session->check.structure.ws->table);
    return vx_chain_add(&chain->disks, &link->disk, facts, identity);
}

/* A finding of the child: its parent was looked for, and is not there. */
static void report_missing(struct cli_session *child)
{
    struct vx_finding f = vx_finding_at(VX_RUN_010, VX_OBJ_LOCATOR, 0, VX_NO_OFFSET, 0);

    vx_report(&child->reporter, &f);
}

/* Find and judge the parent of the last link. Returns whether there is a new last link. */
static bool add_parent(struct cli_chain *chain, const struct cli_options *options)
{
    struct cli_link *last = &chain->link[chain->count - 1];
    struct search search = {
        .options = options, .child = last->session, .depth = chain->count - 1, .why = &chain->why};
    struct cli_session *session = NULL;

    if (chain->count < VX_CHAIN_MAX) {
        session = find_parent(&search);
    } else {
        vx_chain_report_endless(&chain->disks, facts_of(last->session), &last->session->reporter);
        return false;
    }
    if (session != NULL && session->error.len > 0) {
        vxo_put_printable(&chain->why, session->path);
        vxo_put(&chain->why, ": ");
        vxo_put(&chain->why, session->error_text);
        cli_session_close(session);
        session = NULL;
    }
    if (session == NULL) {
        report_missing(last->session);
        return false;
    }
    session->has_chain = true;
    cli_session_run(session, CLI_DEPTH_BLOCKS, VXR_ALL_ENTRIES);
    vx_chain_judge(facts_of(last->session), facts_of(session), &last->session->reporter);
    last->session->file.parent = &session->file;
    if (!add(chain, session, search.found)) {
        vx_chain_report_endless(&chain->disks, facts_of(last->session), &last->session->reporter);
        vxo_put(&chain->why, "it is one of the images before it");
        return false;
    }
    return true;
}

struct cli_chain *cli_chain_open(const struct cli_options *options, struct cli_session *image)
{
    struct cli_chain *chain = calloc(1, sizeof(*chain));

    if (chain == NULL) {
        cli_complain(image->path, CLI_NO_MEMORY);
        return NULL;
    }
    vxo_buffer_init(&chain->why, chain->why_text, sizeof(chain->why_text));
    vx_chain_init(&chain->disks);
    if (cli_chain_is_wanted(options)) {
        chain->disks.end = VX_RUN_010;
    }
    (void)add(chain, image, CLI_FOUND_IMAGE);
    if (cli_chain_is_wanted(options)) {
        while (has_parent(chain->link[chain->count - 1].session) && add_parent(chain, options)) {
        }
    }
    chain->is_complete = !has_parent(chain->link[chain->count - 1].session);
    return chain;
}

enum cli_exit cli_chain_judge(const struct cli_chain *chain, const struct cli_options *options)
{
    enum cli_exit status = CLI_EXIT_SOUND;
    struct vxo_buffer text;
    char text_bytes[2 * CLI_ERROR_BYTES];

    for (uint32_t i = 0; i < chain->count && status == CLI_EXIT_SOUND; i++) {
        status = cli_session_judge(chain->link[i].session, options);
    }
    if (status != CLI_EXIT_SOUND || chain->is_complete || options->is_salvage) {
        return status;
    }
    vxo_buffer_init(&text, text_bytes, sizeof(text_bytes));
    vxo_put(&text, "is a differencing image, whose parent is missing: ");
    vxo_put(&text, chain->why.len > 0 ? chain->why_text
                                      : "--parent, --parent-dir or --follow say where it may be");
    cli_complain(chain->link[chain->count - 1].session->path, text_bytes);
    return CLI_EXIT_INCOMPLETE;
}

enum cli_exit cli_chain_trust(const struct cli_chain *chain)
{
    enum cli_exit status = chain->is_complete ? CLI_EXIT_SOUND : CLI_EXIT_INCOMPLETE;

    for (uint32_t i = 0; i < chain->count; i++) {
        status = cli_exit_worse(status, cli_session_trust(chain->link[i].session));
    }
    return status;
}

bool cli_chain_has_changed(struct cli_chain *chain)
{
    bool has_changed = false;

    for (uint32_t i = 0; i < chain->count; i++) {
        if (cli_session_has_changed(chain->link[i].session)) {
            cli_complain(chain->link[i].session->path,
                         "changed while it was read: what was read mixes two states");
            has_changed = true;
        }
    }
    return has_changed;
}

void cli_chain_close(struct cli_chain *chain)
{
    if (chain == NULL) {
        return;
    }
    for (uint32_t i = 1; i < chain->count; i++) {
        cli_session_close(chain->link[i].session);
    }
    chain->link[0].session->file.parent = NULL;
    free(chain);
}
