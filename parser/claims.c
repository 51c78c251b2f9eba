/* Claims on the file's MiBs: windows, collisions, owners. */
#include "parser/claims.h"

enum { PLANES_MAX = 3, BITS_PER_WORD = 64, FILTER_BITS = VX_CLAIM_FILTER_WORDS * BITS_PER_WORD };

#define MIB_MAX (UINT64_C(1) << 44) /* of 2^64 bytes */

struct vx_need vx_claims_need(uint64_t file_bytes)
{
    uint64_t mib = vx_min(vx_div_up(file_bytes, VX_MIB), MIB_MAX);
    uint64_t words = vx_div_up(mib + VX_CLAIM_MIB_MAX, BITS_PER_WORD);
    struct vx_need need = {.min = VX_CLAIM_WORDS_MIN * sizeof(uint64_t)};

    need.max = vx_max(PLANES_MAX * words * sizeof(uint64_t), need.min);
    return need;
}

enum vx_status vx_claims_init(struct vx_claims *claims, uint64_t *words, uint64_t word_count,
                              uint64_t block_mib, bool has_bitmaps)
{
    uint64_t part = 0;

    memset(claims, 0, sizeof(*claims));
    if (word_count < VX_CLAIM_WORDS_MIN) {
        return VX_E_WORKSPACE;
    }
    if (block_mib == 0 || block_mib > VX_CLAIM_MIB_MAX) {
        return VX_E_USAGE;
    }
    claims->block_mib = block_mib;
    claims->taken.words = words;
    claims->taken.word_count = word_count;
    if (has_bitmaps) {
        part = word_count / PLANES_MAX;
        claims->taken.word_count = part;
        claims->begins.words = words + part;
        claims->begins.word_count = part;
        claims->shared.words = words + 2 * part;
        claims->shared.word_count = part;
    } else if (block_mib > 1) {
        part = word_count / 2;
        claims->taken.word_count = part;
        claims->begins.words = words + part;
        claims->begins.word_count = part;
    }
    return VX_OK;
}

static void clear(struct vx_plane plane)
{
    if (plane.words != NULL) {
        memset(plane.words, 0, (size_t)plane.word_count * sizeof(uint64_t));
    }
}

void vx_claims_start(struct vx_claims *claims, uint64_t window_begin_mib)
{
    /* The last block_mib - 1 bits only hold what reaches out of the window. */
    uint64_t bits = vx_min(claims->taken.word_count, UINT64_MAX / BITS_PER_WORD) * BITS_PER_WORD;
    uint64_t window = vx_sub_sat(vx_add_sat(bits, 1), claims->block_mib);

    clear(claims->taken);
    clear(claims->begins);
    clear(claims->shared);
    claims->window_begin_mib = window_begin_mib;
    claims->window_end_mib = vx_add_sat(window_begin_mib, window);
    claims->next_begin_mib = UINT64_MAX;
}

/* Keep the collision if its BAT index is among the smallest: at most VX_COLLISIONS_MAX moves. */
static void keep(struct vx_collisions *list, const struct vx_collision *collision)
{
    uint32_t at = list->stored;

    if (at >= VX_COLLISIONS_MAX) {
        if (collision->claim.index >= list->at[VX_COLLISIONS_MAX - 1].claim.index) {
            return;
        }
        at = VX_COLLISIONS_MAX - 1; /* the greatest makes room */
    } else {
        list->stored += 1;
    }
    while (at > 0 && at < VX_COLLISIONS_MAX &&
           list->at[at - 1].claim.index > collision->claim.index) {
        struct vx_collision moved = list->at[at - 1];

        list->at[at] = moved;
        at -= 1;
    }
    if (at < VX_COLLISIONS_MAX) {
        list->at[at] = *collision;
    }
}

static void note(struct vx_claims *claims, const struct vx_claim *claim, bool is_same)
{
    struct vx_collisions *list = claim->is_soft ? &claims->soft : &claims->hard;
    struct vx_collision collision = {.claim = *claim, .is_same_offset = is_same};

    list->count = vx_add_sat(list->count, 1);
    list->same_offset_count = vx_add_sat(list->same_offset_count, is_same ? 1 : 0);
    keep(list, &collision);
}

/* Somebody is in [bit, bit + count) already: whoever has a single MiB of it shares it. */
static void share(struct vx_claims *claims, const struct vx_claim *claim, uint64_t bit,
                  uint64_t count)
{
    if (claims->shared.words != NULL && !claim->is_soft) {
        (void)vx_bits_claim(claims->shared.words, claims->shared.word_count, bit, count);
    }
}

static void add_outside(struct vx_claims *claims, const struct vx_claim *claim)
{
    uint64_t begin = vx_max(claim->begin_mib, claims->window_begin_mib);
    uint64_t end = vx_add_sat(claim->begin_mib, claim->count_mib);

    if (claim->begin_mib >= claims->window_end_mib) {
        claims->next_begin_mib = vx_min(claims->next_begin_mib, claim->begin_mib);
    }
    /* What reaches into the bits is painted, so that claims judged in this pass see it. */
    if (end > begin) {
        uint64_t bit = vx_sub_sat(begin, claims->window_begin_mib);

        if (vx_bits_claim(claims->taken.words, claims->taken.word_count, bit,
                          vx_sub_sat(end, begin))) {
            share(claims, claim, bit, vx_sub_sat(end, begin));
        }
    }
}

