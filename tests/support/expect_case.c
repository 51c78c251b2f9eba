/* Rows of the case tables as cmocka tests of their own. */
#include "tests/support/expect_case.h"

/* The severity that `want` states for the rule. */
static enum vx_severity wanted_severity(const struct rule_case *row)
{
    static const char letters[] = "?iwef";
    const char *name = findings_rule_name(row->rule);
    const char *token = strstr(row->want, name);

    if (token == NULL || strchr(letters, token[strlen(name)]) == NULL) {
        fail_msg("row \"%s\" fires %s but does not want it", row->name, name);
        return VX_SEV_DEFAULT;
    }
    return (enum vx_severity)(strchr(letters, token[strlen(name)]) - letters);
}

/* Some finding of the rule has the row's severity, index and offset, where these are stated. */
static void expect_place(const struct rule_case *row, const struct findings *f)
{
    const enum vx_severity severity = wanted_severity(row);

    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if (x->rule == row->rule && x->severity == severity &&
            (row->index == CASE_ANY || x->index == row->index) &&
            (row->offset == CASE_ANY || x->offset == row->offset)) {
            return;
        }
    }
    expect_finding(f, row->rule, severity, row->index, row->offset);
}

void expect_case(const struct rule_case *row)
{
    struct findings f;
    uint64_t size = 0;

    case_run(row, &f, &size);
    expect_invariants(&f, size);
    expect_summary(&f, row->want);
    if (row->fires) {
        expect_place(row, &f);
    } else {
        expect_no_rule(&f, row->rule);
    }
    if (strstr(row->want, "...") == NULL) {
        assert_int_equal(vx_verdict_of(&f.rep), findings_verdict(row->want));
    }
    findings_free(&f);
}

static void test_check__row_of_the_case_table__says_what_the_row_wants(void **state)
{
    expect_case(*state);
}

int run_tests_and_cases(const char *name, const struct CMUnitTest *tests, size_t count,
                        enum case_table table)
{
    const struct rule_cases cases = cases_of(table);
    struct CMUnitTest *all = calloc(count + cases.count, sizeof(*all));
    int failed;

    if (all == NULL) {
        return EXIT_FAILURE;
    }
    memcpy(all, tests, count * sizeof(*all));
    for (size_t i = 0; i < cases.count; i++) {
        all[count + i] = (struct CMUnitTest){
            .name = cases.row[i].name,
            .test_func = test_check__row_of_the_case_table__says_what_the_row_wants,
            .initial_state = (void *)(uintptr_t)&cases.row[i],
        };
    }
    failed = _cmocka_run_group_tests(name, all, count + cases.count, NULL, NULL);
    free(all);
    return failed;
}
