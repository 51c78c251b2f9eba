/* What a walk over the table came to, once every block was compared with every other. */
#ifndef VX_PARSER_SUMMARY_H
#define VX_PARSER_SUMMARY_H

#include "parser/entry.h"

/* Report the collisions that walk->job->claims kept, with their owners, and what is said about all
 * blocks together. Sets walk->out->unused_slots. At most VX_COLLISIONS_MAX steps twice.
 * Findings: BAT-015, BAT-016, BAT-019 to BAT-021, BAT-027, RGE-008, LAY-005 to LAY-007. */
void vx_summary_report(struct vx_entry_walk *walk);

#endif
