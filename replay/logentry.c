/* Log entries: decode, and the walk that decides whether one is valid. */
#include "replay/logentry.h"

#include "parser/bytes.h"

enum { /* byte positions in an entry header, then in a descriptor, then in a data sector */
       POS_SIGNATURE = 0,
       POS_CHECKSUM = VX_CRC_FIELD_POS,
       POS_ENTRY_LENGTH = 8,
       POS_TAIL = 12,
       POS_SEQUENCE = 16,
       POS_DESCRIPTOR_COUNT = 24,
       POS_RESERVED = 28,
       POS_LOG_GUID = 32,
       POS_FLUSHED = 48,
       POS_LAST = 56,
       POS_D_RESERVED = 4,
       POS_D_ZERO_LENGTH = 8,
       POS_D_FILE_OFFSET = 16,
       POS_D_SEQUENCE = 24,
       POS_SEQUENCE_HIGH = 4,
       POS_SEQUENCE_LOW = 4092,
       SLOTS_PER_SECTOR = VXR_SECTOR_BYTES / VXR_DESCRIPTOR_BYTES,
       HEADER_SLOTS = VXR_ENTRY_HEADER_BYTES / VXR_DESCRIPTOR_BYTES
};

void vxr_entry_decode(const uint8_t sector[VXR_SECTOR_BYTES], uint32_t pos, struct vxr_entry *out)
{
    *out = (struct vxr_entry){
        .pos = pos,
        .checksum = vx_le32(sector + POS_CHECKSUM),
        .length = vx_le32(sector + POS_ENTRY_LENGTH),
        .tail = vx_le32(sector + POS_TAIL),
        .sequence = vx_le64(sector + POS_SEQUENCE),
        .descriptor_count = vx_le32(sector + POS_DESCRIPTOR_COUNT),
        .reserved = vx_le32(sector + POS_RESERVED),
        .log_guid = vx_guid_load(sector + POS_LOG_GUID),
        .flushed_file_offset = vx_le64(sector + POS_FLUSHED),
        .last_file_offset = vx_le64(sector + POS_LAST),
        .reason_pos = pos,
        .resume_pos = VXR_SECTOR_BYTES,
    };
}

uint32_t vxr_descriptor_sectors(uint32_t descriptor_count)
{
    uint64_t slots = (uint64_t)descriptor_count + HEADER_SLOTS;

    return (uint32_t)((slots + SLOTS_PER_SECTOR - 1) / SLOTS_PER_SECTOR);
}

uint32_t vxr_descriptor_sector(uint32_t index)
{
    return (uint32_t)(((uint64_t)index + HEADER_SLOTS) / SLOTS_PER_SECTOR);
}

uint32_t vxr_descriptor_pos(uint32_t index)
{
    uint64_t slot = ((uint64_t)index + HEADER_SLOTS) % SLOTS_PER_SECTOR;

    return (uint32_t)(slot * VXR_DESCRIPTOR_BYTES);
}

void vxr_descriptor_decode(const uint8_t sector[VXR_SECTOR_BYTES], uint32_t pos,
                           struct vxr_descriptor *out)
{
    const uint8_t *d = sector + (pos <= VXR_SECTOR_BYTES - VXR_DESCRIPTOR_BYTES ? pos : 0);
    uint32_t signature = vx_le32(d);

    *out = (struct vxr_descriptor){
        .file_offset = vx_le64(d + POS_D_FILE_OFFSET),
        .sequence = vx_le64(d + POS_D_SEQUENCE),
    };
    if (signature == VXR_SIGNATURE_ZERO) {
        out->kind = VXR_DESCRIPTOR_ZERO;
        out->reserved = vx_le32(d + POS_D_RESERVED);
        out->length = vx_le64(d + POS_D_ZERO_LENGTH);
    } else if (signature == VXR_SIGNATURE_DESC) {
        out->kind = VXR_DESCRIPTOR_DATA;
        out->length = VXR_SECTOR_BYTES;
    }
}

/* The rule that the header breaks, or VX_RULE_COUNT. */
static enum vx_rule header_fault(const struct vxr_entry *e, const struct vx_guid *log_guid,
                                 uint32_t ring_length)
{
    if (!vx_guid_equal(&e->log_guid, log_guid)) {
        return VX_LGE_013;
    }
    if (e->sequence == 0) {
        return VX_LGE_010;
    }
    if (e->length % VXR_SECTOR_BYTES != 0) {
        return VX_LGE_004;
    }
    if (e->length < VXR_SECTOR_BYTES || e->length > ring_length) {
        return VX_LGE_005;
    }
    if (e->tail % VXR_SECTOR_BYTES != 0) {
        return VX_LGE_007;
    }
    if (e->tail >= ring_length) {
        return VX_LGE_008;
    }
    if (vxr_descriptor_sectors(e->descriptor_count) > e->length / VXR_SECTOR_BYTES) {
        return VX_LGE_011;
    }
    return VX_RULE_COUNT;
}

/* The rule that a descriptor of entry e breaks, or VX_RULE_COUNT. */
static enum vx_rule descriptor_fault(const struct vxr_entry *e, const struct vxr_descriptor *d)
{
    uint64_t end = 0;

    if (d->kind == VXR_DESCRIPTOR_BAD) {
        return VX_LGD_001;
    }
    if (d->sequence != e->sequence) {
        return VX_LGD_005;
    }
    if (d->file_offset % VXR_SECTOR_BYTES != 0) {
        return VX_LGD_004;
    }
    if (d->length % VXR_SECTOR_BYTES != 0) {
        return VX_LGD_003;
    }
    if (!vx_add(d->file_offset, d->length, &end)) {
        return VX_LGD_007;
    }
    return VX_RULE_COUNT;
}

