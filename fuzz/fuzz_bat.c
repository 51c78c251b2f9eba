/* Claim: of any block table, of any disk, the pass over the blocks finds what a reading of one
 * entry after the other by MS-VHDX 2.5.1 and a comparison of all pairs find: each rule as often,
 * each state as often, the same end of the last block. It does so in any memory, whatever it knows
 * of holes, and when parts of the table come from a log. Input: geometry, places of the regions,
 * then stretches of entries and sectors that come from the log. */
#include "fuzz/bat_model.h"
#include "fuzz/harness.h"
#include "fuzz/promises.h"
#include "parser/workspace.h"
#include "replay/view.h"

enum { WORDS_MOST = 4096, OVERLAY_WORDS = 4096 };

static struct vx_workspace ws;
static struct bat_model model;

static void expect_as_naive(const struct vx_blocks *got)
{
    for (unsigned i = 0; i < VX_STATE_COUNT; i++) {
        fuzz_must(got->payload_state[i] == model.payload_state[i] &&
                      got->bitmap_state[i] == model.bitmap_state[i],
                  "blocks are counted in their states");
    }
    fuzz_must(got->end == model.end, "the last block ends where the naive reading says");
    fuzz_must(got->unused_slots == model.unused && got->unreadable == 0 && got->is_judged,
              "every slot of the table is looked at");
}

/* Headers and regions as the passes before this one leave them. */
static void make_layout(void)
{
    struct vx_headers headers = {.has_current = true};
    struct vx_regions regions = {.is_usable = true, .count = BAT_MODEL_REGIONS};
    struct findings ignored;

    headers.copy[0].header.log_offset = BAT_MODEL_LOG;
    headers.copy[0].header.log_length = BAT_MODEL_LOG_BYTES;
    memcpy(ws.region, model.region, sizeof(model.region));
    findings_init(&ignored, "layout");
    vx_layout_check(&headers, &regions, &ws, &ignored.rep);
    findings_free(&ignored);
}

static void check(const struct vx_source *view, uint64_t word_count)
{
    static uint64_t words[WORDS_MOST];
    static struct vx_claims claims;
    const struct vx_blocks_job job = {
        .view = view,
        .geo = &model.geo,
        .bat = &model.bat,
        .layout = &ws.layout,
        .window = ws.table[0],
        .claims = &claims,
        .pass_limit = UINT64_MAX,
    };
    struct findings f;
    struct vx_blocks got;

    make_layout();
    fuzz_must(vx_claims_init(&claims, words, word_count, model.geo.block_mib,
                             model.geo.has_parent) == VX_OK,
              "memory of any size from the least on is taken");
    findings_init(&f, "fuzz");
    f.rep.evidence_end = view->size;
    vx_blocks_check(&job, &f.rep, &got);
    fuzz_must_total(&f, model.total);
    expect_as_naive(&got);
    fuzz_must_keep(&f, view->size);
    findings_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint64_t memory[OVERLAY_WORDS];
    struct fuzz_input in;
    struct vxr_overlay overlay;
    struct vxr_view view;
    struct vx_source raw;
    struct vx_source replayed;
    uint64_t words;

    fuzz_input_init(&in, data, size);
    words = fuzz_number(&in) % (WORDS_MOST - VX_CLAIM_WORDS_MIN + 1);
    bat_model_make(&model, &in);
    bat_model_judge(&model);
    if (fuzz_planted(2) && model.total[VX_BAT_017] > 0) { /* an end that is not looked at */
        model.total[VX_BAT_017]--;
    }
    if (fuzz_planted(3) && model.geo.has_parent) { /* bitmaps that lie on nothing */
        model.total[VX_BAT_025] = 0;
    }
    if (fuzz_planted(4)) { /* the last slot is passed over */
        model.payload_state[0] -= model.payload_state[0] > 100 ? 1 : 0;
    }
    fuzz_must(vxr_overlay_init(&overlay, memory, sizeof(memory)) == VX_OK,
              "the overlay's memory is taken");
    raw = bat_model_raw(&model);
    bat_model_replay(&model, &overlay);
    vxr_view_init(&view, &raw, &overlay, BAT_MODEL_LOG, BAT_MODEL_LOG_BYTES, 0, raw.size,
                  &replayed);
    check(fuzz_planted(1) ? &raw : &replayed, VX_CLAIM_WORDS_MIN + words);
    return 0;
}
