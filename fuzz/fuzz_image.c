/* Claim: a check of any image keeps every promise of the house. It says the same twice, with the
 * least memory, and of the same bytes without knowledge of holes; its evidence lies inside the
 * file; it reads no more than it states; it never finds an image sound of which some part of the
 * virtual disk cannot be read, nor one of which it could not read all it wanted itself.
 * Input: fuzz/render.h, then which blocks to read, then what cannot be read. */
#include "fuzz/flat.h"
#include "fuzz/harness.h"
#include "fuzz/promises.h"
#include "fuzz/render.h"
#include "parser/bytes.h"
#include "parser/disk.h"
#include "tests/support/fault_source.h"

enum { PROBE_BYTES = 4096, PROBES = 12 };

static struct fuzz_image fuzzed;

/* What a check of this image may read at most: head and tables, the log three times, and the block
 * table once per pass, once each for stale places, for names of collisions, for targets of the
 * log. Of a table in the log's data sectors every entry counts in full. Of a child besides, the
 * table again, the parent locator's table and strings, and each bitmap once. */
static uint64_t read_bound(const struct vxr_check *check)
{
    const struct vx_facts *facts = &check->structure.facts;
    const uint64_t log =
        facts->headers.is_log_usable ? vx_headers_current(&facts->headers)->log_length : 0;
    const uint64_t head = VX_FILEID_BYTES + 2 * VX_HEADER_BYTES + 2 * VX_REGION_TABLE_BYTES +
                          VX_METADATA_TABLE_BYTES + UINT64_C(6) * 16;

    const uint64_t entries = vx_min(facts->locator.count, VX_LOCATOR_ENTRIES_MAX);
    const uint64_t of_child =
        VX_LOCATOR_HEADER_BYTES +
        entries * (VX_LOCATOR_ENTRY_BYTES + UINT64_C(2) * VX_LOCATOR_STRING_MAX) +
        facts->regions.bat.length + facts->geometry.bitmap_blocks * VX_MIB;

    if (fuzz_planted(3)) { /* neither log nor block table is in the statement */
        return head;
    }
    return head + 3 * log + (facts->blocks.passes + 3) * facts->regions.bat.length +
           (facts->metadata.has[VX_ITEM_PARENT_LOCATOR] ? of_child : 0);
}

static void expect_same_again(const struct findings *want, const struct vx_source *src)
{
    struct fault_source fault;
    struct vx_source again;

    fault_source_init(&fault, src);
    if (fuzz_planted(1)) { /* one read late in the check delivers something else */
        fault.kind = FAULT_CHANGE_ONCE;
        fault.at = 12;
    }
    again = fault_source(&fault);
    fuzz_must_say(want, &again, NULL, "a second check says what the first said");
}

static void expect_same_otherwise(const struct findings *want, struct image *im,
                                  const struct vx_source *src)
{
    const struct replay_options least = {
        .memory_bytes = (size_t)vx_structure_need(im->size).min,
        .overlay_bytes = fuzz_planted(2) ? (size_t)vxr_overlay_need(2) : 0,
        .pass_limit = UINT64_MAX,
    };
    struct vx_memory memory;
    struct vx_source flat;

    if (want->rep.total[VX_RUN_005] == 0) {
        fuzz_must_say(want, src, &least,
                      "a check with the least memory says what one with plenty does");
    }
    if (fuzz_flat(im, &memory)) {
        memory.size -= fuzz_planted(4) && memory.size > 0 ? 1 : 0;
        vx_source_from_memory(&flat, &memory);
        fuzz_must_say(want, &flat, NULL, "a check of memory says what one with callbacks does");
        fuzz_flat_clear(im);
    }
}

/* Has the check found nothing that keeps anybody from reading the disk? */
static bool is_called_readable(const struct findings *f)
{
    const enum vx_verdict verdict = vx_verdict_of(&f->rep);

    if (fuzz_planted(5) && f->rep.total[VX_BAT_009] == f->rep.by_severity[VX_SEV_ERROR]) {
        return verdict == VX_CORRUPT && f->rep.by_severity[VX_SEV_FATAL] == 0;
    }
    return verdict == VX_SOUND || verdict == VX_WARNINGS;
}

