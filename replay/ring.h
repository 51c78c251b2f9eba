/* The log as a ring of 4 KiB sectors, MS-VHDX 2.3. Positions are bytes from the start of the log.
 *
 * A ring whose head meets its tail is either full or empty. Here nobody has to guess: positions
 * name sectors, lengths name how many bytes follow, and a run of entries carries its own length;
 * the length of a full ring is `length`, that of an empty one is 0. */
#ifndef VXR_REPLAY_RING_H
#define VXR_REPLAY_RING_H

#include "parser/header.h"
#include "parser/source.h"

enum {
    VXR_SECTOR_BYTES = 4096,
    VXR_WINDOW_BYTES = 65536,
    VXR_WINDOW_SECTORS = 16,
    VXR_RING_SECTORS_MAX = 1048320 /* LogLength is 32 bits and a multiple of 1 MiB */
};

/* Reads the log of the raw image. Sectors come from a window that only ever reads ahead, unless
 * some of it cannot be read. */
struct vxr_ring {
    const struct vx_source *raw;
    uint64_t offset;      /* of the log in the file; the log lies inside it */
    uint32_t length;      /* bytes, a multiple of 1 MiB, at least 1 MiB */
    uint32_t origin;      /* where the current walk began: it wraps, but never reads across this */
    uint32_t careful_end; /* below this position sectors are read one by one: a window failed */
    uint32_t window_pos;
    uint32_t window_bytes; /* 0: empty */
    uint8_t window[VXR_WINDOW_BYTES];
};

/* header: the current one, whose log place was found usable. */
void vxr_ring_init(struct vxr_ring *ring, const struct vx_source *raw,
                   const struct vx_header *header);

/* (pos + bytes) mod length, for pos < length and bytes <= length. */
uint32_t vxr_ring_advance(const struct vxr_ring *ring, uint32_t pos, uint32_t bytes);

/* Bytes from `from` forward to `to`, 0 when they are equal. Both below length. */
uint32_t vxr_ring_distance(const struct vxr_ring *ring, uint32_t from, uint32_t to);

/* The sector at pos, a multiple of 4096 below length. It stays valid until the next call.
 * NULL when it could not be read. */
const uint8_t *vxr_ring_sector(struct vxr_ring *ring, uint32_t pos);

/* The first position at or after pos, in steps of sectors, that is not known to lie in a hole of
 * the file: the sectors passed are all zeros. It is length or more when there is none. What is in
 * the window is there already, and not asked about. pos: a multiple of 4096, may exceed length. */
uint64_t vxr_ring_next_data(const struct vxr_ring *ring, uint64_t pos);

/* Offset in the file of ring position pos. */
uint64_t vxr_ring_offset(const struct vxr_ring *ring, uint32_t pos);

#endif
