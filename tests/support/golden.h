/* All that vhdxray has to say about an image, as one number: findings with all their members, with
 * plenty of memory and with the least; what became known of the structures; the story of the log;
 * what replay writes and changes; what the virtual disk maps to and holds, and with its parents.
 * Integers are folded in whatever their byte order in memory, so that the number is the same on
 * every machine. Needs no test library. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "corpus/lineage.h"
#include "tests/support/cases.h"
#include "tests/support/legal_logs.h"

uint64_t golden_recipe(const struct lineage *lineage);
uint64_t golden_case(const struct rule_case *row);
uint64_t golden_log(const struct legal_log *row);

/* What became known of the structures alone. */
uint64_t golden_facts(const struct vx_facts *facts);

/* The power cuts of one session of the writer, with a log that wraps, bitmaps, and bits of an
 * earlier life. Returns false, having said why, when a state is not as it must be. */
bool golden_cuts(uint64_t *digest);

#endif
