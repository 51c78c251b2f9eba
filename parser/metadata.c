/* Metadata table: decode, judge the entries each for itself and against each other. */
#include "parser/metadata.h"

#include "parser/bytes.h"
#include "parser/load.h"
#include "parser/sort.h"
#include "parser/values.h"
#include "parser/workspace.h"

#define SIGNATURE_METADATA UINT64_C(0x617461646174656d) /* "metadata", read little-endian */

enum { /* byte positions in the table, then in an entry */
       POS_SIGNATURE = 0,
       POS_RESERVED = 8,
       POS_ENTRY_COUNT = 10,
       POS_RESERVED2 = 12,
       RESERVED2_BYTES = 20,
       POS_ID = 0,
       POS_OFFSET = 16,
       POS_LENGTH = 20,
       POS_FLAGS = 24,
       POS_ENTRY_RESERVED = 28,
       KNOWN_FLAGS = VX_ITEM_IS_USER | VX_ITEM_IS_VIRTUAL_DISK | VX_ITEM_IS_REQUIRED,
       ITEM_BYTES_MAX = VX_MIB,
       MICROSOFT_REGION_MAX = 128 * VX_MIB,
       MICROSOFT_CATEGORY_MAX = 40 * VX_MIB
};

/* clang-format off */
static const struct vx_item_rule KNOWN[VX_ITEM_KIND_COUNT] = {
    [VX_ITEM_FILE_PARAMETERS] = {
        {{0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d, 0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b}},
        8, false, VX_ITEM_IS_REQUIRED},
    [VX_ITEM_DISK_SIZE] = {
        {{0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, 0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8}},
        8, false, VX_ITEM_IS_VIRTUAL_DISK | VX_ITEM_IS_REQUIRED},
    [VX_ITEM_DISK_ID] = {
        {{0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45, 0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46}},
        16, false, VX_ITEM_IS_VIRTUAL_DISK | VX_ITEM_IS_REQUIRED},
    [VX_ITEM_LOGICAL_SECTOR_SIZE] = {
        {{0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47, 0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f}},
        4, false, VX_ITEM_IS_VIRTUAL_DISK | VX_ITEM_IS_REQUIRED},
    [VX_ITEM_PHYSICAL_SECTOR_SIZE] = {
        {{0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, 0x44, 0x9c, 0xc9, 0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56}},
        4, false, VX_ITEM_IS_VIRTUAL_DISK | VX_ITEM_IS_REQUIRED},
    [VX_ITEM_PARENT_LOCATOR] = {
        {{0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c}},
        20, true, VX_ITEM_IS_REQUIRED},
    /* Known to Microsoft's implementation, absent from the specification: only their IDs matter. */
    [VX_ITEM_CHS_PARAMETERS] = {
        {{0xbc, 0xd7, 0x02, 0xda, 0x3a, 0x3d, 0x3c, 0x42, 0xac, 0x88, 0x2a, 0x36, 0xab, 0x21, 0x47, 0x9b}},
        0, true, 0},
    [VX_ITEM_PMEM_LABELS] = {
        {{0x8a, 0xae, 0xe1, 0x10, 0x7e, 0x4b, 0x69, 0x41, 0xa4, 0x0f, 0xcd, 0x70, 0xde, 0x92, 0x83, 0x93}},
        0, true, 0},
    [VX_ITEM_INCOMPLETE_FILE] = {
        {{0xf0, 0x85, 0xcc, 0x71, 0x69, 0x1b, 0x28, 0x4e, 0x95, 0x58, 0xc3, 0xbf, 0x83, 0xae, 0x75, 0xd3}},
        0, true, 0},
};
/* clang-format on */

static uint32_t entry_pos(uint32_t index)
{
    return VX_METADATA_TABLE_HEADER_BYTES + VX_METADATA_ENTRY_BYTES * index;
}

static enum vx_item_kind kind_of(const struct vx_guid *id)
{
    for (int kind = VX_ITEM_FILE_PARAMETERS; kind < VX_ITEM_KIND_COUNT; kind++) {
        if (vx_guid_equal(id, &KNOWN[kind].id)) {
            return (enum vx_item_kind)kind;
        }
    }
    return VX_ITEM_UNKNOWN;
}

void vx_item_decode(const uint8_t table[VX_METADATA_TABLE_BYTES], uint32_t index,
                    struct vx_item *out)
{
    const uint8_t *entry = table + entry_pos(index < VX_ITEMS_MAX ? index : 0);

    *out = (struct vx_item){
        .id = vx_guid_load(entry + POS_ID),
        .offset = vx_le32(entry + POS_OFFSET),
        .length = vx_le32(entry + POS_LENGTH),
        .flags = vx_le32(entry + POS_FLAGS),
        .reserved = vx_le32(entry + POS_ENTRY_RESERVED),
    };
    out->kind = kind_of(&out->id);
}

