/* The log as the specification words it, without regard to speed: MS-VHDX 2.3.3. The oracle of the
 * tests of replay/; shares no code with it. */
#ifndef TESTS_NAIVE_LOG_H
#define TESTS_NAIVE_LOG_H

#include "corpus/logbuild.h"

struct naive_entry {
    uint32_t pos;
    uint32_t length;
    uint32_t tail;
    uint32_t count;
    uint64_t sequence;
    uint64_t flushed;
    uint64_t last;
};

/* A descriptor to apply. */
struct naive_write {
    uint64_t begin; /* in the file */
    uint64_t end;
    bool is_zero;
    uint8_t bytes[LOG_SECTOR]; /* of a data descriptor */
};

struct naive_log {
    bool has_sequence;
    struct naive_entry head;
    uint64_t first_sequence;
    uint32_t entries;          /* from tail to head */
    bool is_forbidden;         /* truncated, or a target where none may be */
    uint64_t size;             /* of the file after replay */
    struct naive_write *write; /* in the order of replay */
    size_t count;
};

/* Is there a valid entry at pos? */
bool naive_entry(const struct test_log *log, uint32_t pos, struct naive_entry *out);

/* Find the active sequence. Release with naive_free(). */
void naive_scan(const struct test_log *log, struct naive_log *out);
void naive_free(struct naive_log *naive);

/* What the 4 KiB at offset (a multiple of 4096) are after replay of the first `count` writes. */
void naive_read(const struct test_log *log, const struct naive_log *naive, size_t count,
                uint64_t offset, uint8_t bytes[LOG_SECTOR]);

#endif
