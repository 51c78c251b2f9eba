/* Virtual ranges, each copied from where it lies. At most one step a block. */
#include "cli/disk_copy.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/progress.h"
#include "cli/sparse_copy.h"
#include "parser/bytes.h"
#include "parser/disk.h"
#include "parser/workspace.h"
#include "reports/catalogue.h"

enum { LINE_BYTES = 512 };

/* A copy under way. */
struct state {
    const struct cli_disk_job *job;
    struct cli_copy copy;
    struct cli_progress progress;
    struct vx_disk_range lost; /* not listed yet, for it may go on; length 0: none */
    uint64_t lost_ranges;
    uint64_t lost_bytes;
};

/* List the range that was lost. */
static void list_lost(struct state *state)
{
    const struct vxo_rule_text *rule = vxo_rule_text(state->lost.rule);
    char text[LINE_BYTES];
    struct vxo_buffer put;

    if (state->lost.length == 0) {
        return;
    }
    vxo_buffer_init(&put, text, sizeof(text));
    vxo_put(&put, "cannot be read: virtual offset ");
    vxo_put_uint(&put, state->lost.offset);
    vxo_put(&put, ", ");
    vxo_put_size(&put, state->lost.length);
    vxo_put(&put, ": ");
    vxo_put(&put, rule->id);
    cli_progress_end(&state->progress);
    cli_complain(state->job->chain->link[0].session->path, text);
    state->lost_ranges++;
    state->lost_bytes += state->lost.length;
    state->lost.length = 0;
}

/* Note that a virtual range is lost. Returns whether to go on. */
static bool note_lost(struct state *state, uint64_t offset, uint64_t length, enum vx_rule rule)
{
    struct vx_disk_range *lost = &state->lost;

    if (lost->length > 0 && lost->rule == rule && lost->offset + lost->length == offset) {
        lost->length += length;
    } else {
        list_lost(state);
        *lost = (struct vx_disk_range){.offset = offset, .length = length, .rule = rule};
    }
    return state->job->is_salvage;
}

/* Bytes of the image could not be read. Where they belong in the disk follows from where the copy
 * stands. */
static bool on_lost(void *ctx, uint64_t offset, uint64_t length)
{
    struct state *state = ctx;

    (void)offset;
    return note_lost(state, state->job->offset + state->copy.out_offset, length, VX_RUN_001);
}

static void on_progress(void *ctx, uint64_t done)
{
    struct state *state = ctx;

    cli_progress_update(&state->progress, done);
}

static bool copy_range(struct state *state, const struct vx_disk_range *range)
{
    const struct cli_session *session = NULL;

    switch (range->kind) {
    case VX_DISK_FILE:
        session = state->job->chain->link[range->depth].session;
        state->copy.check = &session->check;
        state->copy.file = &session->file;
        return cli_copy_view(&state->copy, range->file_offset, range->length);
    case VX_DISK_ZERO:
        return cli_copy_zeros(&state->copy, range->length);
    case VX_DISK_PARENT:
    case VX_DISK_UNREADABLE:
    default:
        return note_lost(state, range->offset, range->length, range->rule) &&
               cli_copy_zeros(&state->copy, range->length);
    }
}

/* Returns whether the whole range was copied. */
static bool copy_disk(struct state *state)
{
    uint64_t end = state->job->offset + state->job->length;
    struct vx_disk_range range = {0};

    for (uint64_t at = state->job->offset; at < end; at += range.length) {
        if (vx_chain_map(&state->job->chain->disks, at, end - at, &range) != VX_OK ||
            range.length == 0 || !copy_range(state, &range)) {
            return false;
        }
    }
    return true;
}

enum cli_exit cli_disk_copy(const struct cli_disk_job *job)
{
    struct state state = {.job = job};
    bool is_complete = false;

    state.copy = (struct cli_copy){
        .out = job->out,
        .buffer = malloc(CLI_COPY_BYTES),
        .may_clone = job->out->kind == CLI_OUT_FILE,
        .lost = on_lost,
        .progress = on_progress,
        .ctx = &state,
    };
    if (state.copy.buffer == NULL) {
        cli_complain(job->chain->link[0].session->path, CLI_NO_MEMORY);
        return CLI_EXIT_INCOMPLETE;
    }
    cli_progress_start(&state.progress, job->length, job->has_progress);
    is_complete = copy_disk(&state);
    cli_progress_end(&state.progress);
    list_lost(&state);
    free(state.copy.buffer);
    if (job->out->error != 0) {
        cli_out_complain(job->out);
        return CLI_EXIT_INCOMPLETE;
    }
    if (state.lost_ranges > 0) {
        return CLI_EXIT_CORRUPT;
    }
    return is_complete ? CLI_EXIT_SOUND : CLI_EXIT_INCOMPLETE;
}
