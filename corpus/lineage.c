/* From recipe to recipe, at most LINEAGE_MAX of them: each is read once, so that a circle ends. */
#include "corpus/lineage.h"

#include "corpus/library.h"
#include "corpus/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail(struct lineage *lineage, const char *what, const char *why)
{
    (void)snprintf(lineage->error, sizeof(lineage->error), "%.*s: %s", RECIPE_NAME_BYTES, what,
                   why);
    return false;
}

/* Append one recipe. */
static bool append(struct lineage *lineage, const char *folder, const char *name)
{
    struct recipe *r = memory_take(1, sizeof(*r));
    const bool is_good = library_recipe(r, folder, name);

    memcpy(lineage->name[lineage->count], name, strlen(name) + 1);
    memcpy(lineage->error, r->error, sizeof(lineage->error));
    lineage->recipe[lineage->count] = r;
    lineage->count++;
    return is_good;
}

static size_t find(const struct lineage *lineage, const char *name)
{
    size_t at = 0;

    while (at < lineage->count && strcmp(lineage->name[at], name) != 0) {
        at++;
    }
    return at;
}

bool lineage_read(struct lineage *lineage, const char *folder, const char *name)
{
    const char *next = name;

    memset(lineage, 0, sizeof(*lineage));
    if (strlen(name) >= RECIPE_NAME_BYTES) {
        return fail(lineage, name, "there is no such recipe");
    }
    while (*next != '\0' && find(lineage, next) == lineage->count) {
        if (lineage->count == LINEAGE_MAX) {
            return fail(lineage, name, "it has more parents than a chain of recipes may");
        }
        if (!append(lineage, folder, next)) {
            return false;
        }
        next = lineage->recipe[lineage->count - 1]->parent;
    }
    lineage->again = find(lineage, next);
    return true;
}

void lineage_free(struct lineage *lineage)
{
    for (size_t i = 0; i < lineage->count; i++) {
        recipe_free(lineage->recipe[i]);
        free(lineage->recipe[i]);
    }
    memset(lineage, 0, sizeof(*lineage));
}
