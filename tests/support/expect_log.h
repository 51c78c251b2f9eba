/* Assertion: the log pass and the specification's own algorithm agree about a log. */
#ifndef TESTS_EXPECT_LOG_H
#define TESTS_EXPECT_LOG_H

#include "tests/support/expect.h"
#include "tests/support/naive_log.h"
#include "tests/support/replayed.h"

/* Which sequence is active, where it begins, what every sector it writes reads as afterwards, and
 * whether it may be applied at all. row: printed on failure. */
void expect_log_as_naive(const struct test_log *log, const char *row);

/* The same where the image of the log is read through raw. */
void expect_source_as_naive(const struct test_log *log, const struct vx_source *raw,
                            const char *row);

#endif
