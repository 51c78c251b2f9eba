/* Findings in words: expands the placeholders of parser/rules.def, and names objects. */
#ifndef VXO_REPORTS_MESSAGE_H
#define VXO_REPORTS_MESSAGE_H

#include "parser/finding.h"
#include "reports/buffer.h"

enum { VXO_MESSAGE_BYTES = 512 };

/* Append pattern with its placeholders replaced by what the finding states.
 * pattern: message, found or expected of a rule; the language is described in parser/rules.def.
 * finding: NULL gives the general form, as the rule book prints it: "<object> has ... <n> bytes".
 * Text in braces that is no placeholder stays as it is. At most strlen(pattern) steps. */
void vxo_expand(struct vxo_buffer *out, const char *pattern, const struct vx_finding *finding);

/* Append the name of a finding's object, as people call it: "header 2", "the BAT region",
 * "BAT entry 17 (payload block 16)". Headers and region tables count from 1 as in the format's
 * text, everything else from 0. */
void vxo_put_object(struct vxo_buffer *out, const struct vx_finding *finding);

#endif
