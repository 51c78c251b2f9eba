/* JSON renderer over json-c. Loops run over rules, stored findings and regions; never more than a
 * finding or the facts is held as JSON at a time. */
#include "reports/json.h"

#include <json-c/json.h>

#include "reports/catalogue.h"
#include "reports/message.h"
#include "reports/names.h"
#include "reports/version.h"

enum { INDENT = 2 /* as json-c's own */ };

static const char *const SCHEMAS[] = {
    [VXO_INFO] = "vhdxray-info-1", [VXO_CHECK] = "vhdxray-check-1"};

/* A document on its way out. */
struct document {
    const struct vxo_json *out;
    bool is_broken; /* memory ran out */
    bool has_member;
};

/* ---- Values. NULL is JSON's null for json-c, so a failure is remembered by the document. ---- */

static json_object *made(struct document *doc, json_object *value)
{
    doc->is_broken = doc->is_broken || value == NULL;
    return value;
}

static json_object *make_uint(struct document *doc, uint64_t number)
{
    return made(doc, json_object_new_uint64(number));
}

static json_object *make_known(struct document *doc, bool is_known, uint64_t number)
{
    return is_known ? make_uint(doc, number) : NULL;
}

/* text: NULL for null. */
static json_object *make_text(struct document *doc, const char *text)
{
    return text != NULL ? made(doc, json_object_new_string(text)) : NULL;
}

static json_object *make_guid(struct document *doc, const struct vx_guid *guid)
{
    char text[VX_GUID_TEXT_BYTES];

    vx_guid_format(guid, text);
    return make_text(doc, text);
}

/* Hand value over to object; name: static. */
static void add(struct document *doc, json_object *object, const char *name, json_object *value)
{
    if (object == NULL ||
        json_object_object_add_ex(object, name, value, JSON_C_OBJECT_KEY_IS_CONSTANT) != 0) {
        doc->is_broken = true;
        (void)json_object_put(value);
    }
}

static void append(struct document *doc, json_object *array, json_object *value)
{
    if (array == NULL || json_object_array_add(array, value) != 0) {
        doc->is_broken = true;
        (void)json_object_put(value);
    }
}

/* ---- Output ---- */

static void write_text(const struct document *doc, const char *text)
{
    doc->out->write(doc->out->ctx, text, strlen(text));
}

static void write_break(const struct document *doc, size_t depth)
{
    if (!doc->out->is_pretty) {
        return;
    }
    write_text(doc, "\n");
    for (size_t i = 0; i < depth * INDENT; i++) {
        write_text(doc, " ");
    }
}

/* Write a value, its lines indented to depth, and release it. */
static void write_value(struct document *doc, json_object *value, size_t depth)
{
    int style = doc->out->is_pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                    : JSON_C_TO_STRING_PLAIN;
    const char *text =
        json_object_to_json_string_ext(value, style | JSON_C_TO_STRING_NOSLASHESCAPE);

    if (text == NULL) {
        doc->is_broken = true;
        text = "";
    }
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);

        doc->out->write(doc->out->ctx, text, len);
        text += len;
        if (*text == '\n') {
            write_break(doc, depth);
            text++;
        }
    }
    (void)json_object_put(value);
}

/* Start a member of the document: its name, ready for the value. */
static void write_name(struct document *doc, const char *name)
{
    write_text(doc, doc->has_member ? "," : "{");
    write_break(doc, 1);
    write_text(doc, "\"");
    write_text(doc, name);
    write_text(doc, doc->out->is_pretty ? "\": " : "\":");
    doc->has_member = true;
}

static void write_member(struct document *doc, const char *name, json_object *value)
{
    write_name(doc, name);
    write_value(doc, value, 1);
}

static void write_end(const struct document *doc)
{
    write_break(doc, 0);
    write_text(doc, "}\n");
}

/* ---- Findings and totals ---- */

