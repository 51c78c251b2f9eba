/* The standard streams are kept away from the images: a report is never appended to what it is
 * about. */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

#include "cli/file_source.h"

/* May be printed to standard output and standard error? words: of the command line, behind the
 * verb; what of them, or behind the "=" of an option, names no file is none of its business.
 * Returns false when one of the streams leads into a file or device that is named: nothing was
 * printed there, but a message to the other stream, unless that leads there, too. */
bool cli_guard_streams(int count, char *const *words);

/* The same for an open file and the others of its chain, which nobody named. */
bool cli_guard_file(const struct cli_file *file);

#endif
