/* What a harness asks of a whole check. */
#ifndef FUZZ_PROMISES_H
#define FUZZ_PROMISES_H

#include "tests/support/replayed.h"

/* Check src, with options as of replayed_open(), and demand the findings `want`; what: the claim.
 */
void fuzz_must_say(const struct findings *want, const struct vx_source *src,
                   const struct replay_options *options, const char *what);

/* Count a rule that has to fire: the totals of fuzz_must_total(). */
static inline void fuzz_expect(uint64_t want[VX_RULE_COUNT], enum vx_rule rule, bool does_fire)
{
    want[rule] += does_fire ? 1 : 0;
}

/* Demand of each rule as many findings as a naive reading gives; `want` is indexed by rule. */
void fuzz_must_total(const struct findings *f, const uint64_t want[VX_RULE_COUNT]);

/* Demand findings_broken_promise() to be none. */
void fuzz_must_keep(const struct findings *f, uint64_t size);

#endif
