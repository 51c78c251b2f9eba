/* Builder of VHDX images. Spec: MS-VHDX 2.2 to 2.6, written down from the tables. */
#include "corpus/image.h"

#include "corpus/image_locator.h"

enum { HEADER_BYTES = 4096, TABLE_BYTES = 65536, GUID_BYTES = 16 };

const uint8_t IMAGE_GUID_BAT[16] = {0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
                                    0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08};
const uint8_t IMAGE_GUID_METADATA[16] = {0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
                                         0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e};
const uint8_t IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR + 1][16] = {
    [IMAGE_ITEM_FILE_PARAMETERS] = {0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d, 0xb3, 0xb6,
                                    0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b},
    [IMAGE_ITEM_DISK_SIZE] = {0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, 0xb2, 0x11, 0x5d,
                              0xbe, 0xd8, 0x3b, 0xf4, 0xb8},
    [IMAGE_ITEM_DISK_ID] = {0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45, 0x93, 0xef, 0xc3, 0x09,
                            0xe0, 0x00, 0xc7, 0x46},
    [IMAGE_ITEM_LOGICAL_SECTOR] = {0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47, 0xba, 0x47, 0xf2,
                                   0x33, 0xa8, 0xfa, 0xab, 0x5f},
    [IMAGE_ITEM_PHYSICAL_SECTOR] = {0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, 0x44, 0x9c, 0xc9,
                                    0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56},
    [IMAGE_ITEM_LOCATOR] = {0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8,
                            0x48, 0x34, 0xab, 0x0c}};
const uint8_t IMAGE_GUID_CHS[16] = {0xbc, 0xd7, 0x02, 0xda, 0x3a, 0x3d, 0x3c, 0x42,
                                    0xac, 0x88, 0x2a, 0x36, 0xab, 0x21, 0x47, 0x9b};
const uint8_t IMAGE_GUID_PMEM[16] = {0x8a, 0xae, 0xe1, 0x10, 0x7e, 0x4b, 0x69, 0x41,
                                     0xa4, 0x0f, 0xcd, 0x70, 0xde, 0x92, 0x83, 0x93};
const uint8_t IMAGE_GUID_INCOMPLETE[16] = {0xf0, 0x85, 0xcc, 0x71, 0x69, 0x1b, 0x28, 0x4e,
                                           0x95, 0x58, 0xc3, 0xbf, 0x83, 0xae, 0x75, 0xd3};
const uint8_t IMAGE_GUID_FOREIGN[16] = {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
                                        0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
const uint8_t IMAGE_GUID_ZERO[16] = {0};

const uint8_t IMAGE_GUID_LOCATOR_TYPE[16] = {0xb7, 0xef, 0x4a, 0xb0, 0x9e, 0xd1, 0x81, 0x4a,
                                             0xb7, 0x89, 0x25, 0xb8, 0xe9, 0x44, 0x59, 0x13};

/* ---- bytes ---- */

void image_put_bytes(struct image *im, uint64_t offset, const void *bytes, size_t len)
{
    sparse_write(&im->bytes, offset, bytes, len);
}

static bool is_generated(const struct image *im, uint64_t offset)
{
    return im->generate != NULL && offset >= IMAGE_BAT && offset - IMAGE_BAT < im->bat_bytes;
}

/* Copy up to len bytes of the generated table; returns how many, at most to the end of an entry. */
static size_t generate_bytes(const struct image *im, uint64_t offset, uint8_t *to, size_t len)
{
    const uint64_t pos = offset - IMAGE_BAT;
    const size_t skip = (size_t)(pos % 8);
    const size_t take = len < 8 - skip ? len : 8 - skip;
    const uint64_t entry = im->generate(im->generate_ctx, pos / 8);

    for (size_t i = 0; i < take; i++) {
        to[i] = (uint8_t)((entry >> (8 * (skip + i))) & 0xff);
    }
    return take;
}

void image_get_bytes(const struct image *im, uint64_t offset, void *bytes, size_t len)
{
    uint8_t *to = bytes;

    while (len > 0 && im->generate != NULL) {
        const size_t room = (size_t)(SPARSE_CHUNK_BYTES - offset % SPARSE_CHUNK_BYTES);
        size_t take = len < room ? len : room;

        if (is_generated(im, offset)) {
            take = generate_bytes(im, offset, to, take);
        } else {
            sparse_read(&im->bytes, offset, to, take);
        }
        offset += take;
        to += take;
        len -= take;
    }
    sparse_read(&im->bytes, offset, to, len);
}

void image_put(struct image *im, uint64_t offset, unsigned width, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < width; i++) {
        bytes[i] = (uint8_t)((value >> (8 * i)) & 0xff);
    }
    image_put_bytes(im, offset, bytes, width);
}

