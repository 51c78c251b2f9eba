/* Relative paths as Windows writes them, taken from an image: hostile until shown otherwise. */
#ifndef CLI_WIN_PATH_H
#define CLI_WIN_PATH_H

#include "reports/buffer.h"

enum { CLI_WIN_NAMES_MAX = 64, CLI_WIN_NAME_BYTES = 256, CLI_WIN_PATH_UNITS_MAX = 4096 };

/* The names from the folder of the image to the file; none of them is "." or ".." or has a
 * separator, a colon or a control character in it. */
struct cli_win_path {
    uint32_t count;                                   /* at least 1 */
    char name[CLI_WIN_NAMES_MAX][CLI_WIN_NAME_BYTES]; /* UTF-8 */
};

/* Read a path of unit_count units of UTF-16LE. "\" and "/" separate names, "." is passed over, ".."
 * takes back the name before it. Returns false, after a text for the user, for what is not
 * relative, leads out of the folder it begins in, or cannot be a name of a file. */
bool cli_win_path_parse(const uint8_t *units, uint32_t unit_count, struct cli_win_path *out,
                        struct vxo_buffer *error);

/* Are these two the same name to Windows? Upper and lower case of ASCII letters are the same; of
 * other letters they are not, which only means that less is found. */
bool cli_win_name_equal(const char *a, const char *b);

#endif
