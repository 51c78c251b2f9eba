/* File type identifier, MS-VHDX 2.2.1: the first 520 bytes of the file. */
#ifndef VX_PARSER_FILEID_H
#define VX_PARSER_FILEID_H

#include "parser/finding.h"
#include "parser/source.h"
#include "parser/utf16.h"

enum { VX_CREATOR_UNITS = 256, VX_FILEID_BYTES = 520 };

struct vx_fileid {
    bool is_read;       /* the bytes could be read; nothing below means anything otherwise */
    bool has_signature; /* "vhdxfile" */
    uint64_t signature;
    struct vx_text creator;
};

/* Read and judge the identifier and the file's size. One read of at most 520 bytes into buffer.
 * out is zeroed on entry. Findings: LAY-003, LAY-009, FTI-001, FTI-002, RUN-001. */
void vx_fileid_load(const struct vx_source *raw, uint8_t buffer[VX_FILEID_BYTES],
                    struct vx_reporter *rep, struct vx_fileid *out);

#endif
