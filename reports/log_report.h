/* The story of a log: every sector that begins like an entry, every run of entries, which of them
 * is active, and why the others are not. */
#ifndef VXO_REPORTS_LOG_REPORT_H
#define VXO_REPORTS_LOG_REPORT_H

#include "replay/delta.h"
#include "reports/json.h"
#include "reports/text.h"

/* The image as it is after the first entries of the active sequence. */
struct vxo_state {
    uint64_t entries;        /* asked for */
    struct vxo_report image; /* the check of that state */
    struct vxr_delta delta;  /* between the image as it lies and that state */
};

/* All pointers are borrowed. Entries and runs are told one at a time, so that memory does not grow
 * with their number. */
struct vxo_log_report {
    struct vxo_report image;       /* what the passes up to the log found */
    const struct vxr_ring *ring;   /* NULL: the place of the log cannot be used */
    struct vxr_scan scan;          /* of the ring */
    const struct vxo_state *state; /* NULL: none was asked for */
    /* Scan the ring once more and tell the story. */
    void (*tell)(void *ctx, const struct vxr_story *story);
    void *ctx;
};

/* What an entry is to the replay. */
enum vxo_entry_role {
    VXO_ENTRY_APPLIED,   /* of the active sequence */
    VXO_ENTRY_OLDER,     /* of the active run, before the tail: applied and flushed long ago */
    VXO_ENTRY_ELSEWHERE, /* valid, but of another run */
    VXO_ENTRY_INVALID,
    VXO_ENTRY_STALE /* whatever it is: the log is clean */
};

enum vxo_entry_role vxo_entry_role(const struct vxo_log_report *report,
                                   const struct vxr_entry *entry);

/* Its number in the active sequence, from 1; 0 when it has none. */
uint64_t vxo_entry_number(const struct vxo_log_report *report, const struct vxr_entry *entry);

bool vxo_run_is_active(const struct vxo_log_report *report, const struct vxr_run *run);

/* Append the sentence why an entry or a run does not count; nothing for one that does. */
void vxo_put_entry_reason(struct vxo_buffer *put, const struct vxo_log_report *report,
                          const struct vxr_entry *entry);
void vxo_put_run_reason(struct vxo_buffer *put, const struct vxo_log_report *report,
                        const struct vxr_run *run);

/* Sequence number of the first entry of a run. */
uint64_t vxo_run_first(const struct vxr_run *run);

/* Print the story. JSON returns as vxo_json_report() does. */
void vxo_text_log(const struct vxo_text *out, const struct vxo_log_report *report);
VX_MUST_USE bool vxo_json_log(const struct vxo_json *out, const struct vxo_log_report *report);

#endif
