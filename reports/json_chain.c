/* Chains for programs. Loops run over links, paths and relatives; one finding at a time is held as
 * JSON. */
#include "reports/chain_report.h"

#include "reports/json_findings.h"
#include "reports/names.h"

static json_object *make_path(struct vxo_document *doc, const struct vxo_path *path,
                              bool was_opened)
{
    json_object *object = NULL;

    if (!path->is_present) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "text", path->is_read ? vxo_json_text(doc, path->text.utf8) : NULL);
    vxo_json_add(doc, object, "units", vxo_json_uint(doc, path->units));
    vxo_json_add(doc, object, "truncated", vxo_json_bool(doc, path->text.was_truncated));
    vxo_json_add(doc, object, "opened", vxo_json_bool(doc, was_opened));
    return object;
}

static json_object *make_linkage(struct vxo_document *doc, const struct vx_locator *locator,
                                 unsigned k)
{
    return locator->has_linkage[k] ? vxo_json_guid(doc, &locator->linkage[k]) : NULL;
}

json_object *vxo_json_naming(struct vxo_document *doc, const struct vxo_chain *chain, uint32_t i)
{
    static const char *const NAMES[VXO_PATH_COUNT] = {"relative-path", "volume-path",
                                                      "absolute-win32-path"};
    const struct vx_facts *facts = chain->link[i].report.facts;
    const struct vxo_link *next = i + 1 < chain->count ? &chain->link[i + 1] : NULL;
    const struct vx_header *parent =
        next != NULL ? vx_headers_current(&next->report.facts->headers) : NULL;
    json_object *object = NULL;

    if ((facts->metadata.parameters & VX_PARAM_HAS_PARENT) == 0) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "linkage", make_linkage(doc, &facts->locator, 0));
    vxo_json_add(doc, object, "linkage2", make_linkage(doc, &facts->locator, 1));
    vxo_json_add(doc, object, "matches",
                 parent != NULL ? vxo_json_bool(doc, vx_locator_names(&facts->locator,
                                                                      &parent->data_write_guid))
                                : NULL);
    for (unsigned k = 0; k < VXO_PATH_COUNT; k++) {
        bool was_opened = k == 0 && next != NULL && next->found == VXO_FOUND_FOLLOWED;

        vxo_json_add(doc, object, NAMES[k], make_path(doc, &chain->link[i].path[k], was_opened));
    }
    return object;
}

/* Other files that are the same. */
static json_object *make_twins(struct vxo_document *doc, const struct vxo_twins *twins)
{
    json_object *array = vxo_json_made(doc, json_object_new_array());

    for (uint32_t i = 0; i < twins->count; i++) {
        vxo_json_append(doc, array, vxo_json_text(doc, twins->name[i]));
    }
    return array;
}

static void write_link(struct vxo_document *doc, const struct vxo_chain *chain, uint32_t i)
{
    const struct vxo_report *report = &chain->link[i].report;
    const struct vx_header *header = vx_headers_current(&report->facts->headers);
    json_object *disk = vxo_json_made(doc, json_object_new_object());

    vxo_json_disk(doc, disk, report->facts, report->log);
    vxo_json_object(doc, NULL);
    vxo_json_member(doc, "depth", vxo_json_uint(doc, i));
    vxo_json_member(doc, "image", vxo_json_text(doc, report->image));
    vxo_json_member(doc, "found", vxo_json_text(doc, vxo_found_name(chain->link[i].found)));
    vxo_json_member(doc, "same-state", make_twins(doc, chain->link[i].twins));
    vxo_json_member(doc, "same-state-total", vxo_json_uint(doc, chain->link[i].twins->total));
    vxo_json_member(doc, "verdict", vxo_json_text(doc, vxo_verdict_name(report->verdict)));
    vxo_json_member(doc, "totals", vxo_json_totals(doc, report->totals));
    vxo_json_findings(doc, report->store);
    vxo_json_member(doc, "skipped", vxo_json_skipped(doc, report->store));
    vxo_json_member(doc, "bytes-read", vxo_json_uint(doc, report->bytes_read));
    vxo_json_member(doc, "data-write-guid",
                    header != NULL ? vxo_json_guid(doc, &header->data_write_guid) : NULL);
    vxo_json_member(doc, "disk", disk);
    vxo_json_member(doc, "parent", vxo_json_naming(doc, chain, i));
    vxo_json_object_end(doc);
}