const struct vx_item_rule *vx_item_rule(enum vx_item_kind kind)
{
    return &KNOWN[kind < VX_ITEM_KIND_COUNT ? kind : VX_ITEM_UNKNOWN];
}

static bool is_user(const struct vx_item *item)
{
    return (item->flags & VX_ITEM_IS_USER) != 0;
}

bool vx_item_is_known(const struct vx_item *item)
{
    return item->kind != VX_ITEM_UNKNOWN && item->kind < VX_ITEM_KIND_COUNT && !is_user(item);
}

/* Can no block be located without this item? */
static bool is_vital(const struct vx_item *item)
{
    return vx_item_is_known(item) &&
           (item->kind == VX_ITEM_FILE_PARAMETERS || item->kind == VX_ITEM_DISK_SIZE ||
            item->kind == VX_ITEM_LOGICAL_SECTOR_SIZE);
}

/* What the checks of one entry share. */
struct entry_context {
    const struct vx_item *item;
    uint32_t index;
    uint64_t entry_offset; /* of the entry in the file */
    uint64_t region_length;
    struct vx_reporter *rep;
};

static struct vx_finding about_entry(const struct entry_context *c, enum vx_rule rule, uint32_t pos,
                                     uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_METADATA_ENTRY, c->index, vx_add_sat(c->entry_offset, pos),
                         len);
}

/* Where the item lies. */
static void check_item_place(const struct entry_context *c)
{
    const struct vx_item *item = c->item;
    enum vx_severity severity = is_vital(item) ? VX_SEV_FATAL : VX_SEV_ERROR;
    uint64_t end = (uint64_t)item->offset + item->length;
    struct vx_finding f = about_entry(c, VX_MDE_006, POS_OFFSET, 8);

    f.arg[0] = item->offset;
    if (item->length == 0) {
        if (item->offset != 0) {
            vx_report(c->rep, &f);
        }
        return;
    }
    f = about_entry(c, VX_MDE_002, POS_OFFSET, 8);
    f.severity = severity;
    f.arg[0] = item->offset;
    f.arg[1] = VX_METADATA_TABLE_BYTES;
    if (item->offset < VX_METADATA_TABLE_BYTES) {
        vx_report(c->rep, &f);
    }
    f.rule = VX_MDE_003;
    f.arg[0] = end;
    f.arg[1] = c->region_length;
    if (end > c->region_length) {
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_MDE_005, POS_LENGTH, 4);
    f.arg[0] = item->length;
    f.arg[1] = ITEM_BYTES_MAX;
    if (item->length > ITEM_BYTES_MAX) {
        vx_report(c->rep, &f);
    }
}

/* Flag bits, and what they say together with the ID. */
static void check_item_flags(const struct entry_context *c, struct vx_metadata *out)
{
    const struct vx_item *item = c->item;
    bool is_required = (item->flags & VX_ITEM_IS_REQUIRED) != 0;
    struct vx_finding f = about_entry(c, VX_MDE_009, POS_FLAGS, 4);

    f.arg[0] = item->flags;
    if (item->flags > KNOWN_FLAGS) {
        vx_report(c->rep, &f);
    }
    f.rule = VX_MDE_018;
    if (is_user(item) && is_required) {
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_MDE_008, POS_ID, VX_GUID_BYTES);
    vx_guid_split(&item->id, &f.arg[0], &f.arg[1]);
    if (!vx_item_is_known(item) && is_required) {
        out->unknown_required = vx_add_sat(out->unknown_required, 1);
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_MDE_010, POS_ENTRY_RESERVED, 4);
    f.arg[0] = item->reserved;
    if (item->reserved != 0) {
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_MDE_019, POS_ID, VX_GUID_BYTES);
    if (vx_guid_is_zero(&item->id)) {
        vx_report(c->rep, &f);
    }
}

/* An item whose ID the format defines: its flags and length. */
static void check_known_item(const struct entry_context *c)
{
    const struct vx_item *item = c->item;
    const struct vx_item_rule *rule = vx_item_rule(item->kind);
    struct vx_finding f = about_entry(c, VX_MDE_012, POS_FLAGS, 4);

    if (rule->length == 0) {
        return;
    }
    f.arg[0] = item->flags;
    f.arg[1] = rule->flags;
    if (is_user(item)) {
        f.severity = VX_SEV_ERROR; /* then it is not the known item at all */
        vx_report(c->rep, &f);
        return;
    }
    if (((item->flags ^ rule->flags) & VX_ITEM_IS_VIRTUAL_DISK) != 0) {
        vx_report(c->rep, &f);
    }
    f.rule = VX_MDE_013;
    if ((item->flags & VX_ITEM_IS_REQUIRED) == 0) {
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_MDE_014, POS_LENGTH, 4);
    f.severity = item->length < rule->length ? VX_SEV_FATAL : VX_SEV_ERROR;
    f.arg[0] = item->length;
    f.arg[1] = rule->length;
    if (item->length < rule->length || (item->length > rule->length && !rule->is_minimum)) {
        vx_report(c->rep, &f);
    }
}

