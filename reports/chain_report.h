/* What there is to tell about a chain: its images, how each was found, where it ends and why, and
 * which images look like the parent that is missing. */
#ifndef VXO_REPORTS_CHAIN_REPORT_H
#define VXO_REPORTS_CHAIN_REPORT_H

#include "reports/json.h"
#include "reports/text.h"

enum {
    VXO_PATH_COUNT = VX_KEY_COUNT - VX_KEY_RELATIVE_PATH, /* keys that are paths */
    VXO_RELATIVES_MAX = 32,
    VXO_RELATIVE_NAME_BYTES = 768 /* a file name whose every byte was replaced */
};

/* How an image of a chain was found. */
enum vxo_found {
    VXO_FOUND_IMAGE,     /* it is the image that the chain is of */
    VXO_FOUND_GIVEN,     /* --parent */
    VXO_FOUND_IN_FOLDER, /* --parent-dir */
    VXO_FOUND_FOLLOWED   /* --follow */
};

/* A path that an image names. */
struct vxo_path {
    bool is_present;
    bool is_read;        /* else it could not be */
    struct vx_text text; /* its beginning, printable */
    uint32_t units;      /* of UTF-16 in all of it */
};

struct vxo_link {
    struct vxo_report report;
    enum vxo_found found;
    struct vxo_path path[VXO_PATH_COUNT]; /* by key, VX_KEY_RELATIVE_PATH first */
};

/* What another image of the same disk is to one whose parent is missing. */
enum vxo_kinship {
    VXO_KIN_CHANGED,   /* it may be the parent, which was changed since */
    VXO_KIN_ANCESTOR,  /* another one is made of it, and fits */
    VXO_KIN_OFFSPRING, /* it is made of the image, or of the same parent */
    VXO_KIN_COUNT
};

/* An image with the disk ID of the one whose parent is missing, and another DataWriteGuid than that
 * names. */
struct vxo_relative {
    char name[VXO_RELATIVE_NAME_BYTES]; /* in the folder, printable */
    bool is_namesake;                   /* the image names its parent like that */
    enum vxo_kinship kinship;
    struct vx_guid data_write_guid;
    struct vx_locator locator;
};

struct vxo_relatives {
    uint32_t count;
    struct vxo_relative at[VXO_RELATIVES_MAX];
    uint64_t total; /* of which count are kept */
};

/* All pointers are borrowed. */
struct vxo_chain {
    const struct vxo_link *link; /* the image, its parent, and so on */
    uint32_t count;              /* at least 1 */
    bool is_complete;            /* the last one is known to have no parent */
    bool is_endless;             /* it comes back to itself, or is too long: why says it */
    bool was_followed;           /* somebody said where parents may be */
    const char *why;             /* the parent of the last one is not there; "" when it has none */
    const struct vxo_relatives *relatives; /* of the last one */
};

/* "image", "parent", "parent-dir", "follow". Static. */
const char *vxo_found_name(enum vxo_found found);

/* "changed", "ancestor", "offspring". Static. */
const char *vxo_kinship_name(enum vxo_kinship kinship);

/* Of the image, with its parents where they were followed. */
enum vx_verdict vxo_verdict(const struct vxo_report *report);

/* Of all links together: corrupt, else incomplete, else warnings, when one of them is. */
enum vx_verdict vxo_chain_verdict(const struct vxo_chain *chain);

/* Append how the chain ends, in full sentences. */
void vxo_put_chain_end(struct vxo_buffer *put, const struct vxo_chain *chain);

/* Append what a relative is to the last image, as a sentence without its subject. */
void vxo_put_relative(struct vxo_buffer *put, const struct vxo_chain *chain,
                      const struct vxo_relative *relative);

/* Append what to do about the parent that is missing: nothing without relatives. */
void vxo_put_chain_advice(struct vxo_buffer *put, const struct vxo_chain *chain);

/* Print all links, each with its verdict, findings in one line each, and what it names as its
 * parent; then the end. */
void vxo_text_chain(const struct vxo_text *out, const struct vxo_chain *chain);

/* Print the reports of the parents behind that of the image, vxo_text_check(), and the end. */
void vxo_text_parents(const struct vxo_text *out, const struct vxo_chain *chain);

/* Write the document of a chain. Returns as vxo_json_report(). */
VX_MUST_USE bool vxo_json_chain(const struct vxo_json *out, const struct vxo_chain *chain);

#endif
