/* Inputs to images. Every loop is bounded by a byte of the input. */
#include "fuzz/render.h"

#include "corpus/little.h"
#include "fuzz/guids.h"
#include "fuzz/harness.h"

#define OFFSET_MAX (UINT64_C(1) << 62)       /* of what is written */
#define MIB_MASK   ((UINT64_C(1) << 44) - 1) /* of a BAT entry's place */

/* ---- shapes ---- */

static const struct image_spec SHAPE[] = {
    {.disk_bytes = 0},
    {.disk_bytes = 4 * IMAGE_MIB, .state = 6},
    {.disk_bytes = 3 * IMAGE_MIB + 512, .state = 6, .type = IMAGE_FIXED},
    {.type = IMAGE_DIFFERENCING},
    {.disk_bytes = 4 * IMAGE_MIB, .state = 7, .type = IMAGE_DIFFERENCING},
    {.disk_bytes = 40 * IMAGE_MIB, .block_bytes = 2 * VX_MIB, .sector_bytes = 4096},
    {.disk_bytes = 20 * IMAGE_GIB, .block_bytes = 256 * VX_MIB},
    {.disk_bytes = 512},
    {.disk_bytes = 64 * IMAGE_TIB},
    {.disk_bytes = 9 * IMAGE_GIB, .type = IMAGE_DIFFERENCING},
    {.disk_bytes = 7 * IMAGE_MIB + 1024, .physical_bytes = 4096, .log_bytes = 2 * VX_MIB},
    {.disk_bytes = 6 * IMAGE_GIB, .block_bytes = 32 * VX_MIB, .type = IMAGE_DIFFERENCING},
};

/* Each shape, clean and with an empty log. Made once: a checksum over 128 KiB costs more than a
 * harness. */
static struct fuzz_image shape[VX_COUNT_OF(SHAPE)][2];

static void make_shape(struct fuzz_image *out, const struct image_spec *spec, bool has_log)
{
    image_make(&out->im, spec);
    out->has_log = has_log;
    out->next_sequence = 1;
    if (has_log) {
        log_init(&out->log, &out->im, out->im.log_offset, out->im.spec.log_bytes);
    }
    out->size = out->im.size;
}

/* The fuzzers say what it looks like. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (size_t i = 0; i < VX_COUNT_OF(SHAPE); i++) {
        make_shape(&shape[i][0], &SHAPE[i], false);
        make_shape(&shape[i][1], &SHAPE[i], true);
    }
    return 0;
}

/* ---- places ---- */

static uint64_t clip(uint64_t offset)
{
    return offset < OFFSET_MAX ? offset : OFFSET_MAX;
}

/* Position of a known entry of the log, or of any sector of it. */
static uint64_t log_place(struct fuzz_input *in, const struct fuzz_image *x, uint64_t sector)
{
    const unsigned index = fuzz_byte(in);
    uint64_t pos = UINT64_C(4096) * index;

    if (!x->has_log) {
        return IMAGE_LOG;
    }
    if (index < 128 && x->entry_count > 0) {
        pos = x->entry[index % x->entry_count] + sector * LOG_SECTOR;
    }
    return log_at(&x->log, pos);
}

/* The beginning of some structure. */
static uint64_t place(struct fuzz_input *in, const struct fuzz_image *x)
{
    switch (fuzz_below(in, 14)) {
    case 0:
        return image_header_at(0, 0);
    case 1:
        return image_header_at(1, 0);
    case 2:
        return IMAGE_REGIONS_1;
    case 3:
        return IMAGE_REGIONS_2;
    case 4:
        return image_region_at(fuzz_below(in, 2), fuzz_below(in, 4), 0);
    case 5:
        return IMAGE_METADATA;
    case 6:
        return image_item_entry_at(fuzz_below(in, 8), 0);
    case 7:
        return image_item_at(fuzz_below(in, IMAGE_ITEM_LOCATOR + 1));
    case 8:
        return IMAGE_BAT + 8 * (fuzz_number(in) & 0xfffffff);
    case 9:
        return log_place(in, x, 0);
    case 10:
        return clip(log_place(in, x, 0) + E_DESCRIPTOR(UINT64_C(1) * fuzz_below(in, 8)));
    case 11:
        return log_place(in, x, 1 + UINT64_C(1) * fuzz_below(in, 4));
    case 12:
        return x->im.blocks + fuzz_byte(in) * IMAGE_MIB;
    default:
        return clip(fuzz_number(in));
    }
}

