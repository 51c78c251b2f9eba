/* A source that counts, and that goes wrong when told to. */
#ifndef TESTS_FAULT_SOURCE_H
#define TESTS_FAULT_SOURCE_H

#include "parser/source.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_FAIL_ONCE,   /* read number `at` fails, the others work */
    FAULT_FAIL_FROM,   /* so do all later ones */
    FAULT_CHANGE_ONCE, /* read number `at` delivers every byte inverted */
    FAULT_CHANGE_FROM, /* so do all later ones */
    FAULT_SHRINK_FROM, /* from read number `at` on only bytes below `limit` are there */
    FAULT_FAIL_RANGE   /* reads that touch [begin, end) fail, like a bad sector */
};

struct fault_source {
    struct vx_source inner;
    enum fault_kind kind;
    uint64_t at;    /* counts from 0 */
    uint64_t limit; /* for FAULT_SHRINK_FROM */
    struct vx_range bad;
    uint64_t reads; /* calls so far */
    uint64_t bytes; /* asked for so far */
    uint64_t failures;
    uint64_t changes;
    uint64_t outside;   /* reads outside [0, size): the parser's own bounds check failed */
    uint64_t queries;   /* next_data calls */
    bool fails_queries; /* next_data fails */
};

/* Wrap a source, FAULT_NONE; set the members afterwards. */
void fault_source_init(struct fault_source *fault, const struct vx_source *inner);

/* The faulty view of it; knows holes when the inner one does. */
struct vx_source fault_source(struct fault_source *fault);

#endif