uint64_t image_get(const struct image *im, uint64_t offset, unsigned width)
{
    uint8_t bytes[8];
    uint64_t value = 0;

    image_get_bytes(im, offset, bytes, width);
    for (unsigned i = 0; i < width; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

void image_make_empty(struct image *im, uint64_t size)
{
    memset(im, 0, sizeof(*im));
    im->size = size;
    im->crc = vx_crc32c_best();
}

void image_free(struct image *im)
{
    sparse_free(&im->bytes);
    memset(im, 0, sizeof(*im));
}

void image_copy(struct image *to, const struct image *from)
{
    *to = *from;
    sparse_copy(&to->bytes, &from->bytes);
}

static enum vx_status read_image(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    image_get_bytes(ctx, offset, dst, len);
    return VX_OK;
}

/* Runs of adjacent chunks are data; so is a generated table, by 1 MiB at a time. */
static enum vx_status next_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct image *im = ctx;
    const struct sparse *s = &im->bytes;
    size_t at = sparse_find(s, offset / SPARSE_CHUNK_BYTES);
    uint64_t end;

    if (is_generated(im, offset)) {
        *data = (struct vx_range){offset, offset - offset % IMAGE_MIB + IMAGE_MIB};
        return VX_OK;
    }
    if (at == s->count || s->chunk[at].number > im->size / SPARSE_CHUNK_BYTES) {
        *data = (struct vx_range){im->size, im->size};
        return VX_OK;
    }
    data->begin = s->chunk[at].number * SPARSE_CHUNK_BYTES;
    data->begin = data->begin > offset ? data->begin : offset;
    end = s->chunk[at].number;
    while (at < s->count && s->chunk[at].number == end) {
        at++;
        end++;
    }
    data->end = end * SPARSE_CHUNK_BYTES < im->size ? end * SPARSE_CHUNK_BYTES : im->size;
    return VX_OK;
}

struct vx_source image_source(struct image *im)
{
    return (struct vx_source){read_image, next_data, im, im->size};
}

/* ---- places ---- */

uint64_t image_header_at(unsigned copy, unsigned pos)
{
    return (copy == 0 ? IMAGE_HEADER_1 : IMAGE_HEADER_2) + pos;
}

static uint64_t region_table_at(unsigned copy)
{
    return copy == 0 ? IMAGE_REGIONS_1 : IMAGE_REGIONS_2;
}

uint64_t image_region_at(unsigned copy, unsigned entry, unsigned pos)
{
    return region_table_at(copy) + 16 + UINT64_C(32) * entry + pos;
}

uint64_t image_item_entry_at(unsigned entry, unsigned pos)
{
    return IMAGE_METADATA + 32 + UINT64_C(32) * entry + pos;
}

uint64_t image_item_at(unsigned entry)
{
    return IMAGE_ITEMS + UINT64_C(64) * entry;
}

uint64_t image_entry(uint64_t mib, unsigned state)
{
    return mib << 20 | state;
}

void image_bat_set(struct image *im, uint64_t index, uint64_t entry)
{
    image_put(im, IMAGE_BAT + 8 * index, 8, entry);
}

uint64_t image_bat_get(const struct image *im, uint64_t index)
{
    return image_get(im, IMAGE_BAT + 8 * index, 8);
}

uint64_t image_payload_index(const struct image *im, uint64_t block)
{
    return block + block / im->chunk_ratio;
}

uint64_t image_bitmap_index(const struct image *im, uint64_t chunk)
{
    return chunk * (im->chunk_ratio + 1) + im->chunk_ratio;
}

/* ---- checksums ---- */

/* CRC-32C of the bytes at offset, the four at the checksum's place taken as zero. */
static uint32_t checksum(const struct image *im, uint64_t offset, uint32_t len)
{
    const uint64_t first = offset / SPARSE_CHUNK_BYTES;
    uint32_t crc =
        vx_crc32c_structure(im->crc, sparse_chunk(&im->bytes, first), SPARSE_CHUNK_BYTES);

    for (uint64_t i = 1; i < len / SPARSE_CHUNK_BYTES; i++) {
        crc = vx_crc32c(im->crc, crc, sparse_chunk(&im->bytes, first + i), SPARSE_CHUNK_BYTES);
    }
    return crc;
}

void image_seal_headers(struct image *im)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        const uint64_t header = image_header_at(copy, 0);

        image_put(im, header + 4, 4, checksum(im, header, HEADER_BYTES));
    }
}

