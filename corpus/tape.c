/* The tape of an image's modifications. */
#include "corpus/tape.h"

#include "corpus/memory.h"

#include <stdlib.h>

void tape_init(struct tape *tape, struct image *im)
{
    *tape = (struct tape){.im = im};
}

void tape_free(struct tape *tape)
{
    for (size_t i = 0; i < tape->count; i++) {
        free(tape->op[i].bytes);
    }
    free(tape->op);
    *tape = (struct tape){.im = NULL};
}

/* bytes: NULL for zeros. */
static void put(struct image *im, uint64_t offset, const uint8_t *bytes, uint64_t len)
{
    if (bytes != NULL) {
        image_put_bytes(im, offset, bytes, (size_t)len);
    } else {
        sparse_clear(&im->bytes, offset, offset + len);
    }
    if (im->size < offset + len) {
        im->size = offset + len;
    }
}

static void record(struct tape *tape, enum tape_kind kind, uint64_t offset, const uint8_t *bytes,
                   uint64_t len)
{
    struct tape_op *op;

    if (!tape->is_recording) {
        return;
    }
    if (tape->count == tape->capacity) {
        tape->capacity = 2 * tape->capacity + 16;
        tape->op = memory_resize(tape->op, tape->capacity, sizeof(tape->op[0]));
    }
    op = &tape->op[tape->count];
    *op = (struct tape_op){.kind = kind, .offset = offset, .len = len};
    if (bytes != NULL) {
        op->bytes = memory_take((size_t)len, 1);
        memcpy(op->bytes, bytes, (size_t)len);
    }
    tape->count++;
}

static void do_write(struct tape *tape, uint64_t offset, const uint8_t *bytes, uint64_t len)
{
    if (len > 0) {
        put(tape->im, offset, bytes, len);
        tape->is_dirty = true;
        record(tape, TAPE_WRITE, offset, bytes, len);
    }
}

void tape_write(struct tape *tape, uint64_t offset, const uint8_t *bytes, size_t len)
{
    do_write(tape, offset, bytes, len);
}

void tape_zero(struct tape *tape, uint64_t offset, uint64_t len)
{
    do_write(tape, offset, NULL, len);
}

void tape_flush(struct tape *tape)
{
    if (tape->is_dirty) {
        tape->is_dirty = false;
        record(tape, TAPE_FLUSH, 0, NULL, 0);
    }
}

void tape_play(const struct tape_op *op, uint64_t begin, uint64_t end, struct image *im)
{
    if (op->kind == TAPE_WRITE && begin < end) {
        put(im, op->offset + begin, op->bytes == NULL ? NULL : op->bytes + begin, end - begin);
    }
}
