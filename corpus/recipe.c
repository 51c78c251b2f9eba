/* Recipes: cut the text into lines, find each line's command in the table, and at the end compute
 * what is computed. One pass over the text; what a command costs is counted against
 * RECIPE_STEPS_MAX. */
#include "corpus/recipe.h"

#include "corpus/recipe_commands.h"

#include <stdlib.h>
#include <string.h>

static const char *const RULE_NAME[VX_RULE_COUNT] = {
#define VX_RULE(area, number, severity, clause, title, message, found, expected, hint)             \
    [VX_##area##_##number] = #area "-" #number,
#include "parser/rules.def"
#undef VX_RULE
};

const char *recipe_rule_name(enum vx_rule rule)
{
    return (unsigned)rule < VX_RULE_COUNT ? RULE_NAME[rule] : "?";
}

bool recipe_rule(const char *name, enum vx_rule *rule)
{
    for (unsigned i = 0; i < VX_RULE_COUNT; i++) {
        if (strcmp(RULE_NAME[i], name) == 0) {
            *rule = (enum vx_rule)i;
            return true;
        }
    }
    return false;
}

/* ---- title, fires, misses ---- */

/* The rest of the line as it is: the title is no words. */
static bool read_title(struct recipe *r, const char *text, size_t len)
{
    const char *hash = memchr(text, '#', len);
    size_t end = hash != NULL ? (size_t)(hash - text) : len;

    while (end > 0 && line_is_blank(text[end - 1])) {
        end--;
    }
    if (r->title[0] != '\0') {
        return line_fail(r, "there is a title already", NULL);
    }
    if (end == 0 || end >= sizeof(r->title)) {
        return line_fail(r, "a title has 1 to 255 characters", NULL);
    }
    for (size_t i = 0; i < end; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            return line_fail(r, "a title is printable ASCII", NULL);
        }
    }
    memcpy(r->title, text, end);
    return true;
}

static bool read_rules(struct recipe *r, bool wanted[VX_RULE_COUNT])
{
    size_t i = 1;

    do {
        const char *word;
        enum vx_rule rule;

        if (!line_word(r, i, &word)) {
            return false;
        }
        if (!recipe_rule(word, &rule)) {
            return line_fail(r, "no such rule", word);
        }
        wanted[rule] = true;
        if (r->fires[rule] && r->misses[rule]) {
            return line_fail(r, "a rule cannot both fire and miss", word);
        }
        i++;
    } while (line_has(r, i));
    return true;
}

static bool read_fires(struct recipe *r)
{
    return read_rules(r, r->fires);
}

static bool read_misses(struct recipe *r)
{
    return read_rules(r, r->misses);
}

/* ---- commands ---- */

struct command {
    const char *name;
    command_fn *run;
    bool is_early;      /* may stand in front of the image */
    bool is_descriptor; /* continues the entry in front */
    bool is_writer;     /* continues the writer's session in front */
};

static const struct command COMMANDS[] = {
    {.name = "fires", .run = read_fires, .is_early = true},
    {.name = "misses", .run = read_misses, .is_early = true},
    {.name = "unsealed", .run = recipe_unsealed, .is_early = true},
    {.name = "create", .run = recipe_create, .is_early = true},
    {.name = "empty", .run = recipe_empty, .is_early = true},
    {.name = "size", .run = recipe_size},
    {.name = "set", .run = recipe_set},
    {.name = "put", .run = recipe_put},
    {.name = "bytes", .run = recipe_bytes},
    {.name = "fill", .run = recipe_fill},
    {.name = "copy", .run = recipe_copy},
    {.name = "swap", .run = recipe_swap},
    {.name = "region", .run = recipe_region},
    {.name = "item", .run = recipe_item},
    {.name = "block", .run = recipe_block},
    {.name = "bitmap", .run = recipe_bitmap},
    {.name = "parent", .run = recipe_parent},
    {.name = "locator", .run = recipe_locator},
    {.name = "key", .run = recipe_key},
    {.name = "log", .run = recipe_log},
    {.name = "entry", .run = recipe_entry},
    {.name = "data", .run = recipe_data, .is_descriptor = true},
    {.name = "zero", .run = recipe_zero, .is_descriptor = true},
    {.name = "write", .run = recipe_write, .is_writer = true},
    {.name = "discard", .run = recipe_discard, .is_writer = true},
    {.name = "commit", .run = recipe_commit, .is_writer = true},
    {.name = "apply", .run = recipe_apply, .is_writer = true},
    {.name = "holds", .run = recipe_holds, .is_writer = true},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < VX_COUNT_OF(COMMANDS); i++) {
        if (strcmp(COMMANDS[i].name, name) == 0) {
            return &COMMANDS[i];
        }
    }
    return NULL;
}

