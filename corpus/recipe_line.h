/* One line of a recipe: its words, its options, its numbers. Every function that returns a bool
 * returns false after it has put an error with file and line into the recipe. */
#ifndef CORPUS_RECIPE_LINE_H
#define CORPUS_RECIPE_LINE_H

#include "parser/base.h"

enum { LINE_BYTES = 4096, LINE_WORDS = 128, RECIPE_ERROR_BYTES = 512 };

struct recipe;

struct recipe_line {
    const char *file;
    size_t number; /* from 1 */
    char text[LINE_BYTES];
    size_t count;           /* of words; the first is the command */
    char *word[LINE_WORDS]; /* in text; "..." is one word with its quotes */
    bool is_used[LINE_WORDS];
};

/* An offset in the file, or in each of the two copies of a structure. */
struct recipe_address {
    uint64_t at[2];
    unsigned copies; /* 1 or 2 */
};

/* Does it separate words? What some editors put at the end of a line, \r, does too. */
bool line_is_blank(char c);

/* Cut text of len bytes, one line without its end, into words; what follows # is left out. */
bool line_split(struct recipe *r, const char *text, size_t len);

/* Set the error "FILE:LINE: message: word"; word may be NULL. Returns false. */
bool line_fail(struct recipe *r, const char *message, const char *word);

/* Fail unless every word was asked for. */
bool line_end(struct recipe *r);

/* Word `index`, or an error that it is missing. */
bool line_word(struct recipe *r, size_t index, const char **word);

/* Is there a word `index` that is no option? */
bool line_has(const struct recipe *r, size_t index);

/* Word `index` as a number, as an address; a number of at most `most`. */
bool line_number(struct recipe *r, size_t index, uint64_t most, uint64_t *value);
bool line_address(struct recipe *r, size_t index, struct recipe_address *address);

/* The number behind NAME=, at most `most`; *value stays when the option is not there. */
bool line_option(struct recipe *r, const char *name, uint64_t most, uint64_t *value);
bool line_has_option(const struct recipe *r, const char *name);

/* The text behind NAME=, or NULL. */
const char *line_option_text(struct recipe *r, const char *name);

/* Is the word `name` there? */
bool line_flag(struct recipe *r, const char *name);

/* A number as text. */
bool line_value(struct recipe *r, const char *text, uint64_t *value);

/* Count steps of work; an error when there were too many. */
bool line_spend(struct recipe *r, uint64_t steps);

/* The same for a write of len bytes at offset, which must end at or below RECIPE_OFFSET_MAX. */
bool line_span(struct recipe *r, uint64_t offset, uint64_t len);

#endif
