/* Run a whole check with the log in its midst, and keep what it leaves behind. */
#ifndef TESTS_REPLAYED_H
#define TESTS_REPLAYED_H

#include "corpus/image.h"
#include "replay/simulate.h"
#include "tests/support/findings.h"

struct replayed {
    struct vx_source raw;
    struct findings f;
    struct vxr_check *check; /* check->view reads the image as it would be */
    struct vxr_memory memory;
};

struct replay_options {
    size_t memory_bytes;  /* of the structure pass; 0: enough for anything in the tests */
    size_t overlay_bytes; /* 0: likewise */
    uint64_t pass_limit;  /* 0: the default */
    bool has_prefix;
    uint64_t prefix;
    bool has_chain;   /* the parents are judged, too, by the caller */
    bool is_log_only; /* vxr_check_log() instead of vxr_check_run() */
    const struct vxr_story *story;
};

enum { REPLAY_OVERLAY_BYTES = 4096 * VXR_OVERLAY_RECORD_BYTES };

/* Check raw, which must outlive r. options may be NULL. Memory is filled with rubbish before. */
void replayed_open(struct replayed *r, const char *row, const struct vx_source *raw,
                   const struct replay_options *options);
void replayed_close(struct replayed *r);

/* vxr_check_run() over src into findings that already exist. Returns the size of what was judged.
 */
uint64_t replayed_check(const struct vx_source *src, const struct replay_options *options,
                        struct findings *out, struct vx_facts *facts);

#endif
