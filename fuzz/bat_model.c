/* What MS-VHDX 2.5.1 says about a block table, entry by entry. */
#include "fuzz/bat_model.h"

#include "corpus/image.h"

enum { OBJECTS = BAT_MODEL_REGIONS + 2 };

/* A block that ends behind this one ends beyond 2^64 - 1 MiB. */
#define END_MIB ((UINT64_C(1) << 44) - 1)

static void count(struct bat_model *m, enum vx_rule rule, bool does_fire)
{
    m->total[rule] += does_fire ? 1 : 0;
}

/* ---- places ---- */

struct bytes {
    uint64_t begin;
    uint64_t end; /* exclusive; 2^64 - 1 for what ends beyond */
};

static struct bytes range(uint64_t offset, uint64_t length)
{
    return (struct bytes){offset, length <= UINT64_MAX - offset ? offset + length : UINT64_MAX};
}

static bool overlap(struct bytes a, struct bytes b)
{
    return a.begin < a.end && b.begin < b.end && a.begin < b.end && b.begin < a.end;
}

/* Header section, log, regions. */
static struct bytes object(const struct bat_model *m, unsigned which)
{
    if (which == 0) {
        return range(0, IMAGE_MIB);
    }
    if (which == 1) {
        return range(BAT_MODEL_LOG, BAT_MODEL_LOG_BYTES);
    }
    return range(m->region[which - 2].offset, m->region[which - 2].length);
}

static bool is_clear(const struct bat_model *m, struct bytes place)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (overlap(place, object(m, i))) {
            return false;
        }
    }
    return true;
}

static bool is_inside(const struct bat_model *m, uint64_t mib, uint64_t length)
{
    return mib << 20 <= m->size && length <= m->size - (mib << 20);
}

/* ---- entries ---- */

static void add_claim(struct bat_model *m, const struct bat_slot *slot, uint64_t mibs,
                      bool is_bitmap, bool is_soft)
{
    m->claim[m->claim_count] = (struct vx_claim){
        .index = slot->index,
        .begin_mib = slot->raw >> 20,
        .count_mib = mibs,
        .is_bitmap = is_bitmap,
        .is_soft = is_soft,
    };
    m->claim_count++;
}

/* What blocks hit each object, counted when all are known; and what is missing at the file's end.
 */
struct sums {
    bool is_hit[OBJECTS];
    bool is_missing;
    bool is_at_zero;
    bool is_overlapping;
};

/* The place of a present block, needed: bytes of it that must be there. Returns whether it can be
 * read and belongs to no other object. */
static bool judge_place(struct bat_model *m, struct sums *sums, const struct bat_slot *slot,
                        uint64_t mibs, uint64_t needed, bool is_bitmap)
{
    const uint64_t mib = slot->raw >> 20;
    const struct bytes place = range(mib << 20, mibs << 20);
    const bool is_missing = !is_inside(m, mib, needed);
    const bool is_wrapping = mib + mibs > END_MIB;
    const bool is_free = is_clear(m, place);

    count(m, VX_BAT_028, is_wrapping);
    count(m, VX_BAT_017, !is_inside(m, mib, mibs << 20));
    count(m, VX_BAT_014, !is_free);
    sums->is_missing |= is_missing;
    for (unsigned i = 0; i < OBJECTS; i++) {
        sums->is_hit[i] |= overlap(place, object(m, i));
    }
    if (!is_wrapping && mib << 20 < m->size) {
        add_claim(m, slot, mibs, is_bitmap, false);
        m->end = place.end > m->end ? place.end : m->end;
    }
    return !is_missing && is_free;
}

static void judge_stale(struct bat_model *m, const struct bat_slot *slot)
{
    const uint64_t mib = slot->raw >> 20;
    const bool is_good = is_clear(m, range(mib << 20, m->geo.block_mib << 20)) &&
                         is_inside(m, mib, m->geo.block_mib << 20);

    count(m, VX_BAT_019, mib != 0 && !is_good);
    if (mib != 0 && is_good) {
        add_claim(m, slot, m->geo.block_mib, false, true);
    }
}

