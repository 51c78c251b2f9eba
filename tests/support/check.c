/* Run a whole check with memory of a chosen size. */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("tests/support/check: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void check_source(const struct vx_source *src, const struct check_options *options,
                  struct findings *out, struct vx_facts *facts)
{
    const struct vx_need need = vx_structure_need(src->size);
    struct vx_structure *s = must(malloc(sizeof(*s)));
    size_t bytes = need.max < CHECK_MEMORY_BYTES ? (size_t)need.max : CHECK_MEMORY_BYTES;
    void *memory;

    if (options != NULL && options->memory_bytes != 0) {
        bytes = options->memory_bytes;
    }
    memory = must(malloc(bytes));
    if (vx_structure_init(s, memory, bytes, &out->rep) != VX_OK) {
        fprintf(stderr, "tests/support/check: %zu bytes refused\n", bytes);
        abort();
    }
    if (options != NULL && options->pass_limit != 0) {
        s->pass_limit = options->pass_limit;
    }
    vx_structure_check(s, src);
    if (facts != NULL) {
        *facts = s->facts;
    }
    free(memory);
    free(s);
}

void check_image(struct image *im, struct findings *out, struct vx_facts *facts)
{
    const struct vx_source src = image_source(im);

    check_source(&src, NULL, out, facts);
}

struct vx_workspace *check_workspace(void)
{
    return must(calloc(1, sizeof(struct vx_workspace)));
}
