/* A file of any size as a few pieces of memory over zeros: all that a harness of one structure
 * needs, without an image that would take longer to make than the structure to check. */
#ifndef FUZZ_PIECES_H
#define FUZZ_PIECES_H

#include "parser/source.h"
#include "tests/support/findings.h"

enum { FUZZ_PIECES = 8 };

struct fuzz_piece {
    uint64_t offset; /* in the file; offset + length does not exceed 2^64 - 1 */
    const uint8_t *bytes;
    size_t length;
};

/* The pieces are sorted by offset and disjoint. They may lie beyond the end of the file. */
struct fuzz_pieces {
    struct fuzz_piece at[FUZZ_PIECES];
    size_t count;
    uint64_t size; /* of the file */
};

/* A source that knows its holes, and findings about it: none yet, their evidence to lie inside the
 * file. The pieces and their bytes must stay in place while the source is used; the caller frees
 * the findings with findings_free(). */
struct vx_source fuzz_pieces_open(struct fuzz_pieces *pieces, struct findings *f);

#endif
