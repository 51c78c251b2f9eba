/* What the virtual disk holds: blocks, their payload, the bitmaps of differencing images. Spec:
 * MS-VHDX 2.3 (what goes through the log and what does not), 2.4, 2.5. */
#include "corpus/little.h"
#include "corpus/memory.h"
#include "corpus/writer.h"

#include <stdlib.h>

enum { STATE_NONE = 0, STATE_UNMAPPED = 3, STATE_PRESENT = 6, STATE_PARTIAL = 7 };

/* A block, and the part of it that is to be written, in bytes from its start. */
struct part {
    uint64_t block;
    uint64_t entry; /* raw, of the block table */
    uint64_t begin;
    uint64_t end;
    uint64_t disk_bytes; /* of the block: less than its size where the disk ends */
};

static bool fail(struct writer *w, const char *why)
{
    w->error = why;
    return false;
}

static uint64_t get_entry(const struct writer *w, uint64_t at)
{
    uint8_t bytes[8];

    journal_read(&w->journal, at, bytes, sizeof(bytes));
    return little_get(bytes, sizeof(bytes));
}

static void stage_entry(struct writer *w, uint64_t at, uint64_t entry)
{
    uint8_t bytes[8];

    little_put(bytes, sizeof(bytes), entry);
    journal_stage(&w->journal, at, bytes, sizeof(bytes));
}

static unsigned state_of(const struct part *part)
{
    return (unsigned)(part->entry & 7);
}

static uint64_t place_of(uint64_t entry)
{
    return entry / IMAGE_MIB * IMAGE_MIB;
}

/* The part of [offset, end) that lies in the block of its first byte. */
static struct part first_part(const struct writer *w, uint64_t offset, uint64_t end)
{
    const struct volume *vol = &w->vol;
    struct part part = {.block = offset / vol->block_bytes, .begin = offset % vol->block_bytes};
    const uint64_t start = offset - part.begin;

    part.entry = get_entry(w, volume_payload_at(vol, part.block));
    part.end = end - start < vol->block_bytes ? end - start : vol->block_bytes;
    part.disk_bytes =
        vol->disk_bytes - start < vol->block_bytes ? vol->disk_bytes - start : vol->block_bytes;
    return part;
}

static uint64_t part_bytes(const struct part *part)
{
    return part->end - part->begin;
}

/* ---- sector bitmaps, 2.4 ---- */

static uint64_t slice_bytes(const struct writer *w)
{
    return w->vol.block_bytes / w->vol.sector_bytes / 8;
}

static uint64_t bitmap_entry_at(const struct writer *w, uint64_t block)
{
    return volume_bitmap_at(&w->vol, block / w->vol.chunk_ratio);
}

/* Offset in the file of the block's slice of the bitmap block at `bitmap`. */
static uint64_t slice_at(const struct writer *w, uint64_t bitmap, uint64_t block)
{
    return bitmap + block % w->vol.chunk_ratio * slice_bytes(w);
}

/* The block is partially present, so its chunk's bitmap is there. */
static bool has_bit(const struct writer *w, const struct part *part, uint64_t sector)
{
    const uint64_t bitmap = place_of(get_entry(w, bitmap_entry_at(w, part->block)));
    uint8_t byte;

    journal_read(&w->journal, slice_at(w, bitmap, part->block) + sector / 8, &byte, 1);
    return (byte >> (sector % 8) & 1) != 0;
}

/* The sectors of the part are this file's own from now on; `is_new`: and no others of the block. */
static void stage_bits(struct writer *w, uint64_t bitmap, const struct part *part, bool is_new)
{
    const uint64_t at = slice_at(w, bitmap, part->block);
    const size_t bytes = (size_t)slice_bytes(w);
    uint8_t *slice = memory_take(2 * bytes, 1);
    uint8_t *old = slice + bytes;

    journal_read(&w->journal, at, old, bytes);
    if (!is_new) {
        memcpy(slice, old, bytes);
    }
    for (uint64_t s = part->begin / w->vol.sector_bytes; s < part->end / w->vol.sector_bytes; s++) {
        slice[s / 8] = (uint8_t)(slice[s / 8] | 1u << (s % 8));
    }
    if (memcmp(slice, old, bytes) != 0) {
        journal_stage(&w->journal, at, slice, bytes);
    }
    free(slice);
}

