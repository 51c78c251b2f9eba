/* What `check` and `info` share: open each image, run the passes, print the report. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "cli/options.h"
#include "reports/model.h"

/* Inspect all operands. Returns the worst exit status, in the order corrupt, incomplete,
 * warnings, sound. */
enum cli_exit cli_inspect(const struct cli_options *options, enum vxo_depth depth,
                          struct cli_output *output);

#endif
