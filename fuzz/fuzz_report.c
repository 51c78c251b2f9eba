/* Claim: whatever an image holds, whatever it is called and whatever is found in it, a report for
 * programs is one document that json-c parses again, with the totals, the verdict and the name that
 * went in; a report for people is whole lines of UTF-8, without colour no escape sequence, nothing
 * that could steer a terminal, and no character beyond ASCII that is neither the name's nor the
 * creator's; and text that does not fit is cut at a whole character. Input: a byte that says
 * whether an image of fuzz/render.h follows or findings one by one, a name, then that. */
#include "fuzz/captured.h"
#include "fuzz/harness.h"
#include "fuzz/render.h"
#include "parser/disk.h"
#include "parser/workspace.h"
#include "reports/catalogue.h"
#include "reports/log_report.h"
#include "reports/map_report.h"
#include "reports/names.h"
#include "reports/replay_report.h"

#include <json-c/json.h>

enum {
    STRUCTURE_BYTES = 4 * VX_MIB,
    OVERLAY_BYTES = 1024 * VXR_OVERLAY_RECORD_BYTES,
    NAME_BYTES = 32,
    PRINTED_BYTES = 4 * NAME_BYTES,
    CREATOR_UNITS = 16,
    RANGES_MOST = 200,
    CHANGES_MOST = 1000 /* a log of a megabyte can change 130000 BAT entries */
};

/* All that a report is made of. */
static struct vxo_store store;
static struct vx_reporter totals;
static struct fuzz_captured captured;
static struct vxr_check check;
static struct vxr_log_workspace log_ws;
static uint64_t structure[STRUCTURE_BYTES / 8];
static uint64_t overlay[OVERLAY_BYTES / 8];
static struct vx_facts made; /* of no image */
static struct vx_source source;
static char name[PRINTED_BYTES];

/* ---- what is reported ---- */

static void start(void)
{
    memset(store.count, 0, sizeof(store.count));
    vx_reporter_init(&totals, vxo_store_finding, &store);
}

/* A name of any bytes, made printable; and the same with less room. */
static void choose_name(struct fuzz_input *in)
{
    const size_t room = 1 + fuzz_below(in, PRINTED_BYTES);
    const unsigned len = fuzz_below(in, NAME_BYTES);
    char raw[NAME_BYTES] = {0};
    char text[PRINTED_BYTES];
    struct vxo_buffer whole;
    struct vxo_buffer part;

    for (unsigned i = 0; i < len; i++) {
        const unsigned byte = fuzz_byte(in);

        memcpy(raw + i, &(uint8_t){(uint8_t)byte}, 1);
    }
    vxo_buffer_init(&whole, name, sizeof(name));
    vxo_put_printable(&whole, raw);
    fuzz_must(!whole.is_truncated && whole.len == strlen(name), "a printable name has its length");
    if (fuzz_planted(1)) {
        memcpy(name, raw, sizeof(raw));
    }
    vxo_buffer_init(&part, text, room);
    vxo_put_printable(&part, raw);
    if (fuzz_planted(2) && part.is_truncated) { /* cut at any byte */
        part.len = room - 1;
        memcpy(text, name, part.len);
    }
    fuzz_must(part.len < room && memcmp(text, name, part.len) == 0 &&
                  part.is_truncated == (whole.len >= room),
              "text that does not fit is cut");
    fuzz_must_be_safe(text, part.len, false);
}

static struct vx_finding choose_finding(struct fuzz_input *in)
{
    const unsigned rule = fuzz_below(in, VX_RULE_COUNT);
    const unsigned object = fuzz_below(in, VX_OBJ_COUNT);
    const uint64_t index = fuzz_number(in);
    const unsigned how = fuzz_byte(in);
    struct vx_finding f = vx_finding_at((enum vx_rule)rule, (enum vx_object)object, index,
                                        fuzz_number(in), fuzz_number(in));

