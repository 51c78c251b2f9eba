/* From findings to an expectation. */
#include "tests/support/judge.h"

#include "tests/support/check.h"
#include "tests/support/fault_source.h"
#include "tests/support/linked.h"

/* Is it about one of several of its kind? */
static bool has_index(const struct vx_finding *x)
{
    switch (x->object) {
    case VX_OBJ_HEADER:
    case VX_OBJ_LOG_ENTRY:
    case VX_OBJ_REGION_TABLE:
    case VX_OBJ_REGION:
    case VX_OBJ_BAT_REGION:
    case VX_OBJ_METADATA_REGION:
    case VX_OBJ_METADATA_ENTRY:
    case VX_OBJ_LOCATOR_KEY:
    case VX_OBJ_LOCATOR_VALUE:
    case VX_OBJ_PAYLOAD_ENTRY:
    case VX_OBJ_BITMAP_ENTRY:
        return true;
    case VX_OBJ_FILE:
    case VX_OBJ_FILE_END:
    case VX_OBJ_FILE_IDENTIFIER:
    case VX_OBJ_HEADER_SECTION:
    case VX_OBJ_LOG:
    case VX_OBJ_METADATA_TABLE:
    case VX_OBJ_LOCATOR:
    case VX_OBJ_DISK:
    case VX_OBJ_BAT:
    case VX_OBJ_BLOCKS:
    case VX_OBJ_RUN:
    case VX_OBJ_COUNT:
        break;
    }
    return false;
}

/* The line of the pair, made in its place if it was not there. */
static struct expect_line *line_of(struct expect_part *part, const struct vx_finding *x)
{
    size_t at = 0;

    while (at < part->count &&
           (part->line[at].rule < x->rule ||
            (part->line[at].rule == x->rule && part->line[at].severity < x->severity))) {
        at++;
    }
    if (at == part->count || part->line[at].rule != x->rule ||
        part->line[at].severity != x->severity) {
        if (part->count == EXPECT_LINES) {
            return NULL;
        }
        memmove(&part->line[at + 1], &part->line[at], (part->count - at) * sizeof(part->line[0]));
        part->line[at] = (struct expect_line){.rule = x->rule,
                                              .severity = x->severity,
                                              .offset = x->offset,
                                              .has_index = has_index(x),
                                              .index = x->index};
        part->count++;
    }
    return &part->line[at];
}

void judge_findings(const struct findings *f, struct expect_part *part)
{
    uint64_t seen[VX_RULE_COUNT] = {0};

    *part = (struct expect_part){.verdict = vx_verdict_of(&f->rep)};
    for (size_t i = 0; i < f->count; i++) {
        struct expect_line *line = line_of(part, &f->at[i]);

        if (line != NULL) {
            line->total++;
            seen[f->at[i].rule]++;
        }
    }
    for (size_t i = f->count; i > 0; i--) {
        const struct vx_finding *x = &f->at[i - 1];
        struct expect_line *line = line_of(part, x);

        if (line != NULL) {
            line->total += f->rep.total[x->rule] - seen[x->rule];
            seen[x->rule] = f->rep.total[x->rule];
        }
    }
}

void judge_image(struct image *im, const char *name, bool has_least_memory, struct judged *out)
{
    const struct vx_source inner = image_source(im);
    const size_t least = has_least_memory ? (size_t)vx_structure_need(im->size).min : 0;
    const uint64_t passes = has_least_memory ? UINT64_MAX : 0;
    const struct replay_options replay = {.memory_bytes = least, .pass_limit = passes};
    const struct check_options check = {.memory_bytes = least, .pass_limit = passes};
    struct fault_source count;
    struct vx_source src;

    findings_init(&out->check, name);
    findings_init(&out->raw, name);
    fault_source_init(&count, &inner);
    src = fault_source(&count);
    out->size = replayed_check(&src, &replay, &out->check, NULL);
    out->bytes_read = count.bytes;
    check_source(&inner, &check, &out->raw, NULL);
}

void judged_free(struct judged *judged)
{
    findings_free(&judged->check);
    findings_free(&judged->raw);
}

void judged_expectation(const struct judged *judged, struct expectation *out)
{
    memset(out, 0, sizeof(*out));
    judge_findings(&judged->check, &out->check);
    judge_findings(&judged->raw, &out->raw);
    out->exit_status = expectation_exit_status(out->check.verdict);
    out->has_raw = !expect_part_equal(&out->check, &out->raw);
    out->reads = judged->bytes_read;
}

void judge_chain(const struct lineage *lineage, struct expectation *out)
{
    static struct linked l;

    linked_open(&l, lineage, false);
    judge_findings(&l.image[0].f, &out->chain);
    out->has_chain = true;
    linked_close(&l);
}
