/* The virtual disk: one BAT entry decides about one block. */
#include "parser/disk.h"

#include "parser/bytes.h"

/* No geometry has more blocks. */
enum { BLOCKS_MAX = VX_DISK_BYTES_MAX / VX_BLOCK_BYTES_MIN };

void vx_disk_init(struct vx_disk *disk, const struct vx_source *view, const struct vx_geometry *geo,
                  const struct vx_region_place *bat, uint8_t window[2][VX_BAT_WINDOW_BYTES])
{
    *disk = (struct vx_disk){
        .view = view,
        .geo = geo,
        .table_offset = bat->offset,
        .slot_count = vx_min(vx_div(bat->length, VX_BAT_ENTRY_BYTES), geo->bat_entries),
        .chunk = UINT64_MAX,
    };
    disk->window = window[0];
    vx_bitmap_init(&disk->bitmap, view, window[1]);
}

void vx_disk_heed_claims(struct vx_disk *disk, const struct vx_claims *claims)
{
    disk->claims = claims;
    disk->chunk = UINT64_MAX;
}

/* Is slot `index` in the window, is it known to be in a hole? */
static bool is_in_window(const struct vx_disk *disk, uint64_t index)
{
    return index >= disk->window_first &&
           vx_within(vx_sub_sat(index, disk->window_first), 1, disk->window_count);
}

static bool is_in_hole(const struct vx_disk *disk, uint64_t index)
{
    return index >= disk->hole.begin && index < disk->hole.end;
}

/* Read the window that holds slot `index`, unless a hole reaches from its beginning beyond that
 * slot. Returns whether either is known now. */
static bool fill(struct vx_disk *disk, uint64_t index)
{
    uint64_t first = vx_sub_sat(index, vx_mod(index, VX_BAT_WINDOW_ENTRIES));
    uint64_t count = vx_min(vx_sub_sat(disk->slot_count, first), VX_BAT_WINDOW_ENTRIES);
    uint64_t offset = vx_bat_slot_offset(disk->table_offset, first);
    uint64_t end = vx_bat_slot_offset(disk->table_offset, disk->slot_count);
    struct vx_range data = {0};

    if (vx_source_next_data(disk->view, offset, end, &data) == VX_OK) {
        disk->hole.begin = first;
        disk->hole.end =
            vx_add_sat(first, vx_div(vx_sub_sat(data.begin, offset), VX_BAT_ENTRY_BYTES));
        if (is_in_hole(disk, index)) {
            return true;
        }
    }
    disk->window_count = 0;
    if (vx_source_read(disk->view, offset, disk->window, VX_BAT_ENTRY_BYTES * (size_t)count) !=
        VX_OK) {
        return false;
    }
    disk->window_first = first;
    disk->window_count = count;
    return true;
}

/* The BAT entry of a payload block, and how many blocks from this one on are known to have it.
 * False when it lies outside the table or cannot be read. */
static bool load_entry(struct vx_disk *disk, uint64_t block, uint64_t *entry, uint64_t *blocks)
{
    uint64_t index = vx_add_sat(block, vx_div(block, disk->geo->chunk_ratio));
    uint64_t pos = 0;

    *entry = 0;
    *blocks = 1;
    if (index >= disk->slot_count) {
        *blocks = vx_sub_sat(disk->geo->payload_blocks, block); /* and so do all behind it */
        return false;
    }
    if (!is_in_window(disk, index) && !is_in_hole(disk, index) && !fill(disk, index)) {
        return false;
    }
    if (is_in_hole(disk, index)) {
        *blocks = vx_sub_sat(vx_geometry_payload_before(disk->geo, disk->hole.end), block);
        return true;
    }
    pos = vx_sub_sat(index, disk->window_first);
    if (pos >= VX_BAT_WINDOW_ENTRIES) {
        return false; /* cannot happen: the window was filled around the index */
    }
    *entry = vx_bat_entry(disk->window, (uint32_t)pos);
    return true;
}

