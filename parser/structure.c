/* The passes, in order. */
#include "parser/structure.h"

#include "parser/arena.h"
#include "parser/bytes.h"
#include "parser/workspace.h"

struct vx_need vx_structure_need(uint64_t file_bytes)
{
    struct vx_need need = vx_claims_need(file_bytes);

    need.min = vx_add_sat(need.min, sizeof(struct vx_workspace) + VX_ARENA_ALIGN);
    need.max = vx_add_sat(need.max, sizeof(struct vx_workspace) + VX_ARENA_ALIGN);
    return need;
}

enum vx_status vx_structure_init(struct vx_structure *s, void *memory, size_t bytes,
                                 struct vx_reporter *rep)
{
    struct vx_arena arena = {0};

    memset(s, 0, sizeof(*s));
    vx_arena_init(&arena, memory, bytes);
    s->ws = vx_arena_take(&arena, sizeof(struct vx_workspace));
    if (s->ws == NULL) {
        return VX_E_WORKSPACE;
    }
    s->claim_word_count = arena.left / sizeof(uint64_t);
    s->claim_words = vx_arena_rest(&arena);
    if (s->claim_word_count < VX_CLAIM_WORDS_MIN) {
        return VX_E_WORKSPACE;
    }
    s->ws->crc = vx_crc32c_best();
    s->rep = rep;
    s->pass_limit = VX_BLOCK_PASSES_DEFAULT;
    return VX_OK;
}

/* Skip this pass and all that need it. */
static void skip_from(struct vx_structure *s, enum vx_pass first)
{
    for (unsigned pass = (unsigned)first; pass < VX_PASS_COUNT; pass++) {
        vx_report_skipped(s->rep, (enum vx_pass)pass);
    }
}

bool vx_structure_check_head(struct vx_structure *s, const struct vx_source *raw)
{
    struct vx_facts *facts = &s->facts;
    const struct vx_header *h = NULL;

    s->rep->view = VX_VIEW_RAW;
    s->rep->evidence_end = raw->size;
    facts->file_bytes = raw->size;
    vx_fileid_load(raw, s->ws->table[0], s->rep, &facts->fileid);
    vx_headers_load(raw, s->ws, s->rep, &facts->headers);
    if (facts->fileid.is_read && !facts->fileid.has_signature &&
        !vx_headers_have_signature(&facts->headers)) {
        if (s->rep->total[VX_RUN_001] > 0) {
            skip_from(s, VX_PASS_HEADERS); /* what could not be read may be a header */
        }
        return false; /* no VHDX at all: one finding says it, and that there is nothing to check */
    }
    vx_headers_check(&facts->headers, raw->size, s->rep);
    h = vx_headers_current(&facts->headers);
    if (!facts->headers.copy[0].is_read && !facts->headers.copy[1].is_read) {
        vx_report_skipped(s->rep, VX_PASS_HEADERS);
    }
    if (h == NULL) {
        vx_report_skipped(s->rep, VX_PASS_LOG); /* whether one is pending is not known */
    }
    if (h != NULL && h->version != 1) {
        skip_from(s, VX_PASS_REGIONS); /* the layout of another version is not known */
        return false;
    }
    return true;
}

/* A region or item of unknown meaning that the image requires. */
static void check_required(struct vx_structure *s)
{
    struct vx_finding f = vx_finding_at(VX_LAY_011, VX_OBJ_FILE, 0, VX_NO_OFFSET, 0);

    f.arg[0] = vx_add_sat(s->facts.regions.unknown_required, s->facts.metadata.unknown_required);
    if (f.arg[0] > 0) {
        vx_report(s->rep, &f);
    }
}

/* An image may be sound although its parents are not: say so when nobody looks at them. */
static void check_parent(struct vx_structure *s, const struct vx_source *view)
{
    struct vx_metadata *md = &s->facts.metadata;
    struct vx_finding f = vx_finding_at(VX_RUN_006, VX_OBJ_DISK, 0, VX_NO_OFFSET, 0);

    if ((md->parameters & VX_PARAM_HAS_PARENT) == 0) {
        return;
    }
    if (md->has[VX_ITEM_PARENT_LOCATOR]) {
        vx_locator_load(view, md, s->ws, s->rep, &s->facts.locator);
    }
    if (s->facts.has_geometry && !s->is_chain_judged) {
        vx_report(s->rep, &f);
    }
}

