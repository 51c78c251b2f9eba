/* Claim: whatever bytes a header, a region table or a metadata table hold, each field is decoded
 * from its place in the specification; what is accepted lies inside the file, after the header
 * section, and carries the GUID it is accepted for; and overlaps are found exactly where a
 * comparison of all pairs finds them. Input: fuzz/render.h, then raw bytes for one structure. */
#include "fuzz/harness.h"
#include "fuzz/render.h"
#include "parser/crc32c.h"
#include "parser/geometry.h"
#include "parser/workspace.h"
#include "tests/support/findings.h"

enum { PAIRS_MOST = 64, ENTRIES_CHANGED = 16 };

static struct fuzz_image fuzzed;

/* ---- the input's raw bytes ---- */

/* In an entry of a table, 15 zeros behind a byte stand for a GUID that means something. */
static void put_guids(struct image *im, uint64_t entries)
{
    for (unsigned i = 0; i < ENTRIES_CHANGED; i++) {
        uint8_t guid[16];

        image_get_bytes(im, entries + UINT64_C(32) * i, guid, sizeof(guid));
        if (guid[0] != 0 && vx_all_zero(guid + 1, sizeof(guid) - 1)) {
            image_put_bytes(im, entries + UINT64_C(32) * i, fuzz_guid(guid[0]), sizeof(guid));
        }
    }
}

static void put_raw(struct fuzz_input *in, struct image *im)
{
    const unsigned where = fuzz_below(in, 4);
    const bool is_unsealed = fuzz_below(in, 8) == 7;
    const uint8_t *bytes = in->bytes + in->at;
    const size_t len = in->size - in->at;

    if (len == 0) {
        return;
    }
    if (where < 2) {
        image_put_bytes(im, image_header_at(where, 8), bytes, len);
    } else if (where == 2) {
        image_put_bytes(im, IMAGE_REGIONS_1 + 8, bytes, len);
        put_guids(im, image_region_at(0, 0, 0));
    } else {
        image_put_bytes(im, IMAGE_METADATA + 8, bytes, len);
        put_guids(im, image_item_entry_at(0, 0));
    }
    if (where < 2 && !is_unsealed) {
        image_seal_headers(im);
    } else if (where == 2 && !is_unsealed) {
        image_seal_tables(im);
    }
}

/* ---- headers ---- */

static bool has_guid(const struct image *im, uint64_t at, const struct vx_guid *guid)
{
    uint8_t bytes[16];

    image_get_bytes(im, at, bytes, sizeof(bytes));
    return memcmp(bytes, guid->byte, sizeof(bytes)) == 0;
}

/* MS-VHDX 2.2.2. */
static void expect_header(const struct image *im, uint64_t at, const struct vx_header *h)
{
    const unsigned version = fuzz_planted(1) ? 64 : 66;

    fuzz_must(h->signature == image_get(im, at, 4) && h->checksum == image_get(im, at + 4, 4) &&
                  h->sequence_number == image_get(im, at + 8, 8) &&
                  has_guid(im, at + 16, &h->file_write_guid) &&
                  has_guid(im, at + 32, &h->data_write_guid) &&
                  has_guid(im, at + 48, &h->log_guid) &&
                  h->log_version == image_get(im, at + 64, 2) &&
                  h->version == image_get(im, at + version, 2) &&
                  h->log_length == image_get(im, at + 68, 4) &&
                  h->log_offset == image_get(im, at + 72, 8),
              "each field of a header is decoded from its place");
}

static void expect_headers(const struct image *im, const struct vx_headers *headers)
{
    const struct vx_header *current = vx_headers_current(headers);

    for (unsigned i = 0; i < VX_HEADER_COPIES; i++) {
        const struct vx_header_copy *copy = &headers->copy[i];

        if (copy->is_read) {
            expect_header(im, image_header_at(i, 0), &copy->header);
        }
        fuzz_must(!copy->is_valid || current == NULL ||
                      current->sequence_number >= copy->header.sequence_number,
                  "no valid header is newer than the current one");
    }
    fuzz_must(!headers->is_log_usable || current != NULL, "a usable log has a header");
    if (headers->is_log_usable && current != NULL) {
        fuzz_must(current->log_length > 0 &&
                      vx_within(current->log_offset, current->log_length, im->size),
                  "a usable log lies inside the file");
        fuzz_must(current->log_offset % IMAGE_MIB == 0 && current->log_length % IMAGE_MIB == 0 &&
                      current->log_offset >= IMAGE_MIB,
                  "a usable log lies on the grid, behind the header section");
    }
}

/* ---- regions ---- */

static void expect_place(const struct image *im, const struct vx_region_place *place,
                         const struct vx_region *region, const uint8_t guid[16])
{
    if (!place->is_usable) {
        return;
    }
    fuzz_must(place->offset == region[place->index].offset &&
                  place->length == region[place->index].length &&
                  memcmp(region[place->index].guid.byte, guid, 16) == 0,
              "a region is accepted for its GUID and with its place");
    fuzz_must(place->offset >= IMAGE_MIB && place->length > 0 &&
                  vx_within(place->offset, place->length, im->size),
              "a usable region lies inside the file, behind the header section");
}

