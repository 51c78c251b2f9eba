/* One walk over the ring: candidates, runs, the active sequence. */
#include "replay/scan.h"

#include "parser/bytes.h"

/* The walk. `current` is the run that may still grow; `first` is kept back until the end, because
 * a run that wraps around the end of the ring may turn out to lead into it. */
struct walk {
    struct vxr_ring *ring;
    uint64_t *starts;
    const struct vxr_story *story;
    struct vxr_scan *out;
    struct vxr_run current;
    struct vxr_run first;
    bool has_current;
    bool has_first;
};

static uint32_t end_of(const struct walk *w, const struct vxr_run *run)
{
    return vxr_ring_advance(w->ring, run->head.pos, run->head.length);
}

/* Does the entry or run that begins at `pos` with number `sequence` continue this run? */
static bool continues(const struct walk *w, const struct vxr_run *run, uint32_t pos,
                      uint64_t sequence)
{
    return end_of(w, run) == pos && run->head.sequence != UINT64_MAX &&
           run->head.sequence + 1 == sequence;
}

/* Is `pos` the offset of an entry of this run? Its entries are all the entries in its stretch. */
static bool names_entry(const struct walk *w, const struct vxr_run *run, uint32_t pos)
{
    return vxr_ring_distance(w->ring, run->start, pos) < run->bytes &&
           vx_bits_test(w->starts, VXR_START_WORDS, pos / VXR_SECTOR_BYTES);
}

/* The run is complete: judge it, and see whether it beats the best so far. Of two heads with the
 * same number the specification takes the one it meets first. is_first: it met this one before all
 * those judged so far. */
static void judge(struct walk *w, struct vxr_run *run, bool is_first)
{
    struct vxr_scan *out = w->out;
    bool is_tie = out->has_active && run->head.sequence == out->active.head.sequence;

    out->runs = vx_add_sat(out->runs, 1);
    run->is_valid = names_entry(w, run, run->head.tail);
    if (run->is_valid) {
        out->valid_runs = vx_add_sat(out->valid_runs, 1);
        if (is_tie) {
            out->has_rival = true;
            out->rival = is_first ? out->active.start : run->start;
        } else if (!out->has_active || run->head.sequence > out->active.head.sequence) {
            out->has_rival = false;
        }
        if (!out->has_active || run->head.sequence > out->active.head.sequence ||
            (is_tie && is_first)) {
            out->has_active = true;
            out->active = *run;
        }
    }
    if (w->story != NULL && w->story->run != NULL) {
        w->story->run(w->story->ctx, run);
    }
}

/* The current run has ended. */
static void close_run(struct walk *w)
{
    if (!w->has_current) {
        return;
    }
    w->has_current = false;
    if (!w->has_first) {
        w->first = w->current;
        w->has_first = true;
        return;
    }
    judge(w, &w->current, false);
}

/* A valid entry was met: it continues the current run, or begins a new one. */
static void take_entry(struct walk *w, const struct vxr_entry *entry)
{
    (void)vx_bits_claim(w->starts, VXR_START_WORDS, entry->pos / VXR_SECTOR_BYTES, 1);
    if (w->has_current && continues(w, &w->current, entry->pos, entry->sequence)) {
        w->current.head = *entry;
        w->current.entry_count = vx_add_sat(w->current.entry_count, 1);
        w->current.bytes = vx_add_sat(w->current.bytes, entry->length);
        return;
    }
    close_run(w);
    w->has_current = true;
    w->current = (struct vxr_run){
        .start = entry->pos,
        .entry_count = 1,
        .bytes = entry->length,
        .head = *entry,
    };
}

/* The end of the ring: does the last run go on in the first one? */
static void close_ring(struct walk *w)
{
    uint64_t first_sequence = 0;
    bool is_met_first = true;

    if (w->has_current && w->has_first) {
        first_sequence = vx_sub_sat(w->first.head.sequence, vx_sub_sat(w->first.entry_count, 1));
        if (continues(w, &w->current, w->first.start, first_sequence)) {
            /* at the start of the ring only its rest was met, which may lack the Tail */
            is_met_first = names_entry(w, &w->first, w->first.head.tail);
            w->first.start = w->current.start;
            w->first.entry_count = vx_add_sat(w->first.entry_count, w->current.entry_count);
            w->first.bytes = vx_add_sat(w->first.bytes, w->current.bytes);
            w->has_current = false;
        }
    }
    close_run(w);
    if (w->has_first) {
        judge(w, &w->first, is_met_first);
    }
}

/* A sector that begins with "loge": count it, take it if it is valid, tell of it. */
static void meet_entry(struct walk *w, const struct vxr_entry *entry)
{
    w->out->candidates = vx_add_sat(w->out->candidates, 1);
    w->out->valid = vx_add_sat(w->out->valid, entry->is_valid ? 1 : 0);
    w->out->foreign = vx_add_sat(w->out->foreign, entry->reason == VX_LGE_013 ? 1 : 0);
    if (entry->is_valid) {
        take_entry(w, entry);
    }
    if (w->story != NULL && w->story->entry != NULL) {
        w->story->entry(w->story->ctx, entry);
    }
}

void vxr_scan(struct vxr_ring *ring, const struct vx_guid *log_guid, enum vx_crc_kind crc,
              uint64_t starts[VXR_START_WORDS], const struct vxr_story *story,
              struct vx_reporter *rep, struct vxr_scan *out)
{
    struct walk w = {.ring = ring, .starts = starts, .story = story, .out = out};
    uint64_t pos = vxr_ring_next_data(ring, 0);

    memset(out, 0, sizeof(*out));
    memset(starts, 0, VXR_START_WORDS * sizeof(starts[0]));
    while (pos < ring->length) { /* advances by at least one sector */
        struct vxr_entry entry = {0};
        enum vx_status status =
            vxr_entry_load(ring, (uint32_t)(pos & UINT32_MAX), log_guid, crc, &entry);

        if (status == VX_E_IO) {
            out->unread = vx_add_sat(out->unread, 1);
            vx_report_unreadable(rep, vxr_ring_offset(ring, entry.reason_pos), VXR_SECTOR_BYTES);
        } else if (status == VX_OK) {
            meet_entry(&w, &entry);
        }
        pos = vxr_ring_next_data(ring, vx_add_sat(pos, vx_max(entry.resume_pos, VXR_SECTOR_BYTES)));
    }
    close_ring(&w);
}
