/* Expectations: parsed, printed in one form, each error with its line. Spec: corpus/README.md. */
#include "corpus/expectation.h"
#include "tests/support/unit.h"

#include <string.h>

static struct expectation e;
static char text[EXPECT_TEXT_BYTES];

static void read_good(const char *from)
{
    if (!expectation_read(&e, "t", from, strlen(from))) {
        fail_msg("%s", e.error);
    }
}

static void test_expectation_print__what_was_read__is_the_same_text(void **state)
{
    static const char both[] =
        "check corrupt 2\n  LAY-006 error 2\n  LAY-006 fatal 1 @0x0\nraw incomplete\n"
        "  RUN-004 warning 1\nreads 77\n";
    static const char *const texts[] = {
        "check sound 0\n",
        "check warnings 3\n  HDR-002 warning 1 @0x10000\n  HDR-005 warning 12345678901234567890\n",
        both,
        "check incomplete 1\n  RUN-006 warning 1\nraw sound\n",
        "check sound 0\n  RUN-006 info 1\nraw sound\nchain corrupt\n  CHN-001 fatal 1 @0x5\n"
        "reads 7\n",
        "check warnings 3\n  HDR-002 warning 1 @0x10000 [0]\n"
        "  HDR-005 warning 2 [18446744073709551615]\n",
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(texts); i++) {
        read_good(texts[i]);
        expectation_print(&e, text);
        assert_string_equal(text, texts[i]);
    }
}

static void test_expectation_read__every_member__is_there(void **state)
{
    (void)state;
    read_good("# why\n\n check corrupt 2 # because\nLAY-006 fatal 3 @4K [7]\nreads 1M\n"
              "raw warnings\nHDR-002 info 1");
    assert_int_equal(e.check.verdict, VX_CORRUPT);
    assert_int_equal(e.exit_status, 2);
    assert_int_equal(e.check.count, 1);
    assert_int_equal(e.check.line[0].rule, VX_LAY_006);
    assert_int_equal(e.check.line[0].severity, VX_SEV_FATAL);
    assert_int_equal(e.check.line[0].total, 3);
    assert_int_equal(e.check.line[0].offset, 4096);
    assert_true(e.check.line[0].has_index && e.check.line[0].index == 7);
    assert_true(e.has_reads && e.reads == VX_MIB);
    assert_true(e.has_raw && e.raw.count == 1);
    assert_int_equal(e.raw.verdict, VX_WARNINGS);
    assert_true(e.raw.line[0].offset == VX_NO_OFFSET && !e.raw.line[0].has_index);
    read_good("check warnings 3\r\n  HDR-002 warning 1\r\n"); /* from another editor */
    assert_int_equal(e.check.count, 1);
}

static void test_expectation_read__each_error__names_file_and_line(void **state)
{
#define NEITHER "neither check, raw, chain, reads nor RULE SEVERITY TOTAL, @OFFSET, [INDEX]"
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"", "t:0: the check is missing"},
        {"# check sound 0\n", "t:1: the check is missing"},
        {"check sound\n", "t:1: check VERDICT EXIT-STATUS is wanted"},
        {"check good 0\n", "t:1: check VERDICT EXIT-STATUS is wanted"},
        {"check sound x\n", "t:1: check VERDICT EXIT-STATUS is wanted"},
        {"check sound 1\n", "t:1: this exit status does not go with the verdict"},
        {"check sound 0\ncheck sound 0\n", "t:2: there is a check already"},
        {"raw sound\n", "t:1: one part raw and one part chain may follow the check"},
        {"check sound 0\nraw sound\nraw sound\n",
         "t:3: one part raw and one part chain may follow the check"},
        {"check sound 0\nraw sound 0\n", "t:2: raw VERDICT or chain VERDICT is wanted"},
        {"chain sound\n", "t:1: one part raw and one part chain may follow the check"},
        {"check sound 0\nchain sound\nraw sound\nchain sound\n",
         "t:4: one part raw and one part chain may follow the check"},
        {"check sound 0\nchain\n", "t:2: raw VERDICT or chain VERDICT is wanted"},
        {"check sound 0\nraw good\n", "t:2: raw VERDICT or chain VERDICT is wanted"},
        {"check sound 0\nreads\n", "t:2: reads N is wanted, once"},
        {"check sound 0\nreads x\n", "t:2: reads N is wanted, once"},
        {"check sound 0\nreads 1\nreads 1\n", "t:3: reads N is wanted, once"},
        {"HDR-002 info 1\n", "t:1: findings follow a check, raw or chain"},
        {"check sound 0\n\nHDR-999 info 1\n", "t:3: " NEITHER},
        {"check sound 0\nHDR-002 default 1\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 grave 1\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 0\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 2^64\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 0x5\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 @x\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 @5 5\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 @5 [5\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 @5 5]\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 []\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 [x]\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1 [5] @5\n", "t:2: " NEITHER},
        {"check sound 0\nHDR-002 info 1\nHDR-002 info 1\n",
         "t:3: not in the order of the rules, then of severities"},
        {"check sound 0\nHDR-002 error 1\nHDR-002 info 1\n",
         "t:3: not in the order of the rules, then of severities"},
        {"check sound 0\nHDR-003 info 1\nHDR-002 info 1\n",
         "t:3: not in the order of the rules, then of severities"},
        {"check sound 0\na b c d e f\n", "t:2: too many words, or too long a word"},
        {"check sound 00000000000000000000000000000000\n",
         "t:1: too many words, or too long a word"},
        {"check\tsound 0\n", "t:1: only printable ASCII and blanks are allowed"},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        assert_false(expectation_read(&e, "t", rows[i].text, strlen(rows[i].text)));
        assert_string_equal(e.error, rows[i].error);
    }
}

static void test_expect_part_equal__any_member_differs__is_not_equal(void **state)
{
    static const char *const other[] = {
        "check corrupt 2\nHDR-002 info 1 @5\n",   "check sound 0\nHDR-003 info 1 @5\n",
        "check sound 0\nHDR-002 error 1 @5\n",    "check sound 0\nHDR-002 info 2 @5\n",
        "check sound 0\nHDR-002 info 1 @6\n",     "check sound 0\nHDR-002 info 1\n",
        "check sound 0\nHDR-002 info 1 @5 [2]\n", "check sound 0\n",
    };
    static struct expect_part first;

    (void)state;
    read_good("check sound 0\nHDR-002 info 1 @5\n");
    first = e.check;
    read_good("check sound 0\nHDR-002 info 1 @5 [1]\n");
    assert_true(expect_part_equal(&first, &e.check)); /* one of them leaves it out */
    assert_true(expect_part_equal(&e.check, &first));
    first = e.check;
    assert_true(expect_part_equal(&first, &e.check));
    for (size_t i = 0; i < VX_COUNT_OF(other); i++) {
        read_good(other[i]);
        assert_false(expect_part_equal(&first, &e.check));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expectation_print__what_was_read__is_the_same_text),
        cmocka_unit_test(test_expectation_read__every_member__is_there),
        cmocka_unit_test(test_expectation_read__each_error__names_file_and_line),
        cmocka_unit_test(test_expect_part_equal__any_member_differs__is_not_equal),
    };

    return cmocka_run_group_tests_name("expectation", tests, NULL, NULL);
}
