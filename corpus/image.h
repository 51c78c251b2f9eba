/* Builder of VHDX images over sparse memory. Deterministic, and independent of parser/: layout and
 * formulas are written down here a second time. Only CRC-32C is parser/'s, which has a test against
 * a foreign one. */
#ifndef CORPUS_IMAGE_H
#define CORPUS_IMAGE_H

#include "corpus/sparse.h"
#include "parser/crc32c.h"
#include "parser/source.h"

#define IMAGE_KIB UINT64_C(1024)
#define IMAGE_MIB UINT64_C(1048576)
#define IMAGE_GIB UINT64_C(1073741824)
#define IMAGE_TIB UINT64_C(1099511627776)

/* Places of the default layout, bytes from the start of the file. */
enum {
    IMAGE_HEADER_1 = 0x10000,
    IMAGE_HEADER_2 = 0x20000, /* the current one: its sequence number is greater */
    IMAGE_REGIONS_1 = 0x30000,
    IMAGE_REGIONS_2 = 0x40000,
    IMAGE_LOG = 0x100000,      /* 1 MiB long */
    IMAGE_METADATA = 0x200000, /* 1 MiB long: table, then the items at IMAGE_ITEMS */
    IMAGE_ITEMS = 0x210000,
    IMAGE_BAT = 0x300000
};

/* Entries of the default tables. */
enum { IMAGE_REGION_BAT, IMAGE_REGION_METADATA, IMAGE_REGION_NEXT };
enum {
    IMAGE_ITEM_FILE_PARAMETERS,
    IMAGE_ITEM_DISK_SIZE,
    IMAGE_ITEM_DISK_ID,
    IMAGE_ITEM_LOGICAL_SECTOR,
    IMAGE_ITEM_PHYSICAL_SECTOR,
    IMAGE_ITEM_NEXT, /* the parent locator of a differencing image, else free */
    IMAGE_ITEM_LOCATOR = IMAGE_ITEM_NEXT
};

enum image_type { IMAGE_DYNAMIC, IMAGE_FIXED, IMAGE_DIFFERENCING };

/* What to build; a member left 0 takes its default. */
struct image_spec {
    uint64_t disk_bytes;     /* 16 MiB */
    uint32_t block_bytes;    /* 1 MiB */
    uint32_t sector_bytes;   /* logical: 512 */
    uint32_t physical_bytes; /* as the logical ones */
    uint32_t log_bytes;      /* 1 MiB; at most 4 GiB less 1 MiB, in whole MiB */
    enum image_type type;
    size_t chunks_most; /* of sparse memory; 0: no bound */
    unsigned state;     /* of every payload entry; 6 and 7 lay the blocks one behind the other */
};

/* Entry `index` of a generated table. */
typedef uint64_t image_entry_fn(const void *ctx, uint64_t index);

struct image {
    uint64_t size;          /* of the file, may be set at any time */
    struct image_spec spec; /* with defaults filled in */
    uint64_t payload_blocks;
    uint64_t chunk_ratio;
    uint64_t bat_entries;
    uint64_t bat_bytes;  /* of the region */
    uint64_t log_offset; /* IMAGE_LOG; behind the BAT region when longer than 1 MiB */
    uint64_t blocks;     /* offset of the first byte behind both */
    struct sparse bytes;
    enum vx_crc_kind crc;     /* how checksums are computed */
    image_entry_fn *generate; /* if set, gives the entries of the BAT region */
    const void *generate_ctx;
};

/* Build a sound image. Release it with image_free(). */
void image_make(struct image *im, const struct image_spec *spec);

/* No bytes at all, `size` zeros. */
void image_make_empty(struct image *im, uint64_t size);

void image_free(struct image *im);

/* Make *to the same image; image_free() it. */
void image_copy(struct image *to, const struct image *from);

/* A source over the image; both must stay in place while it is used. With holes known. */
struct vx_source image_source(struct image *im);

/* Little-endian integers of 1 to 8 bytes, and bytes, at any offset. */
void image_put(struct image *im, uint64_t offset, unsigned width, uint64_t value);
uint64_t image_get(const struct image *im, uint64_t offset, unsigned width);
void image_put_bytes(struct image *im, uint64_t offset, const void *bytes, size_t len);
void image_get_bytes(const struct image *im, uint64_t offset, void *bytes, size_t len);

/* Offsets in the file. */
uint64_t image_header_at(unsigned copy, unsigned pos);
uint64_t image_region_at(unsigned copy, unsigned entry, unsigned pos);
uint64_t image_item_entry_at(unsigned entry, unsigned pos);
uint64_t image_item_at(unsigned entry); /* of the default items */

/* A raw BAT entry. */
uint64_t image_entry(uint64_t mib, unsigned state);
void image_bat_set(struct image *im, uint64_t index, uint64_t entry);
uint64_t image_bat_get(const struct image *im, uint64_t index);

/* BAT index of a payload block, and of the bitmap of a chunk. */
uint64_t image_payload_index(const struct image *im, uint64_t block);
uint64_t image_bitmap_index(const struct image *im, uint64_t chunk);

/* Write an entry into both region tables and count it in, or one into the metadata table. */
void image_add_region(struct image *im, const uint8_t guid[16], uint64_t offset, uint32_t length,
                      uint32_t required);
void image_add_item(struct image *im, const uint8_t guid[16], uint32_t offset, uint32_t length,
                    uint32_t flags);

/* Recompute the checksums of both headers, of both region tables, of all four. */
void image_seal_headers(struct image *im);
void image_seal_tables(struct image *im);
void image_seal(struct image *im);

/* GUIDs of the format as they lie on disk, and some of our own. */
extern const uint8_t IMAGE_GUID_BAT[16];
extern const uint8_t IMAGE_GUID_METADATA[16];
extern const uint8_t IMAGE_GUID_ITEM[IMAGE_ITEM_LOCATOR + 1][16];
extern const uint8_t IMAGE_GUID_LOCATOR_TYPE[16];
extern const uint8_t IMAGE_GUID_CHS[16];
extern const uint8_t IMAGE_GUID_PMEM[16];
extern const uint8_t IMAGE_GUID_INCOMPLETE[16];
extern const uint8_t IMAGE_GUID_FOREIGN[16];
extern const uint8_t IMAGE_GUID_ZERO[16];

#endif
