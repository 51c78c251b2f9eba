/* What the documents of several verbs say in the same words. */
#ifndef VXO_REPORTS_JSON_FINDINGS_H
#define VXO_REPORTS_JSON_FINDINGS_H

#include "replay/delta.h"
#include "reports/json_document.h"
#include "reports/model.h"

/* A text of the rule with the finding's values; null where the rule has none. */
json_object *vxo_json_expanded(struct vxo_document *doc, const char *pattern,
                               const struct vx_finding *finding);

/* Exact counts by severity and by rule. */
json_object *vxo_json_totals(struct vxo_document *doc, const struct vx_reporter *totals);

/* What replay would apply; null when it applies nothing. log: may be NULL. */
json_object *vxo_json_pending(struct vxo_document *doc, const struct vxr_log *log);

/* Write what replay changes, in numbers, as members of what is open. */
void vxo_json_delta(struct vxo_document *doc, const struct vxr_delta *delta);

/* Names of the passes that were skipped. */
json_object *vxo_json_skipped(struct vxo_document *doc, const struct vxo_store *store);

/* Add to object what the metadata items state, as they state it, and the state of the log. */
void vxo_json_disk(struct vxo_document *doc, json_object *object, const struct vx_facts *facts,
                   const struct vxr_log *log);

/* What link i of the chain names as its parent; null when it has none. */
json_object *vxo_json_naming(struct vxo_document *doc, const struct vxo_chain *chain, uint32_t i);

/* Write the parents of the image as the member "chain" of the document; NULL: they were not
 * followed. */
void vxo_json_parents(struct vxo_document *doc, const struct vxo_chain *chain);

/* Write all stored findings as the member "findings" of what is open. */
void vxo_json_findings(struct vxo_document *doc, const struct vxo_store *store);

#endif
