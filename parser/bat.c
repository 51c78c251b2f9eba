/* The BAT iterator: fills a window, skips holes, cuts the slots into runs of one kind. */
#include "parser/bat.h"

void vx_bat_iterator_init(struct vx_bat_iterator *it, const struct vx_source *view,
                          uint64_t table_offset, uint64_t slot_count, const struct vx_geometry *geo,
                          uint8_t window[VX_BAT_WINDOW_BYTES])
{
    *it = (struct vx_bat_iterator){
        .view = view,
        .geo = geo,
        .table_offset = table_offset,
        .slot_count = slot_count,
    };
    it->window = window;
}

/* Find out where data begins. Returns the number of slots at it->next that lie in a hole. */
static uint64_t find_data(struct vx_bat_iterator *it)
{
    uint64_t begin = vx_bat_slot_offset(it->table_offset, it->next);
    uint64_t end = vx_bat_slot_offset(it->table_offset, it->slot_count);
    struct vx_range data = {0};

    if (vx_source_next_data(it->view, begin, end, &data) != VX_OK) {
        it->data_end = it->slot_count; /* not knowing about holes is no loss */
        return 0;
    }
    it->data_end = vx_add_sat(it->next, vx_div_up(vx_sub_sat(data.end, begin), VX_BAT_ENTRY_BYTES));
    return vx_min(vx_div(vx_sub_sat(data.begin, begin), VX_BAT_ENTRY_BYTES),
                  vx_sub_sat(it->slot_count, it->next));
}

/* Read the window at it->next. Returns whether its bytes are there. */
static bool fill(struct vx_bat_iterator *it)
{
    uint64_t left = vx_sub_sat(vx_min(it->slot_count, it->data_end), it->next);

    it->window_first = it->next;
    it->window_count = (uint32_t)(left < VX_BAT_WINDOW_ENTRIES ? left : VX_BAT_WINDOW_ENTRIES);
    return vx_source_read(it->view, vx_bat_slot_offset(it->table_offset, it->next), it->window,
                          VX_BAT_ENTRY_BYTES * (size_t)it->window_count) == VX_OK;
}

/* A run of `count` slots of any kind that takes part in no window. */
static enum vx_status skip(struct vx_bat_iterator *it, enum vx_run_kind kind, uint64_t count,
                           struct vx_bat_run *run)
{
    *run = (struct vx_bat_run){.kind = kind, .index = it->next, .count = count};
    it->next = vx_add_sat(it->next, count);
    it->window_first = it->next;
    it->window_count = 0;
    return VX_OK;
}

/* The longest run of one kind at it->next, inside the window. */
static enum vx_status cut(struct vx_bat_iterator *it, struct vx_bat_run *run)
{
    struct vx_bat_slot slot = vx_geometry_slot(it->geo, it->next);
    uint64_t begin = vx_sub_sat(it->next, it->window_first);
    uint64_t count = vx_sub_sat(it->window_count, begin);
    enum vx_run_kind kind = VX_RUN_PAYLOAD;

    if (it->next >= it->geo->bat_entries) {
        kind = VX_RUN_UNUSED;
    } else if (slot.is_bitmap) {
        kind = VX_RUN_BITMAP;
        count = 1;
    } else {
        /* up to the chunk's bitmap slot, and not beyond the last block */
        count = vx_min(count, vx_sub_sat(it->geo->chunk_ratio, slot.position));
        if (slot.number >= it->geo->payload_blocks) {
            kind = VX_RUN_UNUSED;
        } else {
            count = vx_min(count, vx_sub_sat(it->geo->payload_blocks, slot.number));
        }
    }
    if (count == 0 || count > VX_BAT_WINDOW_ENTRIES || begin >= VX_BAT_WINDOW_ENTRIES) {
        return VX_STOP; /* cannot happen: the caller made sure that the window is not used up */
    }
    *run = (struct vx_bat_run){
        .kind = kind,
        .index = it->next,
        .count = count,
        .number = slot.number,
        .begin = (uint32_t)begin,
        .end = (uint32_t)vx_min(begin + count, VX_BAT_WINDOW_ENTRIES),
    };
    it->next = vx_add_sat(it->next, count);
    return VX_OK;
}

enum vx_status vx_bat_next(struct vx_bat_iterator *it, struct vx_bat_run *run)
{
    uint64_t hole = 0;

    *run = (struct vx_bat_run){0};
    if (it->next >= it->slot_count) {
        return VX_STOP;
    }
    if (it->next >= vx_add_sat(it->window_first, it->window_count)) {
        hole = it->next >= it->data_end ? find_data(it) : 0;
        if (hole > 0) {
            return skip(it, VX_RUN_HOLE, hole, run);
        }
        if (!fill(it)) {
            return skip(it, VX_RUN_UNREADABLE, it->window_count > 0 ? it->window_count : 1, run);
        }
    }
    return cut(it, run);
}
