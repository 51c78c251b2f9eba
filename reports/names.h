/* Names of our enumerations, as JSON and the texts spell them. All static; "" for a number that
 * is none of the enumeration. */
#ifndef VXO_REPORTS_NAMES_H
#define VXO_REPORTS_NAMES_H

#include "parser/bat.h"
#include "parser/finding.h"

const char *vxo_verdict_name(enum vx_verdict verdict); /* "sound", "warnings", ... */
const char *vxo_view_name(enum vx_view view);          /* "raw", "replayed" */
const char *vxo_pass_name(uint64_t pass);              /* "file identifier", "headers", ... */
const char *vxo_state_name(unsigned state);            /* "not-present", ... of a payload block */

struct vxo_object_words {
    const char *name;  /* for programs: "header", "payload-entry", ... */
    const char *words; /* for people: "header", "the log", ... */
    bool has_index;    /* the index of a finding tells which one */
    bool is_numbered;  /* so does a number behind the words */
    uint32_t first;    /* the number of the one with index 0 */
};

/* object: any number. Static. */
const struct vxo_object_words *vxo_object_words(uint64_t object);

#endif
