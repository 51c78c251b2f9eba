/* Option parsing with getopt_long. */
#define _GNU_SOURCE /* NOLINT: getopt_long() */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "cli/number.h"

enum {
    HELP = 1 << 20, /* beyond the bits of enum cli_option */
    PARENT_FOLDER = 1 << 21,
    NAME_BYTES = 32,
    HINT_BYTES = 32,
    MEMORY_BYTES_DEFAULT = 256 * 1048576
};

/* The val of each is its bit, so that a verb's set of options is one number. */
static const struct option OPTIONS[] = {
    {"format", required_argument, NULL, CLI_OPTION_FORMAT},
    {"verbose", no_argument, NULL, CLI_OPTION_VERBOSE},
    {"color", required_argument, NULL, CLI_OPTION_COLOR},
    {"all", no_argument, NULL, CLI_OPTION_ALL},
    {"memory", required_argument, NULL, CLI_OPTION_MEMORY},
    {"output", required_argument, NULL, CLI_OPTION_OUTPUT},
    {"force", no_argument, NULL, CLI_OPTION_FORCE},
    {"salvage", no_argument, NULL, CLI_OPTION_SALVAGE},
    {"no-progress", no_argument, NULL, CLI_OPTION_NO_PROGRESS},
    {"at", required_argument, NULL, CLI_OPTION_AT},
    {"parent", required_argument, NULL, CLI_OPTION_PARENT},
    {"parent-dir", required_argument, NULL, PARENT_FOLDER},
    {"follow", no_argument, NULL, CLI_OPTION_FOLLOW},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

enum cli_exit cli_options_error(const struct cli_options *options, const char *what,
                                const char *subject)
{
    char text[HINT_BYTES];
    struct vxo_buffer hint;

    vxo_buffer_init(&hint, text, sizeof(text));
    vxo_put(&hint, options->verb->name);
    vxo_put(&hint, " --help");
    return cli_usage_error(what, subject, text);
}

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

/* Append to a list of CLI_PARENTS_MAX. Returns NULL, or what to say when it is full. */
static const char *append(const char **list, int *count, const char *value, const char *full)
{
    if (*count == CLI_PARENTS_MAX) {
        return full;
    }
    list[*count] = value;
    *count += 1;
    return NULL;
}

/* Apply an option that has a value. Returns NULL, or how its values should have been. */
static const char *apply_value(int option, const char *value, struct cli_options *out)
{
    static const char *const FORMATS[] = {"text", "json"};
    static const char *const COLORS[] = {
        [CLI_COLOR_AUTO] = "auto", [CLI_COLOR_ALWAYS] = "always", [CLI_COLOR_NEVER] = "never"};
    int choice = 0;

    switch (option) {
    case CLI_OPTION_FORMAT:
        choice = find_name(value, FORMATS, 2);
        out->is_json = choice == 1;
        return choice < 0 ? "--format takes text or json, not" : NULL;
    case CLI_OPTION_COLOR:
        choice = find_name(value, COLORS, 3);
        out->color = choice < 0 ? CLI_COLOR_AUTO : (enum cli_color)choice;
        return choice < 0 ? "--color takes auto, always or never, not" : NULL;
    case CLI_OPTION_MEMORY:
        return cli_number_parse(value, &out->memory_bytes)
                   ? NULL
                   : "--memory takes a size such as 512M, not";
    case CLI_OPTION_PARENT:
        return append(out->parent, &out->parent_count, value,
                      "--parent can be given 256 times, and was also given for");
    case PARENT_FOLDER:
        return append(out->folder, &out->folder_count, value,
                      "--parent-dir can be given 256 times, and was also given for");
    case CLI_OPTION_AT:
        return cli_number_parse(value, &out->at) && out->at < VXR_ALL_ENTRIES
                   ? NULL
                   : "--at takes a number of log entries, not";
    default:
        out->output = value;
        return NULL;
    }
}

/* Apply one option. Returns false after a message. */
static bool apply(int option, const char *value, struct cli_options *out)
{
    const char *objection = NULL;

    switch (option) {
    case CLI_OPTION_VERBOSE:
        out->is_verbose = true;
        break;
    case CLI_OPTION_ALL:
        out->is_all = true;
        break;
    case CLI_OPTION_FORCE:
        out->is_forced = true;
        break;
    case CLI_OPTION_SALVAGE:
        out->is_salvage = true;
        break;
    case CLI_OPTION_NO_PROGRESS:
        out->is_quiet = true;
        break;
    case CLI_OPTION_FOLLOW:
        out->is_following = true;
        break;
    case HELP:
        out->is_help = true;
        break;
    default:
        objection = apply_value(option, value, out);
        break;
    }
    if (objection != NULL) {
        (void)cli_options_error(out, objection, value);
    }
    return objection == NULL;
}

/* The option that a letter stands for, or the letter itself. */
static int option_of_letter(int letter)
{
    switch (letter) {
    case 'h':
        return HELP;
    case 'v':
        return CLI_OPTION_VERBOSE;
    case 'o':
        return CLI_OPTION_OUTPUT;
    default:
        return letter;
    }
}

/* Complain about an option of ours: "WHAT '--NAME'". option: its bit. Returns false. */
static bool refuse(const struct cli_options *options, const char *what, int option)
{
    char text[NAME_BYTES];
    struct vxo_buffer name;

    vxo_buffer_init(&name, text, sizeof(text));
    vxo_put(&name, "--");
    for (const struct option *o = OPTIONS; o->name != NULL; o++) {
        vxo_put(&name, o->val == option ? o->name : "");
    }
    (void)cli_options_error(options, what, text);
    return false;
}

/* Complain about what getopt could not use. answer: '?' or ':'; word: where getopt stands.
 * Returns false. */
static bool refuse_unusable(const struct cli_options *options, int answer, const char *word)
{
    const char letter[] = {'-', (char)optopt, '\0'};

    if (answer == ':') {
        return refuse(options, "no value given to option", option_of_letter(optopt));
    }
    if (word[0] == '-' && word[1] == '-' && optopt >= CLI_OPTION_FORMAT) {
        return refuse(options, "no value is taken by option", optopt);
    }
    (void)cli_options_error(options, "unknown option", optopt == 0 ? word : letter);
    return false;
}

bool cli_options_parse(const struct cli_verb *verb, int argc, char **argv, struct cli_options *out)
{
    int option = 0;
    int accepted = 0;

    *out = (struct cli_options){
        .verb = verb, .memory_bytes = MEMORY_BYTES_DEFAULT, .at = VXR_ALL_ENTRIES};
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":hvo:", OPTIONS, NULL)) != -1) {
        option = option_of_letter(option);
        if (option == '?' || option == ':') {
            return refuse_unusable(out, option, argv[optind - 1]);
        }
        accepted = option == PARENT_FOLDER ? CLI_OPTION_PARENT : option;
        if (option != HELP && (verb->accepted & (unsigned)accepted) == 0) {
            return refuse(out,
                          option == CLI_OPTION_FOLLOW
                              ? "this verb opens no path that an image names: unknown option"
                              : "unknown option",
                          option);
        }
        if (!apply(option, optarg, out)) {
            return false;
        }
    }
    out->operand = argv + optind;
    out->operand_count = argc - optind;
    return true;
}
