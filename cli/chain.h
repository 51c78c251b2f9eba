/* The chain of an image: itself and, if it is a differencing image, its parents, found and opened
 * only where the user allows it. */
#ifndef CLI_CHAIN_H
#define CLI_CHAIN_H

#include "cli/session.h"
#include "parser/chain.h"

/* How a link was found. */
enum cli_found {
    CLI_FOUND_IMAGE,     /* it is the image itself */
    CLI_FOUND_GIVEN,     /* --parent */
    CLI_FOUND_IN_FOLDER, /* --parent-dir */
    CLI_FOUND_FOLLOWED   /* --follow */
};

struct cli_link {
    struct cli_session *session; /* the first is the caller's */
    enum cli_found found;
    struct vx_disk disk; /* when the blocks are known where they are */
};

struct cli_chain {
    struct cli_link link[VX_CHAIN_MAX]; /* the image, its parent, and so on */
    uint32_t count;
    bool is_complete;      /* the last link has no parent */
    struct vx_chain disks; /* the links that can be read */
    struct vxo_buffer why; /* a chain that is not complete ends where it ends */
    char why_text[CLI_ERROR_BYTES];
};

/* Did the user say where parents may be? To be asked before the image is judged, see
 * cli_session.has_chain. */
bool cli_chain_is_wanted(const struct cli_options *options);

/* Find, open and judge all parents of an image that was judged to the depth of blocks. What is
 * wrong between a child and its parent becomes a finding of the child. An image without a parent is
 * a chain by itself. Returns NULL after a message when there is no memory; otherwise to be closed
 * with cli_chain_close(), before the image. */
struct cli_chain *cli_chain_open(const struct cli_options *options, struct cli_session *image);

/* For verbs that hand out what is on the virtual disk: may all of the chain be trusted? Says on
 * standard error why not. As cli_session_judge() for all links. */
enum cli_exit cli_chain_judge(const struct cli_chain *chain, const struct cli_options *options);

/* The worst of what cli_session_trust() says of the links. */
enum cli_exit cli_chain_trust(const struct cli_chain *chain);

/* Has one of the files changed since it was opened? Reports and complains about it if so. */
bool cli_chain_has_changed(struct cli_chain *chain);

void cli_chain_close(struct cli_chain *chain);

#endif
