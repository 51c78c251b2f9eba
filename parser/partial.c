/* The sector bitmaps, block by block. */
#include "parser/partial.h"

#include "parser/bitmap.h"
#include "parser/bytes.h"
#include "parser/workspace.h"

/* The state of the walk. */
struct walk {
    const struct vx_source *view;
    const struct vx_geometry *geo;
    const struct vx_region_place *bat;
    struct vx_reporter *rep;
    struct vx_partial *out;
    struct vx_bitmap bitmap;
    uint64_t slot_count;
    uint64_t chunk;     /* that `block` is of; UINT64_MAX: none yet */
    bool has_block;     /* the chunk has a bitmap block that can be used */
    uint64_t block;     /* where it lies */
    bool is_unread;     /* a part of the bitmaps could not be read: said once for each chunk */
    uint64_t looked_at; /* bytes of bitmaps */
    bool is_stopped;    /* more was read than bitmaps can have */
};

/* Slots of the table could not be read; when it was the same before, that has been said. */
static void report_unread(struct walk *walk, uint64_t index, uint64_t count)
{
    if (walk->rep->total[VX_RUN_001] == 0) {
        vx_report_unreadable(walk->rep, vx_bat_slot_offset(walk->bat->offset, index),
                             VX_BAT_ENTRY_BYTES * vx_min(count, UINT64_MAX / VX_BAT_ENTRY_BYTES));
    }
}

/* Find the bitmap block of a chunk. What is wrong with its entry is the business of other rules. */
static void find_block(struct walk *walk, uint64_t chunk)
{
    enum vx_status status = vx_bitmap_find(walk->view, walk->geo, walk->bat->offset,
                                           walk->slot_count, chunk, &walk->block);

    walk->chunk = chunk;
    walk->is_unread = false;
    walk->has_block = status == VX_OK;
    if (status == VX_E_IO) {
        report_unread(walk, vx_geometry_bitmap_index(walk->geo, chunk), 1);
    }
}

/* Virtual bytes in a block. */
static uint64_t bytes_of(const struct vx_geometry *geo, uint64_t block)
{
    return block == vx_sub_sat(geo->payload_blocks, 1) ? geo->last_block_bytes : geo->block_bytes;
}

/* Judge the bits of one partially present block. */
static void check_block(struct walk *walk, uint64_t index, uint64_t number)
{
    uint64_t per_block = vx_div(walk->geo->block_bytes, walk->geo->sector_bytes);
    uint64_t first =
        vx_mod(number, walk->geo->chunk_ratio) * vx_min(per_block, VX_SECTORS_PER_CHUNK);
    uint64_t sectors = vx_div_up(bytes_of(walk->geo, number), walk->geo->sector_bytes);
    uint64_t own = 0;
    struct vx_finding f =
        vx_finding_at(VX_SBM_004, VX_OBJ_PAYLOAD_ENTRY, index,
                      vx_bat_slot_offset(walk->bat->offset, index), VX_BAT_ENTRY_BYTES);

    walk->looked_at = vx_add_sat(walk->looked_at, vx_div_up(sectors, 8));
    if (vx_bitmap_count(&walk->bitmap, walk->block, first, sectors, &own) != VX_OK) {
        if (!walk->is_unread) {
            vx_report_unreadable(walk->rep, vx_add_sat(walk->block, first / 8),
                                 vx_div_up(sectors, 8));
        }
        walk->is_unread = true;
        return;
    }
    walk->out->blocks = vx_add_sat(walk->out->blocks, 1);
    walk->out->own = vx_add_sat(walk->out->own, own);
    walk->out->of_parent = vx_add_sat(walk->out->of_parent, vx_sub_sat(sectors, own));
    f.arg[0] = number;
    f.arg[1] = own;
    f.arg[2] = sectors;
    if (own == 0 || own == sectors) {
        walk->out->uniform = vx_add_sat(walk->out->uniform, 1);
        vx_report(walk->rep, &f);
    }
}

static void check_run(struct walk *walk, const struct vx_bat_run *run, const uint8_t *window)
{
    struct vx_finding f = vx_finding_at(VX_RUN_009, VX_OBJ_BLOCKS, 0, VX_NO_OFFSET, 0);

    for (uint32_t pos = run->begin; pos < run->end && pos < VX_BAT_WINDOW_ENTRIES; pos++) {
        uint64_t step = vx_sub_sat(pos, run->begin);
        uint64_t number = vx_add_sat(run->number, step);
        uint64_t chunk = vx_div(number, walk->geo->chunk_ratio);

        if (vx_bat_state(vx_bat_entry(window, pos)) != VX_STATE_PARTIALLY_PRESENT) {
            continue;
        }
        if (chunk != walk->chunk) {
            find_block(walk, chunk);
        }
        if (walk->looked_at > walk->view->size) {
            f.arg[0] = walk->view->size;
            vx_report(walk->rep, &f);
            walk->is_stopped = true;
            return;
        }
        if (walk->has_block) {
            check_block(walk, vx_add_sat(run->index, step), number);
        }
    }
}

void vx_partial_check(const struct vx_source *view, const struct vx_geometry *geo,
                      const struct vx_region_place *bat, struct vx_workspace *ws,
                      struct vx_reporter *rep, struct vx_partial *out)
{
    struct walk walk = {
        .view = view,
        .geo = geo,
        .bat = bat,
        .rep = rep,
        .out = out,
        .slot_count = vx_min(vx_div(bat->length, VX_BAT_ENTRY_BYTES), geo->bat_entries),
        .chunk = UINT64_MAX,
    };
    struct vx_bat_iterator it = {0};
    struct vx_bat_run run = {0};

    memset(out, 0, sizeof(*out));
    vx_bitmap_init(&walk.bitmap, view, ws->table[1]);
    vx_bat_iterator_init(&it, view, bat->offset, walk.slot_count, geo, ws->table[0]);
    while (!walk.is_stopped && vx_bat_next(&it, &run) == VX_OK) {
        if (run.kind == VX_RUN_PAYLOAD) {
            check_run(&walk, &run, ws->table[0]);
        } else if (run.kind == VX_RUN_UNREADABLE) {
            report_unread(&walk, run.index, run.count);
        }
    }
    out->is_judged = true;
}
