/* The log as the specification words it. */
#include "tests/support/naive_log.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t get(const struct test_log *log, uint64_t pos, unsigned width)
{
    return image_get(log->im, log_at(log, pos), width);
}

static bool begins_with(const struct test_log *log, uint64_t pos, const char *signature)
{
    uint8_t bytes[4];

    image_get_bytes(log->im, log_at(log, pos), bytes, sizeof(bytes));
    return memcmp(bytes, signature, 4) == 0;
}

/* Is the descriptor at `at` sound? Counts data descriptors. */
static bool is_descriptor(const struct test_log *log, uint64_t at, uint64_t sequence,
                          uint64_t *data)
{
    const uint64_t offset = get(log, at + 16, 8);
    uint64_t length = LOG_SECTOR;

    if (get(log, at + 24, 8) != sequence || offset % LOG_SECTOR != 0) {
        return false;
    }
    if (begins_with(log, at, "desc")) {
        *data += 1;
    } else if (begins_with(log, at, "zero")) {
        length = get(log, at + 8, 8);
    } else {
        return false;
    }
    return length % LOG_SECTOR == 0 && length <= UINT64_MAX - offset;
}

/* Do descriptors and data sectors fill the entry exactly? */
static bool has_sound_body(const struct test_log *log, const struct naive_entry *e)
{
    const uint64_t sectors = (64 + UINT64_C(32) * e->count + LOG_SECTOR - 1) / LOG_SECTOR;
    uint64_t data = 0;

    for (uint32_t i = 0; i < e->count; i++) {
        if (!is_descriptor(log, e->pos + 64 + UINT64_C(32) * i, e->sequence, &data)) {
            return false;
        }
    }
    if ((sectors + data) * LOG_SECTOR != e->length) {
        return false;
    }
    for (uint64_t i = 0; i < data; i++) {
        const uint64_t at = e->pos + (sectors + i) * LOG_SECTOR;

        if (!begins_with(log, at, "data") || get(log, at + 4, 4) != e->sequence >> 32 ||
            get(log, at + 4092, 4) != (e->sequence & 0xffffffff)) {
            return false;
        }
    }
    return true;
}

bool naive_entry(const struct test_log *log, uint32_t pos, struct naive_entry *out)
{
    uint8_t guid[16];

    *out = (struct naive_entry){
        .pos = pos,
        .length = (uint32_t)get(log, pos + 8, 4),
        .tail = (uint32_t)get(log, pos + 12, 4),
        .sequence = get(log, pos + 16, 8),
        .count = (uint32_t)get(log, pos + 24, 4),
        .flushed = get(log, pos + 48, 8),
        .last = get(log, pos + 56, 8),
    };
    image_get_bytes(log->im, log_at(log, pos) + 32, guid, sizeof(guid));
    return begins_with(log, pos, "loge") && memcmp(guid, log->guid, sizeof(guid)) == 0 &&
           out->sequence != 0 && out->length % LOG_SECTOR == 0 && out->length >= LOG_SECTOR &&
           out->length <= log->length && out->tail % LOG_SECTOR == 0 && out->tail < log->length &&
           UINT64_C(32) * out->count + 64 <= out->length && has_sound_body(log, out) &&
           log_checksum(log, pos, out->length) == get(log, pos + 4, 4);
}

/* What naive_entry() says of every sector, asked once. */
struct table {
    uint32_t length;
    bool *is_entry;
    struct naive_entry *entry;
};

static const struct naive_entry *entry_at(const struct table *t, uint64_t pos)
{
    const uint64_t sector = pos % t->length / LOG_SECTOR;

    return t->is_entry[sector] ? &t->entry[sector] : NULL;
}

/* The longest run from `start`. Returns its bytes, 0 for none. */
static uint64_t grow(const struct table *t, uint32_t start, struct naive_entry *head)
{
    const struct naive_entry *e = entry_at(t, start);
    uint64_t total = 0;

    while (e != NULL && total + e->length <= t->length &&
           (total == 0 || (head->sequence != UINT64_MAX && e->sequence == head->sequence + 1))) {
        *head = *e;
        total += e->length;
        e = total < t->length ? entry_at(t, start + total) : NULL;
    }
    return total;
}

