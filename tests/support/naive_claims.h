/* The naive comparison of all pairs of claims: the oracle of parser/claims.h. */
#ifndef TESTS_NAIVE_CLAIMS_H
#define TESTS_NAIVE_CLAIMS_H

#include "parser/claims.h"

/* Hand over all claims, pass by pass, and name the owners, as the pass over the blocks does.
 * claims: initialised. all: `count` claims in BAT order, with what the naive form is to judge.
 * handed: what is handed over, which is `all` unless somebody wants a difference. passes: how many
 * it took. Returns what differs from the naive form, or NULL. */
const char *naive_claims_difference(struct vx_claims *claims, const struct vx_claim *all,
                                    const struct vx_claim *handed, size_t count, size_t *passes);

#endif
