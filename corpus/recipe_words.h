/* Words of recipes that need no context: numbers, GUIDs, bytes, names. */
#ifndef CORPUS_RECIPE_WORDS_H
#define CORPUS_RECIPE_WORDS_H

#include "parser/base.h"

/* A sum that may leave 64 bits on its way, either side: its value is high * 2^64 + low. */
struct wide {
    uint64_t low;
    int high;
};

/* One term: digits, 0x and digits, with K, M, G or T behind them, or A^B. At most 2^64.
 * *at: its first character, moved behind it. Returns whether there was one. */
bool word_term(const char **at, struct wide *term);

struct wide wide_add(struct wide a, struct wide b);
struct wide wide_sub(struct wide a, struct wide b);

/* Plain digits, decimal or 0x, up to 2^32 - 1. */
bool word_index(const char **at, uint64_t *index);

/* "00112233-4455-6677-8899-aabbccddeeff" to the bytes on disk. */
bool word_guid(const char *text, uint8_t guid[16]);

/* An even number of hexadecimal digits; *count bytes, at most `room`. */
bool word_hex(const char *text, uint8_t *bytes, size_t room, size_t *count);

/* "TEXT" or u"TEXT", ASCII, the latter to UTF-16LE; *count bytes, at most `room`. */
bool word_text(const char *text, uint8_t *bytes, size_t room, size_t *count);

struct word_name {
    const char *name;
    uint64_t value;
};

/* The value of the name that is the whole of `text`. */
bool word_name(const struct word_name *names, size_t count, const char *text, uint64_t *value);

/* Names of block states. */
bool word_state(const char *text, unsigned *state);

#endif
