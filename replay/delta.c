/* Image against view, piece by piece. */
#include "replay/delta.h"

#include "parser/bytes.h"
#include "parser/workspace.h"

struct job {
    struct vxr_check *c;
    const struct vx_source *raw;
    vxr_change_fn *change;
    void *ctx;
    struct vxr_delta *out;
    enum vxr_change_kind bat_kind; /* what a change inside the table is */
    uint64_t bat_end;              /* of its last entry */
};

/* What lies at an offset, and where that ends. */
struct piece {
    enum vxr_change_kind kind;
    uint64_t index;
    uint64_t base; /* where the object begins */
    uint64_t end;
};

static struct piece piece_at(const struct job *job, uint64_t offset)
{
    const struct vx_regions *regions = &job->c->structure.facts.regions;
    const struct {
        enum vxr_change_kind kind;
        uint64_t index;
        uint64_t begin;
        uint64_t end;
    } objects[] = {
        {VXR_CHANGE_REGION_TABLE, 0, VX_REGION_TABLE_1_OFFSET, VX_REGION_TABLE_2_OFFSET},
        {VXR_CHANGE_REGION_TABLE, 1, VX_REGION_TABLE_2_OFFSET,
         VX_REGION_TABLE_2_OFFSET + VX_REGION_TABLE_BYTES},
        {VXR_CHANGE_HEADER_SECTION, 0, VX_REGION_TABLE_2_OFFSET + VX_REGION_TABLE_BYTES,
         VX_HEADER_SECTION_BYTES},
        {job->bat_kind, 0, regions->bat.offset, job->bat_end},
        {VXR_CHANGE_METADATA, 0, regions->metadata.offset,
         vx_add_sat(regions->metadata.offset, regions->metadata.length)},
    };
    struct piece piece = {.kind = VXR_CHANGE_OTHER, .base = offset, .end = UINT64_MAX};

    for (size_t i = 0; i < VX_COUNT_OF(objects); i++) {
        if (offset >= objects[i].begin && offset < objects[i].end) {
            return (struct piece){
                .kind = objects[i].kind,
                .index = objects[i].index,
                .base = objects[i].begin,
                .end = objects[i].end,
            };
        }
        if (objects[i].begin > offset) {
            piece.end = vx_min(piece.end, objects[i].begin);
        }
    }
    return piece;
}

static void tell(const struct job *job, const struct vxr_change *change)
{
    job->out->changes[change->kind] = vx_add_sat(job->out->changes[change->kind], 1);
    job->change(job->ctx, change);
}

/* The BAT entries in [0, len) of the two buffers, which begin at file offset `offset`. */
static void compare_entries(const struct job *job, const struct piece *piece, uint64_t offset,
                            uint32_t len)
{
    const uint8_t *before = job->c->structure.ws->table[0];
    const uint8_t *after = job->c->structure.ws->table[1];

    for (uint32_t pos = 0; pos + 8 <= len && pos + 8 <= VX_TABLE_BYTES; pos += 8) {
        struct vxr_change change = {
            .kind = VXR_CHANGE_BAT_ENTRY,
            .offset = vx_add_sat(offset, pos),
            .length = 8,
            .before = vx_le64(before + pos),
            .after = vx_le64(after + pos),
        };

        change.index = vx_div(vx_sub_sat(change.offset, piece->base), VX_BAT_ENTRY_BYTES);
        if (change.before != change.after) {
            tell(job, &change);
        }
    }
}

/* One chunk, at most the size of a buffer. */
static void compare_chunk(const struct job *job, const struct piece *piece, uint64_t offset,
                          uint32_t len)
{
    uint8_t *before = job->c->structure.ws->table[0];
    uint8_t *after = job->c->structure.ws->table[1];
    uint32_t inside = (uint32_t)(vx_min(len, vx_sub_sat(job->raw->size, offset)) & UINT32_MAX);
    uint32_t first = 0;
    uint32_t last = 0; /* one behind the last difference */
    uint64_t changed = 0;

    memset(before, 0, VX_TABLE_BYTES);
    if ((inside > 0 && vx_source_read(job->raw, offset, before, inside) != VX_OK) ||
        vx_source_read(&job->c->view, offset, after, len) != VX_OK) {
        job->out->unread = vx_add_sat(job->out->unread, len);
        return;
    }
    for (uint32_t i = 0; i < len && i < VX_TABLE_BYTES; i++) {
        if (before[i] != after[i]) {
            first = last == 0 ? i : first;
            last = i + 1;
            changed = vx_add_sat(changed, 1);
        }
    }
    job->out->bytes_changed = vx_add_sat(job->out->bytes_changed, changed);
    job->out->bytes_same = vx_add_sat(job->out->bytes_same, vx_sub_sat(len, changed));
    if (last == 0) {
        return;
    }
    if (piece->kind == VXR_CHANGE_BAT_ENTRY) {
        compare_entries(job, piece, offset, len);
    } else {
        struct vxr_change change = {
            .kind = piece->kind,
            .index = piece->index,
            .offset = vx_add_sat(offset, first),
            .length = vx_sub_sat(last, first),
        };

        tell(job, &change);
    }
}

