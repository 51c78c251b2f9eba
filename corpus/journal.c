/* Writing the log. Spec: MS-VHDX 2.3.1 (entries), 2.3.2 (sequences). */
#include "corpus/journal.h"

#include "corpus/little.h"
#include "corpus/memory.h"
#include "parser/crc32c.h"

#include <stdlib.h>

enum { DESCRIPTOR_BYTES = 32, HEADER_BYTES = 64 };

/* ---- items ---- */

static struct journal_item *add_item(struct journal_items *items, uint64_t offset, uint64_t len)
{
    struct journal_item *item;

    if (items->count == items->capacity) {
        items->capacity = 2 * items->capacity + 16;
        items->at = memory_resize(items->at, items->capacity, sizeof(items->at[0]));
    }
    item = &items->at[items->count];
    *item = (struct journal_item){.offset = offset, .len = len};
    items->count++;
    return item;
}

static void drop_items(struct journal_items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        free(items->at[i].bytes);
    }
    items->count = 0;
}

/* The newest item that covers the sector at offset, or NULL. */
static struct journal_item *find_item(const struct journal_items *items, uint64_t offset)
{
    for (size_t i = items->count; i > 0; i--) {
        struct journal_item *item = &items->at[i - 1];

        if (item->offset <= offset && offset - item->offset < item->len) {
            return item;
        }
    }
    return NULL;
}

static void read_sector(const struct journal *j, uint64_t offset, uint8_t bytes[LOG_SECTOR])
{
    const struct journal_item *item = find_item(&j->staged, offset);

    if (item == NULL) {
        item = find_item(&j->logged, offset);
    }
    if (item == NULL) {
        image_get_bytes(j->tape->im, offset, bytes, LOG_SECTOR);
    } else if (item->bytes == NULL) {
        memset(bytes, 0, LOG_SECTOR);
    } else {
        memcpy(bytes, item->bytes, LOG_SECTOR);
    }
}

/* How much of [offset, offset + len) lies in the sector of its first byte. */
static size_t in_sector(uint64_t offset, size_t len)
{
    const size_t room = (size_t)(LOG_SECTOR - offset % LOG_SECTOR);

    return len < room ? len : room;
}

void journal_read(const struct journal *j, uint64_t offset, uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const size_t take = in_sector(offset, len);
        uint8_t sector[LOG_SECTOR];

        read_sector(j, offset - offset % LOG_SECTOR, sector);
        memcpy(bytes, sector + offset % LOG_SECTOR, take);
        offset += take;
        bytes += take;
        len -= take;
    }
}

/* The staged sector at offset, to be modified. */
static uint8_t *stage_sector(struct journal *j, uint64_t offset)
{
    struct journal_item *item = find_item(&j->staged, offset);

    if (item == NULL || item->bytes == NULL) {
        uint8_t *bytes = memory_take(LOG_SECTOR, 1);

        read_sector(j, offset, bytes);
        item = add_item(&j->staged, offset, LOG_SECTOR);
        item->bytes = bytes;
    }
    return item->bytes;
}

void journal_stage(struct journal *j, uint64_t offset, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const size_t take = in_sector(offset, len);

        memcpy(stage_sector(j, offset - offset % LOG_SECTOR) + offset % LOG_SECTOR, bytes, take);
        offset += take;
        bytes += take;
        len -= take;
    }
}

void journal_stage_zeros(struct journal *j, uint64_t offset, uint64_t len)
{
    if (len > 0) {
        (void)add_item(&j->staged, offset, len);
    }
}

/* ---- entries ---- */

/* Sectors that hold header and descriptors: 2.3.1. */
static uint64_t descriptor_sectors(uint64_t count)
{
    return (HEADER_BYTES + DESCRIPTOR_BYTES * count + LOG_SECTOR - 1) / LOG_SECTOR;
}

uint64_t journal_staged(const struct journal *j)
{
    uint64_t sectors = descriptor_sectors(j->staged.count);

    for (size_t i = 0; i < j->staged.count; i++) {
        sectors += j->staged.at[i].bytes != NULL ? 1 : 0;
    }
    return sectors * LOG_SECTOR;
}

/* Give sectors of zeros back their short form, and make one of neighbours. Order is kept. */
static void compact(struct journal_items *items)
{
    size_t kept = 0;

    for (size_t i = 0; i < items->count; i++) {
        struct journal_item item = items->at[i];
        struct journal_item *before = kept == 0 ? NULL : &items->at[kept - 1];

        if (item.bytes != NULL && sparse_is_zero(item.bytes)) {
            free(item.bytes);
            item.bytes = NULL;
        }
        if (item.bytes == NULL && before != NULL && before->bytes == NULL &&
            before->offset + before->len == item.offset) {
            before->len += item.len;
            continue;
        }
        items->at[kept] = item;
        kept++;
    }
    items->count = kept;
}

/* How many items from `first` on fit into one entry; its length goes to *bytes. */
static size_t entry_extent(const struct journal *j, size_t first, uint32_t *bytes)
{
    size_t count = 0;
    uint64_t data = 0;

    *bytes = LOG_SECTOR;
    while (first + count < j->staged.count) {
        const uint64_t more = data + (j->staged.at[first + count].bytes != NULL ? 1 : 0);
        const uint64_t length = (descriptor_sectors(count + 1) + more) * LOG_SECTOR;

        if (count > 0 && length > j->entry_most) {
            break;
        }
        *bytes = (uint32_t)length;
        data = more;
        count++;
    }
    return count;
}

static void put_signature(uint8_t *to, const char *name)
{
    memcpy(to, name, 4);
}

