/* Expectations: parsed line by line, printed in one form only. At most EXPECT_LINES lines a part.
 */
#include "corpus/expectation.h"

#include "corpus/recipe.h"
#include "corpus/recipe_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const VERDICT[] = {[VX_SOUND] = "sound",
                                      [VX_WARNINGS] = "warnings",
                                      [VX_CORRUPT] = "corrupt",
                                      [VX_INCOMPLETE] = "incomplete"};
static const int STATUS[] = {
    [VX_SOUND] = 0, [VX_WARNINGS] = 3, [VX_CORRUPT] = 2, [VX_INCOMPLETE] = 1};
static const char *const SEVERITY[VX_SEV_COUNT] = {[VX_SEV_DEFAULT] = "default",
                                                   [VX_SEV_INFO] = "info",
                                                   [VX_SEV_WARNING] = "warning",
                                                   [VX_SEV_ERROR] = "error",
                                                   [VX_SEV_FATAL] = "fatal"};

enum { WORDS = 5, WORD_BYTES = 32 };

struct reader {
    struct expectation *e;
    const char *file;
    size_t line;
    struct expect_part *part; /* that findings belong to; NULL before the first */
    bool has_check;
    size_t count;
    char word[WORDS][WORD_BYTES];
};

static bool fail(struct reader *in, const char *message)
{
    (void)snprintf(in->e->error, sizeof(in->e->error), "%s:%zu: %s", in->file, in->line, message);
    return false;
}

/* Cut a line into words; what follows # is left out. */
static bool cut(struct reader *in, const char *text, size_t len)
{
    const char *hash = memchr(text, '#', len);
    size_t at = 0;

    len = hash != NULL ? (size_t)(hash - text) : len;
    in->count = 0;
    while (at < len) {
        size_t end = at;

        while (end < len && text[end] > ' ' && text[end] <= '~') {
            end++;
        }
        if (end == at) {
            if (text[at] != ' ' && text[at] != '\r') {
                return fail(in, "only printable ASCII and blanks are allowed");
            }
            at++;
            continue;
        }
        if (in->count == WORDS || end - at >= WORD_BYTES) {
            return fail(in, "too many words, or too long a word");
        }
        memcpy(in->word[in->count], text + at, end - at);
        in->word[in->count][end - at] = '\0';
        in->count++;
        at = end;
    }
    return true;
}

static bool find(const char *const *names, size_t count, const char *word, unsigned *index)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool number(const char *word, uint64_t *value)
{
    struct wide wide;

    if (!word_term(&word, &wide) || wide.high != 0 || *word != '\0') {
        return false;
    }
    *value = wide.low;
    return true;
}

static bool read_check(struct reader *in)
{
    unsigned verdict;
    uint64_t status;

    if (in->has_check) {
        return fail(in, "there is a check already");
    }
    if (in->count != 3 || !find(VERDICT, VX_COUNT_OF(VERDICT), in->word[1], &verdict) ||
        !number(in->word[2], &status)) {
        return fail(in, "check VERDICT EXIT-STATUS is wanted");
    }
    if (status != (uint64_t)STATUS[verdict]) {
        return fail(in, "this exit status does not go with the verdict");
    }
    in->e->check.verdict = (enum vx_verdict)verdict;
    in->e->exit_status = STATUS[verdict];
    in->part = &in->e->check;
    in->has_check = true;
    return true;
}

/* A part behind the check: raw VERDICT, chain VERDICT. */
static bool read_part(struct reader *in, struct expect_part *part, bool *has_part)
{
    unsigned verdict;

    if (!in->has_check || *has_part) {
        return fail(in, "one part raw and one part chain may follow the check");
    }
    if (in->count != 2 || !find(VERDICT, VX_COUNT_OF(VERDICT), in->word[1], &verdict)) {
        return fail(in, "raw VERDICT or chain VERDICT is wanted");
    }
    part->verdict = (enum vx_verdict)verdict;
    in->part = part;
    *has_part = true;
    return true;
}

static bool read_reads(struct reader *in)
{
    if (in->count != 2 || in->e->has_reads || !number(in->word[1], &in->e->reads)) {
        return fail(in, "reads N is wanted, once");
    }
    in->e->has_reads = true;
    return true;
}

/* Does a come before b? */
static bool is_before(const struct expect_line *a, const struct expect_line *b)
{
    return a->rule < b->rule || (a->rule == b->rule && a->severity < b->severity);
}

/* "[9]"; its word is cut short. */
static bool read_index(char *word, struct expect_line *line)
{
    const size_t len = strlen(word);

    if (len < 3 || word[0] != '[' || word[len - 1] != ']') {
        return false;
    }
    word[len - 1] = '\0';
    line->has_index = true;
    return number(word + 1, &line->index);
}

