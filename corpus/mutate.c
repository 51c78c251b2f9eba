/* Structure-aware damage. Naive algorithm: choose a field, choose a value, write it. Positions:
 * MS-VHDX 2.2 to 2.6. Loops end with the sectors of the log that are looked at. */
#include "corpus/mutate.h"

#include "corpus/anatomy.h"
#include "corpus/logbuild.h"
#include "corpus/rearrange.h"
#include "corpus/reseal.h"

enum { MUTATIONS_MOST = 8, BLOCK_ENTRIES_MOST = 131072 };

/* ---- values ---- */

/* A number that is near something: a boundary, a power of 2, the old value, another field. */
static uint64_t near_value(struct dice *dice, uint64_t old, unsigned width)
{
    const uint64_t power = UINT64_C(1) << dice_roll(dice, 8 * (uint64_t)width);

    switch (dice_roll(dice, 9)) {
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
    case 7:
        return dice_roll(dice, 64) * IMAGE_MIB;
    default:
        return old ^ power;
    }
}

/* Change `width` bytes at `offset`: the whole field, or one bit of it. */
static void change(struct image *im, struct dice *dice, uint64_t offset, unsigned width)
{
    const uint64_t old = image_get(im, offset, width);
    uint64_t value = near_value(dice, old, width);

    if (dice_roll(dice, 4) == 0) {
        value = old ^ UINT64_C(1) << dice_roll(dice, 8 * (uint64_t)width);
    }
    image_put(im, offset, width, value);
}

struct field {
    uint16_t pos;
    uint16_t width;
};

static void change_field(struct image *im, struct dice *dice, uint64_t offset,
                         const struct field *fields, size_t count)
{
    const struct field *field = &fields[dice_roll(dice, count)];

    change(im, dice, offset + field->pos, field->width);
}

/* ---- structures ---- */

static void mutate_identifier(const struct anatomy *a, struct dice *dice)
{
    change(a->im, dice, 8 * dice_roll(dice, 65), 8);
}

/* One copy, or both alike. */
static void mutate_header(const struct anatomy *a, struct dice *dice)
{
    static const struct field fields[] = {{0, 4},  {8, 8},  {16, 8}, {32, 8}, {48, 8},
                                          {64, 2}, {66, 2}, {68, 4}, {72, 8}, {80, 8}};
    const unsigned copy = (unsigned)dice_roll(dice, 2);
    uint8_t bytes[4096];

    change_field(a->im, dice, image_header_at(copy, 0), fields, VX_COUNT_OF(fields));
    if (dice_roll(dice, 2) == 0) {
        image_get_bytes(a->im, image_header_at(copy, 16), bytes, sizeof(bytes) - 16);
        image_put_bytes(a->im, image_header_at(1 - copy, 16), bytes, sizeof(bytes) - 16);
    }
}

static void mutate_region_table(const struct anatomy *a, struct dice *dice)
{
    static const struct field head[] = {{0, 4}, {8, 4}, {12, 4}};
    static const struct field entry[] = {{0, 8}, {16, 8}, {24, 4}, {28, 4}};
    const unsigned copy = (unsigned)dice_roll(dice, 2);
    const uint64_t count = image_get(a->im, image_region_at(copy, 0, 0) - 8, 4);
    uint8_t bytes[4096];

    if (dice_roll(dice, 3) == 0) {
        change_field(a->im, dice, image_region_at(copy, 0, 0) - 16, head, VX_COUNT_OF(head));
    } else {
        const uint64_t index = dice_roll(dice, count < 8 ? count + 1 : 8);

        change_field(a->im, dice, image_region_at(copy, (unsigned)index, 0), entry,
                     VX_COUNT_OF(entry));
    }
    if (dice_roll(dice, 4) != 0) {
        image_get_bytes(a->im, image_region_at(copy, 0, 0) - 16, bytes, sizeof(bytes));
        image_put_bytes(a->im, image_region_at(1 - copy, 0, 0) - 16, bytes, sizeof(bytes));
    }
}

/* The table's head, an entry, or the bytes that an entry names. */
static void mutate_metadata(const struct anatomy *a, struct dice *dice)
{
    static const struct field head[] = {{0, 8}, {8, 2}, {10, 2}, {12, 8}};
    static const struct field entry[] = {{0, 8}, {16, 4}, {20, 4}, {24, 4}, {28, 4}};
    static const struct field value[] = {{0, 4}, {4, 4}, {0, 8}, {8, 8}, {16, 4}, {20, 8}};
    const uint64_t at = a->metadata_offset;
    const uint64_t count = image_get(a->im, at + 10, 2);
    const uint64_t slot = at + 32 + 32 * dice_roll(dice, count < 16 ? count + 1 : 16);
    const uint64_t what = dice_roll(dice, 5);

    if (what == 0) {
        change_field(a->im, dice, at, head, VX_COUNT_OF(head));
    } else if (what < 3) {
        change_field(a->im, dice, slot, entry, VX_COUNT_OF(entry));
    } else {
        change_field(a->im, dice, at + image_get(a->im, slot + 16, 4), value, VX_COUNT_OF(value));
    }
}

