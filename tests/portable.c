/* The images and findings on this machine, as one digest. Every image of the corpus is built and
 * checked with much and with little memory; so are the rows of hindered checks. All bytes and all
 * findings go into the digest, these as integers, whatever their byte order in memory: the digest
 * must be the same on every machine. The power cuts of a session of the writer go in, too. Plain
 * C, so that it can be linked statically for machines that have no test library.
 *
 *     portable FOLDER      prints the digest of all images and their number; FOLDER: the recipes
 *     portable FOLDER -v   prints it after each image too, to find the first that differs */
#include "corpus/library.h"
#include "corpus/packed.h"
#include "corpus/recipe.h"
#include "tests/support/cases.h"
#include "tests/support/crash_model.h"
#include "tests/support/judge.h"
#include "tests/support/legal_logs.h"
#include "tests/support/replayed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What the images have come to so far. */
struct sum {
    uint64_t digest;
    size_t images;
    bool is_verbose;
};

static void count_image(struct sum *sum, const char *name)
{
    sum->images++;
    if (sum->is_verbose) {
        printf("%016" PRIx64 " %s\n", sum->digest, name);
    }
}

static void digest_case(struct sum *sum, const struct rule_case *row)
{
    struct findings f;

    case_run(row, &f, NULL);
    sum->digest = findings_digest(&f, sum->digest);
    findings_free(&f);
    count_image(sum, row->name);
}

/* The log rows: findings, and every byte that replay writes. */
static void digest_log(struct sum *sum, const struct legal_log *row)
{
    uint64_t *digest = &sum->digest;
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    uint8_t bytes[LOG_SECTOR];

    legal_make(row, &im, &log);
    raw = image_source(&im);
    replayed_open(&r, row->name, &raw, NULL);
    *digest = findings_digest(&r.f, *digest);
    for (uint32_t i = 0; i < r.check->overlay.segment_count; i++) {
        for (uint64_t at = r.check->overlay.segment[i].begin; at < r.check->overlay.segment[i].end;
             at += sizeof(bytes)) {
            struct vx_finding f = {.offset = at};

            f.arg[0] = vx_source_read(&r.check->view, at, bytes, sizeof(bytes)) == VX_OK;
            f.arg[1] = vx_crc32c(VX_CRC_PORTABLE, 0, bytes, sizeof(bytes));
            *digest = finding_digest(&f, *digest);
        }
    }
    replayed_close(&r);
    image_free(&im);
    count_image(sum, row->name);
}

/* ---- recipes ---- */

static void add_packed(void *ctx, const uint8_t *bytes, size_t len)
{
    uint32_t *crc = ctx;

    *crc = vx_crc32c(VX_CRC_PORTABLE, *crc, bytes, len);
}

static void digest_bytes(struct image *im, uint64_t *digest)
{
    const struct vx_source src = image_source(im);
    struct vx_finding f = {.offset = im->size};
    uint32_t crc = 0;

    if (packed_write(&src, add_packed, &crc) == VX_OK) {
        f.arg[0] = crc;
        *digest = finding_digest(&f, *digest);
    }
}

static void digest_judged(struct image *im, const char *name, bool has_least, uint64_t *digest)
{
    struct judged judged;

    judge_image(im, name, has_least, &judged);
    *digest = findings_digest(&judged.check, *digest);
    *digest = findings_digest(&judged.raw, *digest);
    judged_free(&judged);
}

/* The image, what is said about it, and what its disk is said to hold. */
static bool digest_recipe(const char *folder, const char *name, uint64_t *digest)
{
    static struct recipe r;
    struct image disk;
    size_t len = 0;
    char *path;
    char *text = library_text(folder, name, ".recipe", &len, &path);
    const bool is_good = text != NULL && recipe_read(&r, path, text, len);

    if (is_good) {
        digest_bytes(&r.im, digest);
        digest_judged(&r.im, name, false, digest);
        digest_judged(&r.im, name, true, digest);
        image_make_empty(&disk, recipe_disk_bytes(&r));
        disk.bytes = r.content;
        digest_bytes(&disk, digest);
    } else {
        fprintf(stderr, "portable: %s\n", text == NULL ? path : r.error);
    }
    recipe_free(&r);
    free(text);
    free(path);
    return is_good;
}

/* ---- power cuts ---- */

struct cuts {
    struct crash_model m;
    uint64_t refused;
};

static bool count_refused(void *ctx, const struct crash_state *state)
{
    struct cuts *cuts = ctx;

    cuts->refused += model_judge(&cuts->m, state) ? 0 : 1;
    return true;
}

/* A log that wraps, bitmaps, bits of an earlier life. Returns whether all states are as they must
 * be; their number is of the digest. */
static bool digest_cuts(uint64_t *digest)
{
    static const struct crash_options options = {
        .subset_most = 6, .cut_most = 4, .rubbish_end = 4 * IMAGE_MIB, .random = 2, .seed = 1};
    static struct cuts cuts;
    struct vx_finding f = {0};

    model_init(&cuts.m, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    cuts.m.w.journal.next = IMAGE_MIB - 2 * LOG_SECTOR;
    cuts.m.w.journal.sequence = UINT64_C(0xfffffffe);
    model_watch(&cuts.m, IMAGE_MIB - 512, 2048);
    model_record(&cuts.m);
    model_write(&cuts.m, IMAGE_MIB - 512, 2048);
    model_commit(&cuts.m);
    model_discard(&cuts.m, 0, IMAGE_MIB, 0);
    model_write(&cuts.m, IMAGE_MIB - 1024, 512);
    model_apply(&cuts.m);
    f.arg[0] = crash_enumerate(&cuts.m.base, &cuts.m.w.tape, &options, count_refused, &cuts);
    digest_bytes(&cuts.m.im, digest);
    *digest = finding_digest(&f, *digest);
    if (cuts.refused != 0) {
        fprintf(stderr, "portable: power cut: %s\n", cuts.m.why);
    }
    model_free(&cuts.m);
    return cuts.refused == 0;
}

/* ---- all ---- */

static bool run_recipes(const char *folder, struct sum *sum)
{
    struct library library;
    bool is_good = library_open(&library, folder) && library.count > 0;

    for (size_t i = 0; i < library.count; i++) {
        is_good = digest_recipe(folder, library.recipe[i].name, &sum->digest) && is_good;
        count_image(sum, library.recipe[i].name);
    }
    library_free(&library);
    return is_good;
}

int main(int argc, char **argv)
{
    struct sum sum = {.digest = FINDINGS_DIGEST_START,
                      .is_verbose = argc > 2 && strcmp(argv[2], "-v") == 0};

    for (size_t i = 0; i < CASES_COUNT; i++) {
        digest_case(&sum, &CASES[i]);
    }
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        digest_log(&sum, &LEGAL_LOG[i]);
    }
    if (argc < 2 || !run_recipes(argv[1], &sum)) {
        fputs("portable: the recipes cannot be read\n", stderr);
        return EXIT_FAILURE;
    }
    if (!digest_cuts(&sum.digest)) {
        return EXIT_FAILURE;
    }
    count_image(&sum, "power cuts");
    printf("%016" PRIx64 " %zu images\n", sum.digest, sum.images);
    return sum.images < 100 ? EXIT_FAILURE : EXIT_SUCCESS;
}
