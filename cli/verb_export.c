/* `vhdxray export`: the virtual disk as a raw image. */
#include "cli/disk_copy.h"
#include "cli/verbs.h"

static const char HELP[] =
    "Usage: vhdxray export [OPTION]... IMAGE OUT\n"
    "\n"
    "Write the virtual disk to OUT as a raw image, a pending log replayed in memory. OUT is a\n"
    "new file, which appears when it is complete and takes no space for zeros; or -, for\n"
    "standard output. The image is checked first; one that is corrupt, or that could not be\n"
    "checked completely, is not exported.\n"
    "\n"
    "  --salvage        export what can be read of a corrupt image, or without its parent; list\n"
    "                   all that cannot\n"
    "  --force          replace OUT if it exists; overwrite it if it is a block device\n"
    "  --no-progress    show no progress on a terminal\n"
    "  --at=K           apply only the first K entries of a pending log: the disk as of "
    "then\n" CLI_PARENT_HELP CLI_FOLLOW_HELP
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status: 0 exported, 2 the image is corrupt, 1 it could not be exported or checked.\n"
    "With --salvage, too, 2 and 1 tell what the image is.\n";

static bool open_out(struct cli_out *out, const struct cli_options *options,
                     const struct cli_session *session)
{
    uint64_t size = session->check.structure.facts.geometry.disk_bytes;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;

    vxo_buffer_init(&error, text, sizeof(text));
    if (!cli_out_open(out, options->operand[1], &session->file, options->is_forced, size, &error)) {
        cli_complain(options->operand[1], text);
        return false;
    }
    return true;
}

/* Copy all of the disk and make the file appear. */
static enum cli_exit export_to(struct cli_out *out, const struct cli_options *options,
                               struct cli_chain *chain)
{
    uint64_t size = chain->link[0].session->check.structure.facts.geometry.disk_bytes;
    struct cli_disk_job job = {
        .chain = chain,
        .out = out,
        .length = size,
        .is_salvage = options->is_salvage,
        .has_progress = !options->is_quiet,
    };
    enum cli_exit status = cli_disk_copy(&job);

    if (status != CLI_EXIT_SOUND && (status != CLI_EXIT_CORRUPT || !options->is_salvage)) {
        return status;
    }
    if (cli_chain_is_torn(chain)) {
        return CLI_EXIT_INCOMPLETE;
    }
    if (!cli_out_finish(out, size)) {
        cli_out_complain(out);
        return CLI_EXIT_INCOMPLETE;
    }
    return status;
}

static enum cli_exit export_chain(const struct cli_options *options, struct cli_chain *chain,
                                  struct cli_output *output)
{
    enum cli_exit status = cli_chain_judge(chain, options->is_salvage);
    struct cli_out out;

    (void)output; /* nothing is printed: the disk may go to standard output */
    if (status == CLI_EXIT_SOUND) {
        status = CLI_EXIT_INCOMPLETE;
        if (open_out(&out, options, chain->link[0].session)) {
            status = export_to(&out, options, chain);
            cli_out_discard(&out);
        }
        /* What was salvaged came from an image that is no better for it. */
        status = cli_exit_worse(status, cli_chain_trust(chain));
    }
    return status;
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 2, "export takes an image and where it goes", output, NULL);

    return cli_chain_run(options, session, export_chain, output);
}

const struct cli_verb CLI_EXPORT = {
    .name = "export",
    .summary = "write the virtual disk to a raw image",
    .help = HELP,
    .accepted = CLI_OPTION_SALVAGE | CLI_OPTION_FORCE | CLI_OPTION_NO_PROGRESS | CLI_OPTION_MEMORY |
                CLI_OPTION_AT | CLI_OPTION_PARENT | CLI_OPTION_FOLLOW,
    .run = run,
};
