/* The parent locator of an image by image_make(), entry by entry. MS-VHDX 2.6.2.6. */
#ifndef CORPUS_IMAGE_LOCATOR_H
#define CORPUS_IMAGE_LOCATOR_H

#include "corpus/image.h"

enum { LOCATOR_STRING_MAX = 65535, LOCATOR_BYTES_MAX = 1048576 };

/* A locator without entries, in the place of the one that is there; as the item's length, too. */
void locator_clear(struct image *im);

/* Append an entry: its strings are put behind all others. Returns false, and changes nothing, when
 * the locator would become longer than LOCATOR_BYTES_MAX. */
bool locator_add(struct image *im, const void *key, size_t key_bytes, const void *value,
                 size_t value_bytes);

/* The same with ASCII as UTF-16LE; short ones only. */
void locator_add_text(struct image *im, const char *key, const char *value);

/* What a child holds, in the place of what is there: its parent's linkage, a GUID in text, and a
 * relative path to FILE.vhdx in the same folder. file: at most LOCATOR_FILE_MAX characters. */
enum { LOCATOR_FILE_MAX = 200 };
void locator_name(struct image *im, const char *linkage, const char *file);

/* The same for any image by image_make(), called parent. */
void locator_make(struct image *im);

/* The DataWriteGuid of an image by image_make(). */
#define LOCATOR_LINKAGE "53525150-5554-5756-5859-5a5b5c5d5e5f"

#endif