/* Can all of it be read that is not the parent's, which nobody looked for? */
static bool can_read(struct vx_disk *disk, uint64_t offset, uint8_t *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        struct vx_disk_range range;

        if (vx_disk_map(disk, offset + done, len - done, &range) != VX_OK ||
            (range.kind == VX_DISK_PARENT
                 ? !disk->geo->has_parent
                 : vx_disk_read(disk, range.offset, bytes, (size_t)range.length) != VX_OK)) {
            return false;
        }
        done += (size_t)range.length;
    }
    return true;
}

/* Read at the disk's ends, and at the beginning and the end of some of its blocks. */
static void expect_readable(struct fuzz_input *in, const struct vxr_check *check)
{
    static uint8_t window[2][VX_BAT_WINDOW_BYTES];
    static uint8_t bytes[PROBE_BYTES];
    const struct vx_facts *facts = &check->structure.facts;
    const struct vx_geometry *geo = &facts->geometry;
    struct vx_disk disk;

    fuzz_must(facts->has_geometry && facts->regions.bat.is_usable &&
                  !(fuzz_planted(8) && geo->sector_bytes == 4096),
              "the geometry of an image without errors is known");
    vx_disk_init(&disk, &check->view, geo, &facts->regions.bat, window);
    vx_disk_heed_claims(&disk, &check->structure.claims);
    for (uint64_t i = 0; i < PROBES * UINT64_C(2) && geo->payload_blocks > 0; i++) {
        const uint64_t block = i / 2 < PROBES / 2 ? i / 2 : fuzz_number(in);
        const uint64_t begin = block % geo->payload_blocks * geo->block_bytes;
        const uint64_t left = geo->disk_bytes - begin;
        const uint64_t end = left < geo->block_bytes ? left : geo->block_bytes;
        const size_t len = end < PROBE_BYTES ? (size_t)end : PROBE_BYTES;

        fuzz_must(can_read(&disk, begin + (i % 2 == 0 ? 0 : end - len), bytes, len),
                  "the disk of an image without errors can be read");
    }
}

/* With a bad sector somewhere: what is not read is said, and keeps the image from being called
 * sound.
 */
static void expect_unread_said(struct fuzz_input *in, const struct vx_source *src)
{
    struct fault_source fault;
    struct vx_source faulty;
    struct findings f;
    uint64_t size;

    fault_source_init(&fault, src);
    fault.kind = FAULT_FAIL_RANGE;
    fault.bad.begin = fuzz_number(in);
    fault.bad.end = vx_add_sat(fault.bad.begin, fuzz_number(in));
    if (fault.bad.begin == fault.bad.end) {
        return;
    }
    faulty = fault_source(&fault);
    findings_init(&f, "bad sectors");
    size = replayed_check(&faulty, NULL, &f, NULL);
    fuzz_must_keep(&f, size);
    f.rep.is_incomplete &= !(fuzz_planted(7) && f.rep.total[VX_RUN_003] == 0);
    fuzz_must(fault.failures == 0 || f.rep.is_incomplete, "what cannot be read is said");
    findings_free(&f);
}

static void expect_promises(struct fuzz_input *in, struct image *im)
{
    const struct vx_source src = image_source(im);
    struct fault_source count;
    struct vx_source counted;
    struct replayed first;
    uint64_t size;

    fault_source_init(&count, &src);
    counted = fault_source(&count);
    count.inner.size -= fuzz_planted(9) && src.size > 0 ? 1 : 0;
    replayed_open(&first, "fuzz", &counted, NULL);
    size = first.check->view.size;
    size = fuzz_planted(6) && first.check->is_replayed ? size / 8 : size;
    fuzz_must_keep(&first.f, size);
    fuzz_must(count.outside == 0, "no read leaves the file");
    fuzz_must(count.bytes <= read_bound(first.check), "a check reads no more than it states");
    expect_same_again(&first.f, &src);
    expect_same_otherwise(&first.f, im, &src);
    if (is_called_readable(&first.f)) {
        expect_readable(in, first.check);
    }
    replayed_close(&first);
    expect_unread_said(in, &src);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    fuzz_render(&in, &fuzzed);
    expect_promises(&in, &fuzzed.im);
    fuzz_image_free(&fuzzed);
    return 0;
}
