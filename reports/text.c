/* Text renderer. Every loop runs over rules, stored findings or the bytes of one line. */
#include "reports/text.h"

#include "reports/catalogue.h"
#include "reports/chain_report.h"
#include "reports/message.h"
#include "reports/names.h"

enum { INDENT = 4 };

static enum vxo_color severity_color(enum vx_severity severity)
{
    static const enum vxo_color COLORS[VX_SEV_COUNT] = {[VX_SEV_INFO] = VXO_CYAN,
                                                        [VX_SEV_WARNING] = VXO_YELLOW,
                                                        [VX_SEV_ERROR] = VXO_RED,
                                                        [VX_SEV_FATAL] = VXO_RED};

    return (unsigned)severity < VX_SEV_COUNT ? COLORS[severity] : VXO_PLAIN;
}

/* ---- Findings ---- */

/* "error VHDX-HDR-003: header 1 has ..." */
static void write_headline(const struct vxo_text *out, const struct vx_finding *finding)
{
    const struct vxo_rule_text *rule = vxo_rule_text(finding->rule);
    const char *severity = vxo_severity_name(finding->severity);
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, " ");
    vxo_put(&line.put, rule->id);
    vxo_put(&line.put, ": ");
    vxo_expand(&line.put, rule->message, finding);
    vxo_page_colored(&out->page, severity_color(finding->severity), severity);
    vxo_page_wrapped(&out->page, line.text, strlen(severity), INDENT);
}

static void put_range(struct vxo_buffer *put, uint64_t offset, uint64_t length)
{
    vxo_put_hex(put, offset);
    vxo_put(put, ", ");
    vxo_put_count(put, length, "byte");
}

/* "found X, expected Y", as far as the rule says so. */
static void write_values(const struct vxo_text *out, const struct vx_finding *finding)
{
    const struct vxo_rule_text *rule = vxo_rule_text(finding->rule);
    struct vxo_line line;

    if (rule->found[0] == '\0' && rule->expected[0] == '\0') {
        return;
    }
    vxo_line_init(&line);
    if (rule->found[0] != '\0') {
        vxo_put(&line.put, "found ");
        vxo_expand(&line.put, rule->found, finding);
    }
    if (rule->expected[0] != '\0') {
        vxo_put(&line.put, rule->found[0] != '\0' ? ", expected " : "expected ");
        vxo_expand(&line.put, rule->expected, finding);
    }
    vxo_page_paragraph(&out->page, line.text, INDENT);
}

static void write_place(const struct vxo_text *out, const struct vx_finding *finding)
{
    struct vxo_line line;

    if (finding->offset == VX_NO_OFFSET) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "at file offset ");
    put_range(&line.put, finding->offset, finding->length);
    if (finding->other_offset != VX_NO_OFFSET) {
        vxo_put(&line.put, "; the other at ");
        put_range(&line.put, finding->other_offset, finding->other_length);
    }
    if (finding->view == VX_VIEW_REPLAYED) {
        vxo_put(&line.put, " (after replay of the log)");
    }
    vxo_page_paragraph(&out->page, line.text, INDENT);
}

/* How many findings of a rule there are beyond those stored. */
static void write_more(const struct vxo_text *out, const struct vxo_report *report,
                       enum vx_rule rule)
{
    uint64_t total = report->totals->total[rule];
    struct vxo_line line;

    if (total <= report->store->count[rule]) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "and ");
    vxo_put_uint(&line.put, total - report->store->count[rule]);
    vxo_put(&line.put, " more: ");
    vxo_put_count(&line.put, total, "finding");
    vxo_put(&line.put, " of this rule in all");
    vxo_page_paragraph(&out->page, line.text, INDENT);
}

/* What holds for all findings of a rule: clause and title, hint. */
static void write_rule_notes(const struct vxo_text *out, enum vx_rule rule)
{
    const struct vxo_rule_text *text = vxo_rule_text(rule);
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, "Rule");
    if (strcmp(text->clause, "-") != 0) {
        vxo_put(&line.put, " (MS-VHDX ");
        vxo_put(&line.put, text->clause);
        vxo_put(&line.put, ")");
    }
    vxo_put(&line.put, ": ");
    vxo_put(&line.put, text->title);
    vxo_page_paragraph(&out->page, line.text, INDENT);
    vxo_page_paragraph(&out->page, text->hint, INDENT);
}

