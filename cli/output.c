/* Output streams and messages. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: fileno() */
#include "cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/model.h"

enum { SUBJECT_BYTES = 4096 };

void cli_output_write(void *ctx, const char *bytes, size_t len)
{
    struct cli_output *output = ctx;

    if (output->error == 0 && fwrite(bytes, 1, len, output->stream) < len) {
        output->error = errno;
    }
}

bool cli_output_flush(struct cli_output *output)
{
    if (output->error == 0 && fflush(output->stream) != 0) {
        output->error = errno;
    }
    return output->error == 0;
}

enum cli_exit cli_output_close(struct cli_output *output, enum cli_exit status)
{
    bool is_complete = cli_output_flush(output);

    if (fclose(output->stream) != 0 && is_complete) {
        output->error = errno;
    }
    if (output->error != 0) {
        cli_complain("cannot write the report", strerror(output->error));
        return CLI_EXIT_INCOMPLETE;
    }
    return status;
}

/* Is this a terminal that shows colour, and nobody objects? */
static bool shows_color(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(fileno(stream)) == 1 && (no_color == NULL || no_color[0] == '\0') &&
           term != NULL && strcmp(term, "dumb") != 0;
}

struct vxo_page cli_output_page(struct cli_output *output, enum cli_color color)
{
    bool is_asked =
        color == CLI_COLOR_AUTO ? shows_color(output->stream) : color == CLI_COLOR_ALWAYS;

    return (struct vxo_page){.write = cli_output_write, .ctx = output, .has_color = is_asked};
}

struct vxo_json cli_output_json(struct cli_output *output, bool is_pretty)
{
    return (struct vxo_json){.write = cli_output_write, .ctx = output, .is_pretty = is_pretty};
}

void cli_complain(const char *subject, const char *what)
{
    char text[SUBJECT_BYTES];
    struct vxo_buffer put;

    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put_printable(&put, subject[0] != '\0' ? subject : "''");
    (void)fprintf(stderr, "vhdxray: %s: %s\n", text, what);
}

enum cli_exit cli_usage_error(const char *what, const char *subject, const char *hint)
{
    char text[SUBJECT_BYTES];
    struct vxo_buffer put;

    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put(&put, what);
    if (subject != NULL) {
        vxo_put(&put, " '");
        vxo_put_printable(&put, subject);
        vxo_put(&put, "'");
    }
    (void)fprintf(stderr, "vhdxray: %s\nTry 'vhdxray %s'\n", text, hint);
    return CLI_EXIT_INCOMPLETE;
}
