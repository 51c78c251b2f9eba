/* From a row of a case table to an image and its findings. */
#include "tests/support/cases.h"

#include "tests/support/fault_source.h"
#include "tests/support/replayed.h"

struct rule_cases cases_of(enum case_table table)
{
    const struct rule_cases all[CASE_TABLES] = {
        [CASES_LAYOUT] = CASES_LAYOUT_ROWS,   [CASES_HEADER] = CASES_HEADER_ROWS,
        [CASES_REGION] = CASES_REGION_ROWS,   [CASES_METADATA] = CASES_METADATA_ROWS,
        [CASES_VALUES] = CASES_VALUES_ROWS,   [CASES_BLOCKS] = CASES_BLOCKS_ROWS,
        [CASES_BITMAPS] = CASES_BITMAPS_ROWS, [CASES_PRODUCERS] = CASES_PRODUCERS_ROWS,
        [CASES_LOG] = CASES_LOG_ROWS,
    };

    return all[table];
}

void cases_for_each(case_fn *visit, void *ctx)
{
    for (int table = 0; table < CASE_TABLES; table++) {
        const struct rule_cases cases = cases_of((enum case_table)table);

        for (size_t i = 0; i < cases.count; i++) {
            visit(ctx, &cases.row[i]);
        }
    }
}

/* Start of the place in copy 0 or 1; a place with one copy is the same in both. */
static uint64_t base_of(const struct poke *poke, unsigned copy)
{
    switch (poke->place) {
    case HEADERS:
        return image_header_at(copy, 0);
    case HEADER_1:
        return IMAGE_HEADER_1;
    case HEADER_2:
        return IMAGE_HEADER_2;
    case TABLES:
        return copy == 0 ? IMAGE_REGIONS_1 : IMAGE_REGIONS_2;
    case TABLE_1:
        return IMAGE_REGIONS_1;
    case TABLE_2:
        return IMAGE_REGIONS_2;
    case REGION:
        return image_region_at(copy, poke->index, 0);
    case META:
        return IMAGE_METADATA;
    case ITEM:
        return image_item_entry_at(poke->index, 0);
    case VALUE:
        return image_item_at(poke->index);
    case ENTRY:
        return IMAGE_BAT + UINT64_C(8) * poke->index;
    case LOG:
        return IMAGE_LOG + (uint64_t)LOG_SECTOR * poke->index;
    case AT:
    case POKE_NONE:
        break;
    }
    return 0;
}

static bool is_end(const struct log_entry *entry)
{
    return entry->sequence == 0;
}

static void seal_log(const struct rule_case *row, const struct test_log *log)
{
    for (const struct log_entry *e = row->log; !is_end(e); e++) {
        if (image_get(log->im, log_at(log, e->pos) + 8, 4) <= 2 * log->length) {
            log_seal(log, e->pos);
        }
    }
}

void case_make(const struct rule_case *row, struct image *im)
{
    struct test_log log;

    image_make(im, &row->spec);
    if (row->log != NULL) {
        log_init(&log, im, IMAGE_LOG, VX_MIB);
        for (const struct log_entry *e = row->log; !is_end(e); e++) {
            (void)log_put(&log, e);
        }
    }
    for (unsigned i = 0; i < CASE_POKES && row->poke[i].place != POKE_NONE; i++) {
        const struct poke *poke = &row->poke[i];

        for (unsigned copy = 0; copy < 2; copy++) {
            image_put(im, base_of(poke, copy) + poke->pos, poke->width, poke->value);
        }
    }
    if (row->edit != NULL) {
        row->edit(im);
    }
    if (!row->is_unsealed) {
        image_seal(im);
    }
    if (row->log != NULL && !row->is_unsealed) {
        seal_log(row, &log);
    }
    if (row->size != 0) {
        im->size = row->size;
    }
}

struct check_options case_options(const struct rule_case *row, uint64_t size)
{
    return (struct check_options){
        .memory_bytes = row->has_least_memory ? (size_t)vx_structure_need(size).min : 0,
        .pass_limit = row->pass_limit,
    };
}

static void run_replayed(const struct rule_case *row, const struct vx_source *src,
                         struct findings *out, uint64_t *size)
{
    const struct replay_options options = {
        .memory_bytes = row->has_least_memory ? (size_t)vx_structure_need(src->size).min : 0,
        .overlay_bytes = row->overlay_bytes,
        .pass_limit = row->pass_limit,
    };

    *size = replayed_check(src, &options, out, NULL);
}

void case_run(const struct rule_case *row, struct findings *out, uint64_t *size)
{
    struct image im;
    struct vx_source inner;
    struct vx_source src;
    struct fault_source fault;
    struct check_options options;
    uint64_t judged;

    findings_init(out, row->name);
    case_make(row, &im);
    judged = im.size;
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.kind = row->bad.end > 0 ? FAULT_FAIL_RANGE : FAULT_NONE;
    fault.bad = row->bad;
    src = fault_source(&fault);
    options = case_options(row, im.size);
    if (row->is_replayed || row->log != NULL) {
        run_replayed(row, &src, out, &judged);
    } else {
        check_source(&src, &options, out, NULL);
    }
    if (size != NULL) {
        *size = judged;
    }
    image_free(&im);
}
