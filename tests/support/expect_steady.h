/* Assertions: what is found does not hang on our memory or on the kind of source, and what could
 * not be read is said. They must hold for every image there is. */
#ifndef TESTS_EXPECT_STEADY_H
#define TESTS_EXPECT_STEADY_H

#include "tests/support/judge.h"

/* Any memory, holes known or not: the findings are those of `plenty`, which is im judged with
 * plenty of memory. A clean image is judged the same with replay and without. Where a check reads
 * more than STEADY_BYTES, the least memory stands for any. name: printed on failure. */
enum { STEADY_BYTES = 64 * VX_MIB };
void expect_steady(struct image *im, const char *name, const struct judged *plenty);

/* A read fails: that is said, and the image is not called sound. Each read of a check with the
 * least memory fails in its turn; of a check of very many reads, STEADY_FAULTS of them. */
enum { STEADY_FAULTS = 64 };
void expect_faults_said(struct image *im, const char *name);

#endif
