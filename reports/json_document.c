/* Documents over json-c. A value is written line by line, an array element by element. */
#include "reports/json_document.h"

#include "reports/version.h"

enum { INDENT = 2 /* as json-c's own */ };

/* ---- Values ---- */

json_object *vxo_json_made(struct vxo_document *doc, json_object *value)
{
    doc->is_broken = doc->is_broken || value == NULL;
    return value;
}

json_object *vxo_json_uint(struct vxo_document *doc, uint64_t number)
{
    return vxo_json_made(doc, json_object_new_uint64(number));
}

json_object *vxo_json_bool(struct vxo_document *doc, bool is_true)
{
    return vxo_json_made(doc, json_object_new_boolean(is_true));
}

json_object *vxo_json_known(struct vxo_document *doc, bool is_known, uint64_t number)
{
    return is_known ? vxo_json_uint(doc, number) : NULL;
}

json_object *vxo_json_text(struct vxo_document *doc, const char *text)
{
    return text != NULL ? vxo_json_made(doc, json_object_new_string(text)) : NULL;
}

json_object *vxo_json_guid(struct vxo_document *doc, const struct vx_guid *guid)
{
    char text[VX_GUID_TEXT_BYTES];

    vx_guid_format(guid, text);
    return vxo_json_text(doc, text);
}

void vxo_json_add(struct vxo_document *doc, json_object *object, const char *name,
                  json_object *value)
{
    if (object == NULL ||
        json_object_object_add_ex(object, name, value, JSON_C_OBJECT_KEY_IS_CONSTANT) != 0) {
        doc->is_broken = true;
        (void)json_object_put(value);
    }
}

void vxo_json_append(struct vxo_document *doc, json_object *array, json_object *value)
{
    if (array == NULL || json_object_array_add(array, value) != 0) {
        doc->is_broken = true;
        (void)json_object_put(value);
    }
}

/* ---- Output ---- */

static void write_text(const struct vxo_document *doc, const char *text)
{
    doc->out->write(doc->out->ctx, text, strlen(text));
}

static void write_break(const struct vxo_document *doc)
{
    if (!doc->out->is_pretty) {
        return;
    }
    write_text(doc, "\n");
    for (size_t i = 0; i < doc->depth * INDENT; i++) {
        write_text(doc, " ");
    }
}

/* Write a value, its lines indented to the document's depth, and release it. */
static void write_value(struct vxo_document *doc, json_object *value)
{
    int style = doc->out->is_pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                    : JSON_C_TO_STRING_PLAIN;
    const char *text =
        json_object_to_json_string_ext(value, style | JSON_C_TO_STRING_NOSLASHESCAPE);

    if (text == NULL) {
        doc->is_broken = true;
        text = "";
    }
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);

        doc->out->write(doc->out->ctx, text, len);
        text += len;
        if (*text == '\n') {
            write_break(doc);
            text++;
        }
    }
    (void)json_object_put(value);
}

/* Come to the next member or element of the open container. */
static void write_next(struct vxo_document *doc)
{
    write_text(doc, doc->has_content ? "," : "");
    write_break(doc);
    doc->has_content = true;
}

static void write_name(struct vxo_document *doc, const char *name)
{
    write_next(doc);
    write_text(doc, "\"");
    write_text(doc, name);
    write_text(doc, doc->out->is_pretty ? "\": " : "\":");
}

static void open_container(struct vxo_document *doc, const char *bracket)
{
    write_text(doc, bracket);
    doc->depth++;
    doc->has_content = false;
}

static void close_container(struct vxo_document *doc, const char *bracket)
{
    doc->depth--;
    if (doc->has_content) {
        write_break(doc);
    }
    write_text(doc, bracket);
    doc->has_content = true; /* the container just closed */
}

struct vxo_document vxo_json_start(const struct vxo_json *out, const char *schema,
                                   const char *image)
{
    struct vxo_document doc = {.out = out};

    open_container(&doc, "{");
    vxo_json_member(&doc, "schema", vxo_json_text(&doc, schema));
    vxo_json_member(&doc, "tool", vxo_json_text(&doc, VXO_TOOL));
    vxo_json_member(&doc, "image", vxo_json_text(&doc, image));
    return doc;
}

void vxo_json_end(struct vxo_document *doc)
{
    close_container(doc, "}");
    write_text(doc, "\n");
}

void vxo_json_member(struct vxo_document *doc, const char *name, json_object *value)
{
    write_name(doc, name);
    write_value(doc, value);
}

void vxo_json_object(struct vxo_document *doc, const char *name)
{
    if (name != NULL) {
        write_name(doc, name);
    } else {
        write_next(doc);
    }
    open_container(doc, "{");
}

void vxo_json_object_end(struct vxo_document *doc)
{
    close_container(doc, "}");
}

void vxo_json_array(struct vxo_document *doc, const char *name)
{
    write_name(doc, name);
    open_container(doc, "[");
}

void vxo_json_element(struct vxo_document *doc, json_object *value)
{
    write_next(doc);
    write_value(doc, value);
}

void vxo_json_array_end(struct vxo_document *doc)
{
    close_container(doc, "]");
}
