/* The replayed view: reads at every alignment, holes, faults. */
#include "replay/view.h"
#include "tests/support/fault_source.h"
#include "tests/support/legal_logs.h"
#include "tests/support/naive_log.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

enum { FROM = 5 * 1048576 - 8192, SPAN = 40960 };

/* Segments of zeros, a sector each and a sector apart. */
enum { ZEROS_MOST = 10 * VXR_ZEROS_PASSED_MAX, ZEROS_STEP = 2 * LOG_SECTOR };

/* Zeros, data, data over zeros, gaps, the end of the file, growth. */
static const struct log_entry ENTRY = {.pos = 1040384, /* wraps */
                                       .tail = 1040384,
                                       .sequence = 5,
                                       .last = 6 * IMAGE_MIB,
                                       .write = {{LOG_ZERO, FROM + 4096, 8192},
                                                 {LOG_DATA, FROM + 8192, 0x11223344},
                                                 {LOG_DATA, FROM + 20480, 2},
                                                 {LOG_DATA, FROM + 24576, 3},
                                                 {LOG_ZERO, FROM + 28672, 4096}}};

struct fixture {
    struct image im;
    struct test_log log;
    struct vx_source raw;
    struct replayed r;
    uint8_t want[SPAN];
};

/* The file ends in the middle of the span, where no 4 KiB does. */
static void set_up(struct fixture *x)
{
    struct naive_log naive;
    uint8_t bytes[LOG_SECTOR];

    image_make(&x->im, &(struct image_spec){0});
    x->im.size = FROM + 33000;
    for (uint64_t at = 0; at < 33000; at += LOG_SECTOR) {
        log_pattern(77 + at, bytes);
        image_put_bytes(&x->im, FROM + at, bytes, at + LOG_SECTOR <= 33000 ? LOG_SECTOR : 232);
    }
    log_init(&x->log, &x->im, IMAGE_LOG, VX_MIB);
    (void)log_put(&x->log, &ENTRY);
    x->raw = image_source(&x->im);
    replayed_open(&x->r, "view", &x->raw, &(struct replay_options){.is_log_only = true});
    assert_true(x->r.check->is_replayed);
    naive_scan(&x->log, &naive);
    for (uint64_t at = 0; at < SPAN; at += LOG_SECTOR) {
        naive_read(&x->log, &naive, naive.count, FROM + at, x->want + at);
    }
    naive_free(&naive);
}

static void tear_down(struct fixture *x)
{
    replayed_close(&x->r);
    image_free(&x->im);
}

static void expect_read(const struct fixture *x, uint64_t pos, size_t len)
{
    static uint8_t bytes[SPAN + 2];

    memset(bytes, 0xee, sizeof(bytes));
    assert_int_equal(vx_source_read(&x->r.check->view, FROM + pos, bytes + 1, len), VX_OK);
    if (memcmp(bytes + 1, x->want + pos, len) != 0 || bytes[0] != 0xee || bytes[len + 1] != 0xee) {
        fail_msg("%zu bytes at %" PRIu64 " differ", len, pos);
    }
}

static void test_view_read__every_begin_and_end__as_the_naive_model(void **state)
{
    static struct fixture x;
    /* around the seams of a data sector: leading 8, trailing 4, and its edges */
    static const uint32_t seam[] = {0, 1, 7, 8, 9, 2048, 4091, 4092, 4093, 4095};

    (void)state;
    set_up(&x);
    for (uint64_t pos = 0; pos < SPAN; pos += 1) {
        expect_read(&x, pos, pos + 17 <= SPAN ? 17 : (size_t)(SPAN - pos));
    }
    for (uint64_t a = 0; a < SPAN; a += LOG_SECTOR) {
        for (uint64_t b = a; b < SPAN; b += LOG_SECTOR) {
            for (size_t i = 0; i < VX_COUNT_OF(seam) * VX_COUNT_OF(seam); i++) {
                const uint64_t begin = a + seam[i / VX_COUNT_OF(seam)];
                const uint64_t end = b + seam[i % VX_COUNT_OF(seam)];

                if (begin <= end) {
                    expect_read(&x, begin, (size_t)(end - begin));
                }
            }
        }
    }
    expect_read(&x, 0, SPAN);
    tear_down(&x);
}

