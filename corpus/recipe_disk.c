/* Commands about the virtual disk: the format's own write path, and what the disk then holds. */
#include "corpus/memory.h"
#include "corpus/recipe_commands.h"
#include "corpus/recipe_words.h"
#include "parser/bytes.h"

#include <stdlib.h>

enum { WRITE_MOST = 16 * 1048576 };

/* ---- the writer ---- */

void recipe_stop_writing(struct recipe *r)
{
    if (r->is_writing) {
        writer_close(&r->writer);
        r->is_writing = false;
    }
}

/* A session lasts as long as only its commands come. */
static bool start_writing(struct recipe *r)
{
    if (r->is_writing) {
        return true;
    }
    if (!r->is_created) {
        return line_fail(r, "there is no disk without create", NULL);
    }
    r->is_writing = true;
    return writer_open(&r->writer, &r->im) || line_fail(r, r->writer.error, NULL);
}

static bool write_pattern(struct recipe *r, uint64_t offset, uint64_t length, uint64_t pattern)
{
    uint8_t *bytes = memory_take((size_t)length, 1);
    bool is_good;

    recipe_pattern(&r->content, offset, length, pattern);
    sparse_read(&r->content, offset, bytes, (size_t)length);
    is_good = writer_write(&r->writer, offset, bytes, (size_t)length);
    free(bytes);
    return is_good || line_fail(r, r->writer.error, NULL);
}

bool recipe_write(struct recipe *r)
{
    uint64_t offset;
    uint64_t length;
    uint64_t pattern;

    if (!start_writing(r) || !line_number(r, 1, RECIPE_OFFSET_MAX, &offset) ||
        !line_number(r, 2, WRITE_MOST, &length)) {
        return false;
    }
    if (!line_has_option(r, "pattern")) {
        return line_fail(r, "pattern=P is wanted", NULL);
    }
    if (!line_option(r, "pattern", UINT32_MAX, &pattern) || !line_span(r, offset, length)) {
        return false;
    }
    r->has_content = true;
    return write_pattern(r, offset, length, pattern);
}

bool recipe_discard(struct recipe *r)
{
    uint64_t offset;
    uint64_t length;
    const char *word;
    unsigned state;

    if (!start_writing(r) || !line_number(r, 1, RECIPE_OFFSET_MAX, &offset) ||
        !line_number(r, 2, RECIPE_OFFSET_MAX, &length) || !line_word(r, 3, &word)) {
        return false;
    }
    if (!word_state(word, &state)) {
        return line_fail(r, "no state of a block", word);
    }
    if (!line_spend(r, length / r->im.spec.block_bytes)) {
        return false;
    }
    if (!writer_discard(&r->writer, offset, length, state)) {
        return line_fail(r, r->writer.error, NULL);
    }
    r->has_content = true;
    sparse_clear(&r->content, offset, vx_add_sat(offset, length));
    return true;
}

bool recipe_commit(struct recipe *r)
{
    return start_writing(r) && (writer_commit(&r->writer) || line_fail(r, r->writer.error, NULL));
}

bool recipe_apply(struct recipe *r)
{
    return start_writing(r) && (writer_apply(&r->writer) || line_fail(r, r->writer.error, NULL));
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