static bool has_room(struct recipe *r)
{
    return !(r->im.bytes.is_full || r->content.is_full) ||
           line_fail(r, "more than 64 MiB were written", NULL);
}

static bool run_words(struct recipe *r)
{
    const struct command *command;

    if (r->line.count == 0) {
        return true;
    }
    if (r->title[0] == '\0') {
        return line_fail(r, "a recipe begins with its title", NULL);
    }
    command = find_command(r->line.word[0]);
    if (command == NULL) {
        return line_fail(r, "no such command", r->line.word[0]);
    }
    if (!r->has_image && !command->is_early) {
        return line_fail(r, "create or empty comes first", NULL);
    }
    if (!command->is_descriptor && !recipe_finish_entry(r)) {
        return false;
    }
    if (!command->is_writer) {
        recipe_stop_writing(r);
    }
    return line_spend(r, 1) && command->run(r) && line_end(r) && has_room(r);
}

static bool run_line(struct recipe *r, const char *text, size_t len)
{
    static const char title[] = "title ";
    const size_t begin = sizeof(title) - 1;

    r->line.number++;
    if (len >= begin && memcmp(text, title, begin) == 0) {
        return read_title(r, text + begin, len - begin);
    }
    return line_split(r, text, len) && run_words(r);
}

static bool run_lines(struct recipe *r, const char *text, size_t len)
{
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        const size_t line = end != NULL ? (size_t)(end - text) : len;

        if (!run_line(r, text, line)) {
            return false;
        }
        text += end != NULL ? line + 1 : line;
        len -= end != NULL ? line + 1 : line;
    }
    return true;
}

static bool finish(struct recipe *r)
{
    if (!r->has_image) {
        return line_fail(r, "the recipe makes no image", NULL);
    }
    if (!recipe_finish_entry(r)) {
        return false;
    }
    recipe_stop_writing(r);
    if (r->is_created && (r->unsealed & RECIPE_UNSEALED_HEADERS) == 0) {
        image_seal_headers(&r->im);
    }
    if (r->is_created && (r->unsealed & RECIPE_UNSEALED_TABLES) == 0) {
        image_seal_tables(&r->im);
    }
    if ((r->unsealed & RECIPE_UNSEALED_LOG) == 0 && !recipe_seal_log(r)) {
        return false;
    }
    return has_room(r);
}

bool recipe_read(struct recipe *r, const char *file, const char *text, size_t len)
{
    memset(r, 0, sizeof(*r));
    r->line.file = file;
    r->content.most = RECIPE_CHUNKS_MAX;
    if (len > RECIPE_TEXT_MAX) {
        return line_fail(r, "the recipe is too long", NULL);
    }
    return run_lines(r, text, len) && finish(r);
}

void recipe_free(struct recipe *r)
{
    recipe_stop_writing(r);
    if (r->has_image) {
        image_free(&r->im);
    }
    sparse_free(&r->content);
    free(r->draft.write);
    free(r->entry);
    memset(r, 0, sizeof(*r));
}

uint64_t recipe_disk_bytes(const struct recipe *r)
{
    return r->is_created ? r->im.spec.disk_bytes : 0;
}