/* 2.3.1.1. Everything but the checksum. */
static void put_header(const struct journal *j, uint8_t *entry, uint32_t bytes, size_t count)
{
    put_signature(entry, "loge");
    little_put(entry + 8, 4, bytes);
    little_put(entry + 12, 4, j->latest_tail);
    little_put(entry + 16, 8, j->sequence);
    little_put(entry + 24, 4, count);
    memcpy(entry + 32, j->guid, sizeof(j->guid));
    little_put(entry + 48, 8, j->flushed - j->flushed % IMAGE_MIB);
    little_put(entry + 56, 8, j->file_end);
}

/* 2.3.1.2 to 2.3.1.4: a descriptor and, for data, the sector that `data` points to. */
static void put_item(const struct journal *j, const struct journal_item *item, uint8_t *descriptor,
                     uint8_t *data)
{
    put_signature(descriptor, item->bytes == NULL ? "zero" : "desc");
    little_put(descriptor + 16, 8, item->offset);
    little_put(descriptor + 24, 8, j->sequence);
    if (item->bytes == NULL) {
        little_put(descriptor + 8, 8, item->len);
        return;
    }
    memcpy(descriptor + 4, item->bytes + LOG_SECTOR - 4, 4);
    memcpy(descriptor + 8, item->bytes, 8);
    memcpy(data, item->bytes, LOG_SECTOR);
    put_signature(data, "data");
    little_put(data + 4, 4, j->sequence >> 32);
    little_put(data + LOG_SECTOR - 4, 4, j->sequence & 0xffffffff);
}

static uint32_t ring_distance(const struct journal *j, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : j->length - from + to;
}

/* At the end of the ring the entry goes on at its start: 2.3. */
static void write_ring(struct journal *j, const uint8_t *entry, uint32_t bytes)
{
    const uint32_t room = j->length - j->next;
    const uint32_t first = bytes < room ? bytes : room;

    tape_write(j->tape, j->offset + j->next, entry, first);
    tape_write(j->tape, j->offset, entry + first, bytes - first);
    j->next = (uint32_t)(((uint64_t)j->next + bytes) % j->length);
    j->live += bytes;
}

/* One entry of `count` staged items from `first` on. There is room for it. */
static void write_entry(struct journal *j, size_t first, size_t count, uint32_t bytes)
{
    uint8_t *entry = memory_take(bytes, 1);
    uint8_t *data = entry + descriptor_sectors(count) * LOG_SECTOR;

    if (j->logged.count == 0) {
        j->tail = j->next;
    }
    j->latest_tail = j->tail;
    put_header(j, entry, bytes, count);
    for (size_t i = 0; i < count; i++) {
        const struct journal_item *item = &j->staged.at[first + i];

        put_item(j, item, entry + HEADER_BYTES + DESCRIPTOR_BYTES * i, data);
        data += item->bytes == NULL ? 0 : LOG_SECTOR;
        *add_item(&j->logged, 0, 0) = *item;
    }
    little_put(entry + 4, 4, vx_crc32c(VX_CRC_PORTABLE, 0, entry, bytes));
    write_ring(j, entry, bytes);
    j->sequence++;
    free(entry);
}

/* Make room for an entry and, behind it, for the empty one that could free the ring again. */
static void make_room(struct journal *j, uint32_t bytes)
{
    if (bytes + LOG_SECTOR > j->length - j->live) {
        journal_apply(j);
        write_entry(j, 0, 0, LOG_SECTOR);
        journal_flush(j);
    }
}

void journal_start(struct journal *j, const uint8_t guid[16])
{
    memcpy(j->guid, guid, sizeof(j->guid));
    j->live = 0;
    write_entry(j, 0, 0, LOG_SECTOR);
    journal_flush(j);
}

void journal_end(struct journal *j)
{
    memset(j->guid, 0, sizeof(j->guid));
    j->live = 0;
}

void journal_write(struct journal *j)
{
    size_t first = 0;

    compact(&j->staged);
    while (first < j->staged.count) {
        uint32_t bytes;
        const size_t count = entry_extent(j, first, &bytes);

        make_room(j, bytes);
        write_entry(j, first, count, bytes);
        first += count;
    }
    j->staged.count = 0; /* what they hold is logged now */
}

/* ---- in place ---- */

void journal_flush(struct journal *j)
{
    tape_flush(j->tape);
    j->flushed = j->tape->im->size;
    if (j->live != 0) {
        j->live = ring_distance(j, j->latest_tail, j->next);
    }
}

void journal_apply(struct journal *j)
{
    journal_flush(j);
    for (size_t i = 0; i < j->logged.count; i++) {
        const struct journal_item *item = &j->logged.at[i];

        if (item->bytes == NULL) {
            tape_zero(j->tape, item->offset, item->len);
        } else if (find_item(&j->logged, item->offset) == item) {
            tape_write(j->tape, item->offset, item->bytes, LOG_SECTOR);
        }
    }
    drop_items(&j->logged);
    journal_flush(j);
}

void journal_init(struct journal *j, struct tape *tape, uint64_t offset, uint32_t length)
{
    *j = (struct journal){.tape = tape, .offset = offset, .length = length};
    j->sequence = 1;
    j->entry_most = length - 2 * LOG_SECTOR;
    j->flushed = tape->im->size;
}

void journal_free(struct journal *j)
{
    drop_items(&j->staged);
    drop_items(&j->logged);
    free(j->staged.at);
    free(j->logged.at);
    *j = (struct journal){.tape = NULL};
}
