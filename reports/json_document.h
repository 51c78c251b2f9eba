/* JSON documents on their way out: members and elements are written as they are made, so memory
 * does not grow with their number. What json-c is asked for fails only for want of memory. */
#ifndef VXO_REPORTS_JSON_DOCUMENT_H
#define VXO_REPORTS_JSON_DOCUMENT_H

#include <json-c/json.h>

#include "parser/guid.h"
#include "reports/json.h"

struct vxo_document {
    const struct vxo_json *out;
    size_t depth;     /* of the containers that are open */
    bool has_content; /* the innermost one has a member or an element */
    bool is_broken;   /* memory ran out */
};

/* ---- Values. NULL is JSON's null for json-c, so a failure is remembered by the document. ---- */

json_object *vxo_json_made(struct vxo_document *doc, json_object *value);
json_object *vxo_json_uint(struct vxo_document *doc, uint64_t number);
json_object *vxo_json_bool(struct vxo_document *doc, bool is_true);
json_object *vxo_json_known(struct vxo_document *doc, bool is_known, uint64_t number); /* or null */
json_object *vxo_json_text(struct vxo_document *doc, const char *text); /* NULL: null */
json_object *vxo_json_guid(struct vxo_document *doc, const struct vx_guid *guid);

/* Hand value over to an object, under a static name, or to an array. */
void vxo_json_add(struct vxo_document *doc, json_object *object, const char *name,
                  json_object *value);
void vxo_json_append(struct vxo_document *doc, json_object *array, json_object *value);

/* ---- Output ---- */

/* Begin a document with what all have in common. Close it with vxo_json_end(). */
struct vxo_document vxo_json_start(const struct vxo_json *out, const char *schema,
                                   const char *image);
void vxo_json_end(struct vxo_document *doc);

/* Write a member of the document, or of the object open in it, and release its value. */
void vxo_json_member(struct vxo_document *doc, const char *name, json_object *value);

/* Open an object as a member of what is open, or without a name as an element of the open array,
 * write its members, close it. */
void vxo_json_object(struct vxo_document *doc, const char *name);
void vxo_json_object_end(struct vxo_document *doc);

/* Open an array as a member of the document, write its elements, close it. */
void vxo_json_array(struct vxo_document *doc, const char *name);
void vxo_json_element(struct vxo_document *doc, json_object *value);
void vxo_json_array_end(struct vxo_document *doc);

#endif
