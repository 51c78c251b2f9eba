/* The known items: read, missed, judged. */
#include "parser/values.h"

#include "parser/bytes.h"
#include "parser/load.h"

enum {
    KNOWN_PARAMETERS = VX_PARAM_LEAVE_BLOCK_ALLOCATED | VX_PARAM_HAS_PARENT,
    VALUE_BYTES_MAX = 16
};

/* Store the value of a known item. */
static void take_value(enum vx_item_kind kind, const uint8_t value[VALUE_BYTES_MAX],
                       struct vx_metadata *out)
{
    switch (kind) {
    case VX_ITEM_FILE_PARAMETERS:
        out->block_size = vx_le32(value);
        out->parameters = vx_le32(value + 4);
        break;
    case VX_ITEM_DISK_SIZE:
        out->disk_size = vx_le64(value);
        break;
    case VX_ITEM_DISK_ID:
        out->disk_id = vx_guid_load(value);
        break;
    case VX_ITEM_LOGICAL_SECTOR_SIZE:
        out->logical_sector_size = vx_le32(value);
        break;
    case VX_ITEM_PHYSICAL_SECTOR_SIZE:
        out->physical_sector_size = vx_le32(value);
        break;
    case VX_ITEM_UNKNOWN:
    case VX_ITEM_PARENT_LOCATOR:
    case VX_ITEM_CHS_PARAMETERS:
    case VX_ITEM_PMEM_LABELS:
    case VX_ITEM_INCOMPLETE_FILE:
    case VX_ITEM_KIND_COUNT:
        break; /* no fixed value, or none that anything here needs */
    }
}

static bool has_fixed_value(enum vx_item_kind kind)
{
    return kind >= VX_ITEM_FILE_PARAMETERS && kind <= VX_ITEM_PHYSICAL_SECTOR_SIZE;
}

/* Do its bytes lie where items may lie, inside the region? */
static bool is_usable(const struct vx_item *item, const struct vx_region_place *place)
{
    return item->length > 0 && item->offset >= VX_METADATA_TABLE_BYTES &&
           vx_within(item->offset, item->length, place->length);
}

/* Read the known items, the first of each. unread: kinds whose bytes could not be read. */
static void load_items(const struct vx_source *view, const struct vx_region_place *place,
                       const struct vx_item items[VX_ITEMS_MAX], bool unread[VX_ITEM_KIND_COUNT],
                       struct vx_metadata *out, struct vx_reporter *rep)
{
    uint8_t value[VALUE_BYTES_MAX] = {0};

    for (uint32_t i = 0; i < out->count && i < VX_ITEMS_MAX; i++) {
        const struct vx_item *item = &items[i];
        uint64_t offset = vx_add_sat(place->offset, item->offset);
        enum vx_item_kind kind = item->kind;
        uint32_t length = vx_item_rule(kind)->length;

        if (!vx_item_is_known(item) || kind >= VX_ITEM_KIND_COUNT || out->has[kind] ||
            unread[kind] || !is_usable(item, place) || item->length < length) {
            continue;
        }
        if (has_fixed_value(kind) && length <= VALUE_BYTES_MAX) {
            /* at most once a kind: has[] or unread[] is set below */
            unread[kind] = !vx_load(view, offset, value, length, rep);
            take_value(kind, value, out);
        }
        out->has[kind] = !unread[kind];
        out->value_offset[kind] = offset;
        if (kind == VX_ITEM_PARENT_LOCATOR) {
            out->locator_length = item->length;
        }
    }
}

/* The five items that every image has. An unreadable one is reported as such, not as missing. */
static void check_present(const struct vx_region_place *place,
                          const bool unread[VX_ITEM_KIND_COUNT], const struct vx_metadata *out,
                          struct vx_reporter *rep)
{
    for (int kind = VX_ITEM_FILE_PARAMETERS; kind <= VX_ITEM_PHYSICAL_SECTOR_SIZE; kind++) {
        bool is_vital_kind = kind != VX_ITEM_DISK_ID && kind != VX_ITEM_PHYSICAL_SECTOR_SIZE;
        struct vx_finding f =
            vx_finding_at(is_vital_kind ? VX_MDE_015 : VX_MDE_016, VX_OBJ_METADATA_TABLE, 0,
                          place->offset, VX_METADATA_TABLE_BYTES);

        vx_guid_split(&vx_item_rule((enum vx_item_kind)kind)->id, &f.arg[0], &f.arg[1]);
        if (!out->has[kind] && !unread[kind]) {
            vx_report(rep, &f);
        }
    }
}

/* A finding about the value of a known item, at [pos, pos + len) of it. */
static struct vx_finding about_value(const struct vx_metadata *md, enum vx_rule rule,
                                     enum vx_item_kind kind, uint32_t pos, uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_DISK, 0, vx_add_sat(md->value_offset[kind], pos), len);
}

static void check_values(const struct vx_metadata *md, struct vx_reporter *rep)
{
    bool has_parent = (md->parameters & VX_PARAM_HAS_PARENT) != 0;
    struct vx_finding f = about_value(md, VX_FPR_003, VX_ITEM_FILE_PARAMETERS, 4, 4);

    f.arg[0] = md->parameters;
    if (md->parameters > KNOWN_PARAMETERS) {
        vx_report(rep, &f);
    }
    f.rule = VX_FPR_004;
    if (has_parent && !md->has[VX_ITEM_PARENT_LOCATOR]) {
        vx_report(rep, &f);
    }
    f.rule = VX_FPR_005;
    if (has_parent && (md->parameters & VX_PARAM_LEAVE_BLOCK_ALLOCATED) != 0) {
        vx_report(rep, &f);
    }
    f.rule = VX_FPR_006;
    if (md->has[VX_ITEM_FILE_PARAMETERS] && !has_parent && md->has[VX_ITEM_PARENT_LOCATOR]) {
        vx_report(rep, &f);
    }
    f = about_value(md, VX_PSS_001, VX_ITEM_PHYSICAL_SECTOR_SIZE, 0, 4);
    f.arg[0] = md->physical_sector_size;
    if (md->has[VX_ITEM_PHYSICAL_SECTOR_SIZE] && md->physical_sector_size != 512 &&
        md->physical_sector_size != 4096) {
        vx_report(rep, &f);
    }
}

void vx_values_load(const struct vx_source *view, const struct vx_region_place *place,
                    const struct vx_item items[VX_ITEMS_MAX], struct vx_reporter *rep,
                    struct vx_metadata *out)
{
    bool unread[VX_ITEM_KIND_COUNT] = {false};

    load_items(view, place, items, unread, out, rep);
    check_present(place, unread, out, rep);
    check_values(out, rep);
}
