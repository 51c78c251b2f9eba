/* Commands about the virtual disk: the format's own write path, and what the disk then holds. */
#include "corpus/recipe_commands.h"

#include <string.h>

static bool not_built(struct recipe *r)
{
    return line_fail(r, "not built yet", r->line.word[0]);
}

bool recipe_write(struct recipe *r)
{
    return not_built(r);
}

bool recipe_discard(struct recipe *r)
{
    return not_built(r);
}

bool recipe_commit(struct recipe *r)
{
    return not_built(r);
}

bool recipe_apply(struct recipe *r)
{
    return not_built(r);
}

/* ---- holds ---- */

bool recipe_holds(struct recipe *r)
{
    uint64_t offset;
    uint64_t length;
    uint64_t pattern;

    if (!line_number(r, 1, RECIPE_OFFSET_MAX, &offset) ||
        !line_number(r, 2, RECIPE_OFFSET_MAX, &length)) {
        return false;
    }
    r->has_content = true;
    if (line_flag(r, "zero")) {
        if (offset > RECIPE_OFFSET_MAX - length || !line_spend(r, 1)) {
            return line_fail(r, "this ends beyond 2^63", NULL);
        }
        sparse_clear(&r->content, offset, offset + length);
        return true;
    }
    if (!line_has_option(r, "pattern")) {
        return line_fail(r, "pattern=P or zero is wanted", NULL);
    }
    if (!line_option(r, "pattern", UINT32_MAX, &pattern) || !line_span(r, offset, length)) {
        return false;
    }
    recipe_pattern(&r->content, offset, length, pattern);
    return true;
}
