/* What real producers write: none of it may raise more than the rule catalogue allows, row by row
 * of its section 6 (the number comes first in each name). Rows of that section that need a
 * replayed log or a second image are not here. */
#include "tests/support/cases.h"

static const uint8_t UTF16_WINDOWS[] = "M\0i\0c\0r\0o\0s\0o\0f\0t\0 \0W\0i\0n\0d\0o\0w\0s\0 \0"
                                       "6\0.\0002\0.\0009\0002\0000\0000\0.\0001\0006\0";

static void exchange_regions(struct image *im)
{
    uint8_t first[32];
    uint8_t second[32];

    for (unsigned copy = 0; copy < 2; copy++) {
        image_get_bytes(im, image_region_at(copy, 0, 0), first, 32);
        image_get_bytes(im, image_region_at(copy, 1, 0), second, 32);
        image_put_bytes(im, image_region_at(copy, 0, 0), second, 32);
        image_put_bytes(im, image_region_at(copy, 1, 0), first, 32);
    }
}

/* QEMU: BAT at 2 MiB, metadata behind it, a hole of 4 MiB, nothing marked required, sequence
 * numbers of 32 random bits, another data write GUID in each copy. */
static void be_qemu(struct image *im)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put(im, image_region_at(copy, IMAGE_REGION_BAT, 16), 8, IMAGE_METADATA);
        image_put(im, image_region_at(copy, IMAGE_REGION_METADATA, 16), 8, IMAGE_BAT);
        image_put(im, image_region_at(copy, IMAGE_REGION_BAT, 28), 4, 0);
        image_put(im, image_region_at(copy, IMAGE_REGION_METADATA, 28), 4, 0);
        image_put(im, image_header_at(copy, 8), 8, 0x9bf2a6f0 + copy);
        image_put(im, image_header_at(copy, 32), 8, UINT64_MAX - copy);
    }
    for (uint64_t pos = 0; pos < 0x20000; pos += 8) {
        image_put(im, IMAGE_BAT + pos, 8, image_get(im, IMAGE_METADATA + pos, 8));
        image_put(im, IMAGE_METADATA + pos, 8, 0);
    }
}

/* The BAT of a QEMU image with all blocks ZERO, after be_qemu(). */
static void be_qemu_zero(struct image *im)
{
    be_qemu(im);
    for (uint64_t i = 0; i < im->bat_entries; i++) {
        image_put(im, IMAGE_METADATA + 8 * i, 8, 2);
    }
    im->size = 8 * IMAGE_MIB;
}

/* Old log entries that look perfectly valid at first sight, and garbage. */
static void leave_log_entries(struct image *im)
{
    for (uint64_t pos = 0; pos < IMAGE_MIB; pos += 8192) {
        image_put_bytes(im, IMAGE_LOG + pos, "loge", 4);
        image_put(im, IMAGE_LOG + pos + 8, 4, 4096);
        image_put(im, IMAGE_LOG + pos + 16, 8, pos + 1);
        image_put(im, IMAGE_LOG + pos + 4096, 8, UINT64_MAX);
    }
}

static const struct log_entry EMPTY_LOG[] = {{.sequence = 7}, {.sequence = 0}};

static void leave_metadata_garbage(struct image *im)
{
    for (unsigned pos = 0; pos < 32; pos += 8) {
        image_put(im, image_item_entry_at(IMAGE_ITEM_NEXT, pos), 8, UINT64_MAX - pos);
        image_put(im, image_item_entry_at(2046, pos), 8, UINT64_MAX - pos);
    }
    image_put(im, IMAGE_METADATA + 0x80000, 8, UINT64_MAX);
}

/* Items packed without alignment, in another order than the table. */
static void pack_items(struct image *im)
{
    static const struct {
        uint32_t offset;
        uint32_t length;
    } place[IMAGE_ITEM_NEXT] = {{65589, 8}, {65541, 8}, {65549, 16}, {65537, 4}, {65565, 4}};
    uint8_t value[16];

    for (unsigned i = 0; i < IMAGE_ITEM_NEXT; i++) {
        image_get_bytes(im, image_item_at(i), value, place[i].length);
        image_put(im, image_item_entry_at(i, 16), 4, place[i].offset + 0x1000);
        image_put_bytes(im, IMAGE_METADATA + place[i].offset + 0x1000, value, place[i].length);
    }
}

