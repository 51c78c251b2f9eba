/* JSON renderer over json-c. Loops run over rules, stored findings and regions; never more than a
 * finding or the facts is held as JSON at a time. */
#include "reports/json.h"

#include "reports/catalogue.h"
#include "reports/chain_report.h"
#include "reports/json_findings.h"
#include "reports/names.h"

/* ---- Facts ---- */

static json_object *make_header(struct vxo_document *doc, const struct vx_header *header)
{
    json_object *object = NULL;

    if (header == NULL) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "sequence-number", vxo_json_uint(doc, header->sequence_number));
    vxo_json_add(doc, object, "version", vxo_json_uint(doc, header->version));
    vxo_json_add(doc, object, "file-write-guid", vxo_json_guid(doc, &header->file_write_guid));
    vxo_json_add(doc, object, "data-write-guid", vxo_json_guid(doc, &header->data_write_guid));
    vxo_json_add(doc, object, "log-guid", vxo_json_guid(doc, &header->log_guid));
    vxo_json_add(doc, object, "log-version", vxo_json_uint(doc, header->log_version));
    vxo_json_add(doc, object, "log-offset", vxo_json_uint(doc, header->log_offset));
    vxo_json_add(doc, object, "log-length", vxo_json_uint(doc, header->log_length));
    return object;
}

static json_object *make_regions(struct vxo_document *doc, const struct vxo_report *report)
{
    json_object *array = NULL;

    if (!report->facts->regions.is_usable) {
        return NULL;
    }
    array = vxo_json_made(doc, json_object_new_array());
    for (uint32_t i = 0; i < report->facts->regions.count; i++) {
        const struct vx_region *region = &report->region[i];
        json_object *object = vxo_json_made(doc, json_object_new_object());

        vxo_json_add(doc, object, "index", vxo_json_uint(doc, i));
        vxo_json_add(doc, object, "object",
                     vxo_json_text(doc, vxo_object_words((uint64_t)region->object)->name));
        vxo_json_add(doc, object, "guid", vxo_json_guid(doc, &region->guid));
        vxo_json_add(doc, object, "offset", vxo_json_uint(doc, region->offset));
        vxo_json_add(doc, object, "length", vxo_json_uint(doc, region->length));
        vxo_json_add(doc, object, "required", vxo_json_uint(doc, region->required));
        vxo_json_append(doc, array, object);
    }
    return array;
}

static json_object *make_blocks(struct vxo_document *doc, const struct vx_blocks *blocks)
{
    json_object *object = NULL;
    json_object *payload = NULL;
    json_object *bitmap = NULL;
    uint64_t reserved = 0;

    if (!blocks->is_judged) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    payload = vxo_json_made(doc, json_object_new_object());
    bitmap = vxo_json_made(doc, json_object_new_object());
    for (unsigned state = 0; state < VX_STATE_COUNT; state++) {
        vxo_json_add(doc, payload, vxo_state_name(state),
                     vxo_json_uint(doc, blocks->payload_state[state]));
        if (state != VX_STATE_NOT_PRESENT && state != VX_STATE_FULLY_PRESENT) {
            reserved += blocks->bitmap_state[state];
        }
    }
    vxo_json_add(doc, bitmap, "not-present",
                 vxo_json_uint(doc, blocks->bitmap_state[VX_STATE_NOT_PRESENT]));
    vxo_json_add(doc, bitmap, "present",
                 vxo_json_uint(doc, blocks->bitmap_state[VX_STATE_FULLY_PRESENT]));
    vxo_json_add(doc, bitmap, "reserved", vxo_json_uint(doc, reserved));
    vxo_json_add(doc, object, "payload", payload);
    vxo_json_add(doc, object, "sector-bitmaps", bitmap);
    vxo_json_add(doc, object, "unreadable-entries", vxo_json_uint(doc, blocks->unreadable));
    vxo_json_add(doc, object, "unused-slots", vxo_json_uint(doc, blocks->unused_slots));
    vxo_json_add(doc, object, "end", vxo_json_uint(doc, blocks->end));
    return object;
}

