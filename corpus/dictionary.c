/* The words, from tables. Spec: MS-VHDX 2.2 to 2.6. */
#include "corpus/dictionary.h"

#include <string.h>

#include "corpus/image.h"
#include "corpus/little.h"
#include "parser/geometry.h"
#include "parser/metadata.h"

struct text {
    const char *name;
    const char *ascii;
};

struct guid {
    const char *name;
    const uint8_t *bytes;
};

struct number {
    const char *name;
    unsigned width;
    uint64_t value;
};

static const struct text SIGNATURES[] = {
    {"signature_file", "vhdxfile"}, {"signature_header", "head"},
    {"signature_regions", "regi"},  {"signature_metadata", "metadata"},
    {"signature_entry", "loge"},    {"signature_descriptor", "desc"},
    {"signature_zero", "zero"},     {"signature_data", "data"},
};

/* In UTF-16LE. */
static const struct text KEYS[] = {
    {"key_parent_linkage", "parent_linkage"},  {"key_parent_linkage2", "parent_linkage2"},
    {"key_relative_path", "relative_path"},    {"key_volume_path", "volume_path"},
    {"key_win32_path", "absolute_win32_path"},
};

static const struct guid GUIDS[] = {
    {"guid_bat", IMAGE_GUID_BAT},
    {"guid_metadata", IMAGE_GUID_METADATA},
    {"guid_file_parameters", IMAGE_GUID_ITEM[IMAGE_ITEM_FILE_PARAMETERS]},
    {"guid_disk_size", IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_SIZE]},
    {"guid_disk_id", IMAGE_GUID_ITEM[IMAGE_ITEM_DISK_ID]},
    {"guid_logical_sector", IMAGE_GUID_ITEM[IMAGE_ITEM_LOGICAL_SECTOR]},
    {"guid_physical_sector", IMAGE_GUID_ITEM[IMAGE_ITEM_PHYSICAL_SECTOR]},
    {"guid_locator", IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR]},
    {"guid_locator_type", IMAGE_GUID_LOCATOR_TYPE},
    {"optional_guid_chs", IMAGE_GUID_CHS},
    {"optional_guid_pmem", IMAGE_GUID_PMEM},
    {"optional_guid_incomplete", IMAGE_GUID_INCOMPLETE},
    {"optional_guid_zero", IMAGE_GUID_ZERO},
};

static const struct number NUMBERS[] = {
    {"u16_items_most", 2, VX_ITEMS_MAX},
    {"u16_items_too_many", 2, VX_ITEMS_MAX + 1},
    {"u32_sector_512", 4, 512},
    {"u32_sector_4096", 4, 4096},
    {"u32_items_at", 4, 65536},
    {"u32_block_least", 4, VX_BLOCK_BYTES_MIN},
    {"u32_block_most", 4, VX_BLOCK_BYTES_MAX},
    {"u32_half", 4, UINT64_C(1) << 31},
    {"u32_most", 4, UINT32_MAX},
    {"u32_most_mib", 4, 0xfff00000},
    {"u32_most_sector", 4, 0xfffff000},
    {"u32_flags_fixed", 4, 1},
    {"u32_flags_parent", 4, 2},
    {"u32_flags_required", 4, 4},
    {"u32_flags_required_disk", 4, 6},
    {"u64_one", 8, 1},
    {"u64_sector", 8, 4096},
    {"u64_mib", 8, IMAGE_MIB},
    {"u64_log", 8, IMAGE_LOG},
    {"u64_metadata", 8, IMAGE_METADATA},
    {"u64_bat", 8, IMAGE_BAT},
    {"u64_4g", 8, UINT64_C(1) << 32},
    {"u64_disk_most", 8, VX_DISK_BYTES_MAX},
    {"u64_disk_too_long", 8, VX_DISK_BYTES_MAX + 512},
    {"u64_half", 8, UINT64_C(1) << 63},
    {"u64_half_less", 8, (UINT64_C(1) << 63) - 1},
    {"u64_most", 8, UINT64_MAX},
    {"u64_most_sector", 8, UINT64_MAX - 4095},
    {"u64_most_mib", 8, UINT64_MAX - IMAGE_MIB + 1},
    {"entry_undefined", 8, 1},
    {"entry_zero", 8, 2},
    {"entry_unmapped", 8, 3},
    {"entry_reserved", 8, 5},
    {"entry_present_at_0", 8, 6},
    {"entry_present", 8, 4 * IMAGE_MIB + 6},
    {"entry_partial", 8, 4 * IMAGE_MIB + 7},
    {"entry_far", 8, UINT64_MAX - IMAGE_MIB + 1 + 6},
};

static void put_text(const struct text *text, unsigned width, struct dictionary_word *out)
{
    const size_t len = strlen(text->ascii);

    out->name = text->name;
    for (size_t i = 0; i < len && out->size + width <= sizeof(out->bytes); i++) {
        little_put(out->bytes + out->size, width, (uint8_t)text->ascii[i]);
        out->size += width;
    }
}

bool dictionary_get(size_t index, struct dictionary_word *out)
{
    memset(out, 0, sizeof(*out));
    if (index < VX_COUNT_OF(SIGNATURES)) {
        put_text(&SIGNATURES[index], 1, out);
        return true;
    }
    index -= VX_COUNT_OF(SIGNATURES);
    if (index < VX_COUNT_OF(KEYS)) {
        put_text(&KEYS[index], 2, out);
        return true;
    }
    index -= VX_COUNT_OF(KEYS);
    if (index < VX_COUNT_OF(GUIDS)) {
        out->name = GUIDS[index].name;
        out->size = sizeof(IMAGE_GUID_ZERO);
        memcpy(out->bytes, GUIDS[index].bytes, out->size);
        return true;
    }
    index -= VX_COUNT_OF(GUIDS);
    if (index < VX_COUNT_OF(NUMBERS)) {
        out->name = NUMBERS[index].name;
        out->size = NUMBERS[index].width;
        little_put(out->bytes, NUMBERS[index].width, NUMBERS[index].value);
        return true;
    }
    return false;
}
