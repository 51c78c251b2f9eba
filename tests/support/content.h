/* Assertion: the virtual disk holds what a recipe says, and nothing but zeros besides. */
#ifndef TESTS_CONTENT_H
#define TESTS_CONTENT_H

#include "corpus/recipe.h"

/* Check r's image with replay and compare the whole disk; what would be the parent's counts as
 * zeros. name: printed on failure. */
void expect_content(struct recipe *r, const char *name);

#endif
