/* A sink that keeps every finding, and a short text form of what it kept. Needs no test library,
 * so that tests/test_golden.c can use it; the assertions are in expect.h. */
#ifndef TESTS_FINDINGS_H
#define TESTS_FINDINGS_H

#include "parser/finding.h"

struct findings {
    const char *row; /* printed in front of every failure */
    struct vx_reporter rep;
    struct vx_finding *at; /* in the order they came */
    size_t count;
    size_t capacity;
};

enum { FINDINGS_TEXT_BYTES = 4096 };

/* Start collecting for the table row called `row`. Release with findings_free(). */
void findings_init(struct findings *f, const char *row);
void findings_free(struct findings *f);

/* "HDR-002", or "?" for a number that is no rule. */
const char *findings_rule_name(enum vx_rule rule);

/* The rules that fired with their severities, each pair once, in the order of rules.def:
 * "HDR-002w HDR-005w". The letter is i, w, e or f. */
void findings_summary(const struct findings *f, char text[FINDINGS_TEXT_BYTES]);

/* The verdict that a summary stands for, by the words of the design and not by the reporter. */
enum vx_verdict findings_verdict(const char *summary);

/* First finding of a rule, or NULL. */
const struct vx_finding *findings_first(const struct findings *f, enum vx_rule rule);

/* Fold a number, one finding into an FNV-1a digest. */
uint64_t number_digest(uint64_t number, uint64_t digest);
uint64_t finding_digest(const struct vx_finding *finding, uint64_t digest);

/* Fold every finding, total and the verdict into an FNV-1a digest, byte order stated. */
uint64_t findings_digest(const struct findings *f, uint64_t digest);
#define FINDINGS_DIGEST_START UINT64_C(0xcbf29ce484222325)

/* Do both evidence ranges of every finding lie inside a file of `size` bytes? */
bool findings_evidence_inside(const struct findings *f, uint64_t size);

/* What the rules of the house promise of every run over a file of `size` bytes: evidence inside,
 * severities resolved, totals not below what was forwarded, verdict as the words of the design.
 * Returns the promise that is broken, or NULL. */
const char *findings_broken_promise(const struct findings *f, uint64_t size);

/* Are two runs' findings, totals and verdicts the same in every member? */
bool findings_equal(const struct findings *a, const struct findings *b);

#endif
