/* The verbs of vhdxforge and what they share. */
#ifndef CORPUS_FORGE_H
#define CORPUS_FORGE_H

#include "corpus/recipe.h"

enum { FORGE_DONE = 0, FORGE_FAILED = 1, FORGE_USAGE = 2, FORGE_PATH_BYTES = 4096 };

/* The command line. */
struct forge {
    const char *recipes; /* folder */
    char installed[FORGE_PATH_BYTES];
    const char *most; /* numbers as they were given, or NULL */
    const char *pattern;
    const char *seed;
    bool is_all;
    bool is_forced;
    bool is_help;
    int count; /* of arguments behind the verb */
    char **argument;
};

/* Returns the exit status. */
typedef int forge_verb_fn(const struct forge *o);

/* Those that take files: forge_files.c. */
forge_verb_fn forge_mutate;
forge_verb_fn forge_pack;
forge_verb_fn forge_unpack;
forge_verb_fn forge_words;

/* Say why on standard error; return FORGE_FAILED, FORGE_USAGE. */
int forge_complain(const char *what, const char *why);
int forge_usage(const char *why);

/* A number as in recipes; false for NULL and for what is none. */
bool forge_number(const char *text, uint64_t *value);

/* Do something with one recipe, or with all of them, even after a failure. Return its status, or
 * that of one that failed, or FORGE_FAILED when there is no such recipe, which is said. */
typedef int forge_each_fn(const struct forge *o, const char *name, struct recipe *r);
int forge_each(const struct forge *o, const char *name, forge_each_fn *each);
int forge_all(const struct forge *o, forge_each_fn *each);

/* Is there a recipe of that name? */
bool forge_has(const struct forge *o, const char *name);

/* Write an image; what went wrong is said. Of many images, one that the file system cannot hold is
 * left out. */
int forge_write(const struct forge *o, const struct image *im, const char *path);

/* Make a folder; one that is there will do. What went wrong is said. */
bool forge_folder(const char *path);

/* FOLDER/AREA/NAME and the suffix, FOLDER being the first argument; AREA is made. */
bool forge_path(const struct forge *o, const char *name, const char *suffix,
                char path[FORGE_PATH_BYTES]);

#endif
