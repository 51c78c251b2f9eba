/* Damage with structure: a few fields of an image get values that readers trip over, structures
 * change places, and the checksums are made good again, so that the damage is looked at and not
 * just refused. */
#ifndef CORPUS_MUTATE_H
#define CORPUS_MUTATE_H

#include "corpus/dice.h"
#include "corpus/image.h"

enum { MUTATE_UNSEALED = 8 }; /* one in so many mutants keeps the checksums it had */

/* Change im, deterministically in seed: 1 to 8 times mutate_once(), then reseal_image(), but for 1
 * seed in MUTATE_UNSEALED. */
void mutate_image(struct image *im, uint64_t seed);

/* One mutation of the file identifier, headers, region tables, metadata, BAT, log or the size of
 * the file, or of their order (rearrange.h); structures are found where the image itself says,
 * whatever image it is. Checksums stay as they are. Bounded: some hundred KiB are read, at most 1
 * MiB is moved. */
void mutate_once(struct image *im, struct dice *dice);

#endif
