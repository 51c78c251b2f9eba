/* What the check says now about recipes, in the form of .expect files, for the author of a recipe
 * to read and to judge. It writes to standard output only: an expectation is somebody's decision.
 *
 *     corpus_expect FOLDER AREA/NAME...    e.g. corpus_expect corpus/recipes hdr/sequence-equal
 *     corpus_expect -r FOLDER AREA/NAME... with the bytes a check reads */
#include "corpus/lineage.h"
#include "tests/support/judge.h"

#include <stdio.h>
#include <stdlib.h>

static bool print(const char *folder, const char *name, bool has_reads)
{
    static struct lineage lineage;
    static struct expectation e;
    static char out[EXPECT_TEXT_BYTES];
    const bool is_good = lineage_read(&lineage, folder, name);
    struct judged judged;

    if (is_good) {
        judge_image(&lineage.recipe[0]->im, name, false, &judged);
        judged_expectation(&judged, &e);
        if (lineage.recipe[0]->parent[0] != '\0') {
            judge_chain(&lineage, &e);
        }
        e.has_reads = has_reads;
        expectation_print(&e, out);
        printf("%s", out);
        judged_free(&judged);
    } else {
        fprintf(stderr, "corpus_expect: %s\n", lineage.error);
    }
    lineage_free(&lineage);
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
