/* Placeholder expansion: one pass over the pattern, a stretch of plain text or one placeholder a
 * step. */
#include "reports/message.h"

#include "parser/bytes.h"
#include "reports/names.h"

static void put_kind(struct vxo_buffer *out, uint64_t object, uint64_t index)
{
    const struct vxo_object_words *words = vxo_object_words(object);

    vxo_put(out, words->words);
    if (words->is_numbered) {
        vxo_put(out, " ");
        vxo_put_uint(out, vx_add_sat(index, words->first));
    }
}

void vxo_put_object(struct vxo_buffer *out, const struct vx_finding *finding)
{
    put_kind(out, (uint64_t)finding->object, finding->index);
    if (finding->object == VX_OBJ_LOG_ENTRY) {
        vxo_put(out, " at ");
        vxo_put_hex(out, finding->index);
    }
    if (finding->object != VX_OBJ_PAYLOAD_ENTRY && finding->object != VX_OBJ_BITMAP_ENTRY) {
        return;
    }
    vxo_put(out, finding->object == VX_OBJ_PAYLOAD_ENTRY ? " (payload block "
                                                         : " (sector bitmap block ");
    vxo_put_uint(out, finding->arg[0]);
    vxo_put(out, ")");
}

static void put_guid(struct vxo_buffer *out, uint64_t low, uint64_t high)
{
    struct vx_guid guid = vx_guid_join(low, high);
    char text[VX_GUID_TEXT_BYTES];

    vx_guid_format(&guid, text);
    vxo_put(out, text);
}

/* A signature as its bytes lie in the file; zeros at its end are not told from those of a shorter
 * one. At most 8 steps. */
static void put_signature(struct vxo_buffer *out, uint64_t value)
{
    static const char digit[] = "0123456789abcdef";

    if (value == 0) {
        vxo_put(out, "zeros");
        return;
    }
    vxo_put(out, "\"");
    for (uint64_t left = value; left != 0; left >>= 8) {
        char byte = (char)(left & 0x7f);
        bool is_printable =
            (left & 0x80) == 0 && byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';

        if (is_printable) {
            vxo_put_bytes(out, &byte, 1);
        } else {
            vxo_put(out, "\\x");
            vxo_put_bytes(out, &digit[(left >> 4) & 15], 1);
            vxo_put_bytes(out, &digit[left & 15], 1);
        }
    }
    vxo_put(out, "\"");
}

/* One placeholder: kind is its letter, 0 for none, and n the number of its argument. */
static void put_argument(struct vxo_buffer *out, char kind, size_t n,
                         const struct vx_finding *finding)
{
    uint64_t value = finding->arg[n];
    uint64_t next = n + 1 < VX_FINDING_ARGS ? finding->arg[n + 1] : 0;

    switch (kind) {
    case 'x':
        vxo_put_hex(out, value);
        break;
    case 'b':
        vxo_put_size(out, value);
        break;
    case 'g':
        put_guid(out, value, next);
        break;
    case 'o':
        put_kind(out, value, next);
        break;
    case 'p':
        vxo_put(out, vxo_pass_name(value));
        break;
    case 's':
        put_signature(out, value);
        break;
    case 'k':
        if (value == VX_NOT_KNOWN) {
            vxo_put(out, "not known");
            break;
        }
        vxo_put_uint(out, value);
        break;
    default:
        vxo_put_uint(out, value);
        break;
    }
}

static void put_general(struct vxo_buffer *out, char kind)
{
    switch (kind) {
    case 'b':
        vxo_put(out, "<size>");
        break;
    case 'g':
        vxo_put(out, "<GUID>");
        break;
    case 'o':
        vxo_put(out, "<object>");
        break;
    case 'p':
        vxo_put(out, "<pass>");
        break;
    case 's':
        vxo_put(out, "<signature>");
        break;
    default:
        vxo_put(out, "<n>");
        break;
    }
}

/* The placeholder at the start of text: bytes it takes, 0 when there is none. */
static size_t parse(const char *text, char *kind, size_t *n)
{
    size_t at = 1;

    *kind = '\0';
    *n = 0;
    if (text[0] != '{') {
        return 0;
    }
    if (text[at] == 'x' || text[at] == 'b' || text[at] == 'g' || text[at] == 'o' ||
        text[at] == 'p' || text[at] == 's' || text[at] == 'k') {
        *kind = text[at];
        at++;
    }
    if (*kind == 'o' && text[at] == '}') {
        *n = VX_FINDING_ARGS; /* the finding's own object */
        return at + 1;
    }
    if (text[at] < '0' || text[at] >= '0' + VX_FINDING_ARGS || text[at + 1] != '}') {
        return 0;
    }
    *n = (size_t)(text[at] - '0');
    return at + 2;
}

/* Bytes up to the next brace that may open a placeholder; at least the first one. */
static size_t plain_length(const char *text)
{
    size_t len = 1;

    while (text[len] != '\0' && text[len] != '{') {
        len++;
    }
    return len;
}

void vxo_expand(struct vxo_buffer *out, const char *pattern, const struct vx_finding *finding)
{
    size_t at = 0;

    while (pattern[at] != '\0') {
        char kind = '\0';
        size_t n = 0;
        size_t taken = parse(pattern + at, &kind, &n);

        if (taken == 0) {
            taken = plain_length(pattern + at);
            vxo_put_bytes(out, pattern + at, taken);
            at += taken;
            continue;
        }
        at += taken;
        if (finding == NULL) {
            put_general(out, kind);
        } else if (n == VX_FINDING_ARGS) {
            vxo_put_object(out, finding);
        } else {
            put_argument(out, kind, n, finding);
        }
    }
}
