/* Ring arithmetic, and the window that reads it. */
#include "corpus/logbuild.h"
#include "replay/ring.h"
#include "tests/support/fault_source.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

static struct vxr_ring ring_of(uint32_t length)
{
    return (struct vxr_ring){.offset = IMAGE_MIB, .length = length};
}

static void test_ring_advance__around_the_end__wraps(void **state)
{
    static const struct {
        uint32_t length;
        uint32_t pos;
        uint32_t bytes;
        uint32_t want;
    } row[] = {{VX_MIB, 0, 0, 0},
               {VX_MIB, 0, 4096, 4096},
               {VX_MIB, 0, VX_MIB, 0},
               {VX_MIB, VX_MIB - 4096, 4096, 0},
               {VX_MIB, VX_MIB - 4096, VX_MIB, VX_MIB - 4096},
               {VX_MIB, 8192, VX_MIB - 4096, 4096},
               {0xfff00000, 0xffeff000, 4096, 0},
               {0xfff00000, 0xffeff000, 0xfff00000, 0xffeff000},
               {0xfff00000, 0x80000000, 0x80000000, 0x100000}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        const struct vxr_ring ring = ring_of(row[i].length);

        assert_int_equal(vxr_ring_advance(&ring, row[i].pos, row[i].bytes), row[i].want);
        if (row[i].bytes < row[i].length) {
            assert_int_equal(vxr_ring_distance(&ring, row[i].pos, row[i].want), row[i].bytes);
        }
    }
}

/* The positions of a full and of an empty ring are the same: only lengths tell them apart. */
static void test_ring__full_versus_empty__told_by_the_length_of_the_run(void **state)
{
    const struct vxr_ring ring = ring_of(VX_MIB);
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;

    (void)state;
    assert_int_equal(vxr_ring_distance(&ring, 8192, 8192), 0);
    assert_int_equal(vxr_ring_advance(&ring, 8192, VX_MIB), 8192);
    for (uint32_t pos = 0; pos < VX_MIB; pos += 86016) {
        const struct log_entry full = {.pos = pos,
                                       .tail = pos,
                                       .sequence = 5,
                                       .repeat = 254,
                                       .write = {{LOG_DATA, 5 * IMAGE_MIB, 1}}};

        image_make(&im, &(struct image_spec){0});
        im.size = 8 * IMAGE_MIB;
        log_init(&log, &im, IMAGE_LOG, VX_MIB);
        assert_int_equal(log_put(&log, &full), pos); /* its end is its beginning */
        raw = image_source(&im);
        replayed_open(&r, "full", &raw, NULL);
        assert_int_equal(r.check->log.scan.active.bytes, VX_MIB);
        assert_int_equal(r.check->log.data_sectors, 254);
        assert_int_equal(vx_verdict_of(&r.f.rep), VX_WARNINGS);
        replayed_close(&r);
        image_free(&im);
    }
    image_make(&im, &(struct image_spec){0}); /* empty: head meets tail, and nothing is there */
    log_init(&log, &im, IMAGE_LOG, VX_MIB);
    raw = image_source(&im);
    replayed_open(&r, "empty", &raw, NULL);
    assert_false(r.check->log.scan.has_active);
    assert_int_equal(r.check->log.scan.runs, 0);
    assert_int_equal(vx_verdict_of(&r.f.rep), VX_CORRUPT);
    replayed_close(&r);
    image_free(&im);
}

static void set_up(struct image *im)
{
    image_make_empty(im, 2 * IMAGE_MIB);
    for (uint64_t pos = 0; pos < IMAGE_MIB; pos += 4096) {
        image_put(im, IMAGE_MIB + pos, 4, pos + 1);
    }
}

static uint64_t number_at(struct vxr_ring *ring, uint32_t pos)
{
    const uint8_t *sector = vxr_ring_sector(ring, pos);

    return sector == NULL ? 0 : sector[0] + 256u * sector[1] + 65536u * sector[2];
}

static void test_ring_sector__any_order__the_sector_asked_for(void **state)
{
    struct image im;
    struct vx_source raw;
    struct fault_source fault;
    static struct vxr_ring ring;
    const struct vx_header header = {.log_offset = IMAGE_MIB, .log_length = VX_MIB};
    uint32_t pos = 0;

    (void)state;
    set_up(&im);
    raw = image_source(&im);
    fault_source_init(&fault, &raw);
    raw = fault_source(&fault);
    vxr_ring_init(&ring, &raw, &header);
    for (unsigned i = 0; i < 256; i++) {
        assert_int_equal(number_at(&ring, i * 4096), i * 4096 + 1);
    }
    assert_int_equal(fault.reads, 16);
    fault.bytes = 0;
    for (uint32_t i = 0; i < 128; i++) { /* who steps over sectors does not read them */
        assert_int_equal(number_at(&ring, i * 8192), i * 8192 + 1);
    }
    assert_int_equal(fault.bytes, 128 * 4096);
    for (unsigned i = 0; i < 3000; i++) {
        pos = (pos + 37 * 4096) % VX_MIB;
        assert_int_equal(number_at(&ring, pos), pos + 1);
        ring.origin = i % 5 * 65536 + 4096;
    }
    assert_int_equal(fault.outside, 0);
    image_free(&im);
}

static void test_ring_sector__bad_sector__only_that_one_is_missing(void **state)
{
    struct image im;
    struct vx_source inner;
    struct vx_source raw;
    struct fault_source fault;
    static struct vxr_ring ring;
    const struct vx_header header = {.log_offset = IMAGE_MIB, .log_length = VX_MIB};

    (void)state;
    set_up(&im);
    inner = image_source(&im);
    for (unsigned bad = 0; bad < 256; bad++) {
        fault_source_init(&fault, &inner);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = (struct vx_range){IMAGE_MIB + bad * UINT64_C(4096),
                                      IMAGE_MIB + bad * UINT64_C(4096) + 4096};
        raw = fault_source(&fault);
        vxr_ring_init(&ring, &raw, &header);
        for (unsigned i = 0; i < 256; i++) {
            assert_int_equal(number_at(&ring, i * 4096), i == bad ? 0 : i * 4096 + 1);
            if (i == bad && i > 0) { /* the window may hold anything now */
                assert_int_equal(number_at(&ring, (i - 1) * 4096), (i - 1) * 4096 + 1);
            }
        }
        assert_true(fault.bytes <= VX_MIB + 3 * VXR_WINDOW_BYTES);
    }
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring_advance__around_the_end__wraps),
        cmocka_unit_test(test_ring__full_versus_empty__told_by_the_length_of_the_run),
        cmocka_unit_test(test_ring_sector__any_order__the_sector_asked_for),
        cmocka_unit_test(test_ring_sector__bad_sector__only_that_one_is_missing),
    };

    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
