/* The rule book: every row is complete, and every rule is found by its ID in any spelling. */
#include "reports/catalogue.h"

#include <ctype.h>
#include <string.h>

#include "tests/support/unit.h"

static void test_rule_text__every_rule__complete(void **state)
{
    (void)state;
    for (int i = 0; i < VX_RULE_COUNT; i++) {
        const struct vxo_rule_text *text = vxo_rule_text((enum vx_rule)i);

        assert_int_equal(strlen(text->id), strlen("VHDX-AAA-000"));
        assert_memory_equal(text->id, "VHDX-", 5);
        assert_memory_equal(text->id + 5, text->area, 3);
        for (size_t d = 9; d < 12; d++) {
            assert_true(isdigit((unsigned char)text->id[d]));
        }
        assert_int_equal(text->severity, vx_rule_severity((enum vx_rule)i));
        assert_true(strlen(text->clause) > 0);
        assert_int_equal(strcmp(text->clause, "-") == 0, vx_rule_is_about_run((enum vx_rule)i));
        assert_int_equal(text->title[strlen(text->title) - 1], '.');
        assert_int_equal(text->hint[strlen(text->hint) - 1], '.');
        assert_true(strlen(text->message) > 0);
        assert_int_not_equal(text->message[strlen(text->message) - 1], '.');
    }
}

static void test_rule_text__plain_ascii__printable(void **state)
{
    (void)state;
    for (int i = 0; i < VX_RULE_COUNT; i++) {
        const struct vxo_rule_text *text = vxo_rule_text((enum vx_rule)i);
        const char *const all[] = {text->title, text->message, text->found, text->expected,
                                   text->hint};

        for (size_t t = 0; t < VX_COUNT_OF(all); t++) {
            for (const char *c = all[t]; *c != '\0'; c++) {
                assert_in_range(*c, ' ', '~');
            }
            assert_null(strstr(all[t], "  "));
        }
    }
}

static void test_rule_text__no_rule__empty(void **state)
{
    (void)state;
    assert_string_equal(vxo_rule_text(VX_RULE_COUNT)->id, "");
    assert_string_equal(vxo_rule_text(VX_RULE_COUNT)->hint, "");
}

static void test_rule_find__every_id__any_spelling(void **state)
{
    (void)state;
    for (int i = 0; i < VX_RULE_COUNT; i++) {
        const char *id = vxo_rule_text((enum vx_rule)i)->id;
        char lower[16] = {0};
        enum vx_rule rule = VX_RULE_COUNT;

        for (size_t c = 0; c < strlen(id); c++) {
            lower[c] = (char)tolower((unsigned char)id[c]);
        }
        assert_true(vxo_rule_find(id, &rule));
        assert_int_equal(rule, i);
        rule = VX_RULE_COUNT;
        assert_true(vxo_rule_find(id + 5, &rule));
        assert_int_equal(rule, i);
        rule = VX_RULE_COUNT;
        assert_true(vxo_rule_find(lower, &rule));
        assert_int_equal(rule, i);
        rule = VX_RULE_COUNT;
        assert_true(vxo_rule_find(lower + 5, &rule));
        assert_int_equal(rule, i);
    }
}

static void test_rule_find__no_id__not_found(void **state)
{
    static const char *const ROWS[] = {"",
                                       "VHDX",
                                       "VHDX-",
                                       "HDR",
                                       "HDR-",
                                       "HDR-00",
                                       "HDR-0033",
                                       "VHDX-HDR-999",
                                       "HDR003",
                                       " HDR-003",
                                       "HDR-003 ",
                                       "DX-HDR-003",
                                       "-HDR-003",
                                       "VHDX-VHDX-HDR-003",
                                       "HDR\xc3\xa9",
                                       "VHDX_HDR_003"};
    enum vx_rule rule = VX_RULE_COUNT;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        assert_false(vxo_rule_find(ROWS[i], &rule));
    }
}

static void test_severity_name__all(void **state)
{
    (void)state;
    assert_string_equal(vxo_severity_name(VX_SEV_INFO), "info");
    assert_string_equal(vxo_severity_name(VX_SEV_WARNING), "warning");
    assert_string_equal(vxo_severity_name(VX_SEV_ERROR), "error");
    assert_string_equal(vxo_severity_name(VX_SEV_FATAL), "fatal");
    assert_string_equal(vxo_severity_name(VX_SEV_DEFAULT), "");
    assert_string_equal(vxo_severity_name(VX_SEV_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_text__every_rule__complete),
        cmocka_unit_test(test_rule_text__plain_ascii__printable),
        cmocka_unit_test(test_rule_text__no_rule__empty),
        cmocka_unit_test(test_rule_find__every_id__any_spelling),
        cmocka_unit_test(test_rule_find__no_id__not_found),
        cmocka_unit_test(test_severity_name__all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
