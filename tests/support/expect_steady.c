/* Findings that do not hang on us. */
#include "tests/support/expect_steady.h"

#include "tests/support/check.h"
#include "tests/support/expect.h"
#include "tests/support/fault_source.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

/* Bytes above the least memory. */
static const size_t MORE[] = {0, 1, 8, 1003, 65537};

static bool is_dirty(const struct image *im)
{
    uint8_t guid[32];

    image_get_bytes(im, image_header_at(0, 48), guid, 16);
    image_get_bytes(im, image_header_at(1, 48), guid + 16, 16);
    return memcmp(guid, IMAGE_GUID_ZERO, 16) != 0 || memcmp(guid + 16, IMAGE_GUID_ZERO, 16) != 0;
}

static struct vx_source counted(struct fault_source *count, struct image *im, bool knows_holes)
{
    struct vx_source inner = image_source(im);

    inner.next_data = knows_holes ? inner.next_data : NULL;
    fault_source_init(count, &inner);
    return fault_source(count);
}

static void expect_raw(struct image *im, const struct check_options *options, bool knows_holes,
                       const struct findings *want)
{
    struct fault_source count;
    const struct vx_source src = counted(&count, im, knows_holes);
    struct findings f;

    findings_init(&f, want->row);
    check_source(&src, options, &f, NULL);
    assert_int_equal(count.outside, 0);
    expect_same(want, &f, knows_holes ? "other memory" : "a source that knows no holes");
    findings_free(&f);
}

static void expect_replayed(struct image *im, const struct replay_options *options,
                            bool knows_holes, const struct judged *want)
{
    struct fault_source count;
    const struct vx_source src = counted(&count, im, knows_holes);
    struct findings f;

    findings_init(&f, want->check.row);
    assert_int_equal(replayed_check(&src, options, &f, NULL), want->size);
    assert_int_equal(count.outside, 0);
    expect_same(&want->check, &f, knows_holes ? "other memory" : "a source that knows no holes");
    findings_free(&f);
}

/* Bytes of overlay memory that just suffice for the image's log. */
static size_t overlay_need(struct image *im, const char *name)
{
    const struct vx_source src = image_source(im);
    const struct replay_options options = {.is_log_only = true};
    struct replayed r;
    size_t need;

    replayed_open(&r, name, &src, &options);
    need = (size_t)r.check->log.need_bytes;
    replayed_close(&r);
    return need < vxr_overlay_need(VXR_OVERLAY_RECORDS_MIN)
               ? (size_t)vxr_overlay_need(VXR_OVERLAY_RECORDS_MIN)
               : need;
}

void expect_steady(struct image *im, const char *name, const struct judged *plenty)
{
    const size_t least = (size_t)vx_structure_need(im->size).min;
    const bool has_log = is_dirty(im);
    const size_t overlay = has_log ? overlay_need(im, name) : 0;
    const size_t sizes = plenty->bytes_read > STEADY_BYTES ? 1 : VX_COUNT_OF(MORE);

    expect_raw(im, NULL, false, &plenty->raw);
    for (size_t i = 0; i < sizes; i++) {
        const struct check_options check = {.memory_bytes = least + MORE[i],
                                            .pass_limit = UINT64_MAX};
        const struct replay_options replay = {.memory_bytes = least + MORE[i],
                                              .overlay_bytes = overlay + MORE[i],
                                              .pass_limit = UINT64_MAX};

        expect_raw(im, &check, true, &plenty->raw);
        if (has_log) {
            expect_replayed(im, &replay, true, plenty);
            expect_replayed(im, &replay, false, plenty);
        }
    }
    if (!has_log) {
        assert_int_equal(plenty->size, im->size);
        expect_same(&plenty->raw, &plenty->check, "a check that would replay");
    }
}

/* Returns how many reads there were. */
static uint64_t expect_fault_said(struct image *im, const char *name, uint64_t at)
{
    const struct vx_source inner = image_source(im);
    const struct replay_options options = {.memory_bytes = (size_t)vx_structure_need(im->size).min};
    struct fault_source fault;
    struct vx_source src;
    struct findings f;
    uint64_t size;

    fault_source_init(&fault, &inner);
    fault.kind = FAULT_FAIL_FROM; /* once would not do: what failed is read again in pieces */
    fault.at = at;
    src = fault_source(&fault);
    findings_init(&f, name);
    size = replayed_check(&src, &options, &f, NULL);
    expect_invariants(&f, size);
    assert_int_equal(fault.outside, 0);
    if (fault.failures > 0) {
        assert_true(f.rep.total[VX_RUN_001] > 0);
        assert_true(vx_verdict_of(&f.rep) == VX_INCOMPLETE || vx_verdict_of(&f.rep) == VX_CORRUPT);
    }
    findings_free(&f);
    return fault.reads;
}

void expect_faults_said(struct image *im, const char *name)
{
    const uint64_t reads = expect_fault_said(im, name, 0);
    const uint64_t step = 1 + reads / STEADY_FAULTS;

    for (uint64_t at = 1; at < reads; at += step) {
        (void)expect_fault_said(im, name, at);
    }
}