/* ---- changes ---- */

static void put(struct fuzz_image *x, uint64_t offset, unsigned width, uint64_t value)
{
    x->is_head_changed |= offset < IMAGE_LOG;
    image_put(&x->im, offset, width, value);
}

static void change_blocks(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t block = fuzz_number(in) % x->im.payload_blocks;
    const unsigned state = fuzz_below(in, 8);
    const uint64_t mib = fuzz_number(in) & MIB_MASK;
    const unsigned times = 1 + fuzz_below(in, 8);
    const uint64_t step = x->im.spec.block_bytes / IMAGE_MIB;

    for (unsigned i = 0; i < times && block + i < x->im.payload_blocks; i++) {
        const uint64_t entry = image_entry((mib + i * step) & MIB_MASK, state);

        image_bat_set(&x->im, image_payload_index(&x->im, block + i), entry);
    }
}

static void change_bitmap(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t chunk = fuzz_number(in) % (x->im.bat_entries / (x->im.chunk_ratio + 1) + 1);
    const unsigned state = fuzz_below(in, 8);

    image_bat_set(&x->im, image_bitmap_index(&x->im, chunk),
                  image_entry(fuzz_number(in) & MIB_MASK, state));
}

/* The same place in the other copy of a header or region table; elsewhere the place itself. */
static uint64_t twin(uint64_t at)
{
    if (at < IMAGE_HEADER_1 || at >= IMAGE_REGIONS_2 + 0x10000) {
        return at;
    }
    return at ^ (at < IMAGE_REGIONS_1 ? 0x30000u : 0x70000u);
}

/* A field of some structure; in both copies if there are two and a bit says so. */
static void change_field(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t begin = place(in, x);
    const unsigned how = fuzz_byte(in);
    const uint64_t at = begin + UINT64_C(4) * (how & 31);
    const unsigned width = (how & 32) != 0 ? 8 : 4;
    const uint64_t value = fuzz_number(in);

    put(x, at, width, value);
    if ((how & 64) != 0) {
        put(x, twin(at), width, value);
    }
}

/* A few bytes one by one. */
static void change_bytes(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t begin = place(in, x);
    const uint64_t at = begin + fuzz_byte(in);
    const unsigned count = 1 + fuzz_below(in, 8);

    for (unsigned i = 0; i < count; i++) {
        put(x, at + i, 1, fuzz_byte(in));
    }
}

static void change_guid(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t begin = place(in, x);
    const unsigned how = fuzz_byte(in);

    x->is_head_changed = true;
    image_put_bytes(&x->im, begin + UINT64_C(16) * (how & 3), fuzz_guid(how >> 2), 16);
}

static void change_size(struct fuzz_input *in, struct fuzz_image *x)
{
    const unsigned how = fuzz_below(in, 4);
    const uint64_t value = fuzz_number(in);

    if (how == 0) {
        x->size = value;
    } else if (how == 1) {
        x->size = x->im.size > value ? x->im.size - value : 0;
    } else if (how == 2) {
        x->size = value < UINT64_MAX - x->im.size ? x->im.size + value : UINT64_MAX;
    } else {
        x->size = place(in, x) + (value & 0xffff);
    }
}

static void add_region(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint8_t *guid = fuzz_guid(fuzz_byte(in));
    const uint64_t offset = fuzz_number(in);
    const uint64_t length = fuzz_number(in) & UINT32_MAX;

    if (image_get(&x->im, IMAGE_REGIONS_1 + 8, 4) >= 2047 ||
        image_get(&x->im, IMAGE_REGIONS_2 + 8, 4) >= 2047) {
        return;
    }
    x->is_head_changed = true;
    image_add_region(&x->im, guid, offset, (uint32_t)length, fuzz_below(in, 4));
}

