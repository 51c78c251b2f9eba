/* What there is to tell about a chain: its images, how each was found, where it ends and why, and
 * which images look like the parent that is missing. */
#ifndef VXO_REPORTS_CHAIN_REPORT_H
#define VXO_REPORTS_CHAIN_REPORT_H

#include "reports/json.h"
#include "reports/text.h"

enum {
    VXO_PATH_COUNT = VX_KEY_COUNT - VX_KEY_RELATIVE_PATH, /* keys that are paths */
    VXO_RELATIVES_MAX = 32,
    VXO_FILE_NAME_BYTES = 4096,
    VXO_TWINS_MAX = 4
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

/* Other files of --parent-dir that say to be the same image in the same state. */
struct vxo_twins {
    uint64_t total;
    uint32_t count; /* of them, which are kept */
    char name[VXO_TWINS_MAX][VXO_FILE_NAME_BYTES];
};

struct vxo_link {
    struct vxo_report report;
    enum vxo_found found;
    struct vxo_path path[VXO_PATH_COUNT]; /* by key, VX_KEY_RELATIVE_PATH first */
    const struct vxo_twins *twins;        /* borrowed */
};

/* What another image of the same disk is to one whose parent is missing. */
enum vxo_kinship {
    VXO_KIN_UNKNOWN,   /* it may be the parent, which was changed since, or another state */
    VXO_KIN_CHANGED,   /* it has the name of the parent: changed since, or from another time */
    VXO_KIN_ANCESTOR,  /* one that is changed, or an ancestor, is made of it */
    VXO_KIN_OFFSPRING, /* it is made of the image, or of the same parent */
    VXO_KIN_COUNT
};

/* Where and why the chain ends. */
enum vxo_ending {
    VXO_END_COMPLETE,       /* the last image is known to have no parent */
    VXO_END_NOT_LOOKED_FOR, /* nobody said where parents may be */
    VXO_END_NOT_FOUND,      /* the parent of the last one was looked for */
    VXO_END_WRONG,          /* the last one is not what the one before it was made of */
    VXO_END_UNREADABLE,     /* the parent cannot be opened; or whether there is one is not known */
    VXO_END_UNVERIFIED,     /* as complete, but not each image says what it was made of */
    VXO_END_CIRCLE,         /* the parent of the last one is one of those before it */
    VXO_END_TOO_LONG,
    VXO_END_COUNT
};

/* An image with the disk ID of the one whose parent is missing, and another DataWriteGuid than that
 * names. */
struct vxo_relative {
    char name[VXO_FILE_NAME_BYTES]; /* with that of the folder, printable */
    bool is_namesake;               /* the image names its parent like that */
    uint64_t copies;                /* other files with that DataWriteGuid */
    enum vxo_kinship kinship;
    struct vx_guid data_write_guid;
    struct vx_locator locator;
};

/* What --parent-dir looked at. */
struct vxo_scan {
    uint64_t files;
    uint64_t unread; /* of them could not be read */
    uint64_t links;  /* and not looked at: */
    uint64_t hidden; /* names that begin with a dot */
    uint64_t others; /* folders, and what is no file */
};

struct vxo_relatives {
    uint32_t count;
    struct vxo_relative at[VXO_RELATIVES_MAX]; /* that with the name of the parent first */
    uint64_t total;                            /* files */
    uint64_t left_out;                         /* of them were not compared */
    bool has_scan;                             /* there is a --parent-dir */
    struct vxo_scan scan;
};

/* All pointers are borrowed. */
struct vxo_chain {
    const struct vxo_link *link; /* the image, its parent, and so on */
    uint32_t count;              /* at least 1 */
    enum vxo_ending ending;
    const char *why; /* the parent of the last one is not there: a clause; else "" */
    const struct vxo_relatives *relatives; /* of the last image that is what it should be */
};

/* "image", "parent", "parent-dir", "follow". Static. */
const char *vxo_found_name(enum vxo_found found);

/* "changed", "ancestor", "offspring". Static. */
const char *vxo_kinship_name(enum vxo_kinship kinship);

/* "complete", "not-looked-for", ... Static. */
const char *vxo_ending_name(enum vxo_ending ending);

/* Of the image, with its parents where they were followed. */
enum vx_verdict vxo_verdict(const struct vxo_report *report);

/* Of all links together: corrupt, else incomplete, else warnings, when one of them is. */
enum vx_verdict vxo_chain_verdict(const struct vxo_chain *chain);

/* Append how the chain ends, in full sentences. */
void vxo_put_chain_end(struct vxo_buffer *put, const struct vxo_chain *chain);

/* Append the linkages of the locator that name something, put may be NULL. Returns whether there
 * are any. */
bool vxo_put_linkage(struct vxo_buffer *put, const struct vx_locator *locator);

/* Append what a relative is to the image without the right parent, as a sentence without its
 * subject. */
void vxo_put_relative(struct vxo_buffer *put, const struct vxo_chain *chain,
                      const struct vxo_relative *relative);

/* Append what to do about a parent that is missing or not the one: nothing where nothing is known
 * of it. */
void vxo_put_chain_advice(struct vxo_buffer *put, const struct vxo_chain *chain);

/* Print what link i names as its parent. */
void vxo_text_naming(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i);

/* Print all links, each with its verdict, findings, and what it names as its
 * parent; then the end. */
void vxo_text_chain(const struct vxo_text *out, const struct vxo_chain *chain);

/* Print the reports of the parents behind that of the image, vxo_text_check(), and the end. */
void vxo_text_parents(const struct vxo_text *out, const struct vxo_chain *chain);

/* Write the document of a chain. Returns as vxo_json_report(). */
VX_MUST_USE bool vxo_json_chain(const struct vxo_json *out, const struct vxo_chain *chain);

#endif
