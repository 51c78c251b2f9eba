/* Reading the virtual disk of a checked image. */
#include "tests/support/virtual_disk.h"

void virtual_disk_init(struct virtual_disk *v, const struct vxr_check *check)
{
    const struct vx_facts *facts = &check->structure.facts;

    v->check = check;
    vx_disk_init(&v->disk, &check->view, &facts->geometry, &facts->regions.bat, v->window);
}

static bool view_number(const struct virtual_disk *v, uint64_t offset, unsigned width,
                        uint64_t *value)
{
    uint8_t bytes[8];

    *value = 0;
    if (vx_source_read(&v->check->view, offset, bytes, width) != VX_OK) {
        return false;
    }
    for (unsigned i = 0; i < width; i++) {
        *value |= (uint64_t)bytes[i] << (8 * i);
    }
    return true;
}

/* Where a sector of a partially present block lies in the file; 0 when it is the parent's. */
static bool find_own(const struct virtual_disk *v, uint64_t offset, uint64_t *at)
{
    const struct vx_facts *facts = &v->check->structure.facts;
    const struct vx_geometry *geo = &facts->geometry;
    const uint64_t block = offset / geo->block_bytes;
    const uint64_t chunk = block / geo->chunk_ratio;
    const uint64_t bit = offset / geo->sector_bytes % VX_SECTORS_PER_CHUNK;
    const uint64_t bat = facts->regions.bat.offset;
    uint64_t payload;
    uint64_t bitmap;
    uint64_t byte;

    if (!view_number(v, bat + 8 * (block + chunk), 8, &payload) ||
        !view_number(v, bat + 8 * ((chunk + 1) * (geo->chunk_ratio + 1) - 1), 8, &bitmap) ||
        vx_bat_state(bitmap) != VX_STATE_FULLY_PRESENT ||
        !view_number(v, (vx_bat_mib(bitmap) << VX_MIB_SHIFT) + bit / 8, 1, &byte)) {
        return false;
    }
    *at = (byte >> (bit % 8) & 1) == 0
              ? 0
              : (vx_bat_mib(payload) << VX_MIB_SHIFT) + offset % geo->block_bytes;
    return true;
}

static bool read_partial(const struct virtual_disk *v, const struct vx_disk_range *range,
                         uint8_t *bytes, uint8_t parent)
{
    const uint64_t sector = v->check->structure.facts.geometry.sector_bytes;

    for (uint64_t done = 0; done < range->length;) {
        const uint64_t offset = range->offset + done;
        const uint64_t room = sector - offset % sector;
        const uint64_t left = range->length - done;
        const size_t take = (size_t)(room < left ? room : left);
        uint64_t at;

        if (!find_own(v, offset, &at)) {
            return false;
        }
        if (at == 0) {
            memset(bytes + done, parent, take);
        } else if (vx_source_read(&v->check->view, at, bytes + done, take) != VX_OK) {
            return false;
        }
        done += take;
    }
    return true;
}

bool virtual_disk_read(struct virtual_disk *v, uint64_t offset, uint8_t *bytes, size_t len,
                       uint8_t parent)
{
    for (size_t done = 0; done < len;) {
        struct vx_disk_range range;
        bool is_good = true;

        if (vx_disk_map(&v->disk, offset + done, len - done, &range) != VX_OK) {
            return false;
        }
        if (range.kind == VX_DISK_PARENT) {
            memset(bytes + done, parent, (size_t)range.length);
        } else if (range.kind == VX_DISK_UNREADABLE && range.rule == VX_RUN_006) {
            is_good = read_partial(v, &range, bytes + done, parent);
        } else {
            is_good =
                vx_disk_read(&v->disk, range.offset, bytes + done, (size_t)range.length) == VX_OK;
        }
        if (!is_good) {
            return false;
        }
        done += (size_t)range.length;
    }
    return true;
}
