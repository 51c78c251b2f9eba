/* The parent locator: decode, judge each entry for itself and against the others. */
#include "parser/locator.h"

#include "parser/bytes.h"
#include "parser/crc32c.h"
#include "parser/load.h"
#include "parser/sort.h"
#include "parser/utf16.h"
#include "parser/workspace.h"

enum { /* byte positions in the header, then in an entry */
       POS_TYPE = 0,
       POS_RESERVED = 16,
       POS_COUNT = 18,
       POS_KEY_OFFSET = 0,
       POS_VALUE_OFFSET = 4,
       POS_KEY_LENGTH = 8,
       POS_VALUE_LENGTH = 10
};

/* The only type that the format defines: B04AEFB7-D19E-4A81-B789-25B8E9445913. */
static const struct vx_guid TYPE_VHDX = {{0xb7, 0xef, 0x4a, 0xb0, 0x9e, 0xd1, 0x81, 0x4a, 0xb7,
                                          0x89, 0x25, 0xb8, 0xe9, 0x44, 0x59, 0x13}};

/* What the checks of the locator share. */
struct context {
    const struct vx_source *view;
    struct vx_workspace *ws;
    struct vx_reporter *rep;
    uint64_t offset; /* of the item in the file */
    uint32_t length;
    uint32_t table_end; /* from the start of the item */
    struct vx_locator *out;
};

/* One of the two strings of an entry. */
struct string {
    uint32_t entry;
    bool is_key;
    uint32_t offset; /* from the start of the item */
    uint32_t length;
    uint8_t *bytes; /* of the workspace: VX_TABLE_BYTES */
    struct vx_utf16 text;
};

const char *vx_locator_key_name(enum vx_locator_key key)
{
    static const char NAMES[VX_KEY_COUNT][VX_UTF16_WORD_BYTES] = {
        [VX_KEY_UNKNOWN] = "",
        [VX_KEY_PARENT_LINKAGE] = "parent_linkage",
        [VX_KEY_PARENT_LINKAGE2] = "parent_linkage2",
        [VX_KEY_RELATIVE_PATH] = "relative_path",
        [VX_KEY_VOLUME_PATH] = "volume_path",
        [VX_KEY_ABSOLUTE_WIN32_PATH] = "absolute_win32_path",
    };

    return NAMES[key < VX_KEY_COUNT ? key : VX_KEY_UNKNOWN];
}

static uint64_t entry_at(const struct context *c, uint32_t index)
{
    return vx_add_sat(c->offset,
                      VX_LOCATOR_HEADER_BYTES + VX_LOCATOR_ENTRY_BYTES * (uint64_t)index);
}

static struct vx_finding about_locator(const struct context *c, enum vx_rule rule, uint32_t pos,
                                       uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_LOCATOR, 0, vx_add_sat(c->offset, pos), len);
}

static enum vx_object object_of(const struct string *s)
{
    return s->is_key ? VX_OBJ_LOCATOR_KEY : VX_OBJ_LOCATOR_VALUE;
}

/* A finding about what entry `s->entry` says of the string, in field `pos` of it. */
static struct vx_finding about_field(const struct context *c, enum vx_rule rule,
                                     const struct string *s, uint32_t pos, uint32_t len)
{
    return vx_finding_at(rule, object_of(s), s->entry, vx_add_sat(entry_at(c, s->entry), pos), len);
}

/* A finding about the bytes of a string. */
static struct vx_finding about_string(const struct context *c, enum vx_rule rule,
                                      const struct string *s)
{
    return vx_finding_at(rule, object_of(s), s->entry, vx_add_sat(c->offset, s->offset), s->length);
}

/* vx_load() of a part of the item, which is noted when it fails. */
static bool load_part(const struct context *c, uint64_t offset, uint8_t *bytes, uint32_t len)
{
    bool is_read = vx_load(c->view, offset, bytes, len, c->rep);

    if (!is_read) {
        c->out->is_unread = true;
    }
    return is_read;
}

/* ---- strings ---- */

