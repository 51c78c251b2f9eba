/* Chains. One parent after the other, each judged before its own parent is looked for. At most
 * VX_CHAIN_MAX of them, and for each at most the files of one folder. */
#include "cli/parents.h"

#include <stdlib.h>
#include <string.h>

#include "cli/guard.h"
#include "parser/workspace.h"

static const struct vx_facts *facts_of(const struct cli_session *session)
{
    return &session->check.structure.facts;
}

static struct cli_session *last_of(const struct cli_chain *chain)
{
    return chain->link[chain->count - 1].session;
}

static bool has_parent(const struct cli_session *session)
{
    const struct vx_facts *facts = facts_of(session);

    return facts->has_geometry && facts->geometry.has_parent;
}

/* ---- Building it ---- */

/* Append the image of a session. Returns false when the chain would have no end. */
static bool add(struct cli_chain *chain, struct cli_session *session, enum vxo_found found)
{
    struct cli_link *link = &chain->link[chain->count];
    const struct vx_facts *facts = facts_of(session);
    const struct vx_file_identity identity = {.volume = session->file.state.device,
                                              .file = session->file.state.inode};
    bool is_new = vx_chain_add(&chain->seen, NULL, facts, identity);

    link->session = session;
    link->found = found;
    chain->count++;
    if (!is_new || chain->disks.count + 1 < chain->count) {
        return is_new; /* no disk reaches as far as this one */
    }
    if (!facts->has_geometry || !facts->regions.bat.is_usable) {
        chain->disks.end = VX_RUN_003; /* as its check says */
        return true;
    }
    vx_disk_init(&link->disk, &session->check.view, &facts->geometry, &facts->regions.bat,
                 session->check.structure.ws->table);
    return vx_chain_add(&chain->disks, &link->disk, facts, identity);
}

/* The chain comes back to itself, or is too long. */
static void report_endless(struct cli_chain *chain, struct cli_session *child, const char *why)
{
    vx_chain_report_endless(&chain->seen, facts_of(child), &child->reporter);
    if (chain->disks.count == chain->seen.count) {
        chain->disks.end = VX_CHN_006;
    }
    chain->is_endless = true;
    vxo_put(&chain->why, why);
}

/* The parent was looked for, and is not there. */
static void report_missing(struct cli_chain *chain, struct cli_session *child)
{
    struct vx_finding f = vx_finding_at(VX_RUN_010, VX_OBJ_LOCATOR, 0, VX_NO_OFFSET, 0);

    vx_report(&child->reporter, &f);
    if (chain->disks.count == chain->count) {
        chain->disks.end = VX_RUN_010;
    }
}

/* The file that was found, or NULL with the reason in chain->why. */
static struct cli_session *open_parent(struct cli_chain *chain, struct cli_search *search)
{
    struct cli_session *session = cli_find_parent(search);

    if (session != NULL && session->error.len > 0) {
        vxo_put(&chain->why, session->name_text);
        vxo_put(&chain->why, ": ");
        vxo_put(&chain->why, session->error_text);
        cli_session_close(session);
        session = NULL;
    }
    return session;
}

/* Find and judge the parent of the last link. Returns whether to go on from there. */
static bool add_parent(struct cli_chain *chain, const struct cli_options *options)
{
    struct cli_session *child = last_of(chain);
    struct cli_search search = {.options = options,
                                .child = child,
                                .depth = chain->count - 1,
                                .why = &chain->why,
                                .relatives = &chain->relatives};
    struct cli_session *parent = NULL;

    if (chain->count == VX_CHAIN_MAX) {
        report_endless(chain, child, "it is longer than any reader follows");
        return false;
    }
    parent = open_parent(chain, &search);
    chain->is_refused = search.is_refused;
    if (parent == NULL) {
        report_missing(chain, child);
        return false;
    }
    /* what one way did not find another one did */
    vxo_buffer_init(&chain->why, chain->why_text, sizeof(chain->why_text));
    memset(&chain->relatives, 0, sizeof(chain->relatives));
    parent->has_chain = true;
    cli_session_run(parent, CLI_DEPTH_BLOCKS, VXR_ALL_ENTRIES);
    vx_chain_judge(facts_of(child), facts_of(parent), &child->reporter);
    child->file.parent = &parent->file;
    if (!add(chain, parent, search.found)) {
        report_endless(chain, child,
                       "the last image that was found is one of those before it, or a copy of one");
        return false;
    }
    return has_parent(parent);
}

/* A parent named for an image that has none is a mistake about the image, or about the parent. */
static void refuse_surplus(struct cli_chain *chain, const struct cli_options *options)
{
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer what;

    if (!chain->is_complete || (uint32_t)options->parent_count < chain->count) {
        return;
    }
    chain->has_surplus = true;
    vxo_buffer_init(&what, text, sizeof(text));
    vxo_put(&what, "is no differencing image and has no parent, but --parent gives it ");
    vxo_put_printable(&what, options->parent[chain->count - 1]);
    cli_complain(last_of(chain)->path, text);
}

