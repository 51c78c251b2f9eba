/* Reports for people. Plain ASCII but for names and creator strings, at most 100 columns where
 * words allow it; no byte of an image is ever printed raw. */
#ifndef VXO_REPORTS_TEXT_H
#define VXO_REPORTS_TEXT_H

#include "reports/model.h"
#include "reports/page.h"

struct vxo_text {
    struct vxo_page page;
    bool is_verbose; /* info findings and all facts, too */
};

/* Print the verdict, of the image with its parents, and the findings by severity and rule, and an
 * empty line. Returns false for what is no image, about which there is no more to say. */
bool vxo_text_judgement(const struct vxo_text *out, const struct vxo_report *report);

/* Print the report of a check: verdict, findings by severity and rule, facts. */
void vxo_text_check(const struct vxo_text *out, const struct vxo_report *report);

/* Print the facts, then in one line each the findings made on the way. */
void vxo_text_info(const struct vxo_text *out, const struct vxo_report *report);

/* Print an empty line and, in one line each, the findings made on the way; nothing if there are
 * none. */
void vxo_text_findings(const struct vxo_text *out, const struct vxo_report *report);

/* Print the verdict and, in one line each, what was found: why an image is not worked with. */
void vxo_text_brief(const struct vxo_text *out, const struct vxo_report *report);

/* Print all facts that are known. */
void vxo_text_facts(const struct vxo_text *out, const struct vxo_report *report);

/* Print the facts about the virtual disk. */
void vxo_text_disk_facts(const struct vxo_text *out, const struct vx_facts *facts);

/* Print the facts about the header and the log. */
void vxo_text_log_facts(const struct vxo_text *out, const struct vxo_report *report);

/* Print "  Label          text", the text wrapped in its own column; nothing for an empty line. */
void vxo_text_fact(const struct vxo_text *out, const char *label, const struct vxo_line *line);

/* The same for a GUID. */
void vxo_text_guid_fact(const struct vxo_text *out, const char *label, const struct vx_guid *guid);

/* Print a rule: what it demands, what breaking it means, what to do. */
void vxo_text_rule(const struct vxo_page *page, enum vx_rule rule);

#endif
