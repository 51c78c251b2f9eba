/* What a check says about an image, in the form of an expectation. Needs no test library. */
#ifndef TESTS_JUDGE_H
#define TESTS_JUDGE_H

#include "corpus/expectation.h"
#include "corpus/image.h"
#include "corpus/lineage.h"
#include "tests/support/findings.h"

/* Summary of all findings: total and first offset of each pair of rule and severity. Of a rule that
 * came with several severities more often than findings are forwarded, the others count for the
 * severity that was forwarded last. */
void judge_findings(const struct findings *f, struct expect_part *part);

struct judged {
    struct findings check; /* as after replay */
    struct findings raw;   /* the structures as they lie */
    uint64_t size;         /* of what was judged, after replay */
    uint64_t bytes_read;   /* by the first */
};

/* Check im, with the least memory that is allowed or with plenty; name: printed on failure. */
void judge_image(struct image *im, const char *name, bool has_least_memory, struct judged *out);
void judged_free(struct judged *judged);

/* What would be expected of an image judged so; has_raw where the parts differ. */
void judged_expectation(const struct judged *judged, struct expectation *out);

/* The part about the chain: what is found of the first image when its parents are judged, too. */
void judge_chain(const struct lineage *lineage, struct expectation *out);

#endif
