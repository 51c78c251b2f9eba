/* Files below a folder, opened so that no name, no link and no race leads out of it. */
#ifndef CLI_BENEATH_H
#define CLI_BENEATH_H

#include "cli/win_path.h"

/* Open the folder that holds the file at `path`. Returns a descriptor to close, or -1 with errno.
 */
int cli_folder_of(const char *path);

/* Open the regular file that `path` names below `folder`. A name is taken as it is written, or else
 * as the one that differs from it in case only. What is not a regular file is refused unopened: to
 * open a device or a pipe may do something. found: gets the names that were used, separated by "/".
 * Returns a descriptor to close, with another one in *holder: the folder that holds the file; or -1
 * after a text for the user. */
int cli_open_beneath(int folder, const struct cli_win_path *path, int *holder,
                     struct vxo_buffer *found, struct vxo_buffer *error);

#endif
