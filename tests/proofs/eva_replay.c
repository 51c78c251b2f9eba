/* What `make prove` analyses of replay/: any log in any image, any fault of the source, any
 * parameter, any amount of memory for the overlay. The rest is as eva_main.c says: first each
 * module's public functions, then a whole check in its order, which runs through parser/ again.
 *
 * This is never compiled, only analysed. */
#include "parser/workspace.h"
#include "replay/delta.h"

#include "tests/proofs/outside.h"

enum {
    STRUCTURE_WORDS = sizeof(struct vx_workspace) / sizeof(uint64_t) + 4096,
    RECORDS = 1000 /* of an overlay whose three arrays are objects of their own */
};

/* As much as an overlay ever uses. */
#define OVERLAY_BYTES ((uint64_t)VXR_OVERLAY_RECORD_BYTES * (UINT32_MAX / 4))

static uint8_t overlay_memory[OVERLAY_BYTES];
static uint64_t structure_memory[STRUCTURE_WORDS];
static struct vxr_log_workspace log_ws;
static struct vxr_check check;
static struct vx_reporter reporter;

static struct vxr_segment records[RECORDS];
static struct vxr_segment segments[2 * RECORDS];
static uint32_t heap[RECORDS];
static struct vxr_overlay overlay;

static struct vxr_ring ring;
static struct vx_source raw;
static uint8_t sector[VXR_SECTOR_BYTES];
static uint64_t starts[VXR_START_WORDS];
static uint8_t bytes[70000];

/* ---- Who listens ------------------------------------------------------------------------- */

static void look_at_entry(void *ctx, const struct vxr_entry *e)
{
    (void)ctx;
    seen = e->pos ^ e->length ^ e->tail ^ e->sequence ^ e->descriptor_count ^ e->reserved;
    seen = e->log_guid.byte[0] ^ e->flushed_file_offset ^ e->last_file_offset ^ e->checksum;
    seen = (uint64_t)e->reason ^ e->reason_pos ^ e->data_count ^ e->resume_pos;
    seen = e->is_valid;
}

static void look_at_run(void *ctx, const struct vxr_run *run)
{
    seen = run->start ^ run->entry_count ^ run->bytes;
    seen = run->is_valid;
    look_at_entry(ctx, &run->head);
}

static void look_at_change(void *ctx, const struct vxr_change *change)
{
    (void)ctx;
    seen = (uint64_t)change->kind ^ change->index ^ change->offset ^ change->length;
    seen = change->before ^ change->after;
}

static struct vxr_story any_story(void)
{
    return (struct vxr_story){
        .entry = either() ? look_at_entry : NULL,
        .run = either() ? look_at_run : NULL,
    };
}

/* ---- The log ----------------------------------------------------------------------------- */

static void make_ring(void)
{
    struct vx_headers headers = any_headers();

    raw = any_source();
    vxr_ring_init(&ring, &raw, &headers.copy[0].header);
    ring.origin = any_32();
    ring.careful_end = any_32();
    ring.window_pos = any_32();
    ring.window_bytes = any_32();
    FILL(ring.window);
}

static void call_ring(void)
{
    const uint8_t *found;

    make_ring();
    seen = vxr_ring_advance(&ring, any_32(), any_32()) ^ vxr_ring_offset(&ring, any_32());
    seen = vxr_ring_distance(&ring, any_32(), any_32());
    found = vxr_ring_sector(&ring, any_32());
    if (found != NULL) {
        seen = found[any_up_to(VXR_SECTOR_BYTES - 1)];
    }
}

static void call_entries(void)
{
    struct vx_guid guid = any_guid();
    struct vxr_entry entry;
    struct vxr_descriptor d;
    struct vx_finding f;

    FILL(sector);
    vxr_entry_decode(sector, any_32(), &entry);
    look_at_entry(NULL, &entry);
    seen = vxr_descriptor_sectors(any_32()) ^ vxr_descriptor_sector(any_32());
    seen = vxr_descriptor_pos(any_32());
    vxr_descriptor_decode(sector, any_32(), &d);
    seen = (uint64_t)d.kind ^ d.reserved ^ d.length ^ d.file_offset ^ d.sequence;
    make_ring();
    seen = vxr_entry_load(&ring, any_32(), &guid, VX_CRC_PORTABLE, &entry);
    look_at_entry(NULL, &entry);
    f = vxr_entry_finding(&ring, &entry, (enum vx_rule)any_32());
    look(NULL, &f);
}

