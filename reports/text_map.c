/* The map for people. One line a range. */
#include "reports/catalogue.h"
#include "reports/map_report.h"
#include "reports/names.h"

enum { COLUMN = 16 };

static void write_column(const struct vxo_page *page, const struct vxo_line *line)
{
    vxo_page_write(page, line->text);
    vxo_page_spaces(page, line->put.len < COLUMN ? COLUMN - line->put.len : 1);
}

static void write_number(const struct vxo_page *page, bool is_known, uint64_t number)
{
    struct vxo_line line;

    vxo_line_init(&line);
    if (is_known) {
        vxo_put_hex(&line.put, number);
    } else {
        vxo_put(&line.put, "-");
    }
    write_column(page, &line);
}

/* Which parent the state and the place in the file are of. */
static void write_depth(const struct vxo_page *page, uint32_t depth)
{
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, ", at depth ");
    vxo_put_uint(&line.put, depth);
    vxo_page_write(page, line.text);
}

static const char *why_unreadable(enum vx_rule rule)
{
    if (rule == VX_RUN_006) {
        return "in a parent that was not looked for: ";
    }
    if (rule == VX_RUN_010) {
        return "in a parent that was not found: ";
    }
    if (rule == VX_CHN_001 || rule == VX_LSS_002) {
        return "in a parent that is not the one: ";
    }
    return "cannot be read: ";
}

static void tell_range(void *ctx, const struct vx_disk_range *range)
{
    const struct vxo_page *page = ctx;

    write_number(page, true, range->offset);
    write_number(page, true, range->length);
    write_number(page, range->kind == VX_DISK_FILE, range->file_offset);
    vxo_page_write(page, vxo_state_name(range->state));
    if (range->kind == VX_DISK_UNREADABLE) {
        vxo_page_write(page, range->state < VX_STATE_COUNT ? ", " : "");
        vxo_page_write(page, why_unreadable(range->rule));
        vxo_page_write(page, vxo_rule_text(range->rule)->id);
    } else if (range->depth > 0) {
        write_depth(page, range->depth);
    }
    vxo_page_write(page, "\n");
}

void vxo_text_map(const struct vxo_page *page, const struct vxo_map *map)
{
    struct vxo_page own = *page;

    vxo_page_write(page, "Offset          Length          Mapped to       State\n");
    map->tell(map->ctx, tell_range, &own);
}
