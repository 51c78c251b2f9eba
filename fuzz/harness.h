/* The contract of a harness: fuzz/fuzz_NAME.c, one idea each.
 *
 *  - It opens with its claim, and asserts it with fuzz_must(): a fuzzer that only waits for crashes
 *    does not see a wrong answer.
 *  - It is deterministic, writes no file, and leaves nothing behind that a later input could see.
 *  - Any bytes are a valid input, none at all included, and take bounded time.
 *  - For each oracle it has a planted fault, which `make fuzz-smoke` builds in and wants found.
 *
 * The same sources build for libFuzzer, for AFL++ and, with standalone.c, as programs that run
 * files. */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef FUZZ_PLANT
#define FUZZ_PLANT 0
#endif

/* Run one input. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called once before the first input, in the harnesses that have it. Returns 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What must hold whatever the input is. When it does not: says so, and ends the program. */
void fuzz_must(bool holds, const char *what);

/* Is planted fault `number`, from 1, built in? */
static inline bool fuzz_planted(int number)
{
    return FUZZ_PLANT == number;
}

#endif
