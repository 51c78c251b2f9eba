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

void expect_evidence_inside(const struct findings *f, uint64_t size)
{
    if (!findings_evidence_inside(f, size)) {
        print_all(f);
        fail_msg("row \"%s\": evidence outside the file of %" PRIu64 " bytes", f->row, size);
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

void expect_invariants(const struct findings *f, uint64_t size)
{
    const char *broken = findings_broken_promise(f, size);

    if (broken != NULL) {
        print_all(f);
        fail_msg("row \"%s\": not so in a file of %" PRIu64 " bytes: %s", f->row, size, broken);
    }
}
