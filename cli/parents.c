/* Chains. One parent after the other, each judged before its own parent is looked for. At most
 * VX_CHAIN_MAX of them, and for each at most the files of the folders. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: O_DIRECTORY */
#include "cli/parents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    bool has_blocks = facts->has_geometry && facts->regions.bat.is_usable;

    link->session = session;
    link->found = found;
    chain->count++;
    if (has_blocks) {
        vx_disk_init(&link->disk, &session->check.view, &facts->geometry, &facts->regions.bat,
                     session->check.structure.ws->table);
        vx_disk_heed_claims(&link->disk, &session->check.structure.claims);
    }
    return vx_chain_add(&chain->disks, has_blocks ? &link->disk : NULL, facts, identity);
}

/* The chain comes back to itself, or is too long. */
static void report_endless(struct cli_chain *chain, struct cli_session *child,
                           enum vxo_ending ending, const char *why)
{
    chain->ending = ending;
    vx_chain_report_endless(&chain->disks, facts_of(child), &child->reporter);
    vx_chain_cut(&chain->disks, VX_CHN_006);
    vxo_put(&chain->why, why);
}

/* The parent was looked for, and is not there. */
static void report_missing(struct cli_chain *chain, struct cli_session *child)
{
    struct vx_finding f = vx_finding_at(VX_RUN_010, VX_OBJ_LOCATOR, 0, VX_NO_OFFSET, 0);

    vx_report(&child->reporter, &f);
    vx_chain_cut(&chain->disks, VX_RUN_010);
}

/* The file that was found, or NULL with the reason in chain->why. */
static struct cli_session *open_parent(struct cli_chain *chain, struct cli_search *search)
{
    struct cli_session *session = cli_find_parent(search);

    chain->ending = VXO_END_NOT_FOUND;
    if (session != NULL && session->error.len > 0) {
        vxo_put(&chain->why, chain->why.len > 0 ? ", and " : "");
        vxo_put(&chain->why, session->name_text);
        vxo_put(&chain->why, ": ");
        vxo_put(&chain->why, session->error_text);
        cli_session_close(session);
        session = NULL;
        chain->ending = VXO_END_UNREADABLE;
    }
    return session;
}

/* What there is instead of the right parent, in the folders of --parent-dir. */
static void note_relatives(struct cli_chain *chain, const struct cli_session *child)
{
    struct vxo_path path[VXO_PATH_COUNT];

    if (chain->parent_dir != NULL) {
        cli_read_paths(child, path);
        cli_parent_dir_note_relatives(chain->parent_dir, child, path, &chain->relatives);
    }
}

/* Find and judge the parent of the last link. Returns whether to go on from there. */
static bool add_parent(struct cli_chain *chain, const struct cli_options *options)
{
    struct cli_session *child = last_of(chain);
    struct cli_search search = {.options = options,
                                .child = child,
                                .given = chain->given,
                                .twins = &chain->twins[chain->count % VX_CHAIN_MAX],
                                .parent_dir = chain->parent_dir,
                                .why = &chain->why};
    struct cli_session *parent = NULL;
    bool is_wrong = false;

    if (chain->count == VX_CHAIN_MAX) {
        report_endless(chain, child, VXO_END_TOO_LONG, "it is longer than 256 images");
        return false;
    }
    parent = open_parent(chain, &search);
    if (parent == NULL) {
        report_missing(chain, child);
        if (!search.is_the_one) { /* else it is there, and was not changed */
            note_relatives(chain, child);
        }
        return false;
    }
    parent->has_chain = true;
    cli_session_run(parent, CLI_DEPTH_BLOCKS, VXR_ALL_ENTRIES);
    vx_chain_judge(&chain->disks, facts_of(child), facts_of(parent), &child->reporter);
    is_wrong = child->reporter.total[VX_CHN_001] > 0 || child->reporter.total[VX_LSS_002] > 0;
    child->file.parent = &parent->file;
    /* what one way did not find another one did */
    vxo_buffer_init(&chain->why, chain->why_text, sizeof(chain->why_text));
    if (!add(chain, parent, search.found)) {
        report_endless(chain, child, VXO_END_CIRCLE,
                       "what was found as the parent of the last image is one of those before it");
        return false;
    }
    if (is_wrong) {
        chain->ending = VXO_END_WRONG; /* whose parent that has is of no interest */
        note_relatives(chain, child);
        return false;
    }
    chain->ending = VXO_END_COUNT;
    return has_parent(parent);
}

/* A parent that is none of this chain is a mistake about the image, or about the parent. */
static void refuse_surplus(struct cli_chain *chain, const struct cli_options *options)
{
    bool has_end = chain->ending == VXO_END_COMPLETE || chain->ending == VXO_END_UNVERIFIED;

    for (int i = 0; i < options->parent_count && has_end; i++) {
        if (!chain->given[i].is_used) {
            chain->has_surplus = true;
            cli_complain(options->parent[i],
                         "is named with --parent, and is the parent of none of these images");
        }
    }
}

/* How does a chain end that has an end? */
static enum vxo_ending ending_of(const struct cli_chain *chain)
{
    bool is_verified = true;

