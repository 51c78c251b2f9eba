/* A real dirty image, if the samples are at hand beside the sources: unpacked into memory, compared
 * with the specification's algorithm. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>

#include "parser/bytes.h"
#include "tests/support/expect_log.h"
#include "tests/support/unit.h"

enum { PATH_BYTES = 4096 };

/* Load the sample into `im` as sparse memory. Returns whether it is there. */
static bool load(const char *name, struct image *im)
{
    static uint8_t bytes[4096];
    const char *folder = getenv("VHDXRAY_SAMPLES"); /* as in tests/cli/images.bash */
    const char *root = getenv("VHDXRAY_SRC");
    char path[PATH_BYTES];
    char command[2 * PATH_BYTES + 64];
    FILE *file;
    uint64_t at = 0;
    size_t got;

    (void)snprintf(path, sizeof(path), "%s%s/%s.bz2",
                   folder != NULL ? folder : (root == NULL ? "." : root),
                   folder != NULL ? "" : "/../shared/samples", name);
    (void)snprintf(command, sizeof(command), "test -r '%s' && exec bunzip2 -c '%s'", path, path);
    file = popen(command, "r");
    assert_non_null(file);
    image_make_empty(im, 0);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        if (!vx_all_zero(bytes, got)) {
            image_put_bytes(im, at, bytes, got);
        }
        at += got;
    }
    im->size = at;
    (void)pclose(file);
    return at > 0;
}

static void test_sample__iotest_dirtylog__replayed_as_the_specification(void **state)
{
    static const char name[] = "iotest-dirtylog-10G-4M.vhdx";
    struct image im;
    struct vx_source raw;
    struct replayed r;
    struct test_log log = {.im = &im};
    const struct vx_header *h;

    (void)state;
    if (!load(name, &im)) {
        image_free(&im);
        print_message("# SKIPPED: %s is not in ../shared/samples\n", name);
        skip();
    }
    raw = image_source(&im);
    replayed_open(&r, name, &raw, NULL);
    expect_invariants(&r.f, r.check->view.size);
    assert_int_equal(vx_verdict_of(&r.f.rep), VX_WARNINGS);
    expect_total(&r.f, VX_HDR_012, 1);
    assert_int_equal(r.check->log.state, VXR_LOG_REPLAYED);
    assert_int_equal(r.check->structure.facts.geometry.disk_bytes, 10 * IMAGE_GIB);
    h = vx_headers_current(&r.check->structure.facts.headers);
    log.offset = h->log_offset;
    log.length = h->log_length;
    memcpy(log.guid, h->log_guid.byte, sizeof(log.guid));
    expect_log_as_naive(&log, name);
    replayed_close(&r);
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample__iotest_dirtylog__replayed_as_the_specification),
    };

    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
