/* What `make prove` analyses: parser/ under any image, any fault of the source, any parameter.
 *
 * The value analysis of Frama-C follows all executions of eva_main() at once. Whatever comes from
 * outside is unknown: the bytes of the image and its size, whether a read succeeds, where the
 * holes are, every argument within the documented contract of a function. First each module's
 * public functions are called with such arguments, then a whole check is run in its order.
 *
 * This is never compiled, only analysed. */
#include "parser/arena.h"
#include "parser/bat.h"
#include "parser/chain.h"
#include "parser/crc32c.h"
#include "parser/disk.h"
#include "parser/entry.h"
#include "parser/load.h"
#include "parser/partial.h"
#include "parser/structure.h"
#include "parser/workspace.h"

#include "tests/proofs/outside.h"

enum {
    CLAIM_WORDS = 4096,
    MEMORY_WORDS = sizeof(struct vx_workspace) / sizeof(uint64_t) + CLAIM_WORDS
};

/* Too large for stacks, and what the caller owns. */
static uint64_t memory[MEMORY_WORDS];
static uint64_t claim_words[CLAIM_WORDS];
static struct vx_workspace ws;
static struct vx_claims claims;
static struct vx_structure structure;
static struct vx_reporter reporter;

/* Objects of their own: of an array inside a larger object, only indexes are checked, not what a
 * pointer into it runs into. */
static uint8_t table[VX_TABLE_BYTES];
static uint8_t window[2][VX_BAT_WINDOW_BYTES];
static uint8_t identifier[VX_FILEID_BYTES];
static struct vx_layout layout;

/* ---- Bytes, texts, findings ------------------------------------------------------------ */

static enum vx_rule any_rule(void)
{
    return (enum vx_rule)any_32();
}

static void call_bytes(void)
{
    static uint8_t bytes[70000];
    static uint8_t copy[4096];
    struct vx_memory image = {.bytes = bytes, .size = any_up_to(sizeof(bytes))};
    struct vx_source src;
    struct vx_range data = {0}; /* the contract does not say that it is initialised */
    struct vx_text text;
    struct vx_utf16 form;
    struct vx_guid a = any_guid();
    struct vx_guid b = any_guid();
    char guid_text[VX_GUID_TEXT_BYTES];
    uint64_t low;
    uint64_t high;

    FILL(bytes);
    vx_source_from_memory(&src, &image);
    seen = vx_source_read(&src, any(), copy, any_up_to(sizeof(copy)));
    seen = vx_source_next_data(&src, any(), any(), &data);
    seen = data.begin ^ data.end;
    seen = src.read(src.ctx, any(), copy, any_up_to(sizeof(copy)));
    src = any_source();
    seen = vx_source_read(&src, any(), copy, any_up_to(sizeof(copy)));
    seen = vx_source_next_data(&src, any(), any(), &data);
    seen = data.begin ^ data.end;
    for (int kind = VX_CRC_PORTABLE; kind <= VX_CRC_PCLMUL; kind++) {
        seen = vx_crc32c((enum vx_crc_kind)kind, any_32(), bytes, any_up_to(sizeof(bytes)));
    }
    seen = vx_crc32c_structure(VX_CRC_PORTABLE, bytes,
                               Frama_C_unsigned_long_interval(8, sizeof(bytes)));
    seen = (uint64_t)vx_crc32c_best();
    vx_utf16_print(bytes, any_up_to(sizeof(bytes) / 2), &text);
    seen = (uint64_t)text.len + text.was_altered + text.was_truncated;
    vx_utf16_inspect(bytes, any_up_to(sizeof(bytes) / 2), &form);
    seen = (uint64_t)form.units + form.has_end_nul + form.has_nul + form.is_well_formed;
    for (int key = VX_KEY_UNKNOWN; key <= VX_KEY_COUNT; key++) {
        seen = (uint64_t)vx_utf16_match(bytes, any_up_to(sizeof(bytes) / 2),
                                        vx_locator_key_name((enum vx_locator_key)key));
    }
    seen = vx_guid_equal(&a, &b) + vx_guid_less(&a, &b) + vx_guid_is_zero(&a);
    seen = vx_guid_parse(bytes, any_up_to(sizeof(bytes) / 2), &a);
    vx_guid_format(&a, guid_text);
    vx_guid_split(&a, &low, &high);
    a = vx_guid_join(any(), any());
}

static void call_arena(void)
{
    struct vx_arena arena;
    uint8_t *piece;

    vx_arena_init(&arena, memory, any_up_to(sizeof(memory)));
    piece = vx_arena_take(&arena, any());
    if (piece != NULL) {
        piece = vx_arena_rest(&arena);
    }
}