    f.severity = (enum vx_severity)(how % VX_SEV_COUNT);
    f.other_offset = (how & 64) != 0 ? fuzz_number(in) : VX_NO_OFFSET;
    f.other_length = (how & 64) != 0 ? fuzz_number(in) : 0;
    for (unsigned i = 0; i < VX_FINDING_ARGS && (how & 128) != 0; i++) {
        f.arg[i] = fuzz_number(in);
    }
    return f;
}

static void choose_facts(struct fuzz_input *in)
{
    uint8_t creator[2 * CREATOR_UNITS];

    memset(&made, 0, sizeof(made));
    for (size_t i = 0; i < sizeof(creator); i++) {
        creator[i] = (uint8_t)fuzz_byte(in);
    }
    made.file_bytes = fuzz_number(in);
    made.fileid.is_read = true;
    made.fileid.has_signature = true;
    vx_utf16_print(creator, CREATOR_UNITS, &made.fileid.creator);
    for (unsigned i = 0; i < VX_ITEM_KIND_COUNT; i++) {
        made.metadata.has[i] = (fuzz_byte(in) & 1) != 0;
    }
    made.metadata.disk_size = fuzz_number(in);
    made.metadata.block_size = (uint32_t)(fuzz_number(in) & UINT32_MAX);
    made.headers.has_current = true;
    made.headers.copy[0].header.log_offset = fuzz_number(in);
    made.headers.copy[0].header.sequence_number = fuzz_number(in);
}

/* Findings that no image made. */
static const struct vx_facts *report_findings(struct fuzz_input *in)
{
    choose_facts(in);
    while (in->at < in->size) {
        const struct vx_finding f = choose_finding(in);

        totals.view = (enum vx_view)(f.index & 1);
        vx_report(&totals, &f);
        vx_report_more(&totals, &f, f.index % 3 == 0 ? f.length : 0);
    }
    return &made;
}

static const struct vx_facts *report_image(struct fuzz_input *in, struct fuzz_image *image)
{
    const struct vxr_memory memory = {structure, sizeof(structure), &log_ws, overlay,
                                      sizeof(overlay)};

    fuzz_render(in, image);
    source = image_source(&image->im);
    fuzz_must(vxr_check_init(&check, &memory, &totals) == VX_OK, "the memory is taken");
    vxr_check_run(&check, &source, NULL);
    return &check.structure.facts;
}

/* ---- what is told one by one ---- */

static void ignore(void *ctx, const struct vx_finding *finding)
{
    (void)ctx;
    (void)finding;
}

static void tell_log(void *ctx, const struct vxr_story *story)
{
    const struct vx_header *h = vx_headers_current(&check.structure.facts.headers);
    struct vx_reporter ignored;
    struct vxr_scan scan;

    (void)ctx;
    vx_reporter_init(&ignored, ignore, NULL);
    vxr_scan(&log_ws.ring, &h->log_guid, check.structure.ws->crc, log_ws.starts, story, &ignored,
             &scan);
}

static void tell_changes(void *ctx, vxr_change_fn *change, void *change_ctx,
                         struct vxr_delta *delta)
{
    (void)ctx;
    vxr_delta_run(&check, &source, change, change_ctx, delta);
}

static void tell_map(void *ctx, vxo_range_fn *range_fn, void *range_ctx)
{
    const struct vx_facts *facts = &check.structure.facts;
    struct vx_disk disk;
    struct vx_disk_range range = {0};
    uint64_t at = 0;

    (void)ctx;
    vx_disk_init(&disk, &check.view, &facts->geometry, &facts->regions.bat,
                 check.structure.ws->table);
    vx_disk_heed_claims(&disk, &check.structure.claims);
    for (unsigned i = 0; i < RANGES_MOST; i++) {
        if (vx_disk_map(&disk, at, UINT64_MAX, &range) != VX_OK || range.length == 0) {
            break;
        }
        range_fn(range_ctx, &range);
        at += range.length;
    }
}