static void judge_payload(struct bat_model *m, struct sums *sums, const struct bat_slot *slot,
                          uint64_t block)
{
    const unsigned state = slot->raw & 7;
    const uint64_t mib = slot->raw >> 20;
    const bool is_last = block + 1 == m->geo.payload_blocks;
    const uint64_t tail = m->geo.disk_bytes % m->geo.block_bytes;

    m->payload_state[state]++;
    m->payload_state[0]--; /* where all blocks were counted */
    count(m, VX_BAT_008, (slot->raw & 0xffff8) != 0);
    count(m, VX_BAT_018, (state == 0 || state == 2) && mib != 0);
    count(m, VX_BAT_009, state == 4 || state == 5);
    count(m, VX_BAT_010, state == 7 && !m->geo.has_parent);
    if (state == 1 || state == 3) {
        judge_stale(m, slot);
    }
    if (state >= 6) {
        count(m, VX_BAT_012, mib == 0);
        sums->is_at_zero |= mib == 0;
        if (mib != 0) {
            (void)judge_place(m, sums, slot, m->geo.block_mib,
                              is_last && tail != 0 ? tail : m->geo.block_bytes, false);
        }
    }
}

/* partial: how many blocks of its chunk need it. Returns whether they can be read. */
static bool judge_bitmap(struct bat_model *m, struct sums *sums, const struct bat_slot *slot,
                         uint64_t partial)
{
    const unsigned state = slot->raw & 7;
    const uint64_t mib = slot->raw >> 20;
    bool is_good = false;

    m->bitmap_state[state]++;
    m->bitmap_state[0]--;
    count(m, VX_BAT_008, (slot->raw & 0xffff8) != 0);
    count(m, VX_BAT_026, state == 0 && mib != 0);
    count(m, VX_BAT_022, state != 0 && state != 6);
    if (!m->geo.has_parent) {
        count(m, VX_BAT_023, state != 0);
        return true;
    }
    count(m, VX_BAT_024, state == 0 && partial > 0);
    if (state == 6) {
        is_good = mib != 0 && judge_place(m, sums, slot, 1, IMAGE_MIB, true);
        count(m, VX_BAT_025, !is_good);
    }
    return is_good;
}

/* ---- pairs ---- */

static bool do_collide(const struct vx_claim *a, const struct vx_claim *b)
{
    return a->begin_mib < b->begin_mib + b->count_mib && b->begin_mib < a->begin_mib + a->count_mib;
}

static bool is_partial(const struct bat_model *m, uint64_t index)
{
    const uint64_t ratio = m->geo.chunk_ratio;
    const uint64_t block = index - index / (ratio + 1);

    return index % (ratio + 1) != ratio && block < m->geo.payload_blocks && m->geo.has_parent;
}

/* Blocks of the chunk that are partially present. */
static uint64_t count_partial(const struct bat_model *m, uint64_t chunk)
{
    uint64_t partial = 0;

    for (size_t i = 0; i < m->slot_count; i++) {
        if (m->slot[i].index / (m->geo.chunk_ratio + 1) == chunk && (m->slot[i].raw & 7) == 7 &&
            is_partial(m, m->slot[i].index)) {
            partial++;
        }
    }
    return partial;
}

/* A bitmap block with a good place of its own is unusable when it is anybody else's, too. */
static void judge_shared(struct bat_model *m, const struct vx_claim *claim)
{
    const struct bytes place = range(claim->begin_mib << 20, IMAGE_MIB);

    if (is_clear(m, place) && is_inside(m, claim->begin_mib, IMAGE_MIB)) {
        count(m, VX_BAT_025, true);
        count(m, VX_BAT_011, count_partial(m, claim->index / (m->geo.chunk_ratio + 1)) > 0);
    }
}

static void judge_claim(struct bat_model *m, struct sums *sums, size_t which)
{
    const struct vx_claim *own = &m->claim[which];
    bool is_on_earlier = false;
    bool is_same = false;
    bool is_shared = false;

    for (size_t i = 0; i < m->claim_count; i++) {
        const struct vx_claim *other = &m->claim[i];
        const bool is_earlier = i < which || (own->is_soft && !other->is_soft);

        if (i == which || (other->is_soft && !own->is_soft) || !do_collide(own, other)) {
            continue;
        }
        is_shared = true;
        is_on_earlier |= is_earlier;
        is_same |= is_earlier && own->begin_mib == other->begin_mib;
    }
    if (own->is_soft) {
        count(m, VX_BAT_019, is_on_earlier);
        return;
    }
    count(m, VX_BAT_015, is_on_earlier);
    count(m, VX_BAT_016, is_same);
    sums->is_overlapping |= is_on_earlier;
    if (own->is_bitmap && is_shared) {
        judge_shared(m, own);
    }
}

