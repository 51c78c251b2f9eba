/* Claim: whatever descriptors are applied, of each byte the last one that covers it wins; the
 * segments are sorted, disjoint and at most 2n - 1; and when they do not fit, the overlay is empty
 * and says how many there were. Input: room for descriptors, then the ranges they write. */
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "tests/support/naive_overlay.h"

enum { UNIT = 4096, RECORDS_MOST = 64, SLOT_BYTES = VXR_OVERLAY_RECORD_BYTES };

#define UNITS_MOST (UINT64_MAX / UNIT) /* what is written ends below 2^64 */

static uint64_t memory[(RECORDS_MOST + 2) * SLOT_BYTES / 8];
static struct vxr_segment record[RECORDS_MOST];
static uint32_t count;

/* A range anywhere, or near the one before it: the same, beside it, in it. */
static void add_record(struct fuzz_input *in, unsigned what)
{
    const struct vxr_segment *before = &record[count > 0 ? count - 1 : 0];
    uint64_t begin = fuzz_number(in) % UNITS_MOST;
    uint64_t length = (what & 8) != 0 ? fuzz_number(in) % UNITS_MOST : 1;

    switch (what & 7) {
    case 1: /* right behind */
        begin = before->end / UNIT;
        break;
    case 2: /* in it */
        begin = before->begin / UNIT + begin % (1 + (before->end - before->begin) / UNIT);
        break;
    case 3: /* reaching into it from before */
        begin = before->begin / UNIT - begin % (1 + before->begin / UNIT);
        length = before->begin / UNIT - begin + length % UNIT;
        break;
    case 4: /* below 64 units, where others are */
        begin %= 64;
        break;
    default:
        break;
    }
    begin = begin < UNITS_MOST ? begin : UNITS_MOST - 1;
    length = length < UNITS_MOST - begin ? length : UNITS_MOST - begin;
    record[count] = (struct vxr_segment){
        .begin = begin * UNIT,
        .end = (begin + length) * UNIT,
        .order = 64 + 32 * count,
        .data_pos = length == 1 && (what & 16) != 0 ? UNIT * (1 + count) : VXR_NO_DATA,
    };
    count += length > 0 ? 1 : 0; /* an empty one is offered by offer_all() */
}

/* Offer them as a log does; with a planted fault, not all or not in order. */
static void offer_all(struct vxr_overlay *overlay)
{
    const struct vxr_segment empty = {.begin = UNIT, .end = UNIT, .order = 1};

    vxr_overlay_add(overlay, &empty);
    for (uint32_t i = 0; i < count; i++) {
        struct vxr_segment s = record[i];

        if (fuzz_planted(1) && i % 8 == 5) {
            s.order = record[i - 1].order - 1; /* an older one, all at once */
        }
        if (fuzz_planted(2) && s.end == UNITS_MOST * UNIT) {
            s.end -= UNIT; /* the last sector of all is lost */
        }
        vxr_overlay_add(overlay, &s);
    }
}

static void expect_overlay(uint64_t descriptors, uint64_t skew)
{
    struct vxr_overlay overlay;
    const char *difference;
    enum vx_status status;

    memset(memory, 0xa5, sizeof(memory));
    fuzz_must(vxr_overlay_init(&overlay, memory, (size_t)descriptors * SLOT_BYTES) == VX_OK,
              "memory for two descriptors or more is taken");
    offer_all(&overlay);
    status = vxr_overlay_build(&overlay);
    fuzz_must(overlay.wanted == count, "descriptors are counted, but for those that write nothing");
    fuzz_must(status ==
                  (count <= overlay.capacity - (fuzz_planted(3) ? 1 : 0) ? VX_OK : VX_E_LIMIT),
              "an overlay is built exactly when the descriptors fit");
    if (status != VX_OK) {
        fuzz_must(overlay.segment_count == 0 && vxr_overlay_end(&overlay) == 0,
                  "an overlay that does not fit is empty");
        return;
    }
    difference = naive_overlay_difference(&overlay, record, count, skew);
    if (difference != NULL) {
        fuzz_must(false, difference);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;
    uint64_t room;
    uint64_t skew;
    unsigned what;

    fuzz_input_init(&in, data, size);
    room = fuzz_number(&in) % RECORDS_MOST;
    skew = fuzz_number(&in) % UNIT;
    count = 0;
    record[0] = (struct vxr_segment){0}; /* what the first one may be near to */
    for (what = fuzz_byte(&in); what != 0 && count < RECORDS_MOST; what = fuzz_byte(&in)) {
        add_record(&in, what);
    }
    expect_overlay(VXR_OVERLAY_RECORDS_MIN + room, skew);
    expect_overlay(RECORDS_MOST + 2, skew);
    return 0;
}
