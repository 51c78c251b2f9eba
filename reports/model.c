/* Storing findings in order, and facts that follow from facts. */
#include "reports/model.h"

#include "parser/utf16.h"

enum { KEYS = 8 + VX_FINDING_ARGS, REPLACEMENT = 0xfffd };

/* What findings of one rule are ordered by, most important first. */
static void keys_of(const struct vx_finding *f, uint64_t key[KEYS])
{
    const uint64_t fixed[] = {
        (uint64_t)f->view, f->index,        f->offset,       (uint64_t)f->object,
        f->length,         f->other_offset, f->other_length, (uint64_t)f->severity};

    memcpy(key, fixed, sizeof(fixed));
    memcpy(key + VX_COUNT_OF(fixed), f->arg, sizeof(f->arg));
}

static bool comes_before(const struct vx_finding *a, const struct vx_finding *b)
{
    uint64_t key_a[KEYS];
    uint64_t key_b[KEYS];

    keys_of(a, key_a);
    keys_of(b, key_b);
    for (size_t i = 0; i < KEYS; i++) {
        if (key_a[i] != key_b[i]) {
            return key_a[i] < key_b[i];
        }
    }
    return false;
}

void vxo_store_finding(void *ctx, const struct vx_finding *finding)
{
    struct vxo_store *store = ctx;
    struct vx_finding *at = NULL;
    uint32_t i = 0;

    if ((unsigned)finding->rule >= VX_RULE_COUNT ||
        store->count[finding->rule] >= VX_FINDINGS_MOST) {
        return;
    }
    at = store->at[finding->rule];
    for (i = store->count[finding->rule]; i > 0 && comes_before(finding, &at[i - 1]); i--) {
        at[i] = at[i - 1];
    }
    at[i] = *finding;
    store->count[finding->rule]++;
}

/* Length of the well-formed UTF-8 character at text, 0 when there is none; its number in *code. */
static size_t decode_utf8(const unsigned char *text, uint32_t *code)
{
    static const struct {
        unsigned char first, last; /* leading bytes of this length */
        unsigned char payload;     /* bits of the leading byte that belong to the number */
        uint32_t least;            /* smaller numbers have a shorter form */
    } FORM[] = {{0x00, 0x7f, 0x7f, 0},
                {0xc0, 0xdf, 0x1f, 0x80},
                {0xe0, 0xef, 0x0f, 0x800},
                {0xf0, 0xf7, 0x07, 0x10000}};
    size_t form = 0;

    while (form < VX_COUNT_OF(FORM) && (text[0] < FORM[form].first || text[0] > FORM[form].last)) {
        form++;
    }
    if (form == VX_COUNT_OF(FORM)) {
        return 0;
    }
    *code = text[0] & FORM[form].payload;
    /* A NUL is no continuation, so this never runs beyond the end. */
    for (size_t i = 1; i <= form; i++) {
        if ((text[i] & 0xc0u) != 0x80u) {
            return 0;
        }
        *code = *code * 64 + (text[i] & 0x3fu);
    }
    return *code >= FORM[form].least && *code <= 0x10ffff ? form + 1 : 0;
}

/* Append one character as the parser prints text from images: the same characters are safe. */
static void put_character(struct vxo_buffer *out, uint32_t code)
{
    uint32_t unit[2] = {code, 0};
    uint8_t bytes[4] = {0};
    uint32_t unit_count = 1;
    struct vx_text text;

    if (code >= 0x10000) {
        unit[0] = 0xd800u + (code - 0x10000u) / 0x400u;
        unit[1] = 0xdc00u + code % 0x400u;
        unit_count = 2;
    }
    for (size_t i = 0; i < unit_count; i++) {
        bytes[2 * i] = (uint8_t)(unit[i] % 256);
        bytes[2 * i + 1] = (uint8_t)(unit[i] / 256);
    }
    vx_utf16_print(bytes, unit_count, &text);
    vxo_put(out, text.utf8);
}

void vxo_put_printable(struct vxo_buffer *out, const char *name)
{
    while (*name != '\0') {
        uint32_t code = 0;
        size_t len = decode_utf8((const unsigned char *)name, &code);

        put_character(out, len > 0 ? code : REPLACEMENT);
        name += len > 0 ? len : 1;
    }
}

const char *vxo_disk_type(const struct vx_facts *facts)
{
    const struct vx_metadata *metadata = &facts->metadata;

    if (!metadata->has[VX_ITEM_FILE_PARAMETERS]) {
        return NULL;
    }
    if ((metadata->parameters & VX_PARAM_HAS_PARENT) != 0) {
        return "differencing";
    }
    return (metadata->parameters & VX_PARAM_LEAVE_BLOCK_ALLOCATED) != 0 ? "fixed" : "dynamic";
}

const char *vxo_log_state(const struct vx_facts *facts, const struct vxr_log *log)
{
    if (!facts->headers.has_current) {
        return NULL;
    }
    if (!facts->headers.is_dirty) {
        return "clean";
    }
    if (!facts->headers.is_log_usable || (log != NULL && log->state == VXR_LOG_INVALID)) {
        return "invalid";
    }
    return "dirty";
}

bool vxo_is_foreign(const struct vxo_report *report)
{
    return !report->facts->fileid.has_signature &&
           !vx_headers_have_signature(&report->facts->headers) &&
           report->totals->total[VX_RUN_001] == 0;
}

bool vxo_is_skipped(const struct vxo_store *store, enum vx_pass pass)
{
    for (uint32_t i = 0; i < store->count[VX_RUN_003]; i++) {
        if (store->at[VX_RUN_003][i].arg[0] == (uint64_t)pass) {
            return true;
        }
    }
    return false;
}
