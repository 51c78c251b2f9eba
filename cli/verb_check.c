/* `vhdxray check`: judge images against the format. */
#include "cli/inspect.h"
#include "cli/verbs.h"

static const char HELP[] =
    "Usage: vhdxray check [OPTION]... IMAGE...\n"
    "\n"
    "Check VHDX images: every structure, every block, against the format and against\n"
    "each other. Images are only read. Everything found is reported, each finding with\n"
    "its rule, place, value found and value expected. A pending log is replayed in memory:\n"
    "a dirty image is judged as it will be after replay.\n"
    "\n"
    "  --format=FORMAT  text (default) or json; several images give JSON Lines\n"
    "  -v, --verbose    show notes (info findings) and all facts, too\n"
    "  --color=WHEN     auto (default: on a terminal), always or never\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status: 0 sound, 3 sound with warnings, 2 corrupt or not a VHDX image,\n"
    "1 the check could not be completed. Of several images the worst counts, in the\n"
    "order 2, 1, 3, 0.\n";

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    return cli_inspect(options, VXO_CHECK, output);
}

const struct cli_verb CLI_CHECK = {
    .name = "check",
    .summary = "check images and say all that is wrong",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY,
    .run = run,
};
