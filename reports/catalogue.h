/* What each rule says, for people: the texts of parser/rules.def by rule number and by ID. */
#ifndef VXO_REPORTS_CATALOGUE_H
#define VXO_REPORTS_CATALOGUE_H

#include "parser/rules.h"

struct vxo_rule_text {
    const char *id;   /* "VHDX-HDR-003" */
    const char *area; /* "HDR" */
    enum vx_severity severity;
    const char *clause; /* section of MS-VHDX, or "-" */
    const char *title;
    const char *message; /* this and the next two hold placeholders: reports/message.h */
    const char *found;
    const char *expected;
    const char *hint;
};

/* The texts of a rule, static. All of them empty for a number that is no rule. */
const struct vxo_rule_text *vxo_rule_text(enum vx_rule rule);

/* Find a rule by its ID, in any case, with or without "VHDX-": "VHDX-HDR-003", "hdr-003".
 * Returns whether there is one; *rule is meaningful only then. At most VX_RULE_COUNT steps. */
bool vxo_rule_find(const char *id, enum vx_rule *rule);

/* "info", "warning", "error" or "fatal"; "" for anything else. */
const char *vxo_severity_name(enum vx_severity severity);

#endif
