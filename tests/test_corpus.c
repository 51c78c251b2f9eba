/* Every recipe of the corpus against its expectation: verdict, exit status, each rule with its
 * severity, total and first place, as after replay and raw; what the virtual disk holds; that all
 * of this is the same with any memory, and that faults are said. Every rule has its recipes. Spec:
 * corpus/README.md. */
#include "corpus/library.h"
#include "corpus/lineage.h"
#include "tests/support/cases.h"
#include "tests/support/content.h"
#include "tests/support/expect.h"
#include "tests/support/expect_steady.h"
#include "tests/support/judge.h"
#include "tests/support/linked.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { PATH_BYTES = 4096, RECIPES_MOST = 4096 };

static struct library library;
static char folder[PATH_BYTES];

/* ---- reading ---- */

static void read_expectation(const char *name, struct expectation *e)
{
    size_t len = 0;
    char *path;
    char *text = library_text(folder, name, ".expect", &len, &path);

    if (text == NULL) {
        fail_msg("%s is missing", path);
    } else if (!expectation_read(e, path, text, len)) {
        fail_msg("%s", e->error);
    }
    free(text);
    free(path);
}

/* ---- comparing ---- */

static bool equal(const struct expectation *a, const struct expectation *b)
{
    return expect_part_equal(&a->check, &b->check) && a->exit_status == b->exit_status &&
           a->has_raw == b->has_raw && (!a->has_raw || expect_part_equal(&a->raw, &b->raw)) &&
           a->has_chain == b->has_chain &&
           (!a->has_chain || expect_part_equal(&a->chain, &b->chain));
}

static void compare(const struct lineage *lineage, const struct expectation *want,
                    const struct judged *judged)
{
    static struct expectation got;
    static char text[EXPECT_TEXT_BYTES];
    const char *name = lineage->name[0];

    judged_expectation(judged, &got);
    if (lineage->recipe[0]->parent[0] != '\0') {
        judge_chain(lineage, &got);
    }
    if (!equal(want, &got)) {
        expectation_print(want, text);
        print_error("%s: wanted\n%s", name, text);
        expectation_print(&got, text);
        fail_msg("%s: but found\n%s", name, text);
    }
}

static void check_with(const struct lineage *lineage, const struct expectation *want)
{
    struct recipe *r = lineage->recipe[0];
    const char *name = lineage->name[0];
    struct judged plenty;
    struct judged least;

    judge_image(&r->im, name, false, &plenty);
    judge_image(&r->im, name, true, &least);
    expect_invariants(&plenty.check, plenty.size);
    expect_invariants(&plenty.raw, r->im.size);
    compare(lineage, want, &plenty);
    expect_same(&plenty.check, &least.check, "the least memory");
    expect_same(&plenty.raw, &least.raw, "the least memory");
    if (want->has_reads && plenty.bytes_read > want->reads) {
        fail_msg("%s: %" PRIu64 " bytes were read, more than %" PRIu64, name, plenty.bytes_read,
                 want->reads);
    }
    judged_free(&least);
    expect_steady(&r->im, name, &plenty);
    expect_faults_said(&r->im, name);
    judged_free(&plenty);
}

/* Findings about a chain are like all others, and do not hang on memory either. That it has no end
 * is said once, of the image that comes last. */
static void check_chain(const struct lineage *lineage)
{
    static struct linked plenty;
    static struct linked least;

    linked_open(&plenty, lineage, false);
    linked_open(&least, lineage, true);
    assert_int_equal(plenty.count, least.count);
    for (size_t i = 0; i < plenty.count; i++) {
        expect_invariants(&plenty.image[i].f, plenty.image[i].check->view.size);
        expect_same(&plenty.image[i].f, &least.image[i].f, "the least memory");
    }
    if (lineage->again < lineage->count && plenty.count == lineage->count) {
        expect_total(&plenty.image[plenty.count - 1].f, VX_CHN_006, 1);
    }
    linked_close(&least);
    linked_close(&plenty);
}

/* ---- what a recipe is an example for ---- */

static bool has_rule(const struct expect_part *part, unsigned rule)
{
    for (size_t i = 0; i < part->count; i++) {
        if ((unsigned)part->line[i].rule == rule) {
            return true;
        }
    }
    return false;
}

