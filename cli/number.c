/* Digits, then a suffix: one character a step. */
#include "cli/number.h"

#include <string.h>

enum { DECIMAL = 10, HEXADECIMAL = 16, KIB_SHIFT = 10 };

/* Value of a digit of that base, or the base itself for what is none. */
static unsigned digit_of(char c, unsigned base)
{
    static const char DIGITS[] = "0123456789abcdef";
    char lower = c;
    const char *at = NULL;

    if (c >= 'A' && c <= 'F') {
        lower = (char)(c - 'A' + 'a');
    }
    at = lower == '\0' ? NULL : strchr(DIGITS, lower);
    return at == NULL || at - DIGITS >= (long)base ? base : (unsigned)(at - DIGITS);
}

bool cli_number_parse(const char *text, uint64_t *value)
{
    static const char SUFFIXES[] = "bBkKmMgGtTpPeE"; /* two of each power */
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned base = is_hex ? HEXADECIMAL : DECIMAL;
    const char *at = text + (is_hex ? 2 : 0);
    const char *first = at;
    const char *suffix = NULL;
    unsigned shift = 0;
    uint64_t number = 0;

    for (; digit_of(*at, base) < base; at++) {
        unsigned digit = digit_of(*at, base);

        if (number > (UINT64_MAX - digit) / base) {
            return false;
        }
        number = number * base + digit;
    }
    if (at == first) {
        return false;
    }
    if (*at != '\0') {
        suffix = strchr(SUFFIXES, *at);
        if (suffix == NULL || at[1] != '\0') {
            return false;
        }
        shift = (unsigned)(suffix - SUFFIXES) / 2 * KIB_SHIFT;
        if (number > UINT64_MAX >> shift) {
            return false;
        }
        number <<= shift;
    }
    *value = number;
    return true;
}
