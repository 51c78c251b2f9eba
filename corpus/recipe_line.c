/* One line of a recipe. Loops end with the line: at most LINE_WORDS words, LINE_BYTES bytes. */
#include "corpus/recipe_line.h"

#include "corpus/recipe_places.h"
#include "corpus/recipe_words.h"

#include <stdio.h>
#include <string.h>

bool line_fail(struct recipe *r, const char *message, const char *word)
{
    if (r->error[0] == '\0') {
        (void)snprintf(r->error, sizeof(r->error), "%s:%zu: %s%s%.100s", r->line.file,
                       r->line.number, message, word != NULL ? ": " : "", word != NULL ? word : "");
    }
    return false;
}

/* ---- words ---- */

bool line_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_printable(char c)
{
    return (c >= ' ' && c <= '~') || line_is_blank(c);
}

/* The end of the word at `at`; NULL when its string is not closed. */
static char *word_end(char *at)
{
    char *quote = at[0] == 'u' && at[1] == '"' ? at + 1 : at;

    if (*quote == '"') {
        quote = strchr(quote + 1, '"');
        return quote != NULL ? quote + 1 : NULL;
    }
    while (*at != '\0' && !line_is_blank(*at) && *at != '#') {
        at++;
    }
    return at;
}

/* Take the word at *at, which is moved behind it; *at becomes NULL when a comment follows. */
static bool take_word(struct recipe *r, char **at)
{
    struct recipe_line *line = &r->line;
    char *begin = *at;
    char *end = word_end(begin);

    if (end == NULL) {
        return line_fail(r, "this text has no end", begin);
    }
    if (line->count == LINE_WORDS) {
        return line_fail(r, "too many words", NULL);
    }
    if (*end != '\0' && !line_is_blank(*end) && *end != '#') {
        return line_fail(r, "a blank is missing behind this text", begin);
    }
    line->word[line->count] = begin;
    line->count++;
    *at = *end == '#' ? NULL : end + (*end != '\0' ? 1 : 0);
    *end = '\0';
    return true;
}

/* Cut line->text, in place. */
static bool cut(struct recipe *r)
{
    char *at = r->line.text;

    while (at != NULL) {
        while (line_is_blank(*at)) {
            at++;
        }
        if (*at == '\0' || *at == '#') {
            return true;
        }
        if (!take_word(r, &at)) {
            return false;
        }
    }
    return true;
}

bool line_split(struct recipe *r, const char *text, size_t len)
{
    struct recipe_line *line = &r->line;

    line->count = 0;
    memset(line->is_used, 0, sizeof(line->is_used));
    if (len >= LINE_BYTES) {
        return line_fail(r, "the line is too long", NULL);
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_printable(text[i]) && memchr(text, '#', i) == NULL) {
            return line_fail(r, "only printable ASCII may stand in front of a comment", NULL);
        }
    }
    memcpy(line->text, text, len);
    line->text[len] = '\0';
    if (memchr(text, '\0', len) != NULL) {
        line->text[0] = '\0'; /* of a comment: what is in front ends there, too */
        return line_fail(r, "a zero byte", NULL);
    }
    return cut(r);
}

bool line_end(struct recipe *r)
{
    for (size_t i = 1; i < r->line.count; i++) {
        if (!r->line.is_used[i]) {
            return line_fail(r, "not understood here", r->line.word[i]);
        }
    }
    return true;
}

/* Is it NAME=...? Text is not. */
static bool is_option(const char *word)
{
    const size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyz");

    return len > 0 && word[len] == '=';
}

bool line_has(const struct recipe *r, size_t index)
{
    return index < r->line.count && !is_option(r->line.word[index]);
}

bool line_word(struct recipe *r, size_t index, const char **word)
{
    if (!line_has(r, index)) {
        return line_fail(r, "something is missing behind", r->line.word[r->line.count - 1]);
    }
    r->line.is_used[index] = true;
    *word = r->line.word[index];
    return true;
}

const char *line_option_text(struct recipe *r, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 1; i < r->line.count; i++) {
        const char *word = r->line.word[i];

        if (strncmp(word, name, len) == 0 && word[len] == '=' && !r->line.is_used[i]) {
            r->line.is_used[i] = true;
            return word + len + 1;
        }
    }
    return NULL;
}