static json_object *make_facts(struct vxo_document *doc, const struct vxo_report *report)
{
    const struct vx_facts *facts = report->facts;
    const struct vx_geometry *geo = &facts->geometry;
    const char *creator = facts->fileid.has_signature ? facts->fileid.creator.utf8 : NULL;
    json_object *object = vxo_json_made(doc, json_object_new_object());

    vxo_json_disk(doc, object, facts, report->log);
    vxo_json_add(doc, object, "creator", vxo_json_text(doc, creator));
    vxo_json_add(doc, object, "file-size", vxo_json_uint(doc, facts->file_bytes));
    vxo_json_add(doc, object, "current-header",
                 vxo_json_known(doc, facts->headers.has_current, facts->headers.current));
    vxo_json_add(doc, object, "header", make_header(doc, vx_headers_current(&facts->headers)));
    vxo_json_add(doc, object, "pending-log", vxo_json_pending(doc, report->log));
    vxo_json_add(doc, object, "regions", make_regions(doc, report));
    vxo_json_add(doc, object, "bat-entries",
                 vxo_json_known(doc, facts->has_geometry, geo->bat_entries));
    vxo_json_add(doc, object, "payload-blocks",
                 vxo_json_known(doc, facts->has_geometry, geo->payload_blocks));
    vxo_json_add(doc, object, "chunks",
                 vxo_json_known(doc, facts->has_geometry, geo->bitmap_blocks));
    vxo_json_add(doc, object, "chunk-ratio",
                 vxo_json_known(doc, facts->has_geometry, geo->chunk_ratio));
    vxo_json_add(doc, object, "blocks", make_blocks(doc, &facts->blocks));
    if (report->depth == VXO_INFO) {
        vxo_json_add(doc, object, "parent",
                     report->chain != NULL ? vxo_json_naming(doc, report->chain, 0) : NULL);
    }
    return object;
}

/* What the check of the image as it lies, without its log, came to; null when it was not made. */
static json_object *make_unreplayed(struct vxo_document *doc, const struct vx_reporter *totals)
{
    json_object *object = NULL;

    if (totals == NULL) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "verdict",
                 vxo_json_text(doc, vxo_verdict_name(vx_verdict_of(totals))));
    vxo_json_add(doc, object, "totals", vxo_json_totals(doc, totals));
    return object;
}

/* ---- Documents ---- */

/* In a document of info the facts are members of the document itself. */
static void write_facts(struct vxo_document *doc, const struct vxo_report *report)
{
    json_object *facts = make_facts(doc, report);

    if (report->depth == VXO_CHECK) {
        vxo_json_member(doc, "facts", facts);
        return;
    }
    if (facts != NULL) {
        json_object_object_foreach(facts, name, value)
        {
            vxo_json_member(doc, name, json_object_get(value));
        }
    }
    (void)json_object_put(facts);
}

bool vxo_json_report(const struct vxo_json *out, const struct vxo_report *report)
{
    const char *schema = report->depth == VXO_CHECK ? VXO_SCHEMA_CHECK : VXO_SCHEMA_INFO;
    struct vxo_document doc = vxo_json_start(out, schema, report->image);

    if (report->depth == VXO_CHECK) {
        vxo_json_member(&doc, "verdict",
                        vxo_json_text(&doc, vxo_verdict_name(vxo_verdict(report))));
    } else {
        write_facts(&doc, report);
    }
    vxo_json_member(&doc, "totals", vxo_json_totals(&doc, report->totals));
    vxo_json_findings(&doc, report->store);
    vxo_json_member(&doc, "skipped", vxo_json_skipped(&doc, report->store));
    vxo_json_member(&doc, "bytes-read", vxo_json_uint(&doc, report->bytes_read));
    if (report->depth == VXO_CHECK) {
        vxo_json_member(&doc, "unreplayed", make_unreplayed(&doc, report->unreplayed));
        write_facts(&doc, report);
        vxo_json_parents(&doc, report->chain);
    }
    vxo_json_end(&doc);
    return !doc.is_broken;
}

bool vxo_json_error(const struct vxo_json *out, const char *schema, const char *image,
                    const char *error)
{
    struct vxo_document doc = vxo_json_start(out, schema, image);

    vxo_json_member(&doc, "verdict", vxo_json_text(&doc, vxo_verdict_name(VX_INCOMPLETE)));
    vxo_json_member(&doc, "error", vxo_json_text(&doc, error));
    vxo_json_array(&doc, "findings");
    vxo_json_array_end(&doc);
    vxo_json_end(&doc);
    return !doc.is_broken;
}
