/* Structure-aware damage. Naive algorithm: choose a field, choose a value, write it. Positions:
 * MS-VHDX 2.2 to 2.6. */
#include "corpus/mutate.h"

#include "corpus/logbuild.h"

enum {
    MUTATIONS_MOST = 8,
    LOG_SECTORS_MOST = 1024, /* looked at */
    TABLE_ENTRIES_MOST = 2047,
    BLOCK_ENTRIES_MOST = 131072
};

/* Numbers from a Lehmer generator: two of its 31 bits give more than enough. */
struct dice {
    uint64_t state; /* 1 to 2^31 - 2 */
};

static void dice_init(struct dice *dice, uint64_t seed)
{
    dice->state = seed % 0x7ffffffeu + 1;
    for (unsigned i = 0; i < 4; i++) { /* neighbouring seeds part ways */
        dice->state = 48271 * dice->state % 0x7fffffffu;
    }
}

/* 0 to sides - 1; sides: 1 to 2^31. */
static uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    dice->state = 48271 * dice->state % 0x7fffffffu;
    return dice->state % sides;
}

/* Where the image says that its structures are. */
struct map {
    struct image *im;
    uint64_t log_offset;
    uint64_t log_length; /* at most 4 GiB */
    uint64_t bat_offset;
    uint64_t bat_entries; /* of the region */
    uint64_t metadata_offset;
};

static bool has_guid(const struct image *im, uint64_t at, const uint8_t guid[16])
{
    uint8_t bytes[16];

    image_get_bytes(im, at, bytes, sizeof(bytes));
    return memcmp(bytes, guid, sizeof(bytes)) == 0;
}

/* What cannot be an offset in a file is left where the default layout has it. */
static uint64_t offset_or(uint64_t offset, uint64_t otherwise)
{
    return offset < (UINT64_C(1) << 62) ? offset : otherwise;
}

static void find_regions(struct map *map)
{
    const struct image *im = map->im;
    const uint64_t count = image_get(im, IMAGE_REGIONS_1 + 8, 4);

    for (unsigned i = 0; i < count && i < TABLE_ENTRIES_MOST; i++) {
        const uint64_t at = image_region_at(0, i, 0);

        if (has_guid(im, at, IMAGE_GUID_BAT)) {
            map->bat_offset = offset_or(image_get(im, at + 16, 8), IMAGE_BAT);
            map->bat_entries = image_get(im, at + 24, 4) / 8;
        } else if (has_guid(im, at, IMAGE_GUID_METADATA)) {
            map->metadata_offset = offset_or(image_get(im, at + 16, 8), IMAGE_METADATA);
        }
    }
}

static void find_structures(struct map *map, struct image *im)
{
    const uint64_t first = image_get(im, IMAGE_HEADER_1 + 8, 8);
    const uint64_t second = image_get(im, IMAGE_HEADER_2 + 8, 8);
    const uint64_t header = first > second ? IMAGE_HEADER_1 : IMAGE_HEADER_2;

    *map = (struct map){.im = im,
                        .log_length = image_get(im, header + 68, 4),
                        .log_offset = offset_or(image_get(im, header + 72, 8), IMAGE_LOG),
                        .bat_offset = IMAGE_BAT,
                        .bat_entries = 1,
                        .metadata_offset = IMAGE_METADATA};
    find_regions(map);
}

/* ---- values ---- */

/* A number that is near something: a boundary, a power of 2, the old value, another field. */
static uint64_t near_value(struct dice *dice, uint64_t old)
{
    const uint64_t power = UINT64_C(1) << dice_roll(dice, 64);

    switch (dice_roll(dice, 8)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return power;
    case 3:
        return power - 1;
    case 4:
        return old == UINT64_MAX ? 0 : old + 1;
    case 5:
        return old == 0 ? UINT64_MAX : old - 1;
    case 6:
        return dice_roll(dice, UINT64_C(1) << 31) << dice_roll(dice, 33);
    default:
        return old ^ power;
    }
}

/* Change `width` bytes at `offset`: the whole field, or one bit of it. */
static void change(struct map *map, struct dice *dice, uint64_t offset, unsigned width)
{
    const uint64_t old = image_get(map->im, offset, width);
    uint64_t value = near_value(dice, old);

    if (dice_roll(dice, 4) == 0) {
        value = old ^ UINT64_C(1) << dice_roll(dice, 8 * (uint64_t)width);
    }
    image_put(map->im, offset, width, value);
}