static void add_item(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint8_t *guid = fuzz_guid(fuzz_byte(in));
    const uint64_t offset = fuzz_number(in) & UINT32_MAX;
    const uint64_t length = fuzz_number(in) & UINT32_MAX;

    image_add_item(&x->im, guid, (uint32_t)offset, (uint32_t)length, fuzz_below(in, 16));
}

/* A pattern somewhere, on the 4 KiB grid, so that there is something to overwrite. */
static void put_pattern(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t at = place(in, x) / LOG_SECTOR * LOG_SECTOR;
    uint8_t bytes[LOG_SECTOR];

    log_pattern(fuzz_byte(in), bytes);
    x->is_head_changed |= at < IMAGE_LOG;
    image_put_bytes(&x->im, at, bytes, sizeof(bytes));
}

/* ---- the log ---- */

static void name_log(struct fuzz_input *in, struct fuzz_image *x)
{
    const uint64_t mib = fuzz_byte(in);

    log_name(&x->log, &x->im, mib * IMAGE_MIB, (1 + fuzz_below(in, FUZZ_LOG_MIB_MAX)) * VX_MIB);
    x->is_head_changed = true;
    x->size = x->size > x->im.size ? x->size : x->im.size;
    x->has_log = true;
    x->next_pos = 0;
    x->entry_count = 0;
}

/* Let data sector `sector` of the entry hold what lies at its target, with 8 bytes changed: a log
 * that rewrites a table with sense. */
static void put_page(struct fuzz_input *in, struct fuzz_image *x, const struct log_entry *entry,
                     uint32_t descriptor, uint32_t sector)
{
    const uint32_t at = E_DESCRIPTOR(descriptor);
    uint8_t page[LOG_SECTOR];

    image_get_bytes(&x->im, entry->write[descriptor].offset, page, sizeof(page));
    little_put(page + 8 * (size_t)fuzz_byte(in), 8, fuzz_number(in));
    log_poke(&x->log, entry->pos, at + 4, 4, little_get(page + LOG_SECTOR - 4, 4));
    log_poke(&x->log, entry->pos, at + 8, 8, little_get(page, 8));
    image_put_bytes(&x->im, log_at(&x->log, entry->pos + (uint64_t)sector * LOG_SECTOR) + 8,
                    page + 8, LOG_SECTOR - 12);
}

/* A write: mostly to a structure, mostly on the grid. Returns whether it is to be a page. */
static bool choose_write(struct fuzz_input *in, const struct fuzz_image *x, struct log_write *write)
{
    const unsigned how = fuzz_byte(in);

    write->kind = how % 4 == 0 ? LOG_ZERO : LOG_DATA;
    write->offset = (how & 4) != 0 ? fuzz_number(in) : place(in, x) / LOG_SECTOR * LOG_SECTOR;
    write->value = fuzz_byte(in);
    if (write->kind == LOG_ZERO) {
        write->value = (how & 8) != 0 ? fuzz_number(in) : write->value * LOG_SECTOR;
    }
    return how % 4 == 1 && write->offset < OFFSET_MAX;
}

/* What the entry writes. Returns a bit for each write that is to be a page. */
static unsigned choose_writes(struct fuzz_input *in, const struct fuzz_image *x,
                              struct log_entry *entry)
{
    const unsigned count = fuzz_below(in, LOG_WRITES + 1);
    unsigned pages = 0;

    for (unsigned i = 0; i < count; i++) {
        pages |= choose_write(in, x, &entry->write[i]) ? 1u << i : 0;
    }
    if (count == 1 && pages == 0 && entry->write[0].offset < OFFSET_MAX) {
        entry->repeat = fuzz_byte(in);
    }
    return pages;
}

