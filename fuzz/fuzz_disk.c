/* Claim: any range of the virtual disk reads as the specification says, block by block and, where
 * a bitmap decides, sector by sector, from the image as its log leaves it; the map says the same as
 * reading does; and what cannot be read is never taken for zeros. Input: fuzz/render.h, then
 * offsets and lengths. */
#include "fuzz/harness.h"
#include "fuzz/render.h"
#include "parser/disk.h"
#include "tests/support/naive_log.h"
#include "tests/support/replayed.h"

enum { READ_BYTES = 32768, READS = 8, MAP_BLOCKS = 64, MAP_RANGES = 128 };

static struct fuzz_image fuzzed;

/* The disk under test, and what the naive reader reads instead. */
struct subject {
    const struct vxr_check *check;
    struct vx_disk disk;
    const struct vx_geometry *geo;
    struct test_log log;
    struct naive_log naive; /* without writes when nothing is replayed */
};

/* ---- the naive reader ---- */

/* Bytes of the file after replay. */
static void naive_bytes(const struct subject *s, uint64_t offset, uint8_t *to, size_t len)
{
    uint8_t unit[LOG_SECTOR];

    while (len > 0) {
        const size_t skip = (size_t)(offset % LOG_SECTOR);
        const size_t take = len < LOG_SECTOR - skip ? len : LOG_SECTOR - skip;

        naive_read(&s->log, &s->naive, s->naive.count, offset - skip, unit);
        memcpy(to, unit + skip, take);
        offset += take;
        to += take;
        len -= take;
    }
}

/* Entry `index` of the block table; false behind its end. */
static bool table_entry(const struct subject *s, uint64_t index, uint64_t *entry)
{
    const struct vx_region_place *bat = &s->check->structure.facts.regions.bat;
    uint8_t bytes[8];

    if (bat->length < 8 || 8 * index > bat->length - 8) {
        return false;
    }
    naive_bytes(s, bat->offset + 8 * index, bytes, sizeof(bytes));
    *entry = vx_le64(bytes);
    return true;
}

/* The sector at `offset`, of a partially present block: whose it is. MS-VHDX 2.4. */
static enum vx_disk_kind naive_owner(const struct subject *s, uint64_t offset, uint64_t ratio)
{
    const uint64_t chunk = offset / s->geo->block_bytes / ratio;
    const uint64_t bit = offset / s->geo->sector_bytes % (UINT64_C(1) << 23);
    const uint64_t size = s->check->view.size;
    uint64_t entry;
    uint8_t byte;

    if (!table_entry(s, (chunk + 1) * (ratio + 1) - 1, &entry) || (entry & 7) != 6 ||
        entry >> 20 == 0 || entry >> 20 << 20 > size || size - (entry >> 20 << 20) < VX_MIB) {
        return VX_DISK_UNREADABLE;
    }
    naive_bytes(s, (entry >> 20 << 20) + bit / 8, &byte, 1);
    return (byte >> (fuzz_planted(3) ? 7 - bit % 8 : bit % 8) & 1) != 0 ? VX_DISK_FILE
                                                                        : VX_DISK_PARENT;
}

/* What the virtual byte at `offset` is, and where in the file. MS-VHDX 2.5.1.1. */
static enum vx_disk_kind naive_kind(const struct subject *s, uint64_t offset, uint64_t *at,
                                    bool *is_partial)
{
    const uint64_t block = offset / s->geo->block_bytes;
    const uint64_t ratio = (UINT64_C(1) << 23) * s->geo->sector_bytes / s->geo->block_bytes;
    uint64_t entry;
    enum vx_disk_kind owner = VX_DISK_FILE;

    *at = 0;
    *is_partial = false;
    if (!table_entry(s, block + block / ratio, &entry) || (entry & 7) == 4) {
        return VX_DISK_UNREADABLE;
    }
    if ((entry & 7) == 0) {
        return s->geo->has_parent ? VX_DISK_PARENT : VX_DISK_ZERO;
    }
    if ((entry & 7) < 6) {
        return VX_DISK_ZERO;
    }
    *is_partial = (entry & 7) == 7 && s->geo->has_parent;
    owner = *is_partial ? naive_owner(s, offset, ratio) : VX_DISK_FILE;
    if (owner != VX_DISK_FILE) {
        return owner;
    }
    *at = vx_add_sat(entry >> 20 << 20, offset % s->geo->block_bytes);
    return entry >> 20 == 0 || *at >= s->check->view.size ? VX_DISK_UNREADABLE : VX_DISK_FILE;
}

/* From `offset` on, how many bytes share a block, or a sector of a partially present one, and,
 * where it ends, a side of the file's end? */
static uint64_t naive_length(const struct subject *s, uint64_t offset, uint64_t at,
                             enum vx_disk_kind kind, bool is_partial)
{
    const uint64_t unit = is_partial ? s->geo->sector_bytes : s->geo->block_bytes;
    const uint64_t in_unit = unit - offset % unit;
    const uint64_t in_disk = s->geo->disk_bytes - offset;
    const uint64_t length = in_unit < in_disk ? in_unit : in_disk;
    const uint64_t in_file = kind == VX_DISK_FILE ? s->check->view.size - at : length;