/* The block will be partially present: its bits, in a new bitmap block if its chunk has none. The
 * bits come before the entry that names them, and both before the payload's entry, so that they may
 * go into several entries of the log. */
static void stage_new_bits(struct writer *w, const struct part *part)
{
    const uint64_t entry_at = bitmap_entry_at(w, part->block);
    const uint64_t entry = get_entry(w, entry_at);
    const uint64_t end = w->journal.file_end;

    if ((entry & 7) == STATE_PRESENT) {
        stage_bits(w, place_of(entry), part, true);
        return;
    }
    journal_stage_zeros(&w->journal, end, IMAGE_MIB);
    stage_bits(w, end, part, true);
    stage_entry(w, entry_at, end | STATE_PRESENT);
    w->journal.file_end += IMAGE_MIB;
}

/* Bytes of an entry that all this, for one block, may take. */
static uint64_t bits_most(const struct writer *w)
{
    const uint64_t sectors = (slice_bytes(w) + LOG_SECTOR - 1) / LOG_SECTOR;

    return (2 + sectors) * LOG_SECTOR;
}

/* ---- payload ---- */

static bool becomes_partial(const struct writer *w, const struct part *part)
{
    return w->vol.has_parent && state_of(part) == STATE_NONE &&
           (part->begin != 0 || part->end != part->disk_bytes);
}

/* What a sector of the block holds before it is written: bytes at *at, zeros when that is 0.
 * Returns false when it is the parent's. */
static bool find_sector(const struct writer *w, const struct part *part, uint64_t sector,
                        uint64_t *at)
{
    const unsigned state = state_of(part);

    *at = 0;
    if (state == STATE_NONE) {
        return !w->vol.has_parent;
    }
    if (state == STATE_PRESENT || (state == STATE_PARTIAL && has_bit(w, part, sector))) {
        *at = place_of(part->entry) + sector * w->vol.sector_bytes;
        return true;
    }
    return state <= STATE_UNMAPPED;
}

/* Is the block, or the bitmap of its chunk, where nothing is written? */
static bool is_far(const struct writer *w, const struct part *part)
{
    uint64_t bitmap;

    if (state_of(part) >= STATE_PRESENT && volume_is_far(place_of(part->entry))) {
        return true;
    }
    if (!w->vol.has_parent) {
        return false;
    }
    bitmap = get_entry(w, bitmap_entry_at(w, part->block));
    return (bitmap & 7) == STATE_PRESENT && volume_is_far(place_of(bitmap));
}

/* May the part be written, with its first and last sector completed from what they hold? */
static bool is_writable(struct writer *w, const struct part *part)
{
    const uint64_t sector_bytes = w->vol.sector_bytes;
    const unsigned state = state_of(part);
    uint64_t at;

    if (state > STATE_UNMAPPED && state < STATE_PRESENT) {
        return fail(w, "a block is in a reserved state");
    }
    if (state == STATE_PARTIAL && !w->vol.has_parent) {
        return fail(w, "a block is partially present, and there is no parent");
    }
    if (state == STATE_PARTIAL &&
        (get_entry(w, bitmap_entry_at(w, part->block)) & 7) != STATE_PRESENT) {
        return fail(w, "a block is partially present, and its chunk has no bitmap");
    }
    if (is_far(w, part)) {
        return fail(w, "a block or its bitmap lies beyond 2^62");
    }
    if ((part->begin % sector_bytes != 0 &&
         !find_sector(w, part, part->begin / sector_bytes, &at)) ||
        (part->end % sector_bytes != 0 && !find_sector(w, part, part->end / sector_bytes, &at))) {
        return fail(w, "the rest of a sector is the parent's");
    }
    return true;
}

static void read_sector(const struct writer *w, const struct part *part, uint64_t sector,
                        uint8_t *bytes)
{
    uint64_t at;

    if (find_sector(w, part, sector, &at) && at != 0) {
        image_get_bytes(w->tape.im, at, bytes, (size_t)w->vol.sector_bytes);
    }
}

