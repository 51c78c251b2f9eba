/* Findings, totals, the pending log and what it changes as JSON. Loops run over rules and stored
 * findings; one finding at a time is held as JSON. */
#include "reports/json_findings.h"

#include "reports/catalogue.h"
#include "reports/message.h"
#include "reports/names.h"
#include "reports/replay_report.h"

/* A text of the rule with the finding's values; null where the rule has none. */
json_object *vxo_json_expanded(struct vxo_document *doc, const char *pattern,
                               const struct vx_finding *finding)
{
    char text[VXO_MESSAGE_BYTES];
    struct vxo_buffer put;

    if (pattern[0] == '\0') {
        return NULL;
    }
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_expand(&put, pattern, finding);
    return vxo_json_text(doc, text);
}

static void add_range(struct vxo_document *doc, json_object *object, const char *offset_name,
                      const char *length_name, uint64_t offset, uint64_t length)
{
    bool is_known = offset != VX_NO_OFFSET;

    vxo_json_add(doc, object, offset_name, vxo_json_known(doc, is_known, offset));
    vxo_json_add(doc, object, length_name, vxo_json_known(doc, is_known, length));
}

static json_object *make_finding(struct vxo_document *doc, const struct vx_finding *finding)
{
    const struct vxo_rule_text *rule = vxo_rule_text(finding->rule);
    json_object *object = vxo_json_made(doc, json_object_new_object());
    const struct vxo_object_words *words = vxo_object_words((uint64_t)finding->object);
    bool has_clause = strcmp(rule->clause, "-") != 0;

    vxo_json_add(doc, object, "rule", vxo_json_text(doc, rule->id));
    vxo_json_add(doc, object, "severity", vxo_json_text(doc, vxo_severity_name(finding->severity)));
    vxo_json_add(doc, object, "clause", vxo_json_text(doc, has_clause ? rule->clause : NULL));
    vxo_json_add(doc, object, "view", vxo_json_text(doc, vxo_view_name(finding->view)));
    vxo_json_add(doc, object, "object", vxo_json_text(doc, words->name));
    vxo_json_add(doc, object, "index", vxo_json_known(doc, words->has_index, finding->index));
    add_range(doc, object, "offset", "length", finding->offset, finding->length);
    add_range(doc, object, "other-offset", "other-length", finding->other_offset,
              finding->other_length);
    vxo_json_add(doc, object, "message", vxo_json_expanded(doc, rule->message, finding));
    vxo_json_add(doc, object, "found", vxo_json_expanded(doc, rule->found, finding));
    vxo_json_add(doc, object, "expected", vxo_json_expanded(doc, rule->expected, finding));
    vxo_json_add(doc, object, "hint", vxo_json_text(doc, rule->hint));
    return object;
}

/* All stored findings of one view, by rule. */
static void write_findings_of(struct vxo_document *doc, const struct vxo_store *store,
                              enum vx_view view)
{
    for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
        for (uint32_t i = 0; i < store->count[rule]; i++) {
            if (store->at[rule][i].view == view) {
                vxo_json_element(doc, make_finding(doc, &store->at[rule][i]));
            }
        }
    }
}

void vxo_json_findings(struct vxo_document *doc, const struct vxo_store *store)
{
    vxo_json_array(doc, "findings");
    write_findings_of(doc, store, VX_VIEW_RAW);
    write_findings_of(doc, store, VX_VIEW_REPLAYED);
    vxo_json_array_end(doc);
}

json_object *vxo_json_totals(struct vxo_document *doc, const struct vx_reporter *totals)
{
    json_object *object = vxo_json_made(doc, json_object_new_object());
    json_object *rules = vxo_json_made(doc, json_object_new_object());

    for (int severity = VX_SEV_FATAL; severity >= VX_SEV_INFO; severity--) {
        vxo_json_add(doc, object, vxo_severity_name((enum vx_severity)severity),
                     vxo_json_uint(doc, totals->by_severity[severity]));
    }
    for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
        if (totals->total[rule] > 0) {
            vxo_json_add(doc, rules, vxo_rule_text((enum vx_rule)rule)->id,
                         vxo_json_uint(doc, totals->total[rule]));
        }
    }
    vxo_json_add(doc, object, "rules", rules);
    return object;
}

