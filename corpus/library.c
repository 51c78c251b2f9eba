/* A folder of recipes, two levels deep. */
#define _GNU_SOURCE /* NOLINT: fdopen(), O_CLOEXEC */
#include "corpus/library.h"

#include "corpus/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "A" "B" "C" to "ABC", malloc'ed. */
static char *join(const char *a, const char *b, const char *c)
{
    const size_t len = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = memory_take(len, 1);

    (void)snprintf(text, len, "%s%s%s", a, b, c);
    return text;
}

static void add(struct library *library, const char *area, const char *file)
{
    char *name = join(area, "/", file);

    name[strlen(name) - strlen(".recipe")] = '\0';
    if (library->count == library->capacity) {
        library->capacity = library->capacity * 2 + 64;
        library->recipe =
            memory_resize(library->recipe, library->capacity, sizeof(library->recipe[0]));
    }
    library->recipe[library->count].name = name;
    library->count++;
}

static bool is_recipe(const char *file)
{
    const size_t len = strlen(file);
    const size_t suffix = strlen(".recipe");

    return len > suffix && strcmp(file + len - suffix, ".recipe") == 0;
}

/* A file in the place of an area is no area. */
static void read_area(struct library *library, const char *area)
{
    char *begin = join(library->folder, "/", area);
    DIR *folder = opendir(begin);

    free(begin);
    if (folder == NULL) {
        return;
    }
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder)) {
        if (is_recipe(d->d_name)) {
            add(library, area, d->d_name);
        }
    }
    (void)closedir(folder);
}

static int by_name(const void *a, const void *b)
{
    const struct library_recipe *left = a;
    const struct library_recipe *right = b;

    return strcmp(left->name, right->name);
}

bool library_open(struct library *library, const char *folder)
{
    DIR *areas = opendir(folder);

    *library = (struct library){.folder = folder};
    if (areas == NULL) {
        return false;
    }
    for (const struct dirent *d = readdir(areas); d != NULL; d = readdir(areas)) {
        if (d->d_name[0] != '.') {
            read_area(library, d->d_name);
        }
    }
    (void)closedir(areas);
    if (library->count > 0) {
        qsort(library->recipe, library->count, sizeof(library->recipe[0]), by_name);
    }
    return true;
}

void library_free(struct library *library)
{
    for (size_t i = 0; i < library->count; i++) {
        free(library->recipe[i].name);
    }
    free(library->recipe);
    memset(library, 0, sizeof(*library));
}

static char *read_all(FILE *file, size_t *len)
{
    char *text = memory_take(LIBRARY_TEXT_MAX + 1, 1);

    *len = fread(text, 1, LIBRARY_TEXT_MAX + 1, file);
    if (ferror(file) != 0 || *len > LIBRARY_TEXT_MAX) {
        const int code = ferror(file) != 0 ? errno : EFBIG;

        free(text);
        errno = code;
        return NULL;
    }
    text[*len] = '\0';
    return memory_resize(text, *len + 1, 1);
}

/* Open a file that is one: a pipe would have to be waited for. */
static FILE *open_regular(const char *path)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    FILE *file = NULL;
    int code;

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &st) == 0) {
        if (S_ISREG(st.st_mode)) {
            file = fdopen(fd, "rb");
        } else {
            errno = S_ISDIR(st.st_mode) ? EISDIR : ENOTSUP;
        }
    }
    if (file == NULL) {
        code = errno;
        (void)close(fd);
        errno = code;
    }
    return file;
}

char *library_text(const char *folder, const char *name, const char *suffix, size_t *len,
                   char **path)
{
    char *begin = join(folder, "/", name);
    FILE *file;
    char *text = NULL;

    *path = join(begin, suffix, "");
    free(begin);
    file = open_regular(*path);
    if (file != NULL) {
        int code;

        text = read_all(file, len);
        code = errno;
        (void)fclose(file);
        errno = code;
    }
    return text;
}

bool library_recipe(struct recipe *r, const char *folder, const char *name)
{
    size_t len = 0;
    char *path;
    char *text = library_text(folder, name, ".recipe", &len, &path);
    const int code = errno;
    bool is_good = false;

    if (text != NULL) {
        is_good = recipe_read(r, path, text, len);
    } else {
        memset(r, 0, sizeof(*r));
        (void)snprintf(r->error, sizeof(r->error), "%s: %s", path,
                       code == ENOENT ? "there is no such recipe" : strerror(code));
    }
    free(text);
    free(path);
    return is_good;
}
