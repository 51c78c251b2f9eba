/* Windows paths to lists of names. One unit a step. */
#include "cli/win_path.h"

#include <string.h>

#include "parser/bytes.h"

enum { UTF8_MAX = 4 };

struct reader {
    const uint8_t *units;
    uint32_t unit_count;
    uint32_t at;
    struct cli_win_path *out;
    char name[CLI_WIN_NAME_BYTES]; /* being read */
    size_t len;
};

/* The next character, 0 at the end and for what is none: a NUL, half a surrogate pair. */
static uint32_t next_code(struct reader *r)
{
    uint32_t code = vx_le16(r->units + 2 * (size_t)r->at);
    uint32_t low = 0;

    r->at++;
    if (code < 0xd800 || code > 0xdfff) {
        return code;
    }
    if (code > 0xdbff || r->at >= r->unit_count) {
        return 0;
    }
    low = vx_le16(r->units + 2 * (size_t)r->at);
    r->at++;
    return low < 0xdc00 || low > 0xdfff ? 0 : 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* Append to the name. Returns whether there was room. */
static bool append(struct reader *r, uint32_t code)
{
    char byte[UTF8_MAX];
    size_t count = 0;

    if (code < 0x80) {
        byte[count++] = (char)code;
    } else {
        if (code < 0x800) {
            byte[count++] = (char)(0xc0 | (code >> 6));
        } else {
            if (code < 0x10000) {
                byte[count++] = (char)(0xe0 | (code >> 12));
            } else {
                byte[count++] = (char)(0xf0 | (code >> 18));
                byte[count++] = (char)(0x80 | ((code >> 12) & 0x3f));
            }
            byte[count++] = (char)(0x80 | ((code >> 6) & 0x3f));
        }
        byte[count++] = (char)(0x80 | (code & 0x3f));
    }
    if (r->len + count >= sizeof(r->name)) {
        return false;
    }
    memcpy(r->name + r->len, byte, count);
    r->len += count;
    return true;
}

/* A name has ended. Returns an objection, or NULL. */
static const char *take_name(struct reader *r)
{
    struct cli_win_path *out = r->out;

    r->name[r->len] = '\0';
    r->len = 0;
    if (r->name[0] == '\0' || strcmp(r->name, ".") == 0) {
        return NULL;
    }
    if (strcmp(r->name, "..") == 0) {
        if (out->count == 0) {
            return "leads out of the folder of the image";
        }
        out->count--;
        return NULL;
    }
    if (out->count == CLI_WIN_NAMES_MAX) {
        return "has too many folders in it";
    }
    memcpy(out->name[out->count], r->name, sizeof(r->name));
    out->count++;
    return NULL;
}

static const char *read_names(struct reader *r)
{
    const char *objection = NULL;

    while (r->at < r->unit_count && objection == NULL) {
        uint32_t code = next_code(r);

        if (code < 0x20 || code == 0x7f) {
            return "holds a character that no file name has";
        }
        if (code == ':') {
            return "holds a colon: it names a drive or a stream, not a file below the folder";
        }
        if (code == '\\' || code == '/') {
            objection = take_name(r);
        } else if (!append(r, code)) {
            return "holds a name that is too long";
        }
    }
    return objection != NULL ? objection : take_name(r);
}

bool cli_win_path_parse(const uint8_t *units, uint32_t unit_count, struct cli_win_path *out,
                        struct vxo_buffer *error)
{
    struct reader r = {.units = units, .unit_count = unit_count, .out = out};
    uint32_t first = unit_count > 0 ? vx_le16(units) : 0;
    const char *objection = NULL;

    out->count = 0;
    if (first == '\\' || first == '/') {
        objection = "is not relative to the folder of the image";
    } else {
        objection = read_names(&r);
    }
    if (objection == NULL && out->count == 0) {
        objection = "names no file";
    }
    if (objection != NULL) {
        vxo_put(error, objection);
    }
    return objection == NULL;
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c + ('a' - 'A'));
    }
    return c;
}

bool cli_win_name_equal(const char *a, const char *b)
{
    size_t i = 0;

    while (a[i] != '\0' && lower(a[i]) == lower(b[i])) {
        i++;
    }
    return lower(a[i]) == lower(b[i]);
}
