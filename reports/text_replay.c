/* What replay would change, for people: one line a change. */
#include "parser/bat.h"
#include "parser/bytes.h"
#include "reports/names.h"
#include "reports/replay_report.h"

enum { INDENT = 2 };

struct teller {
    const struct vxo_text *out;
    uint64_t left; /* changes still to be listed */
};

/* "fully-present at 0x800000", "not-present" */
static void put_entry(struct vxo_buffer *put, uint64_t entry)
{
    uint64_t mib = vx_bat_mib(entry);

    vxo_put(put, vxo_state_name(vx_bat_state(entry)));
    if (mib != 0) {
        vxo_put(put, " at ");
        vxo_put_hex(put, mib << VX_MIB_SHIFT);
    }
}

static void put_change(struct vxo_buffer *put, const struct vxr_change *change)
{
    switch (change->kind) {
    case VXR_CHANGE_BAT_ENTRY:
        vxo_put(put, "BAT entry ");
        vxo_put_uint(put, change->index);
        vxo_put(put, ": ");
        put_entry(put, change->before);
        vxo_put(put, " becomes ");
        put_entry(put, change->after);
        return;
    case VXR_CHANGE_REGION_TABLE:
        vxo_put(put, "region table ");
        vxo_put_uint(put, vx_add_sat(change->index, 1));
        break;
    case VXR_CHANGE_HEADER_SECTION:
        vxo_put(put, "unused part of the header section");
        break;
    case VXR_CHANGE_NEW_BAT:
        vxo_put(put, "new place of the block allocation table");
        break;
    case VXR_CHANGE_METADATA:
        vxo_put(put, "metadata");
        break;
    case VXR_CHANGE_OTHER:
    case VXR_CHANGE_KIND_COUNT:
    default:
        vxo_put(put, "outside the tables");
        break;
    }
    vxo_put(put, ": bytes ");
    vxo_put_hex(put, change->offset);
    vxo_put(put, " to ");
    vxo_put_hex(put, vx_sub_sat(vx_add_sat(change->offset, change->length), 1));
}

static void tell_change(void *ctx, const struct vxr_change *change)
{
    struct teller *teller = ctx;
    struct vxo_line line;

    if (teller->left == 0) {
        return;
    }
    teller->left--;
    vxo_line_init(&line);
    put_change(&line.put, change);
    vxo_page_paragraph(&teller->out->page, line.text, INDENT);
}

/* "3 BAT entries, 1 change of metadata" */
static void put_counts(struct vxo_buffer *put, const struct vxr_delta *delta)
{
    static const struct {
        const char *one;
        const char *many;
    } WORDS[VXR_CHANGE_KIND_COUNT] = {
        [VXR_CHANGE_REGION_TABLE] = {"piece of the region tables", "pieces of the region tables"},
        [VXR_CHANGE_HEADER_SECTION] = {"piece of the unused header section",
                                       "pieces of the unused header section"},
        [VXR_CHANGE_BAT_ENTRY] = {"BAT entry", "BAT entries"},
        [VXR_CHANGE_NEW_BAT] = {"piece of the BAT's new place", "pieces of the BAT's new place"},
        [VXR_CHANGE_METADATA] = {"piece of the metadata", "pieces of the metadata"},
        [VXR_CHANGE_OTHER] = {"piece outside the tables", "pieces outside the tables"},
    };
    const char *separator = "";

    for (size_t i = 0; i < VXR_CHANGE_KIND_COUNT; i++) {
        if (delta->changes[i] > 0) {
            vxo_put(put, separator);
            vxo_put_uint(put, delta->changes[i]);
            vxo_put(put, " ");
            vxo_put(put, delta->changes[i] == 1 ? WORDS[i].one : WORDS[i].many);
            separator = ", ";
        }
    }
    vxo_put(put, separator[0] == '\0' ? "nothing" : "");
}

static uint64_t count_all(const struct vxr_delta *delta)
{
    uint64_t count = 0;

    for (size_t i = 0; i < VXR_CHANGE_KIND_COUNT; i++) {
        count = vx_add_sat(count, delta->changes[i]);
    }
    return count;
}

/* How many changes there are beyond those listed. */
static void write_more(const struct vxo_text *out, const struct vxr_delta *delta, uint64_t listed)
{
    uint64_t count = count_all(delta);
    struct vxo_line line;

    if (count <= listed) {
        return;
    }
    vxo_line_init(&line);
    vxo_put(&line.put, "and ");
    vxo_put_uint(&line.put, vx_sub_sat(count, listed));
    vxo_put(&line.put, " more of ");
    vxo_put_count(&line.put, count, "change");
    vxo_put(&line.put, " in all (--all lists them)");
    vxo_page_paragraph(&out->page, line.text, INDENT);
}

void vxo_text_delta(const struct vxo_text *out, const struct vxr_delta *delta)
{
    struct vxo_line line;

    vxo_line_init(&line);
    put_counts(&line.put, delta);
    vxo_text_fact(out, "Changes", &line);
    vxo_line_init(&line);
    vxo_put_size(&line.put, delta->bytes_changed);
    vxo_put(&line.put, " change; ");
    vxo_put_size(&line.put, delta->bytes_same);
    vxo_put(&line.put, " are written as they are already");
    vxo_text_fact(out, "Bytes", &line);
    if (delta->unread > 0) {
        vxo_line_init(&line);
        vxo_put_size(&line.put, delta->unread);
        vxo_put(&line.put, " could not be compared");
        vxo_text_fact(out, "Unread", &line);
    }
    vxo_line_init(&line);
    vxo_put_size(&line.put, delta->old_size);
    vxo_put(&line.put, delta->new_size > delta->old_size ? ", grows to " : ", stays");
    if (delta->new_size > delta->old_size) {
        vxo_put_size(&line.put, delta->new_size);
    }
    vxo_text_fact(out, "File", &line);
}

void vxo_text_replay(const struct vxo_text *out, const struct vxo_replay_report *report)
{
    const struct vxo_report *image = &report->image;
    const struct vxr_log *log = image->log;
    struct teller teller = {.out = out, .left = report->limit};
    struct vxr_delta delta = {0};

    if (vxo_is_foreign(image)) {
        vxo_text_brief(out, image);
        return;
    }
    vxo_page_write(&out->page, image->image);
    vxo_page_write(&out->page, ":\n");
    vxo_text_log_facts(out, image);
    if (!image->facts->headers.has_current) {
        vxo_page_write(&out->page, "\n  There is no current header: whether a log is pending, and "
                                   "what it would change, is\n  not known.\n");
    } else if (!image->facts->headers.is_dirty) {
        vxo_page_write(&out->page, "\n  The log is empty: there is nothing to replay.\n");
    } else if (log->state == VXR_LOG_REPLAYED) {
        vxo_page_write(&out->page, "\n  Replay changes, in the order of the file:\n");
        report->tell(report->ctx, tell_change, &teller, &delta);
        write_more(out, &delta, vx_sub_sat(report->limit, teller.left));
        vxo_page_write(&out->page, "\n");
        vxo_text_delta(out, &delta);
    } else if (log->state == VXR_LOG_UNKNOWN) {
        vxo_page_write(
            &out->page,
            "\n  This run could not replay the log: what it would change is not known.\n");
    } else {
        vxo_page_write(&out->page, "\n  The log cannot be replayed: nothing would be changed.\n");
    }
    vxo_page_write(&out->page,
                   log->state == VXR_LOG_REPLAYED ? "\nWith the log replayed in memory:\n" : "\n");
    vxo_text_brief(out, image);
}
