/* Power cuts. Between two flushes the medium may do with what was written as it likes: do it or
 * not, in any order, and any part of it down to the sector of 512 bytes. What was written before
 * the last flush is there. From a base image and the tape of its modification come the images that
 * a power cut may leave. */
#ifndef CORPUS_CRASH_H
#define CORPUS_CRASH_H

#include "corpus/tape.h"

enum { CRASH_SECTOR = 512 };

struct crash_options {
    unsigned subset_most; /* at most so many writes between two flushes: every subset of them, at
                             most 16; more: every prefix, each alone, all but each, and `random`
                             subsets */
    unsigned cut_most;    /* a write is cut at so many sector boundaries: at all if there are no
                             more, else at the first and last two and others by chance */
    uint64_t rubbish_end; /* only writes that begin below this offset leave rubbish: the format has
                             an answer to that for metadata, and none for payload */
    unsigned random;      /* per flush, so many states where chance decides for each sector */
    uint64_t seed;
};

struct crash_state {
    struct image *im; /* the visitor may change it */
    size_t durable;   /* operations of the tape that are done for certain */
    size_t issued;    /* operations that must have been begun for this state to be possible: those
                         from durable on may be done, or in part, or not */
    size_t until;     /* operations that may have been begun: all up to the next flush */
    const char *how;  /* it came about, for people: a literal */
};

/* Told about each state. Returns whether to go on. */
typedef bool crash_visit_fn(void *ctx, const struct crash_state *state);

/* Visit the states that power cuts during the whole tape may leave, from nothing done to everything
 * done. Of each subset the writes are done in their order, and, where some overlap, in the opposite
 * order too; a cut write has its head or its tail done or lacks one sector, and with it are done
 * either all writes before it and none behind, or all others of its time. Rubbish lies in the first
 * sector of a write, in its last, or in all of it; or in all writes at once. Deterministic.
 * base: the image before the tape. Returns the number of states visited. */
uint64_t crash_enumerate(const struct image *base, const struct tape *tape,
                         const struct crash_options *options, crash_visit_fn *visit, void *ctx);

#endif
