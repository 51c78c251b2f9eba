/* Region tables: decode both copies, choose one, judge its entries. */
#include "parser/region.h"

#include "parser/bytes.h"
#include "parser/crc32c.h"
#include "parser/load.h"
#include "parser/metadata.h"
#include "parser/sort.h"
#include "parser/workspace.h"

enum { /* byte positions in a table, then in an entry */
       POS_SIGNATURE = 0,
       POS_CHECKSUM = VX_CRC_FIELD_POS,
       POS_ENTRY_COUNT = 8,
       POS_RESERVED = 12,
       POS_GUID = 0,
       POS_OFFSET = 16,
       POS_LENGTH = 24,
       POS_REQUIRED = 28,
       REQUIRED_BIT = 1
};

static const struct vx_guid GUID_BAT = {{0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42, 0x9d, 0x64,
                                         0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08}};
static const struct vx_guid GUID_METADATA = {{0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b, 0xb8,
                                              0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e}};

uint64_t vx_region_table_offset(uint32_t copy)
{
    return copy == 0 ? VX_REGION_TABLE_1_OFFSET : VX_REGION_TABLE_2_OFFSET;
}

static uint32_t entry_pos(uint32_t index)
{
    return VX_REGION_TABLE_HEADER_BYTES + VX_REGION_ENTRY_BYTES * index;
}

void vx_region_decode(const uint8_t table[VX_REGION_TABLE_BYTES], uint32_t index,
                      struct vx_region *out)
{
    const uint8_t *entry = table + entry_pos(index < VX_REGIONS_MAX ? index : 0);

    *out = (struct vx_region){
        .guid = vx_guid_load(entry + POS_GUID),
        .offset = vx_le64(entry + POS_OFFSET),
        .length = vx_le32(entry + POS_LENGTH),
        .required = vx_le32(entry + POS_REQUIRED),
        .object = VX_OBJ_REGION,
    };
    if (vx_guid_equal(&out->guid, &GUID_BAT)) {
        out->object = VX_OBJ_BAT_REGION;
    } else if (vx_guid_equal(&out->guid, &GUID_METADATA)) {
        out->object = VX_OBJ_METADATA_REGION;
    }
}

static void load_copy(const struct vx_source *view, uint32_t which,
                      uint8_t table[VX_REGION_TABLE_BYTES], enum vx_crc_kind crc,
                      struct vx_reporter *rep, struct vx_region_table_copy *out)
{
    out->is_read = vx_load(view, vx_region_table_offset(which), table, VX_REGION_TABLE_BYTES, rep);
    if (!out->is_read) {
        return;
    }
    out->signature = vx_le32(table + POS_SIGNATURE);
    out->checksum = vx_le32(table + POS_CHECKSUM);
    out->entry_count = vx_le32(table + POS_ENTRY_COUNT);
    out->reserved = vx_le32(table + POS_RESERVED);
    out->computed_checksum = vx_crc32c_structure(crc, table, VX_REGION_TABLE_BYTES);
    out->is_valid = out->signature == VX_SIGNATURE_REGI && out->checksum == out->computed_checksum;
}

/* A finding about [pos, pos + len) of a table copy. */
static struct vx_finding about_table(enum vx_rule rule, uint32_t copy, uint32_t pos, uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_REGION_TABLE, copy, vx_region_table_offset(copy) + pos, len);
}

static void check_copy(const struct vx_region_table_copy *copy, uint32_t which,
                       struct vx_reporter *rep)
{
    struct vx_finding f = {0};

    if (!copy->is_read) {
        return;
    }
    if (copy->signature != VX_SIGNATURE_REGI) {
        f = about_table(VX_RGT_002, which, POS_SIGNATURE, 4);
        f.arg[0] = copy->signature;
        f.arg[1] = VX_SIGNATURE_REGI;
        vx_report(rep, &f);
        return;
    }
    if (!copy->is_valid) {
        f = about_table(VX_RGT_003, which, POS_CHECKSUM, 4);
        f.arg[0] = copy->checksum;
        f.arg[1] = copy->computed_checksum;
        vx_report(rep, &f);
        return;
    }
    if (copy->entry_count > VX_REGIONS_MAX) {
        f = about_table(VX_RGT_007, which, POS_ENTRY_COUNT, 4);
        f.arg[0] = copy->entry_count;
        f.arg[1] = VX_REGIONS_MAX;
        vx_report(rep, &f);
    }
    if (copy->reserved != 0) {
        f = about_table(VX_RGT_008, which, POS_RESERVED, 4);
        f.arg[0] = copy->reserved;
        vx_report(rep, &f);
    }
}

