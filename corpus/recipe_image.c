/* Commands that make an image and its tables' entries. */
#include "corpus/recipe_commands.h"
#include "corpus/recipe_places.h"
#include "corpus/recipe_words.h"

#include <string.h>

enum { TABLE_ENTRIES = 2047 };

/* ---- create, empty, size, unsealed ---- */

static bool has_none(struct recipe *r)
{
    return !r->has_image || line_fail(r, "there is an image already", NULL);
}

static bool is_power_of_2(uint64_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

static bool read_type(struct recipe *r, struct image_spec *spec)
{
    static const struct word_name types[] = {
        {"dynamic", IMAGE_DYNAMIC}, {"fixed", IMAGE_FIXED}, {"differencing", IMAGE_DIFFERENCING}};
    const char *word;
    uint64_t type;

    if (!line_word(r, 1, &word)) {
        return false;
    }
    if (!word_name(types, VX_COUNT_OF(types), word, &type)) {
        return line_fail(r, "dynamic, fixed or differencing is wanted", word);
    }
    spec->type = (enum image_type)type;
    return true;
}

/* An option that must be one of the sizes the format knows. */
static bool read_size(struct recipe *r, const char *name, uint64_t least, uint64_t most,
                      uint32_t *size)
{
    uint64_t value = *size;

    if (!line_option(r, name, UINT64_MAX, &value)) {
        return false;
    }
    if (!is_power_of_2(value) || value < least || value > most) {
        return line_fail(r, "no size that the format allows; create a sound image, then set", name);
    }
    *size = (uint32_t)value;
    return true;
}

static bool read_disk(struct recipe *r, struct image_spec *spec)
{
    if (!line_option(r, "disk", UINT64_MAX, &spec->disk_bytes)) {
        return false;
    }
    if (spec->disk_bytes == 0 || spec->disk_bytes > 64 * IMAGE_TIB ||
        spec->disk_bytes % spec->sector_bytes != 0) {
        return line_fail(r, "no size that the format allows; create a sound image, then set",
                         "disk");
    }
    return true;
}

static bool read_log(struct recipe *r, struct image_spec *spec)
{
    uint64_t value = IMAGE_MIB;

    if (!line_option(r, "log", UINT64_MAX, &value)) {
        return false;
    }
    if (value == 0 || value > UINT32_MAX || value % IMAGE_MIB != 0) {
        return line_fail(r, "a log is 1M to 4095M long, in whole MiB", NULL);
    }
    spec->log_bytes = (uint32_t)value;
    return true;
}

static bool read_state(struct recipe *r, struct image_spec *spec)
{
    const char *text = line_option_text(r, "state");

    return text == NULL || word_state(text, &spec->state) ||
           line_fail(r, "no state of a block", text);
}

bool recipe_create(struct recipe *r)
{
    struct image_spec spec = {.disk_bytes = 16 * IMAGE_MIB,
                              .block_bytes = (uint32_t)IMAGE_MIB,
                              .sector_bytes = 512,
                              .chunks_most = RECIPE_CHUNKS_MAX};

    if (!has_none(r) || !read_type(r, &spec) ||
        !read_size(r, "block", IMAGE_MIB, 256 * IMAGE_MIB, &spec.block_bytes) ||
        !read_size(r, "sector", 512, 4096, &spec.sector_bytes)) {
        return false;
    }
    spec.physical_bytes = spec.sector_bytes;
    if ((spec.sector_bytes != 512 && spec.sector_bytes != 4096) ||
        !read_size(r, "physical", 512, 4096, &spec.physical_bytes)) {
        return line_fail(r, "sectors have 512 or 4096 bytes", NULL);
    }
    if (!read_disk(r, &spec) || !read_log(r, &spec) || !read_state(r, &spec) ||
        (spec.state != 0 && !line_spend(r, spec.disk_bytes / spec.block_bytes))) {
        return false;
    }
    image_make(&r->im, &spec);
    r->log = (struct test_log){.im = &r->im, .offset = r->im.log_offset, .length = spec.log_bytes};
    r->has_image = true;
    r->is_created = true;
    return true;
}

bool recipe_empty(struct recipe *r)
{
    uint64_t size;

    if (!has_none(r) || !line_number(r, 1, RECIPE_OFFSET_MAX - 1, &size)) {
        return false;
    }
    image_make_empty(&r->im, size);
    r->im.bytes.most = RECIPE_CHUNKS_MAX;
    r->has_image = true;
    return true;
}

bool recipe_size(struct recipe *r)
{
    uint64_t size;

    if (!line_number(r, 1, RECIPE_OFFSET_MAX - 1, &size)) {
        return false;
    }
    if (size < r->im.size) {
        sparse_clear(&r->im.bytes, size, RECIPE_OFFSET_MAX);
    }
    r->im.size = size;
    return true;
}

bool recipe_unsealed(struct recipe *r)
{
    static const struct word_name what[] = {
        {"headers", RECIPE_UNSEALED_HEADERS},
        {"tables", RECIPE_UNSEALED_TABLES},
        {"log", RECIPE_UNSEALED_LOG},
        {"all", RECIPE_UNSEALED_HEADERS | RECIPE_UNSEALED_TABLES | RECIPE_UNSEALED_LOG}};
    const char *word;
    uint64_t flag;
    size_t i = 1;

    do {
        if (!line_word(r, i, &word)) {
            return false;
        }
        if (!word_name(what, VX_COUNT_OF(what), word, &flag)) {
            return line_fail(r, "headers, tables, log or all is wanted", word);
        }
        r->unsealed |= (unsigned)flag;
        i++;
    } while (line_has(r, i));
    return true;
}

/* ---- entries of the tables ---- */

static bool read_guid(struct recipe *r, uint8_t guid[16])
{
    const char *word;

    return line_word(r, 1, &word) &&
           (place_guid(word, guid) || line_fail(r, "neither a GUID nor the name of one", word));
}

static bool needs_option(struct recipe *r, const char *name)
{
    return line_has_option(r, name) || line_fail(r, "this option must be there", name);
}

static bool has_room(struct recipe *r, uint64_t entries)
{
    return entries < TABLE_ENTRIES || line_fail(r, "the table has room for 2047 entries", NULL);
}

bool recipe_region(struct recipe *r)
{
    uint8_t guid[16];
    uint64_t at;
    uint64_t length;
    uint64_t required = 0;

    if (!read_guid(r, guid) || !needs_option(r, "at") || !needs_option(r, "length") ||
        !line_option(r, "at", UINT64_MAX, &at) || !line_option(r, "length", UINT32_MAX, &length) ||
        !line_option(r, "required", UINT32_MAX, &required) ||
        !has_room(r, image_get(&r->im, IMAGE_REGIONS_1 + 8, 4)) ||
        !has_room(r, image_get(&r->im, IMAGE_REGIONS_2 + 8, 4))) {
        return false;
    }
    image_add_region(&r->im, guid, at, (uint32_t)length, (uint32_t)required);
    return true;
}

/* The first four bytes of the GUID, as a number. */
static void count_up(uint8_t guid[16])
{
    for (unsigned i = 0; i < 4; i++) {
        guid[i] = (uint8_t)((guid[i] + 1u) & 0xff);
        if (guid[i] != 0) {
            return;
        }
    }
}

struct item {
    uint8_t guid[16];
    uint64_t at; /* from the start of the region */
    uint32_t length;
    uint32_t flags;
};

static bool add_items(struct recipe *r, const struct item *first, uint64_t times)
{
    struct item item = *first;

    for (uint64_t i = 0; i < times; i++) {
        if (item.at > UINT32_MAX) {
            return line_fail(r, "the offset of an item has 32 bits", NULL);
        }
        if (!has_room(r, image_get(&r->im, IMAGE_METADATA + 10, 2)) || !line_spend(r, 1)) {
            return false;
        }
        image_add_item(&r->im, item.guid, (uint32_t)item.at, item.length, item.flags);
        item.at += item.length;
        count_up(item.guid);
    }
    return true;
}

bool recipe_item(struct recipe *r)
{
    struct item item = {.at = 0};
    uint64_t length;
    uint64_t flags = 0;
    uint64_t times = 1;

    if (!read_guid(r, item.guid) || !needs_option(r, "at") || !needs_option(r, "length") ||
        !line_option(r, "at", UINT32_MAX, &item.at) ||
        !line_option(r, "length", UINT32_MAX, &length) ||
        !line_option(r, "flags", UINT32_MAX, &flags) ||
        !line_option(r, "times", TABLE_ENTRIES, &times)) {
        return false;
    }
    item.length = (uint32_t)length;
    item.flags = (uint32_t)flags;
    return add_items(r, &item, times);
}

/* ---- entries of the BAT ---- */

struct run {
    uint64_t first; /* block or chunk */
    uint64_t times;
    uint64_t at; /* of the first; 0 stays 0 */
    uint64_t step;
    unsigned state;
};

static bool read_run(struct recipe *r, struct run *run)
{
    const char *state;

    run->at = 0;
    run->times = 1;
    if (!r->is_created) {
        return line_fail(r, "there is no BAT without create", NULL);
    }
    if (!line_number(r, 1, UINT32_MAX, &run->first) || !line_word(r, 2, &state) ||
        !line_option(r, "at", UINT64_MAX, &run->at) ||
        !line_option(r, "times", RECIPE_STEPS_MAX, &run->times) || !line_spend(r, run->times)) {
        return false;
    }
    if (!word_state(state, &run->state)) {
        return line_fail(r, "no state of a block", state);
    }
    if (run->at % IMAGE_MIB != 0) {
        return line_fail(r, "a block lies at a whole MiB; set raw for anything else", NULL);
    }
    run->step = line_has_option(r, "at") ? run->step : 0;
    if (run->times > 1 && run->step > (UINT64_MAX - run->at) / (run->times - 1)) {
        return line_fail(r, "the blocks end beyond 2^64", NULL);
    }
    return true;
}

bool recipe_block(struct recipe *r)
{
    struct run run = {.step = r->im.spec.block_bytes};

    if (!read_run(r, &run)) {
        return false;
    }
    for (uint64_t i = 0; i < run.times; i++) {
        image_bat_set(&r->im, image_payload_index(&r->im, run.first + i),
                      (run.at + i * run.step) | run.state);
    }
    return true;
}

bool recipe_bitmap(struct recipe *r)
{
    struct run run = {.step = IMAGE_MIB};

    if (!read_run(r, &run)) {
        return false;
    }
    for (uint64_t i = 0; i < run.times; i++) {
        image_bat_set(&r->im, image_bitmap_index(&r->im, run.first + i),
                      (run.at + i * run.step) | run.state);
    }
    return true;
}
