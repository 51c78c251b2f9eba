/* The story of a log for people: a line and perhaps a reason for each entry and each run. */
#include "reports/catalogue.h"
#include "reports/log_report.h"
#include "reports/replay_report.h"

enum { INDENT = 2, PLACE_COLUMNS = 14, REASON_INDENT = 24 };

/* What the callbacks of a telling need. */
struct teller {
    const struct vxo_text *out;
    const struct vxo_log_report *report;
    uint64_t count; /* told so far */
};

/* "  0xc000      active    ": where it lies, and what it is. */
static void write_place(const struct vxo_text *out, uint64_t pos, const char *word,
                        enum vxo_color color)
{
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, "  ");
    vxo_put_hex(&line.put, pos);
    vxo_page_write(&out->page, line.text);
    vxo_page_spaces(&out->page, line.put.len < PLACE_COLUMNS ? PLACE_COLUMNS - line.put.len : 1);
    vxo_page_colored(&out->page, color, word);
    vxo_page_spaces(&out->page, REASON_INDENT - PLACE_COLUMNS - strlen(word));
}

/* ", NAME 0x1000" */
static void put_field(struct vxo_buffer *put, const char *name, uint64_t number)
{
    vxo_put(put, ", ");
    vxo_put(put, name);
    vxo_put(put, " ");
    vxo_put_hex(put, number);
}

static void write_reason(const struct vxo_text *out, const struct vxo_line *line)
{
    if (line->put.len > 0) {
        vxo_page_paragraph(&out->page, line->text, REASON_INDENT);
    }
}

static void tell_entry(void *ctx, const struct vxr_entry *entry)
{
    static const char *const WORDS[] = {[VXO_ENTRY_APPLIED] = "active",
                                        [VXO_ENTRY_OLDER] = "older",
                                        [VXO_ENTRY_ELSEWHERE] = "unused",
                                        [VXO_ENTRY_INVALID] = "invalid",
                                        [VXO_ENTRY_STALE] = "stale"};
    struct teller *teller = ctx;
    enum vxo_entry_role role = vxo_entry_role(teller->report, entry);
    uint64_t number = vxo_entry_number(teller->report, entry);
    struct vxo_line line;

    teller->count++;
    write_place(teller->out, entry->pos, WORDS[role],
                role == VXO_ENTRY_APPLIED ? VXO_GREEN : VXO_PLAIN);
    vxo_line_init(&line);
    if (number > 0) {
        vxo_put(&line.put, "entry ");
        vxo_put_uint(&line.put, number);
        vxo_put(&line.put, ", ");
    }
    vxo_put(&line.put, "sequence ");
    vxo_put_uint(&line.put, entry->sequence);
    vxo_put(&line.put, ", ");
    vxo_put_count(&line.put, entry->length, "byte");
    vxo_put(&line.put, ", ");
    vxo_put_count(&line.put, entry->descriptor_count, "descriptor");
    put_field(&line.put, "tail", entry->tail);
    put_field(&line.put, "flushed", entry->flushed_file_offset);
    put_field(&line.put, "last", entry->last_file_offset);
    vxo_page_wrapped(&teller->out->page, line.text, REASON_INDENT, REASON_INDENT);
    vxo_line_init(&line);
    if (role == VXO_ENTRY_INVALID) {
        vxo_put(&line.put, vxo_rule_text(entry->reason)->id);
        vxo_put(&line.put, ": ");
    }
    if (role != VXO_ENTRY_STALE) { /* said once for all */
        vxo_put_entry_reason(&line.put, teller->report, entry);
    }
    write_reason(teller->out, &line);
}

static void tell_run(void *ctx, const struct vxr_run *run)
{
    struct teller *teller = ctx;
    bool is_active = vxo_run_is_active(teller->report, run);
    struct vxo_line line;

    teller->count++;
    write_place(teller->out, run->start, is_active ? "active" : "unused",
                is_active ? VXO_GREEN : VXO_PLAIN);
    vxo_line_init(&line);
    vxo_put(&line.put, run->entry_count == 1 ? "1 entry" : "");
    if (run->entry_count != 1) {
        vxo_put_uint(&line.put, run->entry_count);
        vxo_put(&line.put, " entries");
    }
    vxo_put(&line.put, ", sequence ");
    vxo_put_uint(&line.put, vxo_run_first(run));
    if (run->entry_count > 1) {
        vxo_put(&line.put, " to ");
        vxo_put_uint(&line.put, run->head.sequence);
    }
    put_field(&line.put, "head at", run->head.pos);
    put_field(&line.put, "its tail at", run->head.tail);
    vxo_page_wrapped(&teller->out->page, line.text, REASON_INDENT, REASON_INDENT);
    vxo_line_init(&line);
    vxo_put_run_reason(&line.put, teller->report, run);
    write_reason(teller->out, &line);
}

