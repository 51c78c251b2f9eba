/* The rule table with its texts, one row for each row of parser/rules.def. */
#include "reports/catalogue.h"

static const struct vxo_rule_text TEXTS[VX_RULE_COUNT] = {
#define VX_RULE(AREA, NUMBER, SEVERITY, CLAUSE, TITLE, MESSAGE, FOUND, EXPECTED, HINT)             \
    [VX_##AREA##_##NUMBER] = {.id = "VHDX-" #AREA "-" #NUMBER,                                     \
                              .area = #AREA,                                                       \
                              .severity = VX_SEV_##SEVERITY,                                       \
                              .clause = (CLAUSE),                                                  \
                              .title = (TITLE),                                                    \
                              .message = (MESSAGE),                                                \
                              .found = (FOUND),                                                    \
                              .expected = (EXPECTED),                                              \
                              .hint = (HINT)},
#include "parser/rules.def"
#undef VX_RULE
};

const struct vxo_rule_text *vxo_rule_text(enum vx_rule rule)
{
    static const struct vxo_rule_text NONE = {"", "", VX_SEV_FATAL, "", "", "", "", "", ""};

    return (unsigned)rule < VX_RULE_COUNT ? &TEXTS[rule] : &NONE;
}

/* ASCII only: the C library's idea depends on the locale. */
static char to_upper(char c)
{
    if (c >= 'a' && c <= 'z') {
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[c - 'a'];
    }
    return c;
}

/* Is text, in any case, equal to upper? */
static bool equals(const char *text, const char *upper)
{
    while (*text != '\0' && to_upper(*text) == *upper) {
        text++;
        upper++;
    }
    return *text == '\0' && *upper == '\0';
}

bool vxo_rule_find(const char *id, enum vx_rule *rule)
{
    static const char PREFIX[] = "VHDX-";

    for (int i = 0; i < VX_RULE_COUNT; i++) {
        if (equals(id, TEXTS[i].id) || equals(id, TEXTS[i].id + sizeof(PREFIX) - 1)) {
            *rule = (enum vx_rule)i;
            return true;
        }
    }
    return false;
}

const char *vxo_severity_name(enum vx_severity severity)
{
    static const char *const NAMES[VX_SEV_COUNT] = {
        [VX_SEV_DEFAULT] = "",    [VX_SEV_INFO] = "info",   [VX_SEV_WARNING] = "warning",
        [VX_SEV_ERROR] = "error", [VX_SEV_FATAL] = "fatal",
    };

    return (unsigned)severity < VX_SEV_COUNT ? NAMES[severity] : "";
}
