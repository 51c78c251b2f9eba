/* Rules, reporter and verdict. */
#include "tests/support/expect.h"
#include "tests/support/unit.h"

static struct vx_finding finding_of(enum vx_rule rule, enum vx_severity severity)
{
    struct vx_finding f = vx_finding_at(rule, VX_OBJ_FILE, 7, 8, 9);

    f.severity = severity;
    return f;
}

static void test_rule_severity__every_row__is_one_of_the_four(void **state)
{
    (void)state;
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const enum vx_severity severity = vx_rule_severity((enum vx_rule)rule);

        assert_in_range(severity, VX_SEV_INFO, VX_SEV_FATAL);
        assert_int_equal(vx_rule_is_about_run((enum vx_rule)rule),
                         strncmp(findings_rule_name((enum vx_rule)rule), "RUN", 3) == 0);
    }
    assert_int_equal(vx_rule_severity(VX_RULE_COUNT), VX_SEV_FATAL);
    assert_false(vx_rule_is_about_run(VX_RULE_COUNT));
}

static void test_finding_at__members__rest_is_neutral(void **state)
{
    const struct vx_finding f = vx_finding_at(VX_HDR_009, VX_OBJ_HEADER, 1, 2, 3);

    (void)state;
    assert_int_equal(f.rule, VX_HDR_009);
    assert_int_equal(f.severity, VX_SEV_DEFAULT);
    assert_int_equal(f.object, VX_OBJ_HEADER);
    assert_true(f.index == 1 && f.offset == 2 && f.length == 3);
    assert_true(f.other_offset == VX_NO_OFFSET && f.other_length == 0);
    for (unsigned i = 0; i < VX_FINDING_ARGS; i++) {
        assert_int_equal(f.arg[i], 0);
    }
}

static void test_report__default_and_own_severity__are_resolved(void **state)
{
    struct findings f;
    struct vx_finding own = finding_of(VX_HDR_010, VX_SEV_FATAL);
    struct vx_finding plain = finding_of(VX_HDR_010, VX_SEV_DEFAULT);

    (void)state;
    findings_init(&f, "severities");
    f.rep.view = VX_VIEW_REPLAYED;
    vx_report(&f.rep, &own);
    vx_report(&f.rep, &plain);
    expect_summary(&f, "HDR-010e HDR-010f");
    assert_int_equal(f.at[0].view, VX_VIEW_REPLAYED);
    assert_int_equal(f.rep.by_severity[VX_SEV_FATAL], 1);
    assert_int_equal(f.rep.by_severity[VX_SEV_ERROR], 1);
    expect_total(&f, VX_HDR_010, 2);
    findings_free(&f);
}

static void
test_report__limit_less_one_to_limit_and_one__counts_all_forwards_the_limit(void **state)
{
    (void)state;
    for (uint64_t count = VX_FINDINGS_PER_RULE - 1; count <= VX_FINDINGS_PER_RULE + 1; count++) {
        const struct vx_finding noisy = finding_of(VX_BAT_008, VX_SEV_DEFAULT);
        const struct vx_finding other = finding_of(VX_BAT_009, VX_SEV_DEFAULT);
        struct findings f;

        findings_init(&f, "limit");
        for (uint64_t i = 0; i < count; i++) {
            vx_report(&f.rep, &noisy);
        }
        assert_int_equal(f.count, count < VX_FINDINGS_PER_RULE ? count : VX_FINDINGS_PER_RULE);
        vx_report(&f.rep, &other); /* has a share of its own */
        assert_int_equal(f.at[f.count - 1].rule, VX_BAT_009);
        expect_total(&f, VX_BAT_008, count);
        findings_free(&f);
    }
}

/* Memory as it comes, and evidence that no file has. */
static void test_reporter_init__rubbish_before__nothing_of_it_is_left(void **state)
{
    struct findings f;
    struct vx_finding beyond = finding_of(VX_HDR_010, VX_SEV_DEFAULT);

    (void)state;
    findings_init(&f, "rubbish");
    memset(&f.rep, 0xa5, sizeof(f.rep));
    vx_reporter_init(&f.rep, f.rep.sink, f.rep.ctx);
    expect_total(&f, VX_HDR_010, 0);
    assert_int_equal(vx_verdict_of(&f.rep), VX_SOUND);
    findings_free(&f);
    findings_init(&f, "beyond the end");
    f.rep.evidence_end = 100;
    beyond.offset = 100;
    beyond.length = 8;
    beyond.other_offset = 98;
    beyond.other_length = 8;
    vx_report(&f.rep, &beyond);
    assert_true(f.at[0].offset == VX_NO_OFFSET && f.at[0].length == 0);
    assert_true(f.at[0].other_offset == 98 && f.at[0].other_length == 2);
    findings_free(&f);
}

static void test_report__graver_beyond_the_limit__is_forwarded_once(void **state)
{
    static const enum vx_severity behind[] = {VX_SEV_WARNING, VX_SEV_ERROR, VX_SEV_ERROR,
                                              VX_SEV_WARNING, VX_SEV_FATAL, VX_SEV_ERROR};
    const struct vx_finding mild = finding_of(VX_BAT_009, VX_SEV_INFO);
    struct findings f;

    (void)state;
    findings_init(&f, "graver");
    for (uint64_t i = 0; i <= VX_FINDINGS_PER_RULE; i++) {
        vx_report(&f.rep, &mild);
    }
    assert_int_equal(f.count, VX_FINDINGS_PER_RULE);
    for (size_t i = 0; i < VX_COUNT_OF(behind); i++) {
        const struct vx_finding graver = finding_of(VX_BAT_009, behind[i]);

        vx_report(&f.rep, &graver);
    }
    assert_int_equal(f.count, VX_FINDINGS_MOST);
    assert_int_equal(f.at[VX_FINDINGS_PER_RULE].severity, VX_SEV_WARNING);
    assert_int_equal(f.at[VX_FINDINGS_PER_RULE + 1].severity, VX_SEV_ERROR);
    assert_int_equal(f.at[VX_FINDINGS_PER_RULE + 2].severity, VX_SEV_FATAL);
    expect_total(&f, VX_BAT_009, VX_FINDINGS_PER_RULE + 1 + VX_COUNT_OF(behind));
    findings_free(&f);
}