/* The part widened to whole sectors, and their bytes; free() them. */
static uint8_t *widen(const struct writer *w, struct part *part, const uint8_t *bytes)
{
    const uint64_t sector_bytes = w->vol.sector_bytes;
    const struct part narrow = *part;
    uint8_t *wide;

    part->begin -= part->begin % sector_bytes;
    part->end = (part->end + sector_bytes - 1) / sector_bytes * sector_bytes;
    wide = memory_take((size_t)part_bytes(part), 1);
    if (part->begin != narrow.begin) {
        read_sector(w, part, part->begin / sector_bytes, wide);
    }
    if (part->end != narrow.end) {
        const uint64_t sector = part->end / sector_bytes - 1;

        read_sector(w, part, sector, wide + sector * sector_bytes - part->begin);
    }
    memcpy(wide + narrow.begin - part->begin, bytes, (size_t)part_bytes(&narrow));
    return wide;
}

/* Payload goes in place. Bits it needs become visible by the log, after a flush. */
static void overwrite(struct writer *w, const struct part *part, const uint8_t *bytes)
{
    tape_write(&w->tape, place_of(part->entry) + part->begin, bytes, (size_t)part_bytes(part));
    if (state_of(part) == STATE_PARTIAL) {
        stage_bits(w, place_of(get_entry(w, bitmap_entry_at(w, part->block))), part, false);
    }
}

/* A block at the end of the file, whole MiB as all objects, written from end to end, so that
 * nothing of what was there before is ever read. */
static void allocate(struct writer *w, const struct part *part, const uint8_t *bytes)
{
    const uint64_t at = w->journal.file_end;
    const bool is_partial = becomes_partial(w, part);

    tape_zero(&w->tape, at, part->begin);
    tape_write(&w->tape, at + part->begin, bytes, (size_t)part_bytes(part));
    tape_zero(&w->tape, at + part->end, w->vol.block_bytes - part->end);
    w->journal.file_end += w->vol.block_bytes;
    if (is_partial) {
        stage_new_bits(w, part);
    }
    stage_entry(w, volume_payload_at(&w->vol, part->block),
                at | (is_partial ? STATE_PARTIAL : STATE_PRESENT));
}

static void write_part(struct writer *w, const struct part *narrow, const uint8_t *bytes)
{
    struct part part = *narrow;
    uint8_t *wide = widen(w, &part, bytes);

    if (state_of(&part) >= STATE_PRESENT) {
        overwrite(w, &part, wide);
    } else {
        allocate(w, &part, wide);
    }
    w->has_payload = true;
    free(wide);
}

static bool is_inside(const struct writer *w, uint64_t offset, uint64_t len)
{
    return offset <= w->vol.disk_bytes && len <= w->vol.disk_bytes - offset;
}

bool writer_write(struct writer *w, uint64_t offset, const uint8_t *bytes, size_t len)
{
    uint64_t end;
    struct part part;

    if (!is_inside(w, offset, len)) {
        return fail(w, "the disk ends before what is to be written");
    }
    end = offset + len;
    for (uint64_t at = offset; at < end; at += part_bytes(&part)) {
        part = first_part(w, at, end);
        if (!is_writable(w, &part)) {
            return false;
        }
    }
    writer_begin(w);
    for (uint64_t at = offset; at < end; at += part_bytes(&part)) {
        if (journal_staged(&w->journal) + LOG_SECTOR + bits_most(w) > w->journal.entry_most) {
            writer_log(w);
        }
        part = first_part(w, at, end);
        write_part(w, &part, bytes + (at - offset));
    }
    writer_log(w);
    return true;
}

bool writer_discard(struct writer *w, uint64_t offset, uint64_t len, unsigned state)
{
    const uint64_t block_bytes = w->vol.block_bytes;

    if (!is_inside(w, offset, len) || offset % block_bytes != 0 ||
        (len % block_bytes != 0 && offset + len != w->vol.disk_bytes)) {
        return fail(w, "what is to be discarded is not made of whole blocks");
    }
    if (state > STATE_UNMAPPED) {
        return fail(w, "a discarded block has a state from 0 to 3");
    }
    if (w->vol.is_fixed && state == STATE_NONE) {
        return fail(w, "a block of a fixed image does not become NOT_PRESENT");
    }
    writer_begin(w);
    for (uint64_t at = offset; at < offset + len; at += block_bytes) {
        stage_entry(w, volume_payload_at(&w->vol, at / block_bytes), state);
    }
    writer_log(w);
    return true;
}
