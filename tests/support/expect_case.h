/* Rows of the case tables as cmocka tests of their own. */
#ifndef TESTS_EXPECT_CASE_H
#define TESTS_EXPECT_CASE_H

#include "tests/support/cases.h"
#include "tests/support/expect.h"
#include "tests/support/unit.h"

/* Check the row's image and compare everything with what the row wants. */
void expect_case(const struct rule_case *row);

/* Run a program's own tests, then each row of a table as one test. Returns main()'s result. */
int run_tests_and_cases(const char *name, const struct CMUnitTest *tests, size_t count,
                        enum case_table table);

#endif
