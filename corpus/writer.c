/* Sessions of the writer: headers, the log's beginning and end. Spec: MS-VHDX 2.2.2, 2.3. What the
 * disk holds is changed in payload.c. */
#include "corpus/writer.h"

#include "corpus/little.h"
#include "parser/crc32c.h"

enum { GUID_BYTES = 16, LOG_FORBIDDEN_END = 0x30000 };

#define SEQUENCES UINT64_C(0x100000000) /* more than a session takes */

static bool fail(struct writer *w, const char *why)
{
    w->error = why;
    return false;
}

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + IMAGE_MIB - 1) / IMAGE_MIB * IMAGE_MIB;
}

/* Behind the file and every structure that it should hold. */
static uint64_t end_of(const struct volume *vol, const struct image *im)
{
    const uint64_t end[] = {im->size, vol->log_offset + vol->log_length,
                            vol->bat_offset + vol->bat_length, vol->metadata_offset + IMAGE_MIB};
    uint64_t most = 0;

    for (size_t i = 0; i < sizeof(end) / sizeof(end[0]); i++) {
        most = end[i] > most ? end[i] : most;
    }
    return round_up(most);
}

bool writer_open(struct writer *w, struct image *im)
{
    memset(w, 0, sizeof(*w));
    w->error = volume_load(&w->vol, im);
    if (w->error != NULL) {
        return false;
    }
    if (memcmp(w->vol.header + 48, IMAGE_GUID_ZERO, GUID_BYTES) != 0) {
        return fail(w, "the image has a pending log");
    }
    if (w->vol.log_length < IMAGE_MIB || w->vol.log_length % IMAGE_MIB != 0 ||
        w->vol.log_offset < IMAGE_MIB || w->vol.log_offset % IMAGE_MIB != 0) {
        return fail(w, "the image has no room for a log");
    }
    if (w->vol.header_sequence > UINT64_MAX - SEQUENCES) {
        return fail(w, "the headers' SequenceNumber is about to run out");
    }
    tape_init(&w->tape, im);
    journal_init(&w->journal, &w->tape, w->vol.log_offset, w->vol.log_length);
    w->journal.file_end = end_of(&w->vol, im);
    w->guid_count = w->vol.header_sequence;
    return true;
}

void writer_close(struct writer *w)
{
    journal_free(&w->journal);
    tape_free(&w->tape);
}

/* Its first half is the counter. */
static void new_guid(struct writer *w, uint8_t guid[GUID_BYTES])
{
    static const uint8_t NAME[GUID_BYTES] = "\0\0\0\0\0\0\0\0written";

    w->guid_count++;
    memcpy(guid, NAME, GUID_BYTES);
    little_put(guid, 8, w->guid_count);
}

/* One half of an update. */
static void update_other_header(struct writer *w)
{
    struct volume *vol = &w->vol;

    vol->current = 1 - vol->current;
    vol->header_sequence++;
    little_put(vol->header + 8, 8, vol->header_sequence);
    little_put(vol->header + 4, 4, 0);
    little_put(vol->header + 4, 4, vx_crc32c(VX_CRC_PORTABLE, 0, vol->header, sizeof(vol->header)));
    tape_write(&w->tape, image_header_at(vol->current, 0), vol->header, sizeof(vol->header));
    journal_flush(&w->journal);
}

void writer_header_update(struct writer *w, unsigned renew)
{
    if ((renew & WRITER_FILE_WRITE) != 0) {
        new_guid(w, w->vol.header + 16);
    }
    if ((renew & WRITER_DATA_WRITE) != 0) {
        new_guid(w, w->vol.header + 32);
    }
    memcpy(w->vol.header + 48, w->journal.guid, GUID_BYTES);
    update_other_header(w);
    update_other_header(w);
}

void writer_begin(struct writer *w)
{
    if (!w->is_begun) {
        writer_header_update(w, WRITER_FILE_WRITE | WRITER_DATA_WRITE);
        w->is_begun = true;
    }
}

void writer_log(struct writer *w)
{
    if (w->journal.staged.count == 0) {
        return;
    }
    if (memcmp(w->journal.guid, IMAGE_GUID_ZERO, GUID_BYTES) == 0) {
        uint8_t guid[GUID_BYTES];

        new_guid(w, guid);
        journal_start(&w->journal, guid);
        writer_header_update(w, WRITER_KEEP);
    } else if (w->has_payload) {
        journal_flush(&w->journal);
    }
    w->has_payload = false;
    journal_write(&w->journal);
}

bool writer_metadata(struct writer *w, uint64_t offset, const uint8_t *bytes, size_t len)
{
    const uint64_t log_end = w->vol.log_offset + w->vol.log_length;

    if (offset < LOG_FORBIDDEN_END || (offset < log_end && offset + len > w->vol.log_offset)) {
        return fail(w, "the log may not change these bytes");
    }
    writer_begin(w);
    journal_stage(&w->journal, offset, bytes, len);
    writer_log(w);
    return true;
}

bool writer_commit(struct writer *w)
{
    journal_flush(&w->journal);
    return true;
}

bool writer_apply(struct writer *w)
{
    journal_apply(&w->journal);
    if (memcmp(w->journal.guid, IMAGE_GUID_ZERO, GUID_BYTES) != 0) {
        journal_end(&w->journal);
        writer_header_update(w, WRITER_KEEP);
    }
    return true;
}