static void write_story(struct teller *teller, const char *title, const struct vxr_story *story)
{
    const struct vxo_page *page = &teller->out->page;

    vxo_page_write(page, "\n");
    vxo_page_write(page, title);
    vxo_page_write(page, "\n");
    teller->count = 0;
    teller->report->tell(teller->report->ctx, story);
    if (teller->count == 0) {
        vxo_page_write(page, "  none\n");
    }
}

/* What the log is, in one sentence. */
static void write_state(const struct vxo_text *out, const struct vxo_log_report *report)
{
    const struct vxo_report *image = &report->image;
    const struct vxr_log *log = image->log;
    struct vxo_line line;

    vxo_line_init(&line);
    if (!image->facts->headers.has_current) {
        vxo_put(&line.put, "There is no current header: whether a log is pending is not known.");
    } else if (!image->facts->headers.is_dirty) {
        vxo_put(&line.put, "The log is empty, because LogGuid is zero: whatever entries lie in "
                           "it do not count.");
    } else if (log->state == VXR_LOG_INVALID) {
        vxo_put(&line.put, "The log is pending, but it cannot be replayed.");
    } else if (log->state == VXR_LOG_UNKNOWN) {
        vxo_put(&line.put, "The log is pending, but this run could not replay it.");
    } else {
        vxo_put(&line.put, "The log is pending. Replay starts at the tail, ");
        vxo_put_hex(&line.put, log->scan.active.head.tail);
        vxo_put(&line.put, ", and ends with the head, ");
        vxo_put_hex(&line.put, log->scan.active.head.pos);
        vxo_put(&line.put, ".");
    }
    vxo_page_paragraph(&out->page, line.text, INDENT);
}

/* Why is the state that was asked for not one on the way? NULL: it is. */
static const char *no_state(const struct vxo_report *image)
{
    const struct vx_headers *headers = &image->facts->headers;

    if (image->log->state == VXR_LOG_REPLAYED) {
        return NULL;
    }
    if (!headers->has_current) {
        return "There is no current header: this is the image as it lies.";
    }
    if (!headers->is_dirty) {
        return "The log is clean: this is the image as it lies.";
    }
    if (image->log->state == VXR_LOG_UNKNOWN) {
        return "This run could not apply these entries.";
    }
    return image->log->scan.has_active
               ? "These entries cannot be applied."
               : "The log holds no active sequence: there is no state on the way.";
}

/* The state after the first entries: what they change, and the verdict. */
static void write_state_at(const struct vxo_text *out, const struct vxo_log_report *report)
{
    const struct vxo_state *state = report->state;
    const char *why_not = no_state(&state->image);
    struct vxo_line line;

    vxo_page_write(&out->page, "\n");
    if (why_not != NULL) {
        vxo_page_paragraph(&out->page, why_not, INDENT);
        vxo_page_write(&out->page, "\n");
        vxo_text_brief(out, &state->image);
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "The first ");
    vxo_put_uint(&line.put, state->entries);
    vxo_put(&line.put, " of ");
    vxo_put_uint(&line.put, report->image.log->entries);
    vxo_put(&line.put, " entries change:\n");
    vxo_page_write(&out->page, line.text);
    vxo_text_delta(out, &state->delta);
    vxo_page_write(&out->page, "\nAfter them: ");
    vxo_text_brief(out, &state->image);
}

void vxo_text_log(const struct vxo_text *out, const struct vxo_log_report *report)
{
    struct teller teller = {.out = out, .report = report};
    struct vxr_story entries = {.entry = tell_entry, .ctx = &teller};
    struct vxr_story runs = {.run = tell_run, .ctx = &teller};

    if (vxo_is_foreign(&report->image)) {
        vxo_text_brief(out, &report->image);
        return;
    }
    vxo_page_write(&out->page, report->image.image);
    vxo_page_write(&out->page, ":\n");
    write_state(out, report);
    vxo_text_log_facts(out, &report->image);
    if (report->ring != NULL) {
        write_story(&teller,
                    "Entries, in the order of the ring (offsets count from its start):", &entries);
        write_story(&teller, "Runs of entries:", &runs);
    }
    vxo_text_findings(out, &report->image);
    if (report->state != NULL) {
        write_state_at(out, report);
    }
}
