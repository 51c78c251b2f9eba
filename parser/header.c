/* The header pair: decode, choose the current copy, judge it and the log's place. */
#include "parser/header.h"

#include "parser/bytes.h"
#include "parser/crc32c.h"
#include "parser/load.h"
#include "parser/workspace.h"

enum { /* byte positions in a header */
       POS_SIGNATURE = 0,
       POS_CHECKSUM = VX_CRC_FIELD_POS,
       POS_SEQUENCE_NUMBER = 8,
       POS_FILE_WRITE_GUID = 16,
       POS_DATA_WRITE_GUID = 32,
       POS_LOG_GUID = VX_HEADER_LOG_GUID_POS,
       POS_LOG_VERSION = 64,
       POS_VERSION = 66,
       POS_LOG_LENGTH = 68,
       POS_LOG_OFFSET = 72,
       POS_RESERVED = 80
};

uint64_t vx_header_offset(uint32_t copy)
{
    return copy == 0 ? VX_HEADER_1_OFFSET : VX_HEADER_2_OFFSET;
}

void vx_header_decode(const uint8_t bytes[VX_HEADER_BYTES], struct vx_header *out)
{
    *out = (struct vx_header){
        .signature = vx_le32(bytes + POS_SIGNATURE),
        .checksum = vx_le32(bytes + POS_CHECKSUM),
        .sequence_number = vx_le64(bytes + POS_SEQUENCE_NUMBER),
        .file_write_guid = vx_guid_load(bytes + POS_FILE_WRITE_GUID),
        .data_write_guid = vx_guid_load(bytes + POS_DATA_WRITE_GUID),
        .log_guid = vx_guid_load(bytes + POS_LOG_GUID),
        .log_version = vx_le16(bytes + POS_LOG_VERSION),
        .version = vx_le16(bytes + POS_VERSION),
        .log_length = vx_le32(bytes + POS_LOG_LENGTH),
        .log_offset = vx_le64(bytes + POS_LOG_OFFSET),
        .has_reserved = !vx_all_zero(bytes + POS_RESERVED, VX_HEADER_BYTES - POS_RESERVED),
    };
}

static void load_copy(const struct vx_source *raw, uint32_t which, uint8_t bytes[VX_HEADER_BYTES],
                      enum vx_crc_kind crc, struct vx_reporter *rep, struct vx_header_copy *out)
{
    out->is_read = vx_load(raw, vx_header_offset(which), bytes, VX_HEADER_BYTES, rep);
    if (!out->is_read) {
        return;
    }
    vx_header_decode(bytes, &out->header);
    out->computed_checksum = vx_crc32c_structure(crc, bytes, VX_HEADER_BYTES);
    out->is_valid = out->header.signature == VX_SIGNATURE_HEAD &&
                    out->header.checksum == out->computed_checksum;
}

void vx_headers_load(const struct vx_source *raw, struct vx_workspace *ws, struct vx_reporter *rep,
                     struct vx_headers *out)
{
    memset(out, 0, sizeof(*out));
    load_copy(raw, 0, ws->table[0], ws->crc, rep, &out->copy[0]);
    load_copy(raw, 1, ws->table[1], ws->crc, rep, &out->copy[1]);
    out->are_identical = out->copy[0].is_read && out->copy[1].is_read &&
                         memcmp(ws->table[0], ws->table[1], VX_HEADER_BYTES) == 0;
}

bool vx_headers_have_signature(const struct vx_headers *headers)
{
    return headers->copy[0].header.signature == VX_SIGNATURE_HEAD ||
           headers->copy[1].header.signature == VX_SIGNATURE_HEAD;
}

const struct vx_header *vx_headers_current(const struct vx_headers *headers)
{
    if (!headers->has_current || headers->current >= VX_HEADER_COPIES) {
        return NULL;
    }
    return &headers->copy[headers->current].header;
}

/* A finding about field [pos, pos + len) of a header copy. */
static struct vx_finding about(enum vx_rule rule, uint32_t copy, uint32_t pos, uint32_t len)
{
    return vx_finding_at(rule, VX_OBJ_HEADER, copy, vx_header_offset(copy) + pos, len);
}

