/* What a harness asks of a whole check. */
#include "fuzz/promises.h"

#include "fuzz/harness.h"

void fuzz_must_say(const struct findings *want, const struct vx_source *src,
                   const struct replay_options *options, const char *what)
{
    struct findings got;

    findings_init(&got, what);
    (void)replayed_check(src, options, &got, NULL);
    fuzz_must(findings_equal(want, &got), what);
    findings_free(&got);
}

void fuzz_must_keep(const struct findings *f, uint64_t size)
{
    const char *broken = findings_broken_promise(f, size);

    if (broken != NULL) {
        fuzz_must(false, broken);
    }
}