static void be_windows(struct image *im)
{
    image_put_bytes(im, 8, UTF16_WINDOWS, sizeof(UTF16_WINDOWS) - 1);
    image_put(im, image_item_at(IMAGE_ITEM_PHYSICAL_SECTOR), 4, 4096);
    leave_log_entries(im);
    leave_metadata_garbage(im);
    pack_items(im);
    exchange_regions(im);
}

/* The BAT page of block 0 shifted by one: duplicated offsets and a bitmap slot in use. */
static void shift_bat(struct image *im)
{
    for (uint64_t i = 20; i > 0; i--) {
        image_bat_set(im, i, image_bat_get(im, i - 1));
    }
}

static void fill_reserved(struct image *im)
{
    for (uint64_t at = 520; at < IMAGE_MIB; at += 4096) {
        const bool is_used = (at > IMAGE_HEADER_1 && at < IMAGE_HEADER_1 + 4096) ||
                             (at > IMAGE_HEADER_2 && at < IMAGE_HEADER_2 + 4096) ||
                             (at > IMAGE_REGIONS_1 && at < IMAGE_REGIONS_2 + 65536);

        if (!is_used) {
            image_put(im, at, 8, UINT64_MAX);
        }
    }
}

/* All items with the flags 4 and nothing else. */
static void forget_is_virtual_disk(struct image *im)
{
    for (unsigned i = 0; i < IMAGE_ITEM_NEXT; i++) {
        image_put(im, image_item_entry_at(i, 24), 4, 4);
    }
}

/* Sixteen blocks to a chunk, but no slot left free for the bitmap. */
static void forget_bitmap_slots(struct image *im)
{
    for (uint64_t b = 0; b < im->payload_blocks; b++) {
        image_bat_set(im, b, image_entry(4 + 256 * b, 6));
    }
    image_bat_set(im, im->payload_blocks, 0);
}

static void add_empty_items(struct image *im)
{
    image_add_item(im, IMAGE_GUID_FOREIGN, 0, 0, 1);
    image_add_item(im, IMAGE_GUID_CHS, 0, 0, 0);
}

