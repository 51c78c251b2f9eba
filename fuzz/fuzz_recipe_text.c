/* Claim: any text is a recipe or is refused with the name of its file and a line; reading it twice
 * gives the same image. Input: the text. */
#include "corpus/packed.h"
#include "corpus/recipe.h"
#include "fuzz/harness.h"
#include "tests/support/fault_source.h"

#define FILE_NAME "input"

static struct recipe recipe;

/* The packed form as an FNV-1a digest, whose multiplication is done in pieces that do not wrap. */
static void fold(void *ctx, const uint8_t *bytes, size_t len)
{
    uint64_t *digest = ctx;

    for (size_t i = 0; i < len; i++) {
        const uint64_t mixed = *digest ^ bytes[i];
        const uint64_t low = (mixed & UINT32_MAX) * 0x1b3;
        const uint64_t high = (mixed >> 32) * 0x1b3 + (low >> 32) + ((mixed & 0xffffff) << 8);

        *digest = (high & UINT32_MAX) << 32 | (low & UINT32_MAX);
    }
}

/* Read the text. Returns a digest of what came of it. */
static uint64_t read_text(const char *text, size_t size)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    const char *file = fuzz_planted(5) && size >= 64 ? "output" : FILE_NAME;
    const bool is_good = recipe_read(&recipe, file, text, size);

    fuzz_must((is_good || (fuzz_planted(2) && size >= 64)) == (recipe.error[0] == '\0'),
              "a recipe is refused exactly with an error");
    if (is_good && recipe.has_image) {
        struct fault_source fault;
        struct vx_source src = image_source(&recipe.im);

        fault_source_init(&fault, &src);
        fault.kind = fuzz_planted(3) ? FAULT_FAIL_RANGE : FAULT_NONE;
        fault.bad = (struct vx_range){IMAGE_BAT, IMAGE_BAT + 8};
        src = fault_source(&fault);
        fuzz_must(packed_write(&src, fold, &digest) == VX_OK, "the image can be read");
        fuzz_must(recipe.im.bytes.count <= (fuzz_planted(4) ? 8 : RECIPE_CHUNKS_MAX),
                  "a recipe's memory is bounded");
    } else if (!is_good) {
        fuzz_must(strncmp(recipe.error, FILE_NAME ":", sizeof(FILE_NAME)) == 0,
                  "an error names the file");
        fold(&digest, (const uint8_t *)recipe.error, strlen(recipe.error));
    }
    recipe_free(&recipe);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const uint64_t first = read_text(text, size);

    fuzz_must(first == read_text(text, fuzz_planted(1) ? size / 2 : size),
              "a recipe gives the same image twice");
    return 0;
}
