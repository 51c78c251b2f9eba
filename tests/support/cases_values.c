/* Rows of the areas FPR, VDS, LSS and PSS. Spec: MS-VHDX 2.6.2.1 to 2.6.2.5. */
#include "tests/support/cases.h"

enum {
    PARAMETERS = IMAGE_ITEM_FILE_PARAMETERS,
    DISK_SIZE = IMAGE_ITEM_DISK_SIZE,
    LOGICAL = IMAGE_ITEM_LOGICAL_SECTOR,
    PHYSICAL = IMAGE_ITEM_PHYSICAL_SECTOR
};

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "blocks of 512 KiB", .rule = VX_FPR_001, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, 524288}}, .want = "FPR-001f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of 512 MiB", .rule = VX_FPR_001, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, 512 * IMAGE_MIB}}, .want = "FPR-001f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of no bytes", .rule = VX_FPR_001, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, 0}}, .want = "FPR-001f RUN-003w...",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of 2^32 - 1 bytes", .rule = VX_FPR_001, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, 0xffffffff}}, .want = "FPR-001f RUN-003w...",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of 256 MiB", .rule = VX_FPR_001, .spec = {.block_bytes = 256 * VX_MIB},
     .want = ""},
    {.name = "blocks of 1 MiB", .rule = VX_FPR_001, .spec = {.block_bytes = VX_MIB},
     .want = ""},

    {.name = "blocks of 3 MiB", .rule = VX_FPR_002, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, 3 * IMAGE_MIB}}, .want = "FPR-002f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of 1 MiB and a byte", .rule = VX_FPR_002, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_INT32, IMAGE_MIB + 1}}, .want = "FPR-002f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS},
    {.name = "blocks of 4 MiB", .rule = VX_FPR_002,
     .poke = {{VALUE, PARAMETERS, V_INT32, 4 * IMAGE_MIB}}, .want = ""},

    {.name = "parameter bit 2", .rule = VX_FPR_003, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_PARAMETERS, 4}}, .want = "FPR-003e", .index = CASE_ANY,
     .offset = IMAGE_ITEMS + 4},
    {.name = "parameter bit 31", .rule = VX_FPR_003, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_PARAMETERS, 0x80000000}}, .want = "FPR-003e",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 4},
    {.name = "parameter bit 0", .rule = VX_FPR_003, .spec = {.type = IMAGE_FIXED, .state = 6},
     .want = ""},

    {.name = "HasParent without a locator", .rule = VX_FPR_004, .fires = true,
     .poke = {{VALUE, PARAMETERS, V_PARAMETERS, 2}}, .want = "FPR-004f RUN-006w",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "HasParent with a locator", .rule = VX_FPR_004,
     .spec = {.type = IMAGE_DIFFERENCING}, .want = "RUN-006w"},

    {.name = "LeaveBlockAllocated and HasParent", .rule = VX_FPR_005, .fires = true,
     .spec = {.type = IMAGE_DIFFERENCING}, .poke = {{VALUE, PARAMETERS, V_PARAMETERS, 3}},
     .want = "FPR-005i RUN-006w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "HasParent alone", .rule = VX_FPR_005, .spec = {.type = IMAGE_DIFFERENCING},
     .want = "RUN-006w"},

    {.name = "locator without HasParent", .rule = VX_FPR_006, .fires = true,
     .spec = {.type = IMAGE_DIFFERENCING}, .poke = {{VALUE, PARAMETERS, V_PARAMETERS, 0}},
     .want = "FPR-006w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "neither locator nor HasParent", .rule = VX_FPR_006, .want = ""},

    {.name = "disk one byte above a sector", .rule = VX_VDS_001, .fires = true,
     .poke = {{VALUE, DISK_SIZE, V_INT64, 16 * IMAGE_MIB - 511}}, .want = "VDS-001f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 64},
    {.name = "disk of half a large sector", .rule = VX_VDS_001, .fires = true,
     .spec = {.sector_bytes = 4096}, .poke = {{VALUE, DISK_SIZE, V_INT64, 2048}},
     .want = "VDS-001f RUN-003w", .index = CASE_ANY, .offset = IMAGE_ITEMS + 64},
    {.name = "disk of one sector", .rule = VX_VDS_001,
     .poke = {{VALUE, DISK_SIZE, V_INT64, 512}}, .want = ""},

    {.name = "disk one sector above 64 TiB", .rule = VX_VDS_002, .fires = true,
     .poke = {{VALUE, DISK_SIZE, V_INT64, 64 * IMAGE_TIB + 512}}, .want = "VDS-002f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 64},
    {.name = "disk of 2^64 - 512 bytes", .rule = VX_VDS_002, .fires = true,
     .poke = {{VALUE, DISK_SIZE, V_INT64, UINT64_MAX - 511}}, .want = "VDS-002f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 64},
    {.name = "disk of 2^63 bytes", .rule = VX_VDS_002, .fires = true,
     .poke = {{VALUE, DISK_SIZE, V_INT64, UINT64_C(1) << 63}}, .want = "VDS-002f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 64},
    {.name = "disk of 64 TiB", .rule = VX_VDS_002,
     .spec = {.disk_bytes = 64 * IMAGE_TIB, .block_bytes = 256 * VX_MIB}, .want = ""},

    {.name = "disk of no bytes", .rule = VX_VDS_003, .fires = true,
     .poke = {{VALUE, DISK_SIZE, V_INT64, 0}}, .want = "VDS-003e", .index = CASE_ANY,
     .offset = IMAGE_ITEMS + 64},
    {.name = "disk of 512 bytes", .rule = VX_VDS_003,
     .poke = {{VALUE, DISK_SIZE, V_INT64, 512}}, .want = ""},

    {.name = "logical sectors of 1024 bytes", .rule = VX_LSS_001, .fires = true,
     .poke = {{VALUE, LOGICAL, V_INT32, 1024}}, .want = "LSS-001f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 3 * 64},
    {.name = "logical sectors of no bytes", .rule = VX_LSS_001, .fires = true,
     .poke = {{VALUE, LOGICAL, V_INT32, 0}}, .want = "LSS-001f RUN-003w", .index = CASE_ANY,
     .offset = IMAGE_ITEMS + 3 * 64},
    {.name = "logical sectors of 2^32 - 1 bytes", .rule = VX_LSS_001, .fires = true,
     .poke = {{VALUE, LOGICAL, V_INT32, 0xffffffff}}, .want = "LSS-001f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_ITEMS + 3 * 64},
    {.name = "logical 4096, physical 512", .rule = VX_LSS_001,
     .poke = {{VALUE, LOGICAL, V_INT32, 4096}}, .want = ""},

    {.name = "physical sectors of no bytes", .rule = VX_PSS_001, .fires = true,
     .poke = {{VALUE, PHYSICAL, V_INT32, 0}}, .want = "PSS-001e", .index = CASE_ANY,
     .offset = IMAGE_ITEMS + 4 * 64},
    {.name = "physical sectors of 4097 bytes", .rule = VX_PSS_001, .fires = true,
     .poke = {{VALUE, PHYSICAL, V_INT32, 4097}}, .want = "PSS-001e", .index = CASE_ANY,
     .offset = IMAGE_ITEMS + 4 * 64},
    {.name = "physical 4096", .rule = VX_PSS_001, .poke = {{VALUE, PHYSICAL, V_INT32, 4096}},
     .want = ""},
};
/* clang-format on */

const struct rule_cases CASES_VALUES_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
