/* Checksums made good again in an image of any layout, so that damage behind them is looked at and
 * not just refused. */
#ifndef CORPUS_RESEAL_H
#define CORPUS_RESEAL_H

#include "corpus/image.h"

/* Recompute the checksums of what looks like an entry in the logs that the headers name, that of
 * the current header last, as log_seal_all() does; then those of both headers and both region
 * tables. What is right stays as it is. Time: that of 136 KiB, and of 256 KiB for each entry. */
void reseal_image(struct image *im);

#endif
