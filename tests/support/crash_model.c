/* The model of what a power cut may leave. */
#include "tests/support/crash_model.h"

#include "corpus/little.h"
#include "corpus/memory.h"
#include "tests/support/replayed.h"
#include "tests/support/virtual_disk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARENT_BYTE = 0xee, STATE_PRESENT = 6, STATE_PARTIAL = 7, OVERLAY_RECORDS = 512 };

#define PARENT_VALUE  UINT64_C(0xeeeeeeeeeeeeeeee)
#define FOREIGN_VALUE UINT64_MAX /* not one number repeated */

/* ---- the script ---- */

void model_init(struct crash_model *m, const struct image_spec *spec)
{
    memset(m, 0, sizeof(*m));
    image_make(&m->im, spec);
    if (!writer_open(&m->w, &m->im) || m->im.payload_blocks > MODEL_BLOCKS) {
        fprintf(stderr, "tests/support/crash_model: %s\n", m->w.error);
        abort();
    }
    for (uint64_t b = 0; b < m->im.payload_blocks; b++) {
        m->state[b] = spec->state;
    }
}

void model_free(struct crash_model *m)
{
    for (size_t i = 0; i < m->probes; i++) {
        free(m->probe[i].event);
    }
    free(m->probe);
    writer_close(&m->w);
    image_free(&m->im);
    image_free(&m->base);
}

static void watch_sector(struct crash_model *m, uint64_t sector)
{
    if (sector >= m->w.vol.disk_bytes / CRASH_SECTOR) {
        return;
    }
    for (size_t i = 0; i < m->probes; i++) {
        if (m->probe[i].sector == sector) {
            return;
        }
    }
    m->probe = memory_resize(m->probe, m->probes + 1, sizeof(m->probe[0]));
    m->probe[m->probes] = (struct model_probe){.sector = sector};
    m->probes++;
}

void model_watch(struct crash_model *m, uint64_t offset, uint64_t len)
{
    const uint64_t block = m->w.vol.block_bytes / CRASH_SECTOR;
    const uint64_t first = offset / CRASH_SECTOR;
    const uint64_t last = (offset + len - 1) / CRASH_SECTOR;

    watch_sector(m, first - first % block);
    watch_sector(m, first == 0 ? 0 : first - 1);
    watch_sector(m, first);
    watch_sector(m, last);
    watch_sector(m, last + 1);
    watch_sector(m, last - last % block + block - 1);
}

void model_record(struct crash_model *m)
{
    image_copy(&m->base, &m->im);
    m->w.tape.is_recording = true;
}

static void begin_call(struct crash_model *m)
{
    m->calls++;
    if (m->calls > MODEL_CALLS) {
        fputs("tests/support/crash_model: too many calls\n", stderr);
        abort();
    }
    m->begin[m->calls] = m->w.tape.count;
}

static void end_call(struct crash_model *m, bool is_done)
{
    if (!is_done) {
        fprintf(stderr, "tests/support/crash_model: %s\n", m->w.error);
        abort();
    }
    m->end[m->calls] = m->w.tape.count;
}

static void add_event(const struct crash_model *m, struct model_probe *probe, bool is_placed,
                      uint64_t value)
{
    if (probe->count == probe->capacity) {
        probe->capacity = 2 * probe->capacity + 4;
        probe->event = memory_resize(probe->event, probe->capacity, sizeof(probe->event[0]));
    }
    probe->event[probe->count] = (struct model_event){m->calls, is_placed, value};
    probe->count++;
}

static uint64_t value_of(const struct crash_model *m, uint64_t sector)
{
    return (uint64_t)m->calls << 32 | sector;
}

static uint64_t block_of(const struct crash_model *m, const struct model_probe *probe)
{
    return probe->sector * CRASH_SECTOR / m->w.vol.block_bytes;
}

/* What the call does to one probe of a block that it writes; is_hit: to the probe itself. */
static void write_probe(struct crash_model *m, struct model_probe *probe, bool is_hit,
                        unsigned new_state)
{
    const unsigned old_state = m->state[block_of(m, probe)];
    const uint64_t value = value_of(m, probe->sector);

    if (old_state == STATE_PRESENT) {
        if (is_hit) {
            add_event(m, probe, false, value);
        }
        return;
    }
    if (old_state != STATE_PARTIAL && new_state == STATE_PARTIAL) {
        probe->is_own = false;
    }
    if (new_state == STATE_PRESENT) {
        add_event(m, probe, true, is_hit ? value : 0);
    } else if (is_hit) {
        add_event(m, probe, !probe->is_own, value);
        probe->is_own = true;
    }
}

