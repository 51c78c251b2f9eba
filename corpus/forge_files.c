/* The verbs of vhdxforge about images in files: damage, packing; and the words for fuzzers. */
#include <stdio.h>

#include "corpus/dictionary.h"
#include "corpus/forge.h"
#include "corpus/image_file.h"
#include "corpus/mutate.h"
#include "corpus/packed.h"

int forge_mutate(const struct forge *o)
{
    struct image_file_error error;
    struct image im;
    uint64_t seed;
    int status;

    if (o->count != 2 || !forge_number(o->seed, &seed)) {
        return forge_usage("mutate takes --seed N, an image and a file");
    }
    if (image_file_read(&im, o->argument[0], &error)) {
        mutate_image(&im, seed);
        status = forge_write(o, &im, o->argument[1]);
    } else {
        status = forge_complain(o->argument[0], error.text);
    }
    image_free(&im);
    return status;
}

/* ---- packed images ---- */

static int pack(const struct forge *o, struct image *im, const char *path)
{
    struct image_file_error error;

    return image_file_pack(im, path, o->is_forced, &error) ? FORGE_DONE
                                                           : forge_complain(path, error.text);
}

static int pack_each(const struct forge *o, const char *name, struct recipe *r)
{
    char path[FORGE_PATH_BYTES];
    uint64_t most = UINT64_MAX;

    (void)forge_number(o->most, &most);
    if (packed_bytes(&r->im) > most) {
        return FORGE_DONE;
    }
    return forge_path(o, name, ".packed", path) ? pack(o, &r->im, path) : FORGE_FAILED;
}

static int pack_one(const struct forge *o, const char *name, struct recipe *r)
{
    (void)name;
    return pack(o, &r->im, o->argument[1]);
}

static int pack_file(const struct forge *o)
{
    struct image_file_error error;
    struct image im;
    const int status = image_file_read(&im, o->argument[0], &error)
                           ? pack(o, &im, o->argument[1])
                           : forge_complain(o->argument[0], error.text);

    image_free(&im);
    return status;
}

int forge_pack(const struct forge *o)
{
    uint64_t most;

    if (o->most != NULL && (!o->is_all || !forge_number(o->most, &most))) {
        return forge_usage("--most takes a number of bytes, and goes with pack --all");
    }
    if (o->is_all) {
        if (o->count != 1) {
            return forge_usage("pack --all takes a folder");
        }
        return forge_folder(o->argument[0]) ? forge_all(o, pack_each) : FORGE_FAILED;
    }
    if (o->count != 2) {
        return forge_usage("pack takes a recipe's name or an image, and a file");
    }
    return forge_has(o, o->argument[0]) ? forge_each(o, o->argument[0], pack_one) : pack_file(o);
}

int forge_unpack(const struct forge *o)
{
    struct image_file_error error;
    struct image im;
    int status;

    if (o->count != 2) {
        return forge_usage("unpack takes a packed image and a file");
    }
    status = image_file_unpack(&im, o->argument[0], &error)
                 ? forge_write(o, &im, o->argument[1])
                 : forge_complain(o->argument[0], error.text);
    image_free(&im);
    return status;
}

/* ---- words ---- */

int forge_words(const struct forge *o)
{
    struct dictionary_word word;
    int printed = 0;

    if (o->count != 0) {
        return forge_usage("words takes no arguments");
    }
    printed = printf("# Words of VHDX for fuzzers, made by `vhdxforge words`.\n");
    for (size_t i = 0; printed >= 0 && dictionary_get(i, &word); i++) {
        printed = printf("%s=\"", word.name);
        for (size_t k = 0; printed >= 0 && k < word.size; k++) {
            printed = printf("\\x%02x", word.bytes[k]);
        }
        printed = printed >= 0 ? printf("\"\n") : printed;
    }
    return printed >= 0 ? FORGE_DONE : FORGE_FAILED;
}
