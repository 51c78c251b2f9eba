/* Who claims which MiB of the file: finds blocks that overlap other blocks.
 *
 * Naive form: compare every block with every block before it. Here: one bit per MiB of the file; a
 * block one of whose bits is already set overlaps an earlier one. When the bitmap is smaller than
 * the file, a pass judges the blocks that begin in one window of it, and the bitmap reaches as far
 * beyond the window as the longest block, so that any bitmap size gives the same answer.
 *
 * Two planes of bits: `taken` (some block covers this MiB) and `begins` (some block begins here),
 * which tells an equal offset from a partial overlap. With blocks of 1 MiB they are the same, and
 * the whole memory serves one plane. Images with sector bitmaps have a third one, `shared`: whether
 * a bitmap block is anybody else's must be known even if the other comes later in the table.
 *
 * Hard claims are those of present blocks. Soft claims are stale places of UNDEFINED and UNMAPPED
 * blocks; they are added after all hard claims of a pass and never disturb those. */
#ifndef VX_PARSER_CLAIMS_H
#define VX_PARSER_CLAIMS_H

#include "parser/bytes.h"
#include "parser/finding.h"

enum {
    VX_CLAIM_WORDS_MIN = 128, /* 64 words a plane: 4096 MiB, well above the longest block */
    VX_CLAIM_MIB_MAX = 256,   /* longest block */
    VX_CLAIM_FILTER_WORDS = 64,
    VX_CLAIM_CHUNK_WORDS = 256, /* a bit for each of at most 2^14 chunks */
    VX_COLLISIONS_MAX = VX_FINDINGS_PER_RULE
};

struct vx_claim {
    uint64_t index;     /* BAT entry */
    uint64_t begin_mib; /* at least 1, below 2^44 */
    uint64_t count_mib; /* 1 to VX_CLAIM_MIB_MAX */
    uint64_t number;    /* payload block or chunk */
    bool is_bitmap;
    bool is_soft;
};

/* A claim that overlaps one with a smaller BAT index (a soft one: also any hard one). */
struct vx_collision {
    struct vx_claim claim;
    bool is_same_offset;   /* with some earlier claim */
    bool has_owner;        /* `owner` is known */
    bool has_twin;         /* `twin` is known */
    struct vx_claim owner; /* the first claim in BAT order that it overlaps */
    struct vx_claim twin;  /* the first claim in BAT order with the same offset */
};

/* All collisions are counted; those with the smallest BAT indexes are kept, in order. */
struct vx_collisions {
    uint64_t count;
    uint64_t same_offset_count;
    uint32_t stored;
    struct vx_collision at[VX_COLLISIONS_MAX];
};

/* One bit for each MiB of the window. */
struct vx_plane {
    uint64_t *words; /* NULL: there is no such plane */
    uint64_t word_count;
};

struct vx_claims {
    struct vx_plane taken;
    struct vx_plane begins; /* none when every block is 1 MiB long: it would be the same */
    struct vx_plane shared; /* MiBs in which a collision was seen; none without bitmap blocks */
    uint64_t block_mib;
    uint64_t window_begin_mib; /* claims that begin in [begin, end) are judged in this pass */
    uint64_t window_end_mib;
    uint64_t next_begin_mib; /* smallest begin at or above the window's end; UINT64_MAX: none */
    struct vx_collisions hard;
    struct vx_collisions soft;
    uint64_t lost_chunk[VX_CLAIM_CHUNK_WORDS]; /* for the caller: chunks without a bitmap block of
                                                  their own */
    uint64_t filter[VX_CLAIM_FILTER_WORDS];    /* while naming: which places are of interest */
};

/* Bytes of bitmap memory: min for any file; max covers file_bytes in one pass:
 * 1 bit per MiB and plane, and the longest block beyond. */
struct vx_need vx_claims_need(uint64_t file_bytes);

/* words: word_count words of caller memory, at least VX_CLAIM_WORDS_MIN, content irrelevant.
 * block_mib: 1 to VX_CLAIM_MIB_MAX. Returns VX_OK, VX_E_WORKSPACE or VX_E_USAGE. */