/* Does the string lie where it can be read? */
static bool check_place(const struct context *c, const struct string *s)
{
    uint32_t offset_pos = s->is_key ? POS_KEY_OFFSET : POS_VALUE_OFFSET;
    uint32_t length_pos = s->is_key ? POS_KEY_LENGTH : POS_VALUE_LENGTH;
    struct vx_finding f = about_field(c, s->is_key ? VX_PLE_001 : VX_PLE_002, s, offset_pos, 4);

    if (s->offset == 0) {
        vx_report(c->rep, &f);
    }
    f = about_field(c, s->is_key ? VX_PLE_003 : VX_PLE_004, s, length_pos, 2);
    if (s->length == 0) {
        vx_report(c->rep, &f);
    }
    f = about_field(c, VX_PLE_005, s, offset_pos, 4);
    f.arg[0] = (uint64_t)s->offset + s->length;
    f.arg[1] = c->length;
    if (!vx_within(s->offset, s->length, c->length)) {
        vx_report(c->rep, &f);
        return false;
    }
    return s->offset > 0 && s->length > 0;
}

/* A string that lies inside the item: where exactly? */
static void check_grid(const struct context *c, const struct string *s)
{
    struct vx_finding f =
        about_field(c, VX_PLE_006, s, s->is_key ? POS_KEY_LENGTH : POS_VALUE_LENGTH, 2);

    f.arg[0] = s->offset;
    f.arg[1] = s->length;
    if (s->length % 2 != 0) {
        vx_report(c->rep, &f);
    } else if (s->offset % 2 != 0) {
        f.severity = VX_SEV_WARNING;
        vx_report(c->rep, &f);
    }
    f = about_string(c, VX_PLE_010, s);
    f.arg[0] = s->offset;
    f.arg[1] = c->table_end;
    if (s->offset < c->table_end) {
        vx_report(c->rep, &f);
    }
}

/* Read the string, and look for what no string should hold. Returns whether it is there. */
static bool load_string(const struct context *c, struct string *s)
{
    struct vx_finding f = about_string(c, VX_PLE_007, s);

    if (!check_place(c, s)) {
        return false;
    }
    check_grid(c, s);
    if (s->length > VX_LOCATOR_STRING_MAX || /* cannot be: the field has 16 bits */
        !load_part(c, vx_add_sat(c->offset, s->offset), s->bytes, s->length)) {
        return false;
    }
    vx_utf16_inspect(s->bytes, s->length / 2, &s->text);
    if (s->text.has_nul) {
        vx_report(c->rep, &f);
    } else if (s->text.has_end_nul) {
        f.severity = VX_SEV_WARNING;
        vx_report(c->rep, &f);
    }
    return s->text.units > 0;
}

/* ---- keys ---- */

/* Which key is it? Not one in another case: keys are case-sensitive. */
static enum vx_locator_key find_key(const struct context *c, const struct string *s)
{
    struct vx_finding f = about_string(c, VX_PLE_009, s);

    for (int key = VX_KEY_PARENT_LINKAGE; key < VX_KEY_COUNT; key++) {
        enum vx_utf16_match match =
            vx_utf16_match(s->bytes, s->text.units, vx_locator_key_name((enum vx_locator_key)key));

        if (match == VX_UTF16_SAME) {
            return (enum vx_locator_key)key;
        }
        if (match == VX_UTF16_CASE) {
            vx_report(c->rep, &f);
            return VX_KEY_UNKNOWN;
        }
    }
    f.rule = VX_PLV_009;
    vx_report(c->rep, &f);
    return VX_KEY_UNKNOWN;
}

static enum vx_locator_key check_key(const struct context *c, struct vx_locator_entry *entry,
                                     uint32_t index)
{
    struct string s = {
        .entry = index,
        .is_key = true,
        .offset = entry->key_offset,
        .length = entry->key_length,
        .bytes = c->ws->table[0],
    };
    struct vx_finding f = {0};

    entry->has_key = load_string(c, &s);
    if (!entry->has_key) {
        return VX_KEY_UNKNOWN;
    }
    entry->key_bytes = 2 * (uint32_t)vx_min(s.text.units, VX_LOCATOR_STRING_MAX / 2);
    entry->key_crc = vx_crc32c(c->ws->crc, 0, s.bytes, entry->key_bytes);
    f = about_string(c, VX_PLE_011, &s);
    f.severity = VX_SEV_ERROR;
    if (!s.text.is_well_formed) {
        vx_report(c->rep, &f);
    }
    return find_key(c, &s);
}

/* ---- values ---- */

/* Unit `index` of the text, 0 behind its end. */
static uint32_t unit_at(const struct string *s, uint32_t index)
{
    if (index >= s->text.units || index >= VX_LOCATOR_STRING_MAX / 2) {
        return 0;
    }
    return vx_le16(s->bytes + 2 * (size_t)index);
}

