/* The findings on this machine, as one digest. Every image of the case tables is checked
 * with much and with little memory, and all findings go into the digest as integers, whatever
 * their byte order in memory: the digest must be the same on every machine. Plain C, so that it
 * can be linked statically for machines that have no test library.
 *
 *     portable      prints the digest of all images and their number
 *     portable -v   prints it after each image too, to find the first that differs */
#include "tests/support/cases.h"
#include "tests/support/legal_logs.h"
#include "tests/support/replayed.h"

#include <inttypes.h>
#include <stdio.h>

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

static void digest_row(void *ctx, const struct rule_case *row)
{
    struct sum *sum = ctx;
    uint64_t *digest = &sum->digest;
    struct findings f;
    struct image im;
    struct vx_facts facts;
    struct check_options options;
    struct vx_source src;

    case_run(row, &f, NULL);
    *digest = findings_digest(&f, *digest);
    findings_free(&f);

    case_make(row, &im);
    src = image_source(&im);
    options.memory_bytes = (size_t)vx_structure_need(im.size).min;
    options.pass_limit = UINT64_MAX;
    findings_init(&f, row->name);
    check_source(&src, &options, &f, &facts);
    *digest = findings_digest(&f, *digest);
    findings_free(&f);
    image_free(&im);
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

int main(int argc, char **argv)
{
    struct sum sum = {.digest = FINDINGS_DIGEST_START,
                      .is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0};

    cases_for_each(digest_row, &sum);
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        digest_log(&sum, &LEGAL_LOG[i]);
    }
    printf("%016" PRIx64 " %zu images\n", sum.digest, sum.images);
    return sum.images < 100;
}
