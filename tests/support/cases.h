/* One image per row: what is changed in a sound image, and all that a check must then say.
 * Every rule has rows that fire it and near misses that do not; test_structure.c insists. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include "corpus/logbuild.h"
#include "tests/support/check.h"

/* Where a poke goes. Header and region table rows name both copies or one of them. */
enum poke_place {
    POKE_NONE, /* ends the list */
    AT,        /* offset in the file */
    HEADERS,   /* both copies */
    HEADER_1,
    HEADER_2,
    TABLES, /* both region tables */
    TABLE_1,
    TABLE_2,
    REGION, /* entry `index` of both region tables */
    META,   /* metadata table */
    ITEM,   /* entry `index` of the metadata table */
    VALUE,  /* bytes of default item `index` */
    ENTRY,  /* BAT entry `index` */
    LOG     /* sector `index` of the log */
};

struct poke {
    enum poke_place place;
    uint32_t index;
    uint32_t pos; /* then width: the two are what the field macros below stand for */
    unsigned width;
    uint64_t value;
};

/* Fields: position, width. */
#define H_SIGNATURE      0, 4
#define H_SEQUENCE       8, 8
#define H_DATA_GUID_LOW  32, 8
#define H_DATA_GUID_HIGH 40, 8
#define H_LOG_GUID       48, 8
#define H_LOG_VERSION    64, 2
#define H_VERSION        66, 2
#define H_LOG_LENGTH     68, 4
#define H_LOG_OFFSET     72, 8
#define T_SIGNATURE      0, 4
#define T_COUNT          8, 4
#define T_RESERVED       12, 4
#define R_GUID           0, 8
#define R_OFFSET         16, 8
#define R_LENGTH         24, 4
#define R_REQUIRED       28, 4
#define M_SIGNATURE      0, 8
#define M_RESERVED       8, 2
#define M_COUNT          10, 2
#define I_GUID           0, 8
#define I_OFFSET         16, 4
#define I_LENGTH         20, 4
#define I_FLAGS          24, 4
#define I_RESERVED       28, 4
#define V_INT32          0, 4
#define V_PARAMETERS     4, 4
#define V_INT64          0, 8
#define B_RAW            0, 8

/* A block at `mib` in `state`, as a BAT entry; for constant tables. */
#define PLACED(mib, state) ((uint64_t)(mib) << 20 | (state))

enum { CASE_POKES = 6 };
#define CASE_ANY (UINT64_MAX - 1) /* index or offset: not looked at */

struct rule_case {
    const char *name;
    enum vx_rule rule;
    bool fires; /* else the rule must stay silent */
    struct image_spec spec;
    struct poke poke[CASE_POKES];
    const struct log_entry *log;    /* if set, a pending log: entries up to one without a number;
                                       sealed again after the pokes */
    void (*edit)(struct image *im); /* after the pokes; may be NULL */
    uint64_t size;                  /* of the file; 0: as built */
    bool is_unsealed;               /* leave the checksums as they were before the pokes */
    bool is_replayed;               /* check with replay; implied by log */
    size_t overlay_bytes;           /* memory of the overlay; 0: enough */
    struct vx_range bad;            /* bytes that cannot be read */
    uint64_t pass_limit;            /* 0: the default */
    bool has_least_memory;
    const char *want; /* summary of all findings; "..." at its end: and maybe others */
    uint64_t index;   /* of the rule's finding, when it fires */
    uint64_t offset;
};

struct rule_cases {
    const struct rule_case *row;
    size_t count;
};

/* All tables, one per group of areas. */
enum case_table {
    CASES_LAYOUT,
    CASES_HEADER,
    CASES_REGION,
    CASES_METADATA,
    CASES_VALUES,
    CASES_BLOCKS,
    CASES_BITMAPS,
    CASES_PRODUCERS,
    CASES_LOG,
    CASE_TABLES
};
struct rule_cases cases_of(enum case_table table);

/* Call visit for each row of each table. */
typedef void case_fn(void *ctx, const struct rule_case *row);
void cases_for_each(case_fn *visit, void *ctx);

extern const struct rule_cases CASES_LAYOUT_ROWS;
extern const struct rule_cases CASES_HEADER_ROWS;
extern const struct rule_cases CASES_REGION_ROWS;
extern const struct rule_cases CASES_METADATA_ROWS;
extern const struct rule_cases CASES_VALUES_ROWS;
extern const struct rule_cases CASES_BLOCKS_ROWS;
extern const struct rule_cases CASES_BITMAPS_ROWS;
extern const struct rule_cases CASES_PRODUCERS_ROWS;
extern const struct rule_cases CASES_LOG_ROWS;

/* Build the row's image. Release it with image_free(). */
void case_make(const struct rule_case *row, struct image *im);

/* Build the image, check it, release it. out is initialised here; findings_free() it.
 * size, if not NULL, receives the file's size, after replay if there was one. */
void case_run(const struct rule_case *row, struct findings *out, uint64_t *size);

/* How the row wants its image checked. */
struct check_options case_options(const struct rule_case *row, uint64_t size);

#endif
