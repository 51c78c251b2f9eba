/* Writing for people: lines, wrapped paragraphs, colour. */
#ifndef VXO_REPORTS_PAGE_H
#define VXO_REPORTS_PAGE_H

#include "reports/buffer.h"

/* Take len bytes of output. Whether they arrive is the callback's own to remember. */
typedef void vxo_write_fn(void *ctx, const char *bytes, size_t len);

struct vxo_page {
    vxo_write_fn *write;
    void *ctx;
    bool has_color; /* colour by ANSI sequences */
};

enum vxo_color { VXO_PLAIN, VXO_RED, VXO_YELLOW, VXO_GREEN, VXO_CYAN, VXO_COLOR_COUNT };

enum { VXO_PAGE_COLUMNS = 100, VXO_LINE_BYTES = 2048 };

/* A line, or a paragraph to be wrapped, under construction. */
struct vxo_line {
    char text[VXO_LINE_BYTES];
    struct vxo_buffer put; /* into text */
};

void vxo_line_init(struct vxo_line *line);

/* Write text as it is. */
void vxo_page_write(const struct vxo_page *page, const char *text);

void vxo_page_spaces(const struct vxo_page *page, size_t count);

/* Write text, in that colour if there is to be colour. */
void vxo_page_colored(const struct vxo_page *page, enum vxo_color color, const char *text);

/* Write words separated by single spaces, the first at column `at`, broken before the right margin
 * and continued at column `indent`; end the line. A longer word sticks out. */
void vxo_page_wrapped(const struct vxo_page *page, const char *text, size_t at, size_t indent);

/* The same, with every line starting at column `indent`. */
void vxo_page_paragraph(const struct vxo_page *page, const char *text, size_t indent);

#endif