/* Is `tail` the offset of an entry of the run? */
static bool holds(const struct table *t, uint32_t start, uint64_t bytes, uint32_t tail)
{
    const struct naive_entry *e = entry_at(t, start);
    uint64_t done = 0;

    while (e != NULL && done < bytes && e->pos != tail) {
        done += e->length;
        e = entry_at(t, start + done);
    }
    return e != NULL && done < bytes;
}

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("tests/support/naive_log: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static void add_write(struct naive_log *out, const struct naive_write *write)
{
    if ((out->count & (out->count + 1)) == 0) { /* room for 1, 3, 7, 15 ... */
        out->write = must(realloc(out->write, (out->count * 2 + 1) * sizeof(out->write[0])));
    }
    out->write[out->count] = *write;
    out->count++;
}

static void collect_entry(const struct test_log *log, const struct naive_entry *e,
                          struct naive_log *out)
{
    uint64_t data_at =
        e->pos + (64 + UINT64_C(32) * e->count + LOG_SECTOR - 1) / LOG_SECTOR * LOG_SECTOR;

    for (uint32_t i = 0; i < e->count; i++) {
        const uint64_t at = e->pos + 64 + UINT64_C(32) * i;
        struct naive_write w = {.begin = get(log, at + 16, 8)};

        w.is_zero = begins_with(log, at, "zero");
        w.end = w.begin + (w.is_zero ? get(log, at + 8, 8) : LOG_SECTOR);
        if (!w.is_zero) {
            image_get_bytes(log->im, log_at(log, data_at), w.bytes, sizeof(w.bytes));
            image_get_bytes(log->im, log_at(log, at) + 8, w.bytes, 8);
            image_get_bytes(log->im, log_at(log, at) + 4, w.bytes + LOG_SECTOR - 4, 4);
            data_at += LOG_SECTOR;
        }
        if (w.begin < w.end) {
            out->is_forbidden |=
                w.begin < 0x30000 || (w.begin < log->offset + log->length && w.end > log->offset);
            out->size = w.end > out->size ? w.end : out->size;
            add_write(out, &w);
        }
    }
}

static void collect(const struct test_log *log, struct naive_log *out)
{
    struct naive_entry e;
    const uint64_t mib = out->head.last / IMAGE_MIB + (out->head.last % IMAGE_MIB != 0 ? 1 : 0);
    const uint64_t last =
        mib > UINT64_MAX / IMAGE_MIB ? UINT64_MAX / IMAGE_MIB * IMAGE_MIB : mib * IMAGE_MIB;
    uint32_t pos = out->head.tail;

    out->size = last > out->size ? last : out->size;
    out->is_forbidden = log->im->size < out->head.flushed;
    do {
        (void)naive_entry(log, pos, &e);
        out->first_sequence = out->entries == 0 ? e.sequence : out->first_sequence;
        out->entries++;
        collect_entry(log, &e, out);
        pos = (uint32_t)(((uint64_t)pos + e.length) % log->length);
    } while (e.pos != out->head.pos);
}

void naive_scan(const struct test_log *log, struct naive_log *out)
{
    const uint32_t sectors = log->length / LOG_SECTOR;
    struct table t = {
        .length = log->length,
        .is_entry = must(calloc(sectors, sizeof(bool))),
        .entry = must(calloc(sectors, sizeof(struct naive_entry))),
    };

    memset(out, 0, sizeof(*out));
    out->size = log->im->size;
    for (uint32_t i = 0; i < sectors; i++) {
        t.is_entry[i] = naive_entry(log, i * LOG_SECTOR, &t.entry[i]);
    }
    for (uint32_t i = 0; i < sectors; i++) {
        struct naive_entry head = {0};
        const uint64_t bytes = grow(&t, i * LOG_SECTOR, &head);

        if (bytes > 0 && holds(&t, i * LOG_SECTOR, bytes, head.tail) &&
            (!out->has_sequence || head.sequence > out->head.sequence)) {
            out->has_sequence = true;
            out->head = head;
        }
    }
    if (out->has_sequence) {
        collect(log, out);
    }
    free(t.is_entry);
    free(t.entry);
}

void naive_free(struct naive_log *naive)
{
    free(naive->write);
    memset(naive, 0, sizeof(*naive));
}

void naive_read(const struct test_log *log, const struct naive_log *naive, size_t count,
                uint64_t offset, uint8_t bytes[LOG_SECTOR])
{
    const uint64_t inside = offset < log->im->size ? log->im->size - offset : 0;

    memset(bytes, 0, LOG_SECTOR);
    image_get_bytes(log->im, offset, bytes, (size_t)(inside < LOG_SECTOR ? inside : LOG_SECTOR));
    for (size_t i = 0; i < count; i++) {
        const struct naive_write *w = &naive->write[i];

        if (offset >= w->begin && offset < w->end && w->is_zero) {
            memset(bytes, 0, LOG_SECTOR);
        } else if (offset >= w->begin && offset < w->end) {
            memcpy(bytes, w->bytes, LOG_SECTOR);
        }
    }
}
