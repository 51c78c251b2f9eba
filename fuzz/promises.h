/* What a harness asks of a whole check. */
#ifndef FUZZ_PROMISES_H
#define FUZZ_PROMISES_H

#include "tests/support/replayed.h"

/* Check src, with options as of replayed_open(), and demand the findings `want`; what: the claim.
 */
void fuzz_must_say(const struct findings *want, const struct vx_source *src,
                   const struct replay_options *options, const char *what);

/* Demand findings_broken_promise() to be none. */
void fuzz_must_keep(const struct findings *f, uint64_t size);

#endif
