/* Claim: what replay is said to change is what differs between the image and what it would be:
 * each change begins and ends with a byte that differs, no such byte is left out, and all that the
 * log covers is counted as same, changed or unread. And what is said of the image without its log
 * is what a check says that never saw the log. Input: fuzz/render.h, then what cannot be read. */
#include "replay/delta.h"

#include "fuzz/harness.h"
#include "fuzz/promises.h"
#include "fuzz/render.h"
#include "parser/bytes.h"
#include "tests/support/fault_source.h"
#include "tests/support/golden.h"

enum {
    PIECE_BYTES = 65536,           /* no change is longer */
    NAIVE_BYTES_MAX = 4 * VX_MIB,  /* of an overlay that is compared byte by byte */
    STRUCTURE_BYTES = 16 * VX_MIB, /* memory of a check that is told nothing */
};

static struct fuzz_image fuzzed;

/* Image and view beside each other, and what was told of them so far. */
struct told {
    const struct vx_source *raw;
    const struct vx_source *view;
    uint64_t end; /* of the change before */
    uint64_t bytes;
    uint64_t kinds[VXR_CHANGE_KIND_COUNT];
};

/* Bytes at [offset, offset + length) of image and view; behind the image's end are zeros. */
static void read_both(const struct told *told, uint64_t offset, size_t length,
                      uint8_t before[PIECE_BYTES], uint8_t after[PIECE_BYTES])
{
    const uint64_t inside = vx_min(length, vx_sub_sat(told->raw->size, offset));

    memset(before, 0, PIECE_BYTES);
    fuzz_must((inside == 0 || vx_source_read(told->raw, offset, before, (size_t)inside) == VX_OK) &&
                  vx_source_read(told->view, offset, after, length) == VX_OK,
              "what is told to change can be read");
}

static uint64_t count_different(const uint8_t *before, const uint8_t *after, size_t length)
{
    uint64_t count = 0;

    for (size_t i = 0; i < length; i++) {
        count += before[i] != after[i] ? 1 : 0;
    }
    return count;
}

static void hear(void *ctx, const struct vxr_change *change)
{
    static uint8_t before[PIECE_BYTES];
    static uint8_t after[PIECE_BYTES];
    struct told *told = ctx;
    const uint64_t shift = fuzz_planted(1) && change->kind == VXR_CHANGE_METADATA ? 1 : 0;
    const uint64_t offset = change->offset - shift;
    const size_t length = (size_t)change->length;

    fuzz_must(offset >= told->end && length > 0 && length <= PIECE_BYTES,
              "changes come in the order of the file, in pieces");
    read_both(told, offset, length, before, after);
    if (change->kind == VXR_CHANGE_BAT_ENTRY) {
        fuzz_must(length == 8 && vx_le64(before) == change->before &&
                      vx_le64(after) == change->after + (fuzz_planted(2) ? 1 : 0),
                  "the values of a changed entry are those of image and view");
    } else {
        fuzz_must(before[0] != after[0] && before[length - 1] != after[length - 1],
                  "a change begins and ends with a byte that differs");
    }
    told->end = offset + length;
    told->bytes += count_different(before, after, length);
    told->kinds[change->kind]++;
}

/* How many bytes differ, read byte by byte. */
static uint64_t naive_changed(const struct told *told, const struct vxr_overlay *overlay)
{
    static uint8_t before[PIECE_BYTES];
    static uint8_t after[PIECE_BYTES];
    uint64_t changed = 0;

    for (uint32_t i = fuzz_planted(11) ? 1 : 0; i < overlay->segment_count; i++) {
        const struct vxr_segment *s = &overlay->segment[i];
        uint64_t at = s->begin;

        while (at < s->end) { /* which may be all but 2^64 */
            const size_t length = (size_t)vx_min(s->end - at, PIECE_BYTES);

            read_both(told, at, length, before, after);
            changed += count_different(before, after, length);
            at += length;
        }
    }
    return changed;
}

static uint64_t covered_by(const struct vxr_overlay *overlay)
{
    uint64_t covered = 0;

    for (uint32_t i = 0; i < overlay->segment_count; i++) {
        covered += overlay->segment[i].end - overlay->segment[i].begin;
    }
    return covered;
}

/* What could be wrong with the counts. */
static void plant(const struct told *told, struct vxr_delta *delta)
{
    if (fuzz_planted(3) && delta->new_size > delta->old_size) {
        delta->bytes_same -= delta->bytes_same > 0 ? 1 : 0;
    }
    if (fuzz_planted(4) && told->kinds[VXR_CHANGE_BAT_ENTRY] > 4) {
        delta->bytes_changed--;
        delta->bytes_same++;
    }
    if (fuzz_planted(7)) {
        delta->new_size -= delta->new_size > delta->old_size ? 1 : 0;
    }
    if (fuzz_planted(8) && told->kinds[VXR_CHANGE_HEADER_SECTION] > 0) {
        delta->changes[VXR_CHANGE_OTHER]++;
    }
    if (fuzz_planted(9) && told->kinds[VXR_CHANGE_REGION_TABLE] > 0) {
        delta->unread++;
    }
}

