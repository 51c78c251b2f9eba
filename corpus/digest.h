/* SHA-256 of the packed form of an image: equal on every machine, and as cheap as the image's data
 * whatever its size. */
#ifndef CORPUS_DIGEST_H
#define CORPUS_DIGEST_H

#include "parser/source.h"

enum { DIGEST_TEXT_BYTES = 65 };

/* 64 hexadecimal digits and a NUL. Returns VX_OK, or VX_E_IO of src. */
VX_MUST_USE enum vx_status digest_source(const struct vx_source *src, char text[DIGEST_TEXT_BYTES]);

#endif
