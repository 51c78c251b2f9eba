/* The log as a writer uses it: metadata is staged, written into the ring as entries that are atomic
 * each, and put in its place later. Spec: MS-VHDX 2.3; logbuild.h builds logs of any shape instead,
 * right or wrong. */
#ifndef CORPUS_JOURNAL_H
#define CORPUS_JOURNAL_H

#include "corpus/logbuild.h"
#include "corpus/tape.h"

/* What one descriptor will say: a sector, or zeros of a length that is a multiple of it. */
struct journal_item {
    uint64_t offset;
    uint64_t len;
    uint8_t *bytes; /* LOG_SECTOR bytes; NULL: zeros */
};

struct journal_items { /* in order: the later wins */
    struct journal_item *at;
    size_t count;
    size_t capacity;
};

struct journal {
    struct tape *tape;
    uint64_t offset;      /* of the log in the file */
    uint32_t length;      /* of the ring */
    uint8_t guid[16];     /* LogGuid; zeros: the log is empty */
    uint64_t sequence;    /* of the next entry */
    uint32_t next;        /* ring position of the next entry */
    uint32_t tail;        /* of the oldest entry that is not all in its place yet; else next */
    uint32_t latest_tail; /* Tail of the newest entry */
    uint32_t live;        /* bytes in front of next that hold a sequence which is still needed */
    uint32_t entry_most;  /* bytes of one entry, at most length - 8192; a transaction that is larger
                             takes several */
    uint64_t flushed;     /* bytes of the file that are on the medium for certain */
    uint64_t file_end;    /* the structures of the file all lie below it; whole MiB */
    struct journal_items staged; /* not in the log yet */
    struct journal_items logged; /* not in its place yet */
};

/* A journal over the log at offset, empty. Release it with journal_free(). */
void journal_init(struct journal *j, struct tape *tape, uint64_t offset, uint32_t length);
void journal_free(struct journal *j);

/* Begin a log under a new LogGuid with an empty entry, and flush. The headers may name the LogGuid
 * only afterwards: one that has no valid sequence makes the file corrupt (2.3.3). Until then the
 * log is empty, and nothing in it is overwritten that counts. */
void journal_start(struct journal *j, const uint8_t guid[16]);

/* The log is empty from now on: its LogGuid is zero, or is about to change. */
void journal_end(struct journal *j);

/* Metadata as a reader would see it with everything staged and logged in its place. */
void journal_read(const struct journal *j, uint64_t offset, uint8_t *bytes, size_t len);

/* Have a byte range written by the next transaction: heads and tails of sectors are merged with
 * what the destination holds. Zeros: whole sectors, offset and len multiples of 4096. */
void journal_stage(struct journal *j, uint64_t offset, const uint8_t *bytes, size_t len);
void journal_stage_zeros(struct journal *j, uint64_t offset, uint64_t len);

/* Bytes of the entry that would hold everything staged. */
uint64_t journal_staged(const struct journal *j);

/* Write what is staged: one entry, or several where entry_most or the ring
 * asks for it, in the order of staging. A ring that is full is emptied first: flush, everything in
 * its place, flush, and an empty entry whose Tail is its own gives up the old sequence (2.3.1).
 * What is staged must not depend on writes that are not flushed. Does not flush at the end. */
void journal_write(struct journal *j);

/* Flush: the newest sequence is on the medium, so the ring may be reused up to its tail. */
void journal_flush(struct journal *j);

/* Put everything logged in its place: flush, the writes, flush. The sequence on the medium stays
 * valid, and replaying it changes nothing. */
void journal_apply(struct journal *j);

#endif