/* A text of the rule with the finding's values; null where the rule has none. */
static json_object *make_expanded(struct document *doc, const char *pattern,
                                  const struct vx_finding *finding)
{
    char text[VXO_MESSAGE_BYTES];
    struct vxo_buffer put;

    if (pattern[0] == '\0') {
        return NULL;
    }
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_expand(&put, pattern, finding);
    return make_text(doc, text);
}

static void add_range(struct document *doc, json_object *object, const char *offset_name,
                      const char *length_name, uint64_t offset, uint64_t length)
{
    bool is_known = offset != VX_NO_OFFSET;

    add(doc, object, offset_name, make_known(doc, is_known, offset));
    add(doc, object, length_name, make_known(doc, is_known, length));
}

static json_object *make_finding(struct document *doc, const struct vx_finding *finding)
{
    const struct vxo_rule_text *rule = vxo_rule_text(finding->rule);
    json_object *object = made(doc, json_object_new_object());
    const struct vxo_object_words *words = vxo_object_words((uint64_t)finding->object);
    bool has_clause = strcmp(rule->clause, "-") != 0;

    add(doc, object, "rule", make_text(doc, rule->id));
    add(doc, object, "severity", make_text(doc, vxo_severity_name(finding->severity)));
    add(doc, object, "clause", make_text(doc, has_clause ? rule->clause : NULL));
    add(doc, object, "view", make_text(doc, vxo_view_name(finding->view)));
    add(doc, object, "object", make_text(doc, words->name));
    add(doc, object, "index", make_known(doc, words->has_index, finding->index));
    add_range(doc, object, "offset", "length", finding->offset, finding->length);
    add_range(doc, object, "other-offset", "other-length", finding->other_offset,
              finding->other_length);
    add(doc, object, "message", make_expanded(doc, rule->message, finding));
    add(doc, object, "found", make_expanded(doc, rule->found, finding));
    add(doc, object, "expected", make_expanded(doc, rule->expected, finding));
    add(doc, object, "hint", make_text(doc, rule->hint));
    return object;
}

/* All stored findings of one view, by rule. Returns whether there were any. */
static bool write_findings_of(struct document *doc, const struct vxo_store *store,
                              enum vx_view view, bool is_first)
{
    for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
        for (uint32_t i = 0; i < store->count[rule]; i++) {
            if (store->at[rule][i].view != view) {
                continue;
            }
            write_text(doc, is_first ? "" : ",");
            write_break(doc, 2);
            write_value(doc, make_finding(doc, &store->at[rule][i]), 2);
            is_first = false;
        }
    }
    return !is_first;
}

static void write_findings(struct document *doc, const struct vxo_store *store)
{
    bool is_any = false;

    write_name(doc, "findings");
    write_text(doc, "[");
    is_any = write_findings_of(doc, store, VX_VIEW_RAW, true);
    is_any = write_findings_of(doc, store, VX_VIEW_REPLAYED, !is_any);
    if (is_any) {
        write_break(doc, 1);
    }
    write_text(doc, "]");
}

static json_object *make_totals(struct document *doc, const struct vx_reporter *totals)
{
    json_object *object = made(doc, json_object_new_object());
    json_object *rules = made(doc, json_object_new_object());

    for (int severity = VX_SEV_FATAL; severity >= VX_SEV_INFO; severity--) {
        add(doc, object, vxo_severity_name((enum vx_severity)severity),
            make_uint(doc, totals->by_severity[severity]));
    }
    for (int rule = 0; rule < VX_RULE_COUNT; rule++) {
        if (totals->total[rule] > 0) {
            add(doc, rules, vxo_rule_text((enum vx_rule)rule)->id,
                make_uint(doc, totals->total[rule]));
        }
    }
    add(doc, object, "rules", rules);
    return object;
}

static json_object *make_skipped(struct document *doc, const struct vxo_store *store)
{
    json_object *array = made(doc, json_object_new_array());

    for (int pass = 0; pass < VX_PASS_COUNT; pass++) {
        if (vxo_is_skipped(store, (enum vx_pass)pass)) {
            append(doc, array, make_text(doc, vxo_pass_name((uint64_t)pass)));
        }
    }
    return array;
}

