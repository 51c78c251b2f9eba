/* Run a whole check with the log in its midst. */
#include "tests/support/replayed.h"

#include <stdio.h>
#include <stdlib.h>

enum { STRUCTURE_BYTES_MAX = 16 * VX_MIB, SPARES = 12 };

/* Memory that was given back, to be taken again by whoever wants exactly as much: a run takes a
 * megabyte, and to map that anew takes a fuzzer longer than the check. */
static struct {
    void *memory;
    size_t bytes;
} spare[SPARES];

/* As new: exactly so long, and full of rubbish. */
static void *take(size_t bytes)
{
    void *memory = NULL;

    for (unsigned i = 0; i < SPARES && memory == NULL; i++) {
        if (spare[i].bytes == bytes) {
            memory = spare[i].memory;
            spare[i].memory = NULL;
            spare[i].bytes = 0;
        }
    }
    memory = memory == NULL ? malloc(bytes) : memory;
    if (memory == NULL) {
        fputs("tests/support/replayed: out of memory\n", stderr);
        abort();
    }
    memset(memory, 0xa5, bytes);
    return memory;
}

/* What was given back first makes room. */
static void give(void *memory, size_t bytes)
{
    free(spare[SPARES - 1].memory);
    memmove(&spare[1], &spare[0], (SPARES - 1) * sizeof(spare[0]));
    spare[0].memory = memory;
    spare[0].bytes = bytes;
}

static void run(struct vxr_check *check, const struct vxr_memory *memory,
                const struct vx_source *raw, const struct replay_options *options,
                struct vx_reporter *rep)
{
    if (vxr_check_init(check, memory, rep) != VX_OK) {
        fputs("tests/support/replayed: the memory was refused\n", stderr);
        abort();
    }
    if (options->pass_limit != 0) {
        check->structure.pass_limit = options->pass_limit;
    }
    check->structure.is_chain_judged = options->has_chain;
    if (options->has_prefix) {
        check->prefix = options->prefix;
    }
    if (options->is_log_only) {
        (void)vxr_check_log(check, raw, options->story);
    } else {
        vxr_check_run(check, raw, options->story);
    }
}

static void take_memory(struct vxr_memory *memory, uint64_t file_bytes,
                        const struct replay_options *options)
{
    const struct vx_need need = vx_structure_need(file_bytes);

    memory->structure_bytes = options->memory_bytes;
    if (options->memory_bytes == 0) {
        memory->structure_bytes =
            need.max < STRUCTURE_BYTES_MAX ? (size_t)need.max : STRUCTURE_BYTES_MAX;
    }
    memory->overlay_bytes =
        options->overlay_bytes == 0 ? REPLAY_OVERLAY_BYTES : options->overlay_bytes;
    memory->structure = take(memory->structure_bytes);
    memory->overlay = take(memory->overlay_bytes);
    memory->log = take(sizeof(*memory->log));
}

static void give_memory(const struct vxr_memory *memory)
{
    give(memory->structure, memory->structure_bytes);
    give(memory->overlay, memory->overlay_bytes);
    give(memory->log, sizeof(*memory->log));
}

void replayed_open(struct replayed *r, const char *row, const struct vx_source *raw,
                   const struct replay_options *options)
{
    static const struct replay_options defaults;
    const struct replay_options *o = options == NULL ? &defaults : options;

    memset(r, 0, sizeof(*r));
    r->raw = *raw;
    r->check = take(sizeof(*r->check));
    findings_init(&r->f, row);
    take_memory(&r->memory, raw->size, o);
    run(r->check, &r->memory, &r->raw, o, &r->f.rep);
}

void replayed_close(struct replayed *r)
{
    findings_free(&r->f);
    give_memory(&r->memory);
    give(r->check, sizeof(*r->check));
}

uint64_t replayed_check(const struct vx_source *src, const struct replay_options *options,
                        struct findings *out, struct vx_facts *facts)
{
    static const struct replay_options defaults;
    const struct replay_options *o = options == NULL ? &defaults : options;
    struct vxr_check *check = take(sizeof(*check));
    struct vxr_memory memory;
    uint64_t size;

    take_memory(&memory, src->size, o);
    run(check, &memory, src, o, &out->rep);
    if (facts != NULL) {
        *facts = check->structure.facts;
    }
    size = check->view.size;
    give_memory(&memory);
    give(check, sizeof(*check));
    return size;
}
