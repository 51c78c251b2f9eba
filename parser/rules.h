/* The rule table as the parser sees it: number, default severity, clause. Texts for people are
 * taken from the same rows by reports/. */
#ifndef VX_PARSER_RULES_H
#define VX_PARSER_RULES_H

#include "parser/base.h"

enum vx_rule {
#define VX_RULE(area, number, severity, clause, title, message, found, expected, hint)             \
    VX_##area##_##number,
#include "parser/rules.def"
#undef VX_RULE
    VX_RULE_COUNT
};

enum vx_severity {
    VX_SEV_DEFAULT = 0, /* in a finding: take the rule's own */
    VX_SEV_INFO,
    VX_SEV_WARNING,
    VX_SEV_ERROR,
    VX_SEV_FATAL,
    VX_SEV_COUNT
};

/* Default severity of a rule; VX_SEV_FATAL for a number that is no rule. */
enum vx_severity vx_rule_severity(enum vx_rule rule);

/* Does the rule speak about the run (area RUN) rather than about the image? */
bool vx_rule_is_about_run(enum vx_rule rule);

#endif