/* ---- Facts ---- */

static json_object *make_header(struct document *doc, const struct vx_header *header)
{
    json_object *object = NULL;

    if (header == NULL) {
        return NULL;
    }
    object = made(doc, json_object_new_object());
    add(doc, object, "sequence-number", make_uint(doc, header->sequence_number));
    add(doc, object, "version", make_uint(doc, header->version));
    add(doc, object, "file-write-guid", make_guid(doc, &header->file_write_guid));
    add(doc, object, "data-write-guid", make_guid(doc, &header->data_write_guid));
    add(doc, object, "log-guid", make_guid(doc, &header->log_guid));
    add(doc, object, "log-version", make_uint(doc, header->log_version));
    add(doc, object, "log-offset", make_uint(doc, header->log_offset));
    add(doc, object, "log-length", make_uint(doc, header->log_length));
    return object;
}

static json_object *make_regions(struct document *doc, const struct vxo_report *report)
{
    json_object *array = NULL;

    if (!report->facts->regions.is_usable) {
        return NULL;
    }
    array = made(doc, json_object_new_array());
    for (uint32_t i = 0; i < report->facts->regions.count; i++) {
        const struct vx_region *region = &report->region[i];
        json_object *object = made(doc, json_object_new_object());

        add(doc, object, "index", make_uint(doc, i));
        add(doc, object, "object",
            make_text(doc, vxo_object_words((uint64_t)region->object)->name));
        add(doc, object, "guid", make_guid(doc, &region->guid));
        add(doc, object, "offset", make_uint(doc, region->offset));
        add(doc, object, "length", make_uint(doc, region->length));
        add(doc, object, "required", make_uint(doc, region->required));
        append(doc, array, object);
    }
    return array;
}

static json_object *make_blocks(struct document *doc, const struct vx_blocks *blocks)
{
    json_object *object = NULL;
    json_object *payload = NULL;
    json_object *bitmap = NULL;
    uint64_t reserved = 0;

    if (!blocks->is_judged) {
        return NULL;
    }
    object = made(doc, json_object_new_object());
    payload = made(doc, json_object_new_object());
    bitmap = made(doc, json_object_new_object());
    for (unsigned state = 0; state < VX_STATE_COUNT; state++) {
        add(doc, payload, vxo_state_name(state), make_uint(doc, blocks->payload_state[state]));
        if (state != VX_STATE_NOT_PRESENT && state != VX_STATE_FULLY_PRESENT) {
            reserved += blocks->bitmap_state[state];
        }
    }
    add(doc, bitmap, "not-present", make_uint(doc, blocks->bitmap_state[VX_STATE_NOT_PRESENT]));
    add(doc, bitmap, "present", make_uint(doc, blocks->bitmap_state[VX_STATE_FULLY_PRESENT]));
    add(doc, bitmap, "reserved", make_uint(doc, reserved));
    add(doc, object, "payload", payload);
    add(doc, object, "sector-bitmaps", bitmap);
    add(doc, object, "unreadable-entries", make_uint(doc, blocks->unreadable));
    add(doc, object, "unused-slots", make_uint(doc, blocks->unused_slots));
    add(doc, object, "end", make_uint(doc, blocks->end));
    return object;
}

/* What the metadata items state, as they state it. */
static void add_disk(struct document *doc, json_object *object, const struct vx_facts *facts)
{
    const struct vx_metadata *m = &facts->metadata;
    bool has_id = m->has[VX_ITEM_DISK_ID];

    add(doc, object, "virtual-size", make_known(doc, m->has[VX_ITEM_DISK_SIZE], m->disk_size));
    add(doc, object, "block-size", make_known(doc, m->has[VX_ITEM_FILE_PARAMETERS], m->block_size));
    add(doc, object, "logical-sector-size",
        make_known(doc, m->has[VX_ITEM_LOGICAL_SECTOR_SIZE], m->logical_sector_size));
    add(doc, object, "physical-sector-size",
        make_known(doc, m->has[VX_ITEM_PHYSICAL_SECTOR_SIZE], m->physical_sector_size));
    add(doc, object, "type", make_text(doc, vxo_disk_type(facts)));
    add(doc, object, "log", make_text(doc, vxo_log_state(facts)));
    add(doc, object, "disk-id", has_id ? make_guid(doc, &m->disk_id) : NULL);
    add(doc, object, "metadata-items", make_known(doc, m->is_usable, m->count));
    add(doc, object, "user-items", make_known(doc, m->is_usable, m->user_count));
}

