/* Read, or say that it could not be read. */
#ifndef VX_PARSER_LOAD_H
#define VX_PARSER_LOAD_H

#include "parser/finding.h"
#include "parser/source.h"

/* Read len bytes at offset into dst. Returns whether they are there; if not, dst is zeroed, and a
 * read error (but not a range outside the source) has been reported. Findings: RUN-001. */
VX_MUST_USE bool vx_load(const struct vx_source *src, uint64_t offset, uint8_t *dst, size_t len,
                         struct vx_reporter *rep);

#endif
