/* `vhdxray check`: judge images against the format; and `vhdxray info`: what they say about
 * themselves, which is the same without the blocks. One image after the other, with memory for one
 * at a time. */
#include "cli/parents.h"
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

enum {
    BOTH_ACCEPT = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY
};

static const char CHECK_HELP[] =
    "Usage: vhdxray check [OPTION]... IMAGE...\n"
    "\n"
    "Check VHDX images: every structure, every block, against the format and against\n"
    "each other. Images are only read. Everything found is reported, each finding with\n"
    "its rule, place, value found and value expected. A pending log is replayed in memory:\n"
    "a dirty image is judged as it will be after replay.\n"
    "\n"
    "The parents of a differencing image are checked with it where an option says where they\n"
    "may be, --parent for one image only. Otherwise no other file is opened.\n"
    "\n" CLI_PARENT_HELP OPTIONS_HELP
    "Exit status: 0 sound, 3 sound with warnings, 2 corrupt or not a VHDX image,\n"
    "1 the check could not be completed. Of several images, and of an image and its parents,\n"
    "the worst counts, in the order 2, 1, 3, 0.\n";

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

/* `check`: with all parents that are found. */
static enum cli_exit check(struct run *run, struct cli_session *session)
{
    struct cli_chain *chain = cli_chain_open(run->options, session, CLI_DEPTH_BOTH);
    enum cli_exit status = CLI_EXIT_INCOMPLETE;
    struct vxo_report report;
    struct vxo_chain parents;

    if (chain == NULL) {
        return CLI_EXIT_INCOMPLETE;
    }
    (void)cli_chain_has_changed(chain);
    parents = cli_chain_report(chain);
    report = cli_session_report(session, VXO_CHECK);
    report.chain = chain->was_followed ? &parents : NULL;
    if (print_report(run, &report)) {
        status = cli_chain_exit(chain);
    } else {
        cli_complain(session->path, CLI_NO_MEMORY);
    }
    cli_chain_close(chain);
    return status;
}

/* `info`: the image alone, and what it names as its parent. */
static enum cli_exit inform(struct run *run, struct cli_session *session)
{
    struct vxo_link alone = {.found = VXO_FOUND_IMAGE};
    const struct vxo_chain chain = {.link = &alone, .count = 1, .ending = VXO_END_NOT_LOOKED_FOR};
    struct vxo_report report;

    cli_session_run(session, CLI_DEPTH_TABLES, VXR_ALL_ENTRIES);
    (void)cli_session_has_changed(session);
    report = cli_session_report(session, VXO_INFO);
    alone.report = report;
    cli_read_paths(session, alone.path);
    report.chain = &chain;
    if (!print_report(run, &report)) {
        cli_complain(session->path, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    return cli_session_exit(session);
}

static enum cli_exit inspect(struct run *run, struct cli_session *session)
{
    if (session->error.len > 0) {
        return cli_session_fail(session, run->options, run->output,
                                run->depth == VXO_CHECK ? VXO_SCHEMA_CHECK : VXO_SCHEMA_INFO);
    }
    return run->depth == VXO_CHECK ? check(run, session) : inform(run, session);
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
    if (options->operand_count > 1 && options->parent_count > 0) {
        return cli_options_error(options,
                                 "several images have no common chain: for them there is "
                                 "--parent-dir, but not",
                                 "--parent");
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
    .accepted = BOTH_ACCEPT | CLI_OPTION_PARENT,
    .run = run_check,
};

const struct cli_verb CLI_INFO = {
    .name = "info",
    .summary = "print what images say about themselves",
    .help = INFO_HELP,
    .accepted = BOTH_ACCEPT,
    .run = run_info,
};
