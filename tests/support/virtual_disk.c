/* Reading the virtual disk of a checked image. */
#include "tests/support/virtual_disk.h"

void virtual_disk_init(struct virtual_disk *v, const struct vxr_check *check)
{
    const struct vx_facts *facts = &check->structure.facts;

    v->check = check;
    vx_disk_init(&v->disk, &check->view, &facts->geometry, &facts->regions.bat, v->window);
    vx_disk_heed_claims(&v->disk, &check->structure.claims);
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
