/* Rows of the areas LAY and FTI. Spec: MS-VHDX 2.1, 2.2, 2.2.1. */
#include "tests/support/cases.h"

#define FAR_END (UINT64_MAX - 0xfffff) /* 2^64 - 1 MiB */

static void add_foreign(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB, IMAGE_MIB, 0);
    im->size = 5 * IMAGE_MIB;
}

static void add_foreign_off_grid(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB + 512, IMAGE_MIB, 0);
    im->size = 6 * IMAGE_MIB;
}

static void add_foreign_required(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB, IMAGE_MIB, 1);
    im->size = 5 * IMAGE_MIB;
}

static void add_foreign_wrapping(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, FAR_END, IMAGE_MIB, 0);
}

static void add_foreign_not_wrapping(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, FAR_END, IMAGE_MIB - 1, 0);
}

/* No VHDX at all: text everywhere. */
static void fill_with_text(struct image *im)
{
    static const char text[] = "All work and no play makes Jack a dull boy. ";

    image_free(im);
    image_make_empty(im, 2 * IMAGE_MIB + 100);
    for (uint64_t at = 0; at + sizeof(text) < IMAGE_METADATA; at += sizeof(text) - 1) {
        image_put_bytes(im, at, text, sizeof(text) - 1);
    }
}

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "one byte short of the header section", .rule = VX_LAY_003, .fires = true,
     .size = IMAGE_MIB - 1, .want = "LAY-003f...", .index = 0, .offset = 0},
    {.name = "one byte", .rule = VX_LAY_003, .fires = true, .size = 1,
     .want = "LAY-003f FTI-001f", .index = 0, .offset = 0},
    {.name = "just the header section", .rule = VX_LAY_003, .size = IMAGE_MIB,
     .want = "LAY-007f HDR-017e RGE-013f..."},

    {.name = "log off the grid", .rule = VX_LAY_004, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB + 4096}}, .size = 16 * IMAGE_MIB,
     .want = "LAY-004e HDR-014e", .index = 0, .offset = IMAGE_HEADER_2 + 72},
    {.name = "pending log off the grid", .rule = VX_LAY_004, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB + 4096}, {HEADERS, 0, H_LOG_GUID, 1}},
     .size = 16 * IMAGE_MIB, .want = "LAY-004f HDR-014f RUN-004w", .index = 0,
     .offset = IMAGE_HEADER_2 + 72},
    {.name = "BAT off the grid", .rule = VX_LAY_004, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, 4 * IMAGE_MIB + 4096}}, .size = 8 * IMAGE_MIB,
     .want = "LAY-004f RGE-002f", .index = 0, .offset = IMAGE_REGIONS_1 + 16 + 16},
    {.name = "foreign region off the grid", .rule = VX_LAY_004, .fires = true,
     .edit = add_foreign_off_grid, .want = "LAY-004e RGE-002e RGE-010i", .index = 2,
     .offset = IMAGE_REGIONS_1 + 16 + 2 * 32 + 16},
    {.name = "log elsewhere on the grid", .rule = VX_LAY_004,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB}}, .size = 9 * IMAGE_MIB, .want = ""},

    {.name = "log at offset 0", .rule = VX_LAY_005, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 0}}, .want = "LAY-005e HDR-015e...", .index = 0,
     .offset = IMAGE_HEADER_2 + 72},
    {.name = "pending log at offset 0", .rule = VX_LAY_005, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 0}, {HEADERS, 0, H_LOG_GUID, 1}},
     .want = "LAY-005f HDR-015f RUN-004w...", .index = 0,
     .offset = IMAGE_HEADER_2 + 72},
    {.name = "metadata at offset 0", .rule = VX_LAY_005, .fires = true,
     .poke = {{REGION, 1, R_OFFSET, 0}}, .want = "LAY-005f RGE-003f RUN-003w...", .index = 1,
     .offset = IMAGE_REGIONS_1 + 16 + 32 + 16},
    {.name = "two present blocks at offset 0", .rule = VX_LAY_005, .fires = true,
     .poke = {{ENTRY, 3, B_RAW, 6}, {ENTRY, 5, B_RAW, 6}}, .want = "LAY-005e BAT-012e",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "empty log at offset 0", .rule = VX_LAY_005,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 0}, {HEADERS, 0, H_LOG_LENGTH, 0}}, .want = ""},

    {.name = "log on the BAT", .rule = VX_LAY_006, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, IMAGE_BAT}}, .want = "LAY-006f HDR-016e RGE-007f",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "BAT on the metadata", .rule = VX_LAY_006, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, IMAGE_METADATA}}, .want = "LAY-006f RGE-006f...",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "block on the log", .rule = VX_LAY_006, .fires = true,
     .poke = {{ENTRY, 3, B_RAW, PLACED(1, 6)}}, .want = "LAY-006e BAT-014e", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "log right behind the BAT", .rule = VX_LAY_006,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 4 * IMAGE_MIB}}, .size = 5 * IMAGE_MIB, .want = ""},

    {.name = "foreign region one byte too long", .rule = VX_LAY_007, .fires = true,
     .edit = add_foreign, .size = 5 * IMAGE_MIB - 1,
     .want = "LAY-007e LAY-009i RGE-010i RGE-013e", .index = 2,
     .offset = IMAGE_REGIONS_1 + 16 + 2 * 32 + 16},
    {.name = "BAT one byte too long", .rule = VX_LAY_007, .fires = true,
     .size = 4 * IMAGE_MIB - 1, .want = "LAY-007f LAY-009i RGE-013f RUN-003w", .index = 0,
     .offset = IMAGE_REGIONS_1 + 16 + 16},
    {.name = "foreign region ends with the file", .rule = VX_LAY_007, .edit = add_foreign,
     .want = "RGE-010i"},

    {.name = "foreign region ends at 2^64", .rule = VX_LAY_008, .fires = true,
     .edit = add_foreign_wrapping, .want = "LAY-007e LAY-008f RGE-010i RGE-013e", .index = 2,
     .offset = IMAGE_REGIONS_1 + 16 + 2 * 32 + 16},
    {.name = "BAT ends beyond 2^64", .rule = VX_LAY_008, .fires = true,
     .poke = {{REGION, 0, R_OFFSET, FAR_END}, {REGION, 0, R_LENGTH, 0xfff00000}},
     .want = "LAY-007f LAY-008f RGE-013f RUN-003w", .index = 0,
     .offset = IMAGE_REGIONS_1 + 16 + 16},
    {.name = "log ends at 2^64", .rule = VX_LAY_008, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, FAR_END}}, .want = "LAY-007e LAY-008f HDR-017e",
     .index = 0, .offset = CASE_ANY},
    {.name = "foreign region ends at 2^64 - 1", .rule = VX_LAY_008,
     .edit = add_foreign_not_wrapping, .want = "LAY-007e RGE-004e RGE-010i RGE-013e"},

    {.name = "size one byte above a MiB", .rule = VX_LAY_009, .fires = true,
     .size = 5 * IMAGE_MIB + 1, .want = "LAY-009i", .index = 0, .offset = CASE_ANY},
    {.name = "size one byte below a MiB", .rule = VX_LAY_009, .fires = true,
     .size = 5 * IMAGE_MIB - 1, .want = "LAY-009i", .index = 0, .offset = CASE_ANY},
    {.name = "size a whole number of MiB", .rule = VX_LAY_009, .size = 5 * IMAGE_MIB, .want = ""},

    {.name = "unknown region required", .rule = VX_LAY_011, .fires = true,
     .edit = add_foreign_required, .want = "LAY-011f RGE-009f", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "unknown region optional", .rule = VX_LAY_011, .edit = add_foreign,
     .want = "RGE-010i"},

    {.name = "first byte of the identifier", .rule = VX_FTI_001, .fires = true,
     .poke = {{AT, 0, 0, 1, 'V'}}, .want = "FTI-001f", .index = 0, .offset = 0},
    {.name = "last byte of the identifier", .rule = VX_FTI_001, .fires = true,
     .poke = {{AT, 0, 7, 1, 'f'}}, .want = "FTI-001f", .index = 0, .offset = 0},
    {.name = "a text file", .rule = VX_FTI_001, .fires = true, .edit = fill_with_text,
     .is_unsealed = true, .want = "FTI-001f", .index = 0, .offset = 0},
    {.name = "a short text file", .rule = VX_FTI_001, .fires = true, .edit = fill_with_text,
     .is_unsealed = true, .size = 1000, .want = "LAY-003f FTI-001f", .index = 0,
     .offset = 0},
    {.name = "a text file of one header section", .rule = VX_FTI_001, .fires = true,
     .edit = fill_with_text, .is_unsealed = true, .size = IMAGE_MIB,
     .want = "FTI-001f", .index = 0, .offset = 0},
    {.name = "no creator", .rule = VX_FTI_001, .poke = {{AT, 0, 8, 8, 0}}, .want = ""},

    {.name = "creator begins with a lone surrogate", .rule = VX_FTI_002, .fires = true,
     .poke = {{AT, 0, 8, 2, 0xd800}}, .want = "FTI-002i", .index = 0, .offset = 8},
    {.name = "creator holds an escape", .rule = VX_FTI_002, .fires = true,
     .poke = {{AT, 0, 10, 2, 0x1b}}, .want = "FTI-002i", .index = 0, .offset = 8},
    {.name = "creator holds a letter beyond ASCII and a pair", .rule = VX_FTI_002,
     .poke = {{AT, 0, 8, 8, UINT64_C(0x0041de00d83d00e9)}}, .want = ""},
    {.name = "garbage behind the creator's end", .rule = VX_FTI_002,
     .poke = {{AT, 0, 8, 8, UINT64_C(0xd800d80000000041)}}, .want = ""},
    {.name = "garbage behind the identifier", .rule = VX_FTI_002,
     .poke = {{AT, 0, 520, 8, UINT64_MAX}}, .want = ""},
};
/* clang-format on */

const struct rule_cases CASES_LAYOUT_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