    return length < in_file ? length : in_file;
}

/* ---- the claims ---- */

/* The map of at most MAP_RANGES ranges of [offset, offset + length): without gaps, and of the naive
 * kind at both ends and at the seams of blocks; of many sectors, at some. */
static void expect_map(struct subject *s, uint64_t offset, uint64_t length)
{
    const uint64_t left = s->geo->disk_bytes - offset;
    uint64_t end = offset + (length < left ? length : left);
    struct vx_disk_range r;

    for (unsigned i = 0; i < MAP_RANGES && offset < end; i++) {
        fuzz_must(vx_disk_map(&s->disk, offset, end - offset, &r) == VX_OK && r.offset == offset &&
                      r.length > 0 && r.length <= end - offset,
                  "the map has no gaps");
        for (uint64_t done = 0; done < r.length;) {
            uint64_t at;
            bool is_partial;
            const enum vx_disk_kind kind = naive_kind(s, offset + done, &at, &is_partial);
            const uint64_t unit = naive_length(s, offset + done, at, kind, is_partial);
            const uint64_t some = (r.length - done) / 16;

            fuzz_must(kind == r.kind, "the map says what the naive reader says");
            fuzz_must(kind != VX_DISK_FILE || r.file_offset + done == at,
                      "the map says where the naive reader reads");
            done += is_partial && unit < some ? some : unit;
        }
        offset += r.length;
    }
}

static void expect_read(struct subject *s, uint64_t offset, size_t len)
{
    static uint8_t got[READ_BYTES];
    static uint8_t want[READ_BYTES];
    const enum vx_status status = vx_disk_read(&s->disk, offset, got, len);
    bool is_readable = true;

    for (uint64_t done = 0; done < len;) {
        uint64_t at;
        bool is_partial;
        const enum vx_disk_kind kind = naive_kind(s, offset + done, &at, &is_partial);
        const uint64_t length = naive_length(s, offset + done, at, kind, is_partial);
        const size_t take = length < len - done ? (size_t)length : (size_t)(len - done);

        is_readable &= kind == VX_DISK_FILE || kind == VX_DISK_ZERO;
        memset(want + done, 0, take);
        if (kind == VX_DISK_FILE) {
            naive_bytes(s, at, want + done, take);
        }
        done += take;
    }
    fuzz_must(status == (is_readable ? VX_OK : VX_E_IO),
              "exactly what has a place, or is zeros by definition, can be read");
    fuzz_must(!is_readable || memcmp(got, want, len) == 0,
              "reading gives the naive reader's bytes");
}

/* Ranges the input asks for; the first is the disk's beginning, the second its end. */
static void expect_ranges(struct fuzz_input *in, struct subject *s)
{
    const uint64_t disk = s->geo->disk_bytes;

    for (unsigned i = 0; i < READS && disk > 0; i++) {
        const uint64_t block = fuzz_number(in) % (disk / s->geo->block_bytes + 1);
        const uint64_t asked =
            i == 1 ? disk - 1 : block * s->geo->block_bytes + fuzz_number(in) % VX_MIB;
        const uint64_t offset = asked % disk;
        const uint64_t len = 1 + fuzz_number(in) % READ_BYTES;

        expect_read(s, offset, (size_t)(len < disk - offset ? len : disk - offset));
        expect_map(s, offset, MAP_BLOCKS * s->geo->block_bytes);
    }
}

/* The log as the current header names it. */
static void scan(struct subject *s, struct image *im)
{
    const struct vx_header *h = vx_headers_current(&s->check->structure.facts.headers);

    s->log.im = im;
    if (s->check->is_replayed && h != NULL) {
        s->log.offset = h->log_offset;
        s->log.length = h->log_length;
        memcpy(s->log.guid, h->log_guid.byte, sizeof(s->log.guid));
        naive_scan(&s->log, &s->naive);
    }
}

static void expect_disk(struct fuzz_input *in, struct image *im)
{
    static uint8_t window[2][VX_BAT_WINDOW_BYTES];
    const struct vx_source raw = image_source(im);
    const struct vx_facts *facts;
    struct replayed r;

    replayed_open(&r, "fuzz", &raw, NULL);
    facts = &r.check->structure.facts;
    if (facts->has_geometry && facts->regions.bat.is_usable) {
        struct subject s = {.check = r.check, .geo = &facts->geometry};

        vx_disk_init(&s.disk, &r.check->view, s.geo, &facts->regions.bat, window);
        if (fuzz_planted(1) && r.check->is_replayed) { /* the wrong view */
            s.disk.view = &raw;
        }
        if (fuzz_planted(2) && s.disk.slot_count > 0) { /* off by one */
            s.disk.slot_count--;
        }
        scan(&s, im);
        expect_ranges(in, &s);
        naive_free(&s.naive);
    }
    replayed_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    fuzz_render(&in, &fuzzed);
    expect_disk(&in, &fuzzed.im);
    fuzz_image_free(&fuzzed);
    return 0;
}
