/* Checks that are hindered, row by row. */
#include "tests/support/cases.h"

#include "tests/support/replayed.h"

#include <stdio.h>
#include <stdlib.h>

/* The file ends with 16 blocks of 1 MiB at 4 MiB. */
#define PRESENT "title all blocks\ncreate dynamic state=present\n"
/* Two blocks 1 TiB apart: more than the least bitmap covers. */
#define SPREAD PRESENT "block 1 present at=1T\nsize 1T+1M\n"
/* The second one partially present, its bitmap far away, too. */
#define SPREAD_CHILD                                                                               \
    "title a child\ncreate differencing\nblock 0 present at=4M\nblock 1 partial at=1T\n"           \
    "bitmap 0 present at=1T+1M\nsize 1T+2M\n"
#define EMPTY "title no blocks\ncreate dynamic\n"
/* A partially present block far from the slot of its bitmap. */
#define CHILD                                                                                      \
    "title a child\ncreate differencing disk=60G sector=4096\nblock 9 partial at=4M\n"             \
    "bitmap 0 present at=5M\nsize 6M\n"
#define BITMAP_SLOT (IMAGE_BAT + 8 * UINT64_C(32768))
/* A log of one entry, which writes where nothing is. */
#define ENTRY EMPTY "log\nentry sequence=5\n"
#define ONE   ENTRY "data @metadata+512K 1\n"
#define MANY  ENTRY "data @metadata+512K 1 times=8\n"

