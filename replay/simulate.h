/* The whole check of an image, dirty or clean, as it would be after replay. The entry point of
 * replay/, and through it of parser/.
 *
 *     struct vxr_check c;
 *     vxr_check_init(&c, &memory, &reporter);
 *     vxr_check_run(&c, &raw, NULL);
 *     verdict = vx_verdict_of(&reporter);
 *     ... read the virtual disk through c.view, which is raw or replayed ... */
#ifndef VXR_REPLAY_SIMULATE_H
#define VXR_REPLAY_SIMULATE_H

#include "parser/structure.h"
#include "replay/log.h"
#include "replay/view.h"

/* Memory of a check, all of it the caller's, as aligned as malloc's, untouched until needed. */
struct vxr_memory {
    void *structure; /* vx_structure_need() */
    size_t structure_bytes;
    struct vxr_log_workspace *log;
    void *overlay; /* vxr_overlay_need(): 76 bytes per descriptor that may be replayed */
    size_t overlay_bytes;
};

struct vxr_check {
    struct vx_structure structure; /* facts and findings of the view */
    struct vxr_log_workspace *log_ws;
    struct vxr_overlay overlay;
    struct vxr_view replayed;
    struct vxr_log log;
    struct vx_source view;          /* what was judged: the image, or the image after replay */
    bool is_replayed;               /* the view is not the image */
    struct vx_facts replayed_facts; /* scratch of vxr_check_unreplayed() and vxr_delta_run() */
    struct vx_reporter muted;       /* scratch of vxr_delta_run() */
    uint64_t prefix; /* entries of the active sequence to apply, or VXR_ALL_ENTRIES */
};

/* Returns VX_OK or VX_E_WORKSPACE. */
VX_MUST_USE enum vx_status vxr_check_init(struct vxr_check *c, const struct vxr_memory *memory,
                                          struct vx_reporter *rep);

/* File identifier, headers, log: c->view is set afterwards. Returns whether it may be judged: there
 * is a current header, and the log is clean or replayed. story: may be NULL. */
bool vxr_check_log(struct vxr_check *c, const struct vx_source *raw, const struct vxr_story *story);

/* The tables of the view: regions, metadata, geometry. Where vxr_check_log() said no, the image's
 * own, for what they are worth. Returns whether the geometry is known. */
bool vxr_check_tables(struct vxr_check *c);

/* Everything: log, tables, blocks. Blocks are judged only in a view that may be judged.
 * Findings: all of parser/ and replay/. */
void vxr_check_run(struct vxr_check *c, const struct vx_source *raw, const struct vxr_story *story);

/* After vxr_check_run() of a dirty image: judge tables and blocks as they lie in the image, without
 * the log, into another reporter. For the operator's information; the verdict never rests on it. */
void vxr_check_unreplayed(struct vxr_check *c, const struct vx_source *raw,
                          struct vx_reporter *rep);

#endif
