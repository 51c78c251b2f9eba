/* Rows of the areas MDT and MDE. Spec: MS-VHDX 2.6, 2.6.1, 2.6.2. */
#include "tests/support/cases.h"

enum { ENTRY_BYTES = 32, NEXT = IMAGE_ITEM_NEXT, FREE_POS = 0x20000 };

/* Field of an entry in the file. */
#define MENTRY(index, pos) (IMAGE_METADATA + 32 + ENTRY_BYTES * (index) + (pos))

static void add_item(struct image *im, uint32_t offset, uint32_t length, uint32_t flags)
{
    image_add_item(im, IMAGE_GUID_FOREIGN, offset, length, flags);
}

static void add_optional(struct image *im)
{
    add_item(im, FREE_POS, 16, 0);
}

static void add_required(struct image *im)
{
    add_item(im, FREE_POS, 16, 4);
}

static void add_user(struct image *im)
{
    add_item(im, FREE_POS, 16, 1);
}

static void add_user_required(struct image *im)
{
    add_item(im, FREE_POS, 16, 5);
}

static void add_optional_twice(struct image *im)
{
    add_item(im, FREE_POS, 16, 0);
    add_item(im, FREE_POS + 16, 16, 2);
}

static void add_system_and_user(struct image *im)
{
    add_item(im, FREE_POS, 16, 0);
    add_item(im, FREE_POS + 16, 16, 1);
}

static void add_second_disk_size(struct image *im)
{
    image_add_item(im, IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_SIZE], FREE_POS, 8, 6);
    image_put(im, IMAGE_METADATA + FREE_POS, 8, im->spec.disk_bytes);
}

static void add_user_disk_size(struct image *im)
{
    image_add_item(im, IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_SIZE], FREE_POS, 8, 1);
}

static void add_item_in_table(struct image *im)
{
    add_item(im, 65535, 1, 0);
}

static void add_item_to_the_end(struct image *im)
{
    add_item(im, (uint32_t)IMAGE_MIB - 8, 8, 0);
}

static void add_item_beyond_the_end(struct image *im)
{
    add_item(im, (uint32_t)IMAGE_MIB - 7, 8, 0);
}

static void add_item_at_2_32(struct image *im)
{
    add_item(im, 0xffffffffu, 0xffffffffu, 0);
}

/* Second of two items shares its first byte with the last of the other. */
static void add_overlapping(struct image *im)
{
    add_item(im, FREE_POS, 16, 0);
    add_item(im, FREE_POS + 15, 16, 0);
    image_put(im, MENTRY(NEXT + 1, 15), 1, 0);
}

static void add_adjacent(struct image *im)
{
    add_item(im, FREE_POS, 16, 0);
    add_item(im, FREE_POS + 16, 16, 0);
    image_put(im, MENTRY(NEXT + 1, 15), 1, 0);
}

/* The metadata region is the last thing in the file and `length` long. */
static void grow_region(struct image *im, uint64_t length)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_region_at(copy, IMAGE_REGION_BAT, 16), 8, 512 * IMAGE_MIB);
        image_put(im, image_region_at(copy, IMAGE_REGION_METADATA, 24), 4, length);
    }
    im->size = 513 * IMAGE_MIB;
}

static void add_item_of_1_mib(struct image *im)
{
    grow_region(im, 4 * IMAGE_MIB);
    add_item(im, (uint32_t)IMAGE_MIB, (uint32_t)IMAGE_MIB, 0);
}

static void add_item_above_1_mib(struct image *im)
{
    grow_region(im, 4 * IMAGE_MIB);
    add_item(im, (uint32_t)IMAGE_MIB, (uint32_t)IMAGE_MIB + 1, 0);
}

static void grow_region_to_128_mib(struct image *im)
{
    grow_region(im, 128 * IMAGE_MIB);
}

static void grow_region_to_129_mib(struct image *im)
{
    grow_region(im, 129 * IMAGE_MIB);
}

/* count items of 1 MiB each, with GUIDs of their own. */
static void add_large_items(struct image *im, uint32_t count, uint32_t flags)
{
    grow_region(im, 64 * IMAGE_MIB);
    for (uint32_t i = 0; i < count; i++) {
        add_item(im, (i + 1) * (uint32_t)IMAGE_MIB, (uint32_t)IMAGE_MIB, flags);
        image_put(im, MENTRY(UINT64_C(0) + NEXT + i, 0), 4, i + 1);
    }
}

