/* Rows of the area HDR. Spec: MS-VHDX 2.2.2. The current header is the second one. */
#include "tests/support/cases.h"

/* A log that has room around it, whatever its length. */
#define LOG_AT_8_MIB                                                                               \
    {                                                                                              \
        HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB                                                    \
    }
#define PENDING                                                                                    \
    {                                                                                              \
        HEADERS, 0, H_LOG_GUID, 1                                                                  \
    }

static void log_on_foreign_region(struct image *im)
{
    image_add_region(im, IMAGE_GUID_FOREIGN, 4 * IMAGE_MIB, IMAGE_MIB, 0);
    im->size = 5 * IMAGE_MIB;
}

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "header 1 has no signature", .rule = VX_HDR_002, .fires = true,
     .poke = {{HEADER_1, 0, H_SIGNATURE, 0}}, .want = "HDR-002w HDR-005w", .index = 0,
     .offset = IMAGE_HEADER_1},
    {.name = "header 2 has a capital letter", .rule = VX_HDR_002, .fires = true,
     .poke = {{HEADER_2, 0, 3, 1, 'D'}}, .want = "HDR-002w HDR-005w", .index = 1,
     .offset = IMAGE_HEADER_2},
    {.name = "header 2 is torn behind its signature", .rule = VX_HDR_002,
     .poke = {{HEADER_2, 0, H_SEQUENCE, 77}}, .is_unsealed = true, .want = "HDR-003w HDR-005w"},

    {.name = "checksum of header 1 itself", .rule = VX_HDR_003, .fires = true,
     .poke = {{HEADER_1, 0, 4, 1, 0}}, .is_unsealed = true, .want = "HDR-003w HDR-005w",
     .index = 0, .offset = IMAGE_HEADER_1 + 4},
    {.name = "last covered byte of header 2", .rule = VX_HDR_003, .fires = true,
     .poke = {{HEADER_2, 0, 4095, 1, 1}}, .is_unsealed = true, .want = "HDR-003w HDR-005w",
     .index = 1, .offset = IMAGE_HEADER_2 + 4},
    {.name = "first byte that is not covered", .rule = VX_HDR_003,
     .poke = {{HEADERS, 0, 4096, 1, 1}}, .is_unsealed = true, .want = ""},

    {.name = "no header has a signature", .rule = VX_HDR_004, .fires = true,
     .poke = {{HEADERS, 0, H_SIGNATURE, 0}}, .want = "HDR-002w HDR-004f RUN-003w",
     .index = CASE_ANY, .offset = IMAGE_HEADER_1},
    {.name = "one signature, one checksum", .rule = VX_HDR_004, .fires = true,
     .poke = {{HEADER_1, 0, H_SIGNATURE, 0}, {HEADER_2, 0, H_SEQUENCE, 3}}, .is_unsealed = true,
     .want = "HDR-002w HDR-003w HDR-004f RUN-003w", .index = CASE_ANY,
     .offset = IMAGE_HEADER_1},
    {.name = "the older header is left", .rule = VX_HDR_004,
     .poke = {{HEADER_2, 0, H_SIGNATURE, 0}}, .want = "HDR-002w HDR-005w"},

    {.name = "the current header is damaged", .rule = VX_HDR_005, .fires = true,
     .poke = {{HEADER_2, 0, H_SEQUENCE, 9}}, .is_unsealed = true, .want = "HDR-003w HDR-005w",
     .index = 1, .offset = IMAGE_HEADER_2},
    {.name = "both headers rewritten", .rule = VX_HDR_005,
     .poke = {{HEADER_1, 0, H_SEQUENCE, 10}, {HEADER_2, 0, H_SEQUENCE, 9}}, .want = ""},

    {.name = "identical headers", .rule = VX_HDR_007, .fires = true,
     .poke = {{HEADERS, 0, H_SEQUENCE, 1}}, .want = "HDR-007w", .index = CASE_ANY,
     .offset = IMAGE_HEADER_1 + 8},
    {.name = "same number, other GUID", .rule = VX_HDR_007, .fires = true,
     .poke = {{HEADERS, 0, H_SEQUENCE, 1}, {HEADER_1, 0, H_DATA_GUID_LOW, 5}},
     .want = "HDR-007f RUN-003w", .index = CASE_ANY, .offset = IMAGE_HEADER_1 + 8},
    {.name = "same number, last reserved byte differs", .rule = VX_HDR_007, .fires = true,
     .poke = {{HEADERS, 0, H_SEQUENCE, 0}, {HEADER_2, 0, 4095, 1, 1}},
     .want = "HDR-007f HDR-019i RUN-003w", .index = CASE_ANY, .offset = IMAGE_HEADER_1 + 8},
    {.name = "numbers 2^63 and 2^63 - 1", .rule = VX_HDR_007,
     .poke = {{HEADER_1, 0, H_SEQUENCE, UINT64_C(1) << 63},
              {HEADER_2, 0, H_SEQUENCE, (UINT64_C(1) << 63) - 1}},
     .want = ""},
    {.name = "numbers 0 and 1", .rule = VX_HDR_007,
     .poke = {{HEADER_1, 0, H_SEQUENCE, 0}, {HEADER_2, 0, H_SEQUENCE, 1}}, .want = ""},

    {.name = "version 2", .rule = VX_HDR_009, .fires = true,
     .poke = {{HEADERS, 0, H_VERSION, 2}}, .want = "HDR-009f...", .index = 1,
     .offset = IMAGE_HEADER_2 + 66},
    {.name = "version 0", .rule = VX_HDR_009, .fires = true,
     .poke = {{HEADERS, 0, H_VERSION, 0}}, .want = "HDR-009f...", .index = 1,
     .offset = IMAGE_HEADER_2 + 66},
    {.name = "version 0x101", .rule = VX_HDR_009, .fires = true,
     .poke = {{HEADER_2, 0, H_VERSION, 0x101}}, .want = "HDR-009f HDR-022i...", .index = 1,
     .offset = IMAGE_HEADER_2 + 66},
    {.name = "version 2 in the older header", .rule = VX_HDR_009,
     .poke = {{HEADER_1, 0, H_VERSION, 2}}, .want = "HDR-022i"},

    {.name = "log version 1", .rule = VX_HDR_010, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_VERSION, 1}}, .want = "HDR-010e", .index = 1,
     .offset = IMAGE_HEADER_2 + 64},
    {.name = "log version 65535, pending", .rule = VX_HDR_010, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_VERSION, 0xffff}, PENDING},
     .want = "HDR-010f RUN-004w", .index = 1, .offset = IMAGE_HEADER_2 + 64},
    {.name = "log version 1 in the older header", .rule = VX_HDR_010,
     .poke = {{HEADER_1, 0, H_LOG_VERSION, 1}}, .want = "..."},

    {.name = "log length one sector more", .rule = VX_HDR_013, .fires = true,
     .poke = {LOG_AT_8_MIB, {HEADERS, 0, H_LOG_LENGTH, IMAGE_MIB + 4096}},
     .size = 16 * IMAGE_MIB, .want = "HDR-013e", .index = 1, .offset = IMAGE_HEADER_2 + 68},
    {.name = "log length 2^32 - 1, pending", .rule = VX_HDR_013, .fires = true,
     .poke = {LOG_AT_8_MIB, {HEADERS, 0, H_LOG_LENGTH, 0xffffffff}, PENDING},
     .size = 8 * IMAGE_GIB, .want = "HDR-013f RUN-004w", .index = 1,
     .offset = IMAGE_HEADER_2 + 68},
    {.name = "log length 4095 MiB", .rule = VX_HDR_013,
     .poke = {LOG_AT_8_MIB, {HEADERS, 0, H_LOG_LENGTH, 0xfff00000}}, .size = 8 * IMAGE_GIB,
     .want = ""},

    {.name = "log one byte off", .rule = VX_HDR_014, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB + 1}}, .size = 16 * IMAGE_MIB,
     .want = "LAY-004e HDR-014e", .index = 1, .offset = IMAGE_HEADER_2 + 72},
    {.name = "pending log one byte off", .rule = VX_HDR_014, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 8 * IMAGE_MIB - 1}, PENDING}, .size = 16 * IMAGE_MIB,
     .want = "LAY-004f HDR-014f RUN-004w", .index = 1, .offset = IMAGE_HEADER_2 + 72},
    {.name = "log at 8 MiB", .rule = VX_HDR_014, .poke = {LOG_AT_8_MIB},
     .size = 16 * IMAGE_MIB, .want = ""},

    {.name = "log in the header section", .rule = VX_HDR_015, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 0}}, .want = "LAY-005e HDR-015e...", .index = 1,
     .offset = IMAGE_HEADER_2 + 72},
    {.name = "pending log in the header section", .rule = VX_HDR_015, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, IMAGE_MIB - 1}, PENDING},
     .want = "LAY-004f LAY-005f HDR-014f HDR-015f...", .index = 1,
     .offset = IMAGE_HEADER_2 + 72},
    {.name = "empty log in the header section", .rule = VX_HDR_015,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 0}, {HEADERS, 0, H_LOG_LENGTH, 0}}, .want = ""},

    {.name = "log on a foreign region", .rule = VX_HDR_016, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 4 * IMAGE_MIB}}, .edit = log_on_foreign_region,
     .want = "LAY-006e HDR-016e RGE-007e RGE-010i", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "log reaches into the metadata", .rule = VX_HDR_016, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_LENGTH, 2 * IMAGE_MIB}},
     .want = "LAY-006f HDR-016e RGE-007f", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "pending log reaches into the metadata", .rule = VX_HDR_016, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_LENGTH, 2 * IMAGE_MIB}, PENDING},
     .want = "LAY-006f HDR-016f RGE-007f RUN-004w", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "log next to a foreign region", .rule = VX_HDR_016,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, 5 * IMAGE_MIB}}, .edit = log_on_foreign_region,
     .size = 6 * IMAGE_MIB, .want = "RGE-010i"},

    {.name = "log one byte too long", .rule = VX_HDR_017, .fires = true, .poke = {LOG_AT_8_MIB},
     .size = 9 * IMAGE_MIB - 1, .want = "LAY-007e LAY-009i HDR-017e", .index = 1,
     .offset = CASE_ANY},
    {.name = "pending log begins at the end", .rule = VX_HDR_017, .fires = true,
     .poke = {LOG_AT_8_MIB, PENDING}, .size = 8 * IMAGE_MIB,
     .want = "LAY-007f HDR-017f RUN-004w", .index = 1, .offset = CASE_ANY},
    {.name = "log at 2^63", .rule = VX_HDR_017, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_OFFSET, UINT64_C(1) << 63}}, .want = "LAY-007e HDR-017e",
     .index = 1, .offset = CASE_ANY},
    {.name = "log ends with the file", .rule = VX_HDR_017, .poke = {LOG_AT_8_MIB},
     .size = 9 * IMAGE_MIB, .want = ""},

    {.name = "pending log without length", .rule = VX_HDR_018, .fires = true,
     .poke = {{HEADERS, 0, H_LOG_LENGTH, 0}, PENDING}, .want = "HDR-018f RUN-004w",
     .index = 1, .offset = IMAGE_HEADER_2 + 68},
    {.name = "no log at all", .rule = VX_HDR_018, .poke = {{HEADERS, 0, H_LOG_LENGTH, 0}},
     .want = ""},

    {.name = "first reserved byte", .rule = VX_HDR_019, .fires = true,
     .poke = {{HEADER_2, 0, 80, 1, 1}}, .want = "HDR-019i", .index = 1,
     .offset = IMAGE_HEADER_2 + 80},
    {.name = "last reserved byte of the older header", .rule = VX_HDR_019, .fires = true,
     .poke = {{HEADER_1, 0, 4095, 1, 0x80}}, .want = "HDR-019i", .index = 0,
     .offset = IMAGE_HEADER_1 + 80},
    {.name = "last byte of LogOffset", .rule = VX_HDR_019,
     .poke = {{HEADERS, 0, 79, 1, 0x10}}, .want = "LAY-007e HDR-017e"},
    {.name = "bytes behind the header", .rule = VX_HDR_019,
     .poke = {{HEADERS, 0, 4096, 8, UINT64_MAX}}, .want = ""},

    {.name = "log elsewhere in the older header", .rule = VX_HDR_022, .fires = true,
     .poke = {{HEADER_1, 0, H_LOG_OFFSET, 64 * IMAGE_MIB}}, .want = "HDR-022i",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "log longer in the older header", .rule = VX_HDR_022, .fires = true,
     .poke = {{HEADER_1, 0, H_LOG_LENGTH, 2 * IMAGE_MIB}}, .want = "HDR-022i",
     .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "other GUIDs in the older header", .rule = VX_HDR_022,
     .poke = {{HEADER_1, 0, 16, 8, 1}, {HEADER_1, 0, H_DATA_GUID_LOW, 2},
              {HEADER_1, 0, H_LOG_GUID, 3}},
     .want = ""},

    {.name = "no data write GUID", .rule = VX_HDR_023, .fires = true,
     .poke = {{HEADERS, 0, H_DATA_GUID_LOW, 0}, {HEADERS, 0, H_DATA_GUID_HIGH, 0}},
     .want = "HDR-023w", .index = 1, .offset = IMAGE_HEADER_2 + 32},
    {.name = "data write GUID of one byte", .rule = VX_HDR_023,
     .poke = {{HEADERS, 0, H_DATA_GUID_LOW, 0}, {HEADERS, 0, H_DATA_GUID_HIGH, UINT64_C(1) << 56}},
     .want = ""},
    {.name = "no data write GUID in the older header", .rule = VX_HDR_023,
     .poke = {{HEADER_1, 0, H_DATA_GUID_LOW, 0}, {HEADER_1, 0, H_DATA_GUID_HIGH, 0}},
     .want = ""},

    {.name = "sequence number 2^64 - 1", .rule = VX_HDR_024, .fires = true,
     .poke = {{HEADER_1, 0, H_SEQUENCE, UINT64_MAX}}, .want = "HDR-024w", .index = 0,
     .offset = IMAGE_HEADER_1 + 8},
    {.name = "sequence number 2^64 - 2", .rule = VX_HDR_024,
     .poke = {{HEADER_1, 0, H_SEQUENCE, UINT64_MAX - 1}}, .want = ""},
};
/* clang-format on */

const struct rule_cases CASES_HEADER_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