/* A rule may be fired by the structures alone: VHDX-RUN-004 is. Missed it is by the check. Where
 * there is a chain it counts for both. */
static void check_claims(const struct recipe *r, const char *name, const struct expectation *e)
{
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const bool is_there = has_rule(&e->check, rule) || has_rule(&e->chain, rule);

        if (r->fires[rule] && !is_there && !has_rule(&e->raw, rule)) {
            fail_msg("%s: the recipe fires %s, but nobody expects it", name,
                     recipe_rule_name((enum vx_rule)rule));
        }
        if (r->misses[rule] && is_there) {
            fail_msg("%s: the recipe misses %s, but it is expected", name,
                     recipe_rule_name((enum vx_rule)rule));
        }
    }
}

static void test_recipe__built_and_checked__says_what_is_expected(void **state)
{
    static struct lineage lineage;
    static struct expectation e;
    const char *name = *state;
    struct recipe *r;

    if (!lineage_read(&lineage, folder, name)) {
        fail_msg("%s", lineage.error);
    }
    r = lineage.recipe[0];
    read_expectation(name, &e);
    check_claims(r, name, &e);
    check_with(&lineage, &e);
    if (r->parent[0] != '\0') {
        check_chain(&lineage);
    }
    if (r->has_content) {
        expect_content(&lineage);
    }
    lineage_free(&lineage);
}

/* ---- the whole ---- */

/* What an image cannot bring about: bad sectors, want of memory. The rows about them are in
 * tests/support/cases.c. */
static bool is_about_the_run(unsigned rule)
{
    return rule == VX_RUN_001 || rule == VX_RUN_005 || rule == VX_RUN_007 || rule == VX_RUN_009;
}

/* A change while it is read, a parent that is not there: the command line notices that. */
static bool is_raised_by_caller(unsigned rule)
{
    return rule == VX_RUN_002 || rule == VX_RUN_010;
}

static void count_case(const struct rule_case *row, unsigned *fires, unsigned *misses)
{
    if (is_about_the_run(row->rule)) {
        fires[row->rule] += row->fires ? 1 : 0;
        misses[row->rule] += row->fires ? 0 : 1;
    }
}

static void test_corpus__every_rule__has_a_recipe_that_fires_and_a_near_miss(void **state)
{
    static struct recipe r;
    unsigned fires[VX_RULE_COUNT] = {0};
    unsigned misses[VX_RULE_COUNT] = {0};
    unsigned missing = 0;

    (void)state;
    for (size_t i = 0; i < library.count; i++) {
        if (!library_recipe(&r, folder, library.recipe[i].name)) {
            fail_msg("%s", r.error);
        }
        for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
            fires[rule] += r.fires[rule] ? 1 : 0;
            misses[rule] += r.misses[rule] ? 1 : 0;
        }
        recipe_free(&r);
    }
    for (size_t i = 0; i < CASES_COUNT; i++) {
        count_case(&CASES[i], fires, misses);
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        if (!is_raised_by_caller(rule) && (fires[rule] == 0 || misses[rule] == 0)) {
            print_error("%s: %u recipes or rows fire it, %u near misses\n",
                        recipe_rule_name((enum vx_rule)rule), fires[rule], misses[rule]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    static struct CMUnitTest tests[RECIPES_MOST];
    const char *root = getenv("VHDXRAY_SRC");
    size_t count = 0;
    int failed;

    (void)snprintf(folder, sizeof(folder), "%s/corpus/recipes", root == NULL ? "." : root);
    if (!library_open(&library, folder) || library.count == 0 || library.count >= RECIPES_MOST) {
        fprintf(stderr, "test_corpus: %s: no recipes, or too many\n", folder);
        return EXIT_FAILURE;
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(
        test_corpus__every_rule__has_a_recipe_that_fires_and_a_near_miss);
    for (size_t i = 0; i < library.count; i++) {
        tests[count++] = (struct CMUnitTest){
            .name = library.recipe[i].name,
            .test_func = test_recipe__built_and_checked__says_what_is_expected,
            .initial_state = library.recipe[i].name,
        };
    }
    failed = _cmocka_run_group_tests("corpus", tests, count, NULL, NULL);
    library_free(&library);
    return failed;
}
