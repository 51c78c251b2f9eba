/* Claims, all pairs of them. */
#include "tests/support/naive_claims.h"

static bool overlaps(const struct vx_claim *a, const struct vx_claim *b)
{
    return a->begin_mib < b->begin_mib + b->count_mib && b->begin_mib < a->begin_mib + a->count_mib;
}

/* What the definition says about one claim: does it collide, where first, and where exactly? */
struct naive {
    bool collides;
    bool is_same_offset;
    uint64_t owner;
    uint64_t twin;
};

static struct naive judge(const struct vx_claim *all, size_t count, size_t which)
{
    struct naive n = {0};

    for (size_t i = 0; i < count; i++) {
        /* an earlier claim of its own kind or harder; a stale place also any hard one */
        const bool may_own = (i < which && (all[which].is_soft || !all[i].is_soft)) ||
                             (all[which].is_soft && !all[i].is_soft);

        if (!may_own || !overlaps(&all[i], &all[which])) {
            continue;
        }
        if (!n.collides) {
            n.owner = all[i].index;
        }
        n.collides = true;
        if (all[i].begin_mib == all[which].begin_mib && !n.is_same_offset) {
            n.is_same_offset = true;
            n.twin = all[i].index;
        }
    }
    return n;
}

static void add_all(struct vx_claims *claims, const struct vx_claim *all, size_t count, bool soft)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].is_soft == soft) {
            vx_claims_add(claims, &all[i]);
        }
    }
}

/* A bitmap block of this pass is shared when any other hard claim overlaps it, before or behind. */
static bool is_shared_right(const struct vx_claims *claims, const struct vx_claim *all,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_shared = false;

        if (!all[i].is_bitmap || all[i].is_soft || all[i].begin_mib < claims->window_begin_mib ||
            all[i].begin_mib >= claims->window_end_mib) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            is_shared = is_shared || (k != i && !all[k].is_soft && overlaps(&all[k], &all[i]));
        }
        if (vx_claims_is_shared(claims, &all[i]) != is_shared) {
            return false;
        }
    }
    return true;
}

static void name_owners(struct vx_claims *claims, const struct vx_claim *all, size_t count)
{
    vx_claims_start_naming(claims);
    for (size_t i = 0; i < count; i++) {
        if (!vx_claims_want_owner(claims, all[i].index)) {
            break;
        }
        vx_claims_offer_owner(claims, &all[i]);
    }
}

static bool is_kept_right(const struct vx_collision *c, const struct vx_claim *claim,
                          const struct naive *n)
{
    return c->claim.index == claim->index && c->claim.begin_mib == claim->begin_mib &&
           c->has_owner && c->owner.index == n->owner &&
           (claim->is_soft ||
            (c->is_same_offset == n->is_same_offset && c->has_twin == n->is_same_offset &&
             (!n->is_same_offset || c->twin.index == n->twin)));
}

static const char *list_difference(const struct vx_collisions *list, const struct vx_claim *all,
                                   size_t count, bool is_soft)
{
    uint64_t total = 0;
    uint64_t same = 0;

    for (size_t i = 0; i < count; i++) {
        const struct naive n = judge(all, count, i);

        if (all[i].is_soft != is_soft || !n.collides) {
            continue;
        }
        if (total < VX_COLLISIONS_MAX && !is_kept_right(&list->at[total], &all[i], &n)) {
            return "the first collisions are kept, with their owners";
        }
        total++;
        same += n.is_same_offset ? 1 : 0;
    }
    if (list->count != total ||
        list->stored != (total < VX_COLLISIONS_MAX ? total : VX_COLLISIONS_MAX)) {
        return "collisions are counted as all pairs say";
    }
    return is_soft || list->same_offset_count == same
               ? NULL
               : "equal offsets are counted as all pairs say";
}

const char *naive_claims_difference(struct vx_claims *claims, const struct vx_claim *all,
                                    const struct vx_claim *handed, size_t count, size_t *passes)
{
    const char *difference = NULL;
    uint64_t begin = 0;

    for (*passes = 0; begin != UINT64_MAX; *passes += 1) {
        if (*passes > count) {
            return "each pass but the first judges a claim";
        }
        vx_claims_start(claims, begin);
        add_all(claims, handed, count, false);
        if (claims->shared.words != NULL && !is_shared_right(claims, all, count)) {
            return "a bitmap block is shared when another claim overlaps it";
        }
        add_all(claims, handed, count, true);
        begin = claims->next_begin_mib;
    }
    name_owners(claims, handed, count);
    difference = list_difference(&claims->hard, all, count, false);
    return difference != NULL ? difference : list_difference(&claims->soft, all, count, true);
}
