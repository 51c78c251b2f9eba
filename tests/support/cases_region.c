/* Rows of the areas RGT and RGE. Spec: MS-VHDX 2.2.3. */
#include "tests/support/cases.h"

enum { ENTRY_BYTES = 32, FOREIGN = IMAGE_REGION_NEXT };

/* Field of an entry in the table that counts. */
#define RENTRY(index, pos) (IMAGE_REGIONS_1 + 16 + ENTRY_BYTES * (index) + (pos))

static void add_foreign(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB, IMAGE_MIB, 0);
    im->size = im->size > 5 * IMAGE_MIB ? im->size : 5 * IMAGE_MIB;
}

static void add_foreign_twice(struct image *im)
{
    add_foreign(im);
    image_add_region(im, IMAGE_GUID_FOREIGN, 5 * IMAGE_MIB, IMAGE_MIB, 0);
    im->size = 6 * IMAGE_MIB;
}

static void add_two_foreign(struct image *im)
{
    add_foreign_twice(im);
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_region_at(copy, FOREIGN + 1, 15), 1, 0);
    }
}

static void add_second_bat(struct image *im)
{
    image_add_region(im, IMAGE_GUID_BAT, 4 * IMAGE_MIB, IMAGE_MIB, 1);
    im->size = 5 * IMAGE_MIB;
}

static void add_second_metadata(struct image *im)
{
    image_add_region(im, IMAGE_GUID_METADATA, 4 * IMAGE_MIB, IMAGE_MIB, 1);
    im->size = 5 * IMAGE_MIB;
}

static void add_empty_foreign(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB, 0, 0);
}

static void add_foreign_inside_metadata(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, IMAGE_METADATA, IMAGE_MIB, 0);
}

static void add_foreign_on_foreign(struct image *im)
{
    add_two_foreign(im);
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_region_at(copy, FOREIGN, 24), 4, 2 * IMAGE_MIB);
    }
}

static void add_zero_guid(struct image *im)
{
    image_add_region(im, IMAGE_GUID_ZERO, 4 * IMAGE_MIB, IMAGE_MIB, 0);
    im->size = 5 * IMAGE_MIB;
}

static void add_guid_of_one_byte(struct image *im)
{
    add_zero_guid(im);
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_region_at(copy, FOREIGN, 15), 1, 1);
    }
}

