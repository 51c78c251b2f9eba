/* What the check says now about recipes, in the form of .expect files, for the author of a recipe
 * to read and to judge. It writes to standard output only: an expectation is somebody's decision.
 *
 *     corpus_expect FOLDER AREA/NAME...    e.g. corpus_expect corpus/recipes hdr/sequence-equal
 *     corpus_expect -r FOLDER AREA/NAME... with the bytes a check reads */
#include "corpus/library.h"
#include "corpus/recipe.h"
#include "tests/support/judge.h"

#include <stdio.h>
#include <stdlib.h>

static bool print(const char *folder, const char *name, bool has_reads)
{
    static struct recipe r;
    static struct expectation e;
    static char out[EXPECT_TEXT_BYTES];
    struct judged judged;
    size_t len = 0;
    char *path;
    char *text = library_text(folder, name, ".recipe", &len, &path);
    const bool is_good = text != NULL && recipe_read(&r, path, text, len);

    if (is_good) {
        judge_image(&r.im, name, false, &judged);
        judged_expectation(&judged, &e);
        e.has_reads = has_reads;
        expectation_print(&e, out);
        printf("%s", out);
        judged_free(&judged);
    } else {
        fprintf(stderr, "corpus_expect: %s\n", text == NULL ? path : r.error);
    }
    recipe_free(&r);
    free(text);
    free(path);
    return is_good;
}

int main(int argc, char **argv)
{
    const bool has_reads = argc > 1 && strcmp(argv[1], "-r") == 0;
    const int first = has_reads ? 3 : 2;
    int status = EXIT_SUCCESS;

    if (argc <= first) {
        fputs("Usage: corpus_expect [-r] FOLDER AREA/NAME...\n", stderr);
        return EXIT_FAILURE;
    }
    for (int i = first; i < argc; i++) {
        if (argc > first + 1) {
            printf("# %s\n", argv[i]);
        }
        if (!print(argv[first - 1], argv[i], has_reads)) {
            status = EXIT_FAILURE;
        }
    }
    return status;
}
