/* The report model: everything there is to say about one image, ready for a renderer. */
#ifndef VXO_REPORTS_MODEL_H
#define VXO_REPORTS_MODEL_H

#include "parser/structure.h"
#include "replay/log.h"
#include "reports/buffer.h"

/* Findings by rule, each rule's in the order view, index, offset (then whatever else differs), so
 * that output depends on the image alone. Much of it stays untouched: memory from calloc() costs
 * only the pages of rules that fired. */
struct vxo_store {
    uint32_t count[VX_RULE_COUNT];
    struct vx_finding at[VX_RULE_COUNT][VX_FINDINGS_MOST];
};

/* A vx_sink_fn; ctx: a struct vxo_store that was zeroed once. At most VX_FINDINGS_MOST steps.
 * A finding beyond a rule's share is dropped: the reporter counts it all the same. */
void vxo_store_finding(void *ctx, const struct vx_finding *finding);

enum vxo_depth {
    VXO_INFO, /* everything but the blocks was read */
    VXO_CHECK
};

struct vxo_chain;

/* All pointers are borrowed. */
struct vxo_report {
    enum vxo_depth depth;
    const char *image; /* its name, from vxo_put_printable() */
    const struct vx_facts *facts;
    const struct vx_region *region; /* facts->regions.count of them */
    const struct vx_reporter *totals;
    const struct vxo_store *store;
    enum vx_verdict verdict;
    const struct vxr_log *log;            /* NULL: it was not looked at */
    const struct vx_reporter *unreplayed; /* of the same image without its log, or NULL */
    const struct vxo_chain *chain; /* of a check that followed the image's parents; of info, the
                                      image alone; or NULL */
    uint64_t bytes_read;
};

/* Append a name from outside (a file's, an argument): what is not valid UTF-8, and what could
 * move a cursor, reorder or hide text, becomes U+FFFD. One character a step. */
void vxo_put_printable(struct vxo_buffer *out, const char *name);

/* "fixed", "dynamic", "differencing"; NULL when the file parameters are not known. */
const char *vxo_disk_type(const struct vx_facts *facts);

/* "clean", "dirty" (pending), "invalid" (pending, and it cannot be replayed); NULL when unknown.
 * log: NULL when it was not looked at; then a log is invalid only if its place cannot be used. */
const char *vxo_log_state(const struct vx_facts *facts, const struct vxr_log *log);

/* Was everything readable, and is there still nothing that makes the file a VHDX: neither the
 * identifier nor a header's signature? */
bool vxo_is_foreign(const struct vxo_report *report);

/* Was the pass skipped because what it needs is unusable? */
bool vxo_is_skipped(const struct vxo_store *store, enum vx_pass pass);

#endif
