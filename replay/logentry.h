/* One log entry, MS-VHDX 2.3.1: header, descriptors, data sectors. */
#ifndef VXR_REPLAY_LOGENTRY_H
#define VXR_REPLAY_LOGENTRY_H

#include "parser/crc32c.h"
#include "parser/finding.h"
#include "replay/ring.h"

enum {
    VXR_ENTRY_HEADER_BYTES = 64,
    VXR_DESCRIPTOR_BYTES = 32,
    VXR_SIGNATURE_LOGE = 0x65676f6c, /* "loge", read little-endian */
    VXR_SIGNATURE_ZERO = 0x6f72657a, /* "zero" */
    VXR_SIGNATURE_DESC = 0x63736564, /* "desc" */
    VXR_SIGNATURE_DATA = 0x61746164  /* "data" */
};

/* A sector that begins with "loge", and whether a valid entry begins there. */
struct vxr_entry {
    uint32_t pos; /* in the ring */
    uint32_t length;
    uint32_t tail;
    uint64_t sequence;
    uint32_t descriptor_count; /* as stored */
    uint32_t reserved;
    struct vx_guid log_guid;
    uint64_t flushed_file_offset;
    uint64_t last_file_offset;
    uint32_t checksum;
    bool is_valid;
    enum vx_rule reason; /* when not valid: the rule that ended it */
    uint32_t reason_pos; /* and the ring position of the sector that broke it */
    uint64_t data_count; /* when valid: data descriptors */
    uint32_t resume_pos; /* bytes behind pos before which no other entry can begin */
};

enum vxr_descriptor_kind { VXR_DESCRIPTOR_BAD, VXR_DESCRIPTOR_ZERO, VXR_DESCRIPTOR_DATA };

struct vxr_descriptor {
    enum vxr_descriptor_kind kind;
    uint32_t reserved;    /* of a zero descriptor */
    uint64_t length;      /* ZeroLength, or 4096 */
    uint64_t file_offset; /* of the first byte written */
    uint64_t sequence;
};

/* Decode the header of the entry at `pos` from its first sector. Pure. */
void vxr_entry_decode(const uint8_t sector[VXR_SECTOR_BYTES], uint32_t pos, struct vxr_entry *out);

/* Descriptor sectors of an entry with this many descriptors: ceil((64 + 32 n) / 4096), never 0. */
uint32_t vxr_descriptor_sectors(uint32_t descriptor_count);

/* Where descriptor `index` lies: sector of the entry, and byte position in that sector. */
uint32_t vxr_descriptor_sector(uint32_t index);
uint32_t vxr_descriptor_pos(uint32_t index);

/* Decode the descriptor at byte position pos (at most 4064, a multiple of 32) of a sector. Pure. */
void vxr_descriptor_decode(const uint8_t sector[VXR_SECTOR_BYTES], uint32_t pos,
                           struct vxr_descriptor *out);

/* Is there a valid entry at `pos`? Structure before checksum: the walk ends at the first sector
 * that cannot belong to the entry, so walks of different candidates do not overlap and all of them
 * together read each sector of the log at most twice. (The checksum is computed along the way and
 * looked at last.)
 * log_guid: of the current header. Returns VX_OK with *out filled, VX_STOP when no entry begins
 * there (no "loge"), VX_E_IO when sector out->reason_pos could not be read. */
VX_MUST_USE enum vx_status vxr_entry_load(struct vxr_ring *ring, uint32_t pos,
                                          const struct vx_guid *log_guid, enum vx_crc_kind crc,
                                          struct vxr_entry *out);

#endif