static void expect_delta(const struct replayed *r, const struct vx_source *raw)
{
    const struct vxr_overlay *overlay = &r->check->overlay;
    const uint64_t covered = r->check->is_replayed ? covered_by(overlay) : 0;
    struct told told = {.raw = raw, .view = &r->check->view};
    struct vxr_delta delta;

    told.end = fuzz_planted(10) ? IMAGE_BAT : 0;
    vxr_delta_run(r->check, raw, hear, &told, &delta);
    plant(&told, &delta);
    fuzz_must(delta.old_size == raw->size && delta.new_size == r->check->view.size,
              "the sizes are those of image and view");
    fuzz_must(memcmp(told.kinds, delta.changes, sizeof(told.kinds)) == 0,
              "changes are counted as they are told");
    fuzz_must(delta.unread == 0, "what can be read is compared");
    fuzz_must(delta.bytes_same + delta.bytes_changed == covered,
              "all that the log covers is counted once");
    fuzz_must(told.bytes == delta.bytes_changed, "each byte that changes is told of");
    if (covered <= NAIVE_BYTES_MAX && r->check->is_replayed) {
        fuzz_must(naive_changed(&told, overlay) == delta.bytes_changed,
                  "as many bytes change as differ");
    }
}

static void ignore(void *ctx, const struct vxr_change *change)
{
    (void)ctx;
    (void)change;
}

/* With a bad sector somewhere: less is compared, and that is said. */
static void expect_unread_counted(struct fuzz_input *in, const struct replayed *r,
                                  struct fault_source *fault, const struct vx_source *raw)
{
    const uint64_t covered = r->check->is_replayed ? covered_by(&r->check->overlay) : 0;
    struct vxr_delta delta;

    fault->bad.begin = fuzz_number(in);
    fault->bad.end = vx_add_sat(fault->bad.begin, fuzz_number(in));
    fault->kind = FAULT_FAIL_RANGE;
    fault->failures = 0;
    vxr_delta_run(r->check, raw, ignore, NULL, &delta);
    delta.unread -= fuzz_planted(5) && delta.unread > 0 ? 1 : 0;
    fuzz_must(delta.bytes_same + delta.bytes_changed + delta.unread == covered,
              "what cannot be read is counted as unread");
    fault->kind = FAULT_NONE;
}

/* Tables and blocks of the image as it lies, judged by a check of its own. */
static void judge_alone(const struct vx_source *raw, const struct vx_source *judged,
                        struct findings *out)
{
    static uint64_t memory[STRUCTURE_BYTES / sizeof(uint64_t)];
    static struct vx_structure s;
    struct findings head;

    findings_init(&head, "head");
    fuzz_must(vx_structure_init(&s, memory, sizeof(memory), &head.rep) == VX_OK,
              "memory that is enough is taken");
    (void)vx_structure_check_head(&s, raw);
    findings_free(&head);
    s.rep = &out->rep;
    (void)vx_structure_check_tables(&s, judged);
    vx_structure_check_blocks(&s, judged);
}

static void expect_unreplayed(const struct replayed *r, const struct vx_source *raw)
{
    const uint64_t before = golden_facts(&r->check->structure.facts);
    struct findings got;
    struct findings want;

    findings_init(&got, "unreplayed");
    findings_init(&want, "alone");
    vxr_check_unreplayed(r->check, raw, &got.rep);
    judge_alone(raw, fuzz_planted(6) && r->check->is_replayed ? &r->check->view : raw, &want);
    r->check->structure.facts.blocks.passes += fuzz_planted(12) ? 1 : 0;
    fuzz_must_keep(&got, raw->size);
    fuzz_must(findings_equal(&got, &want),
              "an image without its log is judged as if there had never been one");
    fuzz_must(golden_facts(&r->check->structure.facts) == before,
              "what is known of the view stays");
    findings_free(&got);
    findings_free(&want);
}

/* Only of an image with something to replay is any of this asked. */
static void expect_changes(struct fuzz_input *in, struct image *im)
{
    const struct vx_source src = image_source(im);
    struct fault_source fault;
    struct vx_source raw;
    struct replayed r;

    fault_source_init(&fault, &src);
    raw = fault_source(&fault);
    replayed_open(&r, "fuzz", &raw, NULL);
    if (r.check->structure.facts.headers.is_dirty) {
        expect_delta(&r, &raw);
        expect_unread_counted(in, &r, &fault, &raw);
        expect_unreplayed(&r, &raw);
    }
    replayed_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    fuzz_render(&in, &fuzzed);
    expect_changes(&in, &fuzzed.im);
    fuzz_image_free(&fuzzed);
    return 0;
}