/* An entry: another state, the place of another block, a place near its own, or any value. */
static void mutate_bat(const struct anatomy *a, struct dice *dice)
{
    const uint64_t most =
        a->bat_entries < BLOCK_ENTRIES_MOST ? a->bat_entries + 1 : BLOCK_ENTRIES_MOST;
    const uint64_t few = most < 64 || dice_roll(dice, 4) == 0 ? most : 64;
    const uint64_t at = a->bat_offset + 8 * dice_roll(dice, few);
    const uint64_t other = a->bat_offset + 8 * dice_roll(dice, few);
    const uint64_t old = image_get(a->im, at, 8);

    switch (dice_roll(dice, 4)) {
    case 0:
        image_put(a->im, at, 8, (old & ~UINT64_C(7)) | dice_roll(dice, 8));
        break;
    case 1:
        image_put(a->im, at, 8, image_get(a->im, other, 8));
        break;
    case 2:
        image_put(a->im, at, 8, (dice_roll(dice, 32) << 20) | 6);
        break;
    default:
        change(a->im, dice, at, 8);
        break;
    }
}

/* An entry of the log, one of its descriptors or data sectors, or the place of two sectors. */
static void mutate_log(const struct anatomy *a, struct dice *dice)
{
    static const struct field entry[] = {{0, 4},  {8, 4},  {12, 4}, {16, 8}, {24, 4},
                                         {28, 4}, {32, 8}, {48, 8}, {56, 8}};
    static const struct field descriptor[] = {{0, 4}, {4, 4}, {8, 8}, {16, 8}, {24, 8}};
    static const struct field sector[] = {{0, 4}, {4, 4}, {8, 8}, {4092, 4}};
    const uint64_t at = anatomy_entry_at(a, dice_roll(dice, anatomy_sectors(a) + 1));
    const uint64_t what = dice_roll(dice, 8);

    if (what < 4) {
        change_field(a->im, dice, at, entry, VX_COUNT_OF(entry));
    } else if (what < 6) {
        change_field(a->im, dice, at + E_DESCRIPTOR(dice_roll(dice, 4)), descriptor,
                     VX_COUNT_OF(descriptor));
    } else if (what < 7) {
        change_field(a->im, dice, at + LOG_SECTOR * (1 + dice_roll(dice, 4)), sector,
                     VX_COUNT_OF(sector));
    } else {
        uint8_t bytes[LOG_SECTOR];

        image_get_bytes(a->im, at, bytes, sizeof(bytes));
        image_put_bytes(a->im, at + LOG_SECTOR * dice_roll(dice, 8), bytes, sizeof(bytes));
    }
}

/* The file ends elsewhere: cut, cut to a MiB, or longer. */
static void mutate_size(const struct anatomy *a, struct dice *dice)
{
    const uint64_t mib = dice_roll(dice, 64);
    const uint64_t old = a->im->size;

    switch (dice_roll(dice, 3)) {
    case 0:
        a->im->size = mib * IMAGE_MIB;
        break;
    case 1:
        a->im->size = old > mib ? old - mib : old;
        break;
    default:
        a->im->size = old < (UINT64_C(1) << 62) ? old + mib * IMAGE_MIB + mib : old;
        break;
    }
}

void mutate_once(struct image *im, struct dice *dice)
{
    typedef void mutate_fn(const struct anatomy *, struct dice *);
    static mutate_fn *const mutations[] = {
        mutate_header,     mutate_region_table, mutate_region_table, mutate_metadata,
        mutate_metadata,   mutate_bat,          mutate_bat,          mutate_bat,
        mutate_log,        mutate_log,          mutate_log,          mutate_log,
        mutate_size,       mutate_identifier,   rearrange_guids,     rearrange_sequences,
        rearrange_entries, rearrange_blocks,    rearrange_log,       rearrange_places};
    struct anatomy a;

    anatomy_find(&a, im);
    mutations[dice_roll(dice, VX_COUNT_OF(mutations))](&a, dice);
}

void mutate_image(struct image *im, uint64_t seed)
{
    struct dice dice;
    uint64_t count;

    dice_init(&dice, seed);
    count = 1 + dice_roll(&dice, MUTATIONS_MOST);
    for (uint64_t i = 0; i < count; i++) {
        mutate_once(im, &dice);
    }
    if (dice_roll(&dice, MUTATE_UNSEALED) != 0) {
        reseal_image(im);
    }
}