void image_seal_tables(struct image *im)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        const uint64_t table = region_table_at(copy);

        image_put(im, table + 4, 4, checksum(im, table, TABLE_BYTES));
    }
}

void image_seal(struct image *im)
{
    image_seal_headers(im);
    image_seal_tables(im);
}

/* ---- a sound image ---- */

void image_add_region(struct image *im, const uint8_t guid[16], uint64_t offset, uint32_t length,
                      uint32_t required)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        const uint64_t count_at = region_table_at(copy) + 8;
        const uint64_t count = image_get(im, count_at, 4);

        image_put_bytes(im, image_region_at(copy, (unsigned)count, 0), guid, GUID_BYTES);
        image_put(im, image_region_at(copy, (unsigned)count, 16), 8, offset);
        image_put(im, image_region_at(copy, (unsigned)count, 24), 4, length);
        image_put(im, image_region_at(copy, (unsigned)count, 28), 4, required);
        image_put(im, count_at, 4, count + 1);
    }
}

void image_add_item(struct image *im, const uint8_t guid[16], uint32_t offset, uint32_t length,
                    uint32_t flags)
{
    const uint64_t count_at = IMAGE_METADATA + 10;
    const uint64_t count = image_get(im, count_at, 2);

    image_put_bytes(im, image_item_entry_at((unsigned)count, 0), guid, GUID_BYTES);
    image_put(im, image_item_entry_at((unsigned)count, 16), 4, offset);
    image_put(im, image_item_entry_at((unsigned)count, 20), 4, length);
    image_put(im, image_item_entry_at((unsigned)count, 24), 4, flags);
    image_put(im, count_at, 2, count + 1);
}

static void put_text(struct image *im, uint64_t offset, const char *ascii)
{
    for (size_t i = 0; ascii[i] != '\0'; i++) {
        image_put(im, offset + 2 * i, 2, (uint8_t)ascii[i]);
    }
}

static void put_headers(struct image *im)
{
    image_put_bytes(im, 0, "vhdxfile", 8);
    put_text(im, 8, "test image");
    for (unsigned copy = 0; copy < 2; copy++) {
        image_put_bytes(im, image_header_at(copy, 0), "head", 4);
        image_put(im, image_header_at(copy, 8), 8, copy + 1);
        for (unsigned i = 0; i < 2 * GUID_BYTES; i++) {
            image_put(im, image_header_at(copy, 16 + i), 1, 0x40 + i);
        }
        image_put(im, image_header_at(copy, 66), 2, 1);
        image_put(im, image_header_at(copy, 68), 4, im->spec.log_bytes);
        image_put(im, image_header_at(copy, 72), 8, im->log_offset);
        image_put_bytes(im, region_table_at(copy), "regi", 4);
    }
    image_add_region(im, IMAGE_GUID_BAT, IMAGE_BAT, (uint32_t)im->bat_bytes, 1);
    image_add_region(im, IMAGE_GUID_METADATA, IMAGE_METADATA, (uint32_t)IMAGE_MIB, 1);
}

