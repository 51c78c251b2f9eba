/* Named places and fields. Layout: MS-VHDX 2.2 to 2.6, as image.h writes it down. */
#include "corpus/recipe_places.h"

#include "corpus/recipe_words.h"

#include <string.h>

/* ---- fields ---- */

#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* clang-format off */
static const struct recipe_field IDENTIFIER[] = {
    {.name = "signature", .pos = 0, .width = 8},
    {.name = "creator", .pos = 8, .width = 512, .kind = FIELD_CREATOR},
    END};
static const struct recipe_field HEADER[] = {
    {.name = "signature", .pos = 0, .width = 4},
    {.name = "checksum", .pos = 4, .width = 4},
    {.name = "sequence", .pos = 8, .width = 8},
    {.name = "file-write-guid", .pos = 16, .width = 16, .kind = FIELD_GUID},
    {.name = "data-write-guid", .pos = 32, .width = 16, .kind = FIELD_GUID},
    {.name = "log-guid", .pos = 48, .width = 16, .kind = FIELD_GUID},
    {.name = "log-version", .pos = 64, .width = 2},
    {.name = "version", .pos = 66, .width = 2},
    {.name = "log-length", .pos = 68, .width = 4},
    {.name = "log-offset", .pos = 72, .width = 8},
    END};
static const struct recipe_field TABLE[] = {
    {.name = "signature", .pos = 0, .width = 4},
    {.name = "checksum", .pos = 4, .width = 4},
    {.name = "count", .pos = 8, .width = 4},
    {.name = "reserved", .pos = 12, .width = 4},
    END};
static const struct recipe_field REGION[] = {
    {.name = "guid", .pos = 0, .width = 16, .kind = FIELD_GUID},
    {.name = "offset", .pos = 16, .width = 8},
    {.name = "length", .pos = 24, .width = 4},
    {.name = "required", .pos = 28, .width = 4},
    END};
static const struct recipe_field METADATA[] = {
    {.name = "signature", .pos = 0, .width = 8},
    {.name = "reserved", .pos = 8, .width = 2},
    {.name = "count", .pos = 10, .width = 2},
    END};
static const struct recipe_field ITEM[] = {
    {.name = "guid", .pos = 0, .width = 16, .kind = FIELD_GUID},
    {.name = "offset", .pos = 16, .width = 4},
    {.name = "length", .pos = 20, .width = 4},
    {.name = "flags", .pos = 24, .width = 4},
    {.name = "reserved", .pos = 28, .width = 4},
    END};
static const struct recipe_field PARAMETERS[] = {
    {.name = "block-size", .pos = 0, .width = 4},
    {.name = "flags", .pos = 4, .width = 4},
    END};
static const struct recipe_field DISK_SIZE[] = {{.name = "size", .pos = 0, .width = 8}, END};
static const struct recipe_field DISK_ID[] = {
    {.name = "id", .pos = 0, .width = 16, .kind = FIELD_GUID},
    END};
static const struct recipe_field SECTOR_SIZE[] = {{.name = "size", .pos = 0, .width = 4}, END};
static const struct recipe_field LOCATOR[] = {
    {.name = "type", .pos = 0, .width = 16, .kind = FIELD_GUID},
    {.name = "reserved", .pos = 16, .width = 2},
    {.name = "count", .pos = 18, .width = 2},
    {.name = "key-offset", .pos = 20, .width = 4},
    {.name = "value-offset", .pos = 24, .width = 4},
    {.name = "key-length", .pos = 28, .width = 2},
    {.name = "value-length", .pos = 30, .width = 2},
    END};
static const struct recipe_field *const VALUE[IMAGE_ITEM_LOCATOR + 1] = {
    [IMAGE_ITEM_FILE_PARAMETERS] = PARAMETERS,
    [IMAGE_ITEM_DISK_SIZE] = DISK_SIZE,
    [IMAGE_ITEM_DISK_ID] = DISK_ID,
    [IMAGE_ITEM_LOGICAL_SECTOR] = SECTOR_SIZE,
    [IMAGE_ITEM_PHYSICAL_SECTOR] = SECTOR_SIZE,
    [IMAGE_ITEM_LOCATOR] = LOCATOR};
