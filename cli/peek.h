/* Who an image says it is, at the price of its headers, region tables and metadata. */
#ifndef CLI_PEEK_H
#define CLI_PEEK_H

#include "parser/locator.h"
#include "parser/source.h"

struct cli_identity {
    struct vx_guid data_write_guid; /* of the current header */
    bool has_disk_id;
    struct vx_guid disk_id;
    struct vx_locator locator; /* of a differencing image, else zeroed */
    bool is_sound;             /* as far as was looked */
};

enum cli_peek {
    CLI_PEEK_IMAGE,
    CLI_PEEK_OTHER, /* there is no current header */
    CLI_PEEK_UNREAD /* nor could all be read that might have one */
};

/* Look at an image. The log is not replayed: a DataWriteGuid is never in it, and what else a log
 * changes only means that less is known. out: of an image only. */
enum cli_peek cli_peek(const struct vx_source *raw, struct cli_identity *out);

#endif
