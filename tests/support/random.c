/* What the environment says about random tests. */
#include "tests/support/random.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A number from the environment, at most `max`; `usual` when it is not set. */
static uint32_t setting(const char *name, uint32_t usual, uint32_t max)
{
    const char *text = getenv(name);
    char *end = NULL;
    unsigned long long number = 0;

    if (text == NULL) {
        return usual;
    }
    errno = 0;
    number = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number == 0 || number > max) {
        fprintf(stderr, "%s is no number from 1 to %" PRIu32 ": '%s'\n", name, max, text);
        abort();
    }
    return (uint32_t)number;
}

uint32_t random_cases(const char *what, uint32_t usual, uint32_t *seed)
{
    const uint32_t count = usual * setting("RANDOM_TIMES", 1, UINT32_MAX / usual);

    *seed = setting("RANDOM_SEED", *seed, RANDOM_PERIOD);
    printf("# %s: %" PRIu32 " random cases from seed %" PRIu32 " on\n", what, count, *seed);
    (void)fflush(stdout);
    return count;
}
