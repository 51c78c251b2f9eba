/* What a harness asks of a whole check. */
#include "fuzz/promises.h"

#include "fuzz/harness.h"

#include <inttypes.h>
#include <stdio.h>

void fuzz_must_say(const struct findings *want, const struct vx_source *src,
                   const struct replay_options *options, const char *what)
{
    struct findings got;

    findings_init(&got, what);
    (void)replayed_check(src, options, &got, NULL);
    fuzz_must(findings_equal(want, &got), what);
    findings_free(&got);
}

void fuzz_must_total(const struct findings *f, const uint64_t want[VX_RULE_COUNT])
{
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const uint64_t got = f->rep.total[rule];

        if (got != want[rule]) {
            (void)fprintf(stderr, "fuzz: %s fired %" PRIu64 " times, and should %" PRIu64 "\n",
                          findings_rule_name((enum vx_rule)rule), got, want[rule]);
        }
        fuzz_must(got == want[rule], "each rule fires as often as a naive reading says");
    }
}

void fuzz_must_keep(const struct findings *f, uint64_t size)
{
    const char *broken = findings_broken_promise(f, size);

    if (broken != NULL) {
        fuzz_must(false, broken);
    }
}