    for (uint32_t i = 0; i + 1 < chain->count; i++) {
        /* that it names another one has ended the chain before */
        is_verified =
            is_verified && vx_locator_has_linkage(&facts_of(chain->link[i].session)->locator);
    }
    if (!facts_of(last_of(chain))->has_geometry) {
        return VXO_END_UNREADABLE;
    }
    return is_verified ? VXO_END_COMPLETE : VXO_END_UNVERIFIED;
}

static void find_all(struct cli_chain *chain, const struct cli_options *options)
{
    bool may_go_on = has_parent(last_of(chain));

    chain->ending = VXO_END_COUNT; /* not known yet */
    if (may_go_on) {
        cli_look_at_given(options, chain->given);
    }
    while (may_go_on && chain->was_followed) {
        may_go_on = add_parent(chain, options);
    }
    if (may_go_on) {
        chain->ending = VXO_END_NOT_LOOKED_FOR;
        vxo_put(&chain->why, "--parent, --parent-dir or --follow say where it may be");
    } else if (chain->ending == VXO_END_COUNT) {
        chain->ending = ending_of(chain);
    }
}

struct cli_chain *cli_chain_open(const struct cli_options *options, struct cli_session *image,
                                 enum cli_depth depth)
{
    struct cli_chain *chain = calloc(1, sizeof(*chain));

    if (chain == NULL) {
        cli_complain(image->path, CLI_NO_MEMORY);
        return NULL;
    }
    if (options->folder_count > 0) {
        chain->parent_dir = cli_parent_dir_open(options);
        if (chain->parent_dir == NULL) {
            cli_chain_close(chain);
            return NULL;
        }
    }
    chain->was_followed =
        options->parent_count > 0 || options->folder_count > 0 || options->is_following;
    vxo_buffer_init(&chain->why, chain->why_text, sizeof(chain->why_text));
    vx_chain_init(&chain->disks);
    image->has_chain = chain->was_followed;
    cli_session_run(image, depth, options->at);
    (void)add(chain, image, VXO_FOUND_IMAGE);
    if (!cli_session_reaches(image, options)) {
        cli_chain_close(chain);
        return NULL;
    }
    find_all(chain, options);
    if (!cli_parent_dir_may_print(chain->parent_dir) || !cli_guard_file(&image->file)) {
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
    if (chain->count > 0) {
        chain->link[0].session->file.parent = NULL;
    }
    cli_parent_dir_close(chain->parent_dir);
    free(chain);
}

enum cli_exit cli_chain_run(const struct cli_options *options, struct cli_session *image,
                            cli_chain_work *work, struct cli_output *output)
{
    enum cli_exit status = CLI_EXIT_INCOMPLETE;
    struct cli_chain *chain = NULL;

    if (image == NULL) {
        return CLI_EXIT_INCOMPLETE;
    }
    chain = cli_chain_open(options, image, CLI_DEPTH_BLOCKS);
    if (chain != NULL) {
        status = work(options, chain, output);
    }
    cli_chain_close(chain);
    cli_session_close(image);
    return status;
}

/* ---- What it came to ---- */

struct vxo_chain cli_chain_report(struct cli_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        chain->told[i].report = cli_session_report(chain->link[i].session, VXO_CHECK);
        chain->told[i].found = chain->link[i].found;
        chain->told[i].twins = &chain->twins[i];
        cli_read_paths(chain->link[i].session, chain->told[i].path);
    }
    return (struct vxo_chain){
        .link = chain->told,
        .count = chain->count,
        .ending = chain->ending,
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
    const struct cli_session *child = last_of(chain);
    const struct vxo_path *path = &report.link[report.count - 1].path[0];
    struct vxo_line line;

    if (chain->why.len == 0 && chain->ending != VXO_END_WRONG) {
        return;
    }
    vxo_line_init(&line);
    if (chain->ending == VXO_END_WRONG) {
        vxo_put(&line.put, "is not what ");
        child = chain->link[chain->count - 2].session;
        vxo_put(&line.put, child->name_text);
        vxo_put(&line.put, " was made of");
    } else {
        vxo_put(&line.put, chain->ending == VXO_END_CIRCLE || chain->ending == VXO_END_TOO_LONG
                               ? "is a differencing image, and its chain has no end: "
                               : "is a differencing image, and its parent is missing: ");
        vxo_put(&line.put, chain->why_text);
    }
    cli_complain(last_of(chain)->path, line.text);
    if (chain->ending == VXO_END_NOT_FOUND && path->is_read) {
        vxo_line_init(&line);
        vxo_put(&line.put, "the relative_path is ");
        vxo_put(&line.put, path->text.utf8);
        cli_complain(child->path, line.text);
    }
    for (uint32_t i = 0; i < chain->relatives.count; i++) {
        vxo_line_init(&line);
        vxo_put_relative(&line.put, &report, &chain->relatives.at[i]);
        cli_complain(chain->relatives.at[i].name, line.text);
    }
    vxo_line_init(&line);
    vxo_put_chain_advice(&line.put, &report);
    if (line.put.len > 0) {
        cli_complain(child->path, line.text);
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
    return status == CLI_EXIT_SOUND && chain->ending != VXO_END_COMPLETE && !is_salvage
               ? CLI_EXIT_INCOMPLETE
               : status;
}

enum cli_exit cli_chain_trust(const struct cli_chain *chain)
{
    enum cli_exit status = chain->ending == VXO_END_COMPLETE ? CLI_EXIT_SOUND : CLI_EXIT_INCOMPLETE;

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
