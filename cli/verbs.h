/* The verbs, each in a file of its own, but for check and info, which are one. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/options.h"

/* What --help says of the options of all verbs that take them. */
#define CLI_PARENT_HELP                                                                            \
    "  --parent=FILE    a parent of the differencing image; again for more of them\n"              \
    "  --parent-dir=DIR find parents among the images in DIR, by their identity\n"
#define CLI_FOLLOW_HELP                                                                            \
    "  --follow         find parents by the relative path in the image, below its own folder\n"

extern const struct cli_verb CLI_CHECK;
extern const struct cli_verb CLI_INFO;
extern const struct cli_verb CLI_LOG;
extern const struct cli_verb CLI_REPLAY;
extern const struct cli_verb CLI_EXPORT;
extern const struct cli_verb CLI_READ;
extern const struct cli_verb CLI_MAP;
extern const struct cli_verb CLI_CHAIN;
extern const struct cli_verb CLI_EXPLAIN;

#endif
