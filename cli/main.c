/* vhdxray: an X-ray for VHDX images. Finds the verb and runs it. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: S_ISBLK() */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/guard.h"
#include "cli/verbs.h"
#include "reports/version.h"

static const struct cli_verb *const VERBS[] = {&CLI_CHECK,  &CLI_INFO,   &CLI_LOG,
                                               &CLI_REPLAY, &CLI_EXPORT, &CLI_READ,
                                               &CLI_MAP,    &CLI_CHAIN,  &CLI_EXPLAIN};

enum { VERB_COUNT = sizeof(VERBS) / sizeof(VERBS[0]), VERB_COLUMNS = 10, HINT_BYTES = 4096 };

static void print(struct cli_output *output, const char *text)
{
    cli_output_write(output, text, strlen(text));
}

static enum cli_exit print_help(struct cli_output *output)
{
    print(output, "Usage: vhdxray VERB [OPTION]... [ARGUMENT]...\n"
                  "\n"
                  "An X-ray for VHDX images: sees everything and touches nothing.\n"
                  "\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        print(output, "  ");
        print(output, VERBS[i]->name);
        for (size_t at = strlen(VERBS[i]->name); at < VERB_COLUMNS; at++) {
            print(output, " ");
        }
        print(output, VERBS[i]->summary);
        print(output, "\n");
    }
    print(output,
          "\n"
          "  -h, --help     print this; after a verb: its options (`help VERB` does the same)\n"
          "  -V, --version  print the version\n"
          "\n"
          "Exit status: 0 sound, 3 sound with warnings, 2 corrupt, 1 could not complete.\n");
    return CLI_EXIT_SOUND;
}

static enum cli_exit run_verb(const struct cli_verb *verb, int argc, char **argv,
                              struct cli_output *output)
{
    struct cli_options options;

    if (!cli_guard_streams(argc - 1, argv + 1)) {
        return CLI_EXIT_INCOMPLETE;
    }
    if (!cli_options_parse(verb, argc, argv, &options)) {
        return CLI_EXIT_INCOMPLETE;
    }
    if (options.is_help) {
        print(output, verb->help);
        return CLI_EXIT_SOUND;
    }
    return verb->run(&options, output);
}

/* The verb of that name, or NULL. */
static const struct cli_verb *find_verb(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(name, VERBS[i]->name) == 0) {
            return VERBS[i];
        }
    }
    return NULL;
}

/* `help` and `help VERB`, for those who look for it there. */
static enum cli_exit help(int argc, char **argv, struct cli_output *output)
{
    const struct cli_verb *verb = argc == 2 ? find_verb(argv[1]) : NULL;

    if (argc < 2) {
        return print_help(output);
    }
    if (verb == NULL) {
        return argc > 2 ? cli_usage_error("help takes one verb", NULL, "--help")
                        : cli_usage_error("unknown verb", argv[1], "--help");
    }
    print(output, verb->help);
    return CLI_EXIT_SOUND;
}

/* What stands where a verb belongs is none. Perhaps it is what the verb should do something with?
 */
static enum cli_exit refuse(const char *word)
{
    char text[HINT_BYTES];
    struct vxo_buffer hint;
    struct stat status;

    if (word[0] == '-') {
        return cli_usage_error("unknown option", word, "--help");
    }
    if (stat(word, &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))) {
        return cli_usage_error("unknown verb", word, "--help");
    }
    vxo_buffer_init(&hint, text, sizeof(text));
    vxo_put(&hint, "check ");
    vxo_put_printable(&hint, word);
    return cli_usage_error("no verb given before the file", word, text);
}

/* word: the first of the command line. */
static enum cli_exit dispatch(const char *word, int argc, char **argv, struct cli_output *output)
{
    const struct cli_verb *verb = find_verb(word);

    if (verb != NULL) {
        return run_verb(verb, argc, argv, output);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return print_help(output);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        print(output, VXO_TOOL "\n");
        return CLI_EXIT_SOUND;
    }
    if (!cli_guard_streams(argc, argv)) {
        return CLI_EXIT_INCOMPLETE;
    }
    return strcmp(word, "help") == 0 ? help(argc, argv, output) : refuse(word);
}

int main(int argc, char **argv)
{
    struct cli_output output = {.stream = stdout};
    enum cli_exit status = CLI_EXIT_INCOMPLETE;

    /* a reader that went away and a file that grows too large are write errors like any other */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    status = argc < 2 ? cli_usage_error("no verb given", NULL, "--help")
                      : dispatch(argv[1], argc - 1, argv + 1, &output);
    status = cli_output_close(&output, status);
    return (int)status;
}