static void make_unreadable(struct vx_disk_range *range, enum vx_rule rule)
{
    range->kind = VX_DISK_UNREADABLE;
    range->rule = rule;
    range->file_offset = 0;
}

/* A present block, from byte `in` of it on: bytes of the file, as far as the file goes. */
static void map_present(const struct vx_disk *disk, uint64_t entry, uint64_t in,
                        struct vx_disk_range *range)
{
    uint64_t mib = vx_bat_mib(entry);
    uint64_t left = 0;

    if (mib == 0) {
        make_unreadable(range, VX_BAT_012);
        return;
    }
    range->kind = VX_DISK_FILE;
    range->file_offset = vx_add_sat(mib << VX_MIB_SHIFT, in);
    left = vx_sub_sat(disk->view->size, range->file_offset);
    if (left == 0) {
        make_unreadable(range, VX_BAT_017);
    } else {
        range->length = vx_min(range->length, left);
    }
}

/* Find the bitmap block of a chunk, and whether it can be used. */
static void find_bitmap(struct vx_disk *disk, uint64_t chunk)
{
    enum vx_status status = vx_bitmap_find(disk->view, disk->geo, disk->table_offset,
                                           disk->slot_count, chunk, &disk->bitmap_block);

    if (status == VX_OK && disk->claims != NULL) {
        status = vx_claims_judge_bitmap(disk->claims, chunk, disk->bitmap_block);
    }
    disk->chunk = chunk;
    disk->bitmap_rule = VX_RUN_001;
    if (status == VX_OK) {
        disk->bitmap_rule = VX_RULE_COUNT;
    } else if (status == VX_STOP) {
        disk->bitmap_rule = VX_BAT_011;
    } else if (status == VX_E_LIMIT) {
        disk->bitmap_rule = VX_RUN_009;
    }
}

/* A partially present block, from byte `in` of it on: sectors of this file or of the parent, as
 * long as they are of one kind, or those whose bits cannot be read. */
static void map_partial(struct vx_disk *disk, uint64_t entry, uint64_t block, uint64_t in,
                        struct vx_disk_range *range)
{
    const struct vx_geometry *geo = disk->geo;
    uint64_t chunk = vx_div(block, geo->chunk_ratio);
    uint64_t per_block = vx_min(vx_div(geo->block_bytes, geo->sector_bytes), VX_SECTORS_PER_CHUNK);
    uint64_t sector = vx_div(in, geo->sector_bytes);
    uint64_t first = vx_add_sat(vx_mod(block, geo->chunk_ratio) * per_block, sector);
    uint64_t skip = vx_mod(in, geo->sector_bytes);
    uint64_t wanted = vx_div_up(vx_add_sat(skip, range->length), geo->sector_bytes);
    uint64_t same = 0;
    bool is_own = false;
    enum vx_status status = VX_OK;

    if (chunk != disk->chunk) {
        find_bitmap(disk, chunk);
    }
    if (disk->bitmap_rule != VX_RULE_COUNT) {
        make_unreadable(range, disk->bitmap_rule);
        return;
    }
    status = vx_bitmap_run(&disk->bitmap, disk->bitmap_block, first,
                           vx_min(wanted, vx_sub_sat(per_block, sector)), &is_own, &same);
    range->length = vx_min(
        range->length, vx_sub_sat(vx_min(same, VX_SECTORS_PER_CHUNK) * geo->sector_bytes, skip));
    if (status != VX_OK) {
        make_unreadable(range, VX_RUN_001);
    } else if (is_own) {
        map_present(disk, entry, in, range);
    } else {
        range->kind = VX_DISK_PARENT;
    }
}

/* The part of one block, or of blocks in a hole of the table, that begins at range->offset;
 * range->length is an upper bound on entry. */
