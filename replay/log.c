/* The log pass: scan, choose, pre-flight, index. */
#include "replay/log.h"

#include "parser/bytes.h"
#include "parser/region.h"

enum { FORBIDDEN_BYTES = VX_REGION_TABLE_1_OFFSET, UNUSED_BEGIN = 320 * VX_KIB };

/* What the steps of the pass share. */
struct job {
    const struct vx_source *raw;
    const struct vx_header *header;
    uint32_t header_copy;
    enum vx_crc_kind crc;
    uint64_t prefix;
    struct vxr_log_workspace *ws;
    struct vxr_overlay *overlay;
    const struct vxr_story *story; /* the caller's */
    struct vx_reporter *rep;
    struct vxr_log *out;
    uint64_t entries;     /* of the active sequence, within the prefix or not */
    uint32_t tail;        /* ring position where the active sequence begins */
    uint32_t entry_tail;  /* Tail of the entry before */
    uint64_t furthest;    /* end of the furthest descriptor */
    struct vxr_entry end; /* the entry applied last: the head, or where the prefix ends */
    bool is_forbidden;    /* some descriptor writes where none may */
    bool is_lost;         /* an entry could not be read again */
};

struct vx_finding vxr_entry_finding(const struct vxr_ring *ring, const struct vxr_entry *entry,
                                    enum vx_rule rule)
{
    struct vx_finding f = vx_finding_at(rule, VX_OBJ_LOG_ENTRY, entry->pos,
                                        vxr_ring_offset(ring, entry->reason_pos), VXR_SECTOR_BYTES);

    f.arg[0] = entry->sequence;
    f.arg[1] = entry->length;
    f.arg[2] = ring->length;
    if (rule == VX_LGE_003) {
        f.arg[0] = entry->checksum;
    } else if (rule == VX_LGE_007 || rule == VX_LGE_008 || rule == VX_SEQ_003) {
        f.arg[1] = entry->tail;
    } else if (rule == VX_LGE_011) {
        f.arg[1] = entry->descriptor_count;
        f.arg[2] = entry->length;
    } else if (rule == VX_LGE_013) {
        vx_guid_split(&entry->log_guid, &f.arg[1], &f.arg[2]);
    }
    return f;
}

/* Keep why an entry or a run does not count: as many as a reporter forwards, and how many. */
static void keep_rejected(struct job *job, const struct vxr_entry *entry, enum vx_rule rule)
{
    struct vxr_log_workspace *ws = job->ws;

    if ((unsigned)rule >= VX_RULE_COUNT) {
        return;
    }
    if (ws->rejected_total[rule] < VX_FINDINGS_PER_RULE && ws->rejected_count < VXR_REJECTED_MAX) {
        ws->rejected[ws->rejected_count] = vxr_entry_finding(&ws->ring, entry, rule);
        ws->rejected_count += 1;
    }
    ws->rejected_total[rule] = vx_add_sat(ws->rejected_total[rule], 1);
}

static void meet_entry(void *ctx, const struct vxr_entry *entry)
{
    struct job *job = ctx;

    if (!entry->is_valid) {
        keep_rejected(job, entry, entry->reason);
    }
    if (job->story != NULL && job->story->entry != NULL) {
        job->story->entry(job->story->ctx, entry);
    }
}

static void meet_run(void *ctx, const struct vxr_run *run)
{
    struct job *job = ctx;

    if (!run->is_valid) {
        keep_rejected(job, &run->head, VX_SEQ_003);
    }
    if (job->story != NULL && job->story->run != NULL) {
        job->story->run(job->story->ctx, run);
    }
}

/* Scan the log, keeping the reasons against every entry: only when no sequence is left do they
 * become findings, and a second scan would read too much. */
static void scan_log(struct job *job)
{
    struct vxr_story story = {.entry = meet_entry, .run = meet_run, .ctx = job};

    job->ws->rejected_count = 0;
    memset(job->ws->rejected_total, 0, sizeof(job->ws->rejected_total));
    vxr_ring_init(&job->ws->ring, job->raw, job->header);
    vxr_scan(&job->ws->ring, &job->header->log_guid, job->crc, job->ws->starts, &story, job->rep,
             &job->out->scan);
}

static void report_rejected(struct job *job)
{
    const struct vxr_log_workspace *ws = job->ws;

    for (uint32_t i = 0; i < ws->rejected_count && i < VXR_REJECTED_MAX; i++) {
        vx_report(job->rep, &ws->rejected[i]);
    }
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        struct vx_finding f =
            vx_finding_at((enum vx_rule)rule, VX_OBJ_LOG_ENTRY, 0, VX_NO_OFFSET, 0);

        if (ws->rejected_total[rule] > VX_FINDINGS_PER_RULE) {
            vx_report_more(job->rep, &f, ws->rejected_total[rule] - VX_FINDINGS_PER_RULE);
        }
    }
}