static void test_report_more__any_count__is_counted_and_saturates(void **state)
{
    const struct vx_finding bat = finding_of(VX_BAT_015, VX_SEV_DEFAULT);
    const struct vx_finding run = finding_of(VX_RUN_005, VX_SEV_DEFAULT);
    struct findings f;

    (void)state;
    findings_init(&f, "more");
    vx_report_more(&f.rep, &bat, 0);
    vx_report_more(&f.rep, &run, 0);
    assert_int_equal(vx_verdict_of(&f.rep), VX_SOUND);
    vx_report_more(&f.rep, &bat, UINT64_MAX - 1);
    vx_report_more(&f.rep, &bat, 5);
    expect_total(&f, VX_BAT_015, UINT64_MAX);
    assert_int_equal(f.count, 0);
    vx_report_more(&f.rep, &run, 1);
    assert_true(f.rep.is_incomplete);
    findings_free(&f);
}

static void test_report__no_rule__is_ignored(void **state)
{
    const struct vx_finding none = finding_of(VX_RULE_COUNT, VX_SEV_FATAL);
    struct findings f;

    (void)state;
    findings_init(&f, "no rule");
    vx_report(&f.rep, &none);
    vx_report_more(&f.rep, &none, 9);
    assert_int_equal(f.count, 0);
    assert_int_equal(vx_verdict_of(&f.rep), VX_SOUND);
    findings_free(&f);
}

static void test_verdict_of__combinations__worst_wins_but_honesty_first(void **state)
{
    static const struct {
        const char *name;
        enum vx_rule rule[3];
        enum vx_severity severity[3];
        enum vx_verdict want;
    } row[] = {
        {"info", {VX_LAY_009}, {VX_SEV_INFO}, VX_SOUND},
        {"warning", {VX_HDR_023}, {VX_SEV_WARNING}, VX_WARNINGS},
        {"error", {VX_BAT_008, VX_HDR_023}, {VX_SEV_ERROR, VX_SEV_WARNING}, VX_CORRUPT},
        {"fatal", {VX_FTI_001}, {VX_SEV_FATAL}, VX_CORRUPT},
        {"run", {VX_RUN_003, VX_HDR_023}, {VX_SEV_WARNING, VX_SEV_WARNING}, VX_INCOMPLETE},
        {"run info", {VX_RUN_003}, {VX_SEV_INFO}, VX_SOUND},
        {"run and error", {VX_RUN_003, VX_BAT_008}, {VX_SEV_WARNING, VX_SEV_ERROR}, VX_CORRUPT},
        {"changed and fatal",
         {VX_FTI_001, VX_RUN_002},
         {VX_SEV_FATAL, VX_SEV_WARNING},
         VX_INCOMPLETE},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct findings f;

        findings_init(&f, row[i].name);
        for (size_t k = 0; k < 3 && row[i].severity[k] != VX_SEV_DEFAULT; k++) {
            const struct vx_finding x = finding_of(row[i].rule[k], row[i].severity[k]);

            vx_report(&f.rep, &x);
        }
        if (vx_verdict_of(&f.rep) != row[i].want) {
            fail_msg("row \"%s\": verdict %d", row[i].name, (int)vx_verdict_of(&f.rep));
        }
        findings_free(&f);
    }
}

static void test_report_unreadable_and_skipped__make_the_run_incomplete(void **state)
{
    struct findings f;

    (void)state;
    findings_init(&f, "run findings");
    vx_report_unreadable(&f.rep, 4096, 512);
    vx_report_skipped(&f.rep, VX_PASS_BLOCKS);
    expect_summary(&f, "RUN-001w RUN-003w");
    assert_true(f.at[0].arg[0] == 4096 && f.at[0].arg[1] == 512 && f.at[0].offset == 4096);
    assert_int_equal(f.at[1].arg[0], VX_PASS_BLOCKS);
    assert_int_equal(vx_verdict_of(&f.rep), VX_INCOMPLETE);
    findings_free(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_severity__every_row__is_one_of_the_four),
        cmocka_unit_test(test_finding_at__members__rest_is_neutral),
        cmocka_unit_test(test_report__default_and_own_severity__are_resolved),
        cmocka_unit_test(test_reporter_init__rubbish_before__nothing_of_it_is_left),
        cmocka_unit_test(test_report__graver_beyond_the_limit__is_forwarded_once),
        cmocka_unit_test(
            test_report__limit_less_one_to_limit_and_one__counts_all_forwards_the_limit),
        cmocka_unit_test(test_report_more__any_count__is_counted_and_saturates),
        cmocka_unit_test(test_report__no_rule__is_ignored),
        cmocka_unit_test(test_verdict_of__combinations__worst_wins_but_honesty_first),
        cmocka_unit_test(test_report_unreadable_and_skipped__make_the_run_incomplete),
    };

    return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
