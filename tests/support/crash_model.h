/* What a virtual disk may hold after a power cut, and whether an image holds it.
 *
 * The model follows a script of calls to the writer. Metadata, which goes through the log, is all
 * or nothing: of the calls so far, the first k are in effect, k at least the number of calls that
 * were flushed, at most the number begun. A sector that was given a new place by such a call holds
 * what it was given, for its payload was flushed before. Payload written in place is not journaled:
 * each 512 bytes hold the newest flushed content or that of any call since. There is no third.
 *
 * Only the sectors that were named as probes beforehand are looked at. */
#ifndef TESTS_CRASH_MODEL_H
#define TESTS_CRASH_MODEL_H

#include "corpus/crash.h"
#include "corpus/writer.h"

enum { MODEL_CALLS = 512, MODEL_BLOCKS = 4096, MODEL_WHY_BYTES = 256 };

struct model_event {
    unsigned call;
    bool is_placed; /* by metadata; else written in place */
    uint64_t value;
};

/* 512 virtual bytes. Sectors are written with one number repeated; 0 for zeros. */
struct model_probe {
    uint64_t sector; /* offset / 512 */
    bool is_own;     /* in a partially present block: not the parent's */
    struct model_event *event;
    size_t count;
    size_t capacity;
};

/* A wrong reader: changes the image so that a right one falls into the same error. */
typedef void crash_mistake_fn(struct image *im);

struct crash_model {
    struct image base; /* before the tape */
    struct image im;
    struct writer w;
    unsigned state[MODEL_BLOCKS];
    unsigned calls; /* numbered from 1 */
    size_t begin[MODEL_CALLS + 1];
    size_t end[MODEL_CALLS + 1];      /* operations of the tape */
    bool is_promise[MODEL_CALLS + 1]; /* what came before is durable once the call is done */
    struct model_probe *probe;
    size_t probes;
    bool may_split; /* a call may be several transactions */
    crash_mistake_fn *mistake;
    char why[MODEL_WHY_BYTES]; /* the last image that was refused */
};

/* A session over a new image. The caller may then set the writer's choices. */
void model_init(struct crash_model *m, const struct image_spec *spec);
void model_free(struct crash_model *m);

/* Name the first and last sector of [offset, offset + len), those around it, and the first and the
 * last of their blocks. Before any call. */
void model_watch(struct crash_model *m, uint64_t offset, uint64_t len);

/* Calls up to here are the base image; the tape records from here on. */
void model_record(struct crash_model *m);

/* The writer's calls. offset and len: whole logical sectors. They must succeed. */
void model_write(struct crash_model *m, uint64_t offset, uint64_t len);
void model_discard(struct crash_model *m, uint64_t offset, uint64_t len, unsigned state);
void model_commit(struct crash_model *m);
void model_apply(struct crash_model *m);

/* Write `sectors` 4 KiB sectors of free metadata bytes through the log. */
void model_fill(struct crash_model *m, unsigned sectors);

/* May a power cut leave this image, and does vhdxray call it sound? Sets m->why if not. */
bool model_judge(struct crash_model *m, const struct crash_state *state);

#endif
