/* The log pass against the naive reader of logs. Needs no test library. */
#ifndef TESTS_COMPARE_LOG_H
#define TESTS_COMPARE_LOG_H

#include "tests/support/naive_log.h"
#include "tests/support/replayed.h"

/* Compare all that a check says of `log` with what the naive reader found. Returns what differs, or
 * NULL. */
const char *log_difference(const struct test_log *log, const struct replayed *r,
                           const struct naive_log *naive);

#endif
