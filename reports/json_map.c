/* The map for programs, range by range. Numbers and our own names need no escaping, so nothing is
 * built in memory, and the form is qemu-img's to the byte. */
#include "reports/catalogue.h"
#include "reports/map_report.h"
#include "reports/names.h"

struct teller {
    const struct vxo_json *out;
    bool has_range;
};

static void put_uint(struct vxo_buffer *put, const char *name, uint64_t number)
{
    vxo_put(put, name);
    vxo_put_uint(put, number);
}

static void put_bool(struct vxo_buffer *put, const char *name, bool is_true)
{
    vxo_put(put, name);
    vxo_put(put, is_true ? "true" : "false");
}

static void put_text(struct vxo_buffer *put, const char *name, const char *text)
{
    vxo_put(put, name);
    vxo_put(put, "\"");
    vxo_put(put, text);
    vxo_put(put, "\"");
}

static void tell_range(void *ctx, const struct vx_disk_range *range)
{
    struct teller *teller = ctx;
    bool is_file = range->kind == VX_DISK_FILE;
    bool is_zero = range->kind == VX_DISK_ZERO;
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, teller->has_range ? ",\n" : "[");
    put_uint(&line.put, "{ \"start\": ", range->offset);
    put_uint(&line.put, ", \"length\": ", range->length);
    put_uint(&line.put, ", \"depth\": ", range->depth);
    put_bool(&line.put,
             ", \"present\": ", is_file || (is_zero && range->state != VX_STATE_NOT_PRESENT));
    put_bool(&line.put, ", \"zero\": ", is_zero);
    put_bool(&line.put, ", \"data\": ", is_file);
    if (is_file) {
        put_uint(&line.put, ", \"offset\": ", range->file_offset);
    }
    if (range->state < VX_STATE_COUNT) {
        put_text(&line.put, ", \"state\": ", vxo_state_name(range->state));
    } else {
        vxo_put(&line.put, ", \"state\": null");
    }
    if (range->kind == VX_DISK_UNREADABLE) {
        put_text(&line.put, ", \"unreadable\": ", vxo_rule_text(range->rule)->id);
    }
    vxo_put(&line.put, "}");
    teller->has_range = true;
    teller->out->write(teller->out->ctx, line.text, line.put.len);
}

void vxo_json_map(const struct vxo_json *out, const struct vxo_map *map)
{
    struct teller teller = {.out = out};

    map->tell(map->ctx, tell_range, &teller);
    if (!teller.has_range) {
        out->write(out->ctx, "[", 1);
    }
    out->write(out->ctx, "]\n", 2);
}