static uint32_t choose_tail(const struct fuzz_image *x, const struct log_entry *entry, unsigned how,
                            uint64_t number)
{
    if (how == 0 && x->entry_count > 0) {
        return x->entry[0];
    }
    if (how == 1 && x->entry_count > 0) {
        return x->entry[x->entry_count - 1];
    }
    return how == 2 ? (uint32_t)(number & UINT32_MAX) : entry->pos;
}

static void remember(struct fuzz_image *x, const struct log_entry *entry)
{
    if (x->entry_count < FUZZ_ENTRIES) {
        x->entry[x->entry_count] = entry->pos;
        x->entry_count++;
    }
    x->next_sequence = entry->sequence < UINT64_MAX ? entry->sequence + 1 : 1;
}

static void put_entry(struct fuzz_input *in, struct fuzz_image *x)
{
    const unsigned how = fuzz_byte(in);
    struct log_entry entry = {.pos = x->next_pos, .sequence = x->next_sequence};
    uint32_t sector;
    unsigned pages;

    if (!x->has_log) {
        return;
    }
    if ((how & 1) != 0) {
        entry.pos = (uint32_t)((fuzz_number(in) & UINT32_MAX) * LOG_SECTOR % x->log.length);
    }
    entry.tail = choose_tail(x, &entry, how >> 1 & 3, (how & 6) == 4 ? fuzz_number(in) : 0);
    entry.sequence = (how & 8) != 0 ? fuzz_number(in) : entry.sequence;
    entry.is_foreign = (how & 16) != 0 && (how & 32) != 0;
    entry.flushed = (how & 64) != 0 ? fuzz_number(in) : 0;
    entry.last = (how & 128) != 0 ? fuzz_number(in) : x->im.size;
    pages = choose_writes(in, x, &entry);
    if (log_bytes(&entry) > x->log.length) {
        return;
    }
    x->next_pos = log_put(&x->log, &entry);
    sector = log_descriptor_sectors(log_count(&entry));
    for (uint32_t i = 0; i < LOG_WRITES && entry.repeat == 0; i++) {
        if ((pages & 1u << i) != 0) {
            put_page(in, x, &entry, i, sector);
        }
        sector += entry.write[i].kind == LOG_DATA ? 1 : 0;
    }
    remember(x, &entry);
}

/* ---- the end ---- */

/* A header may not name a log that would take seconds to read, unless the file is too short for
 * it anyway. */
static void bound_log(struct fuzz_image *x)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        const uint64_t length = image_get(&x->im, image_header_at(copy, 68), 4);

        if (length > FUZZ_LOG_MIB_MAX * IMAGE_MIB && x->size > 64 * IMAGE_MIB) {
            put(x, image_header_at(copy, 68), 4, FUZZ_LOG_MIB_MAX * IMAGE_MIB);
        }
    }
}

static void seal(struct fuzz_image *x, unsigned unsealed)
{
    if (x->has_log && (unsealed & 1) == 0) {
        log_seal_all(&x->log);
    }
    if (x->is_head_changed && (unsealed & 2) == 0) {
        image_seal_headers(&x->im);
    }
    if (x->is_head_changed && (unsealed & 4) == 0) {
        image_seal_tables(&x->im);
    }
}

void fuzz_render(struct fuzz_input *in, struct fuzz_image *out)
{
    typedef void change_fn(struct fuzz_input *, struct fuzz_image *);
    static change_fn *const changes[] = {change_blocks, put_entry,   change_field, change_bytes,
                                         change_bitmap, change_size, change_guid,  add_region,
                                         add_item,      put_pattern, name_log};
    const struct fuzz_image *base = &shape[fuzz_below(in, VX_COUNT_OF(SHAPE))][fuzz_below(in, 2)];
    const unsigned unsealed = fuzz_byte(in);
    unsigned what;

    *out = *base;
    image_copy(&out->im, &base->im);
    out->log.im = &out->im;
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        changes[what % VX_COUNT_OF(changes)](in, out);
    }
    bound_log(out);
    seal(out, unsealed);
    out->im.size = out->size;
}

void fuzz_image_free(struct fuzz_image *image)
{
    image_free(&image->im);
}