/* Zeros over a hole change nothing: where does a zero segment meet data again? */
static uint64_t skip_hole(const struct job *job, const struct vxr_segment *s, uint64_t at)
{
    struct vx_range data = {0};

    if (s->data_pos != VXR_NO_DATA) {
        return at;
    }
    if (at >= job->raw->size) {
        return s->end;
    }
    if (vx_source_next_data(job->raw, at, vx_min(s->end, job->raw->size), &data) != VX_OK) {
        return at;
    }
    if (data.begin == data.end) {
        return s->end;
    }
    /* stay on the 4 KiB grid of the segments, so that BAT entries are not cut */
    return vx_sub_sat(data.begin, vx_mod(data.begin, VXR_SECTOR_BYTES));
}

static void compare_segment(const struct job *job, const struct vxr_segment *s)
{
    uint64_t at = s->begin;

    while (at < s->end) { /* each turn passes a hole, an object or a chunk */
        uint64_t next = vx_max(at, skip_hole(job, s, at));
        struct piece piece = piece_at(job, next);
        uint64_t len = vx_min(vx_sub_sat(vx_min(s->end, piece.end), next), VX_TABLE_BYTES);

        job->out->bytes_same = vx_add_sat(job->out->bytes_same, vx_sub_sat(next, at));
        if (next >= s->end) {
            return;
        }
        compare_chunk(job, &piece, next, (uint32_t)len);
        at = vx_add_sat(next, vx_max(len, 1));
    }
}

static void ignore(void *ctx, const struct vx_finding *finding)
{
    (void)ctx;
    (void)finding;
}

/* Does the BAT of the replayed image lie where the image has its own? Only then was there an entry
 * before. */
static bool has_bat_moved(const struct job *job)
{
    struct vxr_check *c = job->c;
    struct vx_regions *before = &c->replayed_facts.regions;
    uint32_t i = vxr_overlay_find(&c->overlay, VX_REGION_TABLE_1_OFFSET);

    if (i >= c->overlay.segment_count ||
        c->overlay.segment[i].begin >= VX_REGION_TABLE_2_OFFSET + VX_REGION_TABLE_BYTES) {
        return false; /* the log writes no region table */
    }
    vx_reporter_init(&c->muted, ignore, NULL);
    vx_regions_load(job->raw, c->structure.ws, &c->muted, before);
    return !before->bat.is_present || before->bat.offset != c->structure.facts.regions.bat.offset;
}

/* What is the table, and where does it end? Without geometry all of its region may be entries, as
 * far as they are whole. An entry of a table at an odd place may lie in two sectors of the log. */
static void find_bat(struct job *job)
{
    const struct vx_facts *facts = &job->c->structure.facts;
    uint64_t length = vx_sub_sat(facts->regions.bat.length,
                                 vx_mod(facts->regions.bat.length, VX_BAT_ENTRY_BYTES));
    bool is_odd = vx_mod(facts->regions.bat.offset, VX_BAT_ENTRY_BYTES) != 0;

    if (facts->has_geometry) {
        length =
            vx_min(length, vx_min(facts->geometry.bat_entries, UINT32_MAX) * VX_BAT_ENTRY_BYTES);
    }
    job->bat_kind = is_odd ? VXR_CHANGE_OTHER : VXR_CHANGE_BAT_ENTRY;
    if (has_bat_moved(job)) {
        job->bat_kind = VXR_CHANGE_NEW_BAT;
    }
    job->bat_end = vx_add_sat(facts->regions.bat.offset, length);
}

void vxr_delta_run(struct vxr_check *c, const struct vx_source *raw, vxr_change_fn *change,
                   void *ctx, struct vxr_delta *out)
{
    struct job job = {.c = c, .raw = raw, .change = change, .ctx = ctx, .out = out};

    memset(out, 0, sizeof(*out));
    out->old_size = raw->size;
    out->new_size = c->view.size;
    if (c->is_replayed) {
        find_bat(&job);
    }
    for (uint32_t i = 0; c->is_replayed && i < c->overlay.segment_count; i++) {
        compare_segment(&job, &c->overlay.segment[i]);
    }
}
