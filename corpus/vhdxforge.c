/* vhdxforge: builds the images of the corpus, and damages images. Finds the verb and runs it. */
#define _GNU_SOURCE /* NOLINT: getopt_long(), mkdir(), readlink() */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/file_source.h"
#include "corpus/digest.h"
#include "corpus/image_file.h"
#include "corpus/library.h"
#include "corpus/memory.h"
#include "corpus/mutate.h"
#include "corpus/packed.h"
#include "corpus/recipe.h"
#include "corpus/recipe_words.h"

static const char HELP[] =
    "Usage: vhdxforge VERB [OPTION]... [ARGUMENT]...\n"
    "\n"
    "Builds VHDX images from recipes: a conformance suite for whatever reads VHDX.\n"
    "\n"
    "  list                      the recipes and their titles\n"
    "  build NAME OUT            the image of one recipe\n"
    "  build --all DIR           the images of all recipes: DIR/AREA/NAME.vhdx\n"
    "  show NAME                 a recipe and what a check must say about its image\n"
    "  show --pattern P          the 4096 bytes of pattern P, on standard output\n"
    "  content NAME OUT          the virtual disk that the image must yield\n"
    "  sum NAME|FILE...          SHA-256 of images in packed form: of a recipe's, or of any file\n"
    "  sum --all                 of all recipes: what MANIFEST holds\n"
    "  mutate --seed N IMAGE OUT a damaged copy, checksums made good again\n"
    "\n"
    "OUT is a file, which is there when it is complete, or a block device, or - for standard\n"
    "output.\n"
    "\n"
    "      --recipes=DIR  where the recipes are (corpus/recipes here, else the installed ones)\n"
    "      --force        replace files that are there\n"
    "  -h, --help         print this\n"
    "\n"
    "Exit status: 0 done, 1 not everything could be done, 2 the command line is wrong.\n";

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, PATH_BYTES = 4096 };

struct options {
    const char *recipes; /* folder */
    char installed[PATH_BYTES];
    const char *pattern; /* numbers as they were given, or NULL */
    const char *seed;
    bool is_all;
    bool is_forced;
    bool is_help;
    int count; /* of arguments behind the verb */
    char **argument;
};

/* ---- saying what went wrong ---- */

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "vhdxforge: %s: %s\n", what, why);
    return STATUS_FAILED;
}

static int usage(const char *why)
{
    (void)fprintf(stderr, "vhdxforge: %s\nvhdxforge --help lists the verbs.\n", why);
    return STATUS_USAGE;
}

static bool read_number(const char *text, uint64_t *value)
{
    struct wide wide;

    if (text == NULL || !word_term(&text, &wide) || wide.high != 0 || *text != '\0') {
        return false;
    }
    *value = wide.low;
    return true;
}

/* ---- recipes ---- */

/* Make the recipe's image; recipe_free() it, whatever the result. */
static bool make(const struct options *o, const char *name, struct recipe *r)
{
    size_t len = 0;
    char *path;
    char *text = library_text(o->recipes, name, ".recipe", &len, &path);
    bool is_good = false;

    memset(r, 0, sizeof(*r));
    if (text == NULL) {
        (void)complain(path, errno == ENOENT ? "there is no such recipe" : strerror(errno));
    } else if (!recipe_read(r, path, text, len)) {
        (void)fprintf(stderr, "vhdxforge: %s\n", r->error);
    } else {
        is_good = true;
    }
    free(text);
    free(path);
    return is_good;
}

typedef int each_fn(const struct options *o, const char *name, struct recipe *r);

static int run_each(const struct options *o, const char *name, each_fn *each)
{
    struct recipe *r = memory_take(1, sizeof(*r));
    const int status = make(o, name, r) ? each(o, name, r) : STATUS_FAILED;

    recipe_free(r);
    free(r);
    return status;
}

static int run_all(const struct options *o, each_fn *each)
{
    struct library library;
    int status = STATUS_DONE;

    if (!library_open(&library, o->recipes)) {
        status = complain(o->recipes, strerror(errno));
    } else if (library.count == 0) {
        status = complain(o->recipes, "there are no recipes");
    }
    for (size_t i = 0; i < library.count; i++) {
        const int one = run_each(o, library.recipe[i].name, each);

        status = one != STATUS_DONE ? one : status;
    }
    library_free(&library);
    return status;
}

/* ---- files ---- */

