/* A source that counts, and that goes wrong when told to. */
#include "tests/support/fault_source.h"

#include "parser/bytes.h"

void fault_source_init(struct fault_source *fault, const struct vx_source *inner)
{
    memset(fault, 0, sizeof(*fault));
    fault->inner = *inner;
}

static bool fails(const struct fault_source *fault, uint64_t number, uint64_t offset, size_t len)
{
    switch (fault->kind) {
    case FAULT_FAIL_ONCE:
        return number == fault->at;
    case FAULT_FAIL_FROM:
        return number >= fault->at;
    case FAULT_SHRINK_FROM:
        return number >= fault->at && !vx_within(offset, len, fault->limit);
    case FAULT_FAIL_RANGE:
        return offset < fault->bad.end && vx_add_sat(offset, len) > fault->bad.begin;
    case FAULT_NONE:
    case FAULT_CHANGE_ONCE:
    case FAULT_CHANGE_FROM:
        break;
    }
    return false;
}

static bool changes(const struct fault_source *fault, uint64_t number)
{
    return (fault->kind == FAULT_CHANGE_ONCE && number == fault->at) ||
           (fault->kind == FAULT_CHANGE_FROM && number >= fault->at);
}

static enum vx_status read_faulty(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    struct fault_source *fault = ctx;
    const uint64_t number = fault->reads;
    enum vx_status status;

    fault->reads++;
    fault->bytes = vx_add_sat(fault->bytes, len);
    if (!vx_within(offset, len, fault->inner.size)) {
        fault->outside++;
        return VX_E_IO;
    }
    if (fails(fault, number, offset, len)) {
        fault->failures++;
        memset(dst, 0xa5, len); /* a failed read may leave anything */
        return VX_E_IO;
    }
    status = fault->inner.read(fault->inner.ctx, offset, dst, len);
    if (status == VX_OK && changes(fault, number)) {
        fault->changes++;
        for (size_t i = 0; i < len; i++) {
            dst[i] = (uint8_t)(dst[i] ^ 0xffu);
        }
    }
    return status;
}

static enum vx_status next_data_faulty(void *ctx, uint64_t offset, struct vx_range *data)
{
    struct fault_source *fault = ctx;

    fault->queries++;
    if (offset >= fault->inner.size) {
        fault->outside++;
    }
    return fault->fails_queries ? VX_E_IO : fault->inner.next_data(fault->inner.ctx, offset, data);
}

struct vx_source fault_source(struct fault_source *fault)
{
    return (struct vx_source){
        .read = read_faulty,
        .next_data = fault->inner.next_data == NULL ? NULL : next_data_faulty,
        .ctx = fault,
        .size = fault->inner.size,
    };
}