#define TWENTY_LARGE .disk_bytes = 20 * 256 * IMAGE_MIB, .block_bytes = 256 * VX_MIB

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "1-3, 5, 7: QEMU, dynamic, block_state_zero=on", .rule = VX_BAT_018,
     .edit = be_qemu_zero, .want = "RGE-012i"},
    {.name = "5: QEMU, dynamic, block_state_zero=off", .rule = VX_RGE_011, .edit = be_qemu,
     .size = 8 * IMAGE_MIB, .want = "RGE-012i"},
    {.name = "2: metadata entry before the BAT entry", .rule = VX_RGT_010,
     .edit = exchange_regions, .want = ""},
    {.name = "4: QEMU, fixed, all blocks zero", .rule = VX_BAT_021,
     .spec = {.type = IMAGE_FIXED, .state = 2}, .want = "BAT-020i"},
    {.name = "6: QEMU, fixed, the file ends with the disk", .rule = VX_BAT_021,
     .spec = {.type = IMAGE_FIXED, .disk_bytes = 10 * IMAGE_MIB - 290816,
              .block_bytes = 8 * VX_MIB, .state = 6},
     .size = 14 * IMAGE_MIB - 290816, .want = "LAY-009i BAT-017w"},
    {.name = "8, 13: old entries in a clean log", .rule = VX_HDR_012,
     .edit = leave_log_entries, .want = ""},
    {.name = "10: QEMU issue 727, one block to a slot", .rule = VX_BAT_014, .fires = false,
     .spec = {TWENTY_LARGE, .state = 6}, .edit = shift_bat,
     .want = "LAY-006e BAT-015e BAT-016e BAT-023w"},
    {.name = "11: state 5 for unmapped", .rule = VX_BAT_009, .fires = true,
     .poke = {{ENTRY, 7, B_RAW, 5}}, .want = "BAT-009w", .index = 7,
     .offset = IMAGE_BAT + 8 * 7},
    {.name = "12: QEMU, empty disk with a BAT of 64 MiB", .rule = VX_BAT_007,
     .poke = {{VALUE, IMAGE_ITEM_DISK_SIZE, V_INT64, 0}, {REGION, 0, R_LENGTH, 64 * IMAGE_MIB}},
     .size = 67 * IMAGE_MIB, .want = "VDS-003e"},
    {.name = "13, 15, 16: Windows Server 2012", .rule = VX_MDT_005,
     .spec = {.block_bytes = 32 * VX_MIB, .state = 6}, .edit = be_windows, .want = ""},
    {.name = "16: differencing child with blocks of 2 MiB", .rule = VX_BAT_010,
     .spec = {.block_bytes = 2 * VX_MIB, .type = IMAGE_DIFFERENCING, .state = 7},
     .want = "RUN-006w"},
    {.name = "19: copied while attached", .rule = VX_SEQ_012, .fires = true, .log = EMPTY_LOG,
     .want = "SEQ-012i", .index = 1, .offset = IMAGE_HEADER_2 + 48},
    {.name = "20: early Windows 8", .rule = VX_MDE_012, .poke = {{ITEM, 4, I_FLAGS, 2}},
     .want = "MDE-013i"},
    {.name = "21: dynamic with a bitmap marked present", .rule = VX_BAT_025,
     .spec = {TWENTY_LARGE}, .poke = {{ENTRY, 16, B_RAW, PLACED(4, 6)}}, .size = 5 * IMAGE_MIB,
     .want = "BAT-023w"},
    {.name = "22: logical 4096, physical 512", .rule = VX_PSS_001,
     .spec = {.sector_bytes = 4096}, .poke = {{VALUE, IMAGE_ITEM_PHYSICAL_SECTOR, V_INT32, 512}},
     .want = ""},
    {.name = "23: Disk2vhd", .rule = VX_HDR_007, .fires = true, .spec = {.state = 6},
     .poke = {{HEADERS, 0, H_SEQUENCE, 1}}, .edit = pack_items, .size = 20 * IMAGE_MIB + 512,
     .want = "LAY-009i HDR-007w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "25: cloud-hypervisor before December 2024", .rule = VX_HDR_004, .fires = true,
     .poke = {{HEADERS, 0, H_SEQUENCE, 5}}, .is_unsealed = true,
     .want = "HDR-003w HDR-004f RUN-003w", .index = CASE_ANY, .offset = CASE_ANY},
    {.name = "26: cloud-hypervisor, no bitmap slots", .rule = VX_BAT_025,
     .spec = {TWENTY_LARGE, .state = 6}, .edit = forget_bitmap_slots, .want = "BAT-023w"},
    {.name = "27, 28: openvmm and DiscUtils, numbers 0 and 1, no creator", .rule = VX_HDR_007,
     .poke = {{HEADER_1, 0, H_SEQUENCE, 0}, {HEADER_2, 0, H_SEQUENCE, 1}, {AT, 0, 8, 8, 0}},
     .want = ""},
    {.name = "29: WSL 2, truncated copy", .rule = VX_BAT_017, .fires = true, .spec = {.state = 6},
     .size = 18 * IMAGE_MIB, .want = "LAY-007e BAT-017e", .index = 14,
     .offset = IMAGE_BAT + 8 * 14},
    {.name = "31: instar, no IsVirtualDisk", .rule = VX_MDE_012, .fires = true,
     .edit = forget_is_virtual_disk, .want = "MDE-012w", .index = CASE_ANY,
     .offset = CASE_ANY},
    {.name = "32: trailing bytes", .rule = VX_BAT_017, .spec = {.state = 6},
     .size = 27 * IMAGE_MIB + 511, .want = "LAY-009i"},
    {.name = "reserved areas full of ones", .rule = VX_HDR_019, .edit = fill_reserved,
     .want = ""},
    {.name = "empty items", .rule = VX_MDE_006, .edit = add_empty_items, .want = "..."},
};
/* clang-format on */

const struct rule_cases CASES_PRODUCERS_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
