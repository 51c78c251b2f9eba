/* Rows about payload blocks, area BAT, and of the area RUN. Spec: MS-VHDX 2.5, 2.5.1, 2.5.1.1.
 * PRESENT builds 16 blocks of 1 MiB at 4 MiB to 20 MiB, the end of the file. */
#include "tests/support/cases.h"

#define PRESENT                                                                                    \
    {                                                                                              \
        .state = 6                                                                                 \
    }
#define FAR_MIB    UINT64_C(0xfffffffffff) /* 2^44 - 1, the greatest FileOffsetMB */
#define RAW(index) (IMAGE_BAT + 8 * (index))

/* Two blocks 1 TiB apart: more than the least bitmap covers. */
static void spread(struct image *im)
{
    image_bat_set(im, 1, image_entry(1024 * 1024, 6));
    im->size = IMAGE_TIB + IMAGE_MIB;
}

/* Every other block of a fixed image ends the file; two sectors of slack lie beyond it. */
static void end_at_the_disk_end(struct image *im)
{
    im->size -= 1024;
}

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "one block more than the region holds", .rule = VX_BAT_007, .fires = true,
     .poke = {{VALUE, IMAGE_ITEM_DISK_SIZE, V_INT64, 131042 * IMAGE_MIB}}, .want = "BAT-007f...",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "64 TiB in a region of 1 MiB", .rule = VX_BAT_007, .fires = true,
     .poke = {{VALUE, IMAGE_ITEM_DISK_SIZE, V_INT64, 64 * IMAGE_TIB}}, .want = "BAT-007f...",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "region one byte shorter than its entries", .rule = VX_BAT_007, .fires = true,
     .poke = {{REGION, 0, R_LENGTH, 127}}, .want = "BAT-007f...", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "region as long as its entries", .rule = VX_BAT_007,
     .poke = {{REGION, 0, R_LENGTH, 128}}, .want = "RGE-004e"},
    {.name = "as many blocks as the region holds", .rule = VX_BAT_007,
     .poke = {{VALUE, IMAGE_ITEM_DISK_SIZE, V_INT64, 131041 * IMAGE_MIB}}, .want = ""},

    {.name = "lowest reserved bit", .rule = VX_BAT_008, .fires = true,
     .poke = {{ENTRY, 3, B_RAW, 1 << 3}}, .want = "BAT-008e", .index = 3, .offset = RAW(3)},
    {.name = "highest reserved bit", .rule = VX_BAT_008, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 15, B_RAW, PLACED(19, 6) | 1 << 19}}, .want = "BAT-008e", .index = 15,
     .offset = RAW(15)},
    {.name = "lowest bit of the offset", .rule = VX_BAT_008,
     .poke = {{ENTRY, 3, B_RAW, PLACED(5, 6)}}, .size = 6 * IMAGE_MIB, .want = ""},

    {.name = "state 4", .rule = VX_BAT_009, .fires = true, .poke = {{ENTRY, 2, B_RAW, 4}},
     .want = "BAT-009e", .index = 2, .offset = RAW(2)},
    {.name = "state 5", .rule = VX_BAT_009, .fires = true, .poke = {{ENTRY, 0, B_RAW, 5}},
     .want = "BAT-009w", .index = 0, .offset = RAW(0)},
    {.name = "states 0 to 3", .rule = VX_BAT_009,
     .poke = {{ENTRY, 1, B_RAW, 1}, {ENTRY, 2, B_RAW, 2}, {ENTRY, 3, B_RAW, 3}}, .want = ""},

    {.name = "partially present without a parent", .rule = VX_BAT_010, .fires = true,
     .spec = PRESENT, .poke = {{ENTRY, 7, B_RAW, PLACED(11, 7)}}, .want = "BAT-010e",
     .index = 7, .offset = RAW(7)},
    {.name = "partially present with a parent", .rule = VX_BAT_010,
     .spec = {.type = IMAGE_DIFFERENCING, .state = 7}, .want = "RUN-006w"},

    {.name = "fully present at offset 0", .rule = VX_BAT_012, .fires = true,
     .poke = {{ENTRY, 4, B_RAW, 6}}, .want = "LAY-005e BAT-012e", .index = 4,
     .offset = RAW(4)},
    {.name = "partially present at offset 0", .rule = VX_BAT_012, .fires = true,
     .poke = {{ENTRY, 4, B_RAW, 7}}, .want = "LAY-005e BAT-010e BAT-012e", .index = 4,
     .offset = RAW(4)},
    {.name = "not present at offset 0", .rule = VX_BAT_012, .poke = {{ENTRY, 4, B_RAW, 2}},
     .want = ""},

    {.name = "block on the log", .rule = VX_BAT_014, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 9, B_RAW, PLACED(1, 6)}}, .want = "LAY-006e BAT-014e", .index = 9,
     .offset = RAW(9)},
    {.name = "block on the metadata", .rule = VX_BAT_014, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 9, B_RAW, PLACED(2, 6)}}, .want = "LAY-006f RGE-008e BAT-014e",
     .index = 9, .offset = RAW(9)},
    {.name = "block reaches into the BAT", .rule = VX_BAT_014, .fires = true,
     .spec = {.block_bytes = 4 * VX_MIB, .state = 6}, .poke = {{ENTRY, 0, B_RAW, PLACED(3, 6)}},
     .want = "LAY-006f RGE-008e BAT-014e", .index = 0, .offset = RAW(0)},
    {.name = "block right behind the BAT", .rule = VX_BAT_014, .spec = PRESENT, .want = ""},

    {.name = "blocks share one MiB", .rule = VX_BAT_015, .fires = true,
     .spec = {.block_bytes = 2 * VX_MIB}, .size = 9 * IMAGE_MIB,
     .poke = {{ENTRY, 1, B_RAW, PLACED(5, 6)}, {ENTRY, 6, B_RAW, PLACED(6, 6)}},
     .want = "LAY-006e BAT-015e", .index = 6, .offset = RAW(6)},
    {.name = "the later entry lies in front", .rule = VX_BAT_015, .fires = true,
     .spec = {.block_bytes = 256 * VX_MIB, .disk_bytes = 4096 * IMAGE_MIB},
     .size = 512 * IMAGE_MIB,
     .poke = {{ENTRY, 1, B_RAW, PLACED(255, 6)}, {ENTRY, 6, B_RAW, PLACED(4, 6)}},
     .want = "LAY-006e BAT-015e", .index = 6, .offset = RAW(6)},
    {.name = "blocks side by side", .rule = VX_BAT_015,
     .spec = {.block_bytes = 2 * VX_MIB}, .size = 9 * IMAGE_MIB,
     .poke = {{ENTRY, 1, B_RAW, PLACED(5, 6)}, {ENTRY, 6, B_RAW, PLACED(7, 6)}}, .want = ""},

    {.name = "two blocks at one offset", .rule = VX_BAT_016, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 9, B_RAW, PLACED(4, 6)}}, .want = "LAY-006e BAT-015e BAT-016e",
     .index = 9, .offset = RAW(9)},
    {.name = "large blocks at one offset", .rule = VX_BAT_016, .fires = true,
     .spec = {.block_bytes = 8 * VX_MIB, .state = 6},
     .poke = {{ENTRY, 1, B_RAW, PLACED(4, 6)}}, .want = "LAY-006e BAT-015e BAT-016e",
     .index = 1, .offset = RAW(1)},
    {.name = "blocks 1 MiB apart", .rule = VX_BAT_016, .fires = false,
     .spec = {.block_bytes = 2 * VX_MIB}, .size = 9 * IMAGE_MIB,
     .poke = {{ENTRY, 1, B_RAW, PLACED(5, 6)}, {ENTRY, 6, B_RAW, PLACED(6, 6)}},
     .want = "LAY-006e BAT-015e"},

    {.name = "the last byte of the disk is missing", .rule = VX_BAT_017, .fires = true,
     .spec = PRESENT, .size = 20 * IMAGE_MIB - 1, .want = "LAY-007e LAY-009i BAT-017e",
     .index = 15, .offset = RAW(15)},
    {.name = "only slack is missing", .rule = VX_BAT_017, .fires = true,
     .spec = {.disk_bytes = 16 * IMAGE_MIB - 1024, .state = 6}, .size = 20 * IMAGE_MIB - 1024,
     .want = "LAY-009i BAT-017w", .index = 15, .offset = RAW(15)},
    {.name = "slack and one byte are missing", .rule = VX_BAT_017, .fires = true,
     .spec = {.disk_bytes = 16 * IMAGE_MIB - 1024, .state = 6}, .size = 20 * IMAGE_MIB - 1025,
     .want = "LAY-007e LAY-009i BAT-017e", .index = 15, .offset = RAW(15)},
    {.name = "block begins at the end", .rule = VX_BAT_017, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 2, B_RAW, PLACED(20, 6)}}, .want = "LAY-007e BAT-017e", .index = 2,
     .offset = RAW(2)},
    {.name = "two blocks at one offset beyond the end", .rule = VX_BAT_017, .fires = true,
     .spec = PRESENT,
     .poke = {{ENTRY, 2, B_RAW, PLACED(50, 6)}, {ENTRY, 3, B_RAW, PLACED(50, 6)}},
     .want = "LAY-007e BAT-017e", .index = 3, .offset = RAW(3)},
    {.name = "last block ends with the file", .rule = VX_BAT_017, .spec = PRESENT,
     .poke = {{ENTRY, 2, B_RAW, PLACED(20, 6)}}, .size = 21 * IMAGE_MIB, .want = ""},

    {.name = "not present with an offset", .rule = VX_BAT_018, .fires = true,
     .poke = {{ENTRY, 5, B_RAW, PLACED(4, 0)}}, .want = "BAT-018i", .index = 5,
     .offset = RAW(5)},
    {.name = "zero with an offset on the log", .rule = VX_BAT_018, .fires = true,
     .poke = {{ENTRY, 5, B_RAW, PLACED(1, 2)}}, .want = "BAT-018w", .index = 5,
     .offset = RAW(5)},
    {.name = "unmapped with an offset", .rule = VX_BAT_018,
     .poke = {{ENTRY, 5, B_RAW, PLACED(4, 3)}}, .size = 5 * IMAGE_MIB, .want = ""},

    {.name = "unmapped where another block is", .rule = VX_BAT_019, .fires = true,
     .spec = PRESENT, .poke = {{ENTRY, 5, B_RAW, PLACED(4, 3)}}, .want = "BAT-019w",
     .index = 5, .offset = RAW(5)},
    {.name = "undefined where a later block is", .rule = VX_BAT_019, .fires = true,
     .spec = PRESENT, .poke = {{ENTRY, 5, B_RAW, PLACED(19, 1)}}, .want = "BAT-019w",
     .index = 5, .offset = RAW(5)},
    {.name = "unmapped on the metadata", .rule = VX_BAT_019, .fires = true,
     .poke = {{ENTRY, 5, B_RAW, PLACED(2, 3)}}, .want = "BAT-019w", .index = 5,
     .offset = RAW(5)},
    {.name = "unmapped beyond the end", .rule = VX_BAT_019, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 5, B_RAW, PLACED(FAR_MIB, 3)}}, .want = "BAT-019w", .index = 5,
     .offset = RAW(5)},
    {.name = "unmapped in free space", .rule = VX_BAT_019, .spec = PRESENT,
     .poke = {{ENTRY, 5, B_RAW, PLACED(20, 3)}}, .size = 21 * IMAGE_MIB, .want = ""},

    {.name = "fixed with zero blocks", .rule = VX_BAT_020, .fires = true,
     .spec = {.type = IMAGE_FIXED, .state = 2}, .want = "BAT-020i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "fixed with one block not present", .rule = VX_BAT_020, .fires = true,
     .spec = {.type = IMAGE_FIXED, .state = 6}, .poke = {{ENTRY, 15, B_RAW, 0}},
     .want = "BAT-020i", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "fixed with all blocks", .rule = VX_BAT_020,
     .spec = {.type = IMAGE_FIXED, .state = 6}, .want = ""},

    {.name = "fixed and without room", .rule = VX_BAT_021, .fires = true,
     .spec = {.type = IMAGE_FIXED, .state = 2}, .size = 15 * IMAGE_MIB,
     .want = "BAT-020i BAT-021w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "fixed with room", .rule = VX_BAT_021, .spec = {.type = IMAGE_FIXED, .state = 2},
     .want = "BAT-020i"},
    {.name = "fixed with room but for slack", .rule = VX_BAT_021,
     .spec = {.type = IMAGE_FIXED, .disk_bytes = 16 * IMAGE_MIB - 1024, .state = 6},
     .edit = end_at_the_disk_end, .want = "LAY-009i BAT-017w"},
    {.name = "dynamic and without room", .rule = VX_BAT_021, .spec = {.state = 2}, .want = ""},

    {.name = "slot behind the last entry", .rule = VX_BAT_027, .fires = true,
     .poke = {{ENTRY, 16, B_RAW, UINT64_MAX}}, .want = "BAT-027i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "last slot of the region", .rule = VX_BAT_027, .fires = true, .spec = PRESENT,
     .poke = {{ENTRY, 131071, B_RAW, PLACED(4, 6)}}, .want = "BAT-027i", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "first byte behind the region", .rule = VX_BAT_027, .spec = PRESENT,
     .poke = {{ENTRY, 131072, B_RAW, UINT64_MAX}}, .want = ""},

    {.name = "block ends at 2^64", .rule = VX_BAT_028, .fires = true,
     .poke = {{ENTRY, 3, B_RAW, PLACED(FAR_MIB, 6)}}, .want = "LAY-007e BAT-017e BAT-028e",
     .index = 3, .offset = RAW(3)},
    {.name = "block of 256 MiB ends beyond 2^64", .rule = VX_BAT_028, .fires = true,
     .spec = {.block_bytes = 256 * VX_MIB}, .poke = {{ENTRY, 0, B_RAW, PLACED(FAR_MIB - 100, 6)}},
     .want = "LAY-007e BAT-017e BAT-028e", .index = 0, .offset = RAW(0)},
    {.name = "block ends 1 MiB before 2^64", .rule = VX_BAT_028,
     .poke = {{ENTRY, 3, B_RAW, PLACED(FAR_MIB - 1, 6)}}, .want = "LAY-007e BAT-017e"},

    {.name = "unreadable BAT", .rule = VX_RUN_001, .fires = true, .spec = PRESENT,
     .bad = {IMAGE_BAT, IMAGE_BAT + 1}, .want = "RUN-001w", .index = 0, .offset = CASE_ANY},
    {.name = "unreadable header 1", .rule = VX_RUN_001, .fires = true,
     .bad = {IMAGE_HEADER_1 + 4095, IMAGE_HEADER_1 + 4096}, .want = "RUN-001w", .index = 0,
     .offset = IMAGE_HEADER_1},
    {.name = "unreadable headers", .rule = VX_RUN_001, .fires = true,
     .bad = {IMAGE_HEADER_1, IMAGE_HEADER_2 + 1}, .want = "RUN-001w RUN-003w", .index = 0,
     .offset = IMAGE_HEADER_2},
    {.name = "unreadable block", .rule = VX_RUN_001, .spec = PRESENT,
     .bad = {5 * IMAGE_MIB, 20 * IMAGE_MIB}, .want = ""},

    {.name = "unreadable metadata table", .rule = VX_RUN_003, .fires = true,
     .bad = {IMAGE_METADATA, IMAGE_METADATA + 1}, .want = "RUN-001w RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "unreadable region table 2", .rule = VX_RUN_003,
     .bad = {IMAGE_REGIONS_2, IMAGE_REGIONS_2 + 1}, .want = "RUN-001w"},

    {.name = "pending log", .rule = VX_RUN_004, .fires = true, .spec = PRESENT,
     .poke = {{HEADERS, 0, H_LOG_GUID, 1}, {ENTRY, 2, B_RAW, PLACED(4, 6)}},
     .want = "RUN-004w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "clean log", .rule = VX_RUN_004, .spec = PRESENT,
     .poke = {{ENTRY, 2, B_RAW, PLACED(4, 6)}}, .want = "LAY-006e BAT-015e BAT-016e"},

    {.name = "one pass is not enough", .rule = VX_RUN_005, .fires = true, .spec = PRESENT,
     .edit = spread, .pass_limit = 1, .has_least_memory = true, .want = "RUN-005w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "two passes are enough", .rule = VX_RUN_005, .spec = PRESENT, .edit = spread,
     .pass_limit = 2, .has_least_memory = true, .want = ""},

    {.name = "a parent", .rule = VX_RUN_006, .fires = true, .spec = {.type = IMAGE_DIFFERENCING},
     .want = "RUN-006w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "no parent", .rule = VX_RUN_006, .spec = PRESENT, .want = ""},
};
/* clang-format on */

const struct rule_cases CASES_BLOCKS_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