/* RULE SEVERITY TOTAL [@OFFSET] ["["INDEX"]"] */
static bool read_line(struct reader *in, struct expect_line *line)
{
    unsigned severity;
    size_t at = 3; /* words so far */

    *line = (struct expect_line){.offset = VX_NO_OFFSET};
    if (in->count < 3 || !recipe_rule(in->word[0], &line->rule)) {
        return false;
    }
    if (!find(SEVERITY, VX_COUNT_OF(SEVERITY), in->word[1], &severity) || severity == 0 ||
        !number(in->word[2], &line->total) || line->total == 0) {
        return false;
    }
    line->severity = (enum vx_severity)severity;
    if (at < in->count && in->word[at][0] == '@') {
        if (!number(in->word[at] + 1, &line->offset)) {
            return false;
        }
        at++;
    }
    if (at < in->count) {
        if (!read_index(in->word[at], line)) {
            return false;
        }
        at++;
    }
    return at == in->count;
}

static bool read_finding(struct reader *in)
{
    struct expect_part *part = in->part;
    struct expect_line line;

    if (!read_line(in, &line)) {
        return fail(in,
                    "neither check, raw, chain, reads nor RULE SEVERITY TOTAL, @OFFSET, [INDEX]");
    }
    if (part == NULL || part->count == EXPECT_LINES) {
        return fail(in, "findings follow a check, raw or chain");
    }
    if (part->count > 0 && !is_before(&part->line[part->count - 1], &line)) {
        return fail(in, "not in the order of the rules, then of severities");
    }
    part->line[part->count] = line;
    part->count++;
    return true;
}

static bool read_words(struct reader *in)
{
    if (in->count == 0) {
        return true;
    }
    if (strcmp(in->word[0], "check") == 0) {
        return read_check(in);
    }
    if (strcmp(in->word[0], "raw") == 0) {
        return read_part(in, &in->e->raw, &in->e->has_raw);
    }
    if (strcmp(in->word[0], "chain") == 0) {
        return read_part(in, &in->e->chain, &in->e->has_chain);
    }
    return strcmp(in->word[0], "reads") == 0 ? read_reads(in) : read_finding(in);
}

bool expectation_read(struct expectation *e, const char *file, const char *text, size_t len)
{
    struct reader in = {.e = e, .file = file};

    memset(e, 0, sizeof(*e));
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        const size_t line = end != NULL ? (size_t)(end - text) : len;
        const size_t step = end != NULL ? line + 1 : line;

        in.line++;
        if (!cut(&in, text, line) || !read_words(&in)) {
            return false;
        }
        text += step;
        len -= step;
    }
    return in.has_check || fail(&in, "the check is missing");
}

int expectation_exit_status(enum vx_verdict verdict)
{
    return STATUS[verdict];
}

static bool line_equal(const struct expect_line *a, const struct expect_line *b)
{
    return a->rule == b->rule && a->severity == b->severity && a->total == b->total &&
           a->offset == b->offset && (!a->has_index || !b->has_index || a->index == b->index);
}

bool expect_part_equal(const struct expect_part *a, const struct expect_part *b)
{
    if (a->verdict != b->verdict || a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!line_equal(&a->line[i], &b->line[i])) {
            return false;
        }
    }
    return true;
}

/* ---- printing ---- */

/* All parts at their longest are shorter than the text. */
static size_t print_lines(const struct expect_part *part, char *text, size_t len)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct expect_line *line = &part->line[i];

        len +=
            (size_t)snprintf(text + len, EXPECT_TEXT_BYTES - len, "  %s %s %" PRIu64,
                             recipe_rule_name(line->rule), SEVERITY[line->severity], line->total);
        if (line->offset != VX_NO_OFFSET) {
            len +=
                (size_t)snprintf(text + len, EXPECT_TEXT_BYTES - len, " @0x%" PRIx64, line->offset);
        }
        if (line->has_index) {
            len += (size_t)snprintf(text + len, EXPECT_TEXT_BYTES - len, " [%" PRIu64 "]",
                                    line->index);
        }
        len += (size_t)snprintf(text + len, EXPECT_TEXT_BYTES - len, "\n");
    }
    return len;
}

static size_t print_part(const char *name, const struct expect_part *part, char *text, size_t len)
{
    len += (size_t)snprintf(text + len, EXPECT_TEXT_BYTES - len, "%s %s\n", name,
                            VERDICT[part->verdict]);
    return print_lines(part, text, len);
}

void expectation_print(const struct expectation *e, char text[EXPECT_TEXT_BYTES])
{
    size_t len = (size_t)snprintf(text, EXPECT_TEXT_BYTES, "check %s %d\n",
                                  VERDICT[e->check.verdict], STATUS[e->check.verdict]);

    len = print_lines(&e->check, text, len);
    if (e->has_raw) {
        len = print_part("raw", &e->raw, text, len);
    }
    if (e->has_chain) {
        len = print_part("chain", &e->chain, text, len);
    }
    if (e->has_reads) {
        (void)snprintf(text + len, EXPECT_TEXT_BYTES - len, "reads %" PRIu64 "\n", e->reads);
    }
}