static bool is_separator(uint32_t code)
{
    return code == '\\' || code == '/';
}

static bool is_drive(const struct string *s)
{
    uint32_t letter = unit_at(s, 0) | 0x20u;

    return letter >= 'a' && letter <= 'z' && unit_at(s, 1) == ':';
}

/* \\?\, behind which Windows looks at nothing. */
static bool is_verbatim(const struct string *s)
{
    return unit_at(s, 0) == '\\' && unit_at(s, 1) == '\\' && unit_at(s, 2) == '?' &&
           unit_at(s, 3) == '\\';
}

/* \\?\Volume{GUID}\ and something behind it. */
static bool is_on_volume(const struct string *s)
{
    enum { WORD = 4, WORD_UNITS = 6, GUID = WORD + WORD_UNITS, END = GUID + VX_GUID_BRACED_UNITS };
    static const char VOLUME[VX_UTF16_WORD_BYTES] = "volume";
    struct vx_guid guid = {0};

    return s->text.units > END + 1 && is_verbatim(s) &&
           vx_utf16_match(s->bytes + (size_t)2 * WORD, WORD_UNITS, VOLUME) != VX_UTF16_OTHER &&
           vx_guid_parse(s->bytes + (size_t)2 * GUID, VX_GUID_BRACED_UNITS, &guid) &&
           unit_at(s, END) == '\\';
}

/* A linkage is a GUID. Only Hyper-V writes the second, and all zero. */
static void take_linkage(const struct context *c, const struct string *s, unsigned which)
{
    struct vx_finding f = about_string(c, VX_PLV_003, s);
    struct vx_guid *guid = &c->out->linkage[which];

    c->out->has_linkage[which] = vx_guid_parse(s->bytes, s->text.units, guid);
    if (!c->out->has_linkage[which]) {
        vx_report(c->rep, &f);
        return;
    }
    f.rule = VX_PLV_002;
    vx_guid_split(guid, &f.arg[0], &f.arg[1]);
    if (which == 1 && !vx_guid_is_zero(guid)) {
        vx_report(c->rep, &f);
    }
}

/* The form of the value of a known key. */
static void take_value(const struct context *c, const struct string *s, enum vx_locator_key key)
{
    struct vx_finding f = about_string(c, VX_PLV_006, s);

    switch (key) {
    case VX_KEY_PARENT_LINKAGE:
        take_linkage(c, s, 0);
        break;
    case VX_KEY_PARENT_LINKAGE2:
        take_linkage(c, s, 1);
        break;
    case VX_KEY_RELATIVE_PATH:
        if (is_separator(unit_at(s, 0)) || is_drive(s)) {
            vx_report(c->rep, &f);
        }
        break;
    case VX_KEY_VOLUME_PATH:
        f.rule = VX_PLV_007;
        if (!is_on_volume(s)) {
            vx_report(c->rep, &f);
        }
        break;
    case VX_KEY_ABSOLUTE_WIN32_PATH:
        f.rule = VX_PLV_008;
        if (!is_verbatim(s)) {
            vx_report(c->rep, &f);
        }
        break;
    case VX_KEY_UNKNOWN:
    case VX_KEY_COUNT:
        break;
    }
}

static bool is_linkage(enum vx_locator_key key)
{
    return key == VX_KEY_PARENT_LINKAGE || key == VX_KEY_PARENT_LINKAGE2;
}

static void check_value(const struct context *c, const struct vx_locator_entry *entry,
                        uint32_t index, enum vx_locator_key key)
{
    struct vx_locator_value *value = &c->out->value[key < VX_KEY_COUNT ? key : VX_KEY_UNKNOWN];
    struct string s = {
        .entry = index,
        .offset = entry->value_offset,
        .length = entry->value_length,
        .bytes = c->ws->table[0],
    };
    struct vx_finding f = {0};

    if (!load_string(c, &s)) {
        return;
    }
    f = about_string(c, VX_PLE_011, &s);
    f.severity = is_linkage(key) ? VX_SEV_ERROR : VX_SEV_WARNING;
    if (!s.text.is_well_formed) {
        vx_report(c->rep, &f);
    }
    if (key == VX_KEY_UNKNOWN || value->is_present) {
        return; /* of entries with one key the first counts that has a value */
    }
    *value = (struct vx_locator_value){
        .is_present = true,
        .offset = vx_add_sat(c->offset, entry->value_offset),
        .units = s.text.units,
    };
    take_value(c, &s, key);
}

