/* From an input to an image: a sound one of one of several shapes, then a list of changes that the
 * format's own words describe (blocks, log entries, regions, fields, bytes), then checksums made
 * good again unless a bit says no, then the end of the file cut where it should be.
 *
 * The first bytes choose the shape and what stays unsealed; then each change is a byte that says
 * which, and its numbers. A 0, or the end of the input, ends the list. */
#ifndef FUZZ_RENDER_H
#define FUZZ_RENDER_H

#include "corpus/logbuild.h"
#include "fuzz/input.h"

enum {
    FUZZ_ENTRIES = 16,   /* log entries that later changes can name */
    FUZZ_LOG_MIB_MAX = 4 /* a scan reads the whole log: longer ones would only cost time */
};

struct fuzz_image {
    struct image im;
    struct test_log log; /* that the headers name, if they name one */
    bool has_log;
    bool is_head_changed; /* something below 1 MiB was: checksums are to be made good */
    uint32_t next_pos;    /* in the ring, behind the last entry */
    uint64_t next_sequence;
    uint32_t entry[FUZZ_ENTRIES]; /* ring positions of the first ones */
    uint32_t entry_count;
    uint64_t size; /* the file is to have in the end */
};

/* Render what `in` says from where it stands; it then stands behind that. out stays where it is
 * until fuzz_image_free(). */
void fuzz_render(struct fuzz_input *in, struct fuzz_image *out);

void fuzz_image_free(struct fuzz_image *image);

#endif
