/* Wrapping: one word a step. */
#include "reports/page.h"

#include <string.h>

void vxo_line_init(struct vxo_line *line)
{
    vxo_buffer_init(&line->put, line->text, sizeof(line->text));
}

void vxo_page_write(const struct vxo_page *page, const char *text)
{
    page->write(page->ctx, text, strlen(text));
}

void vxo_page_spaces(const struct vxo_page *page, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        vxo_page_write(page, " ");
    }
}

void vxo_page_colored(const struct vxo_page *page, enum vxo_color color, const char *text)
{
    static const char *const BEGIN[VXO_COLOR_COUNT] = {
        [VXO_RED] = "\033[1;31m",
        [VXO_YELLOW] = "\033[1;33m",
        [VXO_GREEN] = "\033[1;32m",
        [VXO_CYAN] = "\033[36m",
    };
    bool is_colored = page->has_color && (unsigned)color < VXO_COLOR_COUNT && BEGIN[color] != NULL;

    vxo_page_write(page, is_colored ? BEGIN[color] : "");
    vxo_page_write(page, text);
    vxo_page_write(page, is_colored ? "\033[0m" : "");
}

/* Bytes of the word at text, and its width: UTF-8 continuation bytes take no column. */
static size_t measure_word(const char *text, size_t *columns)
{
    size_t len = 0;

    *columns = 0;
    while (text[len] != '\0' && text[len] != ' ') {
        *columns += ((unsigned char)text[len] & 0xc0u) != 0x80u ? 1u : 0u;
        len++;
    }
    return len;
}

void vxo_page_wrapped(const struct vxo_page *page, const char *text, size_t at, size_t indent)
{
    const char *word = text;
    size_t column = at;

    while (*word != '\0') {
        size_t columns = 0;
        size_t len = measure_word(word, &columns);

        if (word != text && column + 1 + columns > VXO_PAGE_COLUMNS) {
            vxo_page_write(page, "\n");
            vxo_page_spaces(page, indent);
            column = indent;
        } else if (word != text) {
            vxo_page_write(page, " ");
            column++;
        }
        page->write(page->ctx, word, len);
        column += columns;
        word += len;
        word += *word == ' ' ? 1 : 0;
    }
    vxo_page_write(page, "\n");
}

void vxo_page_paragraph(const struct vxo_page *page, const char *text, size_t indent)
{
    vxo_page_spaces(page, indent);
    vxo_page_wrapped(page, text, indent, indent);
}