/* ---- the table ---- */

static void check_entry(const struct context *c, uint32_t index)
{
    struct vx_locator_entry *entry = &c->ws->locator[index < VX_LOCATOR_ENTRIES_MAX ? index : 0];
    uint8_t bytes[VX_LOCATOR_ENTRY_BYTES] = {0};

    memset(entry, 0, sizeof(*entry));
    if (!load_part(c, entry_at(c, index), bytes, sizeof(bytes))) {
        return;
    }
    *entry = (struct vx_locator_entry){
        .key_offset = vx_le32(bytes + POS_KEY_OFFSET),
        .value_offset = vx_le32(bytes + POS_VALUE_OFFSET),
        .key_length = vx_le16(bytes + POS_KEY_LENGTH),
        .value_length = vx_le16(bytes + POS_VALUE_LENGTH),
    };
    check_value(c, entry, index, check_key(c, entry, index));
}

/* How two keys of one length compare, byte by byte. They were read before; when that fails now,
 * they are taken to differ, so that nothing is found that is not there. */
static int compare_bytes(const struct context *c, const struct vx_locator_entry *a,
                         const struct vx_locator_entry *b)
{
    uint32_t len = (uint32_t)vx_min(a->key_bytes, VX_LOCATOR_STRING_MAX);

    if (!load_part(c, vx_add_sat(c->offset, a->key_offset), c->ws->table[0], len) ||
        !load_part(c, vx_add_sat(c->offset, b->key_offset), c->ws->table[1], len)) {
        return a->key_offset < b->key_offset ? -1 : 1;
    }
    return memcmp(c->ws->table[0], c->ws->table[1], len);
}

/* Negative, 0 or positive; 0 for entries without a key, too. */
static int compare_keys(const struct context *c, const struct vx_locator_entry *a,
                        const struct vx_locator_entry *b)
{
    if (a->has_key != b->has_key) {
        return a->has_key ? -1 : 1;
    }
    if (!a->has_key) {
        return 0;
    }
    if (a->key_bytes != b->key_bytes) {
        return a->key_bytes < b->key_bytes ? -1 : 1;
    }
    if (a->key_crc != b->key_crc) {
        return a->key_crc < b->key_crc ? -1 : 1;
    }
    return a->key_offset == b->key_offset ? 0 : compare_bytes(c, a, b);
}

static bool key_less(const void *ctx, uint16_t a, uint16_t b)
{
    const struct context *c = ctx;
    int order = 0;

    if (a < VX_LOCATOR_ENTRIES_MAX && b < VX_LOCATOR_ENTRIES_MAX) {
        order = compare_keys(c, &c->ws->locator[a], &c->ws->locator[b]);
    }
    return order < 0 || (order == 0 && a < b);
}

/* Every entry whose key an earlier entry has. Sorted by key, equal ones are neighbours. */
static void check_unique(const struct context *c, uint32_t count)
{
    uint32_t first = 0;

    vx_sort(c->ws->order, count, key_less, c);
    for (uint32_t i = 0; i < count && i < VX_LOCATOR_ENTRIES_MAX; i++) {
        uint32_t index = c->ws->order[i] < VX_LOCATOR_ENTRIES_MAX ? c->ws->order[i] : 0;
        const struct vx_locator_entry *entry = &c->ws->locator[index];
        struct vx_finding f = vx_finding_at(VX_PLE_008, VX_OBJ_LOCATOR_KEY, index,
                                            entry_at(c, index), VX_LOCATOR_ENTRY_BYTES);

        if (!entry->has_key) {
            return; /* those without a key come last */
        }
        if (i == 0 || compare_keys(c, entry, &c->ws->locator[first]) != 0) {
            first = index;
            continue;
        }
        f.other_offset = entry_at(c, first);
        f.other_length = VX_LOCATOR_ENTRY_BYTES;
        f.arg[0] = first;
        vx_report(c->rep, &f);
    }
}

