/* The rules for one entry of the BAT, and what it claims of the file. */
#ifndef VX_PARSER_ENTRY_H
#define VX_PARSER_ENTRY_H

#include "parser/blocks.h"

/* How many times something happened, and the BAT index of the first. */
struct vx_tally {
    uint64_t count;
    uint64_t first;
};

/* A block that begins in [begin, end) lies inside the file, clear of header, log and regions. */
struct vx_plain {
    uint64_t begin_mib;
    uint64_t end_mib;
};

/* The state of a walk over the table. */
struct vx_entry_walk {
    const struct vx_blocks_job *job;
    struct vx_reporter *rep;
    struct vx_blocks *out;
    uint64_t file_bytes;
    uint64_t clear_mib; /* from here on, no header, log or region */
    struct vx_plain plain;
    struct vx_tally at_zero; /* present payload blocks without a place */
    struct vx_tally missing; /* blocks with virtual bytes beyond the end of the file */
    uint64_t missing_end;    /* greatest end of those */
    struct vx_tally unused;  /* slots of no block that are not zero */
    struct vx_tally partial; /* partially present blocks of the current chunk */
    uint64_t partial_number; /* payload block of the first of them */
    uint64_t soft_count;     /* stale places that may collide with blocks */
    bool is_unread_reported; /* that part of the table could not be read */
    bool has_shared;         /* a bitmap block is another's, too */
};

/* One entry of a run: its BAT index and what it is for. */
struct vx_entry {
    uint64_t raw;
    uint64_t index;
    uint64_t number; /* payload block or chunk */
    bool is_bitmap;
};

void vx_tally_add(struct vx_tally *tally, uint64_t index);

/* Does the entry claim a place in the file? Hard: present blocks, and bitmap blocks of a
 * differencing image; soft: stale places that hit no header, log, region or end of file, which
 * is reported at once. A place at 0, beyond the file or beyond 2^64 is none. */
bool vx_entry_claim(const struct vx_entry_walk *walk, const struct vx_entry *entry,
                    struct vx_claim *claim);

/* Judge one payload entry and record its hard claim. No I/O.
 * Findings: BAT-008 to BAT-010, BAT-012, BAT-014, BAT-017 to BAT-019, BAT-028. */
void vx_entry_check_payload(struct vx_entry_walk *walk, const struct vx_entry *entry);

/* Judge one sector bitmap entry, which closes its chunk, and record its hard claim. No I/O.
 * Findings: BAT-008, BAT-011, BAT-014, BAT-017, BAT-022 to BAT-026, BAT-028. */
void vx_entry_check_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry);

/* Count a partially present block for its chunk. */
void vx_entry_note_partial(struct vx_entry_walk *walk, const struct vx_entry *entry);

/* After all hard claims of a pass: is this a sector bitmap whose own place is good, but whose block
 * is another's too? False when it does not begin in the pass's window. */
bool vx_entry_is_shared(const struct vx_entry_walk *walk, const struct vx_entry *entry);

/* Remember that the chunk of a sector bitmap entry has no bitmap block of its own. */
void vx_entry_lose_bitmap(struct vx_entry_walk *walk, const struct vx_entry *entry);

/* Was that remembered of an entry whose own place is good, because it was shared? */
bool vx_entry_has_lost_place(const struct vx_entry_walk *walk, const struct vx_entry *entry);

/* Report such an entry. walk->partial: of its chunk. Findings: BAT-011, BAT-025. */
void vx_entry_report_shared(struct vx_entry_walk *walk, const struct vx_entry *entry);

/* A finding about the entry: its 8 bytes in the table, argument 0 its number. */
struct vx_finding vx_entry_finding(const struct vx_entry_walk *walk, enum vx_rule rule,
                                   uint64_t index, uint64_t number, bool is_bitmap);

#endif
