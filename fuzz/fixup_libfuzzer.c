/* The fix-up mutator for libFuzzer: link it with any harness whose input is an image. */
#include "fuzz/fixup.h"

#include "corpus/mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *to, size_t size_max, unsigned seed);

/* Of libFuzzer, and of MemorySanitizer, where it is used. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
void __msan_unpoison(const volatile void *bytes, size_t size); /* NOLINT: its name */
#pragma weak __msan_unpoison

/* MemorySanitizer does not see libFuzzer write. */
static size_t change(uint8_t *bytes, size_t size, size_t size_max)
{
    const size_t now = LLVMFuzzerMutate(bytes, size, size_max);

    if (__msan_unpoison != NULL) {
        __msan_unpoison(bytes, now);
    }
    return now;
}

static struct fixup_wish wish(size_t size_max, unsigned seed)
{
    struct dice dice;

    dice_init(&dice, UINT64_C(1000003) + seed); /* another throw than for the mutant */
    return (struct fixup_wish){
        .seed = seed,
        .size_max = size_max,
        .bytes = change,
        .is_sealed = dice_roll(&dice, MUTATE_UNSEALED) != 0,
    };
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    const struct fixup_wish how = wish(size_max, seed);

    return fixup_mutate(data, size, &how);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *to, size_t size_max, unsigned seed)
{
    const struct fixup_wish how = wish(size_max, seed);

    return fixup_cross(first, first_size, second, second_size, to, &how);
}
