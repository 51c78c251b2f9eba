/* The BAT iterator: every slot once and in order, whatever holes, borders and bad windows there
 * are. */
#include "corpus/image.h"
#include "parser/bat.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

/* What the runs of one iteration must add up to. */
struct tally {
    uint64_t slots;
    uint64_t payload;
    uint64_t bitmap;
    uint64_t unused;
    uint64_t hole;
    uint64_t unreadable;
};

static void expect_bytes(const struct image *im, const struct vx_bat_run *run,
                         const uint8_t *window)
{
    for (uint64_t i = 0; i < run->count; i++) {
        const uint64_t want = image_bat_get(im, run->index + i);
        uint64_t got = 0;

        if (run->kind != VX_RUN_HOLE) {
            got = vx_bat_entry(window, run->begin + (uint32_t)i);
        }
        if (got != want) {
            fail_msg("slot %" PRIu64 ": got %" PRIx64 ", want %" PRIx64, run->index + i, got, want);
        }
    }
}

static void expect_kind(const struct vx_geometry *geo, const struct vx_bat_run *run)
{
    const uint64_t chunk = run->index / (geo->chunk_ratio + 1);
    const uint64_t end = run->index + run->count - 1;

    if (run->kind == VX_RUN_PAYLOAD) {
        assert_int_equal(run->number, run->index - chunk);
        assert_int_equal(end / (geo->chunk_ratio + 1), chunk);
        assert_true(end % (geo->chunk_ratio + 1) < geo->chunk_ratio);
        assert_true(run->number + run->count <= geo->payload_blocks);
    } else if (run->kind == VX_RUN_BITMAP) {
        assert_int_equal(run->number, chunk);
        assert_int_equal(run->count, 1);
        assert_int_equal(run->index % (geo->chunk_ratio + 1), geo->chunk_ratio);
    }
    if (run->kind == VX_RUN_PAYLOAD || run->kind == VX_RUN_BITMAP || run->kind == VX_RUN_UNUSED) {
        assert_true(run->begin < run->end && run->end <= VX_BAT_WINDOW_ENTRIES);
        assert_int_equal(run->end - run->begin, run->count);
    }
}

static void iterate(struct image *im, const struct vx_source *src, uint64_t slots,
                    struct tally *out)
{
    uint8_t *window = malloc(VX_BAT_WINDOW_BYTES);
    struct vx_geometry geo;
    struct vx_bat_iterator it;
    struct vx_bat_run run;

    assert_non_null(window);
    memset(out, 0, sizeof(*out));
    assert_true(vx_geometry_init(im->spec.disk_bytes, im->spec.block_bytes, im->spec.sector_bytes,
                                 im->spec.type == IMAGE_DIFFERENCING ? 2 : 0, &geo));
    assert_int_equal(geo.bat_entries, im->bat_entries);
    vx_bat_iterator_init(&it, src, IMAGE_BAT, slots, &geo, window);
    while (vx_bat_next(&it, &run) == VX_OK) {
        assert_int_equal(run.index, out->slots);
        assert_true(run.count > 0);
        expect_kind(&geo, &run);
        if (run.kind != VX_RUN_UNREADABLE) {
            expect_bytes(im, &run, window);
        }
        out->slots += run.count;
        out->payload += run.kind == VX_RUN_PAYLOAD ? run.count : 0;
        out->bitmap += run.kind == VX_RUN_BITMAP ? run.count : 0;
        out->unused += run.kind == VX_RUN_UNUSED ? run.count : 0;
        out->hole += run.kind == VX_RUN_HOLE ? run.count : 0;
        out->unreadable += run.kind == VX_RUN_UNREADABLE ? run.count : 0;
    }
    assert_int_equal(vx_bat_next(&it, &run), VX_STOP); /* and stays at its end */
    assert_int_equal(out->slots, slots);
    free(window);
}

static void test_bat_next__dense_tables__every_slot_once(void **state)
{
    static const struct image_spec spec[] = {
        {.state = 2},
        {.disk_bytes = 512, .state = 2},
        {.disk_bytes = 8192 * IMAGE_MIB, .state = 2},
        {.disk_bytes = 8191 * IMAGE_MIB, .state = 2},
        {.disk_bytes = 100 * IMAGE_GIB, .state = 2},
        {.disk_bytes = 100 * IMAGE_GIB, .state = 2, .sector_bytes = 4096},
        {.disk_bytes = 100 * IMAGE_GIB, .state = 2, .type = IMAGE_DIFFERENCING},
        {.disk_bytes = 3 * IMAGE_TIB, .block_bytes = 256 * VX_MIB, .state = 2},
        {.disk_bytes = 3 * IMAGE_TIB + 512,
         .block_bytes = 256 * VX_MIB,
         .state = 2,
         .type = IMAGE_DIFFERENCING}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(spec); i++) {
        struct image im;
        struct vx_source src;
        struct tally t;

        image_make(&im, &spec[i]);
        src = image_source(&im);
        src.next_data = NULL;
        iterate(&im, &src, im.bat_bytes / 8, &t);
        assert_int_equal(t.payload, im.payload_blocks);
        assert_int_equal(t.payload + t.bitmap + t.unused, im.bat_bytes / 8);
        assert_int_equal(t.bitmap, im.bat_entries / (im.chunk_ratio + 1));
        iterate(&im, &src, im.bat_entries, &t);
        assert_int_equal(t.payload, im.payload_blocks);
        iterate(&im, &src, 1, &t);
        iterate(&im, &src, 0, &t);
        image_free(&im);
    }
}

