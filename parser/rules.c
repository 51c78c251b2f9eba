/* Severity and area of each rule. */
#include "parser/rules.h"

static const uint8_t SEVERITY[VX_RULE_COUNT] = {
#define VX_RULE(area, number, severity, clause, title, message, found, expected, hint)             \
    [VX_##area##_##number] = VX_SEV_##severity,
#include "parser/rules.def"
#undef VX_RULE
};

enum vx_severity vx_rule_severity(enum vx_rule rule)
{
    if ((unsigned)rule >= VX_RULE_COUNT) {
        return VX_SEV_FATAL;
    }
    return (enum vx_severity)SEVERITY[rule];
}

bool vx_rule_is_about_run(enum vx_rule rule)
{
    return rule >= VX_RUN_001 && rule < VX_RULE_COUNT;
}
