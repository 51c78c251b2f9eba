/* The folders of --parent-dir: the images in them, by what they say they are. */
#ifndef CLI_PARENT_DIR_H
#define CLI_PARENT_DIR_H

#include "cli/session.h"
#include "reports/chain_report.h"

struct cli_parent_dir;

/* Open the folders. Returns NULL, with a message on standard error, when one of them cannot be, or
 * there is no memory. */
struct cli_parent_dir *cli_parent_dir_open(const struct cli_options *options);

/* dir may be NULL. */
void cli_parent_dir_close(struct cli_parent_dir *dir);

/* Open the image with the DataWriteGuid that the child names: in the order of folders and names the
 * first whose disk ID is not another one than the child's and that is sound as far as cli_peek()
 * looks; if none is both, the first with the former, or the latter, or the first. twins gets the
 * others. The headers of all files are read the first time, and then only what may be the parent.
 * Returns NULL with the reason in why, a clause without a period, when there is none. */
struct cli_session *cli_parent_dir_find(struct cli_parent_dir *dir, const struct cli_session *child,
                                        struct vxo_twins *twins, struct vxo_buffer *why);

/* The child, which names its parent by those paths, is without the right one: note what there is
 * instead, other states of its disk. Of every image all is read that cli_peek() does. */
void cli_parent_dir_note_relatives(struct cli_parent_dir *dir, const struct cli_session *child,
                                   const struct vxo_path path[VXO_PATH_COUNT],
                                   struct vxo_relatives *relatives);

/* Would no report go into a file that was noted, as a twin or a relative? It may be all that is
 * left of a parent. If one would, that has been said. dir may be NULL. */
VX_MUST_USE bool cli_parent_dir_may_print(const struct cli_parent_dir *dir);

#endif
