/* `vhdxray map`: which virtual bytes lie where in the file. */
#include "cli/session.h"
#include "cli/verbs.h"
#include "parser/disk.h"
#include "parser/workspace.h"
#include "reports/map_report.h"

static const char HELP[] =
    "Usage: vhdxray map [OPTION]... IMAGE\n"
    "\n"
    "Print which bytes of the virtual disk lie where in the image, and the state of the\n"
    "blocks, a pending log replayed in memory. The JSON has the form of `qemu-img map\n"
    "--output=json`, and the state with it.\n"
    "\n"
    "  --format=FORMAT  text (default) or json\n"
    "  --at=K           apply only the first K entries of a pending log: the disk as of then\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "The image is checked first. What was found wrong is printed on standard error, and the\n"
    "map all the same if there is one. Exit status: 0, 2 the image is corrupt, 1 there is no\n"
    "map, or not everything could be checked.\n";

/* A vxo_map teller: at most one step a block. */
static void tell(void *ctx, vxo_range_fn *range_fn, void *range_ctx)
{
    struct cli_session *session = ctx;
    const struct vx_facts *facts = &session->check.structure.facts;
    struct vx_disk disk;
    struct vx_disk_range range = {0};
    uint64_t at = 0;

    vx_disk_init(&disk, &session->check.view, &facts->geometry, &facts->regions.bat,
                 session->check.structure.ws->table[0]);
    while (vx_disk_map(&disk, at, UINT64_MAX, &range) == VX_OK && range.length > 0) {
        range_fn(range_ctx, &range);
        session->is_torn |= range.rule == VX_RUN_001;
        at += range.length;
    }
}

static enum cli_exit map(const struct cli_options *options, struct cli_session *session,
                         struct cli_output *output)
{
    const struct vx_facts *facts = &session->check.structure.facts;
    struct vxo_map report = {.tell = tell, .ctx = session};
    struct vxo_page page = cli_output_page(output, CLI_COLOR_NEVER);
    struct vxo_json json = cli_output_json(output, true);
    enum cli_exit status = CLI_EXIT_SOUND;

    cli_session_run(session, CLI_DEPTH_BLOCKS, options->at);
    if (!cli_session_reaches(session, options)) {
        return CLI_EXIT_INCOMPLETE;
    }
    (void)cli_session_has_changed(session);
    status = cli_session_explain(session);
    if (!facts->has_geometry || !facts->regions.bat.is_usable) {
        cli_complain(session->path, "there is no map: where the blocks are is not known");
        return status == CLI_EXIT_SOUND ? CLI_EXIT_INCOMPLETE : status;
    }
    cli_session_warn_of_log(session);
    if (options->is_json) {
        vxo_json_map(&json, &report);
    } else {
        vxo_text_map(&page, &report);
    }
    return cli_session_told(session, status);
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 1, "map takes one image", output, NULL);
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (session != NULL) {
        status = map(options, session, output);
    }
    cli_session_close(session);
    return status;
}

const struct cli_verb CLI_MAP = {
    .name = "map",
    .summary = "print which virtual bytes lie where in the file",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_MEMORY | CLI_OPTION_AT,
    .run = run,
};
