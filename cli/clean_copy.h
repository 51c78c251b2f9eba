/* Writes a clean copy of an image: its log applied, its headers updated. */
#ifndef CLI_CLEAN_COPY_H
#define CLI_CLEAN_COPY_H

#include "cli/options.h"
#include "cli/session.h"

/* Copy the image of the session, which was judged, to options->output. The copy is as sparse as
 * the image; its LogGuid is zero, its FileWriteGuid new, its DataWriteGuid kept, because what a
 * user of the virtual disk sees has not changed.
 * Spec: MS-VHDX 2.2.2.1, 2.3.3.
 * Returns CLI_EXIT_SOUND, or CLI_EXIT_INCOMPLETE after a message and with nothing left behind. */
enum cli_exit cli_clean_copy(const struct cli_options *options, struct cli_session *session);

#endif
