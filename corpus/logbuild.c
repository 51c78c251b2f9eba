/* Builder of logs. */
#include "corpus/logbuild.h"

#include "corpus/little.h"
#include "parser/crc32c.h"

const uint8_t LOG_GUID[16] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
                              0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f};

void log_name(struct test_log *log, struct image *im, uint64_t offset, uint32_t length)
{
    *log = (struct test_log){.im = im, .offset = offset, .length = length};
    memcpy(log->guid, LOG_GUID, sizeof(log->guid));
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put_bytes(im, image_header_at(copy, 48), LOG_GUID, sizeof(LOG_GUID));
        image_put(im, image_header_at(copy, 68), 4, length);
        image_put(im, image_header_at(copy, 72), 8, offset);
    }
    if (im->size < offset + length) {
        im->size = offset + length;
    }
}

void log_init(struct test_log *log, struct image *im, uint64_t offset, uint32_t length)
{
    log_name(log, im, offset, length);
    image_seal(im);
}

uint64_t log_at(const struct test_log *log, uint64_t pos)
{
    return log->offset + pos % log->length;
}

uint32_t log_count(const struct log_entry *entry)
{
    uint32_t count = 0;

    if (entry->writes != NULL) {
        return entry->count;
    }
    if (entry->repeat != 0) {
        return entry->repeat;
    }
    while (count < LOG_WRITES && entry->write[count].kind != LOG_NONE) {
        count++;
    }
    return count;
}

struct log_write log_write(const struct log_entry *entry, uint32_t index)
{
    struct log_write write;

    if (entry->writes != NULL) {
        return entry->writes[index];
    }
    write = entry->write[entry->repeat != 0 ? 0 : index];
    if (entry->repeat != 0) {
        write.offset += (uint64_t)index * LOG_SECTOR;
        write.value += write.kind == LOG_DATA ? index : 0;
    }
    return write;
}

uint32_t log_descriptor_sectors(uint32_t count)
{
    if (count <= LOG_HEADER_SLOTS) {
        return 1;
    }
    return 1 + (count - LOG_HEADER_SLOTS + LOG_SECTOR_SLOTS - 1) / LOG_SECTOR_SLOTS;
}

uint32_t log_bytes(const struct log_entry *entry)
{
    uint32_t sectors = log_descriptor_sectors(log_count(entry));

    for (uint32_t i = 0; i < log_count(entry); i++) {
        sectors += log_write(entry, i).kind == LOG_DATA ? 1 : 0;
    }
    return sectors * LOG_SECTOR;
}

void log_pattern(uint64_t number, uint8_t bytes[LOG_SECTOR])
{
    for (unsigned i = 0; i < LOG_SECTOR; i++) {
        bytes[i] = (uint8_t)((number + 7 * (number >> 8) + UINT64_C(13) * i + (i >> 8)) & 0xff);
    }
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)((number >> (8 * i)) & 0xff);
        bytes[LOG_SECTOR - 4 + i] = (uint8_t)((number >> (8 * i)) & 0xff);
    }
    bytes[5] = 0xd5;
}

static void put_header(const struct test_log *log, const struct log_entry *entry)
{
    const uint64_t at = log_at(log, entry->pos);
    static const uint8_t zeros[LOG_SECTOR];

    image_put_bytes(log->im, at, zeros, sizeof(zeros));
    image_put_bytes(log->im, at, "loge", 4);
    image_put(log->im, at + 8, 4, log_bytes(entry));
    image_put(log->im, at + 12, 4, entry->tail);
    image_put(log->im, at + 16, 8, entry->sequence);
    image_put(log->im, at + 24, 4, log_count(entry));
    image_put_bytes(log->im, at + 32, entry->is_foreign ? IMAGE_GUID_FOREIGN : LOG_GUID, 16);
    image_put(log->im, at + 48, 8, entry->flushed);
    image_put(log->im, at + 56, 8, entry->last);
}