/* All stored findings of a rule that have this severity; brief: their headlines only. */
static void write_group(const struct vxo_text *out, const struct vxo_report *report,
                        enum vx_rule rule, enum vx_severity severity, bool is_brief)
{
    const struct vx_finding *finding = report->store->at[rule];
    bool is_empty = true;

    for (uint32_t i = 0; i < report->store->count[rule]; i++) {
        if (finding[i].severity != severity) {
            continue;
        }
        if (is_empty && !is_brief) {
            vxo_page_write(&out->page, "\n");
        }
        is_empty = false;
        write_headline(out, &finding[i]);
        if (!is_brief) {
            write_values(out, &finding[i]);
            write_place(out, &finding[i]);
        }
    }
    if (!is_empty) {
        write_more(out, report, rule);
    }
    if (!is_empty && !is_brief) {
        write_rule_notes(out, rule);
    }
}

/* All stored findings that are shown, the worst first, then by rule. */
static void write_findings(const struct vxo_text *out, const struct vxo_report *report,
                           bool is_brief)
{
    int least = out->is_verbose ? VX_SEV_INFO : VX_SEV_WARNING;

    for (int severity = VX_SEV_FATAL; severity >= least; severity--) {
        for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
            write_group(out, report, (enum vx_rule)rule, (enum vx_severity)severity, is_brief);
        }
    }
}

/* "12 notes are not shown (--verbose shows them)." */
static void write_hidden(const struct vxo_text *out, uint64_t count, const char *noun)
{
    struct vxo_line line;

    if (count == 0) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "\n");
    vxo_put_count(&line.put, count, noun);
    vxo_put(&line.put, count == 1 ? " is not shown (--verbose shows it).\n"
                                  : " are not shown (--verbose shows them).\n");
    vxo_page_write(&out->page, line.text);
}

/* ---- Verdict ---- */

/* "1 fatal error, 2 errors, 1 warning" */
static void put_counts(struct vxo_buffer *put, const struct vx_reporter *totals)
{
    static const struct {
        enum vx_severity severity;
        const char *noun;
    } PARTS[] = {
        {VX_SEV_FATAL, "fatal error"}, {VX_SEV_ERROR, "error"}, {VX_SEV_WARNING, "warning"}};
    bool is_first = true;

    for (size_t i = 0; i < VX_COUNT_OF(PARTS); i++) {
        uint64_t count = totals->by_severity[PARTS[i].severity];

        if (count > 0) {
            vxo_put(put, is_first ? "" : ", ");
            vxo_put_count(put, count, PARTS[i].noun);
            is_first = false;
        }
    }
}

static void put_verdict(struct vxo_buffer *put, const struct vx_reporter *totals)
{
    static const char *const WORDS[] = {[VX_SOUND] = "sound",
                                        [VX_WARNINGS] = "sound with ",
                                        [VX_CORRUPT] = "corrupt: ",
                                        [VX_INCOMPLETE] = "incomplete: "};
    enum vx_verdict verdict = vx_verdict_of(totals);

    vxo_put(put, WORDS[verdict]);
    if (verdict != VX_SOUND) {
        put_counts(put, totals);
    }
    if (totals->is_incomplete) {
        vxo_put(put, "; not everything could be checked");
    }
}

static void write_verdict(const struct vxo_text *out, const struct vxo_report *report)
{
    static const enum vxo_color COLORS[] = {[VX_SOUND] = VXO_GREEN,
                                            [VX_WARNINGS] = VXO_YELLOW,
                                            [VX_CORRUPT] = VXO_RED,
                                            [VX_INCOMPLETE] = VXO_YELLOW};
    enum vx_verdict verdict = vxo_verdict(report);
    struct vxo_line line;

    vxo_line_init(&line);
    if (report->verdict == VX_CORRUPT && vxo_is_foreign(report)) {
        vxo_put(&line.put, "not a VHDX image");
    } else {
        put_verdict(&line.put, report->totals);
    }
    if (verdict != report->verdict) {
        vxo_put(&line.put, "; with its parents: ");
        vxo_put(&line.put, vxo_verdict_name(verdict));
    }
    vxo_page_write(&out->page, report->image);
    vxo_page_write(&out->page, ": ");
    vxo_page_colored(&out->page, COLORS[verdict], line.text);
    vxo_page_write(&out->page, "\n");
}

