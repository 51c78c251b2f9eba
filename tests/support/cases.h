/* Checks that are hindered: bytes that cannot be read, little memory, few passes. No image can
 * bring that about by itself, so these are no recipes of the corpus; all other rules have theirs
 * there. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include "corpus/recipe.h"
#include "tests/support/fault_source.h"
#include "tests/support/findings.h"
#include "tests/support/replayed.h"

#define CASE_ANY (UINT64_MAX - 1) /* index or offset: not looked at */

struct rule_case {
    const char *name;
    enum vx_rule rule;
    bool fires;            /* else the rule must stay silent */
    const char *recipe;    /* of the image: its text */
    struct vx_range bad;   /* bytes that cannot be read */
    bool has_least_memory; /* else enough */
    size_t overlay_bytes;  /* memory of the overlay; 0: enough */
    uint64_t pass_limit;   /* 0: the default */
    const char *want;      /* summary of all findings */
    uint64_t index;        /* of the rule's finding, when it fires */
    uint64_t offset;
};

extern const struct rule_case CASES[];
extern const size_t CASES_COUNT;

/* Build the row's image, or say what is wrong with its recipe and abort. recipe_free() it. */
void case_make(const struct rule_case *row, struct recipe *r);

/* The image as the row lets it be read; fault and r must outlive the source. */
struct vx_source case_source(const struct rule_case *row, struct recipe *r,
                             struct fault_source *fault);

/* The memory and the passes that the row allows for an image of file_bytes. */
struct replay_options case_options(const struct rule_case *row, uint64_t file_bytes);

/* Build the image, check it with replay, release it. out is initialised here; findings_free() it.
 * size, if not NULL, receives the file's size after replay. */
void case_run(const struct rule_case *row, struct findings *out, uint64_t *size);

#endif
