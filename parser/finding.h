/* Findings: fixed-size records without text, and the reporter that counts and forwards them. */
#ifndef VX_PARSER_FINDING_H
#define VX_PARSER_FINDING_H

#include "parser/base.h"
#include "parser/guid.h"
#include "parser/rules.h"

#define VX_NO_OFFSET UINT64_MAX /* the finding is not about one place in the file */
#define VX_NOT_KNOWN UINT64_MAX /* an argument that a message may lack: {kN} in its row */

enum {
    VX_FINDING_ARGS = 4,
    VX_FINDINGS_PER_RULE = 100,
    VX_FINDINGS_MOST = VX_FINDINGS_PER_RULE + 3 /* of a rule, with those that are graver */
};

/* What a finding is about. `index` counts as the comment says, always from 0. */
enum vx_object {
    VX_OBJ_FILE,
    VX_OBJ_FILE_END,
    VX_OBJ_FILE_IDENTIFIER,
    VX_OBJ_HEADER_SECTION,
    VX_OBJ_HEADER, /* 0 or 1 */
    VX_OBJ_LOG,
    VX_OBJ_LOG_ENTRY,       /* ring position in bytes; argument 0 is the sequence number */
    VX_OBJ_REGION_TABLE,    /* 0 or 1 */
    VX_OBJ_REGION,          /* entry of the region table; neither BAT nor metadata */
    VX_OBJ_BAT_REGION,      /* entry of the region table */
    VX_OBJ_METADATA_REGION, /* entry of the region table */
    VX_OBJ_METADATA_TABLE,
    VX_OBJ_METADATA_ENTRY, /* entry of the metadata table */
    VX_OBJ_LOCATOR,
    VX_OBJ_LOCATOR_KEY,   /* entry of the parent locator */
    VX_OBJ_LOCATOR_VALUE, /* the same */
    VX_OBJ_DISK,
    VX_OBJ_BAT,
    VX_OBJ_PAYLOAD_ENTRY, /* entry of the BAT; argument 0 is the payload block */
    VX_OBJ_BITMAP_ENTRY,  /* entry of the BAT; argument 0 is the chunk */
    VX_OBJ_BLOCKS,        /* some block of the disk, payload or bitmap */
    VX_OBJ_RUN,
    VX_OBJ_COUNT
};

/* Passes of a check, for VHDX-RUN-003. */
enum vx_pass {
    VX_PASS_FILE_IDENTIFIER,
    VX_PASS_HEADERS,
    VX_PASS_LOG,
    VX_PASS_REGIONS,
    VX_PASS_METADATA,
    VX_PASS_GEOMETRY,
    VX_PASS_BLOCKS,
    VX_PASS_COUNT
};

/* Which bytes were judged: those on disk, or those on disk with the log applied. */
enum vx_view { VX_VIEW_RAW, VX_VIEW_REPLAYED };

struct vx_finding {
    enum vx_rule rule;
    enum vx_severity severity; /* VX_SEV_DEFAULT when made; resolved by the reporter */
    enum vx_view view;         /* filled in by the reporter */
    enum vx_object object;
    uint64_t index;
    uint64_t offset; /* evidence in the file, or VX_NO_OFFSET */
    uint64_t length;
    uint64_t other_offset; /* the other owner, the other copy; or VX_NO_OFFSET */
    uint64_t other_length;
    uint64_t arg[VX_FINDING_ARGS]; /* what they mean is stated by the rule's row */
};

/* Receives each forwarded finding. The record lives only during the call. */
typedef void vx_sink_fn(void *ctx, const struct vx_finding *finding);

/* Counts every finding exactly and forwards the first VX_FINDINGS_PER_RULE of each rule, and behind
 * them each that is graver than all of its rule before: whatever decides the verdict is seen. */
struct vx_reporter {
    vx_sink_fn *sink;
    void *ctx;
    enum vx_view view;     /* stamped on findings */
    uint64_t evidence_end; /* size of what is judged: evidence is clipped to it */
    uint64_t total[VX_RULE_COUNT];
    uint64_t by_severity[VX_SEV_COUNT];
    enum vx_severity gravest[VX_RULE_COUNT]; /* that was forwarded */
    bool is_incomplete; /* a RUN finding of severity warning or more was reported */
};

void vx_reporter_init(struct vx_reporter *rep, vx_sink_fn *sink, void *ctx);

/* A finding about object `index` with its evidence at [offset, offset + length). */
struct vx_finding vx_finding_at(enum vx_rule rule, enum vx_object object, uint64_t index,
                                uint64_t offset, uint64_t length);

/* Count the finding and forward it if its rule's share is not used up or it is the gravest. */
void vx_report(struct vx_reporter *rep, const struct vx_finding *finding);

/* Count `count` more findings of this kind, beyond the ones reported one by one. */
void vx_report_more(struct vx_reporter *rep, const struct vx_finding *finding, uint64_t count);

/* The two commonest RUN findings. */
void vx_report_unreadable(struct vx_reporter *rep, uint64_t offset, uint64_t length);
void vx_report_skipped(struct vx_reporter *rep, enum vx_pass pass);

enum vx_verdict { VX_SOUND, VX_WARNINGS, VX_CORRUPT, VX_INCOMPLETE };

/* What all findings together mean. An error found is an error, whatever else could not be
 * checked, unless the image changed under us: then nothing that was found is certain. */
enum vx_verdict vx_verdict_of(const struct vx_reporter *rep);

#endif