/* Where does a table place the first region of this kind? An absent one is nowhere. */
static struct vx_range first_place(const uint8_t table[VX_REGION_TABLE_BYTES], uint32_t count,
                                   enum vx_object object)
{
    struct vx_region region = {0};

    for (uint32_t i = 0; i < count && i < VX_REGIONS_MAX; i++) {
        vx_region_decode(table, i, &region);
        if (region.object == object) {
            return (struct vx_range){.begin = region.offset,
                                     .end = vx_add_sat(region.offset, region.length)};
        }
    }
    return (struct vx_range){0};
}

static bool place_differs(const struct vx_workspace *ws, const struct vx_regions *regions,
                          enum vx_object object)
{
    struct vx_range a = first_place(ws->table[0], regions->copy[0].entry_count, object);
    struct vx_range b = first_place(ws->table[1], regions->copy[1].entry_count, object);

    return a.begin != b.begin || a.end != b.end;
}

/* Both copies are valid: where do they first differ, the checksum aside, and how bad is it? */
static void compare_copies(const struct vx_workspace *ws, const struct vx_regions *regions,
                           struct vx_reporter *rep)
{
    uint32_t used =
        entry_pos(regions->copy[0].entry_count <= VX_REGIONS_MAX ? regions->copy[0].entry_count
                                                                 : VX_REGIONS_MAX);
    uint32_t pos = POS_ENTRY_COUNT;
    struct vx_finding f = {0};

    if (memcmp(ws->table[0] + POS_ENTRY_COUNT, ws->table[1] + POS_ENTRY_COUNT,
               VX_REGION_TABLE_BYTES - POS_ENTRY_COUNT) == 0) {
        return;
    }
    while (pos < VX_REGION_TABLE_BYTES - 1 && ws->table[0][pos] == ws->table[1][pos]) {
        pos++;
    }
    f = about_table(VX_RGT_006, 1, pos, 1);
    f.other_offset = vx_region_table_offset(0) + pos;
    f.other_length = 1;
    f.arg[0] = pos;
    if (place_differs(ws, regions, VX_OBJ_BAT_REGION) ||
        place_differs(ws, regions, VX_OBJ_METADATA_REGION)) {
        f.severity = VX_SEV_FATAL;
    } else if (memcmp(ws->table[0] + POS_ENTRY_COUNT, ws->table[1] + POS_ENTRY_COUNT, 4) == 0 &&
               memcmp(ws->table[0] + VX_REGION_TABLE_HEADER_BYTES,
                      ws->table[1] + VX_REGION_TABLE_HEADER_BYTES,
                      used - VX_REGION_TABLE_HEADER_BYTES) == 0) {
        f.severity = VX_SEV_INFO; /* only reserved bytes differ */
    }
    vx_report(rep, &f);
}

/* Choose the copy that counts: table 1 if it is valid. Returns whether there is one. */
static bool choose_copy(const struct vx_workspace *ws, struct vx_regions *regions,
                        struct vx_reporter *rep)
{
    const struct vx_region_table_copy *copy = regions->copy;
    bool are_read = copy[0].is_read && copy[1].is_read;
    struct vx_finding f = {0};

    check_copy(&copy[0], 0, rep);
    check_copy(&copy[1], 1, rep);
    regions->used = copy[0].is_valid ? 0 : 1;
    if (copy[0].is_valid && copy[1].is_valid) {
        compare_copies(ws, regions, rep);
    } else if (copy[0].is_valid || copy[1].is_valid) {
        f = about_table(VX_RGT_005, 1 - regions->used, 0, VX_REGION_TABLE_BYTES);
        if (are_read) {
            vx_report(rep, &f);
        }
    } else {
        f = vx_finding_at(VX_RGT_004, VX_OBJ_HEADER_SECTION, 0, VX_REGION_TABLE_1_OFFSET,
                          (uint64_t)VX_REGION_TABLE_COPIES * VX_REGION_TABLE_BYTES);
        if (are_read) {
            vx_report(rep, &f);
        }
        return false;
    }
    return true;
}

/* What the checks of one entry share. */
struct entry_context {
    const struct vx_region *region;
    uint32_t index;
    uint64_t entry_offset;     /* of the entry in the file */
    enum vx_severity severity; /* fatal for BAT and metadata, else error */
    uint64_t file_bytes;
    struct vx_reporter *rep;
};

