/* File type identifier. */
#include "parser/fileid.h"

#include "parser/bytes.h"
#include "parser/load.h"

#define SIGNATURE_VHDXFILE UINT64_C(0x656c696678646876) /* "vhdxfile", read little-endian */

enum { SIGNATURE_BYTES = 8, CREATOR_POS = 8 };

static void check_size(uint64_t file_bytes, bool is_vhdx, struct vx_reporter *rep)
{
    struct vx_finding f = vx_finding_at(VX_LAY_003, VX_OBJ_FILE, 0, 0, file_bytes);

    f.arg[0] = file_bytes;
    f.arg[1] = VX_HEADER_SECTION_BYTES;
    if (file_bytes < VX_HEADER_SECTION_BYTES) {
        vx_report(rep, &f);
    }
    f = vx_finding_at(VX_LAY_009, VX_OBJ_FILE, 0, VX_NO_OFFSET, 0);
    f.arg[0] = file_bytes;
    if (is_vhdx && file_bytes >= VX_HEADER_SECTION_BYTES && file_bytes % VX_MIB != 0) {
        vx_report(rep, &f);
    }
}

static void check_identifier(const struct vx_fileid *id, uint64_t file_bytes,
                             struct vx_reporter *rep)
{
    struct vx_finding f = vx_finding_at(VX_FTI_001, VX_OBJ_FILE_IDENTIFIER, 0, 0,
                                        vx_min(file_bytes, SIGNATURE_BYTES));

    f.arg[0] = id->signature;
    f.arg[1] = SIGNATURE_VHDXFILE;
    if (!id->has_signature) {
        vx_report(rep, &f);
        return; /* whatever follows is not a creator string */
    }
    if (id->creator.was_altered) {
        f = vx_finding_at(VX_FTI_002, VX_OBJ_FILE_IDENTIFIER, 0, CREATOR_POS,
                          VX_FILEID_BYTES - CREATOR_POS);
        vx_report(rep, &f);
    }
}

void vx_fileid_load(const struct vx_source *raw, uint8_t buffer[VX_FILEID_BYTES],
                    struct vx_reporter *rep, struct vx_fileid *out)
{
    size_t len = raw->size < VX_FILEID_BYTES ? (size_t)raw->size : VX_FILEID_BYTES;

    memset(out, 0, sizeof(*out));
    memset(buffer, 0, VX_FILEID_BYTES);
    out->is_read = vx_load(raw, 0, buffer, len, rep);
    out->signature = vx_le64(buffer);
    out->has_signature = out->signature == SIGNATURE_VHDXFILE;
    check_size(raw->size, out->has_signature, rep);
    if (!out->is_read) {
        return;
    }
    if (out->has_signature) {
        vx_utf16_print(buffer + CREATOR_POS, VX_CREATOR_UNITS, &out->creator);
    }
    check_identifier(out, raw->size, rep);
}
