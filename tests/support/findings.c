/* Collecting sink for tests. */
#include "tests/support/findings.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const NAME[VX_RULE_COUNT] = {
#define VX_RULE(area, number, severity, clause, title, message, found, expected, hint)             \
    [VX_##area##_##number] = #area "-" #number,
#include "parser/rules.def"
#undef VX_RULE
};

static const char LETTER[VX_SEV_COUNT] = {
    [VX_SEV_DEFAULT] = '?', [VX_SEV_INFO] = 'i',  [VX_SEV_WARNING] = 'w',
    [VX_SEV_ERROR] = 'e',   [VX_SEV_FATAL] = 'f',
};

static void collect(void *ctx, const struct vx_finding *finding)
{
    struct findings *f = ctx;

    if (f->count == f->capacity) {
        f->capacity = f->capacity * 2 + 16;
        f->at = realloc(f->at, f->capacity * sizeof(f->at[0]));
        if (f->at == NULL) {
            abort();
        }
    }
    f->at[f->count] = *finding;
    f->count++;
}

void findings_init(struct findings *f, const char *row)
{
    memset(f, 0, sizeof(*f));
    f->row = row;
    vx_reporter_init(&f->rep, collect, f);
}

void findings_free(struct findings *f)
{
    free(f->at);
    memset(f, 0, sizeof(*f));
}

const char *findings_rule_name(enum vx_rule rule)
{
    return (unsigned)rule < VX_RULE_COUNT ? NAME[rule] : "?";
}

void findings_summary(const struct findings *f, char text[FINDINGS_TEXT_BYTES])
{
    bool has[VX_RULE_COUNT][VX_SEV_COUNT] = {{false}};
    size_t len = 0;

    for (size_t i = 0; i < f->count; i++) {
        has[f->at[i].rule][f->at[i].severity] = true;
    }
    text[0] = '\0';
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        for (unsigned severity = 0; severity < VX_SEV_COUNT; severity++) {
            if (has[rule][severity]) {
                len += (size_t)snprintf(text + len, FINDINGS_TEXT_BYTES - len, "%s%s%c",
                                        len == 0 ? "" : " ", NAME[rule], LETTER[severity]);
            }
        }
    }
}

/* Does a token of the summary end with `letter`, and is it about the run or not? */
static bool has_letter(const char *summary, char letter, bool is_run)
{
    for (const char *token = summary; *token != '\0';) {
        const size_t len = strcspn(token, " ");

        if (len > 0 && token[len - 1] == letter && (strncmp(token, "RUN-", 4) == 0) == is_run) {
            return true;
        }
        token += len + strspn(token + len, " ");
    }
    return false;
}

enum vx_verdict findings_verdict(const char *summary)
{
    if (strstr(summary, "RUN-002") != NULL) {
        return VX_INCOMPLETE;
    }
    if (has_letter(summary, 'e', false) || has_letter(summary, 'f', false)) {
        return VX_CORRUPT;
    }
    if (has_letter(summary, 'w', true)) {
        return VX_INCOMPLETE;
    }
    return has_letter(summary, 'w', false) ? VX_WARNINGS : VX_SOUND;
}

const struct vx_finding *findings_first(const struct findings *f, enum vx_rule rule)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].rule == rule) {
            return &f->at[i];
        }
    }
    return NULL;
}

/* A finding as integers, so that padding plays no part. */
enum { NUMBERS = 9 + VX_FINDING_ARGS };

static void to_numbers(const struct vx_finding *finding, uint64_t number[NUMBERS])
{
    number[0] = (uint64_t)finding->rule;
    number[1] = (uint64_t)finding->severity;
    number[2] = (uint64_t)finding->view;
    number[3] = (uint64_t)finding->object;
    number[4] = finding->index;
    number[5] = finding->offset;
    number[6] = finding->length;
    number[7] = finding->other_offset;
    number[8] = finding->other_length;
    for (unsigned i = 0; i < VX_FINDING_ARGS; i++) {
        number[9 + i] = finding->arg[i];
    }
}