static void call_findings(void)
{
    struct vx_reporter rep = any_reporter();
    struct vx_finding f = vx_finding_at(any_rule(), (enum vx_object)any_32(), any(), any(), any());

    f.severity = (enum vx_severity)any_32();
    vx_report(&rep, &f);
    vx_report_more(&rep, &f, any());
    vx_report_unreadable(&rep, any(), any());
    vx_report_skipped(&rep, (enum vx_pass)any_32());
    seen = (uint64_t)vx_verdict_of(&rep);
    seen = (uint64_t)vx_rule_severity(any_rule()) + vx_rule_is_about_run(any_rule());
}

/* ---- Structures of the file ------------------------------------------------------------- */

static struct vx_region_place any_place(void)
{
    struct vx_region_place place;

    FILL(place);
    place.is_present = either();
    place.is_usable = either();
    return place;
}

static void call_headers(void)
{
    struct vx_source src = any_source();
    struct vx_reporter rep = any_reporter();
    struct vx_headers headers = any_headers();
    const struct vx_header *h = vx_headers_current(&headers);
    struct vx_fileid id;

    seen = h != NULL ? h->log_offset : 0;
    seen = vx_headers_have_signature(&headers) + vx_header_offset(any_32());
    vx_headers_check(&headers, any(), &rep);
    vx_headers_load(&src, &ws, &rep, &headers);
    vx_headers_check(&headers, any(), &rep);
    vx_fileid_load(&src, identifier, &rep, &id);
    seen = vx_load(&src, any(), table, any_up_to(sizeof(table)), &rep);
}

static void call_tables(void)
{
    struct vx_source src = any_source();
    struct vx_reporter rep = any_reporter();
    struct vx_region_place place = any_place();
    struct vx_headers headers = any_headers();
    struct vx_regions regions = {.count = any_32()};
    struct vx_metadata metadata;
    struct vx_region region;
    struct vx_item item;

    FILL(table);
    FILL(ws.table);
    FILL(ws.region);
    FILL(ws.item);
    FILL(ws.order);
    FILL(ws.unsorted);
    FILL(ws.layout);
    vx_region_decode(table, any_32(), &region);
    vx_item_decode(table, any_32(), &item);
    seen = vx_region_table_offset(any_32());
    vx_layout_check(&headers, &regions, &ws, &rep);
    vx_metadata_load(&src, &place, &ws, &rep, &metadata);
    vx_regions_load(&src, &ws, &rep, &regions);
}

/* ---- The parent locator ------------------------------------------------------------------ */

static struct vx_metadata any_metadata(void)
{
    struct vx_metadata metadata;

    FILL(metadata);
    metadata.is_usable = either();
    for (int kind = 0; kind < VX_ITEM_KIND_COUNT; kind++) {
        metadata.has[kind] = either();
    }
    return metadata;
}

static void call_locator(void)
{
    struct vx_source src = any_source();
    struct vx_reporter rep = any_reporter();
    struct vx_metadata metadata = any_metadata();
    struct vx_guid guid = any_guid();
    struct vx_locator locator;

    for (int i = 0; i < VX_LOCATOR_ENTRIES_MAX; i++) {
        ws.locator[i] = (struct vx_locator_entry){
            .key_offset = any_32(), .key_bytes = any_32(), .has_key = either()};
    }
    vx_locator_load(&src, &metadata, &ws, &rep, &locator);
    for (int key = 0; key < VX_KEY_COUNT; key++) {
        seen = locator.value[key].offset ^ locator.value[key].units;
        seen = locator.value[key].is_present;
    }
    seen = vx_locator_has_linkage(&locator) + vx_locator_names(&locator, &guid);
    seen = locator.count ^ locator.is_usable ^ locator.is_unread;
}

/* ---- Blocks ------------------------------------------------------------------------------ */

static void call_geometry(void)
{
    struct vx_reporter rep = any_reporter();
    struct vx_metadata metadata = any_metadata();
    struct vx_geometry geo;
    struct vx_bat_slot slot;

    seen = vx_geometry_load(&metadata, &rep, &geo);
    if (vx_geometry_init(any(), any(), any(), any_32(), &geo)) {
        slot = vx_geometry_slot(&geo, any());
        seen = (uint64_t)slot.is_bitmap ^ slot.number ^ slot.position;
        seen = vx_geometry_payload_before(&geo, any()) ^ vx_geometry_bitmap_before(&geo, any());
        seen = vx_geometry_bitmap_index(&geo, any());
    }
}

