/* The sector bitmaps, block by block. */
#include "parser/partial.h"

#include "parser/bytes.h"

/* The state of the walk. */
struct walk {
    const struct vx_blocks_job *job;
    const struct vx_geometry *geo; /* job's */
    struct vx_reporter *rep;
    struct vx_partial *out;
    struct vx_bitmap bitmap;
    uint64_t slot_count;
    uint64_t chunk;      /* that `block` is of; UINT64_MAX: none yet */
    bool has_block;      /* the chunk has a bitmap block that can be used */
    uint64_t block;      /* where it lies */
    bool is_unread;      /* a part of it could not be read, which has been said */
    bool is_passed_said; /* so has that bitmaps were passed over */
};

/* Slots of the table could not be read; when it was the same before, that has been said. */
static void report_unread(struct walk *walk, uint64_t index, uint64_t count)
{
    if (walk->rep->total[VX_RUN_001] == 0) {
        vx_report_unreadable(walk->rep, vx_bat_slot_offset(walk->job->bat->offset, index),
                             VX_BAT_ENTRY_BYTES * vx_min(count, UINT64_MAX / VX_BAT_ENTRY_BYTES));
    }
}

/* Is the bitmap block of the chunk its own? */
static bool is_own_block(struct walk *walk)
{
    const struct vx_claims *claims = walk->job->claims;
    enum vx_status status = vx_claims_judge_bitmap(claims, walk->chunk, walk->block);
    struct vx_finding f = vx_finding_at(VX_RUN_009, VX_OBJ_BLOCKS, 0, VX_NO_OFFSET, 0);

    if (status == VX_E_LIMIT && !walk->is_passed_said) {
        f.arg[0] = vx_min(claims->next_begin_mib, UINT64_MAX >> VX_MIB_SHIFT) << VX_MIB_SHIFT;
        vx_report(walk->rep, &f);
        walk->is_passed_said = true;
    }
    return status == VX_OK;
}

/* Find the bitmap block of a chunk. What is wrong with its entry is the business of other rules. */
static void find_block(struct walk *walk, uint64_t chunk)
{
    enum vx_status status = vx_bitmap_find(walk->job->view, walk->geo, walk->job->bat->offset,
                                           walk->slot_count, chunk, &walk->block);

    walk->chunk = chunk;
    walk->is_unread = false;
    walk->has_block = status == VX_OK && is_own_block(walk);
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
                      vx_bat_slot_offset(walk->job->bat->offset, index), VX_BAT_ENTRY_BYTES);

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

static void check_run(struct walk *walk, const struct vx_bat_run *run)
{
    for (uint32_t pos = run->begin; pos < run->end && pos < VX_BAT_WINDOW_ENTRIES; pos++) {
        uint64_t step = vx_sub_sat(pos, run->begin);
        uint64_t number = vx_add_sat(run->number, step);
        uint64_t chunk = vx_div(number, walk->geo->chunk_ratio);

        if (vx_bat_state(vx_bat_entry(walk->job->window, pos)) != VX_STATE_PARTIALLY_PRESENT) {
            continue;
        }
        if (chunk != walk->chunk) {
            find_block(walk, chunk);
        }
        if (walk->has_block) {
            check_block(walk, vx_add_sat(run->index, step), number);
        }
    }
}

void vx_partial_check(const struct vx_blocks_job *job, uint8_t bitmaps[VX_BITMAP_WINDOW_BYTES],
                      struct vx_reporter *rep, struct vx_partial *out)
{
    struct walk walk = {
        .job = job,
        .geo = job->geo,
        .rep = rep,
        .out = out,
        .slot_count = vx_min(vx_div(job->bat->length, VX_BAT_ENTRY_BYTES), job->geo->bat_entries),
        .chunk = UINT64_MAX,
    };
    struct vx_bat_iterator it = {0};
    struct vx_bat_run run = {0};

    memset(out, 0, sizeof(*out));
    vx_bitmap_init(&walk.bitmap, job->view, bitmaps);
    vx_bat_iterator_init(&it, job->view, job->bat->offset, walk.slot_count, job->geo, job->window);
    while (vx_bat_next(&it, &run) == VX_OK) {
        if (run.kind == VX_RUN_PAYLOAD) {
            check_run(&walk, &run);
        } else if (run.kind == VX_RUN_UNREADABLE) {
            report_unread(&walk, run.index, run.count);
        }
    }
    out->is_judged = true;
}
