/* Rows about sector bitmap blocks, area BAT. Spec: MS-VHDX 2.5, 2.5.1.1, 2.5.1.2.
 * 512-byte sectors and 256 MiB blocks make chunks of 16 blocks. */
#include "tests/support/cases.h"

enum { RATIO = 16, BITMAP_0 = RATIO, BITMAP_1 = 2 * RATIO + 1, LARGE_BLOCK = 256 * VX_MIB };

/* Chunks of 16 blocks; 20 blocks in two chunks. */
#define DISK (20 * 256 * IMAGE_MIB)
#define CHILD                                                                                      \
    {                                                                                              \
        .disk_bytes = DISK, .block_bytes = LARGE_BLOCK, .type = IMAGE_DIFFERENCING                 \
    }
/* Blocks from 4 MiB on, then the two bitmaps at BITMAPS_MIB and the MiB behind it. */
#define FULL_CHILD                                                                                 \
    {                                                                                              \
        .disk_bytes = DISK, .block_bytes = LARGE_BLOCK, .type = IMAGE_DIFFERENCING, .state = 7     \
    }
#define PLAIN                                                                                      \
    {                                                                                              \
        .disk_bytes = DISK, .block_bytes = LARGE_BLOCK                                             \
    }
#define BITMAPS_MIB (4 + 20 * 256)
#define FAR_MIB     UINT64_C(0xfffffffffff)
#define RAW(index)  (IMAGE_BAT + 8 * (index))

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "partially present without bitmaps", .rule = VX_BAT_011, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_0, B_RAW, 0}, {ENTRY, BITMAP_1, B_RAW, 0}},
     .want = "BAT-011e BAT-024e RUN-006w", .index = 0, .offset = RAW(0)},
    {.name = "second chunk without bitmap", .rule = VX_BAT_011, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_1, B_RAW, 0}},
     .want = "BAT-011e BAT-024e RUN-006w", .index = RATIO + 1, .offset = RAW(RATIO + 1)},
    {.name = "one block of a chunk is partially present", .rule = VX_BAT_011, .fires = true,
     .spec = CHILD, .poke = {{ENTRY, 9, B_RAW, PLACED(4, 7)}}, .size = 260 * IMAGE_MIB,
     .want = "BAT-011e BAT-024e RUN-006w", .index = 9, .offset = RAW(9)},
    {.name = "bitmap without a place", .rule = VX_BAT_011, .fires = true, .spec = FULL_CHILD,
     .poke = {{ENTRY, BITMAP_1, B_RAW, 6}}, .want = "BAT-011e BAT-025e RUN-006w",
     .index = RATIO + 1, .offset = RAW(RATIO + 1)},
    {.name = "bitmap in a reserved state", .rule = VX_BAT_011, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_0, B_RAW, 5}}, .want = "BAT-011e BAT-022e...",
     .index = 0, .offset = RAW(0)},
    {.name = "bitmap slot in a hole of the file", .rule = VX_BAT_011, .fires = true,
     .spec = {.disk_bytes = 10 * IMAGE_GIB, .type = IMAGE_DIFFERENCING},
     .poke = {{ENTRY, 9, B_RAW, PLACED(4, 7)}, {ENTRY, 9000, B_RAW, PLACED(5, 6)}},
     .size = 6 * IMAGE_MIB, .want = "BAT-011e BAT-024e RUN-006w", .index = 9,
     .offset = RAW(9)},
    {.name = "bitmap slot that cannot be read", .rule = VX_BAT_011,
     .spec = {.disk_bytes = 60 * IMAGE_GIB, .sector_bytes = 4096, .type = IMAGE_DIFFERENCING},
     .poke = {{ENTRY, 9, B_RAW, PLACED(4, 7)}, {ENTRY, 32768, B_RAW, PLACED(5, 6)}},
     .size = 6 * IMAGE_MIB, .bad = {RAW(32768), RAW(32769)}, .want = "RUN-001w RUN-006w"},
    {.name = "fully present without bitmaps", .rule = VX_BAT_011,
     .spec = {.disk_bytes = DISK, .block_bytes = LARGE_BLOCK, .type = IMAGE_DIFFERENCING,
              .state = 6},
     .want = "RUN-006w"},
    {.name = "every chunk has its bitmap", .rule = VX_BAT_011, .spec = FULL_CHILD,
     .want = "RUN-006w"},

    {.name = "reserved state in a child", .rule = VX_BAT_022, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, 1}}, .want = "BAT-022e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "state 7 in a child", .rule = VX_BAT_022, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_1, B_RAW, 7}}, .want = "BAT-022e RUN-006w", .index = BITMAP_1,
     .offset = RAW(BITMAP_1)},
    {.name = "reserved state without a parent", .rule = VX_BAT_022, .fires = true,
     .spec = PLAIN, .poke = {{ENTRY, BITMAP_0, B_RAW, 3}}, .want = "BAT-022w BAT-023w",
     .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "reserved state of a payload block", .rule = VX_BAT_022, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0 - 1, B_RAW, 3}}, .want = "RUN-006w"},
    {.name = "reserved state of the block behind a bitmap", .rule = VX_BAT_022, .spec = PLAIN,
     .poke = {{ENTRY, BITMAP_0 + 1, B_RAW, 1}}, .want = ""},

    {.name = "bitmap without a parent", .rule = VX_BAT_023, .fires = true, .spec = PLAIN,
     .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(4, 6)}}, .size = 5 * IMAGE_MIB,
     .want = "BAT-023w", .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "bitmap on the log without a parent", .rule = VX_BAT_023, .fires = true,
     .spec = PLAIN, .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(1, 6)}}, .want = "BAT-023w",
     .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "bitmap at offset 0 without a parent", .rule = VX_BAT_023, .fires = true,
     .spec = PLAIN, .poke = {{ENTRY, BITMAP_0, B_RAW, 6}}, .want = "BAT-023w",
     .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "bitmap on a block without a parent", .rule = VX_BAT_023, .fires = true,
     .spec = {.disk_bytes = DISK, .block_bytes = LARGE_BLOCK, .state = 6},
     .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(4, 6)}}, .want = "BAT-023w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "bitmap beyond the end without a parent", .rule = VX_BAT_023, .fires = true,
     .spec = PLAIN, .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(FAR_MIB, 6)}}, .want = "BAT-023w",
     .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "block next to the bitmap slot", .rule = VX_BAT_023, .spec = PLAIN,
     .poke = {{ENTRY, BITMAP_0 + 1, B_RAW, PLACED(4, 6)}}, .size = 260 * IMAGE_MIB, .want = ""},
    {.name = "bitmap with a parent", .rule = VX_BAT_023, .spec = FULL_CHILD,
     .want = "RUN-006w"},

    {.name = "bitmap not present, blocks partial", .rule = VX_BAT_024, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_1, B_RAW, 0}},
     .want = "BAT-011e BAT-024e RUN-006w", .index = BITMAP_1, .offset = RAW(BITMAP_1)},
    {.name = "bitmap slot in a hole, blocks partial", .rule = VX_BAT_024, .fires = true,
     .spec = {.disk_bytes = 10 * IMAGE_GIB, .type = IMAGE_DIFFERENCING},
     .poke = {{ENTRY, 9, B_RAW, PLACED(4, 7)}}, .size = 5 * IMAGE_MIB,
     .want = "BAT-011e BAT-024e RUN-006w", .index = 4096, .offset = RAW(4096)},
    {.name = "bitmap not present, blocks full", .rule = VX_BAT_024, .spec = CHILD,
     .poke = {{ENTRY, 3, B_RAW, PLACED(4, 6)}}, .size = 260 * IMAGE_MIB, .want = "RUN-006w"},
    {.name = "the other chunk has partial blocks", .rule = VX_BAT_024, .spec = CHILD,
     .poke = {{ENTRY, 3, B_RAW, PLACED(4, 7)}, {ENTRY, BITMAP_0, B_RAW, PLACED(260, 6)}},
     .size = 261 * IMAGE_MIB, .want = "RUN-006w"},

    {.name = "bitmap at offset 0", .rule = VX_BAT_025, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, 6}}, .want = "BAT-025e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "bitmap on the log", .rule = VX_BAT_025, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(1, 6)}},
     .want = "LAY-006e BAT-014e BAT-025e RUN-006w", .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "bitmap on the BAT", .rule = VX_BAT_025, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(3, 6)}},
     .want = "LAY-006f RGE-008e BAT-014e BAT-025e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "bitmap inside an earlier block", .rule = VX_BAT_025, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(5, 6)}},
     .want = "LAY-006e BAT-011e BAT-015e BAT-025e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "bitmap at the offset of an earlier block", .rule = VX_BAT_025, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(4, 6)}},
     .want = "LAY-006e BAT-011e BAT-015e BAT-016e BAT-025e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "bitmap inside a later block", .rule = VX_BAT_025, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(4 + 17 * 256 + 7, 6)}},
     .want = "LAY-006e BAT-011e BAT-015e BAT-025e RUN-006w", .index = BITMAP_0,
     .offset = RAW(BITMAP_0)},
    {.name = "two bitmaps at one offset", .rule = VX_BAT_025, .fires = true,
     .spec = FULL_CHILD, .poke = {{ENTRY, BITMAP_1, B_RAW, PLACED(BITMAPS_MIB, 6)}},
     .want = "LAY-006e BAT-011e BAT-015e BAT-016e BAT-025e RUN-006w", .index = BITMAP_1,
     .offset = RAW(BITMAP_1)},
    {.name = "bitmap one byte short", .rule = VX_BAT_025, .fires = true, .spec = FULL_CHILD,
     .size = (BITMAPS_MIB + 2) * IMAGE_MIB - 1,
     .want = "LAY-009i BAT-011e BAT-017e BAT-025e RUN-006w...", .index = BITMAP_1,
     .offset = RAW(BITMAP_1)},
    {.name = "bitmap ends at 2^64", .rule = VX_BAT_025, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_1, B_RAW, PLACED(FAR_MIB, 6)}},
     .want = "BAT-017e BAT-025e BAT-028e RUN-006w...", .index = BITMAP_1,
     .offset = RAW(BITMAP_1)},
    {.name = "bitmaps side by side", .rule = VX_BAT_025, .spec = FULL_CHILD,
     .want = "RUN-006w"},
    {.name = "bitmap of 1 MiB before a large block", .rule = VX_BAT_025, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, PLACED(4, 6)}, {ENTRY, 2, B_RAW, PLACED(5, 6)}},
     .size = 261 * IMAGE_MIB, .want = "RUN-006w"},

    {.name = "bitmap not present with an offset", .rule = VX_BAT_026, .fires = true,
     .spec = CHILD, .poke = {{ENTRY, BITMAP_1, B_RAW, PLACED(1, 0)}},
     .want = "BAT-026i RUN-006w", .index = BITMAP_1, .offset = RAW(BITMAP_1)},
    {.name = "bitmap not present without an offset", .rule = VX_BAT_026, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_1, B_RAW, 0}}, .want = "RUN-006w"},

    {.name = "payload slot behind the last block", .rule = VX_BAT_027, .fires = true,
     .spec = CHILD, .poke = {{ENTRY, BITMAP_1 - 1, B_RAW, PLACED(1, 6)}},
     .want = "BAT-027i RUN-006w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "slot behind the last bitmap", .rule = VX_BAT_027, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_1 + 1, B_RAW, 1}}, .want = "BAT-027i RUN-006w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "last payload block of a child", .rule = VX_BAT_027, .spec = CHILD,
     .poke = {{ENTRY, 20, B_RAW, 2}}, .want = "RUN-006w"},

    {.name = "reserved bits of a bitmap entry", .rule = VX_BAT_008, .fires = true, .spec = CHILD,
     .poke = {{ENTRY, BITMAP_0, B_RAW, 1 << 19}}, .want = "BAT-008e RUN-006w",
     .index = BITMAP_0, .offset = RAW(BITMAP_0)},
    {.name = "reserved bits of a slot behind the last block", .rule = VX_BAT_008,
     .spec = CHILD, .poke = {{ENTRY, BITMAP_1 - 1, B_RAW, 1 << 3}},
     .want = "BAT-027i RUN-006w"},
};
/* clang-format on */

const struct rule_cases CASES_BITMAPS_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