static void check_incomplete_file(const struct entry_context *c)
{
    struct vx_finding f = about_entry(c, VX_MDE_020, POS_ID, VX_METADATA_ENTRY_BYTES);

    if (c->item->kind == VX_ITEM_INCOMPLETE_FILE && !is_user(c->item)) {
        f.severity = (c->item->flags & VX_ITEM_IS_REQUIRED) != 0 ? VX_SEV_FATAL : VX_SEV_WARNING;
        f.arg[0] = c->item->flags;
        vx_report(c->rep, &f);
    }
}

static struct vx_finding about_table(enum vx_rule rule, const struct vx_region_place *place,
                                     uint32_t pos, uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_METADATA_TABLE, 0, vx_add_sat(place->offset, pos), len);
}

/* Judge the table's own fields. Returns whether its entries can be trusted to be there. */
static bool check_table(const uint8_t table[VX_METADATA_TABLE_BYTES],
                        const struct vx_region_place *place, struct vx_reporter *rep)
{
    uint64_t signature = vx_le64(table + POS_SIGNATURE);
    uint32_t reserved = vx_le16(table + POS_RESERVED);
    uint32_t count = vx_le16(table + POS_ENTRY_COUNT);
    struct vx_finding f = about_table(VX_MDT_002, place, POS_SIGNATURE, 8);

    f.arg[0] = signature;
    f.arg[1] = SIGNATURE_METADATA;
    if (signature != SIGNATURE_METADATA) {
        vx_report(rep, &f);
        return false;
    }
    f = about_table(VX_MDT_003, place, POS_RESERVED, 2);
    f.arg[0] = reserved;
    if (reserved != 0) {
        vx_report(rep, &f);
    }
    f = about_table(VX_MDT_005, place, POS_RESERVED2, RESERVED2_BYTES);
    if (!vx_all_zero(table + POS_RESERVED2, RESERVED2_BYTES)) {
        vx_report(rep, &f);
    }
    f = about_table(VX_MDT_004, place, POS_ENTRY_COUNT, 2);
    f.arg[0] = count;
    f.arg[1] = VX_ITEMS_MAX;
    if (count > VX_ITEMS_MAX) {
        vx_report(rep, &f);
        return false;
    }
    return true;
}

static void check_entries(struct vx_workspace *ws, const struct vx_region_place *place,
                          struct vx_metadata *out, struct vx_reporter *rep)
{
    uint64_t system_bytes = 0;
    uint64_t user_bytes = 0;
    struct vx_finding f = about_table(VX_MDE_007, place, POS_ENTRY_COUNT, 2);

    /* at most 2047 entries: the count was checked */
    for (uint32_t i = 0; i < out->count && i < VX_ITEMS_MAX; i++) {
        struct vx_item *item = &ws->item[i];
        struct entry_context c = {
            .item = item,
            .index = i,
            .entry_offset = vx_add_sat(place->offset, entry_pos(i)),
            .region_length = place->length,
            .rep = rep,
        };

        vx_item_decode(ws->table[0], i, item);
        check_item_place(&c);
        check_item_flags(&c, out);
        check_known_item(&c);
        check_incomplete_file(&c);
        out->user_count = vx_add_sat(out->user_count, is_user(item) ? 1 : 0);
        user_bytes = vx_add_sat(user_bytes, is_user(item) ? item->length : 0);
        system_bytes = vx_add_sat(system_bytes, is_user(item) ? 0 : item->length);
    }
    f.arg[0] = out->user_count;
    f.arg[1] = VX_USER_ITEMS_MAX;
    if (out->user_count > VX_USER_ITEMS_MAX) {
        vx_report(rep, &f);
    }
    f = vx_finding_at(VX_MDT_007, VX_OBJ_METADATA_REGION, place->index, place->offset,
                      place->length);
    f.arg[0] = place->length;
    f.arg[1] = system_bytes;
    f.arg[2] = user_bytes;
    if (place->length > MICROSOFT_REGION_MAX || system_bytes > MICROSOFT_CATEGORY_MAX ||
        user_bytes > MICROSOFT_CATEGORY_MAX) {
        vx_report(rep, &f);
    }
}

