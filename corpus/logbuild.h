/* Builder of logs in images. Spec: MS-VHDX 2.3, written down a second time, as image.h does
 * for the rest. Everything is bytes in the image, so that a test may break any of it afterwards. */
#ifndef CORPUS_LOGBUILD_H
#define CORPUS_LOGBUILD_H

#include "corpus/image.h"

enum {
    LOG_SECTOR = 4096,
    LOG_WRITES = 6,           /* that a table row can spell out */
    LOG_HEADER_SLOTS = 126,   /* descriptors in the first sector of an entry */
    LOG_SECTOR_SLOTS = 128,   /* and in each further one */
    LOG_SEALED_BYTES = 262144 /* of an entry that may be nonsense */
};

/* What one descriptor does. */
enum log_kind { LOG_NONE, LOG_DATA, LOG_ZERO };
struct log_write {
    enum log_kind kind;
    uint64_t offset; /* in the file */
    uint64_t value;  /* DATA: number of the pattern; ZERO: bytes */
};

/* Fields of an entry, positions and widths. */
#define E_LENGTH            8, 4
#define E_TAIL              12, 4
#define E_SEQUENCE          16, 8
#define E_COUNT             24, 4
#define E_RESERVED          28, 4
#define E_GUID              32, 8
#define E_DESCRIPTOR(index) (64 + 32 * (index))

struct log_entry {
    uint32_t pos;  /* in the ring */
    uint32_t tail; /* likewise */
    uint64_t sequence;
    struct log_write write[LOG_WRITES]; /* up to the first LOG_NONE */
    uint64_t flushed;
    uint64_t last;
    uint32_t repeat; /* if not 0: so many descriptors like write[0], each 4 KiB further, and if they
                        are DATA each with the next pattern */
    const struct log_write *writes; /* if set, all descriptors, `count` of them, instead of the
                                       above */
    uint32_t count;
    bool is_foreign; /* another LogGuid */
};

/* A log being built. */
struct test_log {
    struct image *im;
    uint64_t offset; /* in the file */
    uint32_t length;
    uint8_t guid[16]; /* LogGuid of the headers */
};

/* Make the image dirty: both headers name a log of `length` bytes at `offset`, and LOG_GUID. */
void log_init(struct test_log *log, struct image *im, uint64_t offset, uint32_t length);

/* The same, with the headers' checksums left as they were. */
void log_name(struct test_log *log, struct image *im, uint64_t offset, uint32_t length);

/* Offset in the file of ring position pos, which may lie beyond the end of the ring. */
uint64_t log_at(const struct test_log *log, uint64_t pos);

/* Descriptors of an entry, and write number `index` of it. */
uint32_t log_count(const struct log_entry *entry);
struct log_write log_write(const struct log_entry *entry, uint32_t index);

/* Sectors that `count` descriptors take, the entry's first one included. */
uint32_t log_descriptor_sectors(uint32_t count);

/* Bytes of the ring that the entry takes. */
uint32_t log_bytes(const struct log_entry *entry);

/* Write the entry, sealed. Returns the ring position behind it. */
uint32_t log_put(const struct test_log *log, const struct log_entry *entry);

/* Write a field of the entry at pos. */
void log_poke(const struct test_log *log, uint32_t pos, uint32_t field, unsigned width,
              uint64_t value);

/* Recompute the checksum over the EntryLength that the entry at pos states. */
void log_seal(const struct test_log *log, uint32_t pos);

/* Seal what looks like an entry: where a sector of the log begins with "loge" and states a length
 * of at most LOG_SEALED_BYTES, or ends before the next such sector. So each entry that is valid but
 * for its checksum is valid then, in time linear in what is there. */
void log_seal_all(const struct test_log *log);

/* CRC-32C over `len` bytes of the ring at pos, with the checksum field at pos as zeros. */
uint32_t log_checksum(const struct test_log *log, uint32_t pos, uint32_t len);

/* The 4 KiB of pattern `number`. Any two patterns differ in their first 8 and last 4 bytes. */
void log_pattern(uint64_t number, uint8_t bytes[LOG_SECTOR]);

extern const uint8_t LOG_GUID[16];

#endif
