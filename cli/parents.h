/* The chain of an image: itself and, if it is a differencing image, its parents, found and opened
 * only where the user allows it. */
#ifndef CLI_PARENTS_H
#define CLI_PARENTS_H

#include "cli/find_parent.h"
#include "parser/chain.h"

struct cli_link {
    struct cli_session *session; /* the first is the caller's */
    enum vxo_found found;
    struct vx_disk disk; /* when the blocks are known where they are */
};

struct cli_chain {
    struct cli_link link[VX_CHAIN_MAX]; /* the image, its parent, and so on */
    uint32_t count;
    enum vxo_ending ending;
    bool was_followed;     /* the user said where parents may be */
    bool has_surplus;      /* and named one that is none */
    struct vx_chain disks; /* the links, as far as they can be read */
    struct vxo_buffer why; /* the parent of the last link is not there; empty: it has none */
    char why_text[2 * CLI_ERROR_BYTES];
    struct cli_parent_dir *parent_dir; /* NULL: there is no --parent-dir */
    struct vxo_relatives relatives;    /* of the image without the right parent */
    struct vxo_twins twins[VX_CHAIN_MAX];
    struct cli_given given[CLI_PARENTS_MAX];
    struct vxo_link told[VX_CHAIN_MAX]; /* what cli_chain_report() points to */
};

/* Judge an image that was opened, to a depth of blocks or more, and find, open and judge all its
 * parents. What is wrong between a child and its parent becomes a finding of the child. An image
 * without a parent is a chain by itself. Where the log of the image ends before the options' --at,
 * where a folder of --parent-dir cannot be read, where a report would go into one of the files, or
 * without memory, returns NULL after a message; otherwise to be closed with cli_chain_close(),
 * before the image. */
struct cli_chain *cli_chain_open(const struct cli_options *options, struct cli_session *image,
                                 enum cli_depth depth);

/* Where a parent is missing or not the one: say so on standard error, and what looks like it. */
void cli_chain_complain(struct cli_chain *chain);

/* For verbs that hand out what is on the virtual disk: may all of the chain be trusted? Says on
 * standard error why not. As cli_session_judge() for all links. */
enum cli_exit cli_chain_judge(struct cli_chain *chain, bool is_salvage);

/* The worst of what cli_session_trust() says of the links. */
enum cli_exit cli_chain_trust(const struct cli_chain *chain);

/* Has one of the files changed since it was opened? Reports VHDX-RUN-002 if so. To be asked when
 * all that was to be read has been read. */
bool cli_chain_has_changed(struct cli_chain *chain);

/* The same for verbs that print no findings any more: complains, too. */
bool cli_chain_is_torn(struct cli_chain *chain);

/* All there is to report of the chain. Lives as long as it does. */
struct vxo_chain cli_chain_report(struct cli_chain *chain);

/* Exit status for the verdict so far. */
enum cli_exit cli_chain_exit(struct cli_chain *chain);

void cli_chain_close(struct cli_chain *chain);

/* What a verb does with a chain. */
typedef enum cli_exit cli_chain_work(const struct cli_options *options, struct cli_chain *chain,
                                     struct cli_output *output);

/* For verbs with one image: open its chain, to a depth of blocks, do the work, and close both.
 * image: of cli_session_start(), or NULL. */
enum cli_exit cli_chain_run(const struct cli_options *options, struct cli_session *image,
                            cli_chain_work *work, struct cli_output *output);

#endif
