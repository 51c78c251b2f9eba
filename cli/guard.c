/* Naive form, and this one: each stream against each word. Before the options are parsed, because
 * what is wrong with them is printed, too. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: S_ISBLK() */
#include "cli/guard.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out_file.h"
#include "cli/output.h"

enum { ERROR_BYTES = 512 };

/* Is there something in what the stream leads to? A file that the shell has just emptied holds no
 * image any more. */
static bool is_full(int fd, struct stat *status)
{
    return fstat(fd, status) == 0 &&
           (S_ISBLK(status->st_mode) || (S_ISREG(status->st_mode) && status->st_size > 0));
}

/* Why must nothing go to the stream? NULL: no word objects. */
static const char *objection(int fd, int count, char *const *words)
{
    const char *why_not = NULL;
    char text[ERROR_BYTES];
    struct vxo_buffer error;
    struct cli_file file;
    struct stat status;

    if (!is_full(fd, &status)) {
        return NULL;
    }
    for (int i = 0; i < count && why_not == NULL; i++) {
        vxo_buffer_init(&error, text, sizeof(text));
        if (cli_file_open(&file, words[i], &error)) {
            why_not = cli_out_stream_objection(fd, &status, &file);
            cli_file_close(&file);
        }
    }
    return why_not;
}

bool cli_guard_streams(int count, char *const *words)
{
    const char *out = objection(STDOUT_FILENO, count, words);
    const char *error = objection(STDERR_FILENO, count, words);

    if (out != NULL && error == NULL) {
        cli_complain("standard output", out);
    } else if (out == NULL && error != NULL) {
        (void)printf("vhdxray: standard error: %s\n", error);
    }
    return out == NULL && error == NULL;
}