/* MS-VHDX 2.2.3. */
static void expect_regions(const struct image *im, const struct vx_regions *regions,
                           const struct vx_region *region)
{
    if (!regions->is_usable) {
        fuzz_must(!regions->bat.is_usable && !regions->metadata.is_usable,
                  "no region of an unusable table is used");
        return;
    }
    fuzz_must(regions->count <= 2047, "a table has at most 2047 entries");
    for (unsigned i = 0; i < regions->count; i++) {
        const uint64_t at = image_region_at(regions->used, i, 0);

        fuzz_must(has_guid(im, at, &region[i].guid) &&
                      region[i].offset == image_get(im, at + 16, 8) &&
                      region[i].length == image_get(im, at + 24, 4),
                  "each field of a region is decoded from its place");
    }
    expect_place(im, &regions->bat, region, IMAGE_GUID_BAT);
    expect_place(im, &regions->metadata, region, IMAGE_GUID_METADATA);
}

static bool have_common_bytes(const struct vx_place *a, const struct vx_place *b)
{
    const uint64_t begin = a->begin > b->begin ? a->begin : b->begin;
    const uint64_t end = a->end < b->end ? a->end : b->end;

    return begin < end && (!fuzz_planted(2) || end - begin > IMAGE_MIB);
}

static void expect_layout(const struct vx_layout *layout, const struct findings *f)
{
    bool do_overlap = false;

    for (uint32_t i = 0; i < layout->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            do_overlap |= have_common_bytes(&layout->place[i], &layout->place[k]);
        }
    }
    fuzz_must(do_overlap == (f->rep.total[VX_LAY_006] > 0),
              "overlaps are found where there are some");
}

/* ---- metadata ---- */

/* MS-VHDX 2.6.2: the items that are a number, and how long they are. */
static void expect_values(const struct image *im, const struct vx_metadata *m,
                          const struct vx_region_place *place)
{
    const struct {
        enum vx_item_kind kind;
        unsigned width;
        uint64_t value;
    } item[] = {{VX_ITEM_FILE_PARAMETERS, 4, m->block_size},
                {VX_ITEM_DISK_SIZE, 8, m->disk_size},
                {VX_ITEM_LOGICAL_SECTOR_SIZE, 4, m->logical_sector_size},
                {VX_ITEM_PHYSICAL_SECTOR_SIZE, 4, m->physical_sector_size}};

    for (size_t i = 0; i < VX_COUNT_OF(item); i++) {
        const uint64_t at = m->value_offset[item[i].kind];

        if (!m->has[item[i].kind]) {
            continue;
        }
        fuzz_must(at >= place->offset &&
                      vx_within(at - place->offset, item[i].width, place->length),
                  "a metadata item lies inside its region");
        fuzz_must(item[i].value == image_get(im, at, fuzz_planted(3) ? 2 : item[i].width),
                  "a metadata item is decoded from its place");
    }
}

/* MS-VHDX 2.5 and 2.6.2, each from its own words. */
static void expect_geometry(const struct vx_metadata *m, const struct vx_geometry *geo)
{
    const uint64_t block = m->block_size;
    const uint64_t ratio = (UINT64_C(1) << 23) * m->logical_sector_size / block;
    const uint64_t blocks = m->disk_size / block + (m->disk_size % block != 0 ? 1 : 0);
    const uint64_t chunks = blocks / ratio + (blocks % ratio != 0 ? 1 : 0);
    const uint64_t bitmaps = blocks == 0 ? 0 : (blocks - 1) / ratio;
    const bool has_parent = (m->parameters & VX_PARAM_HAS_PARENT) != 0;

    fuzz_must(geo->disk_bytes == m->disk_size && geo->block_bytes == block &&
                  geo->payload_blocks == blocks && geo->chunk_ratio == ratio &&
                  geo->has_parent == has_parent,
              "the geometry is what the items say");
    fuzz_must(geo->bat_entries == (has_parent ? chunks * (ratio + 1) : blocks + bitmaps),
              "the table has the entries that the disk needs");
}

/* ---- the whole ---- */

static void expect_tables(struct image *im, struct vx_workspace *ws, struct findings *f)
{
    const struct vx_source src = image_source(im);
    struct findings of_layout;
    struct vx_headers headers;
    struct vx_regions regions;
    struct vx_metadata metadata;
    struct vx_geometry geo;

    vx_headers_load(&src, ws, &f->rep, &headers);
    vx_headers_check(&headers, im->size, &f->rep);
    expect_headers(im, &headers);
    vx_regions_load(&src, ws, &f->rep, &regions);
    expect_regions(im, &regions, ws->region);
    findings_init(&of_layout, "layout");
    vx_layout_check(&headers, &regions, ws, &of_layout.rep);
    if (ws->layout.count <= PAIRS_MOST) {
        expect_layout(&ws->layout, &of_layout);
    }
    findings_free(&of_layout);
    if (regions.metadata.is_usable) {
        vx_metadata_load(&src, &regions.metadata, ws, &f->rep, &metadata);
        expect_values(im, &metadata, &regions.metadata);
        if (vx_geometry_load(&metadata, &f->rep, &geo)) {
            expect_geometry(&metadata, &geo);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vx_workspace ws;
    struct findings f;
    struct fuzz_input in;

    fuzz_input_init(&in, data, size);
    fuzz_render(&in, &fuzzed);
    put_raw(&in, &fuzzed.im);
    memset(&ws, 0xa5, sizeof(ws));
    ws.crc = vx_crc32c_best();
    findings_init(&f, "fuzz");
    expect_tables(&fuzzed.im, &ws, &f);
    findings_free(&f);
    fuzz_image_free(&fuzzed);
    return 0;
}
