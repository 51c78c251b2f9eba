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
#include "corpus/forge.h"
#include "corpus/library.h"
#include "corpus/lineage.h"
#include "corpus/logbuild.h"

static const char HELP[] =
    "Usage: vhdxforge VERB [OPTION]... [ARGUMENT]...\n"
    "\n"
    "Builds VHDX images from recipes: a conformance suite for whatever reads VHDX.\n"
    "\n"
    "  list                      the recipes and their titles\n"
    "  build NAME OUT            the image of one recipe\n"
    "  build --all DIR           the images of all recipes: DIR/AREA/NAME.vhdx\n"
    "  chain NAME DIR            the images of a recipe and of its parents: DIR/NAME.vhdx each\n"
    "  show NAME                 a recipe and what a check must say about its image\n"
    "  show --pattern P          the 4096 bytes of pattern P, on standard output\n"
    "  content NAME OUT          the virtual disk that the image must yield\n"
    "  sum NAME|FILE...          SHA-256 of images in packed form: of a recipe's, or of any file\n"
    "  sum --all                 of all recipes: what MANIFEST holds\n"
    "  mutate --seed N IMAGE OUT a damaged copy, checksums made good again\n"
    "  pack NAME|IMAGE OUT       a recipe's image or a file's in packed form: size and what is "
    "not\n"
    "                            zero, 4 KiB by 4 KiB\n"
    "  pack --all DIR            of all recipes: DIR/AREA/NAME.packed\n"
    "  unpack PACKED OUT         the image of a packed form\n"
    "  words                     the words of the format, as a dictionary for fuzzers\n"
    "\n"
    "OUT is a file, which is there when it is complete, or a block device, or - for standard\n"
    "output.\n"
    "\n"
    "      --recipes=DIR  where the recipes are (corpus/recipes here, else the installed ones)\n"
    "      --force        replace files that are there\n"
    "      --most=N       with pack --all: leave out what would be longer than N bytes\n"
    "  -h, --help         print this\n"
    "\n"
    "Exit status: 0 done, 1 not everything could be done, 2 the command line is wrong.\n";

/* ---- list, build ---- */

static int list_each(const struct forge *o, const char *name, struct recipe *r)
{
    (void)o;
    return printf("%-48s %s\n", name, r->title) > 0 ? FORGE_DONE : FORGE_FAILED;
}

static int run_list(const struct forge *o)
{
    return o->count == 0 ? forge_all(o, list_each) : forge_usage("list takes no arguments");
}

static int build_one(const struct forge *o, const char *name, struct recipe *r)
{
    (void)name;
    return forge_write(o, &r->im, o->argument[1]);
}

static int build_each(const struct forge *o, const char *name, struct recipe *r)
{
    char path[FORGE_PATH_BYTES];

    return forge_path(o, name, ".vhdx", path) ? forge_write(o, &r->im, path) : FORGE_FAILED;
}

static int run_build(const struct forge *o)
{
    if (o->is_all) {
        if (o->count != 1) {
            return forge_usage("build --all takes a folder");
        }
        return forge_folder(o->argument[0]) ? forge_all(o, build_each) : FORGE_FAILED;
    }
    return o->count == 2 ? forge_each(o, o->argument[0], build_one)
                         : forge_usage("build takes a recipe's name and a file");
}

/* ---- chain ---- */

/* DIR/FILE.vhdx, FILE being the name without its area: the locators of children say so. */
static int write_link(const struct forge *o, const char *name, const struct image *im)
{
    char path[FORGE_PATH_BYTES];
    const int len = snprintf(path, sizeof(path), "%s%s.vhdx", o->argument[1], strchr(name, '/'));

    if (len < 0 || len >= FORGE_PATH_BYTES) {
        return forge_complain(o->argument[1], "this name is too long");
    }
    return forge_write(o, im, path);
}

static int write_lineage(const struct forge *o, const struct lineage *lineage)
{
    int status = forge_folder(o->argument[1]) ? FORGE_DONE : FORGE_FAILED;

    for (size_t i = 0; i < lineage->count && status == FORGE_DONE; i++) {
        status = write_link(o, lineage->name[i], &lineage->recipe[i]->im);
    }
    return status;
}

static int run_chain(const struct forge *o)
{
    struct lineage lineage;
    int status = FORGE_FAILED;

    if (o->count != 2) {
        return forge_usage("chain takes a recipe's name and a folder");
    }
    if (lineage_read(&lineage, o->recipes, o->argument[0])) {
        status = write_lineage(o, &lineage);
    } else {
        (void)fprintf(stderr, "vhdxforge: %s\n", lineage.error);
    }
    lineage_free(&lineage);
    return status;
}

/* ---- show, content ---- */

static bool show_text(const struct forge *o, const char *suffix)
{
    size_t len = 0;
    char *path;
    char *text = library_text(o->recipes, o->argument[0], suffix, &len, &path);
    const bool is_there = text != NULL;

    if (is_there) {
        (void)printf("== %s\n%s%s", path, text, len > 0 && text[len - 1] == '\n' ? "" : "\n");
    } else {
        (void)forge_complain(path, strerror(errno));
    }
    free(text);
    free(path);
    return is_there;
}

