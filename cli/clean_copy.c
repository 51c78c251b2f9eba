/* The copy, then the update of its headers by the format's own procedure: the new header goes where
 * the copy that does not count lies, then once more where the other one lies. */
#include "cli/clean_copy.h"

#include <stdlib.h>
#include <sys/random.h>

#include "cli/progress.h"
#include "cli/sparse_copy.h"
#include "parser/bytes.h"
#include "parser/workspace.h"

enum {
    POS_CHECKSUM = 4,
    POS_SEQUENCE_NUMBER = 8,
    POS_FILE_WRITE_GUID = 16,
    POS_DATA_WRITE_GUID = 32,
    POS_LOG_VERSION = 64,
    POS_VERSION = 66,
    POS_LOG_LENGTH = 68,
    POS_LOG_OFFSET = 72,
    GUID_VERSION_BYTE = 7, /* of the mixed-endian form */
    GUID_VARIANT_BYTE = 8,
    BITS_A_BYTE = 8
};

/* ---- Headers ---- */

static void store(uint8_t *to, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(number >> (BITS_A_BYTE * i) & UINT8_MAX);
    }
}

/* The bytes of a header. LogGuid stays zero, and so does what is reserved. */
static void encode(const struct vx_header *header, enum vx_crc_kind crc,
                   uint8_t bytes[VX_HEADER_BYTES])
{
    memset(bytes, 0, VX_HEADER_BYTES);
    store(bytes, VX_SIGNATURE_HEAD, sizeof(uint32_t));
    store(bytes + POS_SEQUENCE_NUMBER, header->sequence_number, sizeof(uint64_t));
    memcpy(bytes + POS_FILE_WRITE_GUID, header->file_write_guid.byte, VX_GUID_BYTES);
    memcpy(bytes + POS_DATA_WRITE_GUID, header->data_write_guid.byte, VX_GUID_BYTES);
    store(bytes + POS_LOG_VERSION, header->log_version, sizeof(uint16_t));
    store(bytes + POS_VERSION, header->version, sizeof(uint16_t));
    store(bytes + POS_LOG_LENGTH, header->log_length, sizeof(uint32_t));
    store(bytes + POS_LOG_OFFSET, header->log_offset, sizeof(uint64_t));
    store(bytes + POS_CHECKSUM, vx_crc32c(crc, 0, bytes, VX_HEADER_BYTES), sizeof(uint32_t));
}

/* A random GUID, version 4. */
static bool make_guid(struct vx_guid *guid)
{
    if (getrandom(guid->byte, sizeof(guid->byte), 0) != (ssize_t)sizeof(guid->byte)) {
        return false;
    }
    guid->byte[GUID_VERSION_BYTE] = (uint8_t)((guid->byte[GUID_VERSION_BYTE] & 0x0fu) | 0x40u);
    guid->byte[GUID_VARIANT_BYTE] = (uint8_t)((guid->byte[GUID_VARIANT_BYTE] & 0x3fu) | 0x80u);
    return true;
}

static bool update_headers(struct cli_out *out, const struct cli_session *session,
                           const struct vx_guid *file_write_guid)
{
    const struct vx_headers *headers = &session->check.structure.facts.headers;
    struct vx_header header = headers->copy[headers->current % VX_HEADER_COPIES].header;
    uint8_t bytes[VX_HEADER_BYTES];

    header.file_write_guid = *file_write_guid;
    for (uint32_t i = 1; i <= VX_HEADER_COPIES; i++) {
        uint32_t copy = (headers->current + i) % VX_HEADER_COPIES;

        header.sequence_number++;
        encode(&header, session->check.structure.ws->crc, bytes);
        if (!cli_out_write(out, vx_header_offset(copy), bytes, sizeof(bytes))) {
            return false;
        }
    }
    return true;
}

/* ---- The copy ---- */

/* A copy with a hole in it is no copy. */
static bool on_lost(void *ctx, uint64_t offset, uint64_t length)
{
    (void)ctx;
    (void)offset;
    (void)length;
    return false;
}

static void on_progress(void *ctx, uint64_t done)
{
    cli_progress_update(ctx, done);
}

/* Copy the whole view. */
static bool copy_view(struct cli_out *out, const struct cli_session *session, bool has_progress)
{
    struct cli_progress progress;
    struct cli_copy copy = {
        .check = &session->check,
        .file = &session->file,
        .out = out,
        .buffer = malloc(CLI_COPY_BYTES),
        .may_clone = true,
        .lost = on_lost,
        .progress = on_progress,
        .ctx = &progress,
    };
    bool is_good = false;

    if (copy.buffer == NULL) {
        cli_complain(session->path, CLI_NO_MEMORY);
        return false;
    }
    cli_progress_start(&progress, session->check.view.size, has_progress);
    is_good = cli_copy_view(&copy, 0, session->check.view.size);
    cli_progress_end(&progress);
    free(copy.buffer);
    if (!is_good && out->error == 0) {
        cli_complain(session->path, "could not be read completely");
    }
    return is_good;
}

static bool write_copy(struct cli_out *out, const struct cli_options *options,
                       struct cli_session *session)
{
    struct vx_guid guid;

    if (!make_guid(&guid)) {
        cli_complain(session->path, "there are no random numbers for a new FileWriteGuid");
        return false;
    }
    if (!copy_view(out, session, !options->is_quiet) || !update_headers(out, session, &guid)) {
        return false;
    }
    if (cli_session_has_changed(session)) {
        cli_complain(session->path, "changed while it was copied");
        return false;
    }
    return cli_out_finish(out, session->check.view.size);
}

/* Why can there be no copy? Puts nothing when there can. */
static void put_objection(struct vxo_buffer *put, const struct cli_session *session)
{
    const struct vx_header *header = vx_headers_current(&session->check.structure.facts.headers);

    /* A copy whose number is the greatest there is could not be updated again (HDR-024). */
    if (header == NULL || header->sequence_number >= UINT64_MAX - VX_HEADER_COPIES) {
        vxo_put(put, "the sequence number of the headers cannot rise any more");
    } else if (session->check.view.size > INT64_MAX) { /* of off_t */
        vxo_put(put, "replay makes the file ");
        vxo_put_size(put, session->check.view.size);
        vxo_put(put, " long: no file can be");
    }
}

enum cli_exit cli_clean_copy(const struct cli_options *options, struct cli_session *session)
{
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;
    struct cli_out out;
    bool is_good = false;

    vxo_buffer_init(&error, text, sizeof(text));
    put_objection(&error, session);
    if (error.len > 0) {
        cli_complain(session->path, text);
        return CLI_EXIT_INCOMPLETE;
    }
    if (!cli_out_open_file(&out, options->output, &session->file, options->is_forced, &error)) {
        cli_complain(options->output, text);
        return CLI_EXIT_INCOMPLETE;
    }
    is_good = write_copy(&out, options, session);
    if (out.error != 0) {
        cli_out_complain(&out);
    }
    cli_out_discard(&out);
    return is_good ? CLI_EXIT_SOUND : CLI_EXIT_INCOMPLETE;
}
