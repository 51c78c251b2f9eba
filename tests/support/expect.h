/* Assertions on collected findings. Each prints the row's name and all that was found. */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include "tests/support/findings.h"

/* The summary is exactly `want`; or, when want ends in "...", every pair of want is in it. */
void expect_summary(const struct findings *f, const char *want);

/* Some finding has exactly these values. */
void expect_finding(const struct findings *f, enum vx_rule rule, enum vx_severity severity,
                    uint64_t index, uint64_t offset);

/* The rule did not fire. */
void expect_no_rule(const struct findings *f, enum vx_rule rule);

/* The rule's exact total. */
void expect_total(const struct findings *f, enum vx_rule rule, uint64_t total);

/* Both evidence ranges of every finding lie inside a file of `size` bytes. */
void expect_evidence_inside(const struct findings *f, uint64_t size);

/* Two runs say the same. */
void expect_same(const struct findings *f, const struct findings *other, const char *what);

/* findings_broken_promise() finds none. */
void expect_invariants(const struct findings *f, uint64_t size);

#endif
