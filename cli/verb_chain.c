/* `vhdxray chain`: a differencing image and its parents, link by link. */
#include "cli/parents.h"
#include "cli/verbs.h"

static const char HELP[] =
    "Usage: vhdxray chain [OPTION]... IMAGE\n"
    "\n"
    "Show the chain of a differencing image, link by link: what each image names as its\n"
    "parent, how that was found and whether it is the one, identifiers, sizes, and what a\n"
    "check finds wrong; and where the chain ends, and why. Where --parent-dir has no parent\n"
    "for an image, it tells which images there are other states of the same disk.\n"
    "\n"
    "Without an option that says where parents may be, no other file is opened.\n"
    "\n" CLI_PARENT_HELP CLI_FOLLOW_HELP "  --format=FORMAT  text (default) or json\n"
    "  -v, --verbose    show notes (info findings), too\n"
    "  --color=WHEN     auto (default: on a terminal), always or never\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status as for `vhdxray check`, of the worst link; 1 when a parent was looked for and\n"
    "not found.\n";

static enum cli_exit show(const struct cli_options *options, struct cli_chain *chain,
                          struct cli_output *output)
{
    struct vxo_text text = {.page = cli_output_page(output, options->color),
                            .is_verbose = options->is_verbose};
    struct vxo_json json = cli_output_json(output, true);
    struct vxo_chain report;

    (void)cli_chain_has_changed(chain);
    report = cli_chain_report(chain);
    if (!options->is_json) {
        vxo_text_chain(&text, &report);
    } else if (!vxo_json_chain(&json, &report)) {
        cli_complain(chain->link[0].session->path, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    return cli_chain_exit(chain);
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 1, "chain takes one image", output, VXO_SCHEMA_CHAIN);

    return cli_chain_run(options, session, show, output);
}

const struct cli_verb CLI_CHAIN = {
    .name = "chain",
    .summary = "show a differencing image and its parents, link by link",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY |
                CLI_OPTION_PARENT | CLI_OPTION_FOLLOW,
    .run = run,
};