static int run_show(const struct forge *o)
{
    uint8_t bytes[LOG_SECTOR];
    uint64_t pattern;

    if (o->pattern != NULL) {
        if (o->count != 0 || !forge_number(o->pattern, &pattern) || pattern > UINT32_MAX) {
            return forge_usage("--pattern takes a number below 2^32, and nothing follows");
        }
        log_pattern(pattern, bytes);
        return fwrite(bytes, 1, sizeof(bytes), stdout) == sizeof(bytes) ? FORGE_DONE : FORGE_FAILED;
    }
    if (o->count != 1) {
        return forge_usage("show takes a recipe's name");
    }
    return show_text(o, ".recipe") && show_text(o, ".expect") ? FORGE_DONE : FORGE_FAILED;
}

static int content_one(const struct forge *o, const char *name, struct recipe *r)
{
    struct image disk;

    if (!r->has_content) {
        return forge_complain(name, "its recipe does not say what the disk holds");
    }
    image_make_empty(&disk, recipe_disk_bytes(r));
    disk.bytes = r->content;
    return forge_write(o, &disk, o->argument[1]);
}

static int run_content(const struct forge *o)
{
    return o->count == 2 ? forge_each(o, o->argument[0], content_one)
                         : forge_usage("content takes a recipe's name and a file");
}

/* ---- sum ---- */

static int sum_each(const struct forge *o, const char *name, struct recipe *r)
{
    const struct vx_source src = image_source(&r->im);
    char text[DIGEST_TEXT_BYTES];

    (void)o;
    if (digest_source(&src, text) != VX_OK) {
        return forge_complain(name, "cannot be read");
    }
    return printf("%s  %s\n", text, name) > 0 ? FORGE_DONE : FORGE_FAILED;
}

static int sum_file(const char *path)
{
    char text[FORGE_PATH_BYTES];
    char digest[DIGEST_TEXT_BYTES];
    struct vxo_buffer error;
    struct cli_file file;
    enum vx_status status;

    vxo_buffer_init(&error, text, sizeof(text));
    if (!cli_file_open(&file, path, &error)) {
        return forge_complain(path, text);
    }
    status = digest_source(&file.source, digest);
    cli_file_close(&file);
    if (status != VX_OK) {
        return forge_complain(path, "cannot be read");
    }
    return printf("%s  %s\n", digest, path) > 0 ? FORGE_DONE : FORGE_FAILED;
}

/* What is no recipe is a file. */
static int sum_one(const struct forge *o, const char *name)
{
    return forge_has(o, name) ? forge_each(o, name, sum_each) : sum_file(name);
}

static int run_sum(const struct forge *o)
{
    int status = FORGE_DONE;

    if (o->is_all) {
        return o->count == 0 ? forge_all(o, sum_each) : forge_usage("sum --all takes no arguments");
    }
    if (o->count == 0) {
        return forge_usage("sum takes names of recipes or files");
    }
    for (int i = 0; i < o->count; i++) {
        const int one = sum_one(o, o->argument[i]);

        status = one != FORGE_DONE ? one : status;
    }
    return status;
}

/* ---- command line ---- */

static const struct verb {
    const char *name;
    forge_verb_fn *run;
} VERBS[] = {
    {"list", run_list},       {"build", run_build},     {"chain", run_chain},
    {"show", run_show},       {"content", run_content}, {"sum", run_sum},
    {"mutate", forge_mutate}, {"pack", forge_pack},     {"unpack", forge_unpack},
    {"words", forge_words},
};

/* Where `make install` puts the recipes, seen from the program. */
static void find_installed(struct forge *o)
{
    static const char place[] = "/../share/vhdxray/recipes";
    const ssize_t len =
        readlink("/proc/self/exe", o->installed, sizeof(o->installed) - sizeof(place));
    char *slash;

    o->installed[len > 0 ? len : 0] = '\0';
    slash = strrchr(o->installed, '/');
    memcpy(slash != NULL ? slash : o->installed, place, sizeof(place));
}

static void find_recipes(struct forge *o)
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

static bool parse(int argc, char **argv, struct forge *o)
{
    static const struct option known[] = {
        {"all", no_argument, NULL, 'a'},           {"force", no_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},          {"most", required_argument, NULL, 'm'},
        {"pattern", required_argument, NULL, 'p'}, {"recipes", required_argument, NULL, 'r'},
        {"seed", required_argument, NULL, 's'},    {NULL, 0, NULL, 0}};
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
        case 'm':
            o->most = optarg;
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

static int dispatch(struct forge *o)
{
    if (o->is_help) {
        return fputs(HELP, stdout) >= 0 ? FORGE_DONE : FORGE_FAILED;
    }
    if (o->count == 0) {
        return forge_usage("no verb given");
    }
    find_recipes(o);
    for (size_t i = 0; i < VX_COUNT_OF(VERBS); i++) {
        if (strcmp(VERBS[i].name, o->argument[0]) == 0) {
            o->argument++;
            o->count--;
            return VERBS[i].run(o);
        }
    }
    return forge_usage("unknown verb");
}

int main(int argc, char **argv)
{
    struct forge o = {.recipes = NULL};
    int status;

    /* a reader that went away and a file that grows too large are write errors like any other */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    status = parse(argc, argv, &o) ? dispatch(&o) : FORGE_USAGE;
    if (fclose(stdout) != 0 && status == FORGE_DONE) {
        status = forge_complain("standard output", strerror(errno));
    }
    return status;
}
