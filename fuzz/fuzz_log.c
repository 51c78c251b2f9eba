/* Claim: the log pass finds what the specification's own algorithm finds, whatever lies in the
 * ring: the active sequence, whether it may be replayed, the size of the file, each byte it
 * writes; and it reads the log at most three times. Input: fuzz/render.h. */
#include "fuzz/harness.h"
#include "fuzz/render.h"
#include "tests/support/compare_log.h"
#include "tests/support/fault_source.h"

static struct fuzz_image fuzzed;

/* The naive reader is given the log of the current header. */
static void expect_as_naive(struct image *im, const struct replayed *r)
{
    const struct vx_headers *headers = &r->check->structure.facts.headers;
    const struct vx_header *h = vx_headers_current(headers);
    struct naive_log naive;
    struct test_log log;
    const char *difference;

    if (h == NULL || !headers->is_log_usable || r->check->log.state == VXR_LOG_CLEAN) {
        return;
    }
    log = (struct test_log){.im = im, .offset = h->log_offset, .length = h->log_length};
    memcpy(log.guid, h->log_guid.byte, sizeof(log.guid));
    naive_scan(&log, &naive);
    if (fuzz_planted(1) && naive.count >= 3) { /* what is written last is not applied */
        naive.count--;
    }
    if (fuzz_planted(2) && naive.entries >= 3) { /* a sequence that loses its first entry */
        naive.first_sequence++;
    }
    difference = log_difference(&log, r, &naive);
    if (difference != NULL && r->f.rep.total[VX_RUN_007] == 0) {
        fuzz_must(false, difference);
    }
    naive_free(&naive);
}

static void expect_log(struct image *im)
{
    static const struct replay_options log_only = {.is_log_only = true};
    const struct vx_source src = image_source(im);
    struct fault_source count;
    struct vx_source counted;
    struct replayed r;
    const struct vx_headers *headers;
    uint64_t log;

    fault_source_init(&count, &src);
    counted = fault_source(&count);
    replayed_open(&r, "fuzz", &counted, &log_only);
    headers = &r.check->structure.facts.headers;
    log = headers->is_log_usable ? vx_headers_current(headers)->log_length : 0;
    log *= fuzz_planted(3) ? 1 : 3;
    fuzz_must(count.bytes <= log + VX_FILEID_BYTES + UINT64_C(2) * VX_HEADER_BYTES,
              "the log is read at most three times");
    fuzz_must(count.outside == 0, "no read leaves the file");
    expect_as_naive(im, &r);
    replayed_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    fuzz_render(&in, &fuzzed);
    expect_log(&fuzzed.im);
    fuzz_image_free(&fuzzed);
    return 0;
}
