/* Read, or report. */
#include "parser/load.h"

bool vx_load(const struct vx_source *src, uint64_t offset, uint8_t *dst, size_t len,
             struct vx_reporter *rep)
{
    enum vx_status status = vx_source_read(src, offset, dst, len);

    if (status == VX_OK) {
        return true;
    }
    memset(dst, 0, len);
    if (status != VX_E_USAGE) {
        vx_report_unreadable(rep, offset, len);
    }
    return false;
}
