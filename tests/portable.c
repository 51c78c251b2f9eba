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

static void digest_row(const struct rule_case *row, uint64_t *digest)
{
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
}

/* The log rows: findings, and every byte that replay writes. */
static void digest_log(const struct legal_log *row, uint64_t *digest)
{
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
}

int main(int argc, char **argv)
{
    const bool is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    uint64_t digest = FINDINGS_DIGEST_START;
    size_t images = 0;

    for (int table = 0; table < CASE_TABLES; table++) {
        const struct rule_cases cases = cases_of((enum case_table)table);

        for (size_t i = 0; i < cases.count; i++) {
            digest_row(&cases.row[i], &digest);
            images++;
            if (is_verbose) {
                printf("%016" PRIx64 " %s\n", digest, cases.row[i].name);
            }
        }
    }
    for (size_t i = 0; i < LEGAL_LOGS; i++) {
        digest_log(&LEGAL_LOG[i], &digest);
        images++;
        if (is_verbose) {
            printf("%016" PRIx64 " %s\n", digest, LEGAL_LOG[i].name);
        }
    }
    printf("%016" PRIx64 " %zu images\n", digest, images);
    return images < 100;
}
