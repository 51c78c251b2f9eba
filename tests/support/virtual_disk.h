/* The virtual disk of a checked image as it is after replay, read by vhdxray's own code. */
#ifndef TESTS_VIRTUAL_DISK_H
#define TESTS_VIRTUAL_DISK_H

#include "parser/disk.h"
#include "replay/simulate.h"

struct virtual_disk {
    const struct vxr_check *check;
    struct vx_disk disk;
    uint8_t window[2][VX_BAT_WINDOW_BYTES];
};

/* check: run, with a known geometry; must outlive the disk, and both stay where they are. */
void virtual_disk_init(struct virtual_disk *v, const struct vxr_check *check);

/* Read len virtual bytes; those of the parent become `parent`. Returns whether all are readable. */
bool virtual_disk_read(struct virtual_disk *v, uint64_t offset, uint8_t *bytes, size_t len,
                       uint8_t parent);

#endif