/* What the locator as a whole must hold. */
static void check_keys(const struct context *c)
{
    const struct vx_locator_value *value = c->out->value;
    struct vx_finding f = about_locator(c, VX_PLV_001, 0, c->length);

    if (c->out->count > VX_LOCATOR_ENTRIES_MAX || c->out->is_unread) {
        return; /* they may be among what was not looked at */
    }
    if (!value[VX_KEY_PARENT_LINKAGE].is_present) {
        vx_report(c->rep, &f);
    }
    f.rule = VX_PLV_004;
    if (!value[VX_KEY_RELATIVE_PATH].is_present && !value[VX_KEY_VOLUME_PATH].is_present &&
        !value[VX_KEY_ABSOLUTE_WIN32_PATH].is_present) {
        vx_report(c->rep, &f);
    }
}

/* Judge the header. Returns whether there is a table to look at. */
static bool check_header(struct context *c)
{
    uint8_t header[VX_LOCATOR_HEADER_BYTES] = {0};
    struct vx_guid type = {0};
    struct vx_finding f = {0};

    if (c->length < VX_LOCATOR_HEADER_BYTES || !load_part(c, c->offset, header, sizeof(header))) {
        return false; /* MDE-014 has said that it is too short */
    }
    type = vx_guid_load(header + POS_TYPE);
    f = about_locator(c, VX_PLH_002, POS_TYPE, VX_GUID_BYTES);
    vx_guid_split(&type, &f.arg[0], &f.arg[1]);
    vx_guid_split(&TYPE_VHDX, &f.arg[2], &f.arg[3]);
    if (!vx_guid_equal(&type, &TYPE_VHDX)) {
        vx_report(c->rep, &f);
        return false; /* what another type holds is not known */
    }
    f = about_locator(c, VX_PLH_003, POS_RESERVED, 2);
    f.arg[0] = vx_le16(header + POS_RESERVED);
    if (f.arg[0] != 0) {
        vx_report(c->rep, &f);
    }
    c->out->count = vx_le16(header + POS_COUNT);
    c->table_end = VX_LOCATOR_HEADER_BYTES + VX_LOCATOR_ENTRY_BYTES * c->out->count;
    f = about_locator(c, VX_PLH_001, POS_COUNT, 2);
    f.arg[0] = c->length;
    f.arg[1] = c->table_end;
    if (c->table_end > c->length) {
        vx_report(c->rep, &f);
        return false;
    }
    return true;
}

/* The number of entries. Returns how many of them to look at. */
static uint32_t check_count(const struct context *c)
{
    struct vx_finding f = about_locator(c, VX_PLH_004, POS_COUNT, 2);

    f.arg[0] = c->out->count;
    f.arg[1] = VX_LOCATOR_ENTRIES_MAX;
    if (c->out->count == 0) {
        vx_report(c->rep, &f);
    }
    if (c->out->count <= VX_LOCATOR_ENTRIES_MAX) {
        return c->out->count;
    }
    f.severity = VX_SEV_INFO;
    vx_report(c->rep, &f);
    f.rule = VX_RUN_008;
    f.severity = VX_SEV_DEFAULT;
    vx_report(c->rep, &f);
    return VX_LOCATOR_ENTRIES_MAX;
}

void vx_locator_load(const struct vx_source *view, const struct vx_metadata *md,
                     struct vx_workspace *ws, struct vx_reporter *rep, struct vx_locator *out)
{
    struct context c = {
        .view = view,
        .ws = ws,
        .rep = rep,
        .offset = md->value_offset[VX_ITEM_PARENT_LOCATOR],
        .length = md->locator_length,
        .out = out,
    };
    uint32_t count = 0;

    memset(out, 0, sizeof(*out));
    if (!check_header(&c)) {
        return;
    }
    out->is_usable = true;
    count = check_count(&c);
    for (uint32_t i = 0; i < count && i < VX_LOCATOR_ENTRIES_MAX; i++) {
        check_entry(&c, i);
    }
    check_unique(&c, count);
    check_keys(&c);
}

bool vx_locator_has_linkage(const struct vx_locator *locator)
{
    return locator->has_linkage[0] || locator->has_linkage[1];
}

bool vx_locator_names(const struct vx_locator *locator, const struct vx_guid *data_write_guid)
{
    for (unsigned i = 0; i < 2; i++) {
        if (locator->has_linkage[i] && !vx_guid_is_zero(&locator->linkage[i]) &&
            vx_guid_equal(&locator->linkage[i], data_write_guid)) {
            return true;
        }
    }
    return false;
}