void vx_claims_settle(struct vx_claims *claims, const struct vx_claim *claim,
                      enum vx_claim_mark mark)
{
    if (mark == VX_MARK_OUTSIDE) {
        add_outside(claims, claim);
    } else if (mark != VX_MARK_FREE) {
        note(claims, claim, mark == VX_MARK_SAME);
        share(claims, claim, vx_sub_sat(claim->begin_mib, claims->window_begin_mib),
              claim->count_mib);
    }
}

enum vx_claim_mark vx_planes_mark_long(struct vx_claim_planes planes, uint64_t first,
                                       uint64_t count_mib)
{
    bool is_taken = vx_bits_claim(planes.taken.words, planes.taken.word_count, first, count_mib);
    bool is_same = is_taken;

    if (planes.begins.words != NULL) {
        is_same = vx_bits_claim_one(planes.begins.words, planes.begins.word_count, first);
    }
    if (!is_taken) {
        return VX_MARK_FREE;
    }
    return is_same ? VX_MARK_SAME : VX_MARK_TAKEN;
}

void vx_claims_add(struct vx_claims *claims, const struct vx_claim *claim)
{
    enum vx_claim_mark mark = VX_MARK_OUTSIDE;

    if (claim->begin_mib >= claims->window_begin_mib && claim->begin_mib < claims->window_end_mib) {
        mark = vx_planes_mark(vx_claims_planes(claims),
                              vx_sub_sat(claim->begin_mib, claims->window_begin_mib),
                              claim->count_mib);
    }
    vx_claims_settle(claims, claim, mark);
}

bool vx_claims_is_shared(const struct vx_claims *claims, const struct vx_claim *claim)
{
    return claims->shared.words != NULL && claim->begin_mib >= claims->window_begin_mib &&
           claim->begin_mib < claims->window_end_mib &&
           vx_bits_test(claims->shared.words, claims->shared.word_count,
                        vx_sub_sat(claim->begin_mib, claims->window_begin_mib));
}

enum vx_status vx_claims_judge_bitmap(const struct vx_claims *claims, uint64_t chunk,
                                      uint64_t begin)
{
    if (begin >> VX_MIB_SHIFT >= claims->next_begin_mib) {
        return VX_E_LIMIT;
    }
    return vx_bits_test(claims->lost_chunk, VX_CLAIM_CHUNK_WORDS, chunk) ? VX_STOP : VX_OK;
}

/* Which bit of the filter stands for this MiB. A block touches at most two different ones. */
static uint64_t filter_bit(const struct vx_claims *claims, uint64_t mib)
{
    return vx_mod(vx_div(mib, claims->block_mib), FILTER_BITS);
}

static void mark_filter(struct vx_claims *claims, const struct vx_collisions *list)
{
    for (uint32_t i = 0; i < list->stored && i < VX_COLLISIONS_MAX; i++) {
        const struct vx_claim *c = &list->at[i].claim;
        uint64_t end = vx_add_sat(c->begin_mib, vx_sub_sat(c->count_mib, 1));

        (void)vx_bits_claim(claims->filter, VX_CLAIM_FILTER_WORDS, filter_bit(claims, c->begin_mib),
                            1);
        (void)vx_bits_claim(claims->filter, VX_CLAIM_FILTER_WORDS, filter_bit(claims, end), 1);
    }
}

void vx_claims_start_naming(struct vx_claims *claims)
{
    memset(claims->filter, 0, sizeof(claims->filter));
    mark_filter(claims, &claims->hard);
    mark_filter(claims, &claims->soft);
}

/* Can a claim with this BAT index be the owner of some kept hard collision? Its owners precede it.
 */
static bool hard_wants(const struct vx_collisions *list, uint64_t index)
{
    return list->stored > 0 && list->stored <= VX_COLLISIONS_MAX &&
           index < list->at[list->stored - 1].claim.index;
}

bool vx_claims_want_owner(const struct vx_claims *claims, uint64_t index)
{
    if (hard_wants(&claims->hard, index)) {
        return true;
    }
    for (uint32_t i = 0; i < claims->soft.stored && i < VX_COLLISIONS_MAX; i++) {
        if (!claims->soft.at[i].has_owner) {
            return true;
        }
    }
    return false;
}

static void offer(struct vx_collisions *list, const struct vx_claim *claim)
{
    uint64_t end = vx_add_sat(claim->begin_mib, claim->count_mib);

    for (uint32_t i = 0; i < list->stored && i < VX_COLLISIONS_MAX; i++) {
        struct vx_collision *c = &list->at[i];
        /* a stale place collides with a present block wherever that is in the table */
        bool may_own = claim->index < c->claim.index || (c->claim.is_soft && !claim->is_soft);

        if (!may_own || claim->index == c->claim.index || (claim->is_soft && !c->claim.is_soft) ||
            !vx_overlap(claim->begin_mib, end, c->claim.begin_mib,
                        vx_add_sat(c->claim.begin_mib, c->claim.count_mib))) {
            continue;
        }
        if (!c->has_owner) {
            c->owner = *claim;
            c->has_owner = true;
        }
        if (!c->has_twin && claim->begin_mib == c->claim.begin_mib) {
            c->twin = *claim;
            c->has_twin = true;
        }
    }
}

void vx_claims_offer_owner(struct vx_claims *claims, const struct vx_claim *claim)
{
    uint64_t end = vx_add_sat(claim->begin_mib, vx_sub_sat(claim->count_mib, 1));

    if (!vx_bits_test(claims->filter, VX_CLAIM_FILTER_WORDS,
                      filter_bit(claims, claim->begin_mib)) &&
        !vx_bits_test(claims->filter, VX_CLAIM_FILTER_WORDS, filter_bit(claims, end))) {
        return;
    }
    offer(&claims->hard, claim);
    offer(&claims->soft, claim);
}