static void call_claims(void)
{
    struct vx_claim claim = {
        .index = any(),
        .begin_mib = any(),
        .count_mib = any(),
        .number = any(),
        .is_bitmap = either(),
        .is_soft = either(),
    };

    seen = vx_claims_need(any()).min ^ vx_structure_need(any()).max;
    if (vx_claims_init(&claims, claim_words, any_up_to(CLAIM_WORDS), any(), either()) != VX_OK) {
        return;
    }
    vx_claims_start(&claims, any());
    vx_claims_add(&claims, &claim);
    vx_claims_settle(&claims, &claim, (enum vx_claim_mark)any_32());
    seen = vx_claims_is_shared(&claims, &claim);
    seen = (uint64_t)vx_claims_judge_bitmap(&claims, any(), any());
    vx_claims_start_naming(&claims);
    seen = vx_claims_want_owner(&claims, any());
    vx_claims_offer_owner(&claims, &claim);
}

/* One entry with any content at any place, then a whole table of them. */
static void call_blocks(void)
{
    struct vx_source src = any_source();
    struct vx_reporter rep = any_reporter();
    struct vx_region_place place = any_place();
    struct vx_geometry geo;
    struct vx_blocks out;
    struct vx_blocks_job job = {
        .view = &src,
        .geo = &geo,
        .bat = &place,
        .layout = &layout,
        .window = window[0],
        .claims = &claims,
        .pass_limit = any(),
    };
    struct vx_partial partial;
    struct vx_entry_walk walk = {
        .job = &job,
        .rep = &rep,
        .out = &out,
        .file_bytes = any(),
        .clear_mib = any(),
        .partial = {.count = any(), .first = any()},
        .partial_number = any(),
        .soft_count = any(),
    };
    struct vx_entry entry = {.raw = any(), .index = any(), .number = any(), .is_bitmap = either()};
    struct vx_bat_iterator it;
    struct vx_bat_run run;

    FILL(window);
    FILL(layout);
    if (!vx_geometry_init(any(), any(), any(), any_32(), &geo) ||
        vx_claims_init(&claims, claim_words, any_up_to(CLAIM_WORDS), geo.block_mib, either()) !=
            VX_OK) {
        return;
    }
    vx_bat_iterator_init(&it, &src, any(), any(), &geo, window[0]);
    while (vx_bat_next(&it, &run) == VX_OK) {
        seen = run.index ^ run.count ^ run.number ^ run.begin ^ run.end ^ (uint64_t)run.kind;
    }
    vx_claims_start(&claims, any());
    FILL(out);
    out.is_judged = false;
    entry.is_bitmap = false;
    vx_entry_check_payload(&walk, &entry);
    entry.is_bitmap = true;
    vx_entry_check_bitmap(&walk, &entry);
    entry.is_bitmap = either();
    vx_entry_note_partial(&walk, &entry);
    seen = vx_entry_is_shared(&walk, &entry);
    vx_entry_report_shared(&walk, &entry);
    seen = vx_layout_bytes(&layout);
    vx_layout_report_blocks(&layout, &rep);
    vx_blocks_check(&job, &rep, &out);
    seen = out.end ^ out.passes ^ out.unreadable ^ out.unused_slots;
    seen = out.is_judged;
    vx_partial_check(&job, window[1], &rep, &partial);
    seen = partial.blocks ^ partial.own ^ partial.of_parent ^ partial.uniform;
    seen = partial.is_judged;
}

/* ---- Sector bitmaps ---------------------------------------------------------------------- */

static void call_bitmap(void)
{
    struct vx_source src = any_source();
    struct vx_geometry geo;
    struct vx_bitmap bitmap;
    uint64_t block;
    uint64_t number;
    bool is_set;

    if (!vx_geometry_init(any(), any(), any(), any_32(), &geo)) {
        return;
    }
    seen = (uint64_t)vx_bitmap_find(&src, &geo, any(), any(), any(), &block);
    seen = block;
    vx_bitmap_init(&bitmap, &src, window[1]);
    bitmap.window_offset = any();
    bitmap.window_count = any();
    bitmap.is_hole = either();
    seen = (uint64_t)vx_bitmap_run(&bitmap, any(), any(), any(), &is_set, &number);
    seen = number ^ is_set;
    seen = (uint64_t)vx_bitmap_count(&bitmap, any(), any(), any(), &number);
    seen = number;
}

/* ---- The virtual disk -------------------------------------------------------------------- */

