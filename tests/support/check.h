/* Run a whole check, or set up what a single pass wants, with memory of a chosen size. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include "corpus/image.h"
#include "parser/structure.h"
#include "parser/workspace.h"
#include "tests/support/findings.h"

struct check_options {
    size_t memory_bytes; /* 0: the least of vx_structure_need().max and CHECK_MEMORY_BYTES */
    uint64_t pass_limit; /* 0: the default */
};

enum { CHECK_MEMORY_BYTES = 16 * VX_MIB };

/* vx_structure_check() over src. options may be NULL: all defaults. facts may be NULL. */
void check_source(const struct vx_source *src, const struct check_options *options,
                  struct findings *out, struct vx_facts *facts);

/* The same over an image. */
void check_image(struct image *im, struct findings *out, struct vx_facts *facts);

/* A zeroed workspace of our own for tests of one pass; free() it. */
struct vx_workspace *check_workspace(void);

#endif
