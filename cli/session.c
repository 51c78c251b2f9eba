/* Sessions. Memory for one image: what findings need is touched, of a workspace of 9 MiB and a
 * little what the size of the image asks for, and of the overlay what holds a descriptor. */
#include "cli/session.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/beneath.h"
#include "parser/bytes.h"
#include "parser/workspace.h"
#include "replay/logentry.h"
#include "reports/text.h"

enum { CLAIMS_BYTES_MAX = 9 * VX_MIB }; /* 72 TiB of file in one pass, with blocks of 1 MiB */

const char CLI_NO_MEMORY[] = "there is not enough memory";

enum cli_exit cli_exit_worse(enum cli_exit a, enum cli_exit b)
{
    /* The enumeration's numbers are no order. */
    static const int RANK[] = {[CLI_EXIT_SOUND] = 0,
                               [CLI_EXIT_WARNINGS] = 1,
                               [CLI_EXIT_INCOMPLETE] = 2,
                               [CLI_EXIT_CORRUPT] = 3};

    return RANK[a] >= RANK[b] ? a : b;
}

/* Get memory: for the passes our bound, because a log may make any file grow; for the overlay what
 * a log that fills the file could ask for, up to the user's. Returns whether there was enough. */
static bool get_memory(struct cli_session *session, uint64_t memory_bytes)
{
    uint64_t file_bytes = session->file.source.size;
    uint64_t overlay_max = vxr_overlay_need(file_bytes / VXR_DESCRIPTOR_BYTES);
    uint64_t overlay = vx_max(memory_bytes, vxr_overlay_need(VXR_OVERLAY_RECORDS_MIN));
    struct vxr_memory *memory = &session->memory;

    memory->structure_bytes = (size_t)vx_structure_need(0).min + CLAIMS_BYTES_MAX;
    memory->structure = malloc(memory->structure_bytes);
    memory->log = calloc(1, sizeof(*memory->log));
    memory->overlay_bytes = (size_t)vx_min(vx_min(overlay, overlay_max), SIZE_MAX / 2);
    memory->overlay = malloc(memory->overlay_bytes);
    return memory->structure != NULL && memory->log != NULL && memory->overlay != NULL &&
           vxr_check_init(&session->check, memory, &session->reporter) == VX_OK;
}

/* Memory for a session of the image of that name, which is to be opened yet. */
static struct cli_session *make_session(const char *path)
{
    struct cli_session *session = calloc(1, sizeof(*session));

    if (session == NULL) {
        cli_complain(path, CLI_NO_MEMORY);
        return NULL;
    }
    session->path = path;
    session->folder = -1;
    vxo_buffer_init(&session->name, session->name_text, sizeof(session->name_text));
    vxo_buffer_init(&session->error, session->error_text, sizeof(session->error_text));
    vxo_put_printable(&session->name, path);
    vx_reporter_init(&session->reporter, vxo_store_finding, &session->store);
    return session;
}

struct cli_session *cli_session_open(const char *path, uint64_t memory_bytes)
{
    struct cli_session *session = make_session(path);

    if (session != NULL && cli_file_open(&session->file, path, &session->error) &&
        !get_memory(session, memory_bytes)) {
        vxo_put(&session->error, CLI_NO_MEMORY);
    }
    return session;
}

struct cli_session *cli_session_take(const struct cli_opened *opened, uint64_t memory_bytes)
{
    struct cli_session *session = make_session(opened->name);
    struct vxo_buffer label;

    if (session == NULL) {
        (void)close(opened->fd);
        (void)close(opened->folder);
        return NULL;
    }
    session->folder = opened->folder;
    vxo_buffer_init(&label, session->label, sizeof(session->label));
    if (opened->folder_name != NULL) {
        vxo_put(&label, opened->folder_name);
        vxo_put(&label, "/");
    }
    vxo_put(&label, opened->name);
    session->path = session->label;
    vxo_buffer_init(&session->name, session->name_text, sizeof(session->name_text));
    vxo_put_printable(&session->name, session->label);
    if (cli_file_take(&session->file, opened->fd, &session->error) &&
        !get_memory(session, memory_bytes)) {
        vxo_put(&session->error, CLI_NO_MEMORY);
    }
    return session;
}