/* A data descriptor at file offset `at`, and its data sector at ring position pos. */
static void put_data(const struct test_log *log, const struct log_entry *entry,
                     const struct log_write *write, uint64_t at, uint64_t pos)
{
    uint8_t bytes[LOG_SECTOR];
    const uint64_t to = log_at(log, pos);

    log_pattern(write->value, bytes);
    image_put_bytes(log->im, at, "desc", 4);
    image_put_bytes(log->im, at + 4, bytes + LOG_SECTOR - 4, 4);
    image_put_bytes(log->im, at + 8, bytes, 8);
    image_put_bytes(log->im, to, bytes, sizeof(bytes));
    image_put_bytes(log->im, to, "data", 4);
    image_put(log->im, to + 4, 4, entry->sequence >> 32);
    image_put(log->im, to + 4092, 4, entry->sequence & 0xffffffff);
}

uint32_t log_put(const struct test_log *log, const struct log_entry *entry)
{
    const uint32_t count = log_count(entry);
    const uint32_t length = log_bytes(entry);
    uint64_t data_pos = (uint64_t)entry->pos + (uint64_t)log_descriptor_sectors(count) * LOG_SECTOR;

    put_header(log, entry);
    for (uint32_t i = 0; i < count; i++) {
        const struct log_write write = log_write(entry, i);
        const uint64_t at = log_at(log, (uint64_t)entry->pos + E_DESCRIPTOR((uint64_t)i));

        image_put(log->im, at + 4, 4, 0);
        image_put(log->im, at + 16, 8, write.offset);
        image_put(log->im, at + 24, 8, entry->sequence);
        if (write.kind == LOG_DATA) {
            put_data(log, entry, &write, at, data_pos);
            data_pos += LOG_SECTOR;
        } else {
            image_put_bytes(log->im, at, "zero", 4);
            image_put(log->im, at + 8, 8, write.value);
        }
    }
    log_seal(log, entry->pos);
    return (uint32_t)(((uint64_t)entry->pos + length) % log->length);
}

void log_poke(const struct test_log *log, uint32_t pos, uint32_t field, unsigned width,
              uint64_t value)
{
    image_put(log->im, log_at(log, (uint64_t)pos + field), width, value);
}

uint32_t log_checksum(const struct test_log *log, uint32_t pos, uint32_t len)
{
    uint8_t bytes[LOG_SECTOR];
    uint32_t crc = 0;

    for (uint32_t done = 0; done < len; done += LOG_SECTOR) {
        image_get_bytes(log->im, log_at(log, (uint64_t)pos + done), bytes, sizeof(bytes));
        if (done == 0) {
            memset(bytes + 4, 0, 4);
        }
        crc = vx_crc32c(log->im->crc, crc, bytes, sizeof(bytes));
    }
    return crc;
}

void log_seal(const struct test_log *log, uint32_t pos)
{
    const uint32_t len = (uint32_t)image_get(log->im, log_at(log, pos) + 8, 4);

    image_put(log->im, log_at(log, pos) + 4, 4, log_checksum(log, pos, len));
}

/* Does the chunk begin an entry? An entry may be sealed when it is short, or when all of it can be
 * there: no sector of a valid one begins with "loge" or is not there, so it ends before the next
 * one that does, `room` chunks further. */
static void seal_candidate(const struct test_log *log, uint64_t number, uint64_t room)
{
    const uint64_t pos = number * SPARSE_CHUNK_BYTES - log->offset;
    const uint64_t length = image_get(log->im, log->offset + pos + 8, 4);

    if (length <= LOG_SEALED_BYTES || length / LOG_SECTOR <= room) {
        log_seal(log, (uint32_t)pos);
    }
}

void log_seal_all(const struct test_log *log)
{
    const struct sparse *s = &log->im->bytes;
    const uint64_t begin = log->offset / SPARSE_CHUNK_BYTES;
    const uint64_t count = log->length / LOG_SECTOR;
    const size_t first = sparse_find(s, begin);
    size_t entry = SIZE_MAX; /* index of the chunk that begins the one before */
    size_t first_entry = SIZE_MAX;
    size_t at = first;

    if (log->offset % LOG_SECTOR != 0) {
        return; /* nobody reads such a log */
    }
    for (; at < s->count && s->chunk[at].number - begin < count; at++) {
        if (little_get(s->chunk[at].bytes, 4) != 0x65676f6c) {
            continue;
        }
        if (entry == SIZE_MAX) {
            first_entry = at;
        } else {
            seal_candidate(log, s->chunk[entry].number, at - entry);
        }
        entry = at;
    }
    if (entry != SIZE_MAX) { /* around the end of the ring */
        seal_candidate(log, s->chunk[entry].number, (at - entry) + (first_entry - first));
    }
}