static json_object *make_relative(struct vxo_document *doc, const struct vxo_chain *chain,
                                  const struct vxo_relative *relative)
{
    json_object *object = vxo_json_made(doc, json_object_new_object());
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put_relative(&line.put, chain, relative);
    vxo_json_add(doc, object, "image", vxo_json_text(doc, relative->name));
    vxo_json_add(doc, object, "kinship", vxo_json_text(doc, vxo_kinship_name(relative->kinship)));
    vxo_json_add(doc, object, "has-name-of-parent", vxo_json_bool(doc, relative->is_namesake));
    vxo_json_add(doc, object, "data-write-guid", vxo_json_guid(doc, &relative->data_write_guid));
    vxo_json_add(doc, object, "copies", vxo_json_uint(doc, relative->copies));
    vxo_json_add(doc, object, "message", vxo_json_text(doc, line.text));
    return object;
}

/* What --parent-dir looked at; null without it. */
static json_object *make_scan(struct vxo_document *doc, const struct vxo_relatives *relatives)
{
    json_object *object = NULL;

    if (!relatives->has_scan) {
        return NULL;
    }
    object = vxo_json_made(doc, json_object_new_object());
    vxo_json_add(doc, object, "files", vxo_json_uint(doc, relatives->scan.files));
    vxo_json_add(doc, object, "unread", vxo_json_uint(doc, relatives->scan.unread));
    vxo_json_add(doc, object, "links", vxo_json_uint(doc, relatives->scan.links));
    vxo_json_add(doc, object, "hidden", vxo_json_uint(doc, relatives->scan.hidden));
    vxo_json_add(doc, object, "others", vxo_json_uint(doc, relatives->scan.others));
    return object;
}

/* How it ends, and what looks like the parent that is missing. */
static void write_end(struct vxo_document *doc, const struct vxo_chain *chain)
{
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put_chain_end(&line.put, chain);
    vxo_json_member(doc, "complete", vxo_json_bool(doc, chain->ending == VXO_END_COMPLETE));
    vxo_json_member(doc, "reason", vxo_json_text(doc, vxo_ending_name(chain->ending)));
    vxo_json_member(doc, "ending", vxo_json_text(doc, line.text));
    vxo_json_array(doc, "relatives");
    for (uint32_t i = 0; i < chain->relatives->count; i++) {
        vxo_json_element(doc, make_relative(doc, chain, &chain->relatives->at[i]));
    }
    vxo_json_array_end(doc);
    vxo_json_member(doc, "relatives-total", vxo_json_uint(doc, chain->relatives->total));
    vxo_line_init(&line);
    vxo_put_chain_advice(&line.put, chain);
    vxo_json_member(doc, "searched", make_scan(doc, chain->relatives));
    vxo_json_member(doc, "advice", line.put.len > 0 ? vxo_json_text(doc, line.text) : NULL);
}

static void write_links(struct vxo_document *doc, const struct vxo_chain *chain)
{
    vxo_json_array(doc, "links");
    for (uint32_t i = 0; i < chain->count; i++) {
        write_link(doc, chain, i);
    }
    vxo_json_array_end(doc);
}

void vxo_json_parents(struct vxo_document *doc, const struct vxo_chain *chain)
{
    if (chain == NULL) {
        vxo_json_member(doc, "chain", NULL);
        return;
    }
    vxo_json_object(doc, "chain");
    write_end(doc, chain);
    write_links(doc, chain);
    vxo_json_object_end(doc);
}

bool vxo_json_chain(const struct vxo_json *out, const struct vxo_chain *chain)
{
    struct vxo_document doc = vxo_json_start(out, VXO_SCHEMA_CHAIN, chain->link[0].report.image);

    vxo_json_member(&doc, "verdict",
                    vxo_json_text(&doc, vxo_verdict_name(vxo_chain_verdict(chain))));
    write_end(&doc, chain);
    write_links(&doc, chain);
    vxo_json_end(&doc);
    return !doc.is_broken;
}