struct field {
    uint16_t pos;
    uint16_t width;
};

static void change_field(struct map *map, struct dice *dice, uint64_t offset,
                         const struct field *fields, size_t count)
{
    const struct field *field = &fields[dice_roll(dice, count)];

    change(map, dice, offset + field->pos, field->width);
}

/* ---- structures ---- */

static void mutate_identifier(struct map *map, struct dice *dice)
{
    change(map, dice, 8 * dice_roll(dice, 65), 8);
}

/* One copy, or both alike. */
static void mutate_header(struct map *map, struct dice *dice)
{
    static const struct field fields[] = {{0, 4},  {8, 8},  {16, 8}, {32, 8}, {48, 8},
                                          {64, 2}, {66, 2}, {68, 4}, {72, 8}, {80, 8}};
    const unsigned copy = (unsigned)dice_roll(dice, 2);
    uint8_t bytes[4096];

    change_field(map, dice, image_header_at(copy, 0), fields, VX_COUNT_OF(fields));
    if (dice_roll(dice, 2) == 0) {
        image_get_bytes(map->im, image_header_at(copy, 16), bytes, sizeof(bytes) - 16);
        image_put_bytes(map->im, image_header_at(1 - copy, 16), bytes, sizeof(bytes) - 16);
    }
}

static void mutate_region_table(struct map *map, struct dice *dice)
{
    static const struct field head[] = {{0, 4}, {8, 4}, {12, 4}};
    static const struct field entry[] = {{0, 8}, {16, 8}, {24, 4}, {28, 4}};
    const unsigned copy = (unsigned)dice_roll(dice, 2);
    const uint64_t count = image_get(map->im, image_region_at(copy, 0, 0) - 8, 4);
    uint8_t bytes[4096];

    if (dice_roll(dice, 3) == 0) {
        change_field(map, dice, image_region_at(copy, 0, 0) - 16, head, VX_COUNT_OF(head));
    } else {
        const uint64_t index = dice_roll(dice, count < 8 ? count + 1 : 8);

        change_field(map, dice, image_region_at(copy, (unsigned)index, 0), entry,
                     VX_COUNT_OF(entry));
    }
    if (dice_roll(dice, 4) != 0) {
        image_get_bytes(map->im, image_region_at(copy, 0, 0) - 16, bytes, sizeof(bytes));
        image_put_bytes(map->im, image_region_at(1 - copy, 0, 0) - 16, bytes, sizeof(bytes));
    }
}

/* The table's head, an entry, or the bytes that an entry names. */
static void mutate_metadata(struct map *map, struct dice *dice)
{
    static const struct field head[] = {{0, 8}, {8, 2}, {10, 2}, {12, 8}};
    static const struct field entry[] = {{0, 8}, {16, 4}, {20, 4}, {24, 4}, {28, 4}};
    static const struct field value[] = {{0, 4}, {4, 4}, {0, 8}, {8, 8}, {16, 4}, {20, 8}};
    const uint64_t at = map->metadata_offset;
    const uint64_t count = image_get(map->im, at + 10, 2);
    const uint64_t slot = at + 32 + 32 * dice_roll(dice, count < 16 ? count + 1 : 16);
    const uint64_t what = dice_roll(dice, 5);

    if (what == 0) {
        change_field(map, dice, at, head, VX_COUNT_OF(head));
    } else if (what < 3) {
        change_field(map, dice, slot, entry, VX_COUNT_OF(entry));
    } else {
        change_field(map, dice, at + image_get(map->im, slot + 16, 4), value, VX_COUNT_OF(value));
    }
}