VX_MUST_USE enum vx_status vx_claims_init(struct vx_claims *claims, uint64_t *words,
                                          uint64_t word_count, uint64_t block_mib,
                                          bool has_bitmaps);

/* Start a pass that judges claims beginning at window_begin_mib or later. Clears the planes. */
void vx_claims_start(struct vx_claims *claims, uint64_t window_begin_mib);

/* What the bits said of a place when it was claimed. */
enum vx_claim_mark {
    VX_MARK_FREE,   /* no block covers any of it */
    VX_MARK_TAKEN,  /* some block covers some of it */
    VX_MARK_SAME,   /* some block begins where it begins */
    VX_MARK_OUTSIDE /* it does not begin in the window: nothing was marked */
};

/* The bits alone. They stay where they are during a pass, so a loop over many claims may keep this
 * in registers; of what lies in memory a compiler must fear that setting a bit changes it. */
struct vx_claim_planes {
    struct vx_plane taken;
    struct vx_plane begins;
};

static inline struct vx_claim_planes vx_claims_planes(const struct vx_claims *claims)
{
    return (struct vx_claim_planes){
        .taken = claims->taken,
        .begins = claims->begins,
    };
}

/* Where bit `first` lies, for VX_PREFETCH; not to be read. */
static inline const uint64_t *vx_planes_word(struct vx_claim_planes planes, uint64_t first)
{
    return planes.taken.words + vx_min(first / 64, planes.taken.word_count);
}

/* Mark the place that begins at bit `first`, counted from the window's begin, and lies in the
 * window. At most 5 steps over words. The second form is the first one without the short cut for
 * blocks of 1 MiB, which is inline because it runs once for each block of a disk. */
VX_MUST_USE enum vx_claim_mark vx_planes_mark_long(struct vx_claim_planes planes, uint64_t first,
                                                   uint64_t count_mib);

VX_MUST_USE static inline enum vx_claim_mark vx_planes_mark(struct vx_claim_planes planes,
                                                            uint64_t first, uint64_t count_mib)
{
    if (planes.begins.words != NULL) {
        return vx_planes_mark_long(planes, first, count_mib);
    }
    return vx_bits_claim_one(planes.taken.words, planes.taken.word_count, first) ? VX_MARK_SAME
                                                                                 : VX_MARK_FREE;
}

/* Record a claim: mark its place, and unless that was free, settle what it means. In each pass
 * every hard claim must come once, in BAT order, and then every soft one, in BAT order. */
void vx_claims_add(struct vx_claims *claims, const struct vx_claim *claim);

void vx_claims_settle(struct vx_claims *claims, const struct vx_claim *claim,
                      enum vx_claim_mark mark);

/* After the hard claims of a pass: does this one, of 1 MiB, overlap any other hard claim, before or
 * behind it in the table? False when it does not begin in the pass's window. */
bool vx_claims_is_shared(const struct vx_claims *claims, const struct vx_claim *claim);

/* After all passes: is the sector bitmap block at file offset `begin`, of that chunk, its own?
 * Returns VX_OK, VX_STOP when it is another's, too, or does not lie where it may, or VX_E_LIMIT
 * when it was not compared with the others. */
VX_MUST_USE enum vx_status vx_claims_judge_bitmap(const struct vx_claims *claims, uint64_t chunk,
                                                  uint64_t begin);

/* Naming the other side of the kept collisions takes one more walk over the table: start, then
 * offer every claim, hard and soft together, in BAT order, while owners are wanted. */
void vx_claims_start_naming(struct vx_claims *claims);

/* Can a claim with this BAT index or a later one still be an owner that is wanted? */
bool vx_claims_want_owner(const struct vx_claims *claims, uint64_t index);

/* Offer a claim as owner. At most 2 * VX_COLLISIONS_MAX steps, and one for nearly all claims. */
void vx_claims_offer_owner(struct vx_claims *claims, const struct vx_claim *claim);

#endif
