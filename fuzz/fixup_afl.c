/* The fix-up mutator for AFL++, as AFL_CUSTOM_MUTATOR_LIBRARY. What AFL++ has changed by itself is
 * sealed, too, right before it is run, but for one input in MUTATE_UNSEALED, chosen by its bytes.
 */
#include "fuzz/fixup.h"

#include "corpus/dice.h"
#include "corpus/memory.h"
#include "corpus/mutate.h"
#include "parser/crc32c.h"

#include <stdlib.h>
#include <string.h>

/* Packed, each holds as much as AFL++ has at most. */
enum { SIZE_LEAST = 1048576 };

struct fixup_afl {
    struct dice dice;
    uint8_t *mutant;
    size_t mutant_max;
    uint8_t *sealed;
    size_t sealed_max;
};

/* The interface of AFL++: AFLplusplus/docs/custom_mutators.md. */
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t size_max);
size_t afl_custom_post_process(void *data, uint8_t *bytes, size_t size, uint8_t **out);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned seed)
{
    struct fixup_afl *f = memory_take(1, sizeof(*f));

    (void)afl;
    dice_init(&f->dice, seed);
    return f;
}

static uint8_t *make_room(uint8_t **bytes, size_t *size, size_t wanted)
{
    if (*size < wanted) {
        *bytes = memory_resize(*bytes, wanted, 1);
        *size = wanted;
    }
    return *bytes;
}

size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t size_max)
{
    struct fixup_afl *f = data;
    const struct fixup_wish wish = {.seed = dice_roll(&f->dice, UINT64_C(1) << 31),
                                    .size_max = size_max};

    *out = make_room(&f->mutant, &f->mutant_max, size_max);
    if (other != NULL && dice_roll(&f->dice, 8) == 0) {
        return fixup_cross(bytes, size, other, other_size, *out, &wish);
    }
    size = size < size_max ? size : size_max;
    memcpy(*out, bytes, size);
    return fixup_mutate(*out, size, &wish);
}

size_t afl_custom_post_process(void *data, uint8_t *bytes, size_t size, uint8_t **out)
{
    struct fixup_afl *f = data;

    if (vx_crc32c(VX_CRC_PORTABLE, 0, bytes, size) % MUTATE_UNSEALED == 0) {
        *out = bytes;
        return size;
    }
    *out = make_room(&f->sealed, &f->sealed_max, size > SIZE_LEAST ? size : SIZE_LEAST);
    return fixup_seal(bytes, size, *out, f->sealed_max);
}

void afl_custom_deinit(void *data)
{
    struct fixup_afl *f = data;

    free(f->mutant);
    free(f->sealed);
    free(f);
}
