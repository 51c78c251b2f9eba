/* Files in pieces. */
#include "fuzz/pieces.h"

static enum vx_status read_pieces(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct fuzz_pieces *pieces = ctx;
    const uint64_t end = offset + len;

    memset(dst, 0, len);
    for (size_t i = 0; i < pieces->count; i++) {
        const struct fuzz_piece *p = &pieces->at[i];
        const uint64_t from = offset > p->offset ? offset : p->offset;
        const uint64_t to = end < p->offset + p->length ? end : p->offset + p->length;

        if (from < to) {
            memcpy(dst + (from - offset), p->bytes + (from - p->offset), (size_t)(to - from));
        }
    }
    return VX_OK;
}

static enum vx_status next_piece(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct fuzz_pieces *pieces = ctx;

    *data = (struct vx_range){.begin = offset, .end = offset};
    for (size_t i = 0; i < pieces->count; i++) {
        const struct fuzz_piece *p = &pieces->at[i];

        if (offset < p->offset + p->length) {
            data->begin = offset > p->offset ? offset : p->offset;
            data->end = p->offset + p->length;
            break;
        }
    }
    return VX_OK;
}

struct vx_source fuzz_pieces_open(struct fuzz_pieces *pieces, struct findings *f)
{
    findings_init(f, "fuzz");
    f->rep.evidence_end = pieces->size;
    return (struct vx_source){
        .read = read_pieces,
        .next_data = next_piece,
        .ctx = pieces,
        .size = pieces->size,
    };
}