static const struct recipe_field BLOCK[] = {
    {.name = "raw", .pos = 0, .width = 8},
    {.name = "state", .pos = 0, .width = 8, .shift = 0, .bits = 3, .kind = FIELD_STATE},
    {.name = "reserved", .pos = 0, .width = 8, .shift = 3, .bits = 17},
    {.name = "mib", .pos = 0, .width = 8, .shift = 20, .bits = 44},
    END};
static const struct recipe_field ENTRY[] = {
    {.name = "signature", .pos = 0, .width = 4},
    {.name = "checksum", .pos = 4, .width = 4},
    {.name = "length", .pos = 8, .width = 4},
    {.name = "tail", .pos = 12, .width = 4},
    {.name = "sequence", .pos = 16, .width = 8},
    {.name = "count", .pos = 24, .width = 4},
    {.name = "reserved", .pos = 28, .width = 4},
    {.name = "guid", .pos = 32, .width = 16, .kind = FIELD_GUID},
    {.name = "flushed", .pos = 48, .width = 8},
    {.name = "last", .pos = 56, .width = 8},
    END};
static const struct recipe_field DESCRIPTOR[] = {
    {.name = "signature", .pos = 0, .width = 4},
    {.name = "trailing", .pos = 4, .width = 4}, /* of data */
    {.name = "leading", .pos = 8, .width = 8},
    {.name = "reserved", .pos = 4, .width = 4}, /* of zeros */
    {.name = "length", .pos = 8, .width = 8},
    {.name = "offset", .pos = 16, .width = 8},
    {.name = "sequence", .pos = 24, .width = 8},
    END};
static const struct recipe_field SECTOR[] = {
    {.name = "signature", .pos = 0, .width = 4},
    {.name = "sequence-high", .pos = 4, .width = 4},
    {.name = "sequence-low", .pos = 4092, .width = 4},
    END};
/* clang-format on */

/* ---- names of entries ---- */

static const struct word_name REGIONS[] = {{"bat", IMAGE_REGION_BAT},
                                           {"metadata", IMAGE_REGION_METADATA}};
static const struct word_name ITEMS[] = {
    {"file-parameters", IMAGE_ITEM_FILE_PARAMETERS},
    {"disk-size", IMAGE_ITEM_DISK_SIZE},
    {"disk-id", IMAGE_ITEM_DISK_ID},
    {"logical-sector", IMAGE_ITEM_LOGICAL_SECTOR},
    {"physical-sector", IMAGE_ITEM_PHYSICAL_SECTOR},
    {"locator", IMAGE_ITEM_LOCATOR},
};

bool place_guid(const char *text, uint8_t guid[16])
{
    static const struct {
        const char *name;
        const uint8_t *bytes;
    } named[] = {
        {"bat", IMAGE_GUID_BAT},
        {"metadata", IMAGE_GUID_METADATA},
        {"foreign", IMAGE_GUID_FOREIGN},
        {"zero", IMAGE_GUID_ZERO},
        {"chs", IMAGE_GUID_CHS},
        {"pmem", IMAGE_GUID_PMEM},
        {"incomplete", IMAGE_GUID_INCOMPLETE},
        {"log", LOG_GUID},
    };
    uint64_t item;

    for (size_t i = 0; i < VX_COUNT_OF(named); i++) {
        if (strcmp(named[i].name, text) == 0) {
            memcpy(guid, named[i].bytes, 16);
            return true;
        }
    }
    if (word_name(ITEMS, VX_COUNT_OF(ITEMS), text, &item)) {
        memcpy(guid, IMAGE_GUID_ITEM[item], 16);
        return true;
    }
    return word_guid(text, guid);
}

/* ---- where each kind of place is ---- */

/* Index numbers as the place was given them, from 0; copy 0 or 1. */
struct where {
    uint64_t index[2];
    unsigned copy;
};

typedef bool offset_fn(struct recipe *r, const struct where *where, uint64_t *offset);

static bool at_identifier(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    (void)where;
    *offset = 0;
    return true;
}

static bool at_header(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    *offset = image_header_at(where->copy, 0);
    return true;
}

static bool at_table(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    *offset = where->copy == 0 ? IMAGE_REGIONS_1 : IMAGE_REGIONS_2;
    return true;
}

static bool at_region(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    *offset = image_region_at(where->copy, (unsigned)where->index[0], 0);
    return true;
}

static bool at_metadata(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    (void)where;
    *offset = IMAGE_METADATA;
    return true;
}

static bool at_item(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    *offset = image_item_entry_at((unsigned)where->index[0], 0);
    return true;
}

