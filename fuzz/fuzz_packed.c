/* Claim: any packed form is taken or refused as packed.h says, and what was taken is packed to a
 * form that is its own; the check keeps its promises over the image as it lies and with its
 * checksums made good. Input: a packed form, at most 16 of its blocks. */
#include "corpus/memory.h"
#include "corpus/packed.h"
#include "corpus/reseal.h"
#include "fuzz/harness.h"
#include "fuzz/promises.h"
#include "tests/support/fault_source.h"

#include <stdlib.h>

enum { INPUT_BYTES_MAX = PACKED_HEAD_BYTES + 16 * PACKED_BLOCK_BYTES, LOG_BYTES_MAX = 4 * VX_MIB };

/* What a sink was handed. */
struct bytes {
    uint8_t *at;
    size_t size;
};

static void append(void *ctx, const uint8_t *bytes, size_t len)
{
    struct bytes *to = ctx;

    to->at = memory_resize(to->at, to->size + len, 1);
    memcpy(to->at + to->size, bytes, len);
    to->size += len;
}

static struct bytes pack(struct image *im)
{
    const struct vx_source src = image_source(im);
    struct bytes form = {0};

    fuzz_must(packed_write(&src, append, &form) == VX_OK, "what is in memory can be packed");
    return form;
}

/* Pack, unpack, pack. */
static void expect_own_form(struct image *im)
{
    struct bytes first = pack(im);
    struct image again;
    struct bytes second;

    if (fuzz_planted(1) &&
        first.size > (size_t)2 * PACKED_BLOCK_BYTES) { /* the last block is lost */
        first.size -= PACKED_BLOCK_BYTES;
        fuzz_must(packed_read(&again, first.at, first.size), "a packed form is taken");
        first.size += PACKED_BLOCK_BYTES;
    } else {
        fuzz_must(packed_read(&again, first.at, first.size), "a packed form is taken");
    }
    second = pack(&again);
    fuzz_must(first.size == second.size && memcmp(first.at, second.at, first.size) == 0,
              "an image and what is unpacked of it have one packed form");
    free(first.at);
    free(second.at);
    image_free(&again);
}

/* The check of the image as it lies. */
static void expect_promises(struct image *im)
{
    const struct vx_source src = image_source(im);
    const struct replay_options least = {
        .memory_bytes = (size_t)vx_structure_need(im->size).min,
        .pass_limit = UINT64_MAX,
    };
    struct fault_source fault;
    struct vx_source again;
    struct replayed r;

    replayed_open(&r, "fuzz", &src, NULL);
    fuzz_must_keep(&r.f, r.check->view.size);
    fault_source_init(&fault, &src);
    if (fuzz_planted(2)) { /* one read of the tables delivers something else */
        fault.kind = FAULT_CHANGE_ONCE;
        fault.at = 8;
    }
    again = fault_source(&fault);
    if (r.f.rep.total[VX_RUN_005] == 0) {
        fuzz_must_say(&r.f, &again, &least, "the least memory gives the findings of plenty");
    }
    fuzz_must(fault.outside == 0, "no read leaves the file");
    replayed_close(&r);
}

/* Is a scan of either header's log quick? */
static bool is_quick(const struct image *im)
{
    return image_get(im, image_header_at(0, 68), 4) <= LOG_BYTES_MAX &&
           image_get(im, image_header_at(1, 68), 4) <= LOG_BYTES_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image im;

    if (size <= INPUT_BYTES_MAX && packed_read(&im, data, size)) {
        expect_own_form(&im);
        if (is_quick(&im)) {
            expect_promises(&im);
            reseal_image(&im);
            expect_promises(&im);
        }
        image_free(&im);
    }
    return 0;
}