json_object *vxo_json_skipped(struct vxo_document *doc, const struct vxo_store *store)
{
    json_object *array = vxo_json_made(doc, json_object_new_array());

    for (int pass = 0; pass < VX_PASS_COUNT; pass++) {
        if (vxo_is_skipped(store, (enum vx_pass)pass)) {
            vxo_json_append(doc, array, vxo_json_text(doc, vxo_pass_name((uint64_t)pass)));
        }
    }
    return array;
}

void vxo_json_disk(struct vxo_document *doc, json_object *object, const struct vx_facts *facts,
                   const struct vxr_log *log)
{
    const struct vx_metadata *m = &facts->metadata;
    bool has_id = m->has[VX_ITEM_DISK_ID];

    vxo_json_add(doc, object, "virtual-size",
                 vxo_json_known(doc, m->has[VX_ITEM_DISK_SIZE], m->disk_size));
    vxo_json_add(doc, object, "block-size",
                 vxo_json_known(doc, m->has[VX_ITEM_FILE_PARAMETERS], m->block_size));
    vxo_json_add(doc, object, "logical-sector-size",
                 vxo_json_known(doc, m->has[VX_ITEM_LOGICAL_SECTOR_SIZE], m->logical_sector_size));
    vxo_json_add(
        doc, object, "physical-sector-size",
        vxo_json_known(doc, m->has[VX_ITEM_PHYSICAL_SECTOR_SIZE], m->physical_sector_size));
    vxo_json_add(doc, object, "type", vxo_json_text(doc, vxo_disk_type(facts)));
    vxo_json_add(doc, object, "log", vxo_json_text(doc, vxo_log_state(facts, log)));
    vxo_json_add(doc, object, "disk-id", has_id ? vxo_json_guid(doc, &m->disk_id) : NULL);
    vxo_json_add(doc, object, "metadata-items", vxo_json_known(doc, m->is_usable, m->count));
    vxo_json_add(doc, object, "user-items", vxo_json_known(doc, m->is_usable, m->user_count));
}

json_object *vxo_json_pending(struct vxo_document *doc, const struct vxr_log *log)
{
    json_object *object = NULL;

    if (log == NULL || log->state != VXR_LOG_REPLAYED) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "entries", vxo_json_uint(doc, log->entries));
    vxo_json_add(doc, object, "first-sequence", vxo_json_uint(doc, log->first_sequence));
    vxo_json_add(doc, object, "last-sequence", vxo_json_uint(doc, log->scan.active.head.sequence));
    vxo_json_add(doc, object, "descriptors", vxo_json_uint(doc, log->descriptors));
    vxo_json_add(doc, object, "zero-descriptors", vxo_json_uint(doc, log->zero_descriptors));
    vxo_json_add(doc, object, "data-sectors", vxo_json_uint(doc, log->data_sectors));
    vxo_json_add(doc, object, "bytes", vxo_json_uint(doc, log->bytes));
    vxo_json_add(doc, object, "file-size", vxo_json_uint(doc, log->size));
    return object;
}

static json_object *make_counts(struct vxo_document *doc, const struct vxr_delta *delta)
{
    json_object *object = vxo_json_made(doc, json_object_new_object());

    for (unsigned kind = 0; kind < VXR_CHANGE_KIND_COUNT; kind++) {
        vxo_json_add(doc, object, vxo_change_name((enum vxr_change_kind)kind),
                     vxo_json_uint(doc, delta->changes[kind]));
    }
    return object;
}

void vxo_json_delta(struct vxo_document *doc, const struct vxr_delta *delta)
{
    vxo_json_member(doc, "change-totals", make_counts(doc, delta));
    vxo_json_member(doc, "bytes-changed", vxo_json_uint(doc, delta->bytes_changed));
    vxo_json_member(doc, "bytes-same", vxo_json_uint(doc, delta->bytes_same));
    vxo_json_member(doc, "bytes-unread", vxo_json_uint(doc, delta->unread));
    vxo_json_member(doc, "old-size", vxo_json_uint(doc, delta->old_size));
    vxo_json_member(doc, "new-size", vxo_json_uint(doc, delta->new_size));
}
