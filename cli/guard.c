/* Naive form, and this one: each stream against each word. Before the options are parsed, because
 * what is wrong with them is printed, too. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: S_ISBLK() */
#include "cli/guard.h"

#include <stdio.h>
#include <string.h>
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

/* Why must nothing go to the stream? NULL: the file that is named, if it is one, does not object.
 */
static const char *objection_of_name(int fd, const struct stat *status, const char *name)
{
    const char *why_not = NULL;
    char text[ERROR_BYTES];
    struct vxo_buffer error;
    struct cli_file file;

    vxo_buffer_init(&error, text, sizeof(text));
    if (cli_file_open(&file, name, &error)) {
        why_not = cli_out_stream_objection(fd, status, &file);
        cli_file_close(&file);
    }
    return why_not;
}

/* The same for all words. */
static const char *objection(int fd, int count, char *const *words)
{
    const char *why_not = NULL;
    struct stat status;

    if (!is_full(fd, &status)) {
        return NULL;
    }
    for (int i = 0; i < count && why_not == NULL; i++) {
        const char *value = words[i][0] == '-' ? strchr(words[i], '=') : NULL;

        why_not = objection_of_name(fd, &status, words[i]);
        if (why_not == NULL && value != NULL) {
            why_not = objection_of_name(fd, &status, value + 1);
        }
    }
    return why_not;
}

/* Say what objects to one of the streams on the other one. Returns whether nothing does. */
static bool say(const char *out, const char *error)
{
    if (out != NULL && error == NULL) {
        cli_complain("standard output", out);
    } else if (out == NULL && error != NULL) {
        (void)printf("vhdxray: standard error: %s\n", error);
    }
    return out == NULL && error == NULL;
}

bool cli_guard_streams(int count, char *const *words)
{
    return say(objection(STDOUT_FILENO, count, words), objection(STDERR_FILENO, count, words));
}

bool cli_guard_file(const struct cli_file *file)
{
    const char *why_not[] = {NULL, NULL};
    struct stat status;

    if (is_full(STDOUT_FILENO, &status)) {
        why_not[0] = cli_out_stream_objection(STDOUT_FILENO, &status, file);
    }
    if (is_full(STDERR_FILENO, &status)) {
        why_not[1] = cli_out_stream_objection(STDERR_FILENO, &status, file);
    }
    return say(why_not[0], why_not[1]);
}
