/* Commands that write logs. An entry is written when its last descriptor is known: when another
 * command comes, or the end. */
#include "corpus/memory.h"
#include "corpus/recipe_commands.h"

bool recipe_log(struct recipe *r)
{
    uint64_t at = r->log.offset;
    uint64_t length = r->log.length;

    if (!r->is_created) {
        return line_fail(r, "there is no log without create", NULL);
    }
    if (r->has_log) {
        return line_fail(r, "the image has a pending log already", NULL);
    }
    if (!line_option(r, "at", RECIPE_OFFSET_MAX / 2, &at) ||
        !line_option(r, "length", UINT32_MAX, &length)) {
        return false;
    }
    if (length == 0 || length % LOG_SECTOR != 0) {
        return line_fail(r, "a log is some sectors of 4096 bytes long", NULL);
    }
    log_init(&r->log, &r->im, at, (uint32_t)length);
    r->has_log = true;
    return true;
}

bool recipe_entry(struct recipe *r)
{
    struct recipe_draft *draft = &r->draft;
    uint64_t at = r->next_pos;
    uint64_t tail = 0;

    if (!r->has_log) {
        return line_fail(r, "there is no pending log: the command log comes first", NULL);
    }
    if (!line_has_option(r, "sequence")) {
        return line_fail(r, "this option must be there: sequence", NULL);
    }
    draft->times = 1;
    draft->count = 0;
    draft->entry = (struct log_entry){.is_foreign = line_flag(r, "foreign")};
    if (!line_option(r, "sequence", UINT64_MAX, &draft->entry.sequence) ||
        !line_option(r, "at", UINT32_MAX, &at) || !line_option(r, "tail", UINT32_MAX, &tail) ||
        !line_option(r, "flushed", UINT64_MAX, &draft->entry.flushed) ||
        !line_option(r, "last", UINT64_MAX, &draft->entry.last) ||
        !line_option(r, "times", RECIPE_STEPS_MAX, &draft->times)) {
        return false;
    }
    if (at % LOG_SECTOR != 0 || at >= r->log.length) {
        return line_fail(r, "an entry begins at a sector of the log", NULL);
    }
    draft->entry.pos = (uint32_t)at;
    draft->entry.tail = (uint32_t)tail;
    draft->line = r->line.number;
    draft->is_open = true;
    return true;
}

/* ---- descriptors ---- */

static bool add_write(struct recipe *r, const struct log_write *write)
{
    struct recipe_draft *draft = &r->draft;

    if (draft->count == RECIPE_DESCRIPTORS_MAX) {
        return line_fail(r, "too many descriptors", NULL);
    }
    if (draft->count == draft->capacity) {
        draft->capacity = draft->capacity * 2 + 16;
        draft->write = memory_resize(draft->write, draft->capacity, sizeof(draft->write[0]));
    }
    draft->write[draft->count] = *write;
    draft->count++;
    return true;
}

/* The write and `times` - 1 more, each `step` bytes and `by` further. */
static bool add_writes(struct recipe *r, struct log_write write, uint64_t step, uint64_t by)
{
    uint64_t times = 1;

    if (!r->draft.is_open) {
        return line_fail(r, "a descriptor follows its entry", NULL);
    }
    if (!line_option(r, "times", RECIPE_DESCRIPTORS_MAX, &times) || !line_spend(r, times)) {
        return false;
    }
    for (uint64_t i = 0; i < times; i++) {
        if (!add_write(r, &write)) {
            return false;
        }
        if (i + 1 < times && (write.offset > UINT64_MAX - step || write.value > UINT64_MAX - by)) {
            return line_fail(r, "the numbers grow beyond 64 bits", NULL);
        }
        write.offset += i + 1 < times ? step : 0;
        write.value += i + 1 < times ? by : 0;
    }
    return true;
}

bool recipe_data(struct recipe *r)
{
    struct log_write write = {.kind = LOG_DATA};

    return line_number(r, 1, UINT64_MAX, &write.offset) &&
           line_number(r, 2, UINT32_MAX, &write.value) && add_writes(r, write, LOG_SECTOR, 1);
}

bool recipe_zero(struct recipe *r)
{
    struct log_write write = {.kind = LOG_ZERO};

    return line_number(r, 1, UINT64_MAX, &write.offset) &&
           line_number(r, 2, UINT64_MAX, &write.value) && add_writes(r, write, write.value, 0);
}

/* ---- writing the entry ---- */

static void remember(struct recipe *r, const struct log_entry *entry)
{
    if (r->entry_count == r->entry_capacity) {
        r->entry_capacity = r->entry_capacity * 2 + 16;
        r->entry = memory_resize(r->entry, r->entry_capacity, sizeof(r->entry[0]));
    }
    r->entry[r->entry_count] = (struct recipe_entry){entry->pos, entry->count};
    r->entry_count++;
}

static bool put_entry(struct recipe *r, const struct log_entry *entry)
{
    const uint64_t sectors = log_bytes(entry) / LOG_SECTOR;

    if (!line_spend(r, 8 * sectors + entry->count)) {
        return false;
    }
    remember(r, entry);
    r->next_pos = log_put(&r->log, entry);
    return true;
}

/* What the next entry of a series differs in. */
static bool advance(struct recipe *r)
{
    struct recipe_draft *draft = &r->draft;

    if (draft->entry.sequence == UINT64_MAX) {
        return line_fail(r, "no sequence number follows 2^64-1", NULL);
    }
    draft->entry.sequence++;
    draft->entry.pos = r->next_pos;
    for (uint32_t i = 0; i < draft->count; i++) {
        struct log_write *write = &draft->write[i];

        if (write->offset > UINT64_MAX - LOG_SECTOR || write->value == UINT64_MAX) {
            return line_fail(r, "the numbers grow beyond 64 bits", NULL);
        }
        write->offset += LOG_SECTOR;
        write->value += write->kind == LOG_DATA ? 1 : 0;
    }
    return true;
}

static bool put_entries(struct recipe *r)
{
    struct recipe_draft *draft = &r->draft;
    const struct log_write none = {.kind = LOG_NONE};
    uint64_t sectors = log_descriptor_sectors(draft->count);

    for (uint32_t i = 0; i < draft->count; i++) {
        sectors += draft->write[i].kind == LOG_DATA ? 1 : 0;
    }
    if (sectors > r->log.length / LOG_SECTOR) {
        return line_fail(r, "the entry is longer than the log", NULL);
    }
    for (uint64_t i = 0; i < draft->times; i++) {
        draft->entry.writes = draft->write != NULL ? draft->write : &none;
        draft->entry.count = draft->count;
        if (!put_entry(r, &draft->entry) || (i + 1 < draft->times && !advance(r))) {
            return false;
        }
    }
    return true;
}

bool recipe_finish_entry(struct recipe *r)
{
    const size_t line = r->line.number;
    bool is_good = true;

    if (r->draft.is_open) {
        r->line.number = r->draft.line;
        is_good = put_entries(r);
        r->line.number = line;
        r->draft.is_open = false;
    }
    return is_good;
}

/* Only what can still be called an entry: its length may be anything by now. */
bool recipe_seal_log(struct recipe *r)
{
    for (size_t i = 0; i < r->entry_count; i++) {
        const uint32_t pos = r->entry[i].pos;
        const uint64_t len = image_get(&r->im, log_at(&r->log, pos) + 8, 4);

        if (len > 2 * (uint64_t)r->log.length || len > UINT32_MAX - LOG_SECTOR) {
            continue;
        }
        if (!line_spend(r, 1 + len / 512)) {
            return false;
        }
        log_seal(&r->log, pos);
    }
    return true;
}
