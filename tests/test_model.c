/* The report model: findings come out in one order whatever order they came in; names from
 * outside are made harmless. */
#include "reports/model.h"

#include <string.h>

#include "tests/support/unit.h"

enum { REPLACED_BYTES = 3 };

static struct vx_finding entry(uint64_t index, uint64_t offset)
{
    struct vx_finding f = vx_finding_at(VX_BAT_008, VX_OBJ_PAYLOAD_ENTRY, index, offset, 8);

    f.severity = VX_SEV_ERROR;
    return f;
}

static struct vxo_store *make_store(void)
{
    struct vxo_store *store = calloc(1, sizeof(*store));

    assert_non_null(store);
    return store;
}

static void test_store__any_order__same_result(void **state)
{
    struct vx_finding f[] = {entry(1, 8), entry(2, 4), entry(2, 8),
                             entry(2, 8), entry(3, 0), entry(0, 0)};
    struct vxo_store *want = make_store();

    (void)state;
    f[3].arg[3] = 1;              /* differs in the last key only */
    f[5].view = VX_VIEW_REPLAYED; /* comes last, whatever its index */
    memcpy(want->at[VX_BAT_008], f, sizeof(f));
    want->count[VX_BAT_008] = VX_COUNT_OF(f);
    for (size_t first = 0; first < VX_COUNT_OF(f); first++) {
        for (size_t step = 1; step < VX_COUNT_OF(f); step += 4) { /* 1 and 5 reach all of 6 */
            struct vxo_store *store = make_store();

            for (size_t i = 0; i < VX_COUNT_OF(f); i++) {
                vxo_store_finding(store, &f[(first + i * step) % VX_COUNT_OF(f)]);
            }
            assert_memory_equal(store, want, sizeof(*store));
            free(store);
        }
    }
    free(want);
}

static void test_store__beyond_a_rules_share__dropped(void **state)
{
    struct vxo_store *store = make_store();
    struct vx_finding no_rule = entry(0, 0);

    (void)state;
    for (uint64_t i = 0; i <= VX_FINDINGS_MOST; i++) {
        struct vx_finding f = entry(i, 0);

        vxo_store_finding(store, &f);
    }
    no_rule.rule = VX_RULE_COUNT;
    vxo_store_finding(store, &no_rule);
    assert_int_equal(store->count[VX_BAT_008], VX_FINDINGS_MOST);
    assert_int_equal(store->at[VX_BAT_008][VX_FINDINGS_MOST - 1].index, VX_FINDINGS_MOST - 1);
    free(store);
}

/* ~ in the expectation stands for U+FFFD. */
static void test_put_printable__names__made_harmless(void **state)
{
    static const struct {
        const char *name;
        const char *want;
    } ROWS[] = {
        {"", ""},
        {"disk.vhdx", "disk.vhdx"},
        {"a b\\c\"'", "a b\\c\"'"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xbe", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xbe"},
        {"a\nb\x1b[31m\x7f", "a~b~[31m~"},
        {"\xc2\x9b", "~"},             /* a control of the second set */
        {"x\xe2\x80\xaegpj", "x~gpj"}, /* right-to-left override */
        {"\xff\xfe", "~~"},            /* bytes that UTF-8 has not */
        {"\x80z", "~z"},               /* a continuation alone */
        {"\xc3", "~"},                 /* cut off by the end */
        {"\xe2\x82", "~~"},
        {"\xf0\x9f\x92", "~~~"},
        {"\xc0\xaf", "~~"}, /* longer than need be */
        {"\xe0\x80\xaf", "~~~"},
        {"\xed\xa0\x80", "~"},        /* a surrogate */
        {"\xf4\x90\x80\x80", "~~~~"}, /* beyond the last character */
        {"\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd"},
        {"\xef\xbf\xbd", "~"}, /* U+FFFD itself */
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ROWS); i++) {
        char text[64];
        char want[64] = {0};
        struct vxo_buffer put;
        size_t at = 0;

        for (const char *c = ROWS[i].want; *c != '\0'; c++) {
            memcpy(want + at, *c == '~' ? "\xef\xbf\xbd" : c, *c == '~' ? REPLACED_BYTES : 1);
            at += *c == '~' ? REPLACED_BYTES : 1;
        }
        vxo_buffer_init(&put, text, sizeof(text));
        vxo_put_printable(&put, ROWS[i].name);
        assert_string_equal(text, want);
    }
}

static void test_facts__log_and_type__by_what_is_known(void **state)
{
    struct vx_facts *facts = calloc(1, sizeof(*facts));

    (void)state;
    assert_non_null(facts);
    assert_null(vxo_log_state(facts, NULL));
    assert_null(vxo_disk_type(facts));
    facts->headers.has_current = true;
    assert_string_equal(vxo_log_state(facts, NULL), "clean");
    facts->headers.is_dirty = true;
    assert_string_equal(vxo_log_state(facts, NULL), "invalid");
    facts->headers.is_log_usable = true;
    assert_string_equal(vxo_log_state(facts, NULL), "dirty");
    facts->metadata.has[VX_ITEM_FILE_PARAMETERS] = true;
    assert_string_equal(vxo_disk_type(facts), "dynamic");
    facts->metadata.parameters = VX_PARAM_LEAVE_BLOCK_ALLOCATED;
    assert_string_equal(vxo_disk_type(facts), "fixed");
    facts->metadata.parameters |= VX_PARAM_HAS_PARENT;
    assert_string_equal(vxo_disk_type(facts), "differencing");
    free(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store__any_order__same_result),
        cmocka_unit_test(test_store__beyond_a_rules_share__dropped),
        cmocka_unit_test(test_put_printable__names__made_harmless),
        cmocka_unit_test(test_facts__log_and_type__by_what_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
