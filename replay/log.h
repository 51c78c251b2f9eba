/* Judging the log: which entries count, what they would write, and whether they may.
 *
 * All or nothing: the overlay is filled only when everything that would be applied is valid. */
#ifndef VXR_REPLAY_LOG_H
#define VXR_REPLAY_LOG_H

#include "replay/overlay.h"
#include "replay/scan.h"

#define VXR_ALL_ENTRIES UINT64_MAX /* no prefix: the active sequence as a whole */

enum { VXR_REJECTED_MAX = 19 * VX_FINDINGS_PER_RULE }; /* 19 rules reject entries and runs */

/* Buffers of the log pass, too large for the stack. */
struct vxr_log_workspace {
    struct vxr_ring ring;
    uint64_t starts[VXR_START_WORDS];
    struct vx_finding rejected[VXR_REJECTED_MAX]; /* the first of each rule, in ring order */
    uint32_t rejected_count;
    uint64_t rejected_total[VX_RULE_COUNT];
};

/* What became of the log. */
enum vxr_log_state {
    VXR_LOG_CLEAN,    /* LogGuid is zero: nothing to replay, whatever the log holds */
    VXR_LOG_REPLAYED, /* the overlay holds what the active sequence writes, perhaps nothing */
    VXR_LOG_INVALID,  /* it must be replayed and cannot be: the image is corrupt */
    VXR_LOG_UNKNOWN   /* it could not be read or did not fit into memory: the run is incomplete */
};

struct vxr_log {
    enum vxr_log_state state;
    struct vxr_scan scan;
    uint64_t first_sequence; /* of the active sequence: that of the entry at its tail */
    uint64_t entries;        /* from tail to head, or as many as the prefix asks for */
    uint64_t descriptors;    /* in them */
    uint64_t zero_descriptors;
    uint64_t data_sectors;
    uint64_t bytes;      /* that the overlay covers */
    uint64_t size;       /* of the file after replay */
    uint64_t need_bytes; /* of overlay memory */
};

/* Read, judge and index the log that the current header names.
 * headers: judged, with a current header. memory: for the overlay, which keeps using it.
 * prefix: apply only the first `prefix` entries of the active sequence, as if the last of them were
 * its head: what lies behind is neither applied nor judged, and nothing is said of what is pending
 * (HDR-012, SEQ-012). 0 is the image as it lies. story: may be NULL. out is zeroed on entry. Reads
 * at most 3 times the length of the log. Findings: HDR-012, LGE-003 to LGE-016, LGD-001 to LGD-012
 * but LGD-011, LGS-001 to LGS-003, SEQ-003 to SEQ-012, RPL-003, RUN-001, RUN-004, RUN-007. */
void vxr_log_check(const struct vx_source *raw, const struct vx_headers *headers,
                   enum vx_crc_kind crc, uint64_t prefix, struct vxr_log_workspace *ws,
                   struct vxr_overlay *overlay, const struct vxr_story *story,
                   struct vx_reporter *rep, struct vxr_log *out);

/* The text of a reason is a finding about the entry: its arguments as the rule's row wants them.
 * The finding's evidence is the sector that broke the rule. */
struct vx_finding vxr_entry_finding(const struct vxr_ring *ring, const struct vxr_entry *entry,
                                    enum vx_rule rule);

#endif
