/* All that is said about every image of the corpus, about the rows of hindered checks, the legal
 * logs and the power cuts, against the digests in corpus/GOLDEN. What differs is named: a change
 * of findings, facts, maps or contents that nobody meant, or one to be looked at and written down:
 *
 *     test_golden                compares with corpus/GOLDEN below $VHDXRAY_SRC
 *     test_golden -p             prints what corpus/GOLDEN should hold
 *     test_golden -f NAME...     compares only these, in this order, and ends at a difference
 *
 * Plain C, so that it can be linked statically for machines that have no test library: the digests
 * are the same on every machine. */
#include "corpus/library.h"
#include "tests/support/golden.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 128, LINES_MOST = 4096, LINES_LEAST = 100, PATH_BYTES = 4096 };

struct line {
    char name[NAME_BYTES];
    uint64_t digest;
    bool is_seen;
};

struct golden {
    const char *root;
    char folder[PATH_BYTES];
    struct library library;
    struct line line[LINES_MOST]; /* of corpus/GOLDEN */
    size_t lines;
    size_t images;
    size_t faults;
    bool prints;
};

/* ---- corpus/GOLDEN ---- */

static bool load(struct golden *g)
{
    char path[PATH_BYTES];
    FILE *file;
    int got = 2;

    (void)snprintf(path, sizeof(path), "%s/corpus/GOLDEN", g->root);
    file = fopen(path, "r");
    if (file == NULL) {
        printf("# %s cannot be read\n", path);
        return false;
    }
    while (g->lines < LINES_MOST && got == 2) {
        struct line *line = &g->line[g->lines];

        got = fscanf(file, "%16" SCNx64 " %127[^\n]\n", &line->digest, line->name);
        g->lines += got == 2 ? 1 : 0;
    }
    (void)fclose(file);
    return got == EOF;
}

static struct line *find(struct golden *g, const char *name)
{
    for (size_t i = 0; i < g->lines; i++) {
        if (strcmp(g->line[i].name, name) == 0) {
            return &g->line[i];
        }
    }
    return NULL;
}

static void fault(struct golden *g, const char *name, const char *what)
{
    printf("# %s: %s\n", name, what);
    g->faults++;
}

static void judge(struct golden *g, const char *name, uint64_t digest)
{
    struct line *line = find(g, name);

    g->images++;
    if (g->prints) {
        printf("%016" PRIx64 "  %s\n", digest, name);
    } else if (line == NULL) {
        fault(g, name, "has no digest in corpus/GOLDEN");
    } else if (line->digest != digest) {
        fault(g, name, "something else is said about it than before");
    }
    if (line != NULL) {
        line->is_seen = true;
    }
}

/* ---- what is looked at ---- */

static void judge_recipe(struct golden *g, const char *name)
{
    static struct lineage lineage;

    if (lineage_read(&lineage, g->folder, name)) {
        judge(g, name, golden_recipe(&lineage));
    } else {
        fault(g, name, lineage.error);
    }
    lineage_free(&lineage);
}

static void judge_cuts(struct golden *g, const char *name)
{
    uint64_t digest;

    if (golden_cuts(&digest)) {
        judge(g, name, digest);
    } else {
        fault(g, name, "a state is not as it must be");
    }
}

/* Is it to be looked at: any name, or the one that is asked for? */
static bool is_asked(const char *asked, const char *name)
{
    return asked == NULL || strcmp(asked, name) == 0;
}

static void judge_all(struct golden *g, const char *asked)
{
    char name[NAME_BYTES];

    for (size_t i = 0; i < g->library.count; i++) {
        if (is_asked(asked, g->library.recipe[i].name)) {
            judge_recipe(g, g->library.recipe[i].name);
        }
    }
    for (size_t i = 0; i < CASES_COUNT; i++) {
        (void)snprintf(name, sizeof(name), "case: %s", CASES[i].name);
        if (is_asked(asked, name)) {
            judge(g, name, golden_case(&CASES[i]));
        }
    }
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        (void)snprintf(name, sizeof(name), "log: %s", LEGAL_LOG[i].name);
        if (is_asked(asked, name)) {
            judge(g, name, golden_log(&LEGAL_LOG[i]));
        }
    }
    if (is_asked(asked, "power cuts")) {
        judge_cuts(g, "power cuts");
    }
}

/* Some, each in its turn, up to the first that differs. */
static int judge_some(struct golden *g, int count, char *const *name)
{
    for (int i = 0; i < count && g->faults == 0; i++) {
        judge_all(g, name[i]);
    }
    if (g->images < (size_t)count) {
        fault(g, "arguments", "not all of them were reached");
    }
    return g->faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int verdict(struct golden *g)
{
    for (size_t i = 0; i < g->lines; i++) {
        if (!g->line[i].is_seen) {
            fault(g, g->line[i].name, "is in corpus/GOLDEN and nowhere else");
        }
    }
    if (g->images < LINES_LEAST) {
        fault(g, g->folder, "holds too few images");
    }
    if (!g->prints) {
        printf("1..1\n%s 1 golden: %zu images\n", g->faults == 0 ? "ok" : "not ok", g->images);
    }
    if (!g->prints && g->faults != 0) {
        printf("# If all of it is meant: test_golden -p >corpus/GOLDEN\n");
    }
    return g->faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct golden g;
    const char *root = getenv("VHDXRAY_SRC");
    const bool has_names = argc > 1 && strcmp(argv[1], "-f") == 0;
    int status;

    g.root = root == NULL ? "." : root;
    g.prints = argc > 1 && strcmp(argv[1], "-p") == 0;
    (void)snprintf(g.folder, sizeof(g.folder), "%s/corpus/recipes", g.root);
    if (!g.prints && !load(&g)) {
        fault(&g, "corpus/GOLDEN", "is not a list of digests");
    }
    if (!library_open(&g.library, g.folder)) {
        fault(&g, g.folder, "cannot be read");
    }
    if (has_names) {
        status = judge_some(&g, argc - 2, argv + 2);
    } else {
        judge_all(&g, NULL);
        status = verdict(&g);
    }
    library_free(&g.library);
    return status;
}
