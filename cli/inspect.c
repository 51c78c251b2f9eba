/* Inspection of images, one after the other. Memory for one image at a time: a session, of which
 * only what findings need is touched, and a workspace of at most 12 MiB and a little. */
#include "cli/inspect.h"

#include <stdlib.h>

#include "cli/file_source.h"
#include "parser/bytes.h"
#include "parser/structure.h"
#include "parser/workspace.h"
#include "reports/json.h"
#include "reports/text.h"

enum {
    CLAIMS_BYTES_MAX = 12 * VX_MIB,
    NAME_BYTES = 3 * 4096 + 1, /* a path whose every byte was replaced */
    ERROR_BYTES = 256
};

static const char NO_MEMORY[] = "there is not enough memory";

/* All about one image. Heap memory, zeroed. */
struct session {
    const char *path;
    struct cli_file file;
    struct vx_structure structure;
    struct vx_reporter reporter;
    struct vxo_store store;
    struct vxo_buffer name; /* the path, printable */
    struct vxo_buffer error;
    char name_text[NAME_BYTES];
    char error_text[ERROR_BYTES];
};

/* How and where the run reports. */
struct run {
    const struct cli_options *options;
    enum vxo_depth depth;
    struct cli_output *output;
    bool has_text; /* a report for people was printed: the next one needs an empty line */
};

/* The worse of two; the enumeration's numbers are no order. */
static enum cli_exit worse(enum cli_exit a, enum cli_exit b)
{
    static const int RANK[] = {[CLI_EXIT_SOUND] = 0,
                               [CLI_EXIT_WARNINGS] = 1,
                               [CLI_EXIT_INCOMPLETE] = 2,
                               [CLI_EXIT_CORRUPT] = 3};

    return RANK[a] >= RANK[b] ? a : b;
}

static enum cli_exit exit_of(enum vx_verdict verdict)
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

static struct vxo_json json_of(const struct run *run)
{
    return (struct vxo_json){.write = cli_output_write,
                             .ctx = run->output,
                             .is_pretty = run->options->operand_count == 1};
}

/* The image cannot be inspected: say why, in JSON on standard output, too. */
static enum cli_exit fail(const struct run *run, const struct session *session)
{
    struct vxo_json json = json_of(run);

    cli_complain(session->path, session->error_text);
    if (run->options->is_json &&
        !vxo_json_error(&json, run->depth, session->name_text, session->error_text)) {
        cli_complain(session->path, NO_MEMORY);
    }
    return CLI_EXIT_INCOMPLETE;
}

/* Run the passes. workspace: bytes of memory. Returns whether they were enough. */
static bool run_passes(struct session *session, enum vxo_depth depth, void *workspace, size_t bytes)
{
    struct vx_structure *structure = &session->structure;
    const struct vx_source *source = &session->file.source;
    struct vx_finding changed = vx_finding_at(VX_RUN_002, VX_OBJ_FILE, 0, VX_NO_OFFSET, 0);

    vx_reporter_init(&session->reporter, vxo_store_finding, &session->store);
    if (vx_structure_init(structure, workspace, bytes, &session->reporter) != VX_OK) {
        return false;
    }
    if (depth == VXO_CHECK) {
        vx_structure_check(structure, source);
    } else if (vx_structure_check_head(structure, source)) {
        (void)vx_structure_check_tables(structure, source);
    }
    if (cli_file_has_changed(&session->file)) {
        vx_report(&session->reporter, &changed);
    }
    return true;
}

/* Print the report. Returns whether memory sufficed for it. */
static bool print_report(struct run *run, const struct vxo_report *report)
{
    struct vxo_json json = json_of(run);
    struct vxo_text text = {.page = cli_output_page(run->output, run->options->color),
                            .is_verbose = run->options->is_verbose};

    if (run->options->is_json) {
        return vxo_json_report(&json, report);
    }
    vxo_page_write(&text.page, run->has_text ? "\n" : "");
    run->has_text = true;
    if (run->depth == VXO_CHECK) {
        vxo_text_check(&text, report);
    } else {
        vxo_text_info(&text, report);
    }
    return true;
}

/* Inspect the open file. Its workspace: what the file's size asks for, up to our bound. */
static enum cli_exit inspect_file(struct run *run, struct session *session)
{
    struct vx_need need = vx_structure_need(session->file.source.size);
    size_t bytes = (size_t)vx_min(need.max, need.min + CLAIMS_BYTES_MAX);
    void *workspace = malloc(bytes);
    struct vxo_report report = {.depth = run->depth,
                                .image = session->name_text,
                                .facts = &session->structure.facts,
                                .totals = &session->reporter,
                                .store = &session->store};
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (workspace == NULL || !run_passes(session, run->depth, workspace, bytes)) {
        vxo_put(&session->error, NO_MEMORY);
        status = fail(run, session);
    } else {
        report.region = session->structure.ws->region;
        report.verdict = vx_verdict_of(&session->reporter);
        report.bytes_read = session->file.bytes_read;
        status = exit_of(report.verdict);
        if (!print_report(run, &report)) {
            cli_complain(session->path, NO_MEMORY);
            status = CLI_EXIT_INCOMPLETE;
        }
    }
    free(workspace);
    return status;
}

static enum cli_exit inspect_path(struct run *run, const char *path)
{
    struct session *session = calloc(1, sizeof(*session));
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (session == NULL) {
        cli_complain(path, NO_MEMORY);
        return status;
    }
    session->path = path;
    vxo_buffer_init(&session->name, session->name_text, sizeof(session->name_text));
    vxo_buffer_init(&session->error, session->error_text, sizeof(session->error_text));
    vxo_put_printable(&session->name, path);
    if (cli_file_open(&session->file, path, &session->error)) {
        status = inspect_file(run, session);
        cli_file_close(&session->file);
    } else {
        status = fail(run, session);
    }
    free(session);
    return status;
}

enum cli_exit cli_inspect(const struct cli_options *options, enum vxo_depth depth,
                          struct cli_output *output)
{
    struct run run = {.options = options, .depth = depth, .output = output};
    enum cli_exit status = CLI_EXIT_SOUND;

    if (options->operand_count == 0) {
        return cli_usage_error("no image given", NULL, "--help");
    }
    for (int i = 0; i < options->operand_count; i++) {
        status = worse(status, inspect_path(&run, options->operand[i]));
        if (!cli_output_flush(output)) {
            break;
        }
    }
    return status;
}
