/* Option parsing with getopt_long. */
#define _GNU_SOURCE /* NOLINT: getopt_long() */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

enum {
    HELP = 16, /* beyond the bits of enum cli_option */
    NAME_BYTES = 32
};

/* The val of each is its bit, so that a verb's set of options is one number. */
static const struct option OPTIONS[] = {
    {"format", required_argument, NULL, CLI_OPTION_FORMAT},
    {"verbose", no_argument, NULL, CLI_OPTION_VERBOSE},
    {"color", required_argument, NULL, CLI_OPTION_COLOR},
    {"all", no_argument, NULL, CLI_OPTION_ALL},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

/* Position of text among the names, or -1. */
static int find_name(const char *text, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

/* Apply one option. Returns false after a message. */
static bool apply(int option, const char *argument, struct cli_options *out)
{
    static const char *const FORMATS[] = {"text", "json"};
    static const char *const COLORS[] = {
        [CLI_COLOR_AUTO] = "auto", [CLI_COLOR_ALWAYS] = "always", [CLI_COLOR_NEVER] = "never"};
    int choice = 0;

    switch (option) {
    case CLI_OPTION_FORMAT:
        choice = find_name(argument, FORMATS, 2);
        out->is_json = choice == 1;
        break;
    case CLI_OPTION_COLOR:
        choice = find_name(argument, COLORS, 3);
        out->color = choice < 0 ? CLI_COLOR_AUTO : (enum cli_color)choice;
        break;
    case CLI_OPTION_ALL:
        out->is_all = true;
        break;
    case HELP:
        out->is_help = true;
        break;
    default:
        out->is_verbose = true;
        break;
    }
    if (choice < 0) {
        (void)cli_usage_error(option == CLI_OPTION_FORMAT
                                  ? "--format takes text or json, not"
                                  : "--color takes auto, always or never, not",
                              argument, "--help");
    }
    return choice >= 0;
}

/* Complain about an option of ours: "WHAT '--NAME'". option: its bit. Returns false. */
static bool refuse(const char *what, int option)
{
    char text[NAME_BYTES];
    struct vxo_buffer name;

    vxo_buffer_init(&name, text, sizeof(text));
    vxo_put(&name, "--");
    for (const struct option *o = OPTIONS; o->name != NULL; o++) {
        vxo_put(&name, o->val == option ? o->name : "");
    }
    (void)cli_usage_error(what, text, "--help");
    return false;
}

/* Complain about what getopt could not use. answer: '?' or ':'; word: where getopt stands.
 * Returns false. */
static bool refuse_unusable(int answer, const char *word)
{
    const char letter[] = {'-', (char)optopt, '\0'};

    if (answer == ':') {
        return refuse("no value given to option", optopt);
    }
    if (optopt > 0 && optopt <= HELP) {
        return refuse("no value is taken by option", optopt);
    }
    (void)cli_usage_error("unknown option", optopt == 0 ? word : letter, "--help");
    return false;
}

bool cli_options_parse(const struct cli_verb *verb, int argc, char **argv, struct cli_options *out)
{
    int option = 0;

    memset(out, 0, sizeof(*out));
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":hv", OPTIONS, NULL)) != -1) {
        if (option == 'h') {
            option = HELP;
        } else if (option == 'v') {
            option = CLI_OPTION_VERBOSE;
        }
        if (option == '?' || option == ':') {
            return refuse_unusable(option, argv[optind - 1]);
        }
        if (option != HELP && (verb->accepted & (unsigned)option) == 0) {
            return refuse("unknown option", option);
        }
        if (!apply(option, optarg, out)) {
            return false;
        }
    }
    out->operand = argv + optind;
    out->operand_count = argc - optind;
    return true;
}
