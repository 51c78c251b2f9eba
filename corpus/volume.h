/* What a writer must know of an image before it may change it, read from the image's bytes: where
 * things lie and how the disk is cut up. It is no check: an image that breaks a rule which does not
 * stand in a writer's way is taken as it is. */
#ifndef CORPUS_VOLUME_H
#define CORPUS_VOLUME_H

#include "corpus/image.h"

enum { VOLUME_HEADER_BYTES = 4096 };

struct volume {
    uint8_t header[VOLUME_HEADER_BYTES]; /* the current one */
    unsigned current;                    /* its copy: 0 or 1 */
    uint64_t header_sequence;
    uint64_t log_offset;
    uint32_t log_length;
    uint64_t bat_offset;
    uint64_t bat_length;
    uint64_t metadata_offset;
    uint64_t disk_bytes;
    uint64_t block_bytes;
    uint64_t sector_bytes; /* logical */
    uint64_t chunk_ratio;
    uint64_t payload_blocks;
    bool has_parent;
    bool is_fixed; /* LeaveBlockAllocated, and no parent to make it meaningless */
};

/* Read the current header, the first region table and the metadata. Spec: MS-VHDX 2.2.2, 2.2.3,
 * 2.4, 2.5, 2.6. Returns NULL, or why the image cannot be written: a literal. */
const char *volume_load(struct volume *vol, const struct image *im);

/* Does the offset lie beyond 2^62? Nothing is written there, so that no sum of an offset and what
 * a writer adds to it exceeds 64 bits. volume_load() refuses such a log, region or end of the file;
 * places in the BAT are not looked at. */
bool volume_is_far(uint64_t offset);

/* Offsets in the file of the BAT entries of payload block `block` and of the bitmap of `chunk`. */
uint64_t volume_payload_at(const struct volume *vol, uint64_t block);
uint64_t volume_bitmap_at(const struct volume *vol, uint64_t chunk);

#endif