/* Of many images, one that the file system cannot hold is left out. */
static int write_image(const struct options *o, const struct image *im, const char *path)
{
    struct image_file_error error;

    if (image_file_write(im, path, o->is_forced, &error)) {
        return STATUS_DONE;
    }
    if (o->is_all && error.is_too_long) {
        (void)complain(path, "skipped: the file system has no files as long as that");
        return STATUS_DONE;
    }
    return complain(path, error.text);
}

/* ---- list, build ---- */

static int list_each(const struct options *o, const char *name, struct recipe *r)
{
    (void)o;
    return printf("%-48s %s\n", name, r->title) > 0 ? STATUS_DONE : STATUS_FAILED;
}

static int run_list(const struct options *o)
{
    return o->count == 0 ? run_all(o, list_each) : usage("list takes no arguments");
}

/* One that is there will do. */
static bool make_folder(const char *path)
{
    struct stat st;

    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))) {
        return true;
    }
    (void)complain(path, strerror(errno));
    return false;
}

static int build_each(const struct options *o, const char *name, struct recipe *r)
{
    char path[PATH_BYTES];
    const char *folder = o->argument[0];
    const int area = (int)(strchr(name, '/') - name);
    const int len = snprintf(path, sizeof(path), "%s/%s.vhdx", folder, name);

    if (len < 0 || (size_t)len >= sizeof(path)) {
        return complain(folder, "this name is too long");
    }
    (void)snprintf(path, sizeof(path), "%s/%.*s", folder, area, name); /* shorter */
    if (!make_folder(path)) {
        return STATUS_FAILED;
    }
    (void)snprintf(path, sizeof(path), "%s/%s.vhdx", folder, name);
    return write_image(o, &r->im, path);
}

static int build_one(const struct options *o, const char *name, struct recipe *r)
{
    (void)name;
    return write_image(o, &r->im, o->argument[1]);
}

static int run_build(const struct options *o)
{
    if (o->is_all) {
        if (o->count != 1) {
            return usage("build --all takes a folder");
        }
        return make_folder(o->argument[0]) ? run_all(o, build_each) : STATUS_FAILED;
    }
    return o->count == 2 ? run_each(o, o->argument[0], build_one)
                         : usage("build takes a recipe's name and a file");
}

/* ---- show, content ---- */

static bool show_text(const struct options *o, const char *suffix)
{
    size_t len = 0;
    char *path;
    char *text = library_text(o->recipes, o->argument[0], suffix, &len, &path);
    const bool is_there = text != NULL;

    if (is_there) {
        (void)printf("== %s\n%s%s", path, text, len > 0 && text[len - 1] == '\n' ? "" : "\n");
    } else {
        (void)complain(path, strerror(errno));
    }
    free(text);
    free(path);
    return is_there;
}

static int run_show(const struct options *o)
{
    uint8_t bytes[LOG_SECTOR];
    uint64_t pattern;

    if (o->pattern != NULL) {
        if (o->count != 0 || !read_number(o->pattern, &pattern) || pattern > UINT32_MAX) {
            return usage("--pattern takes a number below 2^32, and nothing follows");
        }
        log_pattern(pattern, bytes);
        return fwrite(bytes, 1, sizeof(bytes), stdout) == sizeof(bytes) ? STATUS_DONE
                                                                        : STATUS_FAILED;
    }
    if (o->count != 1) {
        return usage("show takes a recipe's name");
    }
    return show_text(o, ".recipe") && show_text(o, ".expect") ? STATUS_DONE : STATUS_FAILED;
}

static int content_one(const struct options *o, const char *name, struct recipe *r)
{
    struct image disk;

    if (!r->has_content) {
        return complain(name, "its recipe does not say what the disk holds");
    }
    image_make_empty(&disk, recipe_disk_bytes(r));
    disk.bytes = r->content;
    return write_image(o, &disk, o->argument[1]);
}

static int run_content(const struct options *o)
{
    return o->count == 2 ? run_each(o, o->argument[0], content_one)
                         : usage("content takes a recipe's name and a file");
}

/* ---- sum ---- */

static int sum_each(const struct options *o, const char *name, struct recipe *r)
{
    const struct vx_source src = image_source(&r->im);
    char text[DIGEST_TEXT_BYTES];

    (void)o;
    if (digest_source(&src, text) != VX_OK) {
        return complain(name, "cannot be read");
    }
    return printf("%s  %s\n", text, name) > 0 ? STATUS_DONE : STATUS_FAILED;
}

