/* `vhdxray read`: bytes of the virtual disk. */
#include "cli/disk_copy.h"
#include "cli/number.h"
#include "cli/verbs.h"
#include "parser/bytes.h"

static const char HELP[] =
    "Usage: vhdxray read [OPTION]... IMAGE OFFSET LENGTH\n"
    "\n"
    "Write bytes of the virtual disk to standard output, a pending log replayed in memory.\n"
    "OFFSET and LENGTH are bytes, decimal or 0x..., and may end with k, M, G or T. The image\n"
    "is checked first; one that is corrupt, or that could not be checked completely, is not\n"
    "read.\n"
    "\n"
    "  --salvage        read from a corrupt image, or without its parent; what cannot be read\n"
    "                   is listed, and zero\n"
    "  --at=K           apply only the first K entries of a pending log: the disk as of "
    "then\n" CLI_PARENT_HELP CLI_FOLLOW_HELP
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status: 0 read, 2 the image is corrupt, 1 it could not be read or checked. With\n"
    "--salvage, too, 2 and 1 tell what the image is.\n";

/* Read from the judged image. */
static enum cli_exit read_disk(const struct cli_options *options, struct cli_chain *chain,
                               uint64_t offset, uint64_t length)
{
    const struct cli_session *session = chain->link[0].session;
    uint64_t size = session->check.structure.facts.geometry.disk_bytes;
    struct cli_out out;
    struct cli_disk_job job = {
        .chain = chain,
        .out = &out,
        .offset = offset,
        .length = length,
        .is_salvage = options->is_salvage,
    };
    enum cli_exit status = CLI_EXIT_INCOMPLETE;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;

    vxo_buffer_init(&error, text, sizeof(text));
    if (!vx_within(offset, length, size)) {
        vxo_put(&error, "the range is not inside the virtual disk of ");
        vxo_put_size(&error, size);
        cli_complain(session->path, text);
        return CLI_EXIT_INCOMPLETE;
    }
    if (!cli_out_open(&out, "-", &session->file, false, size, &error)) {
        cli_complain("standard output", text);
        return CLI_EXIT_INCOMPLETE;
    }
    status = cli_disk_copy(&job);
    if (cli_chain_is_torn(chain)) {
        status = cli_exit_worse(status, CLI_EXIT_INCOMPLETE);
    }
    cli_out_discard(&out);
    return status;
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 3, "read takes an image, an offset and a length", output, NULL);
    struct cli_chain *chain = NULL;
    uint64_t offset = 0;
    uint64_t length = 0;
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (session == NULL) {
        return CLI_EXIT_INCOMPLETE;
    }
    if (!cli_number_parse(options->operand[1], &offset)) {
        status = cli_options_error(options, "not a number of bytes:", options->operand[1]);
    } else if (!cli_number_parse(options->operand[2], &length)) {
        status = cli_options_error(options, "not a number of bytes:", options->operand[2]);
    } else {
        chain = cli_chain_open(options, session, CLI_DEPTH_BLOCKS);
        status = chain == NULL ? CLI_EXIT_INCOMPLETE : cli_chain_judge(chain, options->is_salvage);
        if (chain != NULL && status == CLI_EXIT_SOUND) {
            status = read_disk(options, chain, offset, length);
            status = cli_exit_worse(status, cli_chain_trust(chain));
        }
        cli_chain_close(chain);
    }
    cli_session_close(session);
    return status;
}

const struct cli_verb CLI_READ = {
    .name = "read",
    .summary = "print bytes of the virtual disk",
    .help = HELP,
    .accepted = CLI_OPTION_SALVAGE | CLI_OPTION_MEMORY | CLI_OPTION_AT | CLI_OPTION_PARENT |
                CLI_OPTION_FOLLOW,
    .run = run,
};