static bool is_whole_block(const struct crash_model *m, uint64_t block, uint64_t offset,
                           uint64_t len)
{
    const uint64_t begin = block * m->w.vol.block_bytes;
    const uint64_t end = begin + m->w.vol.block_bytes;

    return offset <= begin &&
           offset + len >= (end < m->w.vol.disk_bytes ? end : m->w.vol.disk_bytes);
}

static unsigned written_state(const struct crash_model *m, uint64_t block, uint64_t offset,
                              uint64_t len)
{
    if (m->state[block] >= STATE_PRESENT) {
        return m->state[block];
    }
    return m->w.vol.has_parent && m->state[block] == 0 && !is_whole_block(m, block, offset, len)
               ? STATE_PARTIAL
               : STATE_PRESENT;
}

void model_write(struct crash_model *m, uint64_t offset, uint64_t len)
{
    const uint64_t first = offset / m->w.vol.block_bytes;
    const uint64_t last = (offset + len - 1) / m->w.vol.block_bytes;
    uint8_t *bytes = memory_take((size_t)len, 1);

    begin_call(m);
    for (uint64_t at = 0; at < len; at += 8) {
        little_put(bytes + at, 8, value_of(m, (offset + at) / CRASH_SECTOR));
    }
    for (size_t i = 0; i < m->probes; i++) {
        struct model_probe *probe = &m->probe[i];
        const uint64_t block = block_of(m, probe);
        const uint64_t at = probe->sector * CRASH_SECTOR;

        if (block >= first && block <= last) {
            write_probe(m, probe, at >= offset && at - offset < len,
                        written_state(m, block, offset, len));
        }
    }
    for (uint64_t block = first; block <= last; block++) {
        m->state[block] = written_state(m, block, offset, len);
    }
    end_call(m, writer_write(&m->w, offset, bytes, (size_t)len));
    free(bytes);
}

void model_discard(struct crash_model *m, uint64_t offset, uint64_t len, unsigned state)
{
    begin_call(m);
    for (size_t i = 0; i < m->probes; i++) {
        const uint64_t at = m->probe[i].sector * CRASH_SECTOR;

        if (at >= offset && at - offset < len) {
            add_event(m, &m->probe[i], true, m->w.vol.has_parent && state == 0 ? PARENT_VALUE : 0);
        }
    }
    for (uint64_t at = offset; at < offset + len; at += m->w.vol.block_bytes) {
        m->state[at / m->w.vol.block_bytes] = state;
    }
    end_call(m, writer_discard(&m->w, offset, len, state));
}

void model_commit(struct crash_model *m)
{
    begin_call(m);
    m->is_promise[m->calls] = true;
    end_call(m, writer_commit(&m->w));
}

void model_apply(struct crash_model *m)
{
    begin_call(m);
    m->is_promise[m->calls] = true;
    end_call(m, writer_apply(&m->w));
}

void model_fill(struct crash_model *m, unsigned sectors)
{
    const size_t bytes = (size_t)sectors * LOG_SECTOR;
    uint8_t *filler = memory_take(bytes, 1);

    begin_call(m);
    memset(filler, (int)(m->calls % 255 + 1), bytes);
    end_call(m, writer_metadata(&m->w, m->w.vol.metadata_offset + IMAGE_MIB / 2, filler, bytes));
    free(filler);
}

/* ---- the judgement ---- */

/* Is `value` what the probe may hold when the first `visible` calls' metadata are in effect? */
static bool may_hold(const struct crash_model *m, const struct model_probe *probe, unsigned visible,
                     const struct crash_state *state, uint64_t value)
{
    uint64_t base = m->w.vol.has_parent && m->im.spec.state == 0 ? PARENT_VALUE : 0;
    size_t next = 0;
    bool is_held;

    for (size_t i = 0; i < probe->count; i++) {
        if (probe->event[i].is_placed && probe->event[i].call <= visible) {
            base = probe->event[i].value;
            next = i + 1;
        }
    }
    is_held = base == value;
    for (; next < probe->count && !probe->event[next].is_placed; next++) {
        const struct model_event *event = &probe->event[next];

        if (m->begin[event->call] >= state->issued && m->end[event->call] > state->durable) {
            break;
        }
        is_held = event->value == value || (is_held && m->end[event->call] > state->durable);
    }
    return is_held;
}