static struct vx_finding about_entry(const struct entry_context *c, enum vx_rule rule, uint32_t pos,
                                     uint32_t len)
{
    struct vx_finding f =
        vx_finding_at(rule, c->region->object, c->index, c->entry_offset + pos, len);

    f.severity = c->severity;
    return f;
}

/* Report f, and with the same numbers the layout rule that stands above it. */
static void report_place(const struct entry_context *c, struct vx_finding *f, enum vx_rule umbrella)
{
    vx_report(c->rep, f);
    f->rule = umbrella;
    vx_report(c->rep, f);
}

static void check_entry_offset(const struct entry_context *c)
{
    struct vx_finding f = about_entry(c, VX_RGE_002, POS_OFFSET, 8);

    f.arg[0] = c->region->offset;
    f.arg[1] = VX_MIB;
    if (c->region->offset % VX_MIB != 0) {
        report_place(c, &f, VX_LAY_004);
    }
    f.rule = VX_RGE_003;
    f.arg[1] = VX_HEADER_SECTION_BYTES;
    if (c->region->offset < VX_HEADER_SECTION_BYTES) {
        report_place(c, &f, VX_LAY_005);
    }
}

static void check_entry_length(const struct entry_context *c)
{
    uint64_t end = 0;
    struct vx_finding f = about_entry(c, VX_RGE_004, POS_LENGTH, 4);

    f.arg[0] = c->region->length;
    f.arg[1] = VX_MIB;
    if (c->region->length % VX_MIB != 0) {
        f.severity = VX_SEV_ERROR;
        if (c->region->object == VX_OBJ_METADATA_REGION &&
            c->region->length < VX_METADATA_TABLE_BYTES) {
            f.severity = VX_SEV_FATAL; /* too short for its table (a BAT too short is BAT-007) */
        }
        vx_report(c->rep, &f);
    }
    if (c->region->length == 0) {
        f = about_entry(c, VX_RGE_005, POS_LENGTH, 4);
        vx_report(c->rep, &f);
        return; /* nowhere, so neither beyond the file nor on top of something */
    }
    if (!vx_add(c->region->offset, c->region->length, &end)) {
        f = about_entry(c, VX_LAY_008, POS_OFFSET, 12);
        f.severity = VX_SEV_DEFAULT;
        f.arg[0] = c->region->offset;
        f.arg[1] = c->region->length;
        vx_report(c->rep, &f);
        end = UINT64_MAX;
    }
    if (!vx_within(c->region->offset, c->region->length, c->file_bytes)) {
        f = about_entry(c, VX_RGE_013, POS_OFFSET, 12);
        f.arg[0] = end;
        f.arg[1] = c->file_bytes;
        report_place(c, &f, VX_LAY_007);
    }
}

static void check_entry_guid(const struct entry_context *c, struct vx_regions *regions)
{
    bool is_required = (c->region->required & REQUIRED_BIT) != 0;
    bool is_known = c->region->object != VX_OBJ_REGION;
    struct vx_finding f = about_entry(c, VX_RGE_012, POS_REQUIRED, 4);

    f.severity = VX_SEV_DEFAULT;
    if (is_known && !is_required) {
        vx_report(c->rep, &f);
    }
    f.rule = VX_RGE_011;
    f.arg[0] = c->region->required;
    if (c->region->required > REQUIRED_BIT) {
        vx_report(c->rep, &f);
    }
    f = about_entry(c, VX_RGE_014, POS_GUID, VX_GUID_BYTES);
    f.severity = VX_SEV_DEFAULT;
    if (vx_guid_is_zero(&c->region->guid)) {
        vx_report(c->rep, &f);
    }
    vx_guid_split(&c->region->guid, &f.arg[0], &f.arg[1]);
    f.rule = is_required ? VX_RGE_009 : VX_RGE_010;
    if (!is_known) {
        regions->unknown_required = vx_add_sat(regions->unknown_required, is_required ? 1 : 0);
        vx_report(c->rep, &f);
    }
}

/* Remember the first BAT or metadata region, and whether it can be read. */
static void note_place(const struct entry_context *c, struct vx_region_place *place)
{
    const struct vx_region *r = c->region;

    if (place->is_present) {
        return;
    }
    *place = (struct vx_region_place){
        .is_present = true,
        .is_usable = r->length > 0 && r->offset >= VX_HEADER_SECTION_BYTES &&
                     vx_within(r->offset, r->length, c->file_bytes),
        .index = c->index,
        .offset = r->offset,
        .length = r->length,
    };
}

