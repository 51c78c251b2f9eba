/* How a harness ends when it has found something. */
#include "fuzz/harness.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "fuzz: it must hold that %s\n", what);
        abort();
    }
}