static json_object *make_facts(struct document *doc, const struct vxo_report *report)
{
    const struct vx_facts *facts = report->facts;
    const struct vx_geometry *geo = &facts->geometry;
    const char *creator = facts->fileid.has_signature ? facts->fileid.creator.utf8 : NULL;
    json_object *object = made(doc, json_object_new_object());

    add_disk(doc, object, facts);
    add(doc, object, "creator", make_text(doc, creator));
    add(doc, object, "file-size", make_uint(doc, facts->file_bytes));
    add(doc, object, "current-header",
        make_known(doc, facts->headers.has_current, facts->headers.current));
    add(doc, object, "header", make_header(doc, vx_headers_current(&facts->headers)));
    add(doc, object, "regions", make_regions(doc, report));
    add(doc, object, "bat-entries", make_known(doc, facts->has_geometry, geo->bat_entries));
    add(doc, object, "payload-blocks", make_known(doc, facts->has_geometry, geo->payload_blocks));
    add(doc, object, "chunks", make_known(doc, facts->has_geometry, geo->bitmap_blocks));
    add(doc, object, "chunk-ratio", make_known(doc, facts->has_geometry, geo->chunk_ratio));
    add(doc, object, "blocks", make_blocks(doc, &facts->blocks));
    return object;
}

/* ---- Documents ---- */

static struct document start(const struct vxo_json *out, enum vxo_depth depth, const char *image)
{
    struct document doc = {.out = out};

    write_member(&doc, "schema", make_text(&doc, SCHEMAS[depth]));
    write_member(&doc, "tool", make_text(&doc, VXO_TOOL));
    write_member(&doc, "image", make_text(&doc, image));
    return doc;
}

/* In a document of info the facts are members of the document itself. */
static void write_facts(struct document *doc, const struct vxo_report *report)
{
    json_object *facts = make_facts(doc, report);

    if (report->depth == VXO_CHECK) {
        write_member(doc, "facts", facts);
        return;
    }
    if (facts != NULL) {
        json_object_object_foreach(facts, name, value)
        {
            write_member(doc, name, json_object_get(value));
        }
    }
    (void)json_object_put(facts);
}

bool vxo_json_report(const struct vxo_json *out, const struct vxo_report *report)
{
    struct document doc = start(out, report->depth, report->image);

    if (report->depth == VXO_CHECK) {
        write_member(&doc, "verdict", make_text(&doc, vxo_verdict_name(report->verdict)));
    } else {
        write_facts(&doc, report);
    }
    write_member(&doc, "totals", make_totals(&doc, report->totals));
    write_findings(&doc, report->store);
    write_member(&doc, "skipped", make_skipped(&doc, report->store));
    write_member(&doc, "bytes-read", make_uint(&doc, report->bytes_read));
    if (report->depth == VXO_CHECK) {
        write_facts(&doc, report);
    }
    write_end(&doc);
    return !doc.is_broken;
}

bool vxo_json_error(const struct vxo_json *out, enum vxo_depth depth, const char *image,
                    const char *error)
{
    struct document doc = start(out, depth, image);

    write_member(&doc, "verdict", make_text(&doc, vxo_verdict_name(VX_INCOMPLETE)));
    write_member(&doc, "error", make_text(&doc, error));
    write_name(&doc, "findings");
    write_text(&doc, "[]");
    write_end(&doc);
    return !doc.is_broken;
}