static void check_metadata(struct vx_structure *s, const struct vx_source *view)
{
    struct vx_facts *facts = &s->facts;

    if (!facts->regions.metadata.is_usable) {
        vx_report_skipped(s->rep, VX_PASS_METADATA);
        vx_report_skipped(s->rep, VX_PASS_GEOMETRY);
        return;
    }
    vx_metadata_load(view, &facts->regions.metadata, s->ws, s->rep, &facts->metadata);
    if (!facts->metadata.is_usable) {
        vx_report_skipped(s->rep, VX_PASS_GEOMETRY);
        return;
    }
    facts->has_geometry = vx_geometry_load(&facts->metadata, s->rep, &facts->geometry);
    check_parent(s, view);
}

bool vx_structure_check_tables(struct vx_structure *s, const struct vx_source *view)
{
    struct vx_facts *facts = &s->facts;

    s->rep->evidence_end = view->size;
    /* what is known may be of another view: only the head is the same in both */
    memset(&facts->metadata, 0, sizeof(facts->metadata));
    memset(&facts->geometry, 0, sizeof(facts->geometry));
    memset(&facts->locator, 0, sizeof(facts->locator));
    memset(&facts->blocks, 0, sizeof(facts->blocks));
    memset(&facts->partial, 0, sizeof(facts->partial));
    facts->has_geometry = false;
    vx_regions_load(view, s->ws, s->rep, &facts->regions);
    if (!facts->regions.copy[0].is_read && !facts->regions.copy[1].is_read) {
        vx_report_skipped(s->rep, VX_PASS_REGIONS);
    }
    if (!facts->regions.is_usable) {
        vx_report_skipped(s->rep, VX_PASS_METADATA);
        vx_report_skipped(s->rep, VX_PASS_GEOMETRY);
        return false;
    }
    vx_layout_check(&facts->headers, &facts->regions, s->ws, s->rep);
    check_metadata(s, view);
    check_required(s);
    return facts->has_geometry;
}

void vx_structure_check_blocks(struct vx_structure *s, const struct vx_source *view)
{
    struct vx_facts *facts = &s->facts;
    /* more than the size of what is judged asks for would only be cleared */
    uint64_t words = vx_min(s->claim_word_count, vx_claims_need(view->size).max / sizeof(uint64_t));
    struct vx_blocks_job job = {
        .view = view,
        .geo = &facts->geometry,
        .bat = &facts->regions.bat,
        .layout = &s->ws->layout,
        .window = s->ws->table[0],
        .claims = &s->claims,
        .pass_limit = s->pass_limit,
    };

    if (!facts->has_geometry || !facts->regions.bat.is_usable ||
        vx_claims_init(&s->claims, s->claim_words, words, facts->geometry.block_mib,
                       facts->geometry.has_parent) != VX_OK) {
        vx_report_skipped(s->rep, VX_PASS_BLOCKS);
        return;
    }
    vx_blocks_check(&job, s->rep, &facts->blocks);
    if (facts->geometry.has_parent) {
        vx_partial_check(&job, s->ws->table[1], s->rep, &facts->partial);
    }
}

void vx_structure_check(struct vx_structure *s, const struct vx_source *raw)
{
    struct vx_finding f = vx_finding_at(VX_RUN_004, VX_OBJ_LOG, 0, VX_NO_OFFSET, 0);

    if (!vx_structure_check_head(s, raw)) {
        return;
    }
    (void)vx_structure_check_tables(s, raw);
    if (!s->facts.headers.has_current) {
        vx_report_skipped(s->rep, VX_PASS_BLOCKS); /* whether a log is pending is unknown */
    } else if (s->facts.headers.is_dirty) {
        vx_report(s->rep, &f);
    } else {
        vx_structure_check_blocks(s, raw);
    }
}
