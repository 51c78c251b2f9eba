/* Recipes: a text that says how to make one image, corpus/README.md. Reading is deterministic,
 * bounded in memory and time whatever the text says, and errors name file and line. */
#ifndef CORPUS_RECIPE_H
#define CORPUS_RECIPE_H

#include "corpus/logbuild.h"
#include "corpus/recipe_line.h"
#include "corpus/writer.h"
#include "parser/rules.h"

enum {
    RECIPE_TITLE_BYTES = 256,
    RECIPE_NAME_BYTES = 128,
    RECIPE_TEXT_MAX = 1048576,               /* bytes of a recipe */
    RECIPE_STEPS_MAX = 4194304,              /* single writes, or 512 bytes of a long one */
    RECIPE_CHUNKS_MAX = 64 * 1048576 / 4096, /* of 4 KiB: bytes that are really written */
    RECIPE_DESCRIPTORS_MAX = 1048576,        /* of one log entry */
    RECIPE_UNSEALED_HEADERS = 1,             /* flags: checksums to be left as they were */
    RECIPE_UNSEALED_TABLES = 2,
    RECIPE_UNSEALED_LOG = 4
};
#define RECIPE_OFFSET_MAX (UINT64_C(1) << 63) /* end of anything in a file or a disk */

/* A log entry that was written. */
struct recipe_entry {
    uint32_t pos; /* in the ring */
    uint32_t count;
};

/* One that is being described. */
struct recipe_draft {
    bool is_open;
    size_t line; /* of the `entry` */
    struct log_entry entry;
    uint64_t times;
    struct log_write *write;
    uint32_t count;
    uint32_t capacity;
};

struct recipe {
    char title[RECIPE_TITLE_BYTES];
    bool fires[VX_RULE_COUNT];
    bool misses[VX_RULE_COUNT];
    char parent[RECIPE_NAME_BYTES]; /* "AREA/NAME" of the recipe of the parent's image, or empty */
    struct image im;
    bool has_image;
    bool is_created; /* by `create`: its spec means something */
    unsigned unsealed;
    bool has_content;      /* the recipe says what the virtual disk holds */
    struct sparse content; /* this */
    struct test_log log;   /* where `log` said, else where `create` did */
    bool has_log;          /* `log` was there */
    struct recipe_draft draft;
    struct recipe_entry *entry;
    size_t entry_count;
    size_t entry_capacity;
    uint32_t next_pos; /* in the ring, behind the last entry */
    struct writer writer;
    bool is_writing; /* the writer is open */
    uint64_t steps;  /* taken so far */
    struct recipe_line line;
    char error[RECIPE_ERROR_BYTES]; /* "FILE:LINE: message", or empty */
};

/* Execute the recipe `text` of len bytes. file: its name, for messages only.
 * r needs no preparation; recipe_free() it, whatever the result.
 * Returns whether all went well; else r->error says what did not, and the image is unfinished. */
bool recipe_read(struct recipe *r, const char *file, const char *text, size_t len);

void recipe_free(struct recipe *r);

/* Length of the virtual disk as it was created; 0 for a recipe without `create`. */
uint64_t recipe_disk_bytes(const struct recipe *r);

/* "HDR-002" to a rule. Returns false when there is none of that name. */
bool recipe_rule(const char *name, enum vx_rule *rule);
const char *recipe_rule_name(enum vx_rule rule);

#endif
