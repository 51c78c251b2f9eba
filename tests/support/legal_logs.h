/* Legal logs, several of which well-known readers get wrong, and what must be read afterwards:
 * stated by hand, row by row. */
#ifndef TESTS_LEGAL_LOGS_H
#define TESTS_LEGAL_LOGS_H

#include "corpus/logbuild.h"

enum { LEGAL_ENTRIES = 6, LEGAL_FILE_MIB = 8 };

struct legal_log {
    const char *name;
    struct log_entry entry[LEGAL_ENTRIES]; /* up to the first of sequence 0 */
    uint32_t chain; /* if not 0: so many entries like entry[0], one behind the other, each with the
                       next number, pattern and sector */
    void (*edit)(const struct test_log *log); /* afterwards; may be NULL */
    struct log_write want[LOG_WRITES];        /* applied to the image in this order */
    uint32_t want_repeat;                     /* as log_entry.repeat, of want[0] */
    uint64_t want_size;                       /* 0: LEGAL_FILE_MIB */
    uint64_t first_sequence;
    uint64_t entries;
    const char *summary; /* of all findings */
};

extern const struct legal_log LEGAL_LOG[];
extern const size_t LEGAL_LOGS;

/* A sound image with 4 free MiB behind its BAT, and the row's log in it. image_free() it. */
void legal_make(const struct legal_log *row, struct image *im, struct test_log *log);

/* The whole file after replay, as the row states it: size bytes, malloc'ed. */
uint8_t *legal_expected(const struct legal_log *row, const struct image *im, size_t *size);

#endif