/* Exactly one region of this kind? */
static void check_presence(const struct vx_regions *regions, uint32_t found, enum vx_rule rule,
                           struct vx_reporter *rep)
{
    struct vx_finding f = about_table(rule, regions->used, VX_REGION_TABLE_HEADER_BYTES,
                                      VX_REGION_ENTRY_BYTES * regions->count);

    f.arg[0] = found;
    if (found != 1) {
        vx_report(rep, &f);
    }
}

static void check_entries(struct vx_workspace *ws, uint64_t file_bytes, struct vx_regions *regions,
                          struct vx_reporter *rep)
{
    uint32_t bats = 0;
    uint32_t metadatas = 0;

    /* at most 2047 entries: the count was checked */
    for (uint32_t i = 0; i < regions->count && i < VX_REGIONS_MAX; i++) {
        struct entry_context c = {
            .region = &ws->region[i],
            .index = i,
            .entry_offset = vx_region_table_offset(regions->used) + entry_pos(i),
            .severity = VX_SEV_ERROR,
            .file_bytes = file_bytes,
            .rep = rep,
        };

        vx_region_decode(ws->table[regions->used == 0 ? 0 : 1], i, &ws->region[i]);
        if (ws->region[i].object == VX_OBJ_BAT_REGION) {
            c.severity = VX_SEV_FATAL;
            bats += 1;
            note_place(&c, &regions->bat);
        } else if (ws->region[i].object == VX_OBJ_METADATA_REGION) {
            c.severity = VX_SEV_FATAL;
            metadatas += 1;
            note_place(&c, &regions->metadata);
        }
        check_entry_offset(&c);
        check_entry_length(&c);
        check_entry_guid(&c, regions);
    }
    check_presence(regions, bats, VX_RGT_010, rep);
    check_presence(regions, metadatas, VX_RGT_011, rep);
}

static bool guid_less(const void *ctx, uint16_t a, uint16_t b)
{
    const struct vx_region *region = ctx;

    if (a >= VX_REGIONS_MAX || b >= VX_REGIONS_MAX) {
        return false;
    }
    if (vx_guid_equal(&region[a].guid, &region[b].guid)) {
        return a < b;
    }
    return vx_guid_less(&region[a].guid, &region[b].guid);
}

/* Every entry whose GUID an earlier entry has. Sorted by GUID, equal ones are neighbours. */
static void check_unique(struct vx_workspace *ws, const struct vx_regions *regions,
                         struct vx_reporter *rep)
{
    uint64_t table_offset = vx_region_table_offset(regions->used);
    uint32_t first = 0; /* entry that has the current GUID first */

    vx_sort(ws->order, regions->count, guid_less, ws->region);
    for (uint32_t i = 0; i < regions->count && i < VX_REGIONS_MAX; i++) {
        uint32_t index = ws->order[i] < VX_REGIONS_MAX ? ws->order[i] : 0;
        const struct vx_region *region = &ws->region[index];
        struct vx_finding f = vx_finding_at(VX_RGE_001, region->object, index,
                                            table_offset + entry_pos(index), VX_GUID_BYTES);

        if (i == 0 || !vx_guid_equal(&region->guid, &ws->region[first].guid)) {
            first = index;
            continue;
        }
        f.severity = region->object == VX_OBJ_REGION ? VX_SEV_ERROR : VX_SEV_FATAL;
        f.other_offset = table_offset + entry_pos(first);
        f.other_length = VX_GUID_BYTES;
        vx_guid_split(&region->guid, &f.arg[0], &f.arg[1]);
        f.arg[2] = first;
        vx_report(rep, &f);
    }
}

void vx_regions_load(const struct vx_source *view, struct vx_workspace *ws, struct vx_reporter *rep,
                     struct vx_regions *out)
{
    uint32_t count = 0;

    memset(out, 0, sizeof(*out));
    load_copy(view, 0, ws->table[0], ws->crc, rep, &out->copy[0]);
    load_copy(view, 1, ws->table[1], ws->crc, rep, &out->copy[1]);
    if (!choose_copy(ws, out, rep)) {
        return;
    }
    count = out->copy[out->used == 0 ? 0 : 1].entry_count;
    if (count > VX_REGIONS_MAX) {
        return; /* RGT-007 says so */
    }
    out->is_usable = true;
    out->count = count;
    check_entries(ws, view->size, out, rep);
    check_unique(ws, out, rep);
}
