/* `vhdxray info`: what images say about themselves. */
#include "cli/inspect.h"
#include "cli/verbs.h"

static const char HELP[] =
    "Usage: vhdxray info [OPTION]... IMAGE...\n"
    "\n"
    "Print what VHDX images say about themselves: size, type, geometry, identifiers,\n"
    "log and regions. The blocks are not looked at: `vhdxray check` does that. A pending\n"
    "log is replayed in memory, and the facts are those after replay.\n"
    "\n"
    "  --format=FORMAT  text (default) or json; several images give JSON Lines\n"
    "  -v, --verbose    show all facts, and notes (info findings), too\n"
    "  --color=WHEN     auto (default: on a terminal), always or never\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status as for `vhdxray check`, by what was found on the way: 0 says nothing about\n"
    "the blocks.\n";

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    return cli_inspect(options, VXO_INFO, output);
}

const struct cli_verb CLI_INFO = {
    .name = "info",
    .summary = "print what images say about themselves",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY,
    .run = run,
};
