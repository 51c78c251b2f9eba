/* vhdxray: an X-ray for VHDX images. Finds the verb and runs it. */
#include <signal.h>
#include <string.h>

#include "cli/guard.h"
#include "cli/verbs.h"
#include "reports/version.h"

static const struct cli_verb *const VERBS[] = {&CLI_CHECK,  &CLI_INFO, &CLI_LOG, &CLI_REPLAY,
                                               &CLI_EXPORT, &CLI_READ, &CLI_MAP, &CLI_EXPLAIN};

enum { VERB_COUNT = sizeof(VERBS) / sizeof(VERBS[0]), VERB_COLUMNS = 10 };

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
          "  -h, --help     print this; after a verb: its options\n"
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

/* word: the first of the command line. */
static enum cli_exit dispatch(const char *word, int argc, char **argv, struct cli_output *output)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(word, VERBS[i]->name) == 0) {
            return run_verb(VERBS[i], argc, argv, output);
        }
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
    return cli_usage_error(word[0] == '-' ? "unknown option" : "unknown verb", word, "--help");
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
