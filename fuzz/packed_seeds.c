/* Seeds for fuzz_packed: each recipe of the corpus as a packed form, those that are small enough.
 *
 *     packed_seeds RECIPES-FOLDER SEEDS-FOLDER */
#include "corpus/library.h"
#include "corpus/packed.h"
#include "corpus/recipe.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEED_BYTES_MAX = 8 + 16 * (8 + 4096), PATH_BYTES = 4096 };

/* As much of a packed form as a seed may have, and how long it would be. */
struct seed {
    uint8_t bytes[SEED_BYTES_MAX];
    size_t size;
};

static struct seed seed;
static struct recipe recipe;

static void append(void *ctx, const uint8_t *bytes, size_t len)
{
    struct seed *to = ctx;

    if (to->size <= SEED_BYTES_MAX && len <= SEED_BYTES_MAX - to->size) {
        memcpy(to->bytes + to->size, bytes, len);
    }
    to->size += len;
}

static bool write_seed(const char *folder, size_t number)
{
    char path[PATH_BYTES];
    FILE *file;
    bool is_good;

    if (snprintf(path, sizeof(path), "%s/%zu", folder, number) >= PATH_BYTES) {
        return false;
    }
    file = fopen(path, "wb");
    is_good = file != NULL && fwrite(seed.bytes, 1, seed.size, file) == seed.size;
    return file != NULL && fclose(file) == 0 && is_good;
}

/* Returns false only when a seed could not be written. */
static bool make_seed(const char *recipes, const char *name, const char *folder, size_t number)
{
    size_t len = 0;
    char *path;
    char *text = library_text(recipes, name, ".recipe", &len, &path);
    bool is_good = true;

    seed.size = 0;
    if (text != NULL && recipe_read(&recipe, path, text, len)) {
        const struct vx_source src = image_source(&recipe.im);

        if (packed_write(&src, append, &seed) == VX_OK && seed.size <= SEED_BYTES_MAX) {
            is_good = write_seed(folder, number);
        }
    }
    if (text != NULL) {
        recipe_free(&recipe);
    }
    free(text);
    free(path);
    return is_good;
}

int main(int argc, char **argv)
{
    struct library library;
    bool is_good = argc == 3 && library_open(&library, argv[1]);

    for (size_t i = 0; is_good && i < library.count; i++) {
        is_good = make_seed(argv[1], library.recipe[i].name, argv[2], i);
    }
    if (!is_good) {
        (void)fprintf(stderr, "usage: packed_seeds RECIPES-FOLDER SEEDS-FOLDER\n");
        return EXIT_FAILURE;
    }
    library_free(&library);
    return EXIT_SUCCESS;
}