static void call_disk(void)
{
    static uint8_t bytes[3 * VX_MIB];
    struct vx_source src = any_source();
    struct vx_region_place place = any_place();
    struct vx_disk_range range;
    struct vx_geometry geo;
    struct vx_disk disk;

    if (!vx_geometry_init(any(), any(), any(), any_32(), &geo)) {
        return;
    }
    vx_disk_init(&disk, &src, &geo, &place, window);
    if (either()) {
        claims.next_begin_mib = any();
        FILL(claims.lost_chunk);
        vx_disk_heed_claims(&disk, &claims);
    }
    disk.window_first = any();
    disk.window_count = any();
    disk.hole = (struct vx_range){any(), any()};
    if (vx_disk_map(&disk, any(), any(), &range) == VX_OK) {
        seen = (uint64_t)range.kind ^ range.offset ^ range.length ^ range.file_offset;
        seen = range.state ^ (uint64_t)range.rule;
    }
    seen = vx_disk_read(&disk, any(), bytes, any_up_to(sizeof(bytes)));
}

/* What a check may leave, as far as a chain looks at it. */
static void any_facts(struct vx_facts *facts)
{
    FILL(*facts);
    facts->headers = any_headers();
    facts->metadata = any_metadata();
    facts->has_geometry = either();
    facts->locator.has_linkage[0] = either();
    facts->locator.has_linkage[1] = either();
    for (int key = 0; key < VX_KEY_COUNT; key++) {
        facts->locator.value[key].is_present = either();
    }
}

/* A chain of two links that differ, of any number of links that may be any of them. */
static void call_chain(void)
{
    static uint8_t bytes[3 * VX_MIB];
    struct vx_chain chain;
    static struct vx_facts child;
    static struct vx_facts parent;
    struct vx_disk upper;
    struct vx_disk lower;
    struct vx_source src = any_source();
    struct vx_region_place place = any_place();
    struct vx_reporter rep = any_reporter();
    struct vx_geometry geo;
    struct vx_geometry other;
    struct vx_disk_range range;

    if (!vx_geometry_init(any(), any(), any(), any_32(), &geo) ||
        !vx_geometry_init(any(), any(), any(), any_32(), &other)) {
        return;
    }
    any_facts(&child);
    any_facts(&parent);
    vx_disk_init(&upper, &src, &geo, &place, window);
    vx_disk_init(&lower, &src, &other, &place, window);
    vx_chain_init(&chain);
    /*@ loop unroll 256; */
    for (int i = 0; i < VX_CHAIN_MAX; i++) {
        chain.link[i].disk = either() ? &upper : &lower;
        chain.link[i].passed = (struct vx_disk_range){.offset = any(), .length = any()};
    }
    chain.known = any_32();
    chain.count = any_32();
    chain.is_cut = either();
    seen = vx_chain_add(&chain, either() ? &upper : NULL, &child,
                        (struct vx_file_identity){any(), any()});
    /*@ loop unroll 256; */
    for (int i = 0; i < VX_CHAIN_MAX; i++) {
        chain.link[i].disk = either() ? &upper : &lower; /* as those that are read */
    }
    chain.count = any_32();
    chain.end = any_rule();
    vx_chain_judge(&chain, &child, &parent, &rep);
    vx_chain_report_endless(&chain, &child, &rep);
    if (vx_chain_map(&chain, any(), any(), &range) == VX_OK) {
        seen = (uint64_t)range.kind ^ range.offset ^ range.length ^ range.file_offset;
        seen = range.state ^ (uint64_t)range.rule ^ range.depth;
    }
    seen = vx_chain_read(&chain, any(), bytes, any_up_to(sizeof(bytes)));
}

/* ---- A whole check, in its order --------------------------------------------------------- */

static void check_image(void)
{
    struct vx_source raw = any_source();
    struct vx_source view = any_source(); /* with a log applied, of another length */

    reporter = any_reporter();
    if (vx_structure_init(&structure, memory, any_up_to(sizeof(memory)), &reporter) != VX_OK) {
        return;
    }
    if (either()) {
        (void)vx_structure_check_head(&structure, &raw);
        (void)vx_structure_check_tables(&structure, &view);
        structure.pass_limit = any();
        vx_structure_check_blocks(&structure, &view);
    } else {
        vx_structure_check(&structure, &raw);
    }
    seen = (uint64_t)vx_verdict_of(&reporter);
    Frama_C_show_each_image_checked();
}

void eva_main(void)
{
    call_bytes();
    call_arena();
    call_findings();
    call_headers();
    call_tables();
    call_locator();
    call_geometry();
    call_claims();
    call_bitmap();
    call_blocks();
    call_disk();
    call_chain();
    Frama_C_show_each_modules_called();
    check_image();
    Frama_C_show_each_reached_end();
}
