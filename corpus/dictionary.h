/* Words of the format for fuzzers: signatures, GUIDs, and the numbers at which readers trip. */
#ifndef CORPUS_DICTIONARY_H
#define CORPUS_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As long as libFuzzer takes them. */
enum { DICTIONARY_WORD_BYTES = 64 };

struct dictionary_word {
    const char *name; /* letters, digits and _ */
    uint8_t bytes[DICTIONARY_WORD_BYTES];
    size_t size; /* not 0 */
};

/* Word `index`, counted from 0. Returns false behind the last one. */
bool dictionary_get(size_t index, struct dictionary_word *out);

#endif
