/* Assertion: the virtual disk holds what a recipe says, and nothing but zeros besides. */
#ifndef TESTS_CONTENT_H
#define TESTS_CONTENT_H

#include "corpus/lineage.h"

/* Check the image of a lineage, and its parents, with replay and compare the whole disk, read
 * through the chain and from the places that the map names. Where the recipe names no parent, what
 * would be the parent's counts as zeros; otherwise all of the disk must be readable. */
void expect_content(const struct lineage *lineage);

#endif
