/* A folder of recipes: AREA/NAME.recipe, and AREA/NAME.expect beside it. */
#ifndef CORPUS_LIBRARY_H
#define CORPUS_LIBRARY_H

#include "corpus/recipe.h"

struct library_recipe {
    char *name; /* "AREA/NAME" */
};

struct library {
    const char *folder;
    struct library_recipe *recipe; /* in the order of the bytes of their names */
    size_t count;
    size_t capacity;
};

/* Find all recipes below `folder`, which must outlive the library. Returns whether it could be
 * read; library_free() it, whatever the result. */
bool library_open(struct library *library, const char *folder);
void library_free(struct library *library);

/* The whole of "FOLDER/NAME SUFFIX" as text with a NUL behind it, malloc'ed; *path, malloc'ed too,
 * is how it is called. Returns NULL, with *path still set and errno saying why, when there is no
 * such file, it is a folder (EISDIR) or no file (ENOTSUP), it cannot be read, or it has more than
 * LIBRARY_TEXT_MAX bytes (EFBIG). */
enum { LIBRARY_TEXT_MAX = 1048576 };
char *library_text(const char *folder, const char *name, const char *suffix, size_t *len,
                   char **path);

/* Read the recipe NAME below `folder`: recipe_read(), and r->error also says why there is none. */
bool library_recipe(struct recipe *r, const char *folder, const char *name);

#endif
