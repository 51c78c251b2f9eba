/* `vhdxray map`: which virtual bytes lie where in the file. */
#include "cli/parents.h"
#include "cli/verbs.h"
#include "reports/map_report.h"

static const char HELP[] =
    "Usage: vhdxray map [OPTION]... IMAGE\n"
    "\n"
    "Print which bytes of the virtual disk lie where in the image, and the state of the\n"
    "blocks, a pending log replayed in memory. The JSON has the form of `qemu-img map\n"
    "--output=json`, and the state with it.\n"
    "\n"
    "  --format=FORMAT  text (default) or json\n"
    "  --at=K           apply only the first K entries of a pending log: the disk as of "
    "then\n" CLI_PARENT_HELP CLI_FOLLOW_HELP
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "The image is checked first. What was found wrong is printed on standard error, and the\n"
    "map all the same if there is one. Exit status: 0, 2 the image is corrupt, 1 there is no\n"
    "map, or not everything could be checked.\n";

/* A vxo_map teller: at most one step a block. */
static void tell(void *ctx, vxo_range_fn *range_fn, void *range_ctx)
{
    struct cli_chain *chain = ctx;
    struct vx_disk_range range = {0};
    uint64_t at = 0;

    while (vx_chain_map(&chain->disks, at, UINT64_MAX, &range) == VX_OK && range.length > 0) {
        range_fn(range_ctx, &range);
        chain->link[range.depth % chain->count].session->is_torn |= range.rule == VX_RUN_001;
        at += range.length;
    }
}

/* Say what was found wrong in any link. */
static enum cli_exit explain(struct cli_chain *chain)
{
    enum cli_exit status = chain->has_surplus ? CLI_EXIT_INCOMPLETE : CLI_EXIT_SOUND;

    (void)cli_chain_has_changed(chain);
    if (chain->ending != VXO_END_NOT_LOOKED_FOR) {
        cli_chain_complain(chain);
    }
    for (uint32_t i = 0; i < chain->count; i++) {
        status = cli_exit_worse(status, cli_session_explain(chain->link[i].session));
        cli_session_warn_of_log(chain->link[i].session);
    }
    return status;
}

static enum cli_exit map(const struct cli_options *options, struct cli_chain *chain,
                         struct cli_output *output)
{
    struct cli_session *session = chain->link[0].session;
    const struct vxo_map report = {.tell = tell, .ctx = chain};
    struct vxo_page page = cli_output_page(output, CLI_COLOR_NEVER);
    struct vxo_json json = cli_output_json(output, true);
    enum cli_exit status = explain(chain);

    if (chain->disks.count == 0) {
        cli_complain(session->path, "there is no map: where the blocks are is not known");
        return status == CLI_EXIT_SOUND ? CLI_EXIT_INCOMPLETE : status;
    }
    if (options->is_json) {
        vxo_json_map(&json, &report);
    } else {
        vxo_text_map(&page, &report);
    }
    for (uint32_t i = 0; i < chain->count; i++) {
        status = cli_session_told(chain->link[i].session, status);
    }
    return status;
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 1, "map takes one image", output, NULL);

    return cli_chain_run(options, session, map, output);
}

const struct cli_verb CLI_MAP = {
    .name = "map",
    .summary = "print which virtual bytes lie where in the file",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_MEMORY | CLI_OPTION_AT | CLI_OPTION_PARENT |
                CLI_OPTION_FOLLOW,
    .run = run,
};
