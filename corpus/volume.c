/* Where things lie in an image that is to be written. Spec: MS-VHDX 2.2.2, 2.2.3, 2.4 to 2.6. */
#include "corpus/volume.h"

#include "parser/crc32c.h"

enum { GUID_BYTES = 16, ENTRY_BYTES = 32, ENTRIES_MAX = 2047 };

/* Is this copy valid: signature and checksum, nothing else? */
static bool load_header(const struct image *im, unsigned copy, uint8_t header[VOLUME_HEADER_BYTES])
{
    static const uint8_t zeros[4];
    uint32_t crc;

    image_get_bytes(im, image_header_at(copy, 0), header, VOLUME_HEADER_BYTES);
    crc = vx_crc32c(VX_CRC_PORTABLE, 0, header, 4);
    crc = vx_crc32c(VX_CRC_PORTABLE, crc, zeros, sizeof(zeros));
    crc = vx_crc32c(VX_CRC_PORTABLE, crc, header + 8, VOLUME_HEADER_BYTES - 8);
    return memcmp(header, "head", 4) == 0 && crc == image_get(im, image_header_at(copy, 4), 4);
}

/* The valid copy with the greater sequence number is current: 2.2.2. */
static bool load_current_header(struct volume *vol, const struct image *im)
{
    bool is_found = false;

    for (unsigned copy = 0; copy < 2; copy++) {
        uint8_t header[VOLUME_HEADER_BYTES];
        const uint64_t sequence = image_get(im, image_header_at(copy, 8), 8);

        if (load_header(im, copy, header) && (!is_found || sequence > vol->header_sequence)) {
            memcpy(vol->header, header, sizeof(header));
            vol->current = copy;
            vol->header_sequence = sequence;
            is_found = true;
        }
    }
    vol->log_length = (uint32_t)image_get(im, image_header_at(vol->current, 68), 4);
    vol->log_offset = image_get(im, image_header_at(vol->current, 72), 8);
    return is_found && image_get(im, image_header_at(vol->current, 66), 2) == 1;
}

/* Regions and metadata items: an entry of 32 bytes begins with its GUID. Returns its offset in the
 * file, or 0. */
static uint64_t find_entry(const struct image *im, uint64_t first, uint64_t count,
                           const uint8_t guid[GUID_BYTES])
{
    for (uint64_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        uint8_t found[GUID_BYTES];

        image_get_bytes(im, first + ENTRY_BYTES * i, found, sizeof(found));
        if (memcmp(found, guid, sizeof(found)) == 0) {
            return first + ENTRY_BYTES * i;
        }
    }
    return 0;
}

static bool load_regions(struct volume *vol, const struct image *im)
{
    const uint64_t count = image_get(im, IMAGE_REGIONS_1 + 8, 4);
    const uint64_t bat = find_entry(im, IMAGE_REGIONS_1 + 16, count, IMAGE_GUID_BAT);
    const uint64_t metadata = find_entry(im, IMAGE_REGIONS_1 + 16, count, IMAGE_GUID_METADATA);

    if (bat == 0 || metadata == 0) {
        return false;
    }
    vol->bat_offset = image_get(im, bat + 16, 8);
    vol->bat_length = image_get(im, bat + 24, 4);
    vol->metadata_offset = image_get(im, metadata + 16, 8);
    return true;
}

/* `width` bytes at `pos` of a metadata item; 0 when there is no such item. */
static uint64_t item(const struct volume *vol, const struct image *im, unsigned index, unsigned pos,
                     unsigned width)
{
    const uint64_t table = vol->metadata_offset;
    const uint64_t entry =
        find_entry(im, table + 32, image_get(im, table + 10, 2), IMAGE_GUID_ITEM[index]);

    return entry == 0 ? 0 : image_get(im, table + image_get(im, entry + 16, 4) + pos, width);
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* Sizes of the disk, and whether they are of the format. */
static bool load_sizes(struct volume *vol, const struct image *im)
{
    const uint64_t flags = item(vol, im, IMAGE_ITEM_FILE_PARAMETERS, 4, 4);

    vol->block_bytes = item(vol, im, IMAGE_ITEM_FILE_PARAMETERS, 0, 4);
    vol->disk_bytes = item(vol, im, IMAGE_ITEM_DISK_SIZE, 0, 8);
    vol->sector_bytes = item(vol, im, IMAGE_ITEM_LOGICAL_SECTOR, 0, 4);
    vol->has_parent = (flags & 2) != 0;
    vol->is_fixed = (flags & 3) == 1;
    if (!is_power_of_two(vol->block_bytes) || vol->block_bytes < IMAGE_MIB ||
        vol->block_bytes > 256 * IMAGE_MIB ||
        (vol->sector_bytes != 512 && vol->sector_bytes != 4096) || vol->disk_bytes == 0 ||
        vol->disk_bytes > 64 * IMAGE_TIB || vol->disk_bytes % vol->sector_bytes != 0) {
        return false;
    }
    vol->chunk_ratio = (UINT64_C(1) << 23) * vol->sector_bytes / vol->block_bytes;
    vol->payload_blocks = (vol->disk_bytes - 1) / vol->block_bytes + 1;
    return true;
}

uint64_t volume_payload_at(const struct volume *vol, uint64_t block)
{
    return vol->bat_offset + 8 * (block + block / vol->chunk_ratio);
}

uint64_t volume_bitmap_at(const struct volume *vol, uint64_t chunk)
{
    return vol->bat_offset + 8 * (chunk * (vol->chunk_ratio + 1) + vol->chunk_ratio);
}

bool volume_is_far(uint64_t offset)
{
    return offset > UINT64_C(1) << 62;
}

static bool has_far_place(const struct volume *vol, const struct image *im)
{
    return volume_is_far(vol->log_offset) || volume_is_far(vol->bat_offset) ||
           volume_is_far(vol->metadata_offset) || volume_is_far(im->size);
}

/* The end of the last entry that is in use. */
static uint64_t bat_end(const struct volume *vol)
{
    const uint64_t block = vol->payload_blocks - 1;

    return 8 + (vol->has_parent ? volume_bitmap_at(vol, block / vol->chunk_ratio)
                                : volume_payload_at(vol, block));
}

const char *volume_load(struct volume *vol, const struct image *im)
{
    memset(vol, 0, sizeof(*vol));
    if (im->generate != NULL) {
        return "the block table is generated";
    }
    if (!load_current_header(vol, im)) {
        return "there is no current header of version 1";
    }
    if (!load_regions(vol, im)) {
        return "the first region table names no block table or no metadata";
    }
    if (has_far_place(vol, im)) {
        return "the log, a region or the file's end lies beyond 2^62";
    }
    if (!load_sizes(vol, im)) {
        return "block, sector or disk size is not of the format";
    }
    if (bat_end(vol) > vol->bat_offset + vol->bat_length) {
        return "the block table is too short";
    }
    return NULL;
}
