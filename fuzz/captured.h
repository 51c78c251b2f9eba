/* Output for people and programs, caught in memory, and what no output may hold. */
#ifndef FUZZ_CAPTURED_H
#define FUZZ_CAPTURED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_CAPTURED_BYTES = 2097152 };

struct fuzz_captured {
    char text[FUZZ_CAPTURED_BYTES];
    size_t len;
    bool is_cut; /* there was more */
};

/* A vxo_write_fn; ctx: a struct fuzz_captured. */
void fuzz_capture(void *ctx, const char *bytes, size_t len);

/* The character at text, which is at most len bytes of UTF-8: its code, and in *taken its bytes;
 * 0 of them when it is malformed. */
uint32_t fuzz_character(const char *text, size_t len, size_t *taken);

/* Demand UTF-8 without anything that could steer a terminal or deceive who looks at it: no control
 * character but the end of a line, nothing that reorders or hides. has_color: sequences that set
 * the colour are no such thing. */
void fuzz_must_be_safe(const char *text, size_t len, bool has_color);

#endif
