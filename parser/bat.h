/* Block allocation table, MS-VHDX 2.5: entries, and an iterator that streams them. */
#ifndef VX_PARSER_BAT_H
#define VX_PARSER_BAT_H

#include "parser/bytes.h"
#include "parser/finding.h"
#include "parser/geometry.h"
#include "parser/source.h"

enum vx_block_state {
    VX_STATE_NOT_PRESENT = 0, /* also the sector bitmap's SB_NOT_PRESENT */
    VX_STATE_UNDEFINED = 1,
    VX_STATE_ZERO = 2,
    VX_STATE_UNMAPPED = 3,
    VX_STATE_RESERVED_4 = 4,
    VX_STATE_UNMAPPED_V095 = 5,
    VX_STATE_FULLY_PRESENT = 6, /* also the sector bitmap's SB_PRESENT */
    VX_STATE_PARTIALLY_PRESENT = 7,
    VX_STATE_COUNT = 8
};

enum { VX_BAT_WINDOW_BYTES = 65536, VX_BAT_WINDOW_ENTRIES = 8192 };

#define VX_BAT_RESERVED_BITS UINT64_C(0xffff8)

/* State of a raw entry, 0 to 7. */
static inline unsigned vx_bat_state(uint64_t entry)
{
    return (unsigned)(entry & 7u);
}

/* File offset of a raw entry in MiB, 0 to 2^44 - 1. */
static inline uint64_t vx_bat_mib(uint64_t entry)
{
    return entry >> VX_MIB_SHIFT;
}

/* Offset in the file of slot `index` of a table; saturates, which no table inside a file does. */
static inline uint64_t vx_bat_slot_offset(uint64_t table_offset, uint64_t index)
{
    return vx_add_sat(table_offset,
                      VX_BAT_ENTRY_BYTES * vx_min(index, UINT64_MAX / VX_BAT_ENTRY_BYTES));
}

/* A stretch of consecutive slots of one kind. */
enum vx_run_kind {
    VX_RUN_PAYLOAD, /* payload entries */
    VX_RUN_BITMAP,  /* one sector bitmap entry */
    VX_RUN_UNUSED,  /* slots that belong to no block: they carry no rule */
    VX_RUN_HOLE, /* slots of any kind that are all zero, because they lie in a hole of the file */
    VX_RUN_UNREADABLE /* slots of any kind whose bytes could not be read */
};

struct vx_bat_run {
    enum vx_run_kind kind;
    uint64_t index;  /* BAT index of the first slot */
    uint64_t count;  /* slots, at least 1 */
    uint64_t number; /* PAYLOAD, BITMAP: payload block or chunk of the first slot */
    uint32_t begin;  /* PAYLOAD, BITMAP, UNUSED: the run's place in the window, in slots */
    uint32_t end;    /* at most VX_BAT_WINDOW_ENTRIES */
};

/* Streams the slots of a BAT in order. Each byte of the table is read at most once. */
struct vx_bat_iterator {
    const struct vx_source *view;
    const struct vx_geometry *geo;
    uint8_t *window;       /* VX_BAT_WINDOW_BYTES, overwritten by each fill */
    uint64_t table_offset; /* of the table in the file */
    uint64_t slot_count;   /* slots to visit */
    uint64_t next;         /* BAT index of the next slot */
    uint64_t window_first; /* BAT index of the first slot in the window */
    uint32_t window_count; /* slots in the window, 0 to VX_BAT_WINDOW_ENTRIES */
    uint64_t data_end;     /* slots below this index are known to lie in data, not in a hole */
};

/* Visit the first slot_count slots of the table at table_offset, which must lie inside the view.
 * Everything handed in must outlive the iterator. */
void vx_bat_iterator_init(struct vx_bat_iterator *it, const struct vx_source *view,
                          uint64_t table_offset, uint64_t slot_count, const struct vx_geometry *geo,
                          uint8_t window[VX_BAT_WINDOW_BYTES]);

/* The next run. VX_OK with *run filled, or VX_STOP at the end. A window that cannot be read is
 * handed out as VX_RUN_UNREADABLE, for the caller to report.
 * Takes at most two steps per VX_BAT_WINDOW_ENTRIES slots and one per change of kind. */
VX_MUST_USE enum vx_status vx_bat_next(struct vx_bat_iterator *it, struct vx_bat_run *run);

/* Slot `position` of the window, below VX_BAT_WINDOW_ENTRIES. */
static inline uint64_t vx_bat_entry(const uint8_t window[VX_BAT_WINDOW_BYTES], uint32_t position)
{
    return vx_le64(window + VX_BAT_ENTRY_BYTES * (size_t)position);
}

#endif