bool line_has_option(const struct recipe *r, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 1; i < r->line.count; i++) {
        if (strncmp(r->line.word[i], name, len) == 0 && r->line.word[i][len] == '=') {
            return true;
        }
    }
    return false;
}

bool line_flag(struct recipe *r, const char *name)
{
    for (size_t i = 1; i < r->line.count; i++) {
        if (strcmp(r->line.word[i], name) == 0 && !r->line.is_used[i]) {
            r->line.is_used[i] = true;
            return true;
        }
    }
    return false;
}

/* ---- numbers ---- */

struct sum {
    struct wide value;
    bool is_pair;
};

/* One term: a number or a place in `copy`. */
static bool read_term(struct recipe *r, const char **at, unsigned copy, bool is_bare,
                      struct sum *sum)
{
    const char *begin = *at;
    struct recipe_place place;

    if (*begin == '@' || (is_bare && *begin >= 'a' && *begin <= 'z')) {
        *at += *begin == '@' ? 1 : 0;
        if (!place_read(r, at, copy, &place)) {
            return false;
        }
        sum->value = (struct wide){place.offset, 0};
        sum->is_pair = sum->is_pair || place.is_pair;
        return true;
    }
    return word_term(at, &sum->value) || line_fail(r, "not a number", begin);
}

/* A whole sum. is_bare: its first term may be a place without @. */
static bool read_sum(struct recipe *r, const char *text, unsigned copy, bool is_bare,
                     struct recipe_address *address)
{
    struct sum term = {{0, 0}, false};
    struct wide total;
    const char *at = text;

    if (!read_term(r, &at, copy, is_bare, &term)) {
        return false;
    }
    total = term.value;
    while (*at == '+' || *at == '-') {
        const char sign = *at;

        at++;
        if (!read_term(r, &at, copy, false, &term)) {
            return false;
        }
        total = sign == '+' ? wide_add(total, term.value) : wide_sub(total, term.value);
    }
    if (*at != '\0') {
        return line_fail(r, "not a number", text);
    }
    if (total.high != 0) {
        return line_fail(r, "this does not fit 64 bits", text);
    }
    address->at[copy] = total.low;
    address->copies = term.is_pair ? 2 : 1;
    return true;
}

bool line_value(struct recipe *r, const char *text, uint64_t *value)
{
    struct recipe_address address;

    if (!read_sum(r, text, 0, false, &address)) {
        return false;
    }
    *value = address.at[0];
    return true;
}

static bool limited(struct recipe *r, const char *text, uint64_t most, uint64_t *value)
{
    uint64_t number;

    if (!line_value(r, text, &number)) {
        return false;
    }
    if (number > most) {
        return line_fail(r, "too large", text);
    }
    *value = number;
    return true;
}

bool line_number(struct recipe *r, size_t index, uint64_t most, uint64_t *value)
{
    const char *word;

    return line_word(r, index, &word) && limited(r, word, most, value);
}

bool line_option(struct recipe *r, const char *name, uint64_t most, uint64_t *value)
{
    const char *text = line_option_text(r, name);

    return text == NULL || limited(r, text, most, value);
}

bool line_address(struct recipe *r, size_t index, struct recipe_address *address)
{
    const char *word;

    return line_word(r, index, &word) && read_sum(r, word, 0, true, address) &&
           read_sum(r, word, 1, true, address);
}

/* ---- bounds ---- */

bool line_spend(struct recipe *r, uint64_t steps)
{
    if (steps > RECIPE_STEPS_MAX - r->steps) {
        return line_fail(r, "this is too much work for a recipe", NULL);
    }
    r->steps += steps;
    return true;
}

bool line_span(struct recipe *r, uint64_t offset, uint64_t len)
{
    if (len > RECIPE_OFFSET_MAX || offset > RECIPE_OFFSET_MAX - len) {
        return line_fail(r, "this ends beyond 2^63", NULL);
    }
    return line_spend(r, 1 + len / 512);
}
