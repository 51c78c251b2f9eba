/* Finding structures without judging them. Positions: MS-VHDX 2.2 and 2.6. Loops end with the
 * entries that a table can hold. */
#include "corpus/anatomy.h"

#include "parser/bytes.h"

#include <string.h>

enum {
    ENTRIES_MOST = 2047,
    LOG_SECTOR = 4096,
    SIGNATURE_HEAD = 0x64616568,
    SIGNATURE_REGI = 0x69676572,
    SIGNATURE_LOGE = 0x65676f6c
};

/* What cannot be an offset in a file is left where the default layout has it. */
static uint64_t offset_or(uint64_t offset, uint64_t otherwise)
{
    return offset < (UINT64_C(1) << 62) ? offset : otherwise;
}

static bool has_guid(const struct image *im, uint64_t at, const uint8_t guid[16])
{
    uint8_t bytes[16];

    image_get_bytes(im, at, bytes, sizeof(bytes));
    return memcmp(bytes, guid, sizeof(bytes)) == 0;
}

static unsigned find_header(const struct image *im)
{
    bool has_head[2];
    uint64_t sequence[2];

    for (unsigned copy = 0; copy < 2; copy++) {
        has_head[copy] = image_get(im, image_header_at(copy, 0), 4) == SIGNATURE_HEAD;
        sequence[copy] = image_get(im, image_header_at(copy, 8), 8);
    }
    if (has_head[0] != has_head[1]) {
        return has_head[0] ? 0 : 1;
    }
    return sequence[0] > sequence[1] ? 0 : 1;
}

static unsigned find_table(const struct image *im)
{
    return image_get(im, IMAGE_REGIONS_1, 4) != SIGNATURE_REGI &&
                   image_get(im, IMAGE_REGIONS_2, 4) == SIGNATURE_REGI
               ? 1
               : 0;
}

unsigned anatomy_regions(const struct anatomy *a)
{
    return (unsigned)vx_min(image_get(a->im, image_region_at(a->table, 0, 0) - 8, 4), ENTRIES_MOST);
}

unsigned anatomy_items(const struct anatomy *a)
{
    return (unsigned)vx_min(image_get(a->im, a->metadata_offset + 10, 2), ENTRIES_MOST);
}

uint64_t anatomy_item_at(const struct anatomy *a, uint64_t index)
{
    return a->metadata_offset + 32 + 32 * index;
}

uint64_t anatomy_sectors(const struct anatomy *a)
{
    return vx_min(a->log_length / LOG_SECTOR, ANATOMY_SECTORS_MOST);
}

uint64_t anatomy_entry_at(const struct anatomy *a, uint64_t from)
{
    const uint64_t sectors = anatomy_sectors(a);

    for (uint64_t i = 0; i < sectors; i++) {
        const uint64_t at = a->log_offset + (from + i) % sectors * LOG_SECTOR;

        if (image_get(a->im, at, 4) == SIGNATURE_LOGE) {
            return at;
        }
    }
    return a->log_offset + from * LOG_SECTOR;
}

static void find_regions(struct anatomy *a)
{
    const unsigned count = anatomy_regions(a);

    for (unsigned i = 0; i < count; i++) {
        const uint64_t at = image_region_at(a->table, i, 0);

        if (has_guid(a->im, at, IMAGE_GUID_BAT)) {
            a->bat_offset = offset_or(image_get(a->im, at + 16, 8), IMAGE_BAT);
            a->bat_entries = image_get(a->im, at + 24, 4) / 8;
        } else if (has_guid(a->im, at, IMAGE_GUID_METADATA)) {
            a->metadata_offset = offset_or(image_get(a->im, at + 16, 8), IMAGE_METADATA);
        }
    }
}

static void find_block_bytes(struct anatomy *a)
{
    const unsigned count = anatomy_items(a);

    for (unsigned i = 0; i < count; i++) {
        const uint64_t at = anatomy_item_at(a, i);

        if (has_guid(a->im, at, IMAGE_GUID_ITEM[IMAGE_ITEM_FILE_PARAMETERS])) {
            a->block_bytes = image_get(a->im, a->metadata_offset + image_get(a->im, at + 16, 4), 4);
            return;
        }
    }
}

void anatomy_find(struct anatomy *out, struct image *im)
{
    *out = (struct anatomy){.im = im,
                            .header = find_header(im),
                            .table = find_table(im),
                            .bat_offset = IMAGE_BAT,
                            .bat_entries = 1,
                            .metadata_offset = IMAGE_METADATA,
                            .block_bytes = IMAGE_MIB};
    out->log_length = image_get(im, image_header_at(out->header, 68), 4);
    out->log_offset = offset_or(image_get(im, image_header_at(out->header, 72), 8), IMAGE_LOG);
    find_regions(out);
    find_block_bytes(out);
}
