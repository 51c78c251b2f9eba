/* What replay would change, change by change. */
#ifndef VXO_REPORTS_REPLAY_REPORT_H
#define VXO_REPORTS_REPLAY_REPORT_H

#include "replay/delta.h"
#include "reports/json.h"
#include "reports/text.h"

/* All pointers are borrowed. Changes are told one at a time. */
struct vxo_replay_report {
    struct vxo_report image; /* the check of the image as it will be after replay */
    uint64_t limit;          /* changes to list; all are counted */
    /* Compare image and view, and tell the changes. */
    void (*tell)(void *ctx, vxr_change_fn *change, void *change_ctx, struct vxr_delta *delta);
    void *ctx;
};

/* Name of a kind of change: "bat-entry", "metadata", ...; "" for a number that is none. */
const char *vxo_change_name(enum vxr_change_kind kind);

/* Print what replay changes, in numbers. */
void vxo_text_delta(const struct vxo_text *out, const struct vxr_delta *delta);

/* Print the changes and what they come to. JSON returns as vxo_json_report() does. */
void vxo_text_replay(const struct vxo_text *out, const struct vxo_replay_report *report);
VX_MUST_USE bool vxo_json_replay(const struct vxo_json *out,
                                 const struct vxo_replay_report *report);

#endif