/* An entry: another state, the place of another block, a place near its own, or any value. */
static void mutate_bat(struct map *map, struct dice *dice)
{
    const uint64_t most =
        map->bat_entries < BLOCK_ENTRIES_MOST ? map->bat_entries + 1 : BLOCK_ENTRIES_MOST;
    const uint64_t few = most < 64 || dice_roll(dice, 4) == 0 ? most : 64;
    const uint64_t at = map->bat_offset + 8 * dice_roll(dice, few);
    const uint64_t other = map->bat_offset + 8 * dice_roll(dice, few);
    const uint64_t old = image_get(map->im, at, 8);

    switch (dice_roll(dice, 4)) {
    case 0:
        image_put(map->im, at, 8, (old & ~UINT64_C(7)) | dice_roll(dice, 8));
        break;
    case 1:
        image_put(map->im, at, 8, image_get(map->im, other, 8));
        break;
    case 2:
        image_put(map->im, at, 8, (dice_roll(dice, 32) << 20) | 6);
        break;
    default:
        change(map, dice, at, 8);
        break;
    }
}

static uint64_t log_sectors(const struct map *map)
{
    const uint64_t sectors = map->log_length / LOG_SECTOR;

    return sectors < LOG_SECTORS_MOST ? sectors : LOG_SECTORS_MOST;
}

static bool is_entry(const struct map *map, uint64_t sector)
{
    return image_get(map->im, map->log_offset + sector * LOG_SECTOR, 4) == 0x65676f6c;
}

/* An entry of the log, one of its descriptors or data sectors, or the place of two sectors. */
static void mutate_log(struct map *map, struct dice *dice)
{
    static const struct field entry[] = {{0, 4},  {8, 4},  {12, 4}, {16, 8}, {24, 4},
                                         {28, 4}, {32, 8}, {48, 8}, {56, 8}};
    static const struct field descriptor[] = {{0, 4}, {4, 4}, {8, 8}, {16, 8}, {24, 8}};
    static const struct field sector[] = {{0, 4}, {4, 4}, {8, 8}, {4092, 4}};
    const uint64_t sectors = log_sectors(map);
    uint64_t at = sectors > 0 ? dice_roll(dice, sectors) : 0;
    const uint64_t what = dice_roll(dice, 8);

    for (uint64_t i = 0; i < sectors && !is_entry(map, at); i++) {
        at = (at + 1) % sectors;
    }
    at = map->log_offset + at * LOG_SECTOR;
    if (what < 4) {
        change_field(map, dice, at, entry, VX_COUNT_OF(entry));
    } else if (what < 6) {
        change_field(map, dice, at + E_DESCRIPTOR(dice_roll(dice, 4)), descriptor,
                     VX_COUNT_OF(descriptor));
    } else if (what < 7) {
        change_field(map, dice, at + LOG_SECTOR * (1 + dice_roll(dice, 4)), sector,
                     VX_COUNT_OF(sector));
    } else {
        uint8_t bytes[LOG_SECTOR];

        image_get_bytes(map->im, at, bytes, sizeof(bytes));
        image_put_bytes(map->im, at + LOG_SECTOR * dice_roll(dice, 8), bytes, sizeof(bytes));
    }
}

/* The file ends elsewhere: cut, cut to a MiB, or longer. */
static void mutate_size(struct map *map, struct dice *dice)
{
    const uint64_t mib = dice_roll(dice, 64);
    const uint64_t old = map->im->size;

    switch (dice_roll(dice, 3)) {
    case 0:
        map->im->size = mib * IMAGE_MIB;
        break;
    case 1:
        map->im->size = old > mib ? old - mib : old;
        break;
    default:
        map->im->size = old < (UINT64_C(1) << 62) ? old + mib * IMAGE_MIB + mib : old;
        break;
    }
}

void mutate_image(struct image *im, uint64_t seed)
{
    typedef void mutate_fn(struct map *, struct dice *);
    static mutate_fn *const mutations[] = {
        mutate_header,   mutate_header, mutate_region_table, mutate_region_table, mutate_metadata,
        mutate_metadata, mutate_bat,    mutate_bat,          mutate_bat,          mutate_log,
        mutate_log,      mutate_log,    mutate_size,         mutate_identifier};
    struct dice dice;
    struct map map;
    uint64_t count;

    dice_init(&dice, seed);
    find_structures(&map, im);
    count = 1 + dice_roll(&dice, MUTATIONS_MOST);
    for (uint64_t i = 0; i < count; i++) {
        mutations[dice_roll(&dice, VX_COUNT_OF(mutations))](&map, &dice);
    }
    if (dice_roll(&dice, 8) != 0) {
        log_seal_all(&(struct test_log){
            .im = im, .offset = map.log_offset, .length = (uint32_t)map.log_length});
        image_seal(im);
    }
}
