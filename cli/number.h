/* Numbers on the command line. */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Parse a number of bytes as qemu-io takes it: decimal or 0x..., then perhaps one of b, k, M, G, T,
 * P, E in either case, for powers of 1024. Returns false for anything else, and for 2^64 or more.
 */
bool cli_number_parse(const char *text, uint64_t *value);

#endif