/* Why is this copy not valid? */
static void check_copy(const struct vx_header_copy *copy, uint32_t which, struct vx_reporter *rep)
{
    struct vx_finding f = {0};

    if (!copy->is_read) {
        return;
    }
    if (copy->header.signature != VX_SIGNATURE_HEAD) {
        f = about(VX_HDR_002, which, POS_SIGNATURE, 4);
        f.arg[0] = copy->header.signature;
        f.arg[1] = VX_SIGNATURE_HEAD;
        vx_report(rep, &f);
    } else if (!copy->is_valid) {
        f = about(VX_HDR_003, which, POS_CHECKSUM, 4);
        f.arg[0] = copy->header.checksum;
        f.arg[1] = copy->computed_checksum;
        vx_report(rep, &f);
    } else if (copy->header.has_reserved) {
        f = about(VX_HDR_019, which, POS_RESERVED, VX_HEADER_BYTES - POS_RESERVED);
        vx_report(rep, &f);
    }
}

/* Both copies are valid: the greater sequence number wins. */
static void choose_of_two(struct vx_headers *headers, struct vx_reporter *rep)
{
    const struct vx_header *h1 = &headers->copy[0].header;
    const struct vx_header *h2 = &headers->copy[1].header;
    struct vx_finding f = {0};

    headers->has_current = true;
    headers->current = h2->sequence_number > h1->sequence_number ? 1 : 0;
    if (h1->sequence_number == h2->sequence_number) {
        f = about(VX_HDR_007, 0, POS_SEQUENCE_NUMBER, 8);
        f.severity = headers->are_identical ? VX_SEV_WARNING : VX_SEV_FATAL;
        f.other_offset = vx_header_offset(1) + POS_SEQUENCE_NUMBER;
        f.other_length = 8;
        f.arg[0] = h1->sequence_number;
        vx_report(rep, &f);
        headers->has_current = headers->are_identical;
    }
    if (h1->version != h2->version || h1->log_length != h2->log_length ||
        h1->log_offset != h2->log_offset) {
        f = about(VX_HDR_022, headers->current, POS_LOG_VERSION, POS_RESERVED - POS_LOG_VERSION);
        f.other_offset = vx_header_offset(1 - headers->current) + POS_LOG_VERSION;
        f.other_length = f.length;
        vx_report(rep, &f);
    }
}

/* Choose the current copy. An unreadable copy is neither valid nor known to be damaged. */
static void choose_current(struct vx_headers *headers, struct vx_reporter *rep)
{
    const struct vx_header_copy *copy = headers->copy;
    bool are_read = copy[0].is_read && copy[1].is_read;
    struct vx_finding f = {0};

    if (copy[0].is_valid && copy[1].is_valid) {
        choose_of_two(headers, rep);
    } else if (copy[0].is_valid || copy[1].is_valid) {
        headers->has_current = true;
        headers->current = copy[0].is_valid ? 0 : 1;
        f = about(VX_HDR_005, 1 - headers->current, 0, VX_HEADER_BYTES);
        if (are_read) {
            vx_report(rep, &f);
        }
    } else {
        f = vx_finding_at(VX_HDR_004, VX_OBJ_HEADER_SECTION, 0, VX_HEADER_1_OFFSET,
                          VX_HEADER_2_OFFSET + VX_HEADER_BYTES - VX_HEADER_1_OFFSET);
        if (are_read) {
            vx_report(rep, &f);
        }
    }
}

/* Report rule and, with the same numbers, the layout rule that stands above it, if any. */
static void report_log(struct vx_reporter *rep, struct vx_finding *f, enum vx_rule umbrella)
{
    vx_report(rep, f);
    if (umbrella != VX_RULE_COUNT) {
        f->rule = umbrella;
        f->object = VX_OBJ_LOG;
        f->index = 0;
        vx_report(rep, f);
    }
}

static bool check_log_alignment(const struct vx_header *h, uint32_t copy, enum vx_severity severity,
                                struct vx_reporter *rep)
{
    bool is_good = true;
    struct vx_finding f = about(VX_HDR_013, copy, POS_LOG_LENGTH, 4);

