/* Rearranging. Positions: MS-VHDX 2.2 to 2.6. Loops end with the 4 KiB chunks that are moved, at
 * most PARTS_MOST. */
#include "corpus/rearrange.h"

#include "corpus/logbuild.h"
#include "parser/bytes.h"

enum { GUID_BYTES = 16, ENTRY_BYTES = 32, PARTS_MOST = 256, BLOCKS_MOST = 131072 };

/* Copy what is there of `len` bytes at `from`, at most PARTS_MOST chunks. Only between places that
 * structures may have: multiples of 4096, below 2^62. */
static void copy_bytes(struct image *im, uint64_t from, uint64_t to, uint64_t len)
{
    const struct sparse *s = &im->bytes;
    uint8_t bytes[SPARSE_CHUNK_BYTES];
    uint64_t number = from / SPARSE_CHUNK_BYTES;

    if (from % SPARSE_CHUNK_BYTES != 0 || to % SPARSE_CHUNK_BYTES != 0 || from >> 62 != 0) {
        return;
    }
    for (unsigned i = 0; i < PARTS_MOST; i++) {
        const size_t at = sparse_find(s, number);

        if (at == s->count || s->chunk[at].number * SPARSE_CHUNK_BYTES - from >= len) {
            return;
        }
        number = s->chunk[at].number;
        memcpy(bytes, s->chunk[at].bytes, sizeof(bytes)); /* a write may move the array */
        image_put_bytes(im, to + (number * SPARSE_CHUNK_BYTES - from), bytes, sizeof(bytes));
        number++;
    }
}

/* Where something may go: behind the end, where it becomes part of the file, or to any MiB. */
static uint64_t choose_place(const struct anatomy *a, struct dice *dice, uint64_t len)
{
    if (dice_roll(dice, 2) == 0 && a->im->size < (UINT64_C(1) << 61)) {
        const uint64_t end = (a->im->size + IMAGE_MIB - 1) / IMAGE_MIB * IMAGE_MIB;

        a->im->size = end + len;
        return end;
    }
    return dice_roll(dice, 32) * IMAGE_MIB;
}

static void swap_bytes(struct image *im, uint64_t first, uint64_t second, size_t len, bool is_copy)
{
    uint8_t one[ENTRY_BYTES];
    uint8_t other[ENTRY_BYTES];

    image_get_bytes(im, first, one, len);
    image_get_bytes(im, second, other, len);
    image_put_bytes(im, second, one, len);
    if (!is_copy) {
        image_put_bytes(im, first, other, len);
    }
}

/* ---- GUIDs ---- */

static const uint8_t *known_guid(struct dice *dice)
{
    static const uint8_t *const known[] = {
        IMAGE_GUID_BAT,  IMAGE_GUID_METADATA,   IMAGE_GUID_CHS,     IMAGE_GUID_PMEM,
        IMAGE_GUID_ZERO, IMAGE_GUID_INCOMPLETE, IMAGE_GUID_FOREIGN, LOG_GUID};
    const uint64_t index = dice_roll(dice, VX_COUNT_OF(known) + IMAGE_ITEM_LOCATOR + 1);

    return index < VX_COUNT_OF(known) ? known[index] : IMAGE_GUID_ITEM[index - VX_COUNT_OF(known)];
}

static uint64_t choose_guid(const struct anatomy *a, struct dice *dice)
{
    switch (dice_roll(dice, 4)) {
    case 0:
        return image_region_at((unsigned)dice_roll(dice, 2),
                               (unsigned)dice_roll(dice, vx_min(anatomy_regions(a), 8) + 1), 0);
    case 1:
        return anatomy_item_at(a, dice_roll(dice, vx_min(anatomy_items(a), 16) + 1));
    case 2:
        return image_header_at(a->header, 48);
    default:
        return anatomy_entry_at(a, dice_roll(dice, anatomy_sectors(a) + 1)) + 32;
    }
}

void rearrange_guids(const struct anatomy *a, struct dice *dice)
{
    const uint64_t at = choose_guid(a, dice);

    if (dice_roll(dice, 3) == 0) { /* of whatever it was, the log is this image's now */
        swap_bytes(a->im, anatomy_entry_at(a, dice_roll(dice, anatomy_sectors(a) + 1)) + 32,
                   image_header_at(a->header, 48), GUID_BYTES, true);
    } else {
        image_put_bytes(a->im, at, known_guid(dice), GUID_BYTES);
    }
}

/* ---- sequence numbers ---- */

/* Give the entry at `at` another number, and so to its descriptors and data sectors. */
static void renumber(const struct anatomy *a, uint64_t at, uint64_t number)
{
    const uint64_t count = vx_min(image_get(a->im, at + 24, 4), PARTS_MOST);
    uint64_t sector = at + LOG_SECTOR * (uint64_t)log_descriptor_sectors((uint32_t)count);

    image_put(a->im, at + 16, 8, number);
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t descriptor = at + E_DESCRIPTOR(i);

        image_put(a->im, descriptor + 24, 8, number);
        if (image_get(a->im, descriptor, 4) == 0x63736564) { /* "desc" */
            image_put(a->im, sector + 4, 4, number >> 32);
            image_put(a->im, sector + 4092, 4, number & UINT32_MAX);
            sector += LOG_SECTOR;
        }
    }
}

