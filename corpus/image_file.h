/* Images in files, which are opened, written and protected as vhdxray does it: see cli/. */
#ifndef CORPUS_IMAGE_FILE_H
#define CORPUS_IMAGE_FILE_H

#include "corpus/image.h"

struct image_file_error {
    char text[4096];  /* for the user */
    bool is_too_long; /* the file system has no files of the image's size */
};

/* Write the image as a sparse file, which gets its name when it is complete, or on a block device,
 * or, when path is "-", on standard output. is_forced: a file or the device's bytes may be
 * replaced. Returns false after a failure, with *error set and nothing of a file left. */
bool image_file_write(const struct image *im, const char *path, bool is_forced,
                      struct image_file_error *error);

/* The same in packed form (packed.h). */
bool image_file_pack(struct image *im, const char *path, bool is_forced,
                     struct image_file_error *error);

/* The bytes of a file or a block device, those that are not zero in memory. image_free() it,
 * whatever the result. Returns false after a failure, with *error set. */
bool image_file_read(struct image *im, const char *path, struct image_file_error *error);

/* The same from a file that holds it in packed form. */
bool image_file_unpack(struct image *im, const char *path, struct image_file_error *error);

#endif