    f.severity = severity;
    f.arg[0] = h->log_length;
    f.arg[1] = VX_MIB;
    if (h->log_length % VX_MIB != 0) {
        is_good = false;
        report_log(rep, &f, VX_RULE_COUNT);
    }
    f = about(VX_HDR_014, copy, POS_LOG_OFFSET, 8);
    f.severity = severity;
    f.arg[0] = h->log_offset;
    f.arg[1] = VX_MIB;
    if (h->log_offset % VX_MIB != 0) {
        is_good = false;
        report_log(rep, &f, VX_LAY_004);
    }
    return is_good;
}

/* The log of positive length: behind the header section and inside the file? */
static bool check_log_extent(const struct vx_header *h, uint32_t copy, uint64_t file_bytes,
                             enum vx_severity severity, struct vx_reporter *rep)
{
    uint64_t end = 0;
    bool is_good = true;
    struct vx_finding f = about(VX_HDR_015, copy, POS_LOG_OFFSET, 8);

    f.severity = severity;
    f.arg[0] = h->log_offset;
    f.arg[1] = VX_HEADER_SECTION_BYTES;
    if (h->log_offset < VX_HEADER_SECTION_BYTES) {
        is_good = false;
        report_log(rep, &f, VX_LAY_005);
    }
    if (!vx_add(h->log_offset, h->log_length, &end)) {
        f = vx_finding_at(VX_LAY_008, VX_OBJ_LOG, 0, vx_header_offset(copy) + POS_LOG_LENGTH, 12);
        f.arg[0] = h->log_offset;
        f.arg[1] = h->log_length;
        vx_report(rep, &f);
        end = UINT64_MAX;
    }
    if (!vx_within(h->log_offset, h->log_length, file_bytes)) {
        is_good = false;
        f = about(VX_HDR_017, copy, POS_LOG_LENGTH, 12);
        f.severity = severity;
        f.arg[0] = end;
        f.arg[1] = file_bytes;
        report_log(rep, &f, VX_LAY_007);
    }
    return is_good;
}

/* Judge what the current header says about the log. Returns whether the log can be read. */
static bool check_log_place(const struct vx_header *h, uint32_t copy, uint64_t file_bytes,
                            bool is_dirty, struct vx_reporter *rep)
{
    enum vx_severity severity = is_dirty ? VX_SEV_FATAL : VX_SEV_ERROR;
    bool is_good = true;
    struct vx_finding f = {0};

    if (h->log_version != 0) {
        is_good = false;
        f = about(VX_HDR_010, copy, POS_LOG_VERSION, 2);
        f.severity = severity;
        f.arg[0] = h->log_version;
        vx_report(rep, &f);
    }
    is_good = check_log_alignment(h, copy, severity, rep) && is_good;
    if (h->log_length > 0) {
        return check_log_extent(h, copy, file_bytes, severity, rep) && is_good;
    }
    if (is_dirty) {
        f = about(VX_HDR_018, copy, POS_LOG_LENGTH, 4);
        vx_report(rep, &f);
    }
    return false;
}

static void check_current(const struct vx_header *h, uint32_t copy, struct vx_reporter *rep)
{
    struct vx_finding f = {0};

    if (h->version != 1) {
        f = about(VX_HDR_009, copy, POS_VERSION, 2);
        f.arg[0] = h->version;
        vx_report(rep, &f);
    }
    if (vx_guid_is_zero(&h->data_write_guid)) {
        f = about(VX_HDR_023, copy, POS_DATA_WRITE_GUID, VX_GUID_BYTES);
        vx_report(rep, &f);
    }
    if (h->sequence_number == UINT64_MAX) {
        f = about(VX_HDR_024, copy, POS_SEQUENCE_NUMBER, 8);
        f.arg[0] = h->sequence_number;
        vx_report(rep, &f);
    }
}

void vx_headers_check(struct vx_headers *headers, uint64_t file_bytes, struct vx_reporter *rep)
{
    const struct vx_header *h = NULL;

    check_copy(&headers->copy[0], 0, rep);
    check_copy(&headers->copy[1], 1, rep);
    choose_current(headers, rep);
    h = vx_headers_current(headers);
    if (h == NULL) {
        return;
    }
    check_current(h, headers->current, rep);
    headers->is_dirty = !vx_guid_is_zero(&h->log_guid);
    if (h->version == 1) {
        headers->is_log_usable =
            check_log_place(h, headers->current, file_bytes, headers->is_dirty, rep) &&
            headers->is_dirty;
    }
}
