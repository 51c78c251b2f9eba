/* Parent locators. The table grows at the cost of the strings behind it, which move. */
#include "corpus/image_locator.h"

#include "corpus/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 20, ENTRY_BYTES = 12, TEXT_BYTES = 512, POS_LENGTH = 20 };

static uint64_t field(unsigned pos)
{
    return image_item_at(IMAGE_ITEM_LOCATOR) + pos;
}

/* Of the whole item. */
static void set_length(struct image *im, uint64_t length)
{
    image_put(im, image_item_entry_at(IMAGE_ITEM_LOCATOR, POS_LENGTH), 4, length);
}

static uint64_t get_length(const struct image *im)
{
    return image_get(im, image_item_entry_at(IMAGE_ITEM_LOCATOR, POS_LENGTH), 4);
}

void locator_clear(struct image *im)
{
    image_put_bytes(im, field(0), IMAGE_GUID_LOCATOR_TYPE, sizeof(IMAGE_GUID_LOCATOR_TYPE));
    image_put(im, field(16), 2, 0);
    image_put(im, field(18), 2, 0);
    set_length(im, HEADER_BYTES);
}

/* Move the strings behind a table that grows by an entry. */
static void make_room(struct image *im, uint64_t table_end, uint64_t length)
{
    const size_t len = (size_t)(length - table_end);
    uint8_t *strings = memory_resize(NULL, len + 1, 1);

    image_get_bytes(im, field(0) + table_end, strings, len);
    image_put_bytes(im, field(0) + table_end + ENTRY_BYTES, strings, len);
    free(strings);
    for (uint64_t at = field(HEADER_BYTES); at < field(0) + table_end; at += ENTRY_BYTES) {
        image_put(im, at, 4, image_get(im, at, 4) + ENTRY_BYTES);
        image_put(im, at + 4, 4, image_get(im, at + 4, 4) + ENTRY_BYTES);
    }
}

bool locator_add(struct image *im, const void *key, size_t key_bytes, const void *value,
                 size_t value_bytes)
{
    const uint64_t count = image_get(im, field(18), 2);
    const uint64_t table_end = HEADER_BYTES + ENTRY_BYTES * count;
    const uint64_t entry = field(0) + table_end;
    uint64_t length = get_length(im);

    if (key_bytes > LOCATOR_STRING_MAX || value_bytes > LOCATOR_STRING_MAX || count >= UINT16_MAX ||
        length < table_end || length + ENTRY_BYTES + key_bytes + value_bytes > LOCATOR_BYTES_MAX) {
        return false;
    }
    make_room(im, table_end, length);
    length += ENTRY_BYTES;
    image_put(im, field(18), 2, count + 1);
    image_put(im, entry, 4, length);
    image_put(im, entry + 4, 4, length + key_bytes);
    image_put(im, entry + 8, 2, key_bytes);
    image_put(im, entry + 10, 2, value_bytes);
    image_put_bytes(im, field(0) + length, key, key_bytes);
    image_put_bytes(im, field(0) + length + key_bytes, value, value_bytes);
    set_length(im, length + key_bytes + value_bytes);
    return true;
}

/* Returns the number of bytes. */
static size_t widen(const char *ascii, uint8_t bytes[TEXT_BYTES])
{
    const size_t len = strlen(ascii);

    memset(bytes, 0, TEXT_BYTES);
    for (size_t i = 0; i < len && 2 * i < TEXT_BYTES; i++) {
        bytes[2 * i] = (uint8_t)ascii[i];
    }
    return 2 * len;
}

void locator_add_text(struct image *im, const char *key, const char *value)
{
    uint8_t keys[TEXT_BYTES];
    uint8_t values[TEXT_BYTES];
    const size_t key_bytes = widen(key, keys);
    const size_t value_bytes = widen(value, values);

    (void)locator_add(im, keys, key_bytes, values, value_bytes);
}

void locator_name(struct image *im, const char *linkage, const char *file)
{
    char text[TEXT_BYTES / 2];

    locator_clear(im);
    (void)snprintf(text, sizeof(text), "{%s}", linkage);
    locator_add_text(im, "parent_linkage", text);
    (void)snprintf(text, sizeof(text), ".\\%.*s.vhdx", LOCATOR_FILE_MAX, file);
    locator_add_text(im, "relative_path", text);
}

void locator_make(struct image *im)
{
    locator_name(im, LOCATOR_LINKAGE, "parent");
}
