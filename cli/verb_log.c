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
    "  --format=FORMAT  text (default) or json\n"
    "  -v, --verbose    show all facts and notes (info findings), too\n"
    "  --color=WHEN     auto (default: on a terminal), always or never\n"
    "  --memory=SIZE    most memory for the replay of a pending log (default 256M)\n"
    "  -h, --help       print this\n"
    "\n"
    "Exit status as for `vhdxray check`, by what was found on the way.\n";

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

/* Run the passes up to the log, and make the report ready to be told. */
static struct vxo_log_report prepare(struct cli_session *session)
{
    struct vxo_log_report report = {.tell = tell, .ctx = session};
    const struct vx_header *header = NULL;

    cli_session_run(session, CLI_DEPTH_LOG, NULL);
    (void)cli_session_has_changed(session);
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

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    struct cli_session *session =
        cli_session_start(options, 1, "log takes one image", output, VXO_SCHEMA_LOG);
    enum cli_exit status = CLI_EXIT_INCOMPLETE;
    struct vxo_text text = {.page = cli_output_page(output, options->color),
                            .is_verbose = options->is_verbose};
    struct vxo_json json = cli_output_json(output, true);
    struct vxo_log_report report;

    if (session == NULL) {
        return CLI_EXIT_INCOMPLETE;
    }
    report = prepare(session);
    status = cli_session_exit(session);
    if (!options->is_json) {
        vxo_text_log(&text, &report);
    } else if (!vxo_json_log(&json, &report)) {
        cli_complain(session->path, CLI_NO_MEMORY);
        status = CLI_EXIT_INCOMPLETE;
    }
    status = cli_session_told(session, status);
    cli_session_close(session);
    return status;
}

const struct cli_verb CLI_LOG = {
    .name = "log",
    .summary = "tell the story of the log, entry by entry",
    .help = HELP,
    .accepted = CLI_OPTION_FORMAT | CLI_OPTION_VERBOSE | CLI_OPTION_COLOR | CLI_OPTION_MEMORY,
    .run = run,
};
