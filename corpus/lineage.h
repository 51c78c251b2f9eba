/* A recipe with the recipes of its parents: the images of a chain. */
#ifndef CORPUS_LINEAGE_H
#define CORPUS_LINEAGE_H

#include "corpus/recipe.h"

enum { LINEAGE_MAX = 16 };

/* A recipe that names one of those before it as its parent makes images that are a circle. They are
 * as many as there are; `again` says which of them follows the last. */
struct lineage {
    char name[LINEAGE_MAX][RECIPE_NAME_BYTES];
    struct recipe *recipe[LINEAGE_MAX]; /* each one's parent follows it */
    size_t count;                       /* at least 1 when it could be read */
    size_t again;                       /* count when the last has no parent */
    char error[RECIPE_ERROR_BYTES];     /* why it could not be read, or empty */
};

/* Read the recipe AREA/NAME below `folder`, and those of all its parents. Returns whether all went
 * well; lineage_free() it, whatever the result. */
bool lineage_read(struct lineage *lineage, const char *folder, const char *name);
void lineage_free(struct lineage *lineage);

#endif
