/* The two headers, MS-VHDX 2.2.2, and the place of the log that the current one states. */
#ifndef VX_PARSER_HEADER_H
#define VX_PARSER_HEADER_H

#include "parser/finding.h"
#include "parser/guid.h"
#include "parser/source.h"

enum {
    VX_HEADER_COPIES = 2,
    VX_HEADER_BYTES = 4096,
    VX_HEADER_1_OFFSET = 65536,
    VX_HEADER_2_OFFSET = 131072,
    VX_HEADER_LOG_GUID_POS = 48,
    VX_SIGNATURE_HEAD = 0x64616568 /* "head", read little-endian */
};

struct vx_workspace;

struct vx_header {
    uint32_t signature;
    uint32_t checksum; /* as stored */
    uint64_t sequence_number;
    struct vx_guid file_write_guid;
    struct vx_guid data_write_guid;
    struct vx_guid log_guid;
    uint16_t log_version;
    uint16_t version;
    uint32_t log_length; /* bytes */
    uint64_t log_offset; /* bytes from the start of the file */
    bool has_reserved;   /* some reserved byte is not zero */
};

struct vx_header_copy {
    struct vx_header header;
    uint32_t computed_checksum;
    bool is_read;
    bool is_valid; /* signature and checksum hold, and nothing else is asked: 2.2.2 */
};

struct vx_headers {
    struct vx_header_copy copy[VX_HEADER_COPIES];
    bool are_identical; /* both copies, all 4096 bytes */
    bool has_current;
    uint32_t current;   /* index of the current copy */
    bool is_dirty;      /* the current LogGuid is not zero */
    bool is_log_usable; /* dirty, and the log can be read: version, alignment, place */
};

/* Decode one header. Pure. */
void vx_header_decode(const uint8_t bytes[VX_HEADER_BYTES], struct vx_header *out);

/* Read and decode both copies and compute their checksums, judging nothing.
 * At most two reads of 4096 bytes, from the raw image, never from a replayed view; a copy beyond
 * the end of the file is left unread. out is zeroed on entry. Findings: RUN-001. */
void vx_headers_load(const struct vx_source *raw, struct vx_workspace *ws, struct vx_reporter *rep,
                     struct vx_headers *out);

/* Does some copy begin with "head"? A file without any is no VHDX. */
bool vx_headers_have_signature(const struct vx_headers *headers);

/* Judge both copies, choose the current one, judge it and the log's place. file_bytes: size of the
 * raw image. No I/O.
 * Findings: HDR-002 to HDR-024 but HDR-012 and HDR-016, and LAY-004, LAY-005, LAY-007, LAY-008 for
 * the log. */
void vx_headers_check(struct vx_headers *headers, uint64_t file_bytes, struct vx_reporter *rep);

/* The current header, or NULL when there is none. */
const struct vx_header *vx_headers_current(const struct vx_headers *headers);

/* Offset in the file of header copy 0 or 1. */
uint64_t vx_header_offset(uint32_t copy);

#endif
