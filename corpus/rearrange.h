/* Mutations that leave each structure sound in itself and put it elsewhere: entries change places,
 * blocks, regions and the log move, GUIDs and sequence numbers become others that mean something.
 * Checksums stay as they are: see reseal.h. */
#ifndef CORPUS_REARRANGE_H
#define CORPUS_REARRANGE_H

#include "corpus/anatomy.h"
#include "corpus/dice.h"

/* A GUID of a region, an item, a header or a log entry becomes one that is known, or LogGuids
 * become equal. */
void rearrange_guids(const struct anatomy *a, struct dice *dice);

/* The sequence numbers of the headers, or of a log entry with all its parts. */
void rearrange_sequences(const struct anatomy *a, struct dice *dice);

/* Two entries of a region table, of the metadata table or of the BAT change places, or one is there
 * twice. */
void rearrange_entries(const struct anatomy *a, struct dice *dice);

/* The bytes of a block, at most 1 MiB of them, go elsewhere and its BAT entry follows. */
void rearrange_blocks(const struct anatomy *a, struct dice *dice);

/* A log entry goes elsewhere in the ring, as it is or with the next sequence number. */
void rearrange_log(const struct anatomy *a, struct dice *dice);

/* A region or the log, at most 1 MiB of it, goes elsewhere in the file, and tables or headers
 * follow. */
void rearrange_places(const struct anatomy *a, struct dice *dice);

#endif
