/* The writer: what it writes is sound, reads back, and follows the format's procedures. */
#include "corpus/writer.h"
#include "tests/support/expect.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"
#include "tests/support/virtual_disk.h"

#define MIB IMAGE_MIB

enum { PARENT_BYTE = 0xee };

/* `len` virtual bytes of the image as it is after replay; the parent holds PARENT_BYTE. */
static void read_disk(const struct replayed *r, uint64_t offset, uint8_t *bytes, size_t len)
{
    static struct virtual_disk disk;

    virtual_disk_init(&disk, r->check);
    assert_true(virtual_disk_read(&disk, offset, bytes, len, PARENT_BYTE));
}

static void test_write__differencing_image__reads_back_pending_and_applied(void **state)
{
    struct image im;
    struct writer w;
    struct replayed r;
    struct vx_source raw;
    uint8_t bytes[9000];
    uint8_t got[9000];

    (void)state;
    image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    assert_true(writer_open(&w, &im));
    memset(bytes, 7, sizeof(bytes));
    assert_true(writer_write(&w, MIB - 1024, bytes, 8192));
    raw = image_source(&im);
    replayed_open(&r, "smoke", &raw, NULL);
    expect_summary(&r.f, "HDR-012w SEQ-008i RUN-006w");
    read_disk(&r, MIB - 1024 - 400, got, 9000);
    assert_memory_equal(got + 400, bytes, 8192);
    assert_int_equal(got[399], PARENT_BYTE);
    replayed_close(&r);
    assert_true(writer_apply(&w));
    raw = image_source(&im);
    replayed_open(&r, "smoke", &raw, NULL);
    expect_summary(&r.f, "RUN-006w");
    read_disk(&r, MIB - 1024 - 400, got, 9000);
    assert_memory_equal(got + 400, bytes, 8192);
    replayed_close(&r);
    writer_close(&w);
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write__differencing_image__reads_back_pending_and_applied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