static void find_all(struct cli_chain *chain, const struct cli_options *options)
{
    bool may_go_on = has_parent(last_of(chain));

    while (may_go_on && chain->was_followed) {
        may_go_on = add_parent(chain, options);
    }
    if (may_go_on) {
        vxo_put(&chain->why, "--parent, --parent-dir or --follow say where it may be");
    }
    chain->is_complete =
        !chain->is_endless && facts_of(last_of(chain))->has_geometry && !has_parent(last_of(chain));
}

struct cli_chain *cli_chain_open(const struct cli_options *options, struct cli_session *image,
                                 enum cli_depth depth)
{
    struct cli_chain *chain = calloc(1, sizeof(*chain));

    if (chain == NULL) {
        cli_complain(image->path, CLI_NO_MEMORY);
        return NULL;
    }
    chain->was_followed =
        options->parent_count > 0 || options->parent_folder != NULL || options->is_following;
    vxo_buffer_init(&chain->why, chain->why_text, sizeof(chain->why_text));
    vx_chain_init(&chain->disks);
    vx_chain_init(&chain->seen);
    image->has_chain = chain->was_followed;
    cli_session_run(image, depth, options->at);
    (void)add(chain, image, VXO_FOUND_IMAGE);
    if (!cli_session_reaches(image, options)) {
        cli_chain_close(chain);
        return NULL;
    }
    find_all(chain, options);
    if (chain->is_refused || !cli_guard_file(&image->file)) {
        cli_chain_close(chain);
        return NULL;
    }
    refuse_surplus(chain, options);
    return chain;
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

/* ---- What it came to ---- */

struct vxo_chain cli_chain_report(struct cli_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        chain->told[i].report = cli_session_report(chain->link[i].session, VXO_CHECK);
        chain->told[i].found = chain->link[i].found;
        cli_read_paths(chain->link[i].session, chain->told[i].path);
    }
    return (struct vxo_chain){
        .link = chain->told,
        .count = chain->count,
        .is_complete = chain->is_complete,
        .is_endless = chain->is_endless,
        .was_followed = chain->was_followed,
        .why = chain->why_text,
        .relatives = &chain->relatives,
    };
}

enum cli_exit cli_chain_exit(struct cli_chain *chain)
{
    enum cli_exit status = chain->has_surplus ? CLI_EXIT_INCOMPLETE : CLI_EXIT_SOUND;

    for (uint32_t i = 0; i < chain->count; i++) {
        status = cli_exit_worse(status, cli_session_exit(chain->link[i].session));
    }
    return status;
}

void cli_chain_complain(struct cli_chain *chain)
{
    struct vxo_chain report = cli_chain_report(chain);
    struct vxo_line line;

    if (chain->why.len == 0) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, chain->is_endless ? "no end of its chain was reached: "
                                         : "is a differencing image, and its parent is missing: ");
    vxo_put(&line.put, chain->why_text);
    cli_complain(chain->is_endless ? chain->link[0].session->path : last_of(chain)->path,
                 line.text);
    for (uint32_t i = 0; i < chain->relatives.count; i++) {
        vxo_line_init(&line);
        vxo_put_relative(&line.put, &report, &chain->relatives.at[i]);
        cli_complain(chain->relatives.at[i].name, line.text);
    }
    vxo_line_init(&line);
    vxo_put_chain_advice(&line.put, &report);
    if (line.put.len > 0) {
        cli_complain(last_of(chain)->path, line.text);
    }
}

enum cli_exit cli_chain_judge(struct cli_chain *chain, bool is_salvage)
{
    enum cli_exit status = CLI_EXIT_SOUND;

    if (chain->has_surplus) {
        return CLI_EXIT_INCOMPLETE;
    }
    cli_chain_complain(chain);
    for (uint32_t i = 0; i < chain->count && status == CLI_EXIT_SOUND; i++) {
        status = cli_session_judge(chain->link[i].session, is_salvage);
    }
    return status == CLI_EXIT_SOUND && !chain->is_complete && !is_salvage ? CLI_EXIT_INCOMPLETE
                                                                          : status;
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
        has_changed = cli_session_has_changed(chain->link[i].session) || has_changed;
    }
    return has_changed;
}

bool cli_chain_is_torn(struct cli_chain *chain)
{
    bool is_torn = false;

    for (uint32_t i = 0; i < chain->count; i++) {
        if (cli_session_has_changed(chain->link[i].session)) {
            cli_complain(chain->link[i].session->path,
                         "changed while it was read: what was read mixes two states");
            is_torn = true;
        }
    }
    return is_torn;
}
