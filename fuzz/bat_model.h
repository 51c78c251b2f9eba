/* A block table of a few entries that are not zero, wherever in a table of any size, and what
 * MS-VHDX 2.5.1 says about it, entry by entry and pair by pair. */
#ifndef FUZZ_BAT_MODEL_H
#define FUZZ_BAT_MODEL_H

#include "fuzz/input.h"
#include "parser/blocks.h"
#include "replay/overlay.h"

enum {
    BAT_MODEL_SLOTS = 192,
    BAT_MODEL_SECTORS = 12, /* that come from the log */
    BAT_MODEL_REGIONS = 3,
    BAT_MODEL_LOG = 0x100000,
    BAT_MODEL_LOG_BYTES = 0x100000
};

struct bat_slot {
    uint64_t index;
    uint64_t raw; /* not 0 */
};

struct bat_model {
    /* made */
    struct vx_geometry geo;
    struct vx_region_place bat;
    struct vx_region region[BAT_MODEL_REGIONS]; /* of the BAT, of metadata, a foreign one */
    uint64_t size;                              /* of the file */
    struct bat_slot slot[BAT_MODEL_SLOTS];      /* sorted by index */
    size_t slot_count;
    uint64_t grain; /* to which the source rounds where data is */
    bool knows_holes;
    uint64_t sector[BAT_MODEL_SECTORS]; /* offsets in the file */
    size_t sector_count;
    uint8_t log[(1 + BAT_MODEL_SECTORS) * 4096]; /* a sector of descriptors, then the data */
    /* judged */
    uint64_t total[VX_RULE_COUNT];
    uint64_t payload_state[VX_STATE_COUNT];
    uint64_t bitmap_state[VX_STATE_COUNT];
    uint64_t unused;
    uint64_t end;
    struct vx_claim claim[BAT_MODEL_SLOTS];
    size_t claim_count;
};

/* Make a table of what `in` says. */
void bat_model_make(struct bat_model *m, struct fuzz_input *in);

/* Judge it. At most the square of BAT_MODEL_SLOTS steps. */
void bat_model_judge(struct bat_model *m);

/* The file as it lies: with rubbish in the sectors that come from the log. m must stay in place. */
struct vx_source bat_model_raw(struct bat_model *m);

/* Let the overlay, which is empty, put the table right. */
void bat_model_replay(struct bat_model *m, struct vxr_overlay *overlay);

#endif