/* The rule that a data sector of entry e breaks, or VX_RULE_COUNT. */
static enum vx_rule data_fault(const struct vxr_entry *e, const uint8_t sector[VXR_SECTOR_BYTES])
{
    if (vx_le32(sector + POS_SIGNATURE) != VXR_SIGNATURE_DATA) {
        return VX_LGS_001;
    }
    if (vx_le32(sector + POS_SEQUENCE_HIGH) != (e->sequence >> 32)) {
        return VX_LGS_002;
    }
    if (vx_le32(sector + POS_SEQUENCE_LOW) != (e->sequence & UINT32_MAX)) {
        return VX_LGS_003;
    }
    return VX_RULE_COUNT;
}

/* Judge all descriptors that lie in sector `which` of the entry; count the data descriptors.
 * At most 128 steps. */
static enum vx_rule sector_fault(struct vxr_entry *e, const uint8_t sector[VXR_SECTOR_BYTES],
                                 uint32_t which)
{
    struct vxr_descriptor d = {0};
    uint32_t slot = which == 0 ? HEADER_SLOTS : 0;

    for (; slot < SLOTS_PER_SECTOR; slot++) {
        uint64_t index = (uint64_t)which * SLOTS_PER_SECTOR + slot - HEADER_SLOTS;
        enum vx_rule fault = VX_RULE_COUNT;

        if (index >= e->descriptor_count) {
            break;
        }
        vxr_descriptor_decode(sector, slot * VXR_DESCRIPTOR_BYTES, &d);
        fault = descriptor_fault(e, &d);
        if (fault != VX_RULE_COUNT) {
            return fault;
        }
        e->data_count = vx_add_sat(e->data_count, d.kind == VXR_DESCRIPTOR_DATA ? 1 : 0);
    }
    return VX_RULE_COUNT;
}

/* EntryLength must be what the descriptors need, known once the last of them was seen. */
static enum vx_rule length_fault(const struct vxr_entry *e)
{
    uint64_t needed = vx_add_sat(vxr_descriptor_sectors(e->descriptor_count), e->data_count);
    uint64_t sectors = e->length / VXR_SECTOR_BYTES;

    if (sectors < needed) {
        return VX_LGD_006;
    }
    return sectors > needed ? VX_LGE_006 : VX_RULE_COUNT;
}

/* Continue the entry's checksum with one sector, of which the first holds it. */
static uint32_t add_to_checksum(enum vx_crc_kind kind, uint32_t crc,
                                const uint8_t sector[VXR_SECTOR_BYTES], uint32_t which)
{
    return which == 0 ? vx_crc32c_structure(kind, sector, VXR_SECTOR_BYTES)
                      : vx_crc32c(kind, crc, sector, VXR_SECTOR_BYTES);
}

/* Walk the sectors of an entry whose header is sound. Returns VX_OK or VX_E_IO;
 * e->reason says what broke it, if anything. At most e->length / 4096 steps. */
static enum vx_status walk(struct vxr_ring *ring, enum vx_crc_kind kind, struct vxr_entry *e)
{
    uint32_t sectors = e->length / VXR_SECTOR_BYTES;
    uint32_t descriptor_sectors = vxr_descriptor_sectors(e->descriptor_count);
    uint32_t crc = 0;

    for (uint32_t i = 0; i < sectors && i < VXR_RING_SECTORS_MAX; i++) {
        uint32_t pos = vxr_ring_advance(ring, e->pos, i * VXR_SECTOR_BYTES);
        const uint8_t *sector = vxr_ring_sector(ring, pos);

        if (sector == NULL) {
            e->reason_pos = pos;
            e->resume_pos = (i + 1) * VXR_SECTOR_BYTES;
            return VX_E_IO;
        }
        e->reason = i < descriptor_sectors ? sector_fault(e, sector, i) : data_fault(e, sector);
        if (e->reason == VX_RULE_COUNT && i + 1 == descriptor_sectors) {
            e->reason = length_fault(e);
        }
        if (e->reason != VX_RULE_COUNT) {
            e->reason_pos = pos;
            /* sectors before this one begin with "desc", "zero" or "data", never with "loge" */
            e->resume_pos = (i > 0 ? i : 1) * VXR_SECTOR_BYTES;
            return VX_OK;
        }
        crc = add_to_checksum(kind, crc, sector, i);
    }
    e->resume_pos = e->length;
    e->reason = crc == e->checksum ? VX_RULE_COUNT : VX_LGE_003;
    e->is_valid = e->reason == VX_RULE_COUNT;
    return VX_OK;
}

enum vx_status vxr_entry_load(struct vxr_ring *ring, uint32_t pos, const struct vx_guid *log_guid,
                              enum vx_crc_kind crc, struct vxr_entry *out)
{
    const uint8_t *sector = NULL;

    ring->origin = pos;
    sector = vxr_ring_sector(ring, pos);
    *out = (struct vxr_entry){
        .pos = pos,
        .reason = VX_RULE_COUNT,
        .reason_pos = pos,
        .resume_pos = VXR_SECTOR_BYTES,
    };
    if (sector == NULL) {
        return VX_E_IO;
    }
    if (vx_le32(sector + POS_SIGNATURE) != VXR_SIGNATURE_LOGE) {
        return VX_STOP;
    }
    vxr_entry_decode(sector, pos, out);
    out->reason = header_fault(out, log_guid, ring->length);
    if (out->reason != VX_RULE_COUNT) {
        return VX_OK;
    }
    return walk(ring, crc, out);
}
