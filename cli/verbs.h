/* The verbs, each in a file of its own, but for check and info, which are one. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/options.h"

extern const struct cli_verb CLI_CHECK;
extern const struct cli_verb CLI_INFO;
extern const struct cli_verb CLI_LOG;
extern const struct cli_verb CLI_REPLAY;
extern const struct cli_verb CLI_EXPORT;
extern const struct cli_verb CLI_READ;
extern const struct cli_verb CLI_MAP;
extern const struct cli_verb CLI_EXPLAIN;

#endif
