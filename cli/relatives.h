/* Images of the same disk as one whose parent is missing: what are they to it? */
#ifndef CLI_RELATIVES_H
#define CLI_RELATIVES_H

#include "cli/peek.h"
#include "reports/chain_report.h"

/* Note the file `name` in `folder` of that identity, if it is of the disk of the child and not the
 * child. Of each state one file is kept, of VXO_RELATIVES_MAX states; all are counted. path: that
 * the child names. */
void cli_relatives_add(struct vxo_relatives *relatives, const struct vx_facts *child,
                       const struct vxo_path path[VXO_PATH_COUNT], const char *folder,
                       const char *name, const struct cli_identity *identity);

/* The name of a file, as people see it. */
void cli_put_file_name(char text[VXO_FILE_NAME_BYTES], const char *folder, const char *name);

/* All are known: find out what each of them is. At most VXO_RELATIVES_MAX ^ 3 steps. */
void cli_relatives_judge(struct vxo_relatives *relatives, const struct vx_facts *child);

#endif
