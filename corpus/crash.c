/* Enumeration of what a power cut may leave. The work is the number of states times the size of the
 * image: each is built from the last flush on. */
#include "corpus/crash.h"

#include "corpus/memory.h"

#include <stdlib.h>

enum { SUBSET_LIMIT = 16, SPREAD = 64 };

/* Bytes of one write that were done, or attempted. */
struct piece {
    size_t op;
    uint64_t begin;
    uint64_t end;
    bool is_rubbish;
};

struct crash {
    const struct tape *tape;
    const struct crash_options *options;
    crash_visit_fn *visit;
    void *ctx;
    uint64_t random;     /* state of the generator */
    struct image medium; /* everything flushed is done */
    size_t first;        /* operations since the last flush */
    size_t end;
    struct piece *piece; /* what else is done, in order */
    size_t count;
    size_t capacity;
    uint64_t states;
    bool is_over; /* the visitor has had enough */
};

/* xorshift64*, whose state is never 0. Below `limit`. */
static uint64_t chance(struct crash *c, uint64_t limit)
{
    c->random ^= c->random >> 12;
    c->random ^= (c->random & UINT64_C(0x7fffffffff)) << 25;
    c->random ^= c->random >> 27;
    return (c->random >> 16) % limit;
}

/* 0 for what is no write. */
static uint64_t len_of(const struct crash *c, size_t op)
{
    return c->tape->op[op].kind == TAPE_WRITE ? c->tape->op[op].len : 0;
}

static void add_piece(struct crash *c, const struct piece *piece)
{
    if (c->count == c->capacity) {
        c->capacity = 2 * c->capacity + 16;
        c->piece = memory_resize(c->piece, c->capacity, sizeof(c->piece[0]));
    }
    if (piece->begin < piece->end) {
        c->piece[c->count] = *piece;
        c->count++;
    }
}

static void add(struct crash *c, size_t op, uint64_t begin, uint64_t end)
{
    add_piece(c, &(struct piece){op, begin, end, false});
}

static void add_whole(struct crash *c, size_t begin, size_t end)
{
    for (size_t op = begin; op < end; op++) {
        add(c, op, 0, len_of(c, op));
    }
}

static void spoil(struct image *im, uint64_t begin, uint64_t end)
{
    for (uint64_t at = begin; at < end; at += 8) {
        image_put(im, at, 8, UINT64_C(0x5ad0bad05ad0bad0) ^ at);
    }
}

static void play(const struct crash *c, size_t index, struct image *im)
{
    const struct piece *piece = &c->piece[index];
    const struct tape_op *op = &c->tape->op[piece->op];

    tape_play(op, piece->begin, piece->end, im);
    if (piece->is_rubbish) {
        spoil(im, op->offset + piece->begin, op->offset + piece->end);
    }
}

static void visit(struct crash *c, bool is_reversed, const char *how)
{
    struct image im;
    struct crash_state state = {
        .im = &im, .durable = c->first, .issued = c->first, .until = c->end, .how = how};

    if (c->is_over) {
        return;
    }
    image_copy(&im, &c->medium);
    for (size_t i = 0; i < c->count; i++) {
        play(c, is_reversed ? c->count - 1 - i : i, &im);
        state.issued = c->piece[i].op >= state.issued ? c->piece[i].op + 1 : state.issued;
    }
    c->states++;
    c->is_over = !c->visit(c->ctx, &state);
    image_free(&im);
}

/* Only pieces of different writes can overlap. */
static bool has_overlap(const struct crash *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct piece *a = &c->piece[i];
        const uint64_t a_at = c->tape->op[a->op].offset;

        for (size_t j = 0; j < i; j++) {
            const struct piece *b = &c->piece[j];
            const uint64_t b_at = c->tape->op[b->op].offset;

            if (a_at + a->begin < b_at + b->end && b_at + b->begin < a_at + a->end) {
                return true;
            }
        }
    }
    return false;
}

/* The pieces are all that is done: one state, or two; then forget them. */
static void try_pieces(struct crash *c, const char *how)
{
    visit(c, false, how);
    if (c->count <= SPREAD && has_overlap(c)) {
        visit(c, true, how);
    }
    c->count = 0;
}

static void try_every_subset(struct crash *c)
{
    const size_t writes = c->end - c->first;

    for (uint32_t mask = 0; mask < UINT32_C(1) << writes; mask++) {
        for (size_t i = 0; i < writes; i++) {
            add(c, c->first + i, 0, (mask >> i & 1u) != 0 ? len_of(c, c->first + i) : 0);
        }
        try_pieces(c, "a subset of the writes");
    }
}

static void try_some_subsets(struct crash *c)
{
    for (size_t op = c->first; op <= c->end; op++) {
        add_whole(c, c->first, op);
        try_pieces(c, "the first writes");
    }
    for (size_t op = c->first; op < c->end; op++) {
        add_whole(c, op, op + 1);
        try_pieces(c, "one write alone");
        add_whole(c, c->first, op);
        add_whole(c, op + 1, c->end);
        try_pieces(c, "all writes but one");
    }
    for (unsigned i = 0; i < c->options->random; i++) {
        for (size_t op = c->first; op < c->end; op++) {
            add(c, op, 0, chance(c, 2) == 0 ? 0 : len_of(c, op));
        }
        try_pieces(c, "a random subset of the writes");
    }
}

