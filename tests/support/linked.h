/* The images of a lineage, each judged as after replay, and the chain that they are. Needs no test
 * library. */
#ifndef TESTS_LINKED_H
#define TESTS_LINKED_H

#include "corpus/lineage.h"
#include "parser/chain.h"
#include "tests/support/replayed.h"
#include "tests/support/virtual_disk.h"

/* Too large for a stack, and it stays where it is. */
struct linked {
    struct replayed image[LINEAGE_MAX]; /* findings about a parent are the child's */
    struct virtual_disk disk[LINEAGE_MAX];
    size_t count;          /* of images: those up to where the chain ends or begins again */
    struct vx_chain chain; /* those of them whose disk is known */
};

/* Open an image and, where its recipe names one, its parents: then VX_RUN_010 is what cannot be
 * read for want of a parent, else VX_RUN_006. lineage must outlive all this. */
void linked_open(struct linked *l, const struct lineage *lineage, bool has_least_memory);
void linked_close(struct linked *l);

#endif
