/* vhdxforge: builds the images of the corpus. */
#include "corpus/library.h"
#include "corpus/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static struct recipe r;
    const char *folder = "corpus/recipes";
    size_t len;
    char *path;
    char *text;
    int status = 1;

    if (argc != 4 || strcmp(argv[1], "build") != 0) {
        (void)fputs("Usage: vhdxforge build NAME OUT\n", stderr);
        return 1;
    }
    text = library_text(folder, argv[2], ".recipe", &len, &path);
    if (text == NULL) {
        (void)fprintf(stderr, "vhdxforge: %s: cannot be read\n", path);
    } else if (!recipe_read(&r, path, text, len)) {
        (void)fprintf(stderr, "vhdxforge: %s\n", r.error);
    } else if (!image_write(&r.im, argv[3])) {
        (void)fprintf(stderr, "vhdxforge: %s: cannot be written\n", argv[3]);
    } else {
        status = 0;
    }
    free(text);
    free(path);
    recipe_free(&r);
    return status;
}