/* A source whose data ranges begin and end at odd bytes, not at whole entries. */
struct ragged {
    struct image *im;
    uint64_t step;
};

static enum vx_status read_ragged(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct ragged *ragged = ctx;

    image_get_bytes(ragged->im, offset, dst, len);
    return VX_OK;
}

static enum vx_status next_ragged(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct ragged *ragged = ctx;
    uint64_t at = offset;

    while (at < ragged->im->size && image_get(ragged->im, at, 1) == 0) {
        at++;
        if (at % 65536 == 0 && at - offset > 2 * IMAGE_MIB) {
            at = ragged->im->size;
        }
    }
    data->begin = at < ragged->im->size ? at : ragged->im->size;
    data->end = data->begin + ragged->step < ragged->im->size ? data->begin + ragged->step
                                                              : ragged->im->size;
    return VX_OK;
}

static void test_bat_next__ragged_holes__every_slot_once(void **state)
{
    static const uint64_t step[] = {1, 7, 8, 9, 4096, 70000};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(step); i++) {
        struct image im;
        struct ragged ragged = {&im, step[i]};
        struct vx_source src;
        struct tally t;

        image_make(&im, &(struct image_spec){.disk_bytes = 40 * IMAGE_GIB});
        for (uint64_t k = 3; k < im.bat_entries; k += 977) {
            image_bat_set(&im, k, image_entry(k, 6)); /* zero bytes on both sides of the value */
        }
        image_bat_set(&im, im.bat_entries - 1, UINT64_C(0xff) << 56);
        src = (struct vx_source){read_ragged, next_ragged, &ragged, im.size};
        iterate(&im, &src, im.bat_entries, &t);
        assert_true(t.hole > 0 || step[i] >= 8192);
        image_free(&im);
    }
}

static enum vx_status refuse_next(void *ctx, uint64_t offset, struct vx_range *data)
{
    (void)ctx;
    (void)offset;
    (void)data;
    return VX_E_IO;
}

static void test_bat_next__holes_cannot_be_asked_for__all_is_read(void **state)
{
    struct image im;
    struct vx_source src;
    struct tally t;

    (void)state;
    image_make(&im, &(struct image_spec){.disk_bytes = 40 * IMAGE_GIB, .state = 2});
    src = image_source(&im);
    src.next_data = refuse_next;
    iterate(&im, &src, im.bat_entries, &t);
    assert_int_equal(t.payload, im.payload_blocks);
    assert_int_equal(t.hole, 0);
    image_free(&im);
}

static void test_bat_next__bad_windows__the_rest_is_delivered(void **state)
{
    static const struct vx_range bad[] = {{IMAGE_BAT, IMAGE_BAT + 1},
                                          {IMAGE_BAT + 65535, IMAGE_BAT + 65536},
                                          {IMAGE_BAT + 65535, IMAGE_BAT + 65537},
                                          {IMAGE_BAT + 200000, IMAGE_BAT + 200001},
                                          {0, UINT64_MAX}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(bad); i++) {
        struct image im;
        struct fault_source fault;
        struct vx_source src;
        struct tally t;

        image_make(&im, &(struct image_spec){.disk_bytes = 40 * IMAGE_GIB, .state = 2});
        src = image_source(&im);
        fault_source_init(&fault, &src);
        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = bad[i];
        src = fault_source(&fault);
        src.next_data = NULL;
        iterate(&im, &src, im.bat_entries, &t);
        assert_true(t.unreadable > 0 && t.unreadable <= fault.failures * VX_BAT_WINDOW_ENTRIES);
        assert_int_equal(fault.bytes, 8 * im.bat_entries); /* each byte at most once */
        image_free(&im);
    }
}

static void test_bat__entry_fields__are_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(vx_bat_state(UINT64_MAX), 7);
    assert_int_equal(vx_bat_state(UINT64_MAX - 7), 0);
    assert_true(vx_bat_mib(UINT64_MAX) == (UINT64_C(1) << 44) - 1);
    assert_true(vx_bat_mib(0xfffff) == 0 && vx_bat_mib(0x100000) == 1);
    assert_true((VX_BAT_RESERVED_BITS | 7 | ~UINT64_C(0xfffff)) == UINT64_MAX);
    assert_true((VX_BAT_RESERVED_BITS & 7) == 0 && VX_BAT_RESERVED_BITS >> 20 == 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bat_next__dense_tables__every_slot_once),
        cmocka_unit_test(test_bat_next__ragged_holes__every_slot_once),
        cmocka_unit_test(test_bat_next__holes_cannot_be_asked_for__all_is_read),
        cmocka_unit_test(test_bat_next__bad_windows__the_rest_is_delivered),
        cmocka_unit_test(test_bat__entry_fields__are_taken_apart),
    };

    return cmocka_run_group_tests_name("bat", tests, NULL, NULL);
}
