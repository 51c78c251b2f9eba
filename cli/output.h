/* Standard output and standard error. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdio.h>

#include "reports/json.h"

/* Exit status of the program: what users of `qemu-img check` know. */
enum cli_exit {
    CLI_EXIT_SOUND = 0,
    CLI_EXIT_INCOMPLETE = 1, /* unreadable file, limit reached, wrong usage */
    CLI_EXIT_CORRUPT = 2,
    CLI_EXIT_WARNINGS = 3
};

enum cli_color { CLI_COLOR_AUTO, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };

/* Where reports go. Remembers the first failure, and writes nothing after it. */
struct cli_output {
    FILE *stream;
    int error; /* errno, or 0 */
};

/* A vxo_write_fn; ctx: a struct cli_output. */
void cli_output_write(void *ctx, const char *bytes, size_t len);

/* Hand what was written to the system. Returns whether all output so far arrived. */
bool cli_output_flush(struct cli_output *output);

/* Close the stream. Returns status, or CLI_EXIT_INCOMPLETE and a message on standard error when
 * some output was lost. */
enum cli_exit cli_output_close(struct cli_output *output, enum cli_exit status);

/* A page to write on. With CLI_COLOR_AUTO it has colour on a terminal that does not refuse it. */
struct vxo_page cli_output_page(struct cli_output *output, enum cli_color color);

/* Where JSON documents go. is_pretty: one document; else JSON Lines. */
struct vxo_json cli_output_json(struct cli_output *output, bool is_pretty);

/* Say on standard error what is wrong: "vhdxray: SUBJECT: WHAT". subject is made printable. */
void cli_complain(const char *subject, const char *what);

/* Say on standard error how the program was called wrongly: "vhdxray: WHAT 'SUBJECT'", without
 * the subject if that is NULL, and "Try 'vhdxray HINT'". Returns CLI_EXIT_INCOMPLETE. */
enum cli_exit cli_usage_error(const char *what, const char *subject, const char *hint);

#endif