static void map_block(struct vx_disk *disk, struct vx_disk_range *range)
{
    uint64_t block = vx_div(range->offset, disk->geo->block_bytes);
    uint64_t in = vx_mod(range->offset, disk->geo->block_bytes);
    uint64_t entry = 0;
    uint64_t blocks = 0;
    bool is_known = load_entry(disk, block, &entry, &blocks);
    uint64_t bytes = vx_min(blocks, BLOCKS_MAX) * disk->geo->block_bytes;

    range->length = vx_min(range->length, vx_sub_sat(bytes, in));
    if (!is_known) {
        bool is_outside =
            vx_add_sat(block, vx_div(block, disk->geo->chunk_ratio)) >= disk->slot_count;

        range->state = VX_STATE_COUNT;
        make_unreadable(range, is_outside ? VX_BAT_007 : VX_RUN_001);
        return;
    }
    range->state = vx_bat_state(entry);
    range->kind = VX_DISK_ZERO;
    switch (range->state) {
    case VX_STATE_NOT_PRESENT:
        range->kind = disk->geo->has_parent ? VX_DISK_PARENT : VX_DISK_ZERO;
        break;
    case VX_STATE_RESERVED_4:
        make_unreadable(range, VX_BAT_009);
        break;
    case VX_STATE_PARTIALLY_PRESENT:
        if (disk->geo->has_parent) {
            map_partial(disk, entry, block, in, range);
            break;
        }
        map_present(disk, entry, in, range); /* state 7 without a parent reads as 6 */
        break;
    case VX_STATE_FULLY_PRESENT:
        map_present(disk, entry, in, range);
        break;
    default: /* UNDEFINED, ZERO, UNMAPPED and its old number 5 */
        break;
    }
}

/* Does b go on where a ends? */
static bool continues(const struct vx_disk_range *a, const struct vx_disk_range *b)
{
    return a->kind == b->kind && a->state == b->state && a->rule == b->rule &&
           (a->kind != VX_DISK_FILE || vx_add_sat(a->file_offset, a->length) == b->file_offset);
}

enum vx_status vx_disk_map(struct vx_disk *disk, uint64_t offset, uint64_t length,
                           struct vx_disk_range *range)
{
    uint64_t left = vx_min(length, vx_sub_sat(disk->geo->disk_bytes, offset));
    struct vx_disk_range next = {.rule = VX_RULE_COUNT};

    *range = (struct vx_disk_range){.offset = offset, .length = left, .rule = VX_RULE_COUNT};
    if (left == 0) {
        return VX_STOP;
    }
    map_block(disk, range);
    while (range->length < left) { /* each turn adds at least a byte, nearly always a block */
        next = (struct vx_disk_range){
            .offset = vx_add_sat(offset, range->length),
            .length = vx_sub_sat(left, range->length),
            .rule = VX_RULE_COUNT,
        };
        map_block(disk, &next);
        if (next.length == 0 || !continues(range, &next)) {
            break;
        }
        range->length = vx_add_sat(range->length, next.length);
    }
    return VX_OK;
}

enum vx_status vx_disk_read(struct vx_disk *disk, uint64_t offset, uint8_t *dst, size_t len)
{
    struct vx_disk_range range = {0};
    uint64_t done = 0;

    if (!vx_within(offset, len, disk->geo->disk_bytes)) {
        return VX_E_USAGE;
    }
    while (done < len) { /* each turn passes a range */
        enum vx_status status =
            vx_disk_map(disk, vx_add_sat(offset, done), vx_sub_sat(len, done), &range);

        if (status != VX_OK || range.length == 0) {
            return VX_E_BUG; /* cannot happen: the range lies inside the disk */
        }
        if (range.kind == VX_DISK_FILE) {
            status = vx_source_read_at(disk->view, range.file_offset, dst, len, done, range.length);
        } else if (range.kind == VX_DISK_ZERO) {
            vx_zero(dst, len, done, range.length);
        } else {
            status = VX_E_IO;
        }
        if (status != VX_OK) {
            return VX_E_IO;
        }
        done = vx_add_sat(done, range.length);
    }
    return VX_OK;
}