static void put_metadata(struct image *im)
{
    static const struct {
        uint32_t length;
        uint32_t flags;
    } item[IMAGE_ITEM_NEXT] = {{8, 4}, {8, 6}, {16, 6}, {4, 6}, {4, 6}};
    static const uint32_t parameters[] = {
        [IMAGE_DYNAMIC] = 0, [IMAGE_FIXED] = 1, [IMAGE_DIFFERENCING] = 2};

    image_put_bytes(im, IMAGE_METADATA, "metadata", 8);
    for (unsigned i = 0; i < IMAGE_ITEM_NEXT; i++) {
        image_add_item(im, IMAGE_GUID_ITEM[i], (uint32_t)(image_item_at(i) - IMAGE_METADATA),
                       item[i].length, item[i].flags);
    }
    image_put(im, image_item_at(IMAGE_ITEM_FILE_PARAMETERS), 4, im->spec.block_bytes);
    image_put(im, image_item_at(IMAGE_ITEM_FILE_PARAMETERS) + 4, 4, parameters[im->spec.type]);
    image_put(im, image_item_at(IMAGE_ITEM_DISK_SIZE), 8, im->spec.disk_bytes);
    image_put_bytes(im, image_item_at(IMAGE_ITEM_DISK_ID), "disk identifier.", 16);
    image_put(im, image_item_at(IMAGE_ITEM_LOGICAL_SECTOR), 4, im->spec.sector_bytes);
    image_put(im, image_item_at(IMAGE_ITEM_PHYSICAL_SECTOR), 4, im->spec.physical_bytes);
    if (im->spec.type == IMAGE_DIFFERENCING) {
        image_add_item(im, IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR],
                       (uint32_t)(image_item_at(IMAGE_ITEM_LOCATOR) - IMAGE_METADATA), 0, 4);
        locator_make(im);
    }
}

/* Present blocks one behind the other; in a differencing image the bitmaps of all chunks follow. */
static void put_bat(struct image *im)
{
    const uint64_t block_mib = im->spec.block_bytes / IMAGE_MIB;
    const bool is_present = im->spec.state >= 6;
    uint64_t next_mib = im->blocks / IMAGE_MIB;

    for (uint64_t b = 0; im->spec.state != 0 && b < im->payload_blocks; b++) {
        image_bat_set(im, image_payload_index(im, b),
                      image_entry(is_present ? next_mib : 0, im->spec.state));
        next_mib += is_present ? block_mib : 0;
    }
    if (im->spec.state == 7) {
        for (uint64_t c = 0; c < im->bat_entries / (im->chunk_ratio + 1); c++) {
            image_bat_set(im, image_bitmap_index(im, c), image_entry(next_mib, 6));
            next_mib++;
        }
    }
    im->size = next_mib * IMAGE_MIB;
    if (im->spec.type == IMAGE_FIXED) {
        im->size = im->blocks + im->payload_blocks * im->spec.block_bytes;
    }
}

static void fill_in_defaults(struct image_spec *spec)
{
    spec->disk_bytes = spec->disk_bytes != 0 ? spec->disk_bytes : 16 * IMAGE_MIB;
    spec->block_bytes = spec->block_bytes != 0 ? spec->block_bytes : (uint32_t)IMAGE_MIB;
    spec->sector_bytes = spec->sector_bytes != 0 ? spec->sector_bytes : 512;
    spec->physical_bytes = spec->physical_bytes != 0 ? spec->physical_bytes : spec->sector_bytes;
    spec->log_bytes = spec->log_bytes != 0 ? spec->log_bytes : (uint32_t)IMAGE_MIB;
}

/* A log longer than the MiB kept free for it lies behind the BAT. */
static void put_log(struct image *im)
{
    im->log_offset = IMAGE_LOG;
    if (im->spec.log_bytes > IMAGE_MIB) {
        im->log_offset = im->blocks;
        im->blocks += im->spec.log_bytes;
    }
}

void image_make(struct image *im, const struct image_spec *spec)
{
    uint64_t ratio;
    uint64_t blocks;

    image_make_empty(im, 0);
    im->bytes.most = spec->chunks_most;
    im->spec = *spec;
    fill_in_defaults(&im->spec);
    ratio = (UINT64_C(1) << 23) * im->spec.sector_bytes / im->spec.block_bytes;
    blocks = (im->spec.disk_bytes - 1) / im->spec.block_bytes + 1;
    im->chunk_ratio = ratio;
    im->payload_blocks = blocks;
    im->bat_entries = im->spec.type == IMAGE_DIFFERENCING ? ((blocks - 1) / ratio + 1) * (ratio + 1)
                                                          : blocks + (blocks - 1) / ratio;
    im->bat_bytes = (im->bat_entries * 8 + IMAGE_MIB - 1) / IMAGE_MIB * IMAGE_MIB;
    im->blocks = IMAGE_BAT + im->bat_bytes;
    put_log(im);
    put_headers(im);
    put_metadata(im);
    put_bat(im);
    image_seal(im);
}
