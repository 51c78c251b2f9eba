/* Claim: whatever blocks a table lists, in whatever memory, collisions are those that a comparison
 * of all pairs finds: as many, with the same owners, and each shared bitmap block. The memory may
 * be the least, so that the bitmap is a window that moves over the file, or cover all of it; every
 * size gives the same answer. Input: block length, size of the memory, then claims. */
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "tests/support/naive_claims.h"

enum { CLAIMS_MOST = 192, WORDS_MOST = 2048 };

#define MIB_MOST ((UINT64_C(1) << 44) - 1 - VX_CLAIM_MIB_MAX) /* where a block may begin */

static struct vx_claim all[CLAIMS_MOST];
static size_t count;

/* A place near the one before it, near the end of a window, or anywhere. */
static uint64_t choose_place(struct fuzz_input *in, unsigned what, uint64_t before)
{
    const uint64_t number = fuzz_number(in);
    uint64_t place = number;

    switch (what & 3) {
    case 0:
        place = before + (number & 0x1ff);
        break;
    case 1:
        place = before - (number & 0x1ff) % before;
        break;
    case 2:
        place = (number & 0xff) * 64 + fuzz_below(in, 3);
        break;
    default:
        break;
    }
    return 1 + place % MIB_MOST;
}

/* Claims at one place and `step` MiB further each. */
static void add_claims(struct fuzz_input *in, unsigned what, uint64_t block_mib)
{
    const struct vx_claim *before = count > 0 ? &all[count - 1] : NULL;
    const uint64_t skipped = fuzz_below(in, 4);
    const unsigned times = (what & 4) != 0 ? 1 + fuzz_below(in, 128) : 1;
    const uint64_t step = (what & 4) != 0 ? fuzz_byte(in) : 0;
    uint64_t place = choose_place(in, what, before != NULL ? before->begin_mib : 1);

    for (unsigned i = 0; i < times && count < CLAIMS_MOST; i++) {
        const bool is_bitmap = (what & 48) == 48;

        all[count] = (struct vx_claim){
            .index = (count > 0 ? all[count - 1].index + 1 : 0) + skipped,
            .begin_mib = place,
            .count_mib = is_bitmap ? 1 : block_mib,
            .number = count,
            .is_bitmap = is_bitmap,
            .is_soft = (what & 48) == 32,
        };
        count++;
        place = place < MIB_MOST - step ? place + step : 1;
    }
}

/* What is handed over: all of it, unless a fault is planted. */
static const struct vx_claim *handed(void)
{
    static struct vx_claim changed[CLAIMS_MOST];

    if (!fuzz_planted(1) && !fuzz_planted(2)) {
        return all;
    }
    memcpy(changed, all, sizeof(all));
    for (size_t i = 0; i < count; i++) {
        if (fuzz_planted(1) && changed[i].begin_mib >= 8192) {
            changed[i].count_mib = 1; /* a long block far behind is cut short */
        }
        if (fuzz_planted(2) && changed[i].is_soft) {
            changed[i].is_soft = i % 8 != 7; /* a stale place is taken for a block */
        }
    }
    return changed;
}

static void expect_as_naive(uint64_t block_mib, uint64_t word_count, bool has_bitmaps)
{
    static uint64_t words[WORDS_MOST];
    static struct vx_claims claims;
    const char *difference;
    size_t passes;

    fuzz_must(vx_claims_init(&claims, words, word_count, block_mib, has_bitmaps) == VX_OK,
              "memory of any size from the least on is taken");
    if (fuzz_planted(3) && has_bitmaps) { /* two planes in one place */
        claims.shared.words = claims.begins.words;
    }
    difference = naive_claims_difference(&claims, all, handed(), count, &passes);
    if (difference != NULL) {
        fuzz_must(false, difference);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t BLOCK_MIB[] = {1, 2, 3, 8, 32, 255, 256, 1};
    struct fuzz_input in;
    uint64_t block_mib;
    uint64_t word_count;
    unsigned how;
    unsigned what;

    fuzz_input_init(&in, data, size);
    how = fuzz_byte(&in);
    block_mib = BLOCK_MIB[how & 7];
    word_count = VX_CLAIM_WORDS_MIN + fuzz_number(&in) % (WORDS_MOST - VX_CLAIM_WORDS_MIN + 1);
    count = 0;
    for (what = fuzz_byte(&in); what != 0; what = fuzz_byte(&in)) {
        add_claims(&in, what, block_mib);
    }
    expect_as_naive(block_mib, (how & 8) != 0 ? VX_CLAIM_WORDS_MIN : word_count, (how & 16) != 0);
    expect_as_naive(block_mib, WORDS_MOST, (how & 16) == 0);
    return 0;
}
