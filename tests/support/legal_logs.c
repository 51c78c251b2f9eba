/* Legal logs and their meaning. */
#include "tests/support/legal_logs.h"

#include <stdio.h>
#include <stdlib.h>

/* Sector k of the ring, of the free bytes of the file, and of those of the metadata region. */
#define S(k) ((uint32_t)(k)*LOG_SECTOR)
#define F(k) (5 * IMAGE_MIB + (uint64_t)(k)*LOG_SECTOR)
#define M(k) (UINT64_C(0x280000) + (uint64_t)(k)*LOG_SECTOR)
#define DATA(to, pattern)                                                                          \
    {                                                                                              \
        LOG_DATA, to, pattern                                                                      \
    }
#define ZERO(to, sectors)                                                                          \
    {                                                                                              \
        LOG_ZERO, to, S(sectors)                                                                   \
    }
#define LAST_SEQUENCE UINT64_MAX

static void tear(const struct test_log *log, uint64_t sector)
{
    static const uint8_t zeros[LOG_SECTOR / 2];

    image_put_bytes(log->im, log_at(log, S(sector) + LOG_SECTOR / 2), zeros, sizeof(zeros));
}

static void tear_sector_3(const struct test_log *log)
{
    tear(log, 3);
}

static void tear_sector_2(const struct test_log *log)
{
    tear(log, 2);
}

/* The newest entry, at sector 2, claims far more than was written. */
static void claim_everything(const struct test_log *log)
{
    log_poke(log, S(2), E_LENGTH, 0x100000);
    log_poke(log, S(2), E_COUNT, 200);
}

/* Rubbish behind the last descriptor, covered by the checksum: QEMU of old. */
static void fill_unused_slots(const struct test_log *log)
{
    for (uint32_t pos = E_DESCRIPTOR(1); pos < LOG_SECTOR; pos += 8) {
        log_poke(log, 0, pos, 8, UINT64_C(0x0123456789abcdef) ^ pos);
    }
    log_seal(log, 0);
}