static void test_view_read__beyond_the_grown_file__is_refused(void **state)
{
    static struct fixture x;
    uint8_t bytes[2];

    (void)state;
    set_up(&x);
    assert_int_equal(x.r.check->view.size, 6 * IMAGE_MIB);
    assert_int_equal(vx_source_read(&x.r.check->view, 6 * IMAGE_MIB - 2, bytes, 2), VX_OK);
    assert_int_equal(vx_source_read(&x.r.check->view, 6 * IMAGE_MIB - 1, bytes, 2), VX_E_USAGE);
    assert_int_equal(vx_source_read(&x.r.check->view, UINT64_MAX, bytes, 2), VX_E_USAGE);
    assert_int_equal(vx_source_read(&x.r.check->view, 6 * IMAGE_MIB, bytes, 0), VX_OK);
    tear_down(&x);
}

/* Whatever is not in a range handed out must read as zeros. */
static void test_view_next_data__all_ranges__what_is_between_is_zeros(void **state)
{
    static struct fixture x;
    const struct vx_source *view;
    uint64_t at = FROM;
    uint64_t data = 0;

    (void)state;
    set_up(&x);
    view = &x.r.check->view;
    while (at < FROM + SPAN) {
        struct vx_range range;

        assert_int_equal(vx_source_next_data(view, at, FROM + SPAN, &range), VX_OK);
        assert_true(range.begin >= at && range.begin <= range.end);
        for (uint64_t i = at; i < range.begin; i++) {
            assert_int_equal(x.want[i - FROM], 0);
        }
        data += range.end - range.begin;
        at = range.end;
    }
    assert_true(data >= 4 * LOG_SECTOR && data < SPAN);
    tear_down(&x);
}

/* An image, which the caller makes, under segments of zeros. */
struct zeros {
    struct image im;
    struct vx_source raw;
    struct vx_source src;
    struct vxr_view view;
    struct vxr_overlay overlay;
    uint64_t memory[(ZEROS_MOST + 1) * VXR_OVERLAY_RECORD_BYTES / sizeof(uint64_t) + 1];
};

/* `count` segments from `first` on, the last of them up to last_end, in a view of `end` bytes. */
static void lay_zeros(struct zeros *z, uint64_t first, uint32_t count, uint64_t last_end,
                      uint64_t end)
{
    z->raw = image_source(&z->im);
    assert_int_equal(vxr_overlay_init(&z->overlay, z->memory, sizeof(z->memory)), VX_OK);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t begin = first + (uint64_t)i * ZEROS_STEP;

        vxr_overlay_add(&z->overlay,
                        &(struct vxr_segment){.begin = begin,
                                              .end = i + 1 < count ? begin + LOG_SECTOR : last_end,
                                              .order = i,
                                              .data_pos = VXR_NO_DATA});
    }
    assert_int_equal(vxr_overlay_build(&z->overlay), VX_OK);
    vxr_view_init(&z->view, &z->raw, &z->overlay, IMAGE_LOG, VX_MIB, 0, end, &z->src);
}

/* A chain of zero segments with gaps, over a file of holes, asked about from its start again and
 * again: that must not mean a walk over all of it each time. */
static void test_view_next_data__many_zero_segments__looks_at_a_bounded_number(void **state)
{
    enum { FIRST = 1048576 };
    const uint64_t end = FIRST + (uint64_t)ZEROS_MOST * ZEROS_STEP;
    static struct zeros z;
    struct vx_range range;
    uint64_t at = 0;
    uint64_t data = 0;
    unsigned answers = 0;

    (void)state;
    image_make_empty(&z.im, end);
    lay_zeros(&z, FIRST, ZEROS_MOST, end - LOG_SECTOR, end);
    assert_int_equal(vx_source_next_data(&z.src, 0, end, &range), VX_OK);
    assert_int_equal(range.begin, FIRST + (uint64_t)VXR_ZEROS_PASSED_MAX * ZEROS_STEP);
    while (at < end) {
        assert_int_equal(vx_source_next_data(&z.src, at, end, &range), VX_OK);
        assert_true(range.begin == end ||
                    range.begin <= at + FIRST + (uint64_t)VXR_ZEROS_PASSED_MAX * ZEROS_STEP);
        data += range.end - range.begin;
        at = range.end;
        answers++;
    }
    assert_true(answers <= ZEROS_MOST / VXR_ZEROS_PASSED_MAX + 1);
    assert_true(data <= (uint64_t)answers * LOG_SECTOR);
    image_free(&z.im);
}