/* The multiplication of FNV-1a as shifts and masked additions, so that nothing wraps. */
uint64_t number_digest(uint64_t number, uint64_t digest)
{
    for (unsigned i = 0; i < 8; i++) {
        uint64_t low;
        uint64_t high;

        digest ^= (number >> (8 * i)) & 0xff;
        low = (digest & 0xffffffffu) * 0x1b3u;
        high = (digest >> 32) * 0x1b3u + (low >> 32) + ((digest & 0xffffffu) << 8);
        digest = (high & 0xffffffffu) << 32 | (low & 0xffffffffu);
    }
    return digest;
}

uint64_t finding_digest(const struct vx_finding *finding, uint64_t digest)
{
    uint64_t number[NUMBERS];

    to_numbers(finding, number);
    for (unsigned k = 0; k < NUMBERS; k++) {
        digest = number_digest(number[k], digest);
    }
    return digest;
}

uint64_t findings_digest(const struct findings *f, uint64_t digest)
{
    for (size_t i = 0; i < f->count; i++) {
        digest = finding_digest(&f->at[i], digest);
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        digest = number_digest(f->rep.total[rule], digest);
    }
    return number_digest((uint64_t)vx_verdict_of(&f->rep), digest);
}

bool findings_equal(const struct findings *a, const struct findings *b)
{
    uint64_t left[NUMBERS];
    uint64_t right[NUMBERS];

    if (a->count != b->count || vx_verdict_of(&a->rep) != vx_verdict_of(&b->rep) ||
        memcmp(a->rep.total, b->rep.total, sizeof(a->rep.total)) != 0) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        to_numbers(&a->at[i], left);
        to_numbers(&b->at[i], right);
        if (memcmp(left, right, sizeof(left)) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_inside(uint64_t offset, uint64_t length, uint64_t size)
{
    return offset == VX_NO_OFFSET || (offset <= size && length <= size - offset);
}

bool findings_evidence_inside(const struct findings *f, uint64_t size)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if (!is_inside(x->offset, x->length, size) ||
            (x->object != VX_OBJ_LOG_ENTRY && /* its other range is where it would write */
             !is_inside(x->other_offset, x->other_length, size))) {
            return false;
        }
    }
    return true;
}

/* Collisions are kept in one list of the first ones: when it is full, a rule about some of them
 * can have fewer examples than its total. */
static bool is_kept_list(unsigned rule)
{
    return rule == VX_BAT_016 || rule == VX_BAT_025;
}

static bool are_well_formed(const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct vx_finding *x = &f->at[i];

        if ((unsigned)x->rule >= VX_RULE_COUNT || x->severity <= VX_SEV_DEFAULT ||
            x->severity >= VX_SEV_COUNT || x->object >= VX_OBJ_COUNT) {
            return false;
        }
    }
    return true;
}

static bool are_totals_kept(const struct findings *f)
{
    uint64_t forwarded[VX_RULE_COUNT] = {0};

    for (size_t i = 0; i < f->count; i++) {
        forwarded[f->at[i].rule]++;
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const uint64_t total = f->rep.total[rule];
        const uint64_t most = total < VX_FINDINGS_PER_RULE ? total : VX_FINDINGS_PER_RULE;
        const bool may_be_less = is_kept_list(rule) && f->rep.total[VX_BAT_015] > most;

        if (forwarded[rule] > (total > most ? VX_FINDINGS_MOST : most) ||
            (forwarded[rule] < most && !may_be_less)) {
            return false;
        }
    }
    return true;
}

const char *findings_broken_promise(const struct findings *f, uint64_t size)
{
    char summary[FINDINGS_TEXT_BYTES];

    if (!are_well_formed(f)) {
        return "a finding's rule, severity and object exist";
    }
    if (!findings_evidence_inside(f, size)) {
        return "evidence lies inside the file";
    }
    if (!are_totals_kept(f)) {
        return "as many findings of a rule are forwarded as its total says";
    }
    findings_summary(f, summary);
    return vx_verdict_of(&f->rep) == findings_verdict(summary) ? NULL
                                                               : "the verdict follows the words";
}
