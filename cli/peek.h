/* Who an image says it is, at the price of its headers. */
#ifndef CLI_PEEK_H
#define CLI_PEEK_H

#include "parser/guid.h"

/* The DataWriteGuid of the current header of the image open as fd, which stays the caller's.
 * Returns false when there is none. */
bool cli_peek(int fd, struct vx_guid *data_write_guid);

#endif
