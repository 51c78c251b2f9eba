/* Images in files: chunk by chunk. Loops end with the chunks of the image, or with the file. */
#define _GNU_SOURCE /* NOLINT: getrlimit() */
#include "corpus/image_file.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/out_file.h"
#include "corpus/packed.h"
#include "parser/bytes.h"

/* ---- writing ---- */

/* In the order of the offsets, so that a pipe will do. A failure is remembered by out. */
static void put(const struct image *im, struct cli_out *out)
{
    uint64_t end = 0;

    for (size_t i = 0; i < im->bytes.count && out->error == 0; i++) {
        const struct sparse_chunk *chunk = &im->bytes.chunk[i];
        const uint64_t offset = chunk->number * SPARSE_CHUNK_BYTES;

        if (offset >= im->size) {
            break;
        }
        if (!sparse_is_zero(chunk->bytes)) {
            const uint64_t len = vx_min(im->size - offset, SPARSE_CHUNK_BYTES);

            (void)cli_out_zeros(out, end, offset - end);
            (void)cli_out_write(out, offset, chunk->bytes, (size_t)len);
            end = offset + len;
        }
    }
    (void)cli_out_zeros(out, end, im->size - end);
}

/* Not every file system has files of any size; what the user forbids is another matter. */
static bool is_too_long(uint64_t size, int code)
{
    struct rlimit limit;

    return (code == EFBIG || code == EINVAL) && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur);
}

/* Returns false with the error's text when nothing can be written there. */
static bool open_out(struct cli_out *out, const char *path, bool is_forced, uint64_t size,
                     struct image_file_error *error)
{
    static const struct cli_file none = {.fd = -1}; /* what was read is in memory by now */
    struct vxo_buffer text;

    error->is_too_long = false;
    vxo_buffer_init(&text, error->text, sizeof(error->text));
    return cli_out_open(out, path, &none, is_forced, size, &text);
}

/* Everything was handed to out, which remembers a failure. */
static bool close_out(struct cli_out *out, uint64_t size, struct image_file_error *error)
{
    struct vxo_buffer text;

    if (cli_out_finish(out, size)) {
        return true;
    }
    vxo_buffer_init(&text, error->text, sizeof(error->text));
    vxo_put(&text, strerror(out->error));
    error->is_too_long = is_too_long(size, out->error);
    return false;
}

bool image_file_write(const struct image *im, const char *path, bool is_forced,
                      struct image_file_error *error)
{
    struct cli_out out;

    if (!open_out(&out, path, is_forced, im->size, error)) {
        return false;
    }
    put(im, &out);
    return close_out(&out, im->size, error);
}

/* As much of a packed form as has been written. */
struct written {
    struct cli_out out;
    uint64_t end;
};

static void append(void *ctx, const uint8_t *bytes, size_t len)
{
    struct written *to = ctx;

    if (to->out.error == 0) {
        (void)cli_out_write(&to->out, to->end, bytes, len);
    }
    to->end += len;
}

bool image_file_pack(struct image *im, const char *path, bool is_forced,
                     struct image_file_error *error)
{
    const struct vx_source src = image_source(im);
    struct written to = {.end = 0};

    if (!open_out(&to.out, path, is_forced, packed_bytes(im), error)) {
        return false;
    }
    if (packed_write(&src, append, &to) != VX_OK) {
        to.out.error = EIO; /* nothing but memory is read */
    }
    return close_out(&to.out, to.end, error);
}

/* ---- reading ---- */

/* The chunk at offset, whose end may be the file's; *end becomes the chunk's. */
static bool read_chunk(struct image *im, const struct vx_source *src, uint64_t offset,
                       uint64_t *end)
{
    uint8_t bytes[SPARSE_CHUNK_BYTES] = {0};
    const size_t len = (size_t)vx_min(src->size - offset, sizeof(bytes));

    *end = offset + len;
    if (vx_source_read(src, offset, bytes, len) != VX_OK) {
        return false;
    }
    if (!sparse_is_zero(bytes)) {
        image_put_bytes(im, offset, bytes, len);
    }
    return true;
}

bool image_file_read(struct image *im, const char *path, struct image_file_error *error)
{
    struct vxo_buffer text;
    struct vx_range data;
    struct cli_file file;
    uint64_t end = 0; /* whole chunks, or the file's size */
    bool is_good = true;

    error->is_too_long = false;
    vxo_buffer_init(&text, error->text, sizeof(error->text));
    image_make_empty(im, 0);
    if (!cli_file_open(&file, path, &text)) {
        return false;
    }
    im->size = file.source.size;
    while (is_good && end < im->size) {
        is_good = vx_source_next_data(&file.source, end, im->size, &data) == VX_OK;
        end = data.begin;
        if (is_good && end < im->size) {
            is_good = read_chunk(im, &file.source, end - end % SPARSE_CHUNK_BYTES, &end);
        }
    }
    cli_file_close(&file);
    if (!is_good) {
        vxo_put(&text, "cannot be read");
    }
    return is_good;
}

static bool read_packed(struct image *im, const struct vx_source *src)
{
    uint8_t block[PACKED_BLOCK_BYTES] = {0};
    const size_t head = (size_t)vx_min(src->size, PACKED_HEAD_BYTES);
    bool is_good =
        vx_source_read(src, 0, block, head) == VX_OK && packed_begin(im, block, src->size);

    for (uint64_t at = PACKED_HEAD_BYTES; is_good && at < src->size; at += sizeof(block)) {
        is_good = vx_source_read(src, at, block, sizeof(block)) == VX_OK && packed_add(im, block);
    }
    return is_good;
}

bool image_file_unpack(struct image *im, const char *path, struct image_file_error *error)
{
    struct vxo_buffer text;
    struct cli_file file;
    bool is_good;

    error->is_too_long = false;
    vxo_buffer_init(&text, error->text, sizeof(error->text));
    image_make_empty(im, 0);
    if (!cli_file_open(&file, path, &text)) {
        return false;
    }
    is_good = read_packed(im, &file.source);
    cli_file_close(&file);
    if (!is_good) {
        vxo_put(&text, "is no packed image, or cannot be read");
    }
    return is_good;
}