static bool at_value(struct recipe *r, const struct where *where, uint64_t *offset)
{
    if (where->index[0] > IMAGE_ITEM_LOCATOR) {
        return line_fail(r, "there is no such default item", NULL);
    }
    *offset = image_item_at((unsigned)where->index[0]);
    return true;
}

static bool at_bat(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)r;
    *offset = IMAGE_BAT + 8 * where->index[0];
    return true;
}

static bool needs_create(struct recipe *r)
{
    return r->is_created || line_fail(r, "this place needs a create in front", NULL);
}

static bool at_block(struct recipe *r, const struct where *where, uint64_t *offset)
{
    if (!needs_create(r)) {
        return false;
    }
    *offset = IMAGE_BAT + 8 * image_payload_index(&r->im, where->index[0]);
    return true;
}

static bool at_bitmap(struct recipe *r, const struct where *where, uint64_t *offset)
{
    if (!needs_create(r)) {
        return false;
    }
    *offset = IMAGE_BAT + 8 * image_bitmap_index(&r->im, where->index[0]);
    return true;
}

static bool at_log(struct recipe *r, const struct where *where, uint64_t *offset)
{
    *offset = r->log.offset + LOG_SECTOR * where->index[0];
    return needs_create(r);
}

static bool at_free(struct recipe *r, const struct where *where, uint64_t *offset)
{
    (void)where;
    *offset = r->im.blocks;
    return needs_create(r);
}

/* Entry `number`, from 1; NULL after an error. */
static const struct recipe_entry *find_entry(struct recipe *r, uint64_t number)
{
    if (number == 0 || number > r->entry_count) {
        (void)line_fail(r, "there is no such log entry yet", NULL);
        return NULL;
    }
    return &r->entry[number - 1];
}

static bool at_entry(struct recipe *r, const struct where *where, uint64_t *offset)
{
    const struct recipe_entry *entry = find_entry(r, where->index[0]);

    if (entry == NULL) {
        return false;
    }
    *offset = log_at(&r->log, entry->pos);
    return true;
}

static bool at_descriptor(struct recipe *r, const struct where *where, uint64_t *offset)
{
    const struct recipe_entry *entry = find_entry(r, where->index[0]);

    if (entry == NULL) {
        return false;
    }
    *offset = log_at(&r->log, entry->pos + E_DESCRIPTOR(where->index[1]));
    return true;
}

static bool at_sector(struct recipe *r, const struct where *where, uint64_t *offset)
{
    const struct recipe_entry *entry = find_entry(r, where->index[0]);

    if (entry == NULL) {
        return false;
    }
    *offset =
        log_at(&r->log,
               entry->pos + (log_descriptor_sectors(entry->count) + where->index[1]) * LOG_SECTOR);
    return true;
}

/* ---- the table of places ---- */

enum index_kind { INDEX_NONE, INDEX_COPY, INDEX_NUMBER, INDEX_MAYBE, INDEX_REGION, INDEX_ITEM };

struct place_row {
    const char *name;
    enum index_kind index[2];
    bool is_pair; /* both copies */
    offset_fn *offset;
    const struct recipe_field *field;
};

/* clang-format off */
static const struct place_row PLACES[] = {
    {.name = "id", .offset = at_identifier, .field = IDENTIFIER},
    {.name = "headers", .is_pair = true, .offset = at_header, .field = HEADER},
    {.name = "header", .index = {INDEX_COPY}, .offset = at_header, .field = HEADER},
    {.name = "tables", .is_pair = true, .offset = at_table, .field = TABLE},
    {.name = "table", .index = {INDEX_COPY}, .offset = at_table, .field = TABLE},
    {.name = "region", .index = {INDEX_REGION}, .is_pair = true, .offset = at_region,
     .field = REGION},
    {.name = "metadata", .offset = at_metadata, .field = METADATA},
    {.name = "item", .index = {INDEX_ITEM}, .offset = at_item, .field = ITEM},
    {.name = "value", .index = {INDEX_ITEM}, .offset = at_value},
    {.name = "bat", .index = {INDEX_MAYBE}, .offset = at_bat, .field = BLOCK},
    {.name = "block", .index = {INDEX_NUMBER}, .offset = at_block, .field = BLOCK},
    {.name = "bitmap", .index = {INDEX_NUMBER}, .offset = at_bitmap, .field = BLOCK},
    {.name = "log", .index = {INDEX_MAYBE}, .offset = at_log, .field = ENTRY},
    {.name = "entry", .index = {INDEX_NUMBER}, .offset = at_entry, .field = ENTRY},
    {.name = "descriptor", .index = {INDEX_NUMBER, INDEX_NUMBER}, .offset = at_descriptor,
     .field = DESCRIPTOR},
    {.name = "sector", .index = {INDEX_NUMBER, INDEX_NUMBER}, .offset = at_sector,
     .field = SECTOR},
    {.name = "free", .offset = at_free},
};
/* A table of a certain copy may be followed by one of its entries. */
static const struct place_row TABLE_REGION = {
    .name = "region", .index = {INDEX_REGION}, .offset = at_region, .field = REGION};