int cli_session_folder(struct cli_session *session)
{
    if (session->folder < 0) {
        session->folder = cli_folder_of(session->path);
    }
    return session->folder;
}

enum cli_exit cli_session_fail(const struct cli_session *session, const struct cli_options *options,
                               struct cli_output *output, const char *schema)
{
    struct vxo_json json = cli_output_json(output, options->operand_count == 1);

    cli_complain(session->path, session->error_text);
    if (options->is_json && schema != NULL &&
        !vxo_json_error(&json, schema, session->name_text, session->error_text)) {
        cli_complain(session->path, CLI_NO_MEMORY);
    }
    return CLI_EXIT_INCOMPLETE;
}

struct cli_session *cli_session_start(const struct cli_options *options, int operand_count,
                                      const char *usage, struct cli_output *output,
                                      const char *schema)
{
    struct cli_session *session = NULL;

    if (options->operand_count != operand_count) {
        (void)cli_options_error(options, usage, NULL);
        return NULL;
    }
    session = cli_session_open(options->operand[0], options->memory_bytes);
    if (session != NULL && session->error.len > 0) {
        (void)cli_session_fail(session, options, output, schema);
        cli_session_close(session);
        return NULL;
    }
    return session;
}

void cli_count_only(void *ctx, const struct vx_finding *finding)
{
    (void)ctx;
    (void)finding;
}

/* The tables of another version of the format are not known. */
static bool has_known_layout(const struct cli_session *session)
{
    const struct vx_header *header = vx_headers_current(&session->check.structure.facts.headers);

    return header != NULL && header->version == 1;
}

void cli_session_run(struct cli_session *session, enum cli_depth depth, uint64_t at)
{
    struct vxr_check *check = &session->check;
    const struct vx_source *raw = &session->file.source;

    check->prefix = at;
    check->structure.is_chain_judged = session->has_chain;
    if (depth >= CLI_DEPTH_BLOCKS) {
        vxr_check_run(check, raw, NULL);
    } else {
        (void)vxr_check_log(check, raw, NULL);
        if (depth == CLI_DEPTH_TABLES && has_known_layout(session)) {
            (void)vxr_check_tables(check);
        }
    }
    /* The second check overwrites the workspace. */
    memcpy(session->region, check->structure.ws->region, sizeof(session->region));
    if (depth == CLI_DEPTH_BOTH && check->structure.facts.headers.is_dirty &&
        has_known_layout(session)) {
        vx_reporter_init(&session->unreplayed, cli_count_only, NULL);
        vxr_check_unreplayed(check, raw, &session->unreplayed);
        session->has_unreplayed = true;
    }
}

bool cli_session_reaches(const struct cli_session *session, const struct cli_options *options)
{
    const struct vx_headers *headers = &session->check.structure.facts.headers;
    const struct vxr_log *log = &session->check.log;
    bool is_clean = headers->has_current && !headers->is_dirty;
    bool is_counted = log->scan.has_active && log->state != VXR_LOG_UNKNOWN;
    char what_text[CLI_ERROR_BYTES];
    char at_text[CLI_ERROR_BYTES];
    struct vxo_buffer what;
    struct vxo_buffer number;

    if (options->at == VXR_ALL_ENTRIES || options->at <= log->entries ||
        (!is_clean && !is_counted)) {
        return true;
    }
    vxo_buffer_init(&what, what_text, sizeof(what_text));
    vxo_buffer_init(&number, at_text, sizeof(at_text));
    vxo_put_uint(&number, options->at);
    if (is_clean) {
        vxo_put(&what, "the log is clean: --at takes 0 only, not");
    } else {
        vxo_put(&what, "the log has ");
        vxo_put_uint(&what, log->entries);
        vxo_put(&what, log->entries == 1 ? " entry" : " entries");
        vxo_put(&what, " to apply: --at takes 0 to ");
        vxo_put_uint(&what, log->entries);
        vxo_put(&what, ", not");
    }
    (void)cli_options_error(options, what_text, at_text);
    return false;
}

