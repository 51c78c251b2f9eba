/* The search for the parent of one image: where the user allows it, and nowhere else. */
#ifndef CLI_FIND_PARENT_H
#define CLI_FIND_PARENT_H

#include "cli/session.h"
#include "reports/chain_report.h"

struct cli_search {
    const struct cli_options *options;
    struct cli_session *child; /* its facts are known */
    uint32_t depth;            /* of the child, 0 for the image */
    enum vxo_found found;      /* how, when it was found */
    struct vxo_buffer *why;    /* gets the reason when it was not: a clause without a period */
    struct vxo_relatives *relatives; /* gets what --parent-dir has instead of it */
    bool is_refused;                 /* a report would go into one of those, which has been said */
};

/* Find and open the parent: as --parent gives it; else the first image in the folder of
 * --parent-dir, in the order of names, with the DataWriteGuid that the child names; else, with
 * --follow, what the child's relative_path leads to below the folder that holds the child, which is
 * that of the image or lies below it. No other path of an image is ever opened. Of each file in a
 * folder the headers are read and, where the chain ends for want of a parent, all of its identity:
 * see cli_peek(). Returns NULL when there is none; else session->error may say why it cannot be
 * inspected. */
struct cli_session *cli_find_parent(struct cli_search *search);

/* Read the paths that the image names, in a form that can be printed. */
void cli_read_paths(const struct cli_session *session, struct vxo_path path[VXO_PATH_COUNT]);

#endif
