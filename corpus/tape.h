/* The one way to an image that is being modified: every write and every flush, done at once and, if
 * wanted, recorded in order, so that the moment of a power cut can be chosen afterwards. */
#ifndef CORPUS_TAPE_H
#define CORPUS_TAPE_H

#include "corpus/image.h"

/* NOTHING is never recorded: a test puts it where it leaves something out. */
enum tape_kind { TAPE_WRITE, TAPE_FLUSH, TAPE_NOTHING };

struct tape_op {
    enum tape_kind kind;
    uint64_t offset; /* WRITE: in the file */
    uint64_t len;    /* WRITE: at least 1 */
    uint8_t *bytes;  /* WRITE: NULL means zeros */
};

struct tape {
    struct image *im; /* the caller's; sees every write at once */
    bool is_recording;
    bool is_dirty; /* something was written since the last flush */
    struct tape_op *op;
    size_t count;
    size_t capacity;
};

/* A tape over im, which must outlive it; it does not record yet. Release it with tape_free(). */
void tape_init(struct tape *tape, struct image *im);
void tape_free(struct tape *tape);

/* Write len bytes at offset, which extends the file if it must. */
void tape_write(struct tape *tape, uint64_t offset, const uint8_t *bytes, size_t len);
void tape_zero(struct tape *tape, uint64_t offset, uint64_t len);

/* Everything written before is on the medium. Does nothing where that is so already. */
void tape_flush(struct tape *tape);

/* Do the bytes [begin, end) of a recorded write, counted from its start, to another image. */
void tape_play(const struct tape_op *op, uint64_t begin, uint64_t end, struct image *im);

#endif