static void add_40_user_items(struct image *im)
{
    add_large_items(im, 40, 1);
}

static void add_41_user_items(struct image *im)
{
    add_large_items(im, 41, 1);
}

static void add_40_system_items(struct image *im)
{
    add_large_items(im, 40, 0);
}

static void add_39_system_items(struct image *im)
{
    add_large_items(im, 39, 0);
}

static void add_empty_users(struct image *im, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_item(im, 0, 0, 1);
        image_put(im, MENTRY(UINT64_C(0) + NEXT + i, 0), 4, i + 1);
    }
}

static void add_1024_users(struct image *im)
{
    add_empty_users(im, 1024);
}

static void add_1025_users(struct image *im)
{
    add_empty_users(im, 1025);
}

static void add_empty_item(struct image *im)
{
    add_item(im, 0, 0, 0);
}

static void add_empty_item_with_offset(struct image *im)
{
    add_item(im, FREE_POS, 0, 0);
}

static void add_hidden_required(struct image *im)
{
    image_add_item(im, IMAGE_GUID_CHS, FREE_POS, 8, 6);
    image_add_item(im, IMAGE_GUID_PMEM, FREE_POS + 8, 8, 6);
}

static void add_zero_id(struct image *im)
{
    image_add_item(im, IMAGE_GUID_ZERO, FREE_POS, 8, 0);
}

static void add_id_of_one_byte(struct image *im)
{
    add_zero_id(im);
    image_put(im, MENTRY(NEXT, 15), 1, 1);
}

static void add_incomplete(struct image *im)
{
    image_add_item(im, IMAGE_GUID_INCOMPLETE, FREE_POS, 8, 0);
}

static void add_incomplete_required(struct image *im)
{
    image_add_item(im, IMAGE_GUID_INCOMPLETE, FREE_POS, 8, 4);
}

