/* Finding the active sequence of the log, MS-VHDX 2.3.2 and 2.3.3.
 *
 * Naive form (the specification's): from each position grow the longest run of valid entries whose
 * sequence numbers increase by one; the run is valid if the Tail of its last entry, the head, is
 * the offset of one of its entries; of all valid runs the one whose head has the greatest sequence
 * number is active. Here: valid entries cannot overlap, so one walk over the ring meets each of
 * them once, in order, and a run that reaches the end of the ring goes on in the run that begins
 * where it arrives. Zeros begin no entry, so what the source knows to be a hole is passed in one
 * step. Reads: each sector of the log at most twice, whatever it holds (logentry.h), and of a hole
 * no more than a window reaches into behind data. */
#ifndef VXR_REPLAY_SCAN_H
#define VXR_REPLAY_SCAN_H

#include "replay/logentry.h"

enum { VXR_START_WORDS = VXR_RING_SECTORS_MAX / 64 };

/* Consecutive valid entries with consecutive sequence numbers. */
struct vxr_run {
    uint32_t start; /* ring position of its first entry */
    uint64_t entry_count;
    uint64_t bytes;        /* from start to the end of the head; at most the ring's length */
    struct vxr_entry head; /* its last entry */
    bool is_valid;         /* the head's Tail is the offset of one of its entries */
};

/* Told about every candidate, in ring order, and about every run once it is complete; the run that
 * begins first comes last. The records live only during the call. */
struct vxr_story {
    void (*entry)(void *ctx, const struct vxr_entry *entry);
    void (*run)(void *ctx, const struct vxr_run *run);
    void *ctx;
};

struct vxr_scan {
    uint64_t candidates; /* sectors that begin with "loge" */
    uint64_t valid;      /* of them, valid entries */
    uint64_t foreign;    /* of them, entries of another LogGuid */
    uint64_t runs;
    uint64_t valid_runs;
    bool has_active;
    struct vxr_run active; /* the run that holds the active sequence, which begins at head.tail */
    bool has_rival;        /* another valid run has a head with the same sequence number */
    uint32_t rival;        /* its start */
    uint64_t unread;       /* sectors that could not be read */
};

/* Scan the ring. starts: VXR_START_WORDS words of scratch. story: may be NULL.
 * out is zeroed on entry. Takes at most ring->length / 4096 steps plus what the entries need.
 * Findings: RUN-001 for sectors that cannot be read, and nothing else: what the scan means is for
 * vxr_log_check() to say. */
void vxr_scan(struct vxr_ring *ring, const struct vx_guid *log_guid, enum vx_crc_kind crc,
              uint64_t starts[VXR_START_WORDS], const struct vxr_story *story,
              struct vx_reporter *rep, struct vxr_scan *out);

#endif