static uint64_t read_probe(struct virtual_disk *disk, const struct model_probe *probe)
{
    uint8_t bytes[CRASH_SECTOR];

    if (!virtual_disk_read(disk, probe->sector * CRASH_SECTOR, bytes, sizeof(bytes), PARENT_BYTE) ||
        memcmp(bytes, bytes + 8, sizeof(bytes) - 8) != 0) {
        return FOREIGN_VALUE;
    }
    return little_get(bytes, 8);
}

/* Calls whose metadata must be in effect, and calls whose metadata may be. */
static void count_calls(const struct crash_model *m, const struct crash_state *state,
                        unsigned *least, unsigned *most)
{
    *least = 0;
    *most = 0;
    for (unsigned call = 1; call <= m->calls; call++) {
        if (m->end[call] <= state->durable) {
            *least = call;
        }
        if (m->begin[call] < state->issued || m->end[call] <= state->durable) {
            *most = call;
        }
    }
}

static bool is_version(struct crash_model *m, const uint64_t *value, unsigned visible,
                       const struct crash_state *state)
{
    for (size_t i = 0; i < m->probes; i++) {
        const struct model_probe *probe = &m->probe[i];

        if (!may_hold(m, probe, visible, state, value[i]) &&
            !(m->may_split && visible > 0 && may_hold(m, probe, visible - 1, state, value[i]))) {
            snprintf(m->why, sizeof(m->why),
                     "%s, %zu of %zu operations durable, %zu issued: with %u calls in effect, "
                     "sector %" PRIu64 " holds %" PRIx64,
                     state->how, state->durable, m->w.tape.count, state->issued, visible,
                     probe->sector, value[i]);
            return false;
        }
    }
    return true;
}

static bool judge_content(struct crash_model *m, const struct crash_state *state,
                          const struct vxr_check *check)
{
    static struct virtual_disk disk;
    uint64_t *value = memory_take(m->probes, sizeof(value[0]));
    bool is_found = false;
    unsigned least;
    unsigned most;

    virtual_disk_init(&disk, check);
    for (size_t i = 0; i < m->probes; i++) {
        value[i] = read_probe(&disk, &m->probe[i]);
    }
    count_calls(m, state, &least, &most);
    for (unsigned visible = least; visible <= most && !is_found; visible++) {
        is_found = is_version(m, value, visible, state);
    }
    free(value);
    if (is_found) {
        m->why[0] = '\0';
    }
    return is_found;
}

/* That the parent is not looked for is all that may be left open. */
static bool is_sound(const struct crash_model *m, const struct findings *f)
{
    const enum vx_verdict verdict = vx_verdict_of(&f->rep);

    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].severity >= VX_SEV_ERROR) {
            return false;
        }
    }
    return verdict == VX_SOUND || verdict == VX_WARNINGS ||
           (verdict == VX_INCOMPLETE && m->w.vol.has_parent);
}

/* What was promised is durable: a writer that promises too early is found out. */
static size_t promised(const struct crash_model *m, const struct crash_state *state)
{
    size_t durable = state->durable;

    for (unsigned call = 1; call <= m->calls; call++) {
        if (m->is_promise[call] && m->end[call] <= state->until && m->end[call] > durable) {
            durable = m->end[call];
        }
    }
    return durable;
}

bool model_judge(struct crash_model *m, const struct crash_state *state)
{
    const struct replay_options options = {.overlay_bytes =
                                               (size_t)vxr_overlay_need(OVERLAY_RECORDS)};
    struct vx_source raw;
    struct replayed r;
    bool is_good;

    if (m->mistake != NULL) {
        m->mistake(state->im);
    }
    raw = image_source(state->im);
    replayed_open(&r, state->how, &raw, &options);
    is_good = is_sound(m, &r.f);
    if (is_good) {
        struct crash_state kept = *state;

        kept.durable = promised(m, state);
        is_good = judge_content(m, &kept, r.check);
    } else {
        char summary[FINDINGS_TEXT_BYTES];

        findings_summary(&r.f, summary);
        snprintf(m->why, sizeof(m->why), "%s, %zu of %zu operations durable, %zu issued: %.100s",
                 state->how, state->durable, m->w.tape.count, state->issued, summary);
    }
    replayed_close(&r);
    return is_good;
}