bool cli_session_has_changed(struct cli_session *session)
{
    struct vx_finding changed = vx_finding_at(VX_RUN_002, VX_OBJ_FILE, 0, VX_NO_OFFSET, 0);

    if (!cli_file_has_changed(&session->file)) {
        return false;
    }
    vx_report(&session->reporter, &changed);
    return true;
}

enum cli_exit cli_session_told(struct cli_session *session, enum cli_exit status)
{
    if (session->is_torn) {
        cli_complain(session->path, "could not be read completely: the report lacks something");
        status = cli_exit_worse(status, CLI_EXIT_INCOMPLETE);
    }
    if (cli_file_has_changed(&session->file)) {
        cli_complain(session->path, "changed while it was read");
        status = cli_exit_worse(status, CLI_EXIT_INCOMPLETE);
    }
    return status;
}

struct vxo_report cli_session_report(const struct cli_session *session, enum vxo_depth depth)
{
    return (struct vxo_report){
        .depth = depth,
        .image = session->name_text,
        .facts = &session->check.structure.facts,
        .region = session->region,
        .totals = &session->reporter,
        .store = &session->store,
        .verdict = vx_verdict_of(&session->reporter),
        .log = &session->check.log,
        .unreplayed = session->has_unreplayed ? &session->unreplayed : NULL,
        .bytes_read = session->file.bytes_read,
    };
}

enum cli_exit cli_exit_of(enum vx_verdict verdict)
{
    switch (verdict) {
    case VX_SOUND:
        return CLI_EXIT_SOUND;
    case VX_WARNINGS:
        return CLI_EXIT_WARNINGS;
    case VX_CORRUPT:
        return CLI_EXIT_CORRUPT;
    case VX_INCOMPLETE:
    default:
        return CLI_EXIT_INCOMPLETE;
    }
}

enum cli_exit cli_session_exit(const struct cli_session *session)
{
    return cli_exit_of(vx_verdict_of(&session->reporter));
}

/* Print what was found on standard error. */
static void print_findings(const struct cli_session *session)
{
    struct cli_output error = {.stream = stderr};
    struct vxo_text text = {.page = cli_output_page(&error, CLI_COLOR_AUTO)};
    struct vxo_report report = cli_session_report(session, VXO_CHECK);

    vxo_text_brief(&text, &report);
    (void)cli_output_flush(&error);
}

enum cli_exit cli_session_trust(const struct cli_session *session)
{
    enum cli_exit status = cli_session_exit(session);

    return status == CLI_EXIT_WARNINGS ? CLI_EXIT_SOUND : status;
}

enum cli_exit cli_session_explain(const struct cli_session *session)
{
    enum cli_exit status = cli_session_trust(session);

    if (status != CLI_EXIT_SOUND) {
        print_findings(session);
    }
    return status;
}

void cli_session_warn_of_log(const struct cli_session *session)
{
    const struct vx_headers *headers = &session->check.structure.facts.headers;

    if (!headers->has_current) {
        cli_complain(session->path, "there is no current header, so whether a log is pending is "
                                    "not known: what it would hold is missing here");
    } else if (headers->is_dirty && !session->check.is_replayed) {
        cli_complain(session->path, "the log was not replayed: what it holds is missing here");
    }
}

enum cli_exit cli_session_judge(const struct cli_session *session, bool is_salvage)
{
    const struct vx_facts *facts = &session->check.structure.facts;
    enum cli_exit status = cli_session_explain(session);

    if (status == CLI_EXIT_SOUND) {
        return status;
    }
    if (!facts->has_geometry || !facts->regions.bat.is_usable) {
        cli_complain(session->path, "nothing was written: where the blocks are is not known");
        return status;
    }
    if (!is_salvage) {
        cli_complain(session->path, session->reporter.total[VX_CHN_001] > 0
                                        ? "nothing was written: read together with that parent it "
                                          "would be a mixture of two states"
                                        : "nothing was written: --salvage writes what can be read");
        return status;
    }
    cli_session_warn_of_log(session);
    return CLI_EXIT_SOUND;
}

void cli_session_close(struct cli_session *session)
{
    if (session == NULL) {
        return;
    }
    cli_file_close(&session->file);
    if (session->folder >= 0) {
        (void)close(session->folder);
    }
    free(session->memory.overlay);
    free(session->memory.log);
    free(session->memory.structure);
    free(session);
}