/* ---- the claims ---- */

/* Is the character one of this text's? */
static bool holds(const char *text, uint32_t code)
{
    const size_t len = strlen(text);
    size_t taken;

    for (size_t at = 0; at < len; at += taken) {
        if (fuzz_character(text + at, len - at, &taken) == code) {
            return true;
        }
        taken = taken > 0 ? taken : 1;
    }
    return false;
}

static void expect_text(const struct vx_facts *facts, bool has_color)
{
    size_t taken;

    fuzz_must(!captured.is_cut, "a report is not endless");
    if (fuzz_planted(3) && captured.len > 0 && facts->fileid.creator.was_altered) {
        captured.text[captured.len / 2] = '\r';
    }
    fuzz_must_be_safe(captured.text, captured.len, has_color);
    fuzz_must(captured.len == 0 || captured.text[captured.len - 1] == '\n',
              "a report is whole lines");
    for (size_t at = 0; at < captured.len; at += taken) {
        const uint32_t code = fuzz_character(captured.text + at, captured.len - at, &taken);

        fuzz_must(code < 0x80 || holds(name, code) || holds(facts->fileid.creator.utf8, code),
                  "only names and creators bring characters beyond ASCII");
    }
}

static uint64_t number_of(json_object *object, const char *key)
{
    json_object *value = NULL;

    return json_object_object_get_ex(object, key, &value) ? json_object_get_uint64(value) : 0;
}

static void expect_totals(json_object *document)
{
    json_object *all = NULL;
    json_object *rules = NULL;

    if (!json_object_object_get_ex(document, "totals", &all)) {
        return; /* the map has none */
    }
    fuzz_must(json_object_object_get_ex(all, "rules", &rules), "totals are told by rule");
    for (unsigned rule = 0; rule < VX_RULE_COUNT; rule++) {
        const uint64_t want =
            totals.total[rule] -
            (fuzz_planted(5) && rule == VX_BAT_009 && totals.total[rule] > 1 ? 1 : 0);

        fuzz_must(number_of(rules, vxo_rule_text((enum vx_rule)rule)->id) == want,
                  "totals come back as they were");
    }
}

static void expect_members(json_object *document, const struct vxo_report *report)
{
    json_object *value = NULL;

    if (json_object_object_get_ex(document, "image", &value)) {
        fuzz_must(strcmp(json_object_get_string(value), report->image) == 0,
                  "the name comes back as it was");
    }
    if (report->depth == VXO_CHECK && json_object_object_get_ex(document, "verdict", &value)) {
        fuzz_must(strcmp(json_object_get_string(value), vxo_verdict_name(report->verdict)) == 0,
                  "the verdict comes back as it was");
    }
    expect_totals(document);
}

/* One document, and the end of its last line. */
static void expect_json(const struct vxo_report *report, bool is_line)
{
    struct json_tokener *parser = json_tokener_new();
    json_object *document;
    size_t end;

    fuzz_must(parser != NULL && !captured.is_cut, "a report is not endless");
    captured.len -= fuzz_planted(4) && captured.len > 1 ? 2 : 0;
    fuzz_must_be_safe(captured.text, captured.len, false);
    json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    document = json_tokener_parse_ex(parser, captured.text, (int)captured.len);
    fuzz_must(json_tokener_get_error(parser) == json_tokener_success && document != NULL,
              "json-c parses the report");
    end = json_tokener_get_parse_end(parser);
    fuzz_must(captured.len - end <= 1 && captured.text[captured.len - 1] == '\n',
              "a report is one document");
    fuzz_must(!is_line ||
                  memchr(captured.text, '\n', captured.len) == captured.text + captured.len - 1,
              "a line of JSON Lines is one");
    if (json_object_is_type(document, json_type_object)) {
        expect_members(document, report);
    }
    json_object_put(document);
    json_tokener_free(parser);
}