const struct legal_log LEGAL_LOG[] = {
    {.name = "one entry of one sector",
     .entry = {{.sequence = 1, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 1,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "entries before the Tail are not applied",
     .entry = {{.pos = S(0), .tail = S(0), .sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .tail = S(0), .sequence = 6, .write = {DATA(F(1), 2)}},
               {.pos = S(4), .tail = S(4), .sequence = 7, .write = {DATA(F(2), 3)}}},
     .want = {DATA(F(2), 3)},
     .first_sequence = 7,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "stale {3} in front of {10,11,12}",
     .entry = {{.pos = S(0), .tail = S(0), .sequence = 3, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .tail = S(2), .sequence = 10, .write = {DATA(F(1), 2)}},
               {.pos = S(4), .tail = S(2), .sequence = 11, .write = {DATA(F(2), 3)}},
               {.pos = S(6), .tail = S(2), .sequence = 12, .write = {DATA(F(3), 4)}}},
     .want = {DATA(F(1), 2), DATA(F(2), 3), DATA(F(3), 4)},
     .first_sequence = 10,
     .entries = 3,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "stale {3,4} in front of {10,11,12}",
     .entry = {{.pos = S(0), .tail = S(0), .sequence = 3, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .tail = S(0), .sequence = 4, .write = {DATA(F(1), 9)}},
               {.pos = S(4), .tail = S(4), .sequence = 10, .write = {DATA(F(1), 2)}},
               {.pos = S(6), .tail = S(4), .sequence = 11, .write = {DATA(F(2), 3)}},
               {.pos = S(8), .tail = S(4), .sequence = 12, .write = {DATA(F(3), 4)}}},
     .want = {DATA(F(1), 2), DATA(F(2), 3), DATA(F(3), 4)},
     .first_sequence = 10,
     .entries = 3,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a sequence that wraps the ring",
     .entry = {{.pos = S(252), .tail = S(252), .sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(254), .tail = S(252), .sequence = 6, .write = {DATA(F(1), 2)}},
               {.pos = S(0), .tail = S(252), .sequence = 7, .write = {DATA(F(0), 3)}}},
     .want = {DATA(F(1), 2), DATA(F(0), 3)},
     .first_sequence = 5,
     .entries = 3,
     .summary = "HDR-012w"},
    {.name = "a sequence that wraps into an older one",
     .entry = {{.pos = S(2), .tail = S(2), .sequence = 4, .write = {DATA(F(7), 9)}},
               {.pos = S(254), .tail = S(254), .sequence = 8, .write = {DATA(F(1), 2)}},
               {.pos = S(0), .tail = S(254), .sequence = 9, .write = {DATA(F(0), 3)}}},
     .want = {DATA(F(1), 2), DATA(F(0), 3)},
     .first_sequence = 8,
     .entries = 2,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "one entry split over the ring end",
     .entry = {{.pos = S(254),
                .tail = S(254),
                .sequence = 5,
                .write = {DATA(F(0), 1), ZERO(M(0), 2), DATA(F(1), 2), DATA(F(2), 3)}}},
     .want = {DATA(F(0), 1), DATA(F(1), 2), DATA(F(2), 3), ZERO(M(0), 2)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "an entry that fills the ring",
     .entry = {{.sequence = 5, .repeat = 254, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 254,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "an entry that fills the ring from its middle",
     .entry =
         {{.pos = S(100), .tail = S(100), .sequence = 5, .repeat = 254, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 254,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "an entry that fills the ring, its descriptors split over the ring end",
     .entry =
         {{.pos = S(255), .tail = S(255), .sequence = 5, .repeat = 254, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 254,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "a ring filled exactly",
     .chain = 128,
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 128,
     .first_sequence = 5,
     .entries = 128,
     .summary = "HDR-012w"},
    {.name = "a ring filled exactly from sector 77",
     .chain = 128,
     .entry = {{.pos = S(77), .tail = S(77), .sequence = 5, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 128,
     .first_sequence = 5,
     .entries = 128,
     .summary = "HDR-012w"},
    {.name = "127 descriptors",
     .entry = {{.sequence = 5, .repeat = 127, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 127,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "126 descriptors, the most of one sector",
     .entry = {{.sequence = 5, .repeat = 126, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_repeat = 126,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "255 descriptors of zeros",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = 6, .repeat = 255, .write = {ZERO(F(0), 1)}}},
     .want = {ZERO(F(0), 255)},
     .first_sequence = 5,
     .entries = 2,
     .summary = "HDR-012w"},
    {.name = "a torn newest entry",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = 6, .write = {DATA(F(1), 2)}}},
     .edit = tear_sector_3,
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a torn newest entry that claims everything",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = 6, .write = {DATA(F(1), 2)}}},
     .edit = claim_everything,
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a torn long entry in front of a live one",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1), DATA(F(1), 2), DATA(F(2), 3)}},
               {.pos = S(4), .tail = S(4), .sequence = 9, .write = {DATA(F(3), 4)}}},
     .edit = tear_sector_2,
     .want = {DATA(F(3), 4)},
     .first_sequence = 9,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a torn entry that claims the live one behind it",
     .entry = {{.pos = S(2), .sequence = 6, .write = {DATA(F(1), 2)}},
               {.pos = S(4), .tail = S(4), .sequence = 9, .write = {DATA(F(3), 4)}}},
     .edit = claim_everything,
     .want = {DATA(F(3), 4)},
     .first_sequence = 9,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a newest entry whose Tail names no entry",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(9), .tail = S(77), .sequence = 20, .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a newest entry whose Tail names a data sector",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(9), .tail = S(10), .sequence = 20, .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "growth by LastFileOffset",
     .entry = {{.sequence = 5, .last = 11 * IMAGE_MIB, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_size = 11 * IMAGE_MIB,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w RPL-003i"},
    {.name = "the LastFileOffset of the head counts, not the greatest",
     .entry = {{.sequence = 5, .last = 64 * IMAGE_MIB, .write = {DATA(F(0), 1)}},
               {.pos = S(2),
                .sequence = 6,
                .last = 10 * IMAGE_MIB,
                .write = {DATA(10 * IMAGE_MIB - LOG_SECTOR, 2)}}},
     .want = {DATA(F(0), 1), DATA(10 * IMAGE_MIB - LOG_SECTOR, 2)},
     .want_size = 10 * IMAGE_MIB,
     .first_sequence = 5,
     .entries = 2,
     .summary = "HDR-012w RPL-003i"},
    {.name = "an odd LastFileOffset is rounded up",
     .entry = {{.sequence = 5, .last = 10 * IMAGE_MIB + 1, .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .want_size = 11 * IMAGE_MIB,
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w LGE-015w RPL-003i"},
    {.name = "zero after data and data after zero in one entry",
     .entry = {{.sequence = 5,
                .write = {DATA(F(0), 1), ZERO(F(0), 1), ZERO(F(1), 3), DATA(F(2), 2),
                          DATA(F(2), 3)}}},
     .want = {ZERO(F(0), 4), DATA(F(2), 3)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "zero after data and data after zero across entries",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1), ZERO(F(1), 3), DATA(M(0), 4)}},
               {.pos = S(3), .sequence = 6, .write = {ZERO(F(0), 1), DATA(F(2), 2)}},
               {.pos = S(5), .sequence = 7, .write = {DATA(F(2), 3), ZERO(F(2), 0)}}},
     .want = {ZERO(F(0), 4), DATA(F(2), 3), DATA(M(0), 4)},
     .first_sequence = 5,
     .entries = 3,
     .summary = "HDR-012w"},
    {.name = "zeros of no length beyond everything",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1), ZERO(UINT64_C(1) << 62, 0)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "an active sequence without descriptors",
     .entry = {{.sequence = 5}},
     .first_sequence = 5,
     .entries = 1,
     .summary = "SEQ-012i"},
    {.name = "an empty entry of the newest sequence, as Windows leaves it",
     .entry = {{.sequence = UINT64_C(4371089312299158167), .flushed = 0, .last = 8 * IMAGE_MIB},
               {.pos = S(1),
                .tail = S(1),
                .sequence = UINT64_C(4371089312299158168),
                .last = 8 * IMAGE_MIB,
                .write = {DATA(F(0), 1)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = UINT64_C(4371089312299158168),
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "numbers around 2^32",
     .entry = {{.sequence = UINT32_MAX, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = UINT64_C(1) << 32, .write = {DATA(F(1), 2)}},
               {.pos = S(4), .sequence = (UINT64_C(1) << 32) + 1, .write = {DATA(F(0), 3)}}},
     .want = {DATA(F(1), 2), DATA(F(0), 3)},
     .first_sequence = UINT32_MAX,
     .entries = 3,
     .summary = "HDR-012w"},
    {.name = "numbers up to 2^64 - 1",
     .entry = {{.sequence = LAST_SEQUENCE - 1, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = LAST_SEQUENCE, .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1), DATA(F(1), 2)},
     .first_sequence = LAST_SEQUENCE - 1,
     .entries = 2,
     .summary = "HDR-012w"},
    {.name = "2^64 - 1 has no successor",
     .entry = {{.sequence = LAST_SEQUENCE, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .tail = S(2), .sequence = 1, .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = LAST_SEQUENCE,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "an entry of another LogGuid ends the sequence",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .sequence = 6, .write = {DATA(F(1), 2)}, .is_foreign = true}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "a gap of one sector ends the sequence",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(3), .sequence = 6, .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w SEQ-008i"},
    {.name = "the file is as long as FlushedFileOffset says",
     .entry = {{.sequence = 5, .flushed = 9 * IMAGE_MIB, .write = {DATA(F(0), 1)}},
               {.pos = S(2),
                .sequence = 6,
                .flushed = LEGAL_FILE_MIB * IMAGE_MIB,
                .write = {DATA(F(1), 2)}}},
     .want = {DATA(F(0), 1), DATA(F(1), 2)},
     .first_sequence = 5,
     .entries = 2,
     .summary = "HDR-012w"},
    {.name = "rubbish in the unused descriptor slots",
     .entry = {{.sequence = 5, .write = {DATA(F(0), 1)}}},
     .edit = fill_unused_slots,
     .want = {DATA(F(0), 1)},
     .first_sequence = 5,
     .entries = 1,
     .summary = "HDR-012w"},
    {.name = "a Tail that moves back",
     .entry = {{.pos = S(0), .tail = S(0), .sequence = 5, .write = {DATA(F(0), 1)}},
               {.pos = S(2), .tail = S(2), .sequence = 6, .write = {DATA(F(1), 2)}},
               {.pos = S(4), .tail = S(0), .sequence = 7, .write = {DATA(F(2), 3)}}},
     .want = {DATA(F(0), 1), DATA(F(1), 2), DATA(F(2), 3)},
     .first_sequence = 5,
     .entries = 3,
     .summary = "HDR-012w SEQ-011w"},
};
const size_t LEGAL_LOGS = VX_COUNT_OF(LEGAL_LOG);

void legal_make(const struct legal_log *row, struct image *im, struct test_log *log)
{
    image_make(im, &(struct image_spec){0});
    im->size = LEGAL_FILE_MIB * IMAGE_MIB;
    for (unsigned i = 0; i < 256; i++) { /* what lies there now is not zeros */
        uint8_t bytes[LOG_SECTOR];

        log_pattern(UINT64_C(0xffff0000) + i, bytes);
        image_put_bytes(im, F(i), bytes, sizeof(bytes));
    }
    log_init(log, im, IMAGE_LOG, VX_MIB);
    for (unsigned i = 0; i < LEGAL_ENTRIES && row->entry[i].sequence != 0; i++) {
        (void)log_put(log, &row->entry[i]);
    }
    for (uint32_t i = 1; i < row->chain; i++) {
        struct log_entry entry = row->entry[0];

        entry.pos = (entry.pos + i * log_bytes(&entry)) % log->length;
        entry.sequence += i;
        entry.write[0].offset += S(i);
        entry.write[0].value += i;
        (void)log_put(log, &entry);
    }
    if (row->edit != NULL) {
        row->edit(log);
    }
}

uint8_t *legal_expected(const struct legal_log *row, const struct image *im, size_t *size)
{
    struct log_entry want = {.repeat = row->want_repeat};
    uint8_t *bytes;

    memcpy(want.write, row->want, sizeof(want.write));
    *size = (size_t)(row->want_size != 0 ? row->want_size : LEGAL_FILE_MIB * IMAGE_MIB);
    bytes = calloc(1, *size);
    if (bytes == NULL) {
        fputs("tests/support/legal_logs: out of memory\n", stderr);
        abort();
    }
    image_get_bytes(im, 0, bytes, (size_t)im->size);
    for (uint32_t i = 0; i < log_count(&want); i++) {
        const struct log_write write = log_write(&want, i);

        if (write.kind == LOG_DATA) {
            log_pattern(write.value, bytes + write.offset);
        } else {
            memset(bytes + write.offset, 0, (size_t)write.value);
        }
    }
    return bytes;
}