/* clang-format on */

/* Length of the longest name that `at` begins with, 0 if none. */
static size_t prefix(const struct word_name *names, size_t count, const char *at, uint64_t *value)
{
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t len = strlen(names[i].name);

        if (len > longest && strncmp(names[i].name, at, len) == 0) {
            longest = len;
            *value = names[i].value;
        }
    }
    return longest;
}

static bool read_index(const char **at, enum index_kind kind, uint64_t *index)
{
    size_t len = 0;

    if (kind == INDEX_REGION) {
        len = prefix(REGIONS, VX_COUNT_OF(REGIONS), *at, index);
    } else if (kind == INDEX_ITEM) {
        len = prefix(ITEMS, VX_COUNT_OF(ITEMS), *at, index);
    }
    *at += len;
    return len > 0 || word_index(at, index);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ".INDEX" of one kind into where. */
static bool read_one(const char **at, enum index_kind kind, unsigned which, struct where *where)
{
    if (kind == INDEX_NONE || (kind == INDEX_MAYBE && !((*at)[0] == '.' && is_digit((*at)[1])))) {
        return true;
    }
    if (**at != '.') {
        return false;
    }
    (*at)++;
    if (!read_index(at, kind, &where->index[which])) {
        return false;
    }
    if (kind == INDEX_COPY) {
        where->copy = where->index[which] == 2 ? 1 : 0;
        return where->index[which] == 1 || where->index[which] == 2;
    }
    return true;
}

static const struct place_row *find_row(const char **at)
{
    size_t len = 0;

    while ((*at)[len] >= 'a' && (*at)[len] <= 'z') {
        len++;
    }
    for (size_t i = 0; i < VX_COUNT_OF(PLACES); i++) {
        if (strlen(PLACES[i].name) == len && strncmp(PLACES[i].name, *at, len) == 0) {
            *at += len;
            return &PLACES[i];
        }
    }
    return NULL;
}

bool place_read(struct recipe *r, const char **at, unsigned copy, struct recipe_place *place)
{
    const char *begin = *at;
    const struct place_row *row = find_row(at);
    struct where where = {.copy = copy};
    bool is_good = row != NULL && read_one(at, row->index[0], 0, &where) &&
                   read_one(at, row->index[1], 1, &where);

    if (is_good && row->offset == at_table && !row->is_pair && strncmp(*at, ".region.", 8) == 0) {
        *at += strlen(".region");
        row = &TABLE_REGION;
        is_good = read_one(at, row->index[0], 0, &where);
    }
    if (!is_good) {
        return line_fail(r, "no such place", begin);
    }
    place->is_pair = row->is_pair;
    place->field = row->field;
    if (!row->offset(r, &where, &place->offset)) {
        return false;
    }
    if (row->offset == at_value) {
        place->field = VALUE[where.index[0]];
    }
    return true;
}

bool place_field(struct recipe *r, const char *text, struct recipe_address *address,
                 const struct recipe_field **field)
{
    struct recipe_place place = {0};

    for (unsigned copy = 0; copy < 2; copy++) {
        const char *at = text + (text[0] == '@' ? 1 : 0);

        if (!place_read(r, &at, copy, &place)) {
            return false;
        }
        if (*at != '.' || place.field == NULL) {
            return line_fail(r, "a place and one of its fields are wanted", text);
        }
        *field = place.field;
        while ((*field)->name != NULL && strcmp((*field)->name, at + 1) != 0) {
            (*field)++;
        }
        if ((*field)->name == NULL) {
            return line_fail(r, "this place has no such field", text);
        }
        address->at[copy] = place.offset + (*field)->pos;
    }
    address->copies = place.is_pair ? 2 : 1;
    return true;
}
