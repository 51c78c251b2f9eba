/* An image under inspection: the open file, the memory of the passes, and what they found. Every
 * verb that reads images works on one. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/file_source.h"
#include "cli/options.h"
#include "replay/simulate.h"
#include "reports/model.h"

enum {
    CLI_NAME_BYTES = 3 * 4096 + 1, /* a path whose every byte was replaced */
    CLI_ERROR_BYTES = 512,
    CLI_LABEL_BYTES = 8192
};

enum cli_depth {
    CLI_DEPTH_LOG,    /* file identifier, headers, log */
    CLI_DEPTH_TABLES, /* and regions, metadata, geometry */
    CLI_DEPTH_BLOCKS, /* and all blocks */
    CLI_DEPTH_BOTH    /* and, of a dirty image, all of this again without its log */
};

struct cli_session {
    const char *path;
    struct cli_file file;
    int folder;     /* see cli_session_folder(); -1: not opened yet */
    bool has_chain; /* its parents are judged, too: to be set before the passes run */
    struct vxr_check check;
    struct vx_reporter reporter;
    struct vxo_store store;
    struct vx_reporter unreplayed; /* of CLI_DEPTH_BOTH */
    bool has_unreplayed;
    bool is_torn; /* what a report reads while it is told could not all be read */
    struct vx_region region[VX_REGIONS_MAX]; /* check.structure.facts.regions.count of them */
    struct vxr_memory memory;
    struct vxo_buffer name; /* the path, printable */
    struct vxo_buffer error;
    char label[CLI_LABEL_BYTES]; /* the path, of a file that was opened by another */
    char name_text[CLI_NAME_BYTES];
    char error_text[CLI_ERROR_BYTES];
};

/* Open an image, and get the memory to inspect it: at most memory_bytes for replay of its log, of
 * which only what the log needs is touched.
 * Returns NULL, after a message on standard error, when there is not even memory for a session.
 * Otherwise session->error is empty, or says for the user why there is nothing to inspect.
 * To be closed with cli_session_close() in either case. */
struct cli_session *cli_session_open(const char *path, uint64_t memory_bytes);

/* A file that was opened by another: which may not be looked up again by its name. */
struct cli_opened {
    int fd;                  /* of the file */
    int folder;              /* of the folder that holds it */
    const char *folder_name; /* for people, as `name` is; NULL: the current one */
    const char *name;
};

/* The same for such a file, whose descriptors the session takes over, also when it fails. */
struct cli_session *cli_session_take(const struct cli_opened *opened, uint64_t memory_bytes);

/* The folder that holds the image: a descriptor that is the session's, or -1. Once opened it stays
 * that folder, whatever becomes of its name. */
int cli_session_folder(struct cli_session *session);

/* The image cannot be inspected: say why on standard error and, when JSON is asked for, in place of
 * the document of that schema; NULL: there is no such document. Returns CLI_EXIT_INCOMPLETE. */
enum cli_exit cli_session_fail(const struct cli_session *session, const struct cli_options *options,
                               struct cli_output *output, const char *schema);

/* For verbs with one image as their first operand: open it. Checks that there are operand_count
 * operands; usage: what is said otherwise. schema: as for cli_session_fail().
 * Returns NULL after a message. */
struct cli_session *cli_session_start(const struct cli_options *options, int operand_count,
                                      const char *usage, struct cli_output *output,
                                      const char *schema);

/* Run the passes, on the image as it is after the first `at` entries of its log (VXR_ALL_ENTRIES:
 * after replay). Once in a session. */
void cli_session_run(struct cli_session *session, enum cli_depth depth, uint64_t at);

/* Has the log that was run over the entries that --at asks for? Where it cannot be known how many
 * there are the findings say why, and the answer is yes.
 * Returns false after a message that says the range. */
bool cli_session_reaches(const struct cli_session *session, const struct cli_options *options);

/* Has the file changed since it was opened? Reports VHDX-RUN-002 if so. To be asked when all that
 * was to be read has been read. */
bool cli_session_has_changed(struct cli_session *session);

/* A report was printed that reads more of the image while it is told: could all of that be read,
 * and is the image still what it was? Says on standard error if not. Returns status, or what is
 * worse. */
enum cli_exit cli_session_told(struct cli_session *session, enum cli_exit status);

/* All there is to report. Lives as long as the session. */
struct vxo_report cli_session_report(const struct cli_session *session, enum vxo_depth depth);

/* Exit status for a verdict. */
enum cli_exit cli_exit_of(enum vx_verdict verdict);

/* The same for the verdict so far. */
enum cli_exit cli_session_exit(const struct cli_session *session);

/* The same for verbs that do more than judge: warnings are none of their business. */
enum cli_exit cli_session_trust(const struct cli_session *session);

/* May the image be trusted? If not, says on standard error what was found.
 * Returns CLI_EXIT_SOUND, also for mere warnings; CLI_EXIT_CORRUPT or CLI_EXIT_INCOMPLETE. */
enum cli_exit cli_session_explain(const struct cli_session *session);

/* For verbs that hand out what is in an image: may it be trusted? Says on standard error why not.
 * is_salvage: what can be read is wanted all the same, as long as anything can.
 * Returns CLI_EXIT_SOUND, or the exit status to end with. */
enum cli_exit cli_session_judge(const struct cli_session *session, bool is_salvage);

/* What a log holds may be missing in the view that was judged: say so on standard error. */
void cli_session_warn_of_log(const struct cli_session *session);

void cli_session_close(struct cli_session *session);

/* A vx_sink_fn for findings that are only counted. ctx: anything. */
void cli_count_only(void *ctx, const struct vx_finding *finding);

/* The worse of two statuses: corrupt, incomplete, warnings, sound. */
enum cli_exit cli_exit_worse(enum cli_exit a, enum cli_exit b);

extern const char CLI_NO_MEMORY[];

#endif