static void add_incomplete_as_user(struct image *im)
{
    image_add_item(im, IMAGE_GUID_INCOMPLETE, FREE_POS, 8, 1);
}

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "region one byte shorter than the table", .rule = VX_MDT_001, .fires = true,
     .poke = {{REGION, 1, R_LENGTH, 65535}}, .want = "MDT-001f RUN-003w...",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "region as long as the table", .rule = VX_MDT_001,
     .poke = {{REGION, 1, R_LENGTH, 65536}}, .want = "RGE-004e MDE-015f RUN-003w..."},

    {.name = "first byte of the signature", .rule = VX_MDT_002, .fires = true,
     .poke = {{META, 0, 0, 1, 'M'}}, .want = "MDT-002f RUN-003w", .index = 0,
     .offset = IMAGE_METADATA},
    {.name = "last byte of the signature", .rule = VX_MDT_002, .fires = true,
     .poke = {{META, 0, 7, 1, 'A'}}, .want = "MDT-002f RUN-003w", .index = 0,
     .offset = IMAGE_METADATA},
    {.name = "reserved field next to the signature", .rule = VX_MDT_002,
     .poke = {{META, 0, M_RESERVED, 'a'}}, .want = "MDT-003e"},

    {.name = "reserved field", .rule = VX_MDT_003, .fires = true,
     .poke = {{META, 0, M_RESERVED, 0x8000}}, .want = "MDT-003e", .index = 0,
     .offset = IMAGE_METADATA + 8},
    {.name = "one item more", .rule = VX_MDT_003, .edit = add_optional, .want = ""},

    {.name = "2048 items", .rule = VX_MDT_004, .fires = true, .poke = {{META, 0, M_COUNT, 2048}},
     .want = "MDT-004f RUN-003w", .index = 0, .offset = IMAGE_METADATA + 10},
    {.name = "65535 items", .rule = VX_MDT_004, .fires = true,
     .poke = {{META, 0, M_COUNT, 65535}}, .want = "MDT-004f RUN-003w", .index = 0,
     .offset = IMAGE_METADATA + 10},
    {.name = "2047 items", .rule = VX_MDT_004, .poke = {{META, 0, M_COUNT, 2047}},
     .want = "MDE-001e MDE-019w"},

    {.name = "first of the 20 reserved bytes", .rule = VX_MDT_005, .fires = true,
     .poke = {{META, 0, 12, 1, 1}}, .want = "MDT-005e", .index = 0,
     .offset = IMAGE_METADATA + 12},
    {.name = "last of the 20 reserved bytes", .rule = VX_MDT_005, .fires = true,
     .poke = {{META, 0, 31, 1, 1}}, .want = "MDT-005e", .index = 0,
     .offset = IMAGE_METADATA + 12},
    {.name = "garbage in the slot behind the last item", .rule = VX_MDT_005,
     .poke = {{ITEM, NEXT, 0, 8, UINT64_MAX}, {ITEM, NEXT, 24, 8, UINT64_MAX}}, .want = ""},

    {.name = "region of 129 MiB", .rule = VX_MDT_007, .fires = true,
     .edit = grow_region_to_129_mib, .want = "MDT-007i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "user items of 41 MiB", .rule = VX_MDT_007, .fires = true,
     .edit = add_41_user_items, .want = "MDT-007i", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "system items of 40 MiB and 40 bytes", .rule = VX_MDT_007, .fires = true,
     .edit = add_40_system_items, .want = "MDT-007i", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "region of 128 MiB", .rule = VX_MDT_007, .edit = grow_region_to_128_mib,
     .want = ""},
    {.name = "user items of 40 MiB", .rule = VX_MDT_007, .edit = add_40_user_items,
     .want = ""},
    {.name = "system items of 39 MiB and 40 bytes", .rule = VX_MDT_007,
     .edit = add_39_system_items, .want = ""},

    {.name = "foreign item twice", .rule = VX_MDE_001, .fires = true, .edit = add_optional_twice,
     .want = "MDE-001e", .index = NEXT + 1, .offset = MENTRY(NEXT + 1, 0)},
    {.name = "disk size twice", .rule = VX_MDE_001, .fires = true, .edit = add_second_disk_size,
     .want = "MDE-001f...", .index = NEXT, .offset = MENTRY(NEXT, 0)},
    {.name = "same ID once as a user item", .rule = VX_MDE_001, .edit = add_system_and_user,
     .want = ""},

    {.name = "item in the last byte of the table", .rule = VX_MDE_002, .fires = true,
     .edit = add_item_in_table, .want = "MDE-002e", .index = NEXT, .offset = MENTRY(NEXT, 16)},
    {.name = "file parameters in the table", .rule = VX_MDE_002, .fires = true,
     .poke = {{ITEM, 0, I_OFFSET, 65535}}, .want = "MDE-002f MDE-015f RUN-003w", .index = 0,
     .offset = MENTRY(0, 16)},
    {.name = "file parameters at offset 0", .rule = VX_MDE_002, .fires = true,
     .poke = {{ITEM, 0, I_OFFSET, 0}}, .want = "MDE-002f MDE-015f RUN-003w", .index = 0,
     .offset = MENTRY(0, 16)},
    {.name = "file parameters right behind the table", .rule = VX_MDE_002,
     .poke = {{ITEM, 0, I_OFFSET, 65536}}, .want = ""},

    {.name = "item one byte too far", .rule = VX_MDE_003, .fires = true,
     .edit = add_item_beyond_the_end, .want = "MDE-003e", .index = NEXT,
     .offset = MENTRY(NEXT, 16)},
    {.name = "item at 2^32 - 1 of length 2^32 - 1", .rule = VX_MDE_003, .fires = true,
     .edit = add_item_at_2_32, .want = "MDT-007i MDE-003e MDE-005e", .index = NEXT,
     .offset = MENTRY(NEXT, 16)},
    {.name = "disk size beyond the region", .rule = VX_MDE_003, .fires = true,
     .poke = {{ITEM, 1, I_OFFSET, IMAGE_MIB - 4}}, .want = "MDE-003f MDE-015f RUN-003w",
     .index = 1, .offset = MENTRY(1, 16)},
    {.name = "item at the end of the region", .rule = VX_MDE_003, .edit = add_item_to_the_end,
     .want = ""},

    {.name = "items share a byte", .rule = VX_MDE_004, .fires = true, .edit = add_overlapping,
     .want = "MDE-004e", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "disk size inside the file parameters", .rule = VX_MDE_004, .fires = true,
     .poke = {{ITEM, 3, I_OFFSET, 0x10000 + 64 + 4}}, .want = "MDE-004e...",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "items side by side", .rule = VX_MDE_004, .edit = add_adjacent, .want = ""},

    {.name = "item of 1 MiB and a byte", .rule = VX_MDE_005, .fires = true,
     .edit = add_item_above_1_mib, .want = "MDE-005e", .index = NEXT,
     .offset = MENTRY(NEXT, 20)},
    {.name = "item of 1 MiB", .rule = VX_MDE_005, .edit = add_item_of_1_mib, .want = ""},

    {.name = "empty item with an offset", .rule = VX_MDE_006, .fires = true,
     .edit = add_empty_item_with_offset, .want = "MDE-006e", .index = NEXT,
     .offset = MENTRY(NEXT, 16)},
    {.name = "empty item", .rule = VX_MDE_006, .edit = add_empty_item, .want = ""},

    {.name = "1025 user items", .rule = VX_MDE_007, .fires = true, .edit = add_1025_users,
     .want = "MDE-007f...", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "1024 user items", .rule = VX_MDE_007, .edit = add_1024_users, .want = ""},

    {.name = "foreign item required", .rule = VX_MDE_008, .fires = true, .edit = add_required,
     .want = "LAY-011f MDE-008f", .index = NEXT, .offset = CASE_ANY},
    {.name = "foreign item optional", .rule = VX_MDE_008, .edit = add_optional, .want = ""},
    {.name = "user item with a system item's ID, required", .rule = VX_MDE_008, .fires = true,
     .poke = {{ITEM, 4, I_FLAGS, 7}}, .want = "LAY-011f MDE-008f MDE-012e MDE-016e MDE-018w",
     .index = 4, .offset = CASE_ANY},
    {.name = "items known but not published", .rule = VX_MDE_008, .edit = add_hidden_required,
     .want = ""},

    {.name = "flag bit 3", .rule = VX_MDE_009, .fires = true, .poke = {{ITEM, 1, I_FLAGS, 0xe}},
     .want = "MDE-009e", .index = 1, .offset = MENTRY(1, 24)},
    {.name = "flag bit 31", .rule = VX_MDE_009, .fires = true,
     .poke = {{ITEM, 0, I_FLAGS, 0x80000004}}, .want = "MDE-009e", .index = 0,
     .offset = MENTRY(0, 24)},
    {.name = "defined flag bits", .rule = VX_MDE_009, .edit = add_user, .want = ""},

    {.name = "reserved field of an entry", .rule = VX_MDE_010, .fires = true,
     .poke = {{ITEM, 4, I_RESERVED, 0x80000000}}, .want = "MDE-010e", .index = 4,
     .offset = MENTRY(4, 28)},
    {.name = "reserved field of an unused entry", .rule = VX_MDE_010,
     .poke = {{ITEM, NEXT, I_RESERVED, 1}}, .want = ""},

    {.name = "disk size without IsVirtualDisk", .rule = VX_MDE_012, .fires = true,
     .poke = {{ITEM, 1, I_FLAGS, 4}}, .want = "MDE-012w", .index = 1, .offset = MENTRY(1, 24)},
    {.name = "file parameters with IsVirtualDisk", .rule = VX_MDE_012, .fires = true,
     .poke = {{ITEM, 0, I_FLAGS, 6}}, .want = "MDE-012w", .index = 0, .offset = MENTRY(0, 24)},
    {.name = "physical sector size as a user item", .rule = VX_MDE_012, .fires = true,
     .poke = {{ITEM, 4, I_FLAGS, 3}}, .want = "MDE-012e MDE-016e", .index = 4,
     .offset = MENTRY(4, 24)},
    {.name = "flags as the format has them", .rule = VX_MDE_012,
     .poke = {{ITEM, 0, I_FLAGS, 4}, {ITEM, 1, I_FLAGS, 6}}, .want = ""},

    {.name = "physical sector size not required", .rule = VX_MDE_013, .fires = true,
     .poke = {{ITEM, 4, I_FLAGS, 2}}, .want = "MDE-013i", .index = 4, .offset = MENTRY(4, 24)},
    {.name = "foreign item not required", .rule = VX_MDE_013, .edit = add_optional, .want = ""},

    {.name = "file parameters of 7 bytes", .rule = VX_MDE_014, .fires = true,
     .poke = {{ITEM, 0, I_LENGTH, 7}}, .want = "MDE-014f MDE-015f RUN-003w", .index = 0,
     .offset = MENTRY(0, 20)},
    {.name = "disk size of 9 bytes", .rule = VX_MDE_014, .fires = true,
     .poke = {{ITEM, 1, I_LENGTH, 9}}, .want = "MDE-014e", .index = 1,
     .offset = MENTRY(1, 20)},
    {.name = "physical sector size of 3 bytes", .rule = VX_MDE_014, .fires = true,
     .poke = {{ITEM, 4, I_LENGTH, 3}}, .want = "MDE-014f MDE-016e", .index = 4,
     .offset = MENTRY(4, 20)},
    {.name = "empty logical sector size", .rule = VX_MDE_014, .fires = true,
     .poke = {{ITEM, 3, I_LENGTH, 0}, {ITEM, 3, I_OFFSET, 0}},
     .want = "MDE-014f MDE-015f RUN-003w", .index = 3, .offset = MENTRY(3, 20)},
    {.name = "parent locator of 19 bytes", .rule = VX_MDE_014, .fires = true,
     .spec = {.type = IMAGE_DIFFERENCING}, .poke = {{ITEM, 5, I_LENGTH, 19}},
     .want = "MDE-014f...", .index = 5, .offset = MENTRY(5, 20)},
    {.name = "parent locator of 20 bytes", .rule = VX_MDE_014,
     .spec = {.type = IMAGE_DIFFERENCING}, .poke = {{ITEM, 5, I_LENGTH, 20}},
     .want = "RUN-006w"},

    {.name = "no file parameters", .rule = VX_MDE_015, .fires = true,
     .poke = {{ITEM, 0, I_GUID, 9}, {ITEM, 0, I_FLAGS, 0}}, .want = "MDE-015f RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no disk size", .rule = VX_MDE_015, .fires = true,
     .poke = {{ITEM, 1, I_GUID, 9}, {ITEM, 1, I_FLAGS, 0}}, .want = "MDE-015f RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no logical sector size", .rule = VX_MDE_015, .fires = true,
     .poke = {{ITEM, 3, I_GUID, 9}, {ITEM, 3, I_FLAGS, 0}}, .want = "MDE-015f RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no item at all", .rule = VX_MDE_015, .fires = true, .poke = {{META, 0, M_COUNT, 0}},
     .want = "MDE-015f MDE-016e RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no disk ID and no physical sector size", .rule = VX_MDE_015,
     .poke = {{ITEM, 2, I_GUID, 9}, {ITEM, 2, I_FLAGS, 0}, {ITEM, 4, I_GUID, 10},
              {ITEM, 4, I_FLAGS, 0}},
     .want = "MDE-016e"},

    {.name = "no disk ID", .rule = VX_MDE_016, .fires = true,
     .poke = {{ITEM, 2, I_GUID, 9}, {ITEM, 2, I_FLAGS, 0}}, .want = "MDE-016e",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no physical sector size", .rule = VX_MDE_016, .fires = true,
     .poke = {{ITEM, 4, I_GUID, 9}, {ITEM, 4, I_FLAGS, 0}}, .want = "MDE-016e",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "a user item with the disk size's ID besides", .rule = VX_MDE_016,
     .edit = add_user_disk_size, .want = "MDE-012e"},

    {.name = "user item required", .rule = VX_MDE_018, .fires = true, .edit = add_user_required,
     .want = "LAY-011f MDE-008f MDE-018w", .index = NEXT, .offset = MENTRY(NEXT, 24)},
    {.name = "user item", .rule = VX_MDE_018, .edit = add_user, .want = ""},

    {.name = "zero item ID", .rule = VX_MDE_019, .fires = true, .edit = add_zero_id,
     .want = "MDE-019w", .index = NEXT, .offset = MENTRY(NEXT, 0)},
    {.name = "item ID of one byte", .rule = VX_MDE_019, .edit = add_id_of_one_byte, .want = ""},

    {.name = "creation never finished", .rule = VX_MDE_020, .fires = true,
     .edit = add_incomplete, .want = "MDE-020w", .index = NEXT, .offset = CASE_ANY},
    {.name = "creation never finished, required", .rule = VX_MDE_020, .fires = true,
     .edit = add_incomplete_required, .want = "MDE-020f", .index = NEXT, .offset = CASE_ANY},
    {.name = "a user item with that ID", .rule = VX_MDE_020, .edit = add_incomplete_as_user,
     .want = "..."},
};
/* clang-format on */

const struct rule_cases CASES_METADATA_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