static int sum_file(const char *path)
{
    char text[PATH_BYTES];
    char digest[DIGEST_TEXT_BYTES];
    struct vxo_buffer error;
    struct cli_file file;
    enum vx_status status;

    vxo_buffer_init(&error, text, sizeof(text));
    if (!cli_file_open(&file, path, &error)) {
        return complain(path, text);
    }
    status = digest_source(&file.source, digest);
    cli_file_close(&file);
    if (status != VX_OK) {
        return complain(path, "cannot be read");
    }
    return printf("%s  %s\n", digest, path) > 0 ? STATUS_DONE : STATUS_FAILED;
}

/* What is no recipe is a file. */
static int sum_one(const struct options *o, const char *name)
{
    size_t len;
    char *path;
    char *text = library_text(o->recipes, name, ".recipe", &len, &path);
    const bool is_recipe = text != NULL;

    free(text);
    free(path);
    return is_recipe ? run_each(o, name, sum_each) : sum_file(name);
}

static int run_sum(const struct options *o)
{
    int status = STATUS_DONE;

    if (o->is_all) {
        return o->count == 0 ? run_all(o, sum_each) : usage("sum --all takes no arguments");
    }
    if (o->count == 0) {
        return usage("sum takes names of recipes or files");
    }
    for (int i = 0; i < o->count; i++) {
        const int one = sum_one(o, o->argument[i]);

        status = one != STATUS_DONE ? one : status;
    }
    return status;
}

/* ---- mutate ---- */

static int run_mutate(const struct options *o)
{
    struct image_file_error error;
    struct image im;
    uint64_t seed;
    int status;

    if (o->count != 2 || !read_number(o->seed, &seed)) {
        return usage("mutate takes --seed N, an image and a file");
    }
    if (image_file_read(&im, o->argument[0], &error)) {
        mutate_image(&im, seed);
        status = write_image(o, &im, o->argument[1]);
    } else {
        status = complain(o->argument[0], error.text);
    }
    image_free(&im);
    return status;
}

/* ---- command line ---- */

typedef int verb_fn(const struct options *o);

static const struct verb {
    const char *name;
    verb_fn *run;
} VERBS[] = {
    {"list", run_list},       {"build", run_build}, {"show", run_show},
    {"content", run_content}, {"sum", run_sum},     {"mutate", run_mutate},
};

/* Where `make install` puts the recipes, seen from the program. */
static void find_installed(struct options *o)
{
    static const char place[] = "/../share/vhdxray/recipes";
    const ssize_t len =
        readlink("/proc/self/exe", o->installed, sizeof(o->installed) - sizeof(place));
    char *slash;

    o->installed[len > 0 ? len : 0] = '\0';
    slash = strrchr(o->installed, '/');
    memcpy(slash != NULL ? slash : o->installed, place, sizeof(place));
}

static void find_recipes(struct options *o)
{
    struct stat st;

    if (o->recipes == NULL) {
        o->recipes = "corpus/recipes";
        if (stat(o->recipes, &st) != 0) {
            find_installed(o);
            o->recipes = o->installed;
        }
    }
}

static bool parse(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {{"all", no_argument, NULL, 'a'},
                                          {"force", no_argument, NULL, 'f'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"pattern", required_argument, NULL, 'p'},
                                          {"recipes", required_argument, NULL, 'r'},
                                          {"seed", required_argument, NULL, 's'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        switch (option) {
        case 'a':
            o->is_all = true;
            break;
        case 'f':
            o->is_forced = true;
            break;
        case 'h':
            o->is_help = true;
            break;
        case 'p':
            o->pattern = optarg;
            break;
        case 'r':
            o->recipes = optarg;
            break;
        case 's':
            o->seed = optarg;
            break;
        default:
            return false; /* getopt_long() has said why */
        }
    }
    o->argument = argv + optind;
    o->count = argc - optind;
    return true;
}

static int dispatch(struct options *o)
{
    if (o->is_help) {
        return fputs(HELP, stdout) >= 0 ? STATUS_DONE : STATUS_FAILED;
    }
    if (o->count == 0) {
        return usage("no verb given");
    }
    find_recipes(o);
    for (size_t i = 0; i < VX_COUNT_OF(VERBS); i++) {
        if (strcmp(VERBS[i].name, o->argument[0]) == 0) {
            o->argument++;
            o->count--;
            return VERBS[i].run(o);
        }
    }
    return usage("unknown verb");
}

int main(int argc, char **argv)
{
    struct options o = {.recipes = NULL};
    int status;

    /* a reader that went away and a file that grows too large are write errors like any other */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    status = parse(argc, argv, &o) ? dispatch(&o) : STATUS_USAGE;
    if (fclose(stdout) != 0 && status == STATUS_DONE) {
        status = complain("standard output", strerror(errno));
    }
    return status;
}
