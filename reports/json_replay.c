/* What replay would change, as JSON: a change at a time. */
#include "parser/bat.h"
#include "parser/bytes.h"
#include "reports/json_findings.h"
#include "reports/names.h"
#include "reports/replay_report.h"

struct teller {
    struct vxo_document *doc;
    uint64_t left; /* changes still to be listed */
};

const char *vxo_change_name(enum vxr_change_kind kind)
{
    static const char *const NAMES[VXR_CHANGE_KIND_COUNT] = {
        [VXR_CHANGE_REGION_TABLE] = "region-table", [VXR_CHANGE_HEADER_SECTION] = "header-section",
        [VXR_CHANGE_BAT_ENTRY] = "bat-entry",       [VXR_CHANGE_NEW_BAT] = "new-bat",
        [VXR_CHANGE_METADATA] = "metadata",         [VXR_CHANGE_OTHER] = "other",
    };

    return (unsigned)kind < VXR_CHANGE_KIND_COUNT ? NAMES[kind] : "";
}

/* A BAT entry, decoded. */
static json_object *make_entry(struct vxo_document *doc, uint64_t entry)
{
    json_object *object = vxo_json_made(doc, json_object_new_object());

    vxo_json_add(doc, object, "entry", vxo_json_uint(doc, entry));
    vxo_json_add(doc, object, "state", vxo_json_text(doc, vxo_state_name(vx_bat_state(entry))));
    vxo_json_add(doc, object, "file-offset", vxo_json_uint(doc, vx_bat_mib(entry) << VX_MIB_SHIFT));
    return object;
}

static void tell_change(void *ctx, const struct vxr_change *change)
{
    struct teller *teller = ctx;
    struct vxo_document *doc = teller->doc;
    bool is_entry = change->kind == VXR_CHANGE_BAT_ENTRY;
    bool has_index = is_entry || change->kind == VXR_CHANGE_REGION_TABLE;
    json_object *object = NULL;

    if (teller->left == 0) {
        return;
    }
    teller->left--;
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "kind", vxo_json_text(doc, vxo_change_name(change->kind)));
    vxo_json_add(doc, object, "index", vxo_json_known(doc, has_index, change->index));
    vxo_json_add(doc, object, "offset", vxo_json_uint(doc, change->offset));
    vxo_json_add(doc, object, "length", vxo_json_uint(doc, change->length));
    vxo_json_add(doc, object, "before", is_entry ? make_entry(doc, change->before) : NULL);
    vxo_json_add(doc, object, "after", is_entry ? make_entry(doc, change->after) : NULL);
    vxo_json_element(doc, object);
}

bool vxo_json_replay(const struct vxo_json *out, const struct vxo_replay_report *report)
{
    const struct vxo_report *image = &report->image;
    struct vxo_document doc = vxo_json_start(out, VXO_SCHEMA_REPLAY, image->image);
    struct teller teller = {.doc = &doc, .left = report->limit};
    struct vxr_delta delta = {.old_size = image->facts->file_bytes,
                              .new_size = image->facts->file_bytes};

    vxo_json_member(&doc, "verdict", vxo_json_text(&doc, vxo_verdict_name(image->verdict)));
    vxo_json_member(&doc, "log", vxo_json_text(&doc, vxo_log_state(image->facts, image->log)));
    vxo_json_member(&doc, "pending-log", vxo_json_pending(&doc, image->log));
    vxo_json_array(&doc, "changes");
    if (image->log->state == VXR_LOG_REPLAYED) {
        report->tell(report->ctx, tell_change, &teller, &delta);
    }
    vxo_json_array_end(&doc);
    vxo_json_member(&doc, "changes-listed",
                    vxo_json_uint(&doc, vx_sub_sat(report->limit, teller.left)));
    vxo_json_delta(&doc, &delta);
    vxo_json_member(&doc, "totals", vxo_json_totals(&doc, image->totals));
    vxo_json_findings(&doc, image->store);
    vxo_json_end(&doc);
    return !doc.is_broken;
}
