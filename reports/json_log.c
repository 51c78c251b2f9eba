/* The story of a log as JSON: an entry or a run at a time. */
#include "reports/catalogue.h"
#include "reports/json_findings.h"
#include "reports/log_report.h"
#include "reports/message.h"
#include "reports/names.h"

/* What the callbacks of a telling need. */
struct teller {
    struct vxo_document *doc;
    const struct vxo_log_report *report;
};

/* A reason that was put, or null. */
static json_object *make_reason(struct vxo_document *doc, const struct vxo_buffer *put)
{
    return vxo_json_text(doc, put->len > 0 ? put->text : NULL);
}

static void tell_entry(void *ctx, const struct vxr_entry *entry)
{
    const struct teller *teller = ctx;
    struct vxo_document *doc = teller->doc;
    json_object *object = vxo_json_made(doc, json_object_new_object());
    uint64_t number = vxo_entry_number(teller->report, entry);
    bool is_broken = !entry->is_valid && (unsigned)entry->reason < VX_RULE_COUNT;
    char text[VXO_MESSAGE_BYTES];
    struct vxo_buffer reason;

    vxo_buffer_init(&reason, text, sizeof(text));
    vxo_put_entry_reason(&reason, teller->report, entry);
    vxo_json_add(doc, object, "offset", vxo_json_uint(doc, entry->pos));
    vxo_json_add(doc, object, "file-offset",
                 vxo_json_uint(doc, vxr_ring_offset(teller->report->ring, entry->pos)));
    vxo_json_add(doc, object, "number", vxo_json_known(doc, number > 0, number));
    vxo_json_add(doc, object, "sequence", vxo_json_uint(doc, entry->sequence));
    vxo_json_add(doc, object, "length", vxo_json_uint(doc, entry->length));
    vxo_json_add(doc, object, "descriptors", vxo_json_uint(doc, entry->descriptor_count));
    vxo_json_add(doc, object, "tail", vxo_json_uint(doc, entry->tail));
    vxo_json_add(doc, object, "flushed-file-offset",
                 vxo_json_uint(doc, entry->flushed_file_offset));
    vxo_json_add(doc, object, "last-file-offset", vxo_json_uint(doc, entry->last_file_offset));
    vxo_json_add(doc, object, "log-guid", vxo_json_guid(doc, &entry->log_guid));
    vxo_json_add(doc, object, "valid", vxo_json_bool(doc, entry->is_valid));
    vxo_json_add(doc, object, "active",
                 vxo_json_bool(doc, vxo_entry_role(teller->report, entry) == VXO_ENTRY_APPLIED));
    vxo_json_add(doc, object, "rule",
                 vxo_json_text(doc, is_broken ? vxo_rule_text(entry->reason)->id : NULL));
    vxo_json_add(doc, object, "reason", make_reason(doc, &reason));
    vxo_json_element(doc, object);
}

static void tell_run(void *ctx, const struct vxr_run *run)
{
    const struct teller *teller = ctx;
    struct vxo_document *doc = teller->doc;
    json_object *object = vxo_json_made(doc, json_object_new_object());
    char text[VXO_MESSAGE_BYTES];
    struct vxo_buffer reason;

    vxo_buffer_init(&reason, text, sizeof(text));
    vxo_put_run_reason(&reason, teller->report, run);
    vxo_json_add(doc, object, "offset", vxo_json_uint(doc, run->start));
    vxo_json_add(doc, object, "length", vxo_json_uint(doc, run->bytes));
    vxo_json_add(doc, object, "entries", vxo_json_uint(doc, run->entry_count));
    vxo_json_add(doc, object, "first-sequence", vxo_json_uint(doc, vxo_run_first(run)));
    vxo_json_add(doc, object, "last-sequence", vxo_json_uint(doc, run->head.sequence));
    vxo_json_add(doc, object, "head-offset", vxo_json_uint(doc, run->head.pos));
    vxo_json_add(doc, object, "tail-offset", vxo_json_uint(doc, run->head.tail));
    vxo_json_add(doc, object, "valid", vxo_json_bool(doc, run->is_valid));
    vxo_json_add(doc, object, "active", vxo_json_bool(doc, vxo_run_is_active(teller->report, run)));
    vxo_json_add(doc, object, "reason", make_reason(doc, &reason));
    vxo_json_element(doc, object);
}

/* Write an array of what one telling tells. */
static void write_story(struct vxo_document *doc, const struct vxo_log_report *report,
                        const char *name, const struct vxr_story *story)
{
    vxo_json_array(doc, name);
    if (report->ring != NULL) {
        report->tell(report->ctx, story);
    }
    vxo_json_array_end(doc);
}

static json_object *make_active(struct vxo_document *doc, const struct vxr_log *log)
{
    const struct vxr_run *run = &log->scan.active;
    json_object *object = NULL;

    if (!log->scan.has_active) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "tail-offset", vxo_json_uint(doc, run->head.tail));
    vxo_json_add(doc, object, "head-offset", vxo_json_uint(doc, run->head.pos));
    vxo_json_add(doc, object, "first-sequence", vxo_json_uint(doc, log->first_sequence));
    vxo_json_add(doc, object, "last-sequence", vxo_json_uint(doc, run->head.sequence));
    vxo_json_add(doc, object, "entries", vxo_json_uint(doc, log->entries));
    return object;
}

static void write_state(struct vxo_document *doc, const struct vxo_state *state)
{
    if (state == NULL) {
        vxo_json_member(doc, "state", NULL);
        return;
    }
    vxo_json_object(doc, "state");
    vxo_json_member(doc, "entries", vxo_json_uint(doc, state->entries));
    vxo_json_member(doc, "verdict", vxo_json_text(doc, vxo_verdict_name(state->image.verdict)));
    vxo_json_delta(doc, &state->delta);
    vxo_json_member(doc, "totals", vxo_json_totals(doc, state->image.totals));
    vxo_json_findings(doc, state->image.store);
    vxo_json_object_end(doc);
}

bool vxo_json_log(const struct vxo_json *out, const struct vxo_log_report *report)
{
    const struct vxo_report *image = &report->image;
    const struct vx_header *header = vx_headers_current(&image->facts->headers);
    bool is_known = header != NULL;
    struct vxo_document doc = vxo_json_start(out, VXO_SCHEMA_LOG, image->image);
    struct teller teller = {.doc = &doc, .report = report};
    struct vxr_story entries = {.entry = tell_entry, .ctx = &teller};
    struct vxr_story runs = {.run = tell_run, .ctx = &teller};

    vxo_json_member(&doc, "log", vxo_json_text(&doc, vxo_log_state(image->facts, image->log)));
    vxo_json_member(&doc, "log-guid", is_known ? vxo_json_guid(&doc, &header->log_guid) : NULL);
    vxo_json_member(&doc, "log-offset",
                    vxo_json_known(&doc, is_known, is_known ? header->log_offset : 0));
    vxo_json_member(&doc, "log-length",
                    vxo_json_known(&doc, is_known, is_known ? header->log_length : 0));
    vxo_json_member(&doc, "active", make_active(&doc, image->log));
    vxo_json_member(&doc, "pending-log", vxo_json_pending(&doc, image->log));
    write_story(&doc, report, "entries", &entries);
    write_story(&doc, report, "runs", &runs);
    vxo_json_member(&doc, "totals", vxo_json_totals(&doc, image->totals));
    vxo_json_findings(&doc, image->store);
    write_state(&doc, report->state);
    vxo_json_end(&doc);
    return !doc.is_broken;
}
