/* Inspection of images, one after the other, with memory for one at a time. */
#include "cli/inspect.h"

#include "cli/session.h"
#include "reports/json.h"
#include "reports/text.h"

/* How and where the run reports. */
struct run {
    const struct cli_options *options;
    enum vxo_depth depth;
    struct cli_output *output;
    bool has_text; /* a report for people was printed: the next one needs an empty line */
};

/* Print the report. Returns whether memory sufficed for it. */
static bool print_report(struct run *run, const struct vxo_report *report)
{
    struct vxo_json json = cli_output_json(run->output, run->options->operand_count == 1);
    struct vxo_text text = {.page = cli_output_page(run->output, run->options->color),
                            .is_verbose = run->options->is_verbose};

    if (run->options->is_json) {
        return vxo_json_report(&json, report);
    }
    if (run->has_text) {
        vxo_page_write(&text.page, "\n");
    }
    run->has_text = true;
    if (run->depth == VXO_CHECK) {
        vxo_text_check(&text, report);
    } else {
        vxo_text_info(&text, report);
    }
    return true;
}

static enum cli_exit inspect(struct run *run, struct cli_session *session)
{
    struct vxo_report report;

    if (session->error.len > 0) {
        return cli_session_fail(session, run->options, run->output,
                                run->depth == VXO_CHECK ? VXO_SCHEMA_CHECK : VXO_SCHEMA_INFO);
    }
    cli_session_run(session, run->depth == VXO_CHECK ? CLI_DEPTH_BOTH : CLI_DEPTH_TABLES,
                    VXR_ALL_ENTRIES);
    (void)cli_session_has_changed(session);
    report = cli_session_report(session, run->depth);
    if (!print_report(run, &report)) {
        cli_complain(session->path, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    return cli_session_exit(session);
}

enum cli_exit cli_inspect(const struct cli_options *options, enum vxo_depth depth,
                          struct cli_output *output)
{
    struct run run = {.options = options, .depth = depth, .output = output};
    enum cli_exit status = CLI_EXIT_SOUND;

    if (options->operand_count == 0) {
        return cli_options_error(options, "no image given", NULL);
    }
    for (int i = 0; i < options->operand_count; i++) {
        struct cli_session *session = cli_session_open(options->operand[i], options->memory_bytes);

        status =
            cli_exit_worse(status, session == NULL ? CLI_EXIT_INCOMPLETE : inspect(&run, session));
        cli_session_close(session);
        if (!cli_output_flush(output)) {
            break;
        }
    }
    return status;
}
