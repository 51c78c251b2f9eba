/* What the verbs of vhdxforge share: saying what went wrong, going through recipes, writing. */
#define _GNU_SOURCE /* NOLINT: mkdir() */
#include "corpus/forge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpus/image_file.h"
#include "corpus/library.h"
#include "corpus/memory.h"
#include "corpus/recipe_words.h"

/* ---- saying what went wrong ---- */

int forge_complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "vhdxforge: %s: %s\n", what, why);
    return FORGE_FAILED;
}

int forge_usage(const char *why)
{
    (void)fprintf(stderr, "vhdxforge: %s\nvhdxforge --help lists the verbs.\n", why);
    return FORGE_USAGE;
}

bool forge_number(const char *text, uint64_t *value)
{
    struct wide wide;

    if (text == NULL || !word_term(&text, &wide) || wide.high != 0 || *text != '\0') {
        return false;
    }
    *value = wide.low;
    return true;
}

/* ---- recipes ---- */

int forge_each(const struct forge *o, const char *name, forge_each_fn *each)
{
    struct recipe *r = memory_take(1, sizeof(*r));
    int status = FORGE_FAILED;

    if (library_recipe(r, o->recipes, name)) {
        status = each(o, name, r);
    } else {
        (void)fprintf(stderr, "vhdxforge: %s\n", r->error);
    }
    recipe_free(r);
    free(r);
    return status;
}

int forge_all(const struct forge *o, forge_each_fn *each)
{
    struct library library;
    int status = FORGE_DONE;

    if (!library_open(&library, o->recipes)) {
        status = forge_complain(o->recipes, strerror(errno));
    } else if (library.count == 0) {
        status = forge_complain(o->recipes, "there are no recipes");
    }
    for (size_t i = 0; i < library.count; i++) {
        const int one = forge_each(o, library.recipe[i].name, each);

        status = one != FORGE_DONE ? one : status;
    }
    library_free(&library);
    return status;
}

bool forge_has(const struct forge *o, const char *name)
{
    size_t len;
    char *path;
    char *text = library_text(o->recipes, name, ".recipe", &len, &path);
    const bool is_there = text != NULL;

    free(text);
    free(path);
    return is_there;
}

/* ---- files ---- */

int forge_write(const struct forge *o, const struct image *im, const char *path)
{
    struct image_file_error error;

    if (image_file_write(im, path, o->is_forced, &error)) {
        return FORGE_DONE;
    }
    if (o->is_all && error.is_too_long) {
        (void)forge_complain(path, "skipped: the file system has no files as long as that");
        return FORGE_DONE;
    }
    return forge_complain(path, error.text);
}

/* ---- folders ---- */

bool forge_folder(const char *path)
{
    struct stat st;

    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))) {
        return true;
    }
    (void)forge_complain(path, strerror(errno));
    return false;
}

bool forge_path(const struct forge *o, const char *name, const char *suffix,
                char path[FORGE_PATH_BYTES])
{
    const char *folder = o->argument[0];
    const int area = (int)(strchr(name, '/') - name);
    const int len = snprintf(path, FORGE_PATH_BYTES, "%s/%s%s", folder, name, suffix);

    if (len < 0 || len >= FORGE_PATH_BYTES) {
        (void)forge_complain(folder, "this name is too long");
        return false;
    }
    (void)snprintf(path, FORGE_PATH_BYTES, "%s/%.*s", folder, area, name); /* shorter */
    if (!forge_folder(path)) {
        return false;
    }
    (void)snprintf(path, FORGE_PATH_BYTES, "%s/%s%s", folder, name, suffix);
    return true;
}
