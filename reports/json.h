/* Reports for programs: JSON as docs/report.schema.json describes it. One document an image.
 *
 * Findings are serialised one at a time, so memory does not grow with their number. */
#ifndef VXO_REPORTS_JSON_H
#define VXO_REPORTS_JSON_H

#include "reports/model.h"
#include "reports/page.h"

#define VXO_SCHEMA_INFO   "vhdxray-info-1"
#define VXO_SCHEMA_CHECK  "vhdxray-check-1"
#define VXO_SCHEMA_LOG    "vhdxray-log-1"
#define VXO_SCHEMA_REPLAY "vhdxray-replay-1"
#define VXO_SCHEMA_CHAIN  "vhdxray-chain-1"

struct vxo_json {
    vxo_write_fn *write;
    void *ctx;
    bool is_pretty; /* many lines; else one line, as JSON Lines wants it */
};

/* Write the document of a check or of info, as report->depth says.
 * Returns false when memory ran out: the output is then cut off and no valid JSON. */
VX_MUST_USE bool vxo_json_report(const struct vxo_json *out, const struct vxo_report *report);

/* Write the document of an image that could not be opened: verdict "incomplete" and an error text.
 * schema: of the document there would have been. image, error: printable UTF-8.
 * Returns as vxo_json_report(). */
VX_MUST_USE bool vxo_json_error(const struct vxo_json *out, const char *schema, const char *image,
                                const char *error);

#endif
