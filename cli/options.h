/* Command lines: the options of all verbs, and which verb takes which. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/output.h"

/* Options a verb may take, beside --help; bits beyond those of a letter. */
enum cli_option {
    CLI_OPTION_FORMAT = 1 << 8,
    CLI_OPTION_VERBOSE = 1 << 9,
    CLI_OPTION_COLOR = 1 << 10,
    CLI_OPTION_ALL = 1 << 11,
    CLI_OPTION_MEMORY = 1 << 12,
    CLI_OPTION_OUTPUT = 1 << 13,
    CLI_OPTION_FORCE = 1 << 14,
    CLI_OPTION_SALVAGE = 1 << 15,
    CLI_OPTION_NO_PROGRESS = 1 << 16,
    CLI_OPTION_AT = 1 << 17,
    CLI_OPTION_PARENT = 1 << 18, /* and --parent-dir */
    CLI_OPTION_FOLLOW = 1 << 19
};

enum { CLI_PARENTS_MAX = 256 }; /* of either option that says where they are */

struct cli_verb;

struct cli_options {
    const struct cli_verb *verb;
    bool is_help;
    bool is_json;
    bool is_verbose;
    bool is_all;
    bool is_forced;
    bool is_salvage;
    bool is_quiet;                       /* no progress */
    uint64_t memory_bytes;               /* for the replay of a log */
    uint64_t at;                         /* entries of the log to apply, or VXR_ALL_ENTRIES */
    const char *output;                  /* NULL: none given */
    const char *parent[CLI_PARENTS_MAX]; /* parent_count of them */
    int parent_count;
    const char *folder[CLI_PARENTS_MAX]; /* of --parent-dir, folder_count of them */
    int folder_count;
    bool is_following; /* the relative paths in images, below their own folders */
    enum cli_color color;
    char **operand; /* operand_count of them, in the caller's argv */
    int operand_count;
};

struct cli_verb {
    const char *name;
    const char *summary; /* one line */
    const char *help;    /* what --help prints */
    unsigned accepted;   /* enum cli_option bits */
    enum cli_exit (*run)(const struct cli_options *options, struct cli_output *output);
};

/* Parse the command line of a verb; argv[0] is the verb itself. May permute argv.
 * Returns false, after a message on standard error, when it is wrong. */
bool cli_options_parse(const struct cli_verb *verb, int argc, char **argv, struct cli_options *out);

/* As cli_usage_error(); the hint is the help of the verb that the options are for. */
enum cli_exit cli_options_error(const struct cli_options *options, const char *what,
                                const char *subject);

#endif
