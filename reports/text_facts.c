/* The facts about an image, one in a line. Every loop runs over states. */
#include "reports/text.h"

#include "reports/names.h"

enum { LABEL_COLUMNS = 17 };

void vxo_text_fact(const struct vxo_text *out, const char *label, const struct vxo_line *line)
{
    if (line->put.len == 0) {
        return;
    }
    vxo_page_write(&out->page, "  ");
    vxo_page_write(&out->page, label);
    vxo_page_spaces(&out->page, LABEL_COLUMNS - 2 - strlen(label));
    vxo_page_wrapped(&out->page, line->text, LABEL_COLUMNS, LABEL_COLUMNS);
}

void vxo_text_guid_fact(const struct vxo_text *out, const char *label, const struct vx_guid *guid)
{
    char text[VX_GUID_TEXT_BYTES];
    struct vxo_line line;

    vx_guid_format(guid, text);
    vxo_line_init(&line);
    vxo_put(&line.put, text);
    vxo_text_fact(out, label, &line);
}

static void write_size_fact(const struct vxo_text *out, const char *label, bool is_known,
                            uint64_t bytes)
{
    struct vxo_line line;

    vxo_line_init(&line);
    if (is_known) {
        vxo_put_size(&line.put, bytes);
    }
    vxo_text_fact(out, label, &line);
}

void vxo_text_disk_facts(const struct vxo_text *out, const struct vx_facts *facts)
{
    const struct vx_metadata *metadata = &facts->metadata;
    const char *type = vxo_disk_type(facts);
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put(&line.put, type != NULL ? type : "");
    vxo_text_fact(out, "Type", &line);
    write_size_fact(out, "Virtual disk", metadata->has[VX_ITEM_DISK_SIZE], metadata->disk_size);
    write_size_fact(out, "Block size", metadata->has[VX_ITEM_FILE_PARAMETERS],
                    metadata->block_size);
    vxo_line_init(&line);
    if (metadata->has[VX_ITEM_LOGICAL_SECTOR_SIZE]) {
        vxo_put_uint(&line.put, metadata->logical_sector_size);
        vxo_put(&line.put, " bytes logical");
    }
    if (metadata->has[VX_ITEM_PHYSICAL_SECTOR_SIZE]) {
        vxo_put(&line.put, line.put.len > 0 ? ", " : "");
        vxo_put_uint(&line.put, metadata->physical_sector_size);
        vxo_put(&line.put, " bytes physical");
    }
    vxo_text_fact(out, "Sectors", &line);
    if (metadata->has[VX_ITEM_DISK_ID]) {
        vxo_text_guid_fact(out, "Disk ID", &metadata->disk_id);
    }
    vxo_line_init(&line);
    vxo_put(&line.put, facts->fileid.creator.utf8);
    vxo_text_fact(out, "Creator", &line);
}

/* How much is pending: "1 entry, sequence number 7, 3 descriptors for 12288 bytes (12 KiB)". */
static void write_pending(const struct vxo_text *out, const struct vxr_log *log)
{
    struct vxo_line line;

    if (log == NULL || log->state != VXR_LOG_REPLAYED) {
        return;
    }
    vxo_line_init(&line);
    if (log->entries == 1) {
        vxo_put(&line.put, "1 entry, sequence number ");
    } else {
        vxo_put_uint(&line.put, log->entries);
        vxo_put(&line.put, " entries, sequence numbers ");
        vxo_put_uint(&line.put, log->first_sequence);
        vxo_put(&line.put, " to ");
    }
    vxo_put_uint(&line.put, log->scan.active.head.sequence);
    vxo_put(&line.put, ", ");
    vxo_put_count(&line.put, log->descriptors, "descriptor");
    vxo_put(&line.put, " for ");
    vxo_put_size(&line.put, log->bytes);
    vxo_put(&line.put, "; all else here is as after replay");
    vxo_text_fact(out, "Pending", &line);
}

void vxo_text_log_facts(const struct vxo_text *out, const struct vxo_report *report)
{
    const struct vx_facts *facts = report->facts;
    const struct vx_header *header = vx_headers_current(&facts->headers);
    struct vxo_line line;

    if (header == NULL) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "header ");
    vxo_put_uint(&line.put, (uint64_t)facts->headers.current + 1);
    vxo_put(&line.put, " is current, sequence number ");
    vxo_put_uint(&line.put, header->sequence_number);
    vxo_text_fact(out, "Header", &line);
    vxo_line_init(&line);
    vxo_put(&line.put, vxo_log_state(facts, report->log));
    vxo_put(&line.put, ", ");
    vxo_put_size(&line.put, header->log_length);
    vxo_put(&line.put, " at ");
    vxo_put_hex(&line.put, header->log_offset);
    vxo_text_fact(out, "Log", &line);
    write_pending(out, report->log);
    if (out->is_verbose) {
        vxo_text_guid_fact(out, "File write", &header->file_write_guid);
        vxo_text_guid_fact(out, "Data write", &header->data_write_guid);
        vxo_text_guid_fact(out, "Log GUID", &header->log_guid);
    }
}

static void write_region(const struct vxo_text *out, const char *label,
                         const struct vx_region_place *place, uint64_t count, const char *noun)
{
    struct vxo_line line;

    if (!place->is_present) {
        return;
    }
    vxo_line_init(&line);
    vxo_put_size(&line.put, place->length);
    vxo_put(&line.put, " at ");
    vxo_put_hex(&line.put, place->offset);
    if (count > 0) {
        vxo_put(&line.put, ", ");
        vxo_put_count(&line.put, count, noun);
    }
    vxo_text_fact(out, label, &line);
}

static void put_states(struct vxo_buffer *put, const uint64_t state[VX_STATE_COUNT])
{
    const char *separator = ": ";

    for (unsigned i = 0; i < VX_STATE_COUNT; i++) {
        if (state[i] > 0) {
            vxo_put(put, separator);
            vxo_put_uint(put, state[i]);
            vxo_put(put, " ");
            vxo_put(put, vxo_state_name(i));
            separator = ", ";
        }
    }
}

static void write_blocks(const struct vxo_text *out, const struct vx_facts *facts)
{
    struct vxo_line line;

    if (!facts->has_geometry) {
        return;
    }
    vxo_line_init(&line);
    vxo_put_uint(&line.put, facts->geometry.payload_blocks);
    if (facts->blocks.is_judged) {
        put_states(&line.put, facts->blocks.payload_state);
    }
    vxo_text_fact(out, "Blocks", &line);
    if (out->is_verbose) {
        vxo_line_init(&line);
        vxo_put_uint(&line.put, facts->geometry.chunk_ratio);
        vxo_put(&line.put, " blocks a chunk, ");
        vxo_put_count(&line.put, facts->geometry.bitmap_blocks, "chunk");
        vxo_text_fact(out, "Chunks", &line);
    }
}

void vxo_text_facts(const struct vxo_text *out, const struct vxo_report *report)
{
    const struct vx_facts *facts = report->facts;
    struct vxo_line line;

    vxo_text_disk_facts(out, facts);
    vxo_text_log_facts(out, report);
    write_region(out, "BAT", &facts->regions.bat,
                 facts->has_geometry ? facts->geometry.bat_entries : 0, "entry");
    write_region(out, "Metadata", &facts->regions.metadata,
                 facts->metadata.is_usable ? facts->metadata.count : 0, "item");
    write_blocks(out, facts);
    vxo_line_init(&line);
    vxo_put_size(&line.put, facts->file_bytes);
    vxo_put(&line.put, "; read: ");
    vxo_put_size(&line.put, report->bytes_read);
    vxo_text_fact(out, "File", &line);
}
