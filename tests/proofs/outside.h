/* What both analyses take for unknown: numbers, sources, reporters, headers. For eva_main.c and
 * eva_replay.c. */
#ifndef TESTS_PROOFS_OUTSIDE_H
#define TESTS_PROOFS_OUTSIDE_H

#include "parser/finding.h"
#include "parser/header.h"
#include "parser/source.h"

#include "__fc_builtin.h"

/* Reading what a function returned shows that it was initialised. */
static volatile uint64_t seen;

/* ---- Unknown values -------------------------------------------------------------------- */

#define FILL(object) Frama_C_make_unknown((char *)&(object), sizeof(object))

static uint64_t any_up_to(uint64_t max)
{
    return Frama_C_unsigned_long_interval(0, max);
}

static uint64_t any(void)
{
    return any_up_to(UINT64_MAX);
}

static uint32_t any_32(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

static bool either(void)
{
    return Frama_C_interval(0, 1) == 1;
}

static struct vx_guid any_guid(void)
{
    struct vx_guid guid;

    FILL(guid);
    return guid;
}

/* ---- The outside ----------------------------------------------------------------------- */

static struct vx_source any_source(void)
{
    return (struct vx_source){
        .read = vx_any_read,
        .next_data = either() ? vx_any_next_data : NULL,
        .size = any(),
    };
}

static void look(void *ctx, const struct vx_finding *f)
{
    (void)ctx;
    seen = (uint64_t)f->rule ^ (uint64_t)f->severity ^ (uint64_t)f->view ^ (uint64_t)f->object;
    seen = f->index ^ f->offset ^ f->length ^ f->other_offset ^ f->other_length;
    seen = f->arg[0] ^ f->arg[1] ^ f->arg[2] ^ f->arg[3];
}

/* A reporter that may have received anything before. */
static struct vx_reporter any_reporter(void)
{
    struct vx_reporter rep;

    vx_reporter_init(&rep, look, NULL);
    rep.evidence_end = any();
    rep.view = either() ? VX_VIEW_RAW : VX_VIEW_REPLAYED;
    FILL(rep.total);
    FILL(rep.by_severity);
    rep.is_incomplete = either();
    return rep;
}

/* What decoding a header may give. */
static struct vx_headers any_headers(void)
{
    static uint8_t header[VX_HEADER_BYTES];
    struct vx_headers headers = {0};

    FILL(header);
    for (int i = 0; i < VX_HEADER_COPIES; i++) {
        vx_header_decode(header, &headers.copy[i].header);
        headers.copy[i].computed_checksum = any_32();
        headers.copy[i].is_read = either();
        headers.copy[i].is_valid = either();
    }
    headers.are_identical = either();
    headers.has_current = either();
    headers.current = any_32();
    headers.is_dirty = either();
    headers.is_log_usable = either();
    return headers;
}

#endif
