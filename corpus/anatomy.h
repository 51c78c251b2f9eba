/* Where an image says that its structures are: by its own headers and tables as they lie, whatever
 * their checksums, so that damage and repair follow an image of any layout. */
#ifndef CORPUS_ANATOMY_H
#define CORPUS_ANATOMY_H

#include "corpus/image.h"

/* Every offset is below 2^62; what is not found is where the default layout has it. */
struct anatomy {
    struct image *im;
    unsigned header; /* 0 or 1: the copy with "head" and the greater sequence number */
    unsigned table;  /* 0, or 1 when only that copy has "regi" */
    uint64_t log_offset;
    uint64_t log_length; /* below 2^32 */
    uint64_t bat_offset;
    uint64_t bat_entries;     /* of the region: below 2^29 */
    uint64_t metadata_offset; /* of the region */
    uint64_t block_bytes;     /* below 2^32 */
};

/* Reads the headers, one region table and one metadata table: at most 4094 entries. im must stay in
 * place while *out is used. */
void anatomy_find(struct anatomy *out, struct image *im);

/* Entries of the region table, of the metadata table: 0 to 2047. */
unsigned anatomy_regions(const struct anatomy *a);
unsigned anatomy_items(const struct anatomy *a);

/* Offset in the file of entry `index` of the metadata table. */
uint64_t anatomy_item_at(const struct anatomy *a, uint64_t index);

/* Sectors of the log, at most ANATOMY_SECTORS_MOST of them, and offset in the file of the first one
 * at or behind sector `from`, around the ring, that begins with "loge"; of `from` if none does. */
enum { ANATOMY_SECTORS_MOST = 1024 };
uint64_t anatomy_sectors(const struct anatomy *a);
uint64_t anatomy_entry_at(const struct anatomy *a, uint64_t from);

#endif