/* clang-format off */
const struct rule_case CASES[] = {
    {.name = "unreadable BAT", .rule = VX_RUN_001, .fires = true, .recipe = PRESENT,
     .bad = {IMAGE_BAT, IMAGE_BAT + 1}, .want = "RUN-001w", .index = 0, .offset = CASE_ANY},
    {.name = "unreadable header 1", .rule = VX_RUN_001, .fires = true, .recipe = EMPTY,
     .bad = {IMAGE_HEADER_1 + 4095, IMAGE_HEADER_1 + 4096}, .want = "RUN-001w", .index = 0,
     .offset = IMAGE_HEADER_1},
    {.name = "unreadable headers", .rule = VX_RUN_001, .fires = true, .recipe = EMPTY,
     .bad = {IMAGE_HEADER_1, IMAGE_HEADER_2 + 1}, .want = "RUN-001w RUN-003w", .index = 0,
     .offset = IMAGE_HEADER_2},
    {.name = "unreadable block", .rule = VX_RUN_001, .recipe = PRESENT,
     .bad = {5 * IMAGE_MIB, 20 * IMAGE_MIB}, .want = ""},

    {.name = "unreadable metadata table", .rule = VX_RUN_003, .fires = true, .recipe = EMPTY,
     .bad = {IMAGE_METADATA, IMAGE_METADATA + 1}, .want = "RUN-001w RUN-003w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "unreadable region table 2", .rule = VX_RUN_003, .recipe = EMPTY,
     .bad = {IMAGE_REGIONS_2, IMAGE_REGIONS_2 + 1}, .want = "RUN-001w"},

    {.name = "unreadable headers of what is no VHDX", .rule = VX_RUN_003, .fires = true,
     .recipe = EMPTY "set id.signature 0\n", .bad = {IMAGE_HEADER_1, IMAGE_HEADER_2 + 1},
     .want = "FTI-001f RUN-001w RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "one unreadable header of what is no VHDX", .rule = VX_RUN_003, .fires = true,
     .recipe = EMPTY "set id.signature 0\nset header.1.signature 0\n",
     .bad = {IMAGE_HEADER_2, IMAGE_HEADER_2 + 1},
     .want = "FTI-001f RUN-001w RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "unreadable identifier", .rule = VX_RUN_001, .fires = true, .recipe = EMPTY,
     .bad = {0, 1}, .want = "RUN-001w", .index = 0, .offset = 0},
    {.name = "unreadable region tables", .rule = VX_RUN_003, .fires = true, .recipe = EMPTY,
     .bad = {IMAGE_REGIONS_1, IMAGE_REGIONS_2 + 1}, .want = "RUN-001w RUN-003w", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "unreadable size of the disk", .rule = VX_RUN_003, .fires = true, .recipe = EMPTY,
     .bad = {IMAGE_ITEMS + 64, IMAGE_ITEMS + 65}, .want = "RUN-001w RUN-003w", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "unreadable end of a long table", .rule = VX_RUN_001, .fires = true,
     .recipe = "title a long table\ncreate dynamic disk=100G state=zero\n",
     .bad = {IMAGE_BAT + 800 * IMAGE_KIB, IMAGE_BAT + 800 * IMAGE_KIB + 1}, .want = "RUN-001w",
     .index = CASE_ANY, .offset = CASE_ANY},

    {.name = "an unreadable sector of the only entry", .rule = VX_RUN_004, .fires = true,
     .recipe = ONE, .bad = {IMAGE_LOG + 4096, IMAGE_LOG + 4097},
     .want = "HDR-012w RUN-001w RUN-003w RUN-004w", .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "an unreadable sector behind the only entry", .rule = VX_RUN_004,
     .recipe = ONE "put @log.2 8 1\n", .bad = {IMAGE_LOG + 8192, IMAGE_LOG + 8193},
     .want = "HDR-012w RUN-001w"},
    {.name = "an unreadable sector in a hole behind the only entry", .rule = VX_RUN_001,
     .recipe = ONE, .bad = {IMAGE_LOG + 8192, IMAGE_LOG + 8193}, .want = "HDR-012w"},

    {.name = "one pass is not enough", .rule = VX_RUN_005, .fires = true, .recipe = SPREAD,
     .has_least_memory = true, .pass_limit = 1, .want = "RUN-005w", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "two passes are enough", .rule = VX_RUN_005, .recipe = SPREAD,
     .has_least_memory = true, .pass_limit = 2, .want = ""},

    {.name = "one pass is not enough to see whose the bitmap is", .rule = VX_RUN_009, .fires = true,
     .recipe = SPREAD_CHILD, .has_least_memory = true, .pass_limit = 1,
     .want = "RUN-005w RUN-006i RUN-009w", .index = 0, .offset = CASE_ANY},
    {.name = "two passes are enough to see whose the bitmap is", .rule = VX_RUN_009,
     .recipe = SPREAD_CHILD, .has_least_memory = true, .pass_limit = 2,
     .want = "SBM-004i RUN-006i"},

    {.name = "8 descriptors, memory for 6", .rule = VX_RUN_007, .fires = true, .recipe = MANY,
     .overlay_bytes = 7 * VXR_OVERLAY_RECORD_BYTES, .want = "HDR-012w RUN-003w RUN-007w",
     .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "8 descriptors, memory for 8", .rule = VX_RUN_007, .recipe = MANY,
     .overlay_bytes = 9 * VXR_OVERLAY_RECORD_BYTES, .want = "HDR-012w"},

    {.name = "bitmap slot that cannot be read", .rule = VX_BAT_011, .recipe = CHILD,
     .bad = {BITMAP_SLOT, BITMAP_SLOT + 1}, .want = "RUN-001w RUN-006i"},
};
/* clang-format on */
const size_t CASES_COUNT = VX_COUNT_OF(CASES);

void case_make(const struct rule_case *row, struct recipe *r)
{
    if (!recipe_read(r, row->name, row->recipe, strlen(row->recipe))) {
        fprintf(stderr, "%s\n", r->error);
        abort();
    }
}

struct vx_source case_source(const struct rule_case *row, struct recipe *r,
                             struct fault_source *fault)
{
    const struct vx_source inner = image_source(&r->im);

    fault_source_init(fault, &inner);
    fault->kind = row->bad.end > 0 ? FAULT_FAIL_RANGE : FAULT_NONE;
    fault->bad = row->bad;
    return fault_source(fault);
}

struct replay_options case_options(const struct rule_case *row, uint64_t file_bytes)
{
    return (struct replay_options){
        .memory_bytes = row->has_least_memory ? (size_t)vx_structure_need(file_bytes).min : 0,
        .overlay_bytes = row->overlay_bytes,
        .pass_limit = row->pass_limit,
    };
}

void case_run(const struct rule_case *row, struct findings *out, uint64_t *size)
{
    static struct recipe r;
    struct fault_source fault;
    struct replay_options options;
    struct vx_source src;
    uint64_t judged;

    case_make(row, &r);
    src = case_source(row, &r, &fault);
    options = case_options(row, src.size);
    findings_init(out, row->name);
    judged = replayed_check(&src, &options, out, NULL);
    if (size != NULL) {
        *size = judged;
    }
    recipe_free(&r);
}
