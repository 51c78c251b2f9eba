/* `vhdxray replay`: what replay of the log changes, or a copy of the image with it done. */
#include "cli/clean_copy.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "reports/replay_report.h"

enum { CHANGES_LISTED = 1000 };

static const char HELP[] =
    "Usage: vhdxray replay [OPTION]... IMAGE\n"
    "       vhdxray replay [OPTION]... -o COPY IMAGE\n"
    "\n"
    "Without -o: print what replay of a pending log would change, structure by structure:\n"
    "which BAT entries from what to what, region tables, metadata, growth.\n"
    "\n"
    "With -o: write a clean copy of the image, sound or with warnings, to a new file: log\n"
    "applied, headers updated, and otherwise the same. The image itself is never written.\n"
    "\n"
    "  -o, --output=COPY  write a clean copy\n"
    "  --force            with -o: replace COPY if it exists\n"
    "  --no-progress      with -o: show no progress on a terminal\n"
    "  --format=FORMAT    without -o: text (default) or json\n"
    "  --all              without -o: list all changes, not only the first 1000\n"
    "  --color=WHEN       without -o: auto (default: on a terminal), always or never\n"
    "  --memory=SIZE      most memory for the replay (default 256M)\n"
    "  -h, --help         print this\n"
    "\n"
    "Exit status as for `vhdxray check`, of the image after replay; with -o: 0 copied, 2 the\n"
    "image is corrupt, 1 it could not be copied.\n";

/* A vxo_replay_report teller. */
static void tell(void *ctx, vxr_change_fn *change, void *change_ctx, struct vxr_delta *delta)
{
    struct cli_session *session = ctx;

    vxr_delta_run(&session->check, &session->file.source, change, change_ctx, delta);
    session->is_torn |= delta->unread > 0;
}

static enum cli_exit print_changes(const struct cli_options *options, struct cli_session *session,
                                   struct cli_output *output)
{
    struct vxo_replay_report report = {
        .image = cli_session_report(session, VXO_CHECK),
        .limit = options->is_all ? UINT64_MAX : CHANGES_LISTED,
        .tell = tell,
        .ctx = session,
    };
    struct vxo_text text = {.page = cli_output_page(output, options->color)};
    struct vxo_json json = cli_output_json(output, true);

    if (!options->is_json) {
        vxo_text_replay(&text, &report);
    } else if (!vxo_json_replay(&json, &report)) {
        cli_complain(session->path, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    return cli_session_told(session, cli_session_exit(session));
}

/* An option that does nothing is refused: who gave it expects something. NULL: there is none. */
static const char *find_useless(const struct cli_options *options)
{
    if (options->output == NULL && options->is_forced) {
        return "--force";
    }
    if (options->output == NULL) {
        return options->is_quiet ? "--no-progress" : NULL;
    }
    if (options->is_json) {
        return "--format";
    }
    if (options->is_all) {
        return "--all";
    }
    return options->color != CLI_COLOR_AUTO ? "--color" : NULL;
}

static enum cli_exit replay(const struct cli_options *options, struct cli_output *output)
{
    bool has_copy = options->output != NULL;
    struct cli_session *session = cli_session_start(options, 1, "replay takes one image", output,
                                                    has_copy ? NULL : VXO_SCHEMA_REPLAY);
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (session == NULL) {
        return CLI_EXIT_INCOMPLETE;
    }
    cli_session_run(session, CLI_DEPTH_BLOCKS, VXR_ALL_ENTRIES);
    if (!has_copy) {
        (void)cli_session_has_changed(session);
        status = print_changes(options, session, output);
    } else {
        status = cli_session_explain(session);
        if (status == CLI_EXIT_SOUND) {
            status = cli_clean_copy(options, session);
        } else {
            cli_complain(options->output, "was not written: only an image that is sound, perhaps "
                                          "with warnings, is copied");
        }
    }
    cli_session_close(session);
    return status;
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    const char *useless = find_useless(options);

    if (useless != NULL) {
        return cli_options_error(options,
                                 options->output != NULL
                                     ? "a copy is no report: -o does not go with"
                                     : "without -o nothing is written, so there is no use for",
                                 useless);
    }
    return replay(options, output);
}

const struct cli_verb CLI_REPLAY = {
    .name = "replay",
    .summary = "show what replay of the log changes, or copy with it done",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_COLOR | CLI_OPTION_ALL | CLI_OPTION_MEMORY |
                CLI_OPTION_OUTPUT | CLI_OPTION_FORCE | CLI_OPTION_NO_PROGRESS,
    .run = run,
};
