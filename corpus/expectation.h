/* What a check must say about an image: the .expect files, corpus/README.md. */
#ifndef CORPUS_EXPECTATION_H
#define CORPUS_EXPECTATION_H

#include "parser/finding.h"

enum { EXPECT_LINES = 128, EXPECT_ERROR_BYTES = 256, EXPECT_TEXT_BYTES = 36864 };

/* A rule that fires with one severity. */
struct expect_line {
    enum vx_rule rule;
    enum vx_severity severity;
    uint64_t total;
    uint64_t offset; /* of the first; VX_NO_OFFSET: it has none */
    bool has_index;
    uint64_t index; /* which of several headers, entries or the like the first is about */
};

/* One run: its lines in the order of rules.def, then of severities. */
struct expect_part {
    enum vx_verdict verdict;
    struct expect_line line[EXPECT_LINES];
    size_t count;
};

struct expectation {
    struct expect_part check; /* as after replay */
    int exit_status;
    bool has_raw; /* else the structures as they lie say the same */
    struct expect_part raw;
    bool has_chain;           /* the recipe names a parent */
    struct expect_part chain; /* as after replay, and judged with its parents */
    bool has_reads;
    uint64_t reads; /* bytes a check reads at most */
    char error[EXPECT_ERROR_BYTES];
};

/* Read the text. Returns whether it is an expectation; else e->error says "FILE:LINE: message". */
bool expectation_read(struct expectation *e, const char *file, const char *text, size_t len);

/* The text of e, canonical, with a NUL behind it; at most EXPECT_TEXT_BYTES. */
void expectation_print(const struct expectation *e, char text[EXPECT_TEXT_BYTES]);

/* The exit status of vhdxray that goes with a verdict. */
int expectation_exit_status(enum vx_verdict verdict);

/* An index is compared where both have one. */
bool expect_part_equal(const struct expect_part *a, const struct expect_part *b);

#endif
