/* `vhdxray log`: the story of the log. The ring is scanned once to know which sequence is active,
 * then once for the entries and once for the runs, so that nothing has to be remembered. */
#include "cli/session.h"
#include "cli/verbs.h"
#include "parser/bytes.h"
#include "parser/workspace.h"
#include "reports/log_report.h"

static const char HELP[] =
    "Usage: vhdxray log [OPTION]... IMAGE\n"
    "\n"
    "Tell the story of an image's log: every entry in the order of the ring, valid or not\n"
    "and why; the runs they form; which of them is active, and why the others are not.\n"
    "Entries lie in a clean log, too, where they do not count.\n"
    "\n"
    "With --at: then check the image as it is when only the first K entries of the active\n"
    "sequence are applied, from 0 (the image as it lies) to all of them.\n"
    "\n"
    "  --at=K           check the state after the first K entries, too\n"
    "  --format=FORMAT  text (default) or json\n"
    "  -v, --verbose    show all facts and notes (info findings), too\n"
    "  --color=WHEN     auto (default: on a terminal), always or never\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status as for `vhdxray check`, by what was found on the way: headers and log. With\n"
    "--at, of that state alone, to which it is no fault that a log is pending; and 1 where\n"
    "the log itself could not be read completely.\n";

/* A vxo_log_report teller. */
static void tell(void *ctx, const struct vxr_story *story)
{
    struct cli_session *session = ctx;
    struct vxr_log_workspace *ws = session->check.log_ws;
    const struct vx_header *header = vx_headers_current(&session->check.structure.facts.headers);
    struct vx_reporter ignored;
    struct vxr_scan scan;

    if (header != NULL) {
        vx_reporter_init(&ignored, cli_count_only, NULL);
        vxr_scan(&ws->ring, &header->log_guid, session->check.structure.ws->crc, ws->starts, story,
                 &ignored, &scan);
        session->is_torn |= scan.unread > session->check.log.scan.unread;
    }
}

/* Can the log be looked at? A clean log's place is judged by nobody else. */
static bool has_ring(const struct cli_session *session, const struct vx_header *header)
{
    const struct vx_headers *headers = &session->check.structure.facts.headers;

    if (header == NULL || header->version != 1 || headers->is_dirty) {
        return headers->is_log_usable;
    }
    return header->log_version == 0 && header->log_length > 0 && header->log_length % VX_MIB == 0 &&
           header->log_offset % VX_MIB == 0 && header->log_offset >= VX_HEADER_SECTION_BYTES &&
           vx_within(header->log_offset, header->log_length, session->file.source.size);
}

/* Make the report of a session whose log was run over. */
static struct vxo_log_report prepare(struct cli_session *session)
{
    struct vxo_log_report report = {.tell = tell, .ctx = session};
    const struct vx_header *header = NULL;

    report.image = cli_session_report(session, VXO_INFO);
    report.scan = session->check.log.scan;
    header = vx_headers_current(&session->check.structure.facts.headers);
    if (has_ring(session, header)) {
        report.ring = &session->check.log_ws->ring;
        if (session->check.log.state == VXR_LOG_CLEAN) {
            vxr_ring_init(&session->check.log_ws->ring, &session->file.source, header);
        }
    }
    return report;
}

/* A vxr_change_fn: the sums are enough. */
static void ignore_change(void *ctx, const struct vxr_change *change)
{
    (void)ctx;
    (void)change;
}

/* Check the state that --at asks for, in a session of its own. */
static struct vxo_state check_state(struct cli_session *session, uint64_t entries)
{
    struct vxo_state state = {.entries = entries};

    cli_session_run(session, CLI_DEPTH_BLOCKS, entries);
    vxr_delta_run(&session->check, &session->file.source, ignore_change, NULL, &state.delta);
    (void)cli_session_has_changed(session);
    state.image = cli_session_report(session, VXO_CHECK);
    return state;
}

static enum cli_exit print_report(const struct cli_options *options,
                                  const struct vxo_log_report *report, struct cli_output *output)
{
    struct vxo_text text = {.page = cli_output_page(output, options->color),
                            .is_verbose = options->is_verbose};
    struct vxo_json json = cli_output_json(output, true);

    if (!options->is_json) {
        vxo_text_log(&text, report);
    } else if (!vxo_json_log(&json, report)) {
        cli_complain(report->image.image, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    return CLI_EXIT_SOUND;
}

/* Tell the story of the session's log, and of the state if that was asked for. */
static enum cli_exit tell_log(const struct cli_options *options, struct cli_session *session,
                              struct cli_session *state_session, struct cli_output *output)
{
    struct vxo_log_report report;
    struct vxo_state state = {0};
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    cli_session_run(session, CLI_DEPTH_LOG, VXR_ALL_ENTRIES);
    if (!cli_session_reaches(session, options)) {
        return CLI_EXIT_INCOMPLETE;
    }
    if (state_session != NULL) {
        state = check_state(state_session, options->at);
        session->is_torn |= state.delta.unread > 0;
        status = cli_session_exit(state_session);
    }
    (void)cli_session_has_changed(session);
    if (state_session == NULL) {
        status = cli_session_exit(session);
    } else if (session->reporter.is_incomplete) {
        status = cli_exit_worse(status, CLI_EXIT_INCOMPLETE); /* the story is, sound or not */
    }
    report = prepare(session);
    report.state = state_session != NULL ? &state : NULL;
    status = cli_exit_worse(status, print_report(options, &report, output));
    return cli_session_told(session, status);
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    bool has_state = options->at != VXR_ALL_ENTRIES;
    struct cli_session *session =
        cli_session_start(options, 1, "log takes one image", output, VXO_SCHEMA_LOG);
    struct cli_session *state_session = NULL;
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    if (session != NULL && has_state) {
        state_session = cli_session_start(options, 1, "", output, VXO_SCHEMA_LOG);
    }
    if (session != NULL && (state_session != NULL || !has_state)) {
        status = tell_log(options, session, state_session, output);
    }
    cli_session_close(state_session);
    cli_session_close(session);
    return status;
}

const struct cli_verb CLI_LOG = {
    .name = "log",
    .summary = "tell the story of the log, entry by entry",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY |
                CLI_OPTION_AT,
    .run = run,
};
