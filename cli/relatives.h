/* Images of the same disk as one whose parent is missing: what are they to it? */
#ifndef CLI_RELATIVES_H
#define CLI_RELATIVES_H

#include "cli/peek.h"
#include "reports/chain_report.h"

/* Note the file `name` of that identity, if it is of the disk of the child and not the child. The
 * first VXO_RELATIVES_MAX are kept, all are counted. path: that the child names. */
void cli_relatives_add(struct vxo_relatives *relatives, const struct vx_facts *child,
                       const struct vxo_path path[VXO_PATH_COUNT], const char *name,
                       const struct cli_identity *identity);

/* All are known: find out what each of them is. At most VXO_RELATIVES_MAX ^ 3 steps. */
void cli_relatives_judge(struct vxo_relatives *relatives, const struct vx_facts *child);

#endif