static struct vx_finding about_log(const struct job *job, enum vx_rule rule)
{
    return vx_finding_at(rule, VX_OBJ_LOG, 0, job->ws->ring.offset, job->ws->ring.length);
}

/* No valid sequence: the image is corrupt, unless an unreadable sector may hide one. */
static void report_no_sequence(struct job *job)
{
    struct vx_finding f = about_log(job, VX_SEQ_005);

    if (job->out->scan.unread > 0) {
        f = about_log(job, VX_RUN_004);
        vx_report(job->rep, &f);
        job->out->state = VXR_LOG_UNKNOWN;
        return;
    }
    job->out->state = VXR_LOG_INVALID;
    f.arg[0] = job->out->scan.candidates;
    f.arg[1] = job->out->scan.valid;
    vx_report(job->rep, &f);
    report_rejected(job);
}

/* Fields of an entry that will be replayed and that do not decide its validity. */
static void check_entry_fields(struct job *job, const struct vxr_entry *e)
{
    struct vx_finding f = vxr_entry_finding(&job->ws->ring, e, VX_LGE_012);
    uint32_t ahead = vxr_ring_distance(&job->ws->ring, job->entry_tail, e->pos);

    f.arg[1] = e->reserved;
    if (e->reserved != 0) {
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGE_014;
    f.arg[1] = e->flushed_file_offset;
    if (e->flushed_file_offset % VX_MIB != 0) {
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGE_015;
    f.arg[1] = e->last_file_offset;
    if (e->last_file_offset % VX_MIB != 0) {
        vx_report(job->rep, &f);
    }
    f.rule = VX_SEQ_011;
    f.arg[1] = e->tail;
    f.arg[2] = job->entry_tail;
    if (job->out->entries > 0 &&
        vxr_ring_distance(&job->ws->ring, job->entry_tail, e->tail) > ahead) {
        vx_report(job->rep, &f);
    }
    job->entry_tail = e->tail;
}

/* May the descriptor write there? */
static void check_target(struct job *job, const struct vxr_entry *e, const struct vxr_descriptor *d)
{
    const struct vxr_ring *ring = &job->ws->ring;
    uint64_t end = vx_add_sat(d->file_offset, d->length);
    struct vx_finding f = vxr_entry_finding(ring, e, VX_LGD_008);

    f.other_offset = d->file_offset;
    f.other_length = d->length;
    f.arg[1] = d->file_offset;
    if (vx_overlap(d->file_offset, end, 0, VX_HEADER_1_OFFSET)) {
        job->is_forbidden = true;
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGD_009;
    if (vx_overlap(d->file_offset, end, VX_HEADER_1_OFFSET, FORBIDDEN_BYTES)) {
        job->is_forbidden = true;
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGD_010;
    if (vx_overlap(d->file_offset, end, ring->offset, vx_add_sat(ring->offset, ring->length))) {
        job->is_forbidden = true;
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGD_012;
    if (vx_overlap(d->file_offset, end, UNUSED_BEGIN, VX_HEADER_SECTION_BYTES)) {
        vx_report(job->rep, &f);
    }
    f.rule = VX_LGD_002;
    f.arg[1] = d->reserved;
    if (d->reserved != 0) {
        vx_report(job->rep, &f);
    }
}

/* Take descriptor `index` of entry e into the overlay. data_sectors: those of e before it. */
static void take_descriptor(struct job *job, const struct vxr_entry *e, uint32_t index,
                            const struct vxr_descriptor *d, uint32_t data_sectors)
{
    const struct vxr_ring *ring = &job->ws->ring;
    uint64_t sector = (uint64_t)vxr_descriptor_sectors(e->descriptor_count) + data_sectors;
    uint64_t pos =
        (uint64_t)vxr_descriptor_sector(index) * VXR_SECTOR_BYTES + vxr_descriptor_pos(index);
    uint64_t step = vx_min(sector * VXR_SECTOR_BYTES, ring->length);
    struct vxr_segment s = {
        .begin = d->file_offset,
        .end = vx_add_sat(d->file_offset, d->length),
        .order = (uint32_t)((vxr_ring_distance(ring, job->tail, e->pos) + pos) & UINT32_MAX),
        .data_pos = VXR_NO_DATA,
    };

    job->out->descriptors = vx_add_sat(job->out->descriptors, 1);
    if (d->length > 0) { /* no zeros are a legal no-op, wherever */
        job->furthest = vx_max(job->furthest, s.end);
    }
    if (d->kind == VXR_DESCRIPTOR_DATA) {
        s.data_pos = vxr_ring_advance(ring, e->pos, (uint32_t)(step & UINT32_MAX));
        job->out->data_sectors = vx_add_sat(job->out->data_sectors, 1);
    } else {
        job->out->zero_descriptors = vx_add_sat(job->out->zero_descriptors, 1);
    }
    vxr_overlay_add(job->overlay, &s);
}

/* All descriptors of one entry of the active sequence. They were valid when the log was scanned;
 * one that is not any more means that the log changed, and nothing is applied. */
static void take_entry(struct job *job, const struct vxr_entry *e)
{
    struct vxr_ring *ring = &job->ws->ring;
    struct vxr_descriptor d = {0};
    uint32_t data_sectors = 0;
    uint64_t end = 0;

    for (uint32_t i = 0; i < e->descriptor_count && !job->is_lost; i++) {
        uint32_t at = vxr_descriptor_sector(i);
        const uint8_t *sector = NULL;

        if (at < VXR_RING_SECTORS_MAX) {
            sector = vxr_ring_sector(ring, vxr_ring_advance(ring, e->pos, at * VXR_SECTOR_BYTES));
        }
        if (sector == NULL) {
            job->is_lost = true;
            return;
        }
        vxr_descriptor_decode(sector, vxr_descriptor_pos(i), &d);
        if (d.kind == VXR_DESCRIPTOR_BAD || d.file_offset % VXR_SECTOR_BYTES != 0 ||
            d.length % VXR_SECTOR_BYTES != 0 || !vx_add(d.file_offset, d.length, &end)) {
            job->is_lost = true;
            return;
        }
        check_target(job, e, &d);
        take_descriptor(job, e, i, &d, data_sectors);
        data_sectors += d.kind == VXR_DESCRIPTOR_DATA ? 1 : 0;
    }
}

/* Walk the active sequence from tail to head, taking entries as far as the prefix goes. At most as
 * many steps as the run has entries. */
static void take_sequence(struct job *job)
{
    const struct vxr_run *run = &job->out->scan.active;
    struct vxr_ring *ring = &job->ws->ring;
    uint32_t pos = run->head.tail;

    job->tail = pos;
    job->end = run->head;
    ring->origin = pos;
    for (uint64_t i = 0; i < run->entry_count; i++) {
        struct vxr_entry e = {0};
        const uint8_t *sector = vxr_ring_sector(ring, pos);

        if (sector == NULL) {
            job->is_lost = true;
            return;
        }
        vxr_entry_decode(sector, pos, &e);
        if (vx_le32(sector) != VXR_SIGNATURE_LOGE || e.length > ring->length ||
            e.length < VXR_SECTOR_BYTES) {
            job->is_lost = true; /* it was valid when it was scanned: the log has changed */
            return;
        }
        if (i == 0) {
            job->out->first_sequence = e.sequence;
        }
        if (i < job->prefix) {
            check_entry_fields(job, &e);
            take_entry(job, &e);
            job->out->entries = vx_add_sat(job->out->entries, 1);
        }
        if (i + 1 == job->prefix) {
            job->end = e;
        }
        job->entries = vx_add_sat(job->entries, 1);
        if (pos == run->head.pos || job->is_lost) {
            return;
        }
        pos = vxr_ring_advance(ring, pos, e.length);
    }
}

/* What the head says about the size of the file. Where nothing is applied nothing grows. */
static void check_sizes(struct job *job)
{
    const struct vxr_entry *head = &job->end;
    uint64_t last = head->last_file_offset;
    struct vx_finding f = vxr_entry_finding(&job->ws->ring, head, VX_SEQ_006);

    if (job->prefix == 0) {
        return;
    }
    f.arg[0] = job->raw->size;
    f.arg[1] = head->flushed_file_offset;
    if (job->raw->size < head->flushed_file_offset) {
        job->is_forbidden = true;
        vx_report(job->rep, &f);
    }
    last = vx_min(vx_div_up(last, VX_MIB), UINT64_MAX / VX_MIB) * VX_MIB;
    f = vxr_entry_finding(&job->ws->ring, head, VX_LGE_016);
    f.arg[1] = vx_max(last, job->raw->size);
    f.arg[2] = job->furthest;
    if (job->furthest > f.arg[1]) {
        vx_report(job->rep, &f);
    }
    job->out->size = vx_max(vx_max(last, job->raw->size), job->furthest);
    f = vxr_entry_finding(&job->ws->ring, head, VX_RPL_003);
    f.arg[0] = job->raw->size;
    f.arg[1] = job->out->size;
    if (job->out->size > job->raw->size && !job->is_forbidden) {
        vx_report(job->rep, &f);
    }
}

/* Two sequences with the same number, and entries that do not count. */
static void check_scan(struct job *job)
{
    const struct vxr_scan *scan = &job->out->scan;
    struct vx_finding f = about_log(job, VX_SEQ_009);

    f.arg[0] = scan->active.head.sequence;
    f.arg[1] = scan->active.start;
    f.arg[2] = scan->rival;
    if (scan->has_rival) {
        vx_report(job->rep, &f);
    }
    f = about_log(job, VX_SEQ_008);
    f.arg[0] = vx_sub_sat(scan->candidates, job->entries);
    if (f.arg[0] > 0 && !job->is_lost) { /* else it may be of the sequence, and not read again */
        vx_report(job->rep, &f);
    }
}

/* Index what was taken, unless something forbids it. */
static void decide(struct job *job)
{
    struct vx_finding f = about_log(job, VX_RUN_004);

    job->out->need_bytes = vxr_overlay_need(job->overlay->wanted);
    if (job->is_lost || job->is_forbidden) {
        vxr_overlay_clear(job->overlay);
        job->out->state = job->is_lost ? VXR_LOG_UNKNOWN : VXR_LOG_INVALID;
        if (job->is_lost) {
            vx_report(job->rep, &f);
        }
        return;
    }
    job->out->state = VXR_LOG_REPLAYED;
    if (vxr_overlay_build(job->overlay) != VX_OK) {
        job->out->state = VXR_LOG_UNKNOWN;
        f = about_log(job, VX_RUN_007);
        f.arg[0] = job->out->need_bytes;
        f.arg[1] = vxr_overlay_need(job->overlay->capacity);
        vx_report(job->rep, &f);
    }
    for (uint32_t i = 0; i < job->overlay->segment_count; i++) {
        const struct vxr_segment *s = &job->overlay->segment[i];

        job->out->bytes = vx_add_sat(job->out->bytes, vx_sub_sat(s->end, s->begin));
    }
}

/* The image is dirty: how much is pending, as far as that was found out? Of a state on the way that
 * is no question. */
static void report_pending(struct job *job)
{
    struct vx_finding f =
        vx_finding_at(VX_HDR_012, VX_OBJ_HEADER, job->header_copy,
                      vx_header_offset(job->header_copy) + VX_HEADER_LOG_GUID_POS, VX_GUID_BYTES);

    vx_guid_split(&job->header->log_guid, &f.arg[0], &f.arg[1]);
    f.arg[2] = job->out->scan.has_active && !job->is_lost ? job->out->entries : VX_NOT_KNOWN;
    f.arg[3] = job->out->state == VXR_LOG_REPLAYED ? job->out->bytes : VX_NOT_KNOWN;
    if (job->out->descriptors == 0 && job->out->state == VXR_LOG_REPLAYED) {
        f.rule = VX_SEQ_012; /* dirty in form only */
    }
    if (job->prefix == VXR_ALL_ENTRIES) {
        vx_report(job->rep, &f);
    }
}

void vxr_log_check(const struct vx_source *raw, const struct vx_headers *headers,
                   enum vx_crc_kind crc, uint64_t prefix, struct vxr_log_workspace *ws,
                   struct vxr_overlay *overlay, const struct vxr_story *story,
                   struct vx_reporter *rep, struct vxr_log *out)
{
    struct job job = {
        .raw = raw,
        .header = vx_headers_current(headers),
        .header_copy = headers->current,
        .crc = crc,
        .prefix = prefix,
        .ws = ws,
        .overlay = overlay,
        .story = story,
        .rep = rep,
        .out = out,
    };

    memset(out, 0, sizeof(*out));
    out->size = raw->size;
    vxr_overlay_clear(overlay);
    if (job.header == NULL || !headers->is_dirty) {
        return; /* clean: the log area is free space */
    }
    if (!headers->is_log_usable) {
        out->state = VXR_LOG_INVALID; /* HDR-010 to HDR-018 said why */
        report_pending(&job);
        return;
    }
    scan_log(&job);
    if (!out->scan.has_active) {
        report_no_sequence(&job);
    } else {
        take_sequence(&job);
        check_sizes(&job);
        check_scan(&job);
        decide(&job);
    }
    report_pending(&job);
}
