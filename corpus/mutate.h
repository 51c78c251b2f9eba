/* Damage with structure: a few fields of an image get values that readers trip over, and the
 * checksums are made good again, so that the damage is looked at and not just refused. */
#ifndef CORPUS_MUTATE_H
#define CORPUS_MUTATE_H

#include "corpus/image.h"

/* Change im, deterministically in seed: 1 to 8 mutations of the file identifier, headers, region
 * tables, metadata, BAT, log entries or the size of the file; structures are found where the
 * image's own region table and header say, whatever image it is. Then the checksums of headers,
 * region tables and log entries are recomputed, but for 1 seed in 8. Bounded: a few hundred KiB
 * and, of the log, the first 4 MiB are read. */
void mutate_image(struct image *im, uint64_t seed);

#endif