/* Neither these writes alone, nor with them everything else of their time. */
static void try_cut(struct crash *c, size_t op, uint64_t begin, uint64_t end)
{
    add_whole(c, c->first, op);
    add(c, op, begin, end);
    try_pieces(c, "a part of the latest write");
    if (op + 1 < c->end) {
        add_whole(c, c->first, op);
        add(c, op, begin, end);
        add_whole(c, op + 1, c->end);
        try_pieces(c, "a part of one write, all others");
    }
}

static void try_cuts(struct crash *c, size_t op)
{
    const uint64_t len = len_of(c, op);
    const uint64_t all = len == 0 ? 0 : (len - 1) / CRASH_SECTOR;
    const uint64_t some = all < c->options->cut_most ? all : c->options->cut_most;

    for (uint64_t i = 0; i < some; i++) {
        uint64_t cut = i + 1;

        if (some < all && i >= 2) {
            cut = i < 4 ? all + 2 - i : 1 + chance(c, all);
        }
        cut *= CRASH_SECTOR;
        try_cut(c, op, 0, cut);
        try_cut(c, op, cut, len);
        add_whole(c, c->first, op);
        add(c, op, 0, cut);
        add(c, op, cut + CRASH_SECTOR, len);
        add_whole(c, op + 1, c->end);
        try_pieces(c, "all but one sector");
    }
}

/* Large writes are taken apart at no more than SPREAD places. */
static void try_random_sectors(struct crash *c)
{
    for (size_t op = c->first; op < c->end; op++) {
        const uint64_t sectors = len_of(c, op) / CRASH_SECTOR;
        const uint64_t step = (sectors / SPREAD + 1) * CRASH_SECTOR;

        for (uint64_t at = 0; at < len_of(c, op); at += step) {
            const uint64_t left = len_of(c, op) - at;

            add(c, op, at, chance(c, 2) == 0 ? at : at + (left < step ? left : step));
        }
    }
    try_pieces(c, "random sectors");
}

static bool leaves_rubbish(const struct crash *c, size_t op)
{
    return len_of(c, op) > 0 && c->tape->op[op].offset < c->options->rubbish_end;
}

static void try_rubbish_in(struct crash *c, size_t op, uint64_t begin, uint64_t end)
{
    const struct piece piece = {op, begin, end, true};

    add_piece(c, &piece);
    try_pieces(c, "rubbish in the only write");
    add_whole(c, c->first, op);
    add_piece(c, &piece);
    try_pieces(c, "rubbish in the latest write");
    add_whole(c, c->first, op);
    add_piece(c, &piece);
    add_whole(c, op + 1, c->end);
    try_pieces(c, "rubbish in one write, all others");
}

static void try_rubbish(struct crash *c)
{
    unsigned spoilt = 0;

    for (size_t op = c->first; op < c->end; op++) {
        const uint64_t len = len_of(c, op);

        if (leaves_rubbish(c, op)) {
            try_rubbish_in(c, op, 0, len < CRASH_SECTOR ? len : CRASH_SECTOR);
            try_rubbish_in(c, op, len < CRASH_SECTOR ? 0 : len - CRASH_SECTOR, len);
            try_rubbish_in(c, op, 0, len);
            spoilt++;
        }
    }
    for (size_t op = c->first; op < c->end && spoilt > 1; op++) {
        add_piece(c, &(struct piece){op, 0, len_of(c, op), leaves_rubbish(c, op)});
    }
    if (spoilt > 1) {
        try_pieces(c, "rubbish in all writes");
    }
}

/* The writes from c->first to c->end, of which none is flushed. */
static void try_writes(struct crash *c)
{
    if (c->end - c->first <= c->options->subset_most && c->end - c->first <= SUBSET_LIMIT) {
        try_every_subset(c);
    } else {
        try_some_subsets(c);
    }
    for (size_t op = c->first; op < c->end; op++) {
        try_cuts(c, op);
    }
    try_rubbish(c);
    for (unsigned i = 0; i < c->options->random && c->first < c->end; i++) {
        try_random_sectors(c);
    }
}

uint64_t crash_enumerate(const struct image *base, const struct tape *tape,
                         const struct crash_options *options, crash_visit_fn *visit_state,
                         void *ctx)
{
    struct crash c = {.tape = tape, .options = options, .visit = visit_state, .ctx = ctx};

    c.random = options->seed * 2 + 1;
    image_copy(&c.medium, base);
    while (c.end <= tape->count && !c.is_over) {
        c.first = c.end;
        while (c.end < tape->count && tape->op[c.end].kind != TAPE_FLUSH) {
            c.end++;
        }
        try_writes(&c);
        for (size_t op = c.first; op < c.end; op++) {
            tape_play(&tape->op[op], 0, tape->op[op].len, &c.medium);
        }
        c.end++; /* behind the flush */
    }
    image_free(&c.medium);
    free(c.piece);
    return c.states;
}