static void call_scan(void)
{
    struct vx_reporter rep = any_reporter();
    struct vx_guid guid = any_guid();
    struct vxr_story story = any_story();
    struct vxr_scan scan;

    make_ring();
    FILL(starts);
    vxr_scan(&ring, &guid, VX_CRC_PORTABLE, starts, either() ? &story : NULL, &rep, &scan);
    seen = scan.candidates ^ scan.valid ^ scan.foreign ^ scan.runs ^ scan.valid_runs ^ scan.unread;
    seen = scan.has_active;
    seen = scan.has_rival;
    seen = scan.rival;
    look_at_run(NULL, &scan.active);
}

/* ---- The overlay and the view ------------------------------------------------------------ */

/* Use it from the first record on. */
static void use_overlay(void)
{
    struct vxr_segment record;

    vxr_overlay_clear(&overlay);
    while (either()) {
        FILL(record);
        vxr_overlay_add(&overlay, &record);
    }
    seen = vxr_overlay_build(&overlay);
    seen = vxr_overlay_find(&overlay, any()) ^ vxr_overlay_end(&overlay);
}

static void call_overlay(void)
{
    seen = vxr_overlay_need(any());
    if (vxr_overlay_init(&overlay, overlay_memory, any_up_to(sizeof(overlay_memory))) == VX_OK) {
        use_overlay();
    }
    FILL(records);
    FILL(segments);
    FILL(heap);
    overlay = (struct vxr_overlay){
        .record = records,
        .segment = segments,
        .heap = heap,
        .capacity = (uint32_t)any_up_to(RECORDS),
    };
    use_overlay();
}

/* After call_overlay(), whose overlay is seen through. */
static void call_view(void)
{
    struct vx_source src;
    struct vxr_view view;
    struct vx_range data;

    raw = any_source();
    vxr_view_init(&view, &raw, &overlay, any(), any_32(), any_32(), any(), &src);
    seen = src.read(src.ctx, any(), bytes, any_up_to(sizeof(bytes)));
    seen = src.next_data(src.ctx, any(), &data);
    seen = data.begin ^ data.end;
}

/* ---- A whole check, in its order --------------------------------------------------------- */

static void call_log(void)
{
    struct vx_reporter rep = any_reporter();
    struct vx_headers headers = any_headers();
    struct vxr_story story = any_story();
    struct vxr_log log;

    raw = any_source();
    FILL(log_ws);
    vxr_log_check(&raw, &headers, VX_CRC_PORTABLE, any(), &log_ws, &overlay,
                  either() ? &story : NULL, &rep, &log);
    seen = (uint64_t)log.state ^ log.first_sequence ^ log.entries ^ log.descriptors ^ log.size;
    seen = log.zero_descriptors ^ log.data_sectors ^ log.bytes ^ log.need_bytes;
}

static void check_image(void)
{
    const struct vxr_memory memory = {
        .structure = structure_memory,
        .structure_bytes = any_up_to(sizeof(structure_memory)),
        .log = &log_ws,
        .overlay = overlay_memory,
        .overlay_bytes = any_up_to(sizeof(overlay_memory)),
    };
    struct vxr_story story = any_story();
    struct vx_reporter other = any_reporter();
    struct vxr_delta delta;

    raw = any_source();
    reporter = any_reporter();
    if (vxr_check_init(&check, &memory, &reporter) != VX_OK) {
        return;
    }
    check.prefix = any();
    vxr_check_run(&check, &raw, either() ? &story : NULL);
    vxr_check_unreplayed(&check, &raw, &other);
    vxr_delta_run(&check, &raw, look_at_change, NULL, &delta);
    for (int kind = 0; kind < VXR_CHANGE_KIND_COUNT; kind++) {
        seen = delta.changes[kind];
    }
    seen = delta.bytes_same ^ delta.bytes_changed ^ delta.old_size ^ delta.new_size ^ delta.unread;
    Frama_C_show_each_image_checked();
}

void eva_main(void)
{
    call_ring();
    call_entries();
    call_scan();
    call_overlay();
    call_view();
    call_log();
    Frama_C_show_each_modules_called();
    check_image();
    Frama_C_show_each_reached_end();
}