/* What the image would be without its log: for readers that ignore it. */
static void write_unreplayed(const struct vxo_text *out, const struct vxo_report *report)
{
    bool is_replayed = report->log != NULL && report->log->state == VXR_LOG_REPLAYED;
    struct vxo_line line;

    if (report->unreplayed == NULL) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put,
            is_replayed
                ? "The verdict is about the image as it will be once the log has been replayed. "
                : "The verdict is about the image as it is, because its log was not replayed. ");
    vxo_put(&line.put, "To a reader that ignores the log it is ");
    put_verdict(&line.put, report->unreplayed);
    vxo_put(&line.put, ".");
    vxo_page_write(&out->page, "\n");
    vxo_page_paragraph(&out->page, line.text, 0);
}

/* A file that is no VHDX: say so, and what to do. */
static void write_foreign(const struct vxo_text *out, const struct vxo_report *report)
{
    write_verdict(out, report);
    write_findings(out, report, true);
    vxo_page_paragraph(&out->page, vxo_rule_text(VX_FTI_001)->hint, INDENT);
}

/* ---- Documents ---- */

bool vxo_text_judgement(const struct vxo_text *out, const struct vxo_report *report)
{
    const uint64_t *count = report->totals->by_severity;

    if (vxo_is_foreign(report) && !out->is_verbose) {
        write_foreign(out, report);
        return false;
    }
    write_verdict(out, report);
    write_findings(out, report, false);
    if (!out->is_verbose) {
        write_hidden(out, count[VX_SEV_INFO], "note");
    }
    vxo_page_write(&out->page, "\n");
    return true;
}

void vxo_text_check(const struct vxo_text *out, const struct vxo_report *report)
{
    if (!vxo_text_judgement(out, report)) {
        return;
    }
    vxo_text_facts(out, report);
    write_unreplayed(out, report);
    if (report->chain != NULL) {
        vxo_text_parents(out, report->chain);
    } else if (report->totals->total[VX_RUN_006] > 0) {
        vxo_page_write(&out->page, "\n");
        vxo_page_paragraph(&out->page,
                           "Its parents were not looked at: --parent-dir=DIR finds them among the "
                           "images in DIR, --parent=FILE names them.",
                           0);
    }
}

void vxo_text_findings(const struct vxo_text *out, const struct vxo_report *report)
{
    const uint64_t *count = report->totals->by_severity;

    if (count[VX_SEV_FATAL] > 0 || count[VX_SEV_ERROR] > 0 || count[VX_SEV_WARNING] > 0 ||
        (out->is_verbose && count[VX_SEV_INFO] > 0)) {
        vxo_page_write(&out->page, "\n");
        write_findings(out, report, true);
    }
}

void vxo_text_info(const struct vxo_text *out, const struct vxo_report *report)
{
    if (vxo_is_foreign(report)) {
        write_foreign(out, report);
        return;
    }
    vxo_page_write(&out->page, report->image);
    vxo_page_write(&out->page, ":\n");
    vxo_text_facts(out, report);
    if (report->chain != NULL) {
        vxo_text_naming(out, report->chain, 0);
    }
    vxo_text_findings(out, report);
}

void vxo_text_brief(const struct vxo_text *out, const struct vxo_report *report)
{
    if (vxo_is_foreign(report)) {
        write_foreign(out, report);
        return;
    }
    write_verdict(out, report);
    write_findings(out, report, true);
}

void vxo_text_rule(const struct vxo_page *page, enum vx_rule rule)
{
    const struct vxo_rule_text *text = vxo_rule_text(rule);
    struct vxo_line line;

    vxo_page_write(page, text->id);
    vxo_page_write(page, "  ");
    vxo_page_colored(page, severity_color(text->severity), vxo_severity_name(text->severity));
    if (strcmp(text->clause, "-") != 0) {
        vxo_page_write(page, "  MS-VHDX ");
        vxo_page_write(page, text->clause);
    }
    vxo_page_write(page, "\n");
    vxo_page_paragraph(page, text->title, INDENT);
    vxo_line_init(&line);
    vxo_put(&line.put, "Otherwise: ");
    vxo_expand(&line.put, text->message, NULL);
    vxo_put(&line.put, ".");
    vxo_page_paragraph(page, line.text, INDENT);
    vxo_page_paragraph(page, text->hint, INDENT);
}