/* What is handed out in place of the zeros behind is small, however long they are. */
static void test_view_next_data__long_zeros_behind_many__one_sector_is_read(void **state)
{
    const uint64_t end = 60 * IMAGE_TIB;
    static struct zeros z;
    struct vx_range range;

    (void)state;
    image_make_empty(&z.im, IMAGE_MIB);
    lay_zeros(&z, (uint64_t)IMAGE_KIB * ZEROS_STEP, VXR_ZEROS_PASSED_MAX + 1, end, end);
    assert_int_equal(vx_source_next_data(&z.src, 0, end, &range), VX_OK);
    assert_int_equal(range.end - range.begin, LOG_SECTOR);
    assert_int_equal(vx_source_next_data(&z.src, range.end, end, &range), VX_OK);
    assert_int_equal(range.begin, end);
    image_free(&z.im);
}

static void test_view_read__failing_source__is_an_error(void **state)
{
    static struct fixture x;
    static uint8_t bytes[SPAN];
    struct fault_source fault;
    struct vxr_view view;
    struct vx_source raw;
    struct vx_source src;
    const struct vxr_check *check;
    enum vx_status status;
    uint64_t at = 0;

    (void)state;
    set_up(&x);
    check = x.r.check;
    do {
        fault_source_init(&fault, &x.raw);
        fault.kind = FAULT_FAIL_ONCE;
        fault.at = at;
        raw = fault_source(&fault);
        vxr_view_init(&view, &raw, &check->overlay, IMAGE_LOG, VX_MIB, ENTRY.tail, check->view.size,
                      &src);
        status = vx_source_read(&src, FROM, bytes, sizeof(bytes));
        assert_int_equal(status, fault.failures > 0 ? VX_E_IO : VX_OK);
        assert_int_equal(fault.outside, 0);
        at++;
    } while (fault.failures > 0);
    assert_int_equal(at - 1, 9); /* 3 gaps in the file, 3 sectors of 2 parts each */
    tear_down(&x);
}

static void test_view_init__nothing_to_apply__reads_like_the_image(void **state)
{
    struct image im;
    struct vx_source raw;
    struct vx_source src;
    struct vxr_view view;
    struct vxr_overlay overlay = {0};
    uint8_t a[4096];
    uint8_t b[4096];

    (void)state;
    image_make(&im, &(struct image_spec){.state = 6});
    raw = image_source(&im);
    vxr_view_init(&view, &raw, &overlay, IMAGE_LOG, VX_MIB, 0, raw.size, &src);
    for (uint64_t at = 0; at < im.size; at += sizeof(a)) {
        assert_int_equal(vx_source_read(&raw, at, a, sizeof(a)), VX_OK);
        assert_int_equal(vx_source_read(&src, at, b, sizeof(b)), VX_OK);
        assert_memory_equal(a, b, sizeof(a));
    }
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_read__every_begin_and_end__as_the_naive_model),
        cmocka_unit_test(test_view_read__beyond_the_grown_file__is_refused),
        cmocka_unit_test(test_view_next_data__all_ranges__what_is_between_is_zeros),
        cmocka_unit_test(test_view_next_data__many_zero_segments__looks_at_a_bounded_number),
        cmocka_unit_test(test_view_next_data__long_zeros_behind_many__one_sector_is_read),
        cmocka_unit_test(test_view_read__failing_source__is_an_error),
        cmocka_unit_test(test_view_init__nothing_to_apply__reads_like_the_image),
    };

    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