static void set_count_beyond(struct image *im)
{
    image_put(im, IMAGE_REGIONS_1 + 8, 4, 2048);
    image_put(im, IMAGE_REGIONS_2 + 8, 4, 2048);
}

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "table 1 has no signature", .rule = VX_RGT_002, .fires = true,
     .poke = {{TABLE_1, 0, T_SIGNATURE, 0}}, .want = "RGT-002e RGT-005e", .index = 0,
     .offset = IMAGE_REGIONS_1},
    {.name = "table 2 has a capital letter", .rule = VX_RGT_002, .fires = true,
     .poke = {{TABLE_2, 0, 0, 1, 'R'}}, .want = "RGT-002e RGT-005e", .index = 1,
     .offset = IMAGE_REGIONS_2},
    {.name = "table 1 is damaged behind its signature", .rule = VX_RGT_002,
     .poke = {{TABLE_1, 0, T_RESERVED, 1}}, .is_unsealed = true, .want = "RGT-003e RGT-005e"},

    {.name = "last covered byte of table 2", .rule = VX_RGT_003, .fires = true,
     .poke = {{TABLE_2, 0, 65535, 1, 1}}, .is_unsealed = true, .want = "RGT-003e RGT-005e",
     .index = 1, .offset = IMAGE_REGIONS_2 + 4},
    {.name = "first byte of the count of table 1", .rule = VX_RGT_003, .fires = true,
     .poke = {{TABLE_1, 0, 8, 1, 3}}, .is_unsealed = true, .want = "RGT-003e RGT-005e",
     .index = 0, .offset = IMAGE_REGIONS_1 + 4},
    {.name = "first byte behind table 2", .rule = VX_RGT_003,
     .poke = {{TABLE_2, 0, 65536, 1, 1}}, .is_unsealed = true, .want = ""},

    {.name = "no table has a signature", .rule = VX_RGT_004, .fires = true,
     .poke = {{TABLES, 0, T_SIGNATURE, 0}}, .want = "RGT-002e RGT-004f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_REGIONS_1},
    {.name = "one signature, one checksum", .rule = VX_RGT_004, .fires = true,
     .poke = {{TABLE_1, 0, T_SIGNATURE, 0}, {TABLE_2, 0, 65535, 1, 1}}, .is_unsealed = true,
     .want = "RGT-002e RGT-003e RGT-004f RUN-003w", .index = CASE_ANY,
     .offset = IMAGE_REGIONS_1},
    {.name = "only table 2 is left", .rule = VX_RGT_004,
     .poke = {{TABLE_1, 0, T_SIGNATURE, 0}}, .want = "RGT-002e RGT-005e"},

    {.name = "table 1 damaged, table 2 judged", .rule = VX_RGT_005, .fires = true,
     .poke = {{TABLE_1, 0, T_SIGNATURE, 0}, {REGION, 0, R_REQUIRED, 0}},
     .want = "RGT-002e RGT-005e RGE-012i", .index = 0, .offset = IMAGE_REGIONS_1},
    {.name = "both tables rewritten alike", .rule = VX_RGT_005,
     .poke = {{TABLES, 0, 65535, 1, 9}}, .want = ""},

    {.name = "table 2 places the BAT elsewhere", .rule = VX_RGT_006, .fires = true,
     .poke = {{TABLE_2, 0, 16 + 16, 8, 4 * IMAGE_MIB}}, .size = 5 * IMAGE_MIB,
     .want = "RGT-006f", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "table 2 has a longer metadata region", .rule = VX_RGT_006, .fires = true,
     .poke = {{TABLE_2, 0, 16 + 32 + 24, 4, 2 * IMAGE_MIB}}, .want = "RGT-006f",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "table 2 has another Required", .rule = VX_RGT_006, .fires = true,
     .poke = {{TABLE_2, 0, 16 + 28, 4, 0}}, .want = "RGT-006e", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "table 2 has another reserved field", .rule = VX_RGT_006, .fires = true,
     .poke = {{TABLE_2, 0, T_RESERVED, 1}}, .want = "RGT-006i RGT-008i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "table 2 differs in its last byte", .rule = VX_RGT_006, .fires = true,
     .poke = {{TABLE_2, 0, 65535, 1, 1}}, .want = "RGT-006i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "both tables have the same slack", .rule = VX_RGT_006,
     .poke = {{TABLES, 0, 16 + 2 * ENTRY_BYTES, 8, UINT64_MAX}}, .want = ""},

    {.name = "2048 regions", .rule = VX_RGT_007, .fires = true, .edit = set_count_beyond,
     .want = "RGT-007f RUN-003w", .index = 0, .offset = IMAGE_REGIONS_1 + 8},
    {.name = "2^32 - 1 regions", .rule = VX_RGT_007, .fires = true,
     .poke = {{TABLES, 0, T_COUNT, 0xffffffff}}, .want = "RGT-007f RUN-003w", .index = 1,
     .offset = IMAGE_REGIONS_2 + 8},
    {.name = "2047 regions", .rule = VX_RGT_007, .poke = {{TABLES, 0, T_COUNT, 2047}},
     .want = "RGE-001e RGE-003e RGE-005e RGE-010i RGE-014w..."},

    {.name = "reserved field of both tables", .rule = VX_RGT_008, .fires = true,
     .poke = {{TABLES, 0, T_RESERVED, 0x80000000}}, .want = "RGT-008i", .index = 0,
     .offset = IMAGE_REGIONS_1 + 12},
    {.name = "slot behind the last region", .rule = VX_RGT_008,
     .poke = {{TABLES, 0, 16 + 2 * ENTRY_BYTES, 4, 1}}, .want = ""},

    {.name = "no BAT region", .rule = VX_RGT_010, .fires = true,
     .poke = {{REGION, 0, R_GUID, 1}, {REGION, 0, R_REQUIRED, 0}},
     .want = "RGT-010f RGE-010i RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "two BAT regions", .rule = VX_RGT_010, .fires = true, .edit = add_second_bat,
     .want = "RGT-010f RGE-001f...", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no region at all", .rule = VX_RGT_010, .fires = true,
     .poke = {{TABLES, 0, T_COUNT, 0}}, .want = "RGT-010f RGT-011f RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "BAT after another region", .rule = VX_RGT_010, .edit = add_foreign,
     .want = "RGE-010i"},

    {.name = "no metadata region", .rule = VX_RGT_011, .fires = true,
     .poke = {{REGION, 1, R_GUID, 1}, {REGION, 1, R_REQUIRED, 0}},
     .want = "RGT-011f RGE-010i RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "two metadata regions", .rule = VX_RGT_011, .fires = true,
     .edit = add_second_metadata, .want = "RGT-011f RGE-001f...", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "one metadata region", .rule = VX_RGT_011, .edit = add_two_foreign,
     .want = "RGE-010i"},

    {.name = "foreign GUID twice", .rule = VX_RGE_001, .fires = true, .edit = add_foreign_twice,
     .want = "RGE-001e RGE-010i", .index = FOREIGN + 1, .offset = RENTRY(FOREIGN + 1, 0)},
    {.name = "BAT GUID twice", .rule = VX_RGE_001, .fires = true, .edit = add_second_bat,
     .want = "RGT-010f RGE-001f...", .index = 2, .offset = RENTRY(2, 0)},
    {.name = "GUIDs differ in the last byte", .rule = VX_RGE_001, .edit = add_two_foreign,
     .want = "RGE-010i"},

    {.name = "BAT one sector off", .rule = VX_RGE_002, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, 4 * IMAGE_MIB + 512}}, .size = 8 * IMAGE_MIB,
     .want = "LAY-004f RGE-002f", .index = 0, .offset = RENTRY(0, 16)},
    {.name = "BAT elsewhere", .rule = VX_RGE_002, .poke = {{REGION, 0, R_OFFSET, 7 * IMAGE_MIB}},
     .size = 8 * IMAGE_MIB, .want = ""},

    {.name = "BAT one byte below 1 MiB", .rule = VX_RGE_003, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, IMAGE_MIB - 1}},
     .want = "LAY-004f LAY-005f RGE-002f RGE-003f...",
     .index = 0, .offset = RENTRY(0, 16)},
    {.name = "BAT at 1 MiB, log elsewhere", .rule = VX_RGE_003,
     .poke = {{REGION, 0, R_OFFSET, IMAGE_MIB}, {HEADERS, 0, H_LOG_OFFSET, 3 * IMAGE_MIB}},
     .want = ""},

    {.name = "BAT one byte longer than a MiB", .rule = VX_RGE_004, .fires = true,
     .poke = {{REGION, 0, R_LENGTH, IMAGE_MIB + 1}}, .size = 8 * IMAGE_MIB, .want = "RGE-004e",
     .index = 0, .offset = RENTRY(0, 24)},
    {.name = "BAT of exactly its entries", .rule = VX_RGE_004, .fires = true,
     .poke = {{REGION, 0, R_LENGTH, 128}}, .want = "RGE-004e", .index = 0,
     .offset = RENTRY(0, 24)},
    {.name = "metadata shorter than its table", .rule = VX_RGE_004, .fires = true,
     .poke = {{REGION, 1, R_LENGTH, 65535}}, .want = "RGE-004f MDT-001f RUN-003w", .index = 1,
     .offset = RENTRY(1, 24)},
    {.name = "BAT of 2 MiB", .rule = VX_RGE_004, .poke = {{REGION, 0, R_LENGTH, 2 * IMAGE_MIB}},
     .size = 8 * IMAGE_MIB, .want = ""},

    {.name = "empty foreign region", .rule = VX_RGE_005, .fires = true, .edit = add_empty_foreign,
     .want = "RGE-005e RGE-010i", .index = FOREIGN, .offset = RENTRY(FOREIGN, 24)},
    {.name = "empty BAT", .rule = VX_RGE_005, .fires = true, .poke = {{REGION, 0, R_LENGTH, 0}},
     .want = "RGE-005f RUN-003w", .index = 0, .offset = RENTRY(0, 24)},
    {.name = "empty metadata", .rule = VX_RGE_005, .fires = true,
     .poke = {{REGION, 1, R_LENGTH, 0}}, .want = "RGE-005f RUN-003w", .index = 1,
     .offset = RENTRY(1, 24)},
    {.name = "foreign region of 1 MiB", .rule = VX_RGE_005, .edit = add_foreign,
     .want = "RGE-010i"},

    {.name = "foreign region on the metadata", .rule = VX_RGE_006, .fires = true,
     .edit = add_foreign_inside_metadata, .want = "LAY-006f RGE-006f RGE-010i",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "foreign region on a foreign one", .rule = VX_RGE_006, .fires = true,
     .edit = add_foreign_on_foreign, .want = "LAY-006e RGE-006e RGE-010i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "regions side by side", .rule = VX_RGE_006, .edit = add_two_foreign,
     .want = "RGE-010i"},

    {.name = "metadata on the log", .rule = VX_RGE_007, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, IMAGE_METADATA}}, .want = "LAY-006f HDR-016e RGE-007f",
     .index = 1, .offset = CASE_ANY},
    {.name = "foreign region on the log", .rule = VX_RGE_007, .fires = true, .edit = add_foreign,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 4 * IMAGE_MIB}},
     .want = "LAY-006e HDR-016e RGE-007e RGE-010i", .index = FOREIGN, .offset = CASE_ANY},
    {.name = "region and an empty log", .rule = VX_RGE_007,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, IMAGE_METADATA}, {HEADERS, 0, H_LOG_LENGTH, 0}},
     .want = ""},

    {.name = "block on a foreign region", .rule = VX_RGE_008, .fires = true, .edit = add_foreign,
     .poke = {{ENTRY, 2, B_RAW, PLACED(4, 6)}}, .want = "LAY-006e RGE-008e RGE-010i BAT-014e",
     .index = FOREIGN, .offset = CASE_ANY},
    {.name = "two blocks on the BAT", .rule = VX_RGE_008, .fires = true,
     .spec = {.block_bytes = 2 * VX_MIB},
     .poke = {{ENTRY, 2, B_RAW, PLACED(3, 6)}, {ENTRY, 4, B_RAW, PLACED(5, 6)}},
     .size = 7 * IMAGE_MIB, .want = "LAY-006f RGE-008e BAT-014e", .index = 0,
     .offset = CASE_ANY},
    {.name = "one block on log, metadata and BAT: the metadata", .rule = VX_RGE_008,
     .fires = true, .spec = {.block_bytes = 4 * VX_MIB},
     .poke = {{ENTRY, 2, B_RAW, PLACED(1, 6)}}, .size = 5 * IMAGE_MIB,
     .want = "LAY-006e LAY-006f RGE-008e BAT-014e", .index = 1, .offset = CASE_ANY},
    {.name = "one block on log, metadata and BAT: the BAT", .rule = VX_RGE_008,
     .fires = true, .spec = {.block_bytes = 4 * VX_MIB},
     .poke = {{ENTRY, 2, B_RAW, PLACED(1, 6)}}, .size = 5 * IMAGE_MIB,
     .want = "LAY-006e LAY-006f RGE-008e BAT-014e", .index = 0, .offset = CASE_ANY},
    {.name = "block right behind a region", .rule = VX_RGE_008, .edit = add_foreign,
     .poke = {{ENTRY, 2, B_RAW, PLACED(5, 6)}}, .size = 6 * IMAGE_MIB, .want = "RGE-010i"},

    {.name = "foreign region required", .rule = VX_RGE_009, .fires = true,
     .poke = {{TABLES, 0, 16 + 64 + 28, 4, 1}, {TABLES, 0, 16 + 64, 8, 7},
              {TABLES, 0, 16 + 64 + 16, 8, 4 * IMAGE_MIB},
              {TABLES, 0, 16 + 64 + 24, 4, IMAGE_MIB}, {TABLES, 0, T_COUNT, 3}},
     .size = 5 * IMAGE_MIB, .want = "LAY-011f RGE-009f", .index = FOREIGN,
     .offset = CASE_ANY},
    {.name = "foreign region not required", .rule = VX_RGE_009, .edit = add_foreign,
     .want = "RGE-010i"},
    {.name = "foreign region optional", .rule = VX_RGE_010, .fires = true, .edit = add_foreign,
     .want = "RGE-010i", .index = FOREIGN, .offset = CASE_ANY},
    {.name = "two known regions", .rule = VX_RGE_010, .poke = {{TABLES, 0, 16 + 64, 8, 7}},
     .want = ""},

    {.name = "Required 3", .rule = VX_RGE_011, .fires = true,
     .poke = {{REGION, 0, R_REQUIRED, 3}}, .want = "RGE-011w", .index = 0,
     .offset = RENTRY(0, 28)},
    {.name = "Required 2^31", .rule = VX_RGE_011, .fires = true,
     .poke = {{REGION, 1, R_REQUIRED, 0x80000000}}, .want = "RGE-011w RGE-012i", .index = 1,
     .offset = RENTRY(1, 28)},
    {.name = "Required 1", .rule = VX_RGE_011, .poke = {{REGION, 0, R_REQUIRED, 1}},
     .want = ""},

    {.name = "BAT not required", .rule = VX_RGE_012, .fires = true,
     .poke = {{REGION, 0, R_REQUIRED, 0}}, .want = "RGE-012i", .index = 0,
     .offset = RENTRY(0, 28)},
    {.name = "both required", .rule = VX_RGE_012, .poke = {{REGION, 1, R_REQUIRED, 1}},
     .want = ""},

    {.name = "BAT begins at the end of the file", .rule = VX_RGE_013, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, 4 * IMAGE_MIB}}, .want = "LAY-007f RGE-013f RUN-003w",
     .index = 0, .offset = CASE_ANY},
    {.name = "metadata at 2^63", .rule = VX_RGE_013, .fires = true,
     .poke = {{REGION, 1, R_OFFSET, UINT64_C(1) << 63}}, .want = "LAY-007f RGE-013f RUN-003w",
     .index = 1, .offset = CASE_ANY},
    {.name = "BAT ends with the file", .rule = VX_RGE_013,
     .poke = {{REGION, 0, R_OFFSET, 4 * IMAGE_MIB}}, .size = 5 * IMAGE_MIB, .want = ""},

    {.name = "region without GUID", .rule = VX_RGE_014, .fires = true, .edit = add_zero_guid,
     .want = "RGE-010i RGE-014w", .index = FOREIGN, .offset = RENTRY(FOREIGN, 0)},
    {.name = "GUID of one byte", .rule = VX_RGE_014, .edit = add_guid_of_one_byte,
     .want = "RGE-010i"},
};
/* clang-format on */

const struct rule_cases CASES_REGION_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