/* ---- the reports ---- */

enum kind { KIND_REPORT, KIND_LOG, KIND_REPLAY, KIND_MAP, KINDS };

static void write_log(const struct vxo_report *report, const struct vxo_text *text,
                      const struct vxo_json *json)
{
    const struct vxo_log_report log = {
        .image = *report,
        .ring = report->facts->headers.is_log_usable ? &log_ws.ring : NULL,
        .scan = check.log.scan,
        .tell = tell_log,
    };

    if (json == NULL) {
        vxo_text_log(text, &log);
    } else {
        fuzz_must(vxo_json_log(json, &log), "there is memory for a report");
    }
}

static void write_replay(const struct vxo_report *report, const struct vxo_text *text,
                         const struct vxo_json *json, uint64_t limit)
{
    const struct vxo_replay_report replay = {
        .image = *report, .limit = limit, .tell = tell_changes};

    if (json == NULL) {
        vxo_text_replay(text, &replay);
    } else {
        fuzz_must(vxo_json_replay(json, &replay), "there is memory for a report");
    }
}

static void write_map(const struct vxo_report *report, const struct vxo_text *text,
                      const struct vxo_json *json)
{
    static const struct vxo_map map = {.tell = tell_map};

    if (!report->facts->has_geometry || !report->facts->regions.bat.is_usable) {
        vxo_page_write(&text->page, json == NULL ? "" : "[]\n");
    } else if (json == NULL) {
        vxo_text_map(&text->page, &map);
    } else {
        vxo_json_map(json, &map);
    }
}

/* A check, or info and what goes with a report that is not written. */
static void write_report(const struct vxo_report *report, const struct vxo_text *text,
                         const struct vxo_json *json)
{
    if (json != NULL) {
        fuzz_must(vxo_json_report(json, report), "there is memory for a report");
    } else if (report->depth == VXO_CHECK) {
        vxo_text_check(text, report);
    } else {
        vxo_text_info(text, report);
        vxo_text_brief(text, report);
    }
}

/* Write the report of that kind, as text when json is NULL. */
static void write_kind(enum kind kind, const struct vxo_report *report, const struct vxo_text *text,
                       const struct vxo_json *json)
{
    captured.len = 0;
    captured.is_cut = false;
    if (kind == KIND_LOG) {
        write_log(report, text, json);
    } else if (kind == KIND_REPLAY) {
        write_replay(report, text, json, text->is_verbose ? CHANGES_MOST : 4);
    } else if (kind == KIND_MAP) {
        write_map(report, text, json);
    } else {
        write_report(report, text, json);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_image image;
    struct fuzz_input in;
    unsigned how;
    bool has_image;

    fuzz_input_init(&in, data, size);
    how = fuzz_byte(&in);
    has_image = (how & 1) == 0;
    choose_name(&in);
    start();
    {
        const struct vx_facts *facts = has_image ? report_image(&in, &image) : report_findings(&in);
        const enum kind kind = has_image ? (enum kind)(how >> 5 & 3) : KIND_REPORT;
        const struct vxo_report report = {
            .depth = (how & 2) != 0 ? VXO_INFO : VXO_CHECK,
            .image = name,
            .facts = facts,
            .region = has_image ? check.structure.ws->region : NULL,
            .totals = &totals,
            .store = &store,
            .verdict = vx_verdict_of(&totals),
            .log = has_image ? &check.log : NULL,
        };
        const struct vxo_text text = {{fuzz_capture, &captured, (how & 4) != 0}, (how & 8) != 0};
        const struct vxo_json json = {fuzz_capture, &captured, (how & 16) != 0};

        write_kind(kind, &report, &text, &json);
        expect_json(&report, !json.is_pretty && kind != KIND_MAP);
        write_kind(kind, &report, &text, NULL);
        expect_text(facts, text.page.has_color);
    }
    if (has_image) {
        fuzz_image_free(&image);
    }
    return 0;
}
