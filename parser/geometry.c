/* Geometry: the only arithmetic that turns sizes from the image into counts. */
#include "parser/geometry.h"

#include "parser/bytes.h"

static bool is_power_of_two(uint64_t v)
{
    return v != 0 && (v & (v - 1)) == 0;
}

bool vx_geometry_init(uint64_t disk_bytes, uint64_t block_bytes, uint64_t sector_bytes,
                      uint32_t parameters, struct vx_geometry *out)
{
    struct vx_geometry g = {0};

    *out = g;
    if (block_bytes < VX_BLOCK_BYTES_MIN || block_bytes > VX_BLOCK_BYTES_MAX ||
        !is_power_of_two(block_bytes) || (sector_bytes != 512 && sector_bytes != 4096) ||
        disk_bytes > VX_DISK_BYTES_MAX || disk_bytes % sector_bytes != 0) {
        return false;
    }
    g.disk_bytes = disk_bytes;
    g.block_bytes = block_bytes;
    g.block_mib = block_bytes >> VX_MIB_SHIFT;
    g.sector_bytes = sector_bytes;
    g.chunk_ratio = vx_div(VX_SECTORS_PER_CHUNK * sector_bytes, block_bytes);
    g.payload_blocks = vx_div_up(disk_bytes, block_bytes);
    g.bitmap_blocks = vx_div_up(g.payload_blocks, g.chunk_ratio);
    g.last_block_bytes = vx_mod(disk_bytes, block_bytes);
    if (g.last_block_bytes == 0 && disk_bytes > 0) {
        g.last_block_bytes = block_bytes;
    }
    g.has_parent = (parameters & VX_PARAM_HAS_PARENT) != 0;
    g.leaves_blocks_allocated = (parameters & VX_PARAM_LEAVE_BLOCK_ALLOCATED) != 0;
    if (g.has_parent) {
        /* whole chunks, the last entry is a bitmap entry */
        g.bat_entries = g.bitmap_blocks * (g.chunk_ratio + 1);
    } else if (g.payload_blocks > 0) {
        /* the last entry is the last payload block */
        g.bat_entries = g.payload_blocks + vx_div(vx_sub_sat(g.payload_blocks, 1), g.chunk_ratio);
    }
    *out = g;
    return true;
}

static struct vx_finding about(const struct vx_metadata *md, enum vx_rule rule,
                               enum vx_item_kind kind, uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_DISK, 0, md->value_offset[kind], len);
}

static void check_block_size(const struct vx_metadata *md, struct vx_reporter *rep)
{
    struct vx_finding f = about(md, VX_FPR_001, VX_ITEM_FILE_PARAMETERS, 4);

    f.arg[0] = md->block_size;
    f.arg[1] = VX_BLOCK_BYTES_MIN;
    f.arg[2] = VX_BLOCK_BYTES_MAX;
    if (md->block_size < VX_BLOCK_BYTES_MIN || md->block_size > VX_BLOCK_BYTES_MAX) {
        vx_report(rep, &f);
    }
    f.rule = VX_FPR_002;
    if (!is_power_of_two(md->block_size)) {
        vx_report(rep, &f);
    }
}

static void check_disk_size(const struct vx_metadata *md, struct vx_reporter *rep)
{
    bool has_sector_size = md->has[VX_ITEM_LOGICAL_SECTOR_SIZE] &&
                           (md->logical_sector_size == 512 || md->logical_sector_size == 4096);
    struct vx_finding f = about(md, VX_VDS_001, VX_ITEM_DISK_SIZE, 8);

    f.arg[0] = md->disk_size;
    f.arg[1] = md->logical_sector_size;
    if (has_sector_size && vx_mod(md->disk_size, md->logical_sector_size) != 0) {
        vx_report(rep, &f);
    }
    f.rule = VX_VDS_002;
    f.arg[1] = VX_DISK_BYTES_MAX;
    if (md->disk_size > VX_DISK_BYTES_MAX) {
        vx_report(rep, &f);
    }
    f.rule = VX_VDS_003;
    if (md->disk_size == 0) {
        vx_report(rep, &f);
    }
}

static void check_sector_size(const struct vx_metadata *md, struct vx_reporter *rep)
{
    struct vx_finding f = about(md, VX_LSS_001, VX_ITEM_LOGICAL_SECTOR_SIZE, 4);

    f.arg[0] = md->logical_sector_size;
    if (md->logical_sector_size != 512 && md->logical_sector_size != 4096) {
        vx_report(rep, &f);
    }
}

bool vx_geometry_load(const struct vx_metadata *metadata, struct vx_reporter *rep,
                      struct vx_geometry *out)
{
    *out = (struct vx_geometry){0};
    if (metadata->has[VX_ITEM_FILE_PARAMETERS]) {
        check_block_size(metadata, rep);
    }
    if (metadata->has[VX_ITEM_DISK_SIZE]) {
        check_disk_size(metadata, rep);
    }
    if (metadata->has[VX_ITEM_LOGICAL_SECTOR_SIZE]) {
        check_sector_size(metadata, rep);
    }
    return metadata->has[VX_ITEM_FILE_PARAMETERS] && metadata->has[VX_ITEM_DISK_SIZE] &&
           metadata->has[VX_ITEM_LOGICAL_SECTOR_SIZE] &&
           vx_geometry_init(metadata->disk_size, metadata->block_size,
                            metadata->logical_sector_size, metadata->parameters, out);
}

struct vx_bat_slot vx_geometry_slot(const struct vx_geometry *geo, uint64_t index)
{
    uint64_t per_chunk = vx_add_sat(geo->chunk_ratio, 1);
    uint64_t chunk = vx_div(index, per_chunk);
    struct vx_bat_slot slot = {0};

    slot.position = vx_mod(index, per_chunk);
    slot.is_bitmap = slot.position == geo->chunk_ratio;
    slot.number = slot.is_bitmap ? chunk : vx_sub_sat(index, chunk);
    return slot;
}

uint64_t vx_geometry_bitmap_before(const struct vx_geometry *geo, uint64_t index)
{
    return vx_div(vx_min(index, geo->bat_entries), vx_add_sat(geo->chunk_ratio, 1));
}

uint64_t vx_geometry_payload_before(const struct vx_geometry *geo, uint64_t index)
{
    uint64_t slots = vx_min(index, geo->bat_entries);

    /* one bitmap slot closes each whole chunk; behind the last block lie unused slots */
    return vx_min(vx_sub_sat(slots, vx_geometry_bitmap_before(geo, index)), geo->payload_blocks);
}

uint64_t vx_geometry_bitmap_index(const struct vx_geometry *geo, uint64_t chunk)
{
    return vx_add_sat(vx_min(chunk, VX_CHUNKS_MAX) * vx_add_sat(geo->chunk_ratio, 1),
                      geo->chunk_ratio);
}
