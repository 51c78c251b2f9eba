/* Assertions on collected findings. */
#include "tests/support/expect.h"

#include "tests/support/unit.h"

static void print_all(const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        print_error("    %s severity %d object %d index %" PRIu64 " offset 0x%" PRIx64 "+0x%" PRIx64
                    " other 0x%" PRIx64 "+0x%" PRIx64 " args %" PRIu64 " %" PRIu64 " %" PRIu64
                    " %" PRIu64 "\n",
                    findings_rule_name(x->rule), (int)x->severity, (int)x->object, x->index,
                    x->offset, x->length, x->other_offset, x->other_length, x->arg[0], x->arg[1],
                    x->arg[2], x->arg[3]);
    }
}

/* Is the token in the summary, as a whole word? */
static bool has_token(const char *summary, const char *token, size_t len)
{
    for (const char *at = summary; *at != '\0';) {
        const size_t n = strcspn(at, " ");

        if (n == len && memcmp(at, token, len) == 0) {
            return true;
        }
        at += n + strspn(at + n, " ");
    }
    return false;
}

static bool summary_matches(const char *got, const char *want)
{
    const char *dots = strstr(want, "...");

    if (dots == NULL) {
        return strcmp(got, want) == 0;
    }
    for (const char *at = want; at < dots;) {
        const size_t n = strcspn(at, " ");

        if (at + n <= dots && n > 0 && !has_token(got, at, n)) {
            return false;
        }
        at += n + strspn(at + n, " ");
    }
    return true;
}

void expect_summary(const struct findings *f, const char *want)
{
    char got[FINDINGS_TEXT_BYTES];

    findings_summary(f, got);
    if (!summary_matches(got, want)) {
        print_all(f);
        fail_msg("row \"%s\": found \"%s\", want \"%s\"", f->row, got, want);
    }
}

void expect_finding(const struct findings *f, enum vx_rule rule, enum vx_severity severity,
                    uint64_t index, uint64_t offset)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if (x->rule == rule && x->severity == severity && x->index == index &&
            x->offset == offset) {
            return;
        }
    }
    print_all(f);
    fail_msg("row \"%s\": no %s with severity %d, index %" PRIu64 ", offset 0x%" PRIx64, f->row,
             findings_rule_name(rule), (int)severity, index, offset);
}

void expect_no_rule(const struct findings *f, enum vx_rule rule)
{
    expect_total(f, rule, 0);
}

void expect_total(const struct findings *f, enum vx_rule rule, uint64_t total)
{
    if (f->rep.total[rule] != total) {
        print_all(f);
        fail_msg("row \"%s\": %" PRIu64 " times %s, want %" PRIu64, f->row, f->rep.total[rule],
                 findings_rule_name(rule), total);
    }
}

static bool is_inside(uint64_t offset, uint64_t length, uint64_t size)
{
    return offset == VX_NO_OFFSET || (offset <= size && length <= size - offset);
}

void expect_evidence_inside(const struct findings *f, uint64_t size)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if (!is_inside(x->offset, x->length, size) ||
            (x->object != VX_OBJ_LOG_ENTRY && /* its other range is where it would write */
             !is_inside(x->other_offset, x->other_length, size))) {
            print_all(f);
            fail_msg("row \"%s\": finding %zu, %s, has evidence outside the file of %" PRIu64
                     " bytes",
                     f->row, i, findings_rule_name(x->rule), size);
        }
    }
}

void expect_same(const struct findings *f, const struct findings *other, const char *what)
{
    if (!findings_equal(f, other)) {
        print_all(f);
        print_error("    --- %s:\n", what);
        print_all(other);
        fail_msg("row \"%s\": %s gives other findings", f->row, what);
    }
}

/* Collisions are kept in one list of the first ones: when it is full, a rule about some of them
 * can have fewer examples than its total. */
static bool is_kept_list(unsigned rule)
{
    return rule == VX_BAT_016 || rule == VX_BAT_025;
}

void expect_invariants(const struct findings *f, uint64_t size)
{
    uint64_t forwarded[VX_RULE_COUNT] = {0};
    char summary[FINDINGS_TEXT_BYTES];

    expect_evidence_inside(f, size);
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if ((unsigned)x->rule >= VX_RULE_COUNT || x->severity <= VX_SEV_DEFAULT ||
            x->severity >= VX_SEV_COUNT || x->object >= VX_OBJ_COUNT) {
            print_all(f);
            fail_msg("row \"%s\": finding %zu is malformed", f->row, i);
        }
        forwarded[x->rule]++;
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const uint64_t total = f->rep.total[rule];
        const uint64_t most = total < VX_FINDINGS_PER_RULE ? total : VX_FINDINGS_PER_RULE;
        const bool may_be_less = is_kept_list(rule) && f->rep.total[VX_BAT_015] > most;

        if (forwarded[rule] > most || (forwarded[rule] < most && !may_be_less)) {
            print_all(f);
            fail_msg("row \"%s\": %s total %" PRIu64 ", but %" PRIu64 " forwarded", f->row,
                     findings_rule_name((enum vx_rule)rule), total, forwarded[rule]);
        }
    }
    findings_summary(f, summary);
    assert_int_equal(vx_verdict_of(&f->rep), findings_verdict(summary));
}
