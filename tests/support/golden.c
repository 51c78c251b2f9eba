/* Digests of all that is said about an image. Every loop is bounded by what the image holds or by
 * a constant: of a disk with very many ranges, of a long segment, the first are looked at. */
#include "tests/support/golden.h"

#include "corpus/packed.h"
#include "replay/delta.h"
#include "tests/support/crash_model.h"
#include "tests/support/judge.h"
#include "tests/support/linked.h"

#include <stdio.h>

enum {
    RANGES_MOST = 256,    /* of the disk */
    RANGE_BLOCKS = 1024,  /* in one range */
    SEGMENT_SECTORS = 64, /* of a segment of the overlay */
    EDGE_BYTES = 512      /* of a range: its first and its last */
};

/* ---- folding ---- */

static void fold(uint64_t *digest, uint64_t number)
{
    *digest = number_digest(number, *digest);
}

static void fold_all(uint64_t *digest, const uint64_t *number, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fold(digest, number[i]);
    }
}

#define FOLD(digest, ...)                                                                          \
    fold_all(digest, (const uint64_t[]){__VA_ARGS__},                                              \
             sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void fold_guid(uint64_t *digest, const struct vx_guid *guid)
{
    uint64_t low;
    uint64_t high;

    vx_guid_split(guid, &low, &high);
    FOLD(digest, low, high);
}

static void fold_bytes(uint64_t *digest, const uint8_t *bytes, size_t len)
{
    fold(digest, vx_crc32c(VX_CRC_PORTABLE, 0, bytes, len));
}

/* ---- what became known ---- */

static void fold_headers(uint64_t *digest, const struct vx_headers *headers)
{
    for (unsigned i = 0; i < VX_HEADER_COPIES; i++) {
        const struct vx_header_copy *copy = &headers->copy[i];
        const struct vx_header *h = &copy->header;

        FOLD(digest, copy->is_read, copy->is_valid, copy->computed_checksum, h->signature,
             h->checksum, h->sequence_number, h->log_version, h->version, h->log_length,
             h->log_offset, h->has_reserved);
        fold_guid(digest, &h->file_write_guid);
        fold_guid(digest, &h->data_write_guid);
        fold_guid(digest, &h->log_guid);
    }
    FOLD(digest, headers->are_identical, headers->has_current, headers->current, headers->is_dirty,
         headers->is_log_usable);
}

static void fold_place(uint64_t *digest, const struct vx_region_place *place)
{
    FOLD(digest, place->is_present, place->is_usable, place->index, place->offset, place->length);
}

static void fold_regions(uint64_t *digest, const struct vx_regions *regions)
{
    for (unsigned i = 0; i < VX_REGION_TABLE_COPIES; i++) {
        const struct vx_region_table_copy *copy = &regions->copy[i];

        FOLD(digest, copy->signature, copy->checksum, copy->computed_checksum, copy->entry_count,
             copy->reserved, copy->is_read, copy->is_valid);
    }
    FOLD(digest, regions->is_usable, regions->used, regions->count, regions->unknown_required);
    fold_place(digest, &regions->bat);
    fold_place(digest, &regions->metadata);
}

static void fold_metadata(uint64_t *digest, const struct vx_metadata *m)
{
    FOLD(digest, m->is_usable, m->count, m->user_count, m->unknown_required, m->block_size,
         m->parameters, m->disk_size, m->logical_sector_size, m->physical_sector_size,
         m->locator_length);
    fold_guid(digest, &m->disk_id);
    for (unsigned i = 0; i < VX_ITEM_KIND_COUNT; i++) {
        FOLD(digest, m->has[i], m->value_offset[i]);
    }
}

static void fold_geometry(uint64_t *digest, const struct vx_geometry *geo)
{
    FOLD(digest, geo->disk_bytes, geo->block_bytes, geo->block_mib, geo->sector_bytes,
         geo->chunk_ratio, geo->payload_blocks, geo->bitmap_blocks, geo->bat_entries,
         geo->last_block_bytes, geo->has_parent, geo->leaves_blocks_allocated);
}

static void fold_blocks(uint64_t *digest, const struct vx_blocks *blocks)
{
    fold_all(digest, blocks->payload_state, VX_STATE_COUNT);
    fold_all(digest, blocks->bitmap_state, VX_STATE_COUNT);
    FOLD(digest, blocks->is_judged, blocks->unreadable, blocks->unused_slots, blocks->end,
         blocks->passes);
}

static void fold_facts(uint64_t *digest, const struct vx_facts *facts)
{
    const struct vx_text *creator = &facts->fileid.creator;

    FOLD(digest, facts->file_bytes, facts->fileid.is_read, facts->fileid.has_signature,
         facts->fileid.signature, creator->was_altered, creator->was_truncated,
         facts->has_geometry);
    fold_bytes(digest, (const uint8_t *)creator->utf8, creator->len);
    fold_headers(digest, &facts->headers);
    fold_regions(digest, &facts->regions);
    fold_metadata(digest, &facts->metadata);
    if (facts->has_geometry) {
        fold_geometry(digest, &facts->geometry);
    }
    fold_blocks(digest, &facts->blocks);
}

uint64_t golden_facts(const struct vx_facts *facts)
{
    uint64_t digest = FINDINGS_DIGEST_START;

    fold_facts(&digest, facts);
    return digest;
}

/* ---- the log ---- */

static void hear_entry(void *ctx, const struct vxr_entry *e)
{
    uint64_t *digest = ctx;

    FOLD(digest, e->pos, e->length, e->tail, e->sequence, e->descriptor_count, e->reserved,
         e->flushed_file_offset, e->last_file_offset, e->checksum, e->is_valid, e->data_count);
    fold_guid(digest, &e->log_guid);
    if (!e->is_valid) {
        FOLD(digest, (uint64_t)e->reason, e->reason_pos);
    }
}

static void hear_run(void *ctx, const struct vxr_run *run)
{
    FOLD(ctx, run->start, run->entry_count, run->bytes, run->head.pos, run->is_valid);
}

static void hear_change(void *ctx, const struct vxr_change *change)
{
    FOLD(ctx, (uint64_t)change->kind, change->index, change->offset, change->length, change->before,
         change->after);
}

static void fold_log(uint64_t *digest, const struct vxr_log *log)
{
    const struct vxr_scan *scan = &log->scan;

    FOLD(digest, (uint64_t)log->state, log->first_sequence, log->entries, log->descriptors,
         log->zero_descriptors, log->data_sectors, log->bytes, log->size, log->need_bytes,
         scan->candidates, scan->valid, scan->foreign, scan->runs, scan->valid_runs,
         scan->has_active, scan->active.start, scan->active.entry_count, scan->active.head.pos,
         scan->has_rival, scan->rival, scan->unread);
}

/* Every segment, and of each the first bytes as the view shows them. */
static void fold_overlay(uint64_t *digest, const struct vxr_check *c)
{
    uint8_t bytes[LOG_SECTOR];

    for (uint32_t i = 0; i < c->overlay.segment_count; i++) {
        const struct vxr_segment *s = &c->overlay.segment[i];
        uint64_t at = s->begin;

        FOLD(digest, s->begin, s->end, s->order, s->data_pos);
        for (unsigned k = 0; k < SEGMENT_SECTORS && at < s->end; k++) {
            if (vx_source_read(&c->view, at, bytes, sizeof(bytes)) == VX_OK) {
                fold_bytes(digest, bytes, sizeof(bytes));
            }
            at += sizeof(bytes);
        }
    }
}

/* ---- the virtual disk ---- */

/* A disk by itself, or a chain. */
struct reader {
    struct vx_disk *disk;
    struct vx_chain *chain;
};

static enum vx_status map_range(const struct reader *reader, uint64_t offset, uint64_t length,
                                struct vx_disk_range *range)
{
    return reader->chain != NULL ? vx_chain_map(reader->chain, offset, length, range)
                                 : vx_disk_map(reader->disk, offset, length, range);
}

static void fold_edge(uint64_t *digest, const struct reader *reader, uint64_t offset,
                      uint64_t length)
{
    uint8_t bytes[EDGE_BYTES];
    const size_t len = (size_t)vx_min(length, sizeof(bytes));
    const enum vx_status status = reader->chain != NULL
                                      ? vx_chain_read(reader->chain, offset, bytes, len)
                                      : vx_disk_read(reader->disk, offset, bytes, len);

    fold(digest, (uint64_t)status);
    if (status == VX_OK) {
        fold_bytes(digest, bytes, len);
    }
}

/* The ranges from the start of the disk, their first and last bytes, and the bytes across the end
 * of each. */
static void fold_ranges(uint64_t *digest, const struct reader *reader,
                        const struct vx_geometry *geo)
{
    const uint64_t most = RANGE_BLOCKS * geo->block_bytes;
    struct vx_disk_range range = {0};
    uint64_t offset = 0;

    for (unsigned i = 0; i < RANGES_MOST && map_range(reader, offset, most, &range) == VX_OK; i++) {
        FOLD(digest, (uint64_t)range.kind, range.offset, range.length, range.state);
        if (reader->chain != NULL) {
            FOLD(digest, range.depth);
        }
        if (range.kind == VX_DISK_FILE) {
            FOLD(digest, range.file_offset);
            fold_edge(digest, reader, range.offset, range.length);
        } else if (range.kind == VX_DISK_UNREADABLE) {
            FOLD(digest, (uint64_t)range.rule);
        }
        offset = range.offset + range.length;
        fold_edge(digest, reader, vx_sub_sat(offset, EDGE_BYTES / 2),
                  vx_min(EDGE_BYTES, geo->disk_bytes - vx_sub_sat(offset, EDGE_BYTES / 2)));
    }
}

static void fold_disk(uint64_t *digest, const struct vxr_check *c)
{
    static struct virtual_disk v;

    virtual_disk_init(&v, c);
    fold_ranges(digest, &(struct reader){.disk = &v.disk}, &c->structure.facts.geometry);
}

/* What is found in an image and its parents, each told of its own, and what all of them hold. */
static void fold_chain(uint64_t *digest, const struct lineage *lineage)
{
    static struct linked l;

    linked_open(&l, lineage, false);
    FOLD(digest, l.count, l.chain.count);
    for (size_t i = 0; i < l.count; i++) {
        *digest = findings_digest(&l.image[i].f, *digest);
    }
    if (l.chain.count > 0) {
        fold_ranges(digest, &(struct reader){.chain = &l.chain}, l.chain.link[0].disk->geo);
    }
    linked_close(&l);
}

/* ---- images ---- */

/* What is said of it as it lies, without its log. */
static void fold_unreplayed(uint64_t *digest, const struct replayed *r, const char *name)
{
    struct findings unreplayed;

    findings_init(&unreplayed, name);
    vxr_check_unreplayed(r->check, &r->raw, &unreplayed.rep);
    *digest = findings_digest(&unreplayed, *digest);
    findings_free(&unreplayed);
}

/* One whole check and all that can be asked afterwards. */
static void fold_check(uint64_t *digest, const struct vx_source *raw, const char *name,
                       const struct replay_options *asked)
{
    const struct vxr_story story = {.entry = hear_entry, .run = hear_run, .ctx = digest};
    struct replay_options options = *asked;
    struct replayed r;

    options.story = &story;
    replayed_open(&r, name, raw, &options);
    *digest = findings_digest(&r.f, *digest);
    fold_facts(digest, &r.check->structure.facts);
    fold_log(digest, &r.check->log);
    FOLD(digest, r.check->view.size, r.check->is_replayed);
    fold_overlay(digest, r.check);
    if (r.check->structure.facts.has_geometry && r.check->structure.facts.regions.bat.is_usable) {
        fold_disk(digest, r.check);
    }
    if (r.check->is_replayed) {
        struct vxr_delta delta;

        vxr_delta_run(r.check, &r.raw, hear_change, digest, &delta);
        fold_all(digest, delta.changes, VXR_CHANGE_KIND_COUNT);
        FOLD(digest, delta.bytes_same, delta.bytes_changed, delta.old_size, delta.new_size,
             delta.unread);
    }
    if (r.check->structure.facts.headers.is_dirty) {
        fold_unreplayed(digest, &r, name);
    }
    replayed_close(&r);
}

static void add_packed(void *ctx, const uint8_t *bytes, size_t len)
{
    uint32_t *crc = ctx;

    *crc = vx_crc32c(VX_CRC_PORTABLE, *crc, bytes, len);
}

static void fold_image(uint64_t *digest, struct image *im)
{
    const struct vx_source src = image_source(im);
    uint32_t crc = 0;

    if (packed_write(&src, add_packed, &crc) == VX_OK) {
        FOLD(digest, im->size, crc);
    }
}

/* The image itself and what it should hold belong to it: recipes, too, mean the same everywhere. */
uint64_t golden_recipe(const struct lineage *lineage)
{
    struct recipe *r = lineage->recipe[0];
    const char *name = lineage->name[0];
    const struct vx_source raw = image_source(&r->im);
    uint64_t digest = FINDINGS_DIGEST_START;
    struct judged least;
    struct image disk;

    fold_image(&digest, &r->im);
    image_make_empty(&disk, recipe_disk_bytes(r));
    disk.bytes = r->content;
    fold_image(&digest, &disk);
    fold_check(&digest, &raw, name, &(struct replay_options){0});
    judge_image(&r->im, name, true, &least);
    digest = findings_digest(&least.check, digest);
    digest = findings_digest(&least.raw, digest);
    judged_free(&least);
    if (r->parent[0] != '\0') {
        fold_chain(&digest, lineage);
    }
    return digest;
}

uint64_t golden_case(const struct rule_case *row)
{
    static struct recipe r;
    struct fault_source fault;
    struct replay_options options;
    struct vx_source src;
    uint64_t digest = FINDINGS_DIGEST_START;

    case_make(row, &r);
    src = case_source(row, &r, &fault);
    options = case_options(row, src.size);
    fold_check(&digest, &src, row->name, &options);
    recipe_free(&r);
    return digest;
}

/* All of it, and as it was after the first entry. */
uint64_t golden_log(const struct legal_log *row)
{
    uint64_t digest = FINDINGS_DIGEST_START;
    struct image im;
    struct test_log log;
    struct vx_source raw;

    legal_make(row, &im, &log);
    raw = image_source(&im);
    fold_check(&digest, &raw, row->name, &(struct replay_options){0});
    fold_check(&digest, &raw, row->name, &(struct replay_options){.has_prefix = true, .prefix = 1});
    image_free(&im);
    return digest;
}

/* ---- power cuts ---- */

struct cuts {
    struct crash_model m;
    uint64_t refused;
};

static bool count_refused(void *ctx, const struct crash_state *state)
{
    struct cuts *cuts = ctx;

    cuts->refused += model_judge(&cuts->m, state) ? 0 : 1;
    return true;
}

bool golden_cuts(uint64_t *digest)
{
    static const struct crash_options options = {
        .subset_most = 6, .cut_most = 4, .rubbish_end = 4 * IMAGE_MIB, .random = 2, .seed = 1};
    static struct cuts cuts;

    *digest = FINDINGS_DIGEST_START;
    model_init(&cuts.m, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    cuts.m.w.journal.next = IMAGE_MIB - 2 * LOG_SECTOR;
    cuts.m.w.journal.sequence = UINT64_C(0xfffffffe);
    model_watch(&cuts.m, IMAGE_MIB - 512, 2048);
    model_record(&cuts.m);
    model_write(&cuts.m, IMAGE_MIB - 512, 2048);
    model_commit(&cuts.m);
    model_discard(&cuts.m, 0, IMAGE_MIB, 0);
    model_write(&cuts.m, IMAGE_MIB - 1024, 512);
    model_apply(&cuts.m);
    fold(digest, crash_enumerate(&cuts.m.base, &cuts.m.w.tape, &options, count_refused, &cuts));
    fold_image(digest, &cuts.m.im);
    if (cuts.refused != 0) {
        fprintf(stderr, "power cut: %s\n", cuts.m.why);
    }
    model_free(&cuts.m);
    return cuts.refused == 0;
}