static bool is_same_item(const struct vx_item *a, const struct vx_item *b)
{
    return is_user(a) == is_user(b) && vx_guid_equal(&a->id, &b->id);
}

static bool id_less(const void *ctx, uint16_t a, uint16_t b)
{
    const struct vx_item *item = ctx;

    if (a >= VX_ITEMS_MAX || b >= VX_ITEMS_MAX || is_same_item(&item[a], &item[b])) {
        return a < b;
    }
    if (is_user(&item[a]) != is_user(&item[b])) {
        return !is_user(&item[a]);
    }
    return vx_guid_less(&item[a].id, &item[b].id);
}

/* Every entry whose item an earlier entry has. Sorted by ID, equal ones are neighbours. */
static void check_unique(struct vx_workspace *ws, const struct vx_region_place *place,
                         uint32_t count, struct vx_reporter *rep)
{
    uint32_t first = 0; /* entry that has the current item first */

    vx_sort(ws->order, count, id_less, ws->item);
    for (uint32_t i = 0; i < count && i < VX_ITEMS_MAX; i++) {
        uint32_t index = ws->order[i] < VX_ITEMS_MAX ? ws->order[i] : 0;
        const struct vx_item *item = &ws->item[index];
        struct vx_finding f =
            vx_finding_at(VX_MDE_001, VX_OBJ_METADATA_ENTRY, index,
                          vx_add_sat(place->offset, entry_pos(index)), VX_METADATA_ENTRY_BYTES);

        if (i == 0 || !is_same_item(item, &ws->item[first])) {
            first = index;
            continue;
        }
        f.severity = vx_item_is_known(item) ? VX_SEV_FATAL : VX_SEV_ERROR;
        f.other_offset = vx_add_sat(place->offset, entry_pos(first));
        f.other_length = VX_METADATA_ENTRY_BYTES;
        vx_guid_split(&item->id, &f.arg[0], &f.arg[1]);
        f.arg[2] = first;
        vx_report(rep, &f);
    }
}

static bool offset_less(const void *ctx, uint16_t a, uint16_t b)
{
    const struct vx_item *item = ctx;

    if (a >= VX_ITEMS_MAX || b >= VX_ITEMS_MAX || item[a].offset == item[b].offset) {
        return a < b;
    }
    return item[a].offset < item[b].offset;
}

/* Every item that begins before the end of an item that begins earlier. Empty items are nowhere. */
static void check_disjoint(struct vx_workspace *ws, const struct vx_region_place *place,
                           uint32_t count, struct vx_reporter *rep)
{
    uint64_t furthest_end = 0;
    uint32_t furthest = 0; /* entry whose item reaches furthest so far */

    vx_sort(ws->order, count, offset_less, ws->item);
    for (uint32_t i = 0; i < count && i < VX_ITEMS_MAX; i++) {
        uint32_t index = ws->order[i] < VX_ITEMS_MAX ? ws->order[i] : 0;
        const struct vx_item *item = &ws->item[index];
        uint64_t end = (uint64_t)item->offset + item->length;
        struct vx_finding f =
            vx_finding_at(VX_MDE_004, VX_OBJ_METADATA_ENTRY, index,
                          vx_add_sat(place->offset, entry_pos(index)), VX_METADATA_ENTRY_BYTES);

        if (item->length == 0) {
            continue;
        }
        if (item->offset < furthest_end) {
            f.other_offset = vx_add_sat(place->offset, entry_pos(furthest));
            f.other_length = VX_METADATA_ENTRY_BYTES;
            f.arg[0] = furthest;
            vx_report(rep, &f);
        }
        if (end > furthest_end) {
            furthest_end = end;
            furthest = index;
        }
    }
}

void vx_metadata_load(const struct vx_source *view, const struct vx_region_place *place,
                      struct vx_workspace *ws, struct vx_reporter *rep, struct vx_metadata *out)
{
    struct vx_finding f = vx_finding_at(VX_MDT_001, VX_OBJ_METADATA_REGION, place->index,
                                        place->offset, place->length);

    memset(out, 0, sizeof(*out));
    f.arg[0] = place->length;
    f.arg[1] = VX_METADATA_TABLE_BYTES;
    if (place->length < VX_METADATA_TABLE_BYTES) {
        vx_report(rep, &f);
        return;
    }
    if (!vx_load(view, place->offset, ws->table[0], VX_METADATA_TABLE_BYTES, rep) ||
        !check_table(ws->table[0], place, rep)) {
        return;
    }
    out->is_usable = true;
    out->count = vx_le16(ws->table[0] + POS_ENTRY_COUNT);
    check_entries(ws, place, out, rep);
    check_unique(ws, place, out->count, rep);
    check_disjoint(ws, place, out->count, rep);
    vx_values_load(view, place, ws->item, rep, out);
}