/* ---- all of it ---- */

/* As if every entry were zero. */
static void count_all(struct bat_model *m)
{
    const uint64_t room = m->bat.length / 8;
    const uint64_t slots = room < m->geo.bat_entries ? room : m->geo.bat_entries;
    const uint64_t bitmaps = slots / (m->geo.chunk_ratio + 1);
    const uint64_t payload = slots - bitmaps;

    memset(m->total, 0, sizeof(m->total));
    memset(m->payload_state, 0, sizeof(m->payload_state));
    memset(m->bitmap_state, 0, sizeof(m->bitmap_state));
    m->payload_state[0] = payload < m->geo.payload_blocks ? payload : m->geo.payload_blocks;
    m->bitmap_state[0] = bitmaps;
    m->unused = 0;
    m->end = 0;
    m->claim_count = 0;
    count(m, VX_BAT_007, room < m->geo.bat_entries);
}

/* The chunk's bitmap entry, which may be zero; nothing when the region ends before it. */
static void close_chunk(struct bat_model *m, struct sums *sums, uint64_t chunk)
{
    const uint64_t partial = count_partial(m, chunk);
    struct bat_slot slot = {chunk * (m->geo.chunk_ratio + 1) + m->geo.chunk_ratio, 0};

    if (slot.index >= m->bat.length / 8 || slot.index >= m->geo.bat_entries) {
        return;
    }
    for (size_t i = 0; i < m->slot_count; i++) {
        slot = m->slot[i].index == slot.index ? m->slot[i] : slot;
    }
    if (!judge_bitmap(m, sums, &slot, partial)) {
        count(m, VX_BAT_011, partial > 0);
    }
}

static void judge_entries(struct bat_model *m, struct sums *sums)
{
    const uint64_t per_chunk = m->geo.chunk_ratio + 1;

    for (size_t i = 0; i < m->slot_count; i++) {
        const struct bat_slot *slot = &m->slot[i];
        const uint64_t chunk = slot->index / per_chunk;
        const uint64_t block = slot->index - chunk;
        const bool is_bitmap = slot->index % per_chunk == m->geo.chunk_ratio;

        if (slot->index >= m->geo.bat_entries || (!is_bitmap && block >= m->geo.payload_blocks)) {
            m->unused++;
        } else if (!is_bitmap) {
            judge_payload(m, sums, slot, block);
        }
        if (i + 1 == m->slot_count || m->slot[i + 1].index / per_chunk != chunk) {
            close_chunk(m, sums, chunk);
        }
    }
}

static void judge_fixed(struct bat_model *m)
{
    const uint64_t *state = m->payload_state;
    uint64_t needed = m->geo.disk_bytes;

    if (!m->geo.leaves_blocks_allocated || m->geo.has_parent) {
        return;
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        const struct bytes o = object(m, i);

        needed = range(needed, o.end - o.begin).end;
    }
    count(m, VX_BAT_020, state[0] + state[1] + state[2] + state[3] > 0);
    count(m, VX_BAT_021, m->size < needed);
}

void bat_model_judge(struct bat_model *m)
{
    struct sums sums = {{false}, false, false, false};

    count_all(m);
    judge_entries(m, &sums);
    for (size_t i = 0; i < m->claim_count; i++) {
        judge_claim(m, &sums, i);
    }
    judge_fixed(m);
    count(m, VX_BAT_027, m->unused > 0);
    count(m, VX_LAY_005, sums.is_at_zero);
    count(m, VX_LAY_006, sums.is_overlapping);
    count(m, VX_LAY_007, sums.is_missing);
    for (unsigned i = 0; i < OBJECTS; i++) {
        count(m, VX_LAY_006, sums.is_hit[i]);
        count(m, VX_RGE_008, sums.is_hit[i] && i >= 2);
    }
}