/* One that matters: that of another entry or near it, or one of the last there are. */
static uint64_t choose_number(const struct anatomy *a, struct dice *dice)
{
    const uint64_t other = anatomy_entry_at(a, dice_roll(dice, anatomy_sectors(a) + 1));
    const uint64_t number = image_get(a->im, other + 16, 8);

    switch (dice_roll(dice, 4)) {
    case 0:
        return number;
    case 1:
        return number == UINT64_MAX ? 0 : number + 1;
    case 2:
        return number == 0 ? UINT64_MAX : number - 1;
    default:
        return UINT64_MAX - dice_roll(dice, 3);
    }
}

void rearrange_sequences(const struct anatomy *a, struct dice *dice)
{
    const uint64_t first = image_header_at(a->header, 8);
    const uint64_t second = image_header_at(1 - a->header, 8);

    if (dice_roll(dice, 4) == 0) { /* the other copy is the current one, or none is */
        swap_bytes(a->im, first, second, 8, dice_roll(dice, 2) == 0);
    } else {
        renumber(a, anatomy_entry_at(a, dice_roll(dice, anatomy_sectors(a) + 1)),
                 choose_number(a, dice));
    }
}

/* ---- entries of tables ---- */

/* Another one of `count` things, at least 2. */
static uint64_t choose_other(struct dice *dice, uint64_t first, uint64_t count)
{
    return (first + 1 + dice_roll(dice, count - 1)) % count;
}

static void rearrange_regions(const struct anatomy *a, struct dice *dice, bool is_copy)
{
    const unsigned count = (unsigned)vx_min(anatomy_regions(a), 16) + 2;
    const unsigned first = (unsigned)dice_roll(dice, count);
    const unsigned second = (unsigned)choose_other(dice, first, count);

    swap_bytes(a->im, image_region_at(0, first, 0), image_region_at(0, second, 0), ENTRY_BYTES,
               is_copy);
    if (dice_roll(dice, 4) != 0) { /* in the other copy, too */
        swap_bytes(a->im, image_region_at(1, first, 0), image_region_at(1, second, 0), ENTRY_BYTES,
                   is_copy);
    }
}

void rearrange_entries(const struct anatomy *a, struct dice *dice)
{
    const bool is_copy = dice_roll(dice, 4) == 0;
    const uint64_t items = vx_min(anatomy_items(a), 16) + 2;
    const uint64_t blocks = vx_min(a->bat_entries, dice_roll(dice, 4) == 0 ? BLOCKS_MOST : 16) + 2;
    const uint64_t what = dice_roll(dice, 4);
    uint64_t first;

    if (what == 0) {
        rearrange_regions(a, dice, is_copy);
    } else if (what == 1) {
        first = dice_roll(dice, items);
        swap_bytes(a->im, anatomy_item_at(a, first),
                   anatomy_item_at(a, choose_other(dice, first, items)), ENTRY_BYTES, is_copy);
    } else {
        first = dice_roll(dice, blocks);
        swap_bytes(a->im, a->bat_offset + 8 * first,
                   a->bat_offset + 8 * choose_other(dice, first, blocks), 8, is_copy);
    }
}

/* ---- moves ---- */

void rearrange_blocks(const struct anatomy *a, struct dice *dice)
{
    const uint64_t at = a->bat_offset + 8 * dice_roll(dice, vx_min(a->bat_entries, 64) + 1);
    const uint64_t entry = image_get(a->im, at, 8);
    const uint64_t from = entry - entry % IMAGE_MIB;
    const uint64_t to = choose_place(a, dice, a->block_bytes);

    copy_bytes(a->im, from, to, a->block_bytes);
    image_put(a->im, at, 8, to | entry % IMAGE_MIB);
}

void rearrange_log(const struct anatomy *a, struct dice *dice)
{
    const uint64_t sectors = anatomy_sectors(a);
    const uint64_t from = anatomy_entry_at(a, dice_roll(dice, sectors + 1));
    const uint64_t len = vx_min(image_get(a->im, from + 8, 4), UINT64_C(16) * LOG_SECTOR);
    const uint64_t number = image_get(a->im, from + 16, 8);
    uint64_t pos = LOG_SECTOR * dice_roll(dice, sectors + 1);

    if (dice_roll(dice, 2) == 0 && sectors > 0 && number < UINT64_MAX) { /* its successor */
        pos = (from - a->log_offset + len) % (sectors * LOG_SECTOR);
        copy_bytes(a->im, from, a->log_offset + pos, len);
        renumber(a, a->log_offset + pos, number + 1);
    } else {
        copy_bytes(a->im, from, a->log_offset + pos, len);
    }
    if (dice_roll(dice, 2) == 0) { /* a sequence of its own */
        image_put(a->im, a->log_offset + pos + 12, 4, pos);
    }
}

static void move_log(const struct anatomy *a, uint64_t to)
{
    copy_bytes(a->im, a->log_offset, to, a->log_length);
    image_put(a->im, image_header_at(0, 72), 8, to);
    image_put(a->im, image_header_at(1, 72), 8, to);
}

void rearrange_places(const struct anatomy *a, struct dice *dice)
{
    const unsigned index = (unsigned)dice_roll(dice, vx_min(anatomy_regions(a), 4) + 1);
    const uint64_t from = image_get(a->im, image_region_at(a->table, index, 16), 8);
    const uint64_t len = image_get(a->im, image_region_at(a->table, index, 24), 4);

    if (dice_roll(dice, 3) == 0) {
        move_log(a, choose_place(a, dice, a->log_length));
    } else {
        const uint64_t to = choose_place(a, dice, len);

        copy_bytes(a->im, from, to, len);
        image_put(a->im, image_region_at(0, index, 16), 8, to);
        image_put(a->im, image_region_at(1, index, 16), 8, to);
    }
}
