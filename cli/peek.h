/* Who an image says it is, at the price of its headers, or of those, its region tables and its
 * metadata. */
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

/* What a look at a file has shown. */
enum cli_peek {
    CLI_PEEK_IMAGE,
    CLI_PEEK_OTHER, /* no image, or one without a current header */
    CLI_PEEK_UNREAD /* not all that tells could be read: which of both it is is not known */
};

/* Look at an image: at its headers and, is_thorough, at the rest of its identity. The log is not
 * replayed: a DataWriteGuid is never in it, and what else a log changes only means that less is
 * known. out: meaningful after CLI_PEEK_IMAGE. */
enum cli_peek cli_peek(const struct vx_source *raw, bool is_thorough, struct cli_identity *out);

#endif
