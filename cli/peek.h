/* Who an image says it is, at the price of its headers, region tables and metadata. */
#ifndef CLI_PEEK_H
#define CLI_PEEK_H

#include "parser/locator.h"

struct cli_identity {
    struct vx_guid data_write_guid; /* of the current header */
    bool has_disk_id;
    struct vx_guid disk_id;
    struct vx_locator locator; /* of a differencing image, else zeroed */
};

/* Look at the image open as fd, which stays the caller's. The log is not replayed: a DataWriteGuid
 * is never in it, and what else a log changes only means that less is known.
 * Returns false when there is no current header. */
bool cli_peek(int fd, struct cli_identity *out);

#endif
