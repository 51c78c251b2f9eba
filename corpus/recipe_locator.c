/* Commands that say what a parent locator holds. */
#include "corpus/image_locator.h"
#include "corpus/memory.h"
#include "corpus/recipe_commands.h"
#include "corpus/recipe_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool needs_locator(struct recipe *r)
{
    return (r->is_created && r->im.spec.type == IMAGE_DIFFERENCING) ||
           line_fail(r, "only what was created differencing has a locator", NULL);
}

/* AREA/NAME, of letters, digits and hyphens: it becomes part of paths. Returns NAME, or NULL. */
static const char *file_of(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const size_t area = strspn(name, plain);
    const char *file = name + area + 1;

    if (area == 0 || name[area] != '/' || *file == '\0' || file[strspn(file, plain)] != '\0' ||
        strlen(name) >= RECIPE_NAME_BYTES) {
        return NULL;
    }
    return file;
}

bool recipe_parent(struct recipe *r)
{
    const char *linkage = line_option_text(r, "linkage");
    const char *name;
    const char *file;
    char path[2 * RECIPE_NAME_BYTES];
    uint8_t guid[16];

    if (!needs_locator(r) || !line_word(r, 1, &name)) {
        return false;
    }
    file = file_of(name);
    if (file == NULL) {
        return line_fail(r, "AREA/NAME of a recipe is wanted", name);
    }
    if (linkage != NULL && !word_guid(linkage, guid)) {
        return line_fail(r, "not a GUID", linkage);
    }
    memcpy(r->parent, name, strlen(name) + 1);
    locator_name(&r->im, linkage != NULL ? linkage : LOCATOR_LINKAGE, file);
    (void)snprintf(path, sizeof(path), "\\\\?\\C:\\vm\\%s.vhdx", file);
    locator_add_text(&r->im, "absolute_win32_path", path); /* some readers know no other */
    return true;
}

bool recipe_locator(struct recipe *r)
{
    if (!needs_locator(r)) {
        return false;
    }
    locator_clear(&r->im);
    return true;
}

/* Bytes of word `index`: "TEXT", u"TEXT" or hexadecimal. */
static bool read_string(struct recipe *r, size_t index, uint8_t bytes[LINE_BYTES], size_t *count)
{
    const char *word;

    return line_word(r, index, &word) &&
           (word_text(word, bytes, LINE_BYTES, count) || word_hex(word, bytes, LINE_BYTES, count) ||
            line_fail(r, "\"TEXT\", u\"TEXT\" or hexadecimal digits are wanted", word));
}

bool recipe_key(struct recipe *r)
{
    uint8_t key[LINE_BYTES];
    uint8_t value[LINE_BYTES];
    uint8_t *values;
    size_t key_bytes;
    size_t value_bytes;
    uint64_t times = 1;
    bool is_good;

    if (!needs_locator(r) || !read_string(r, 1, key, &key_bytes) ||
        !read_string(r, 2, value, &value_bytes) ||
        !line_option(r, "repeat", LOCATOR_STRING_MAX, &times)) {
        return false;
    }
    if (value_bytes * times > LOCATOR_STRING_MAX) {
        return line_fail(r, "a string has at most 65535 bytes", NULL);
    }
    if (!line_spend(r, times)) {
        return false;
    }
    values = memory_resize(NULL, value_bytes * (size_t)times + 1, 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(values + i * value_bytes, value, value_bytes);
    }
    is_good = locator_add(&r->im, key, key_bytes, values, value_bytes * (size_t)times);
    free(values);
    return is_good || line_fail(r, "a locator is at most 1 MiB long", NULL);
}
