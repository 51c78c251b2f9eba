/* `vhdxray check`: judge images against the format; and `vhdxray info`: what they say about
 * themselves, which is the same without the blocks. One image after the other, with memory for one
 * at a time. */
#include "cli/session.h"
#include "cli/verbs.h"
#include "reports/json.h"
#include "reports/text.h"

#define OPTIONS_HELP                                                                               \
    "  --format=FORMAT  text (default) or json; several images give JSON Lines\n"                  \
    "  -v, --verbose    show all facts and notes (info findings), too\n"                           \
    "  --color=WHEN     auto (default: on a terminal), always or never\n"                          \
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"              \
    "  -h, --help       print this\n"                                                              \
    "\n"

enum { ACCEPTED = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY };

static const char CHECK_HELP[] =
    "Usage: vhdxray check [OPTION]... IMAGE...\n"
    "\n"
    "Check VHDX images: every structure, every block, against the format and against\n"
    "each other. Images are only read. Everything found is reported, each finding with\n"
    "its rule, place, value found and value expected. A pending log is replayed in memory:\n"
    "a dirty image is judged as it will be after replay.\n"
    "\n" OPTIONS_HELP
    "Exit status: 0 sound, 3 sound with warnings, 2 corrupt or not a VHDX image,\n"
    "1 the check could not be completed. Of several images the worst counts, in the\n"
    "order 2, 1, 3, 0.\n";

static const char INFO_HELP[] =
    "Usage: vhdxray info [OPTION]... IMAGE...\n"
    "\n"
    "Print what VHDX images say about themselves: size, type, geometry, identifiers,\n"
    "log and regions. The blocks are not looked at: `vhdxray check` does that. A pending\n"
    "log is replayed in memory, and the facts are those after replay.\n"
    "\n" OPTIONS_HELP
    "Exit status as for `vhdxray check`, by what was found on the way: 0 says nothing about\n"
    "the blocks.\n";

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

/* Inspect all operands. Returns the worst exit status. */
static enum cli_exit inspect_all(const struct cli_options *options, enum vxo_depth depth,
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

static enum cli_exit run_check(const struct cli_options *options, struct cli_output *output)
{
    return inspect_all(options, VXO_CHECK, output);
}

static enum cli_exit run_info(const struct cli_options *options, struct cli_output *output)
{
    return inspect_all(options, VXO_INFO, output);
}

const struct cli_verb CLI_CHECK = {
    .name = "check",
    .summary = "check images and say all that is wrong",
    .help = CHECK_HELP,
    .accepted = ACCEPTED,
    .run = run_check,
};

const struct cli_verb CLI_INFO = {
    .name = "info",
    .summary = "print what images say about themselves",
    .help = INFO_HELP,
    .accepted = ACCEPTED,
    .run = run_info,
};
