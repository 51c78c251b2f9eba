/* What is said of the run itself, area RUN: rows of checks that are hindered, for every memory. */
#include "tests/support/cases.h"
#include "tests/support/expect.h"
#include "tests/support/replayed.h"
#include "tests/support/unit.h"

/* Some finding of the rule is where the row says. */
static void expect_place(const struct rule_case *row, const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if (x->rule == row->rule && (row->index == CASE_ANY || x->index == row->index) &&
            (row->offset == CASE_ANY || x->offset == row->offset)) {
            return;
        }
    }
    fail_msg("row \"%s\": %s is not where it should be", row->name, findings_rule_name(row->rule));
}

static void expect_case(const struct rule_case *row)
{
    struct findings f;
    uint64_t size = 0;

    case_run(row, &f, &size);
    expect_invariants(&f, size);
    expect_summary(&f, row->want);
    assert_int_equal(vx_verdict_of(&f.rep), findings_verdict(row->want));
    if (row->fires) {
        expect_place(row, &f);
    } else {
        expect_no_rule(&f, row->rule);
    }
    findings_free(&f);
}

static void test_check__hindered__says_what_the_row_wants(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES_COUNT; i++) {
        expect_case(&CASES[i]);
    }
}

/* What cannot be read is the same for every memory. */
static void expect_same_for_all_memory(const struct rule_case *row)
{
    static const size_t more[] = {0, 1, 8, 1003, 65537};
    static struct recipe r;
    struct fault_source fault;
    struct findings first;

    case_run(row, &first, NULL);
    case_make(row, &r);
    for (size_t i = 0; i < VX_COUNT_OF(more); i++) {
        const struct vx_source src = case_source(row, &r, &fault);
        const struct replay_options options = {
            .memory_bytes = (size_t)vx_structure_need(src.size).min + more[i],
            .overlay_bytes = (size_t)vxr_overlay_need(16) + more[i],
            .pass_limit = UINT64_MAX};
        struct findings f;

        findings_init(&f, row->name);
        (void)replayed_check(&src, &options, &f, NULL);
        assert_int_equal(fault.outside, 0);
        expect_same(&first, &f, "other memory");
        findings_free(&f);
    }
    recipe_free(&r);
    findings_free(&first);
}

static void test_check__unreadable_bytes__same_findings_with_any_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES_COUNT; i++) {
        if (CASES[i].bad.end > 0) {
            expect_same_for_all_memory(&CASES[i]);
        }
    }
}

static void test_verdict__image_changed__is_incomplete_whatever_else(void **state)
{
    struct findings f;
    struct vx_finding changed = vx_finding_at(VX_RUN_002, VX_OBJ_RUN, 0, VX_NO_OFFSET, 0);
    struct vx_finding fatal = vx_finding_at(VX_FTI_001, VX_OBJ_FILE, 0, 0, 8);

    (void)state;
    findings_init(&f, "changed");
    vx_report(&f.rep, &fatal);
    assert_int_equal(vx_verdict_of(&f.rep), VX_CORRUPT);
    vx_report(&f.rep, &changed);
    assert_int_equal(vx_verdict_of(&f.rep), VX_INCOMPLETE);
    findings_free(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check__hindered__says_what_the_row_wants),
        cmocka_unit_test(test_check__unreadable_bytes__same_findings_with_any_memory),
        cmocka_unit_test(test_verdict__image_changed__is_incomplete_whatever_else),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
