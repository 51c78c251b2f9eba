/* Reads two headers, as every check does, and keeps quiet about what is wrong with them. */
#define _POSIX_C_SOURCE 200809L /* NOLINT: dup() */
#include "cli/peek.h"

#include <fcntl.h>
#include <stdlib.h>

#include "cli/session.h"

bool cli_peek(int fd, struct vx_guid *data_write_guid)
{
    const size_t bytes = (size_t)vx_structure_need(0).min;
    void *memory = malloc(bytes);
    struct vx_structure *structure = calloc(1, sizeof(*structure));
    const struct vx_header *h = NULL;
    struct vx_reporter reporter;
    struct cli_file file;
    char text[CLI_ERROR_BYTES];
    struct vxo_buffer error;

    vxo_buffer_init(&error, text, sizeof(text));
    vx_reporter_init(&reporter, cli_count_only, NULL);
    if (memory != NULL && structure != NULL &&
        vx_structure_init(structure, memory, bytes, &reporter) == VX_OK &&
        cli_file_take(&file, fcntl(fd, F_DUPFD_CLOEXEC, 3), &error)) {
        (void)vx_structure_check_head(structure, &file.source);
        h = vx_headers_current(&structure->facts.headers);
        if (h != NULL) {
            *data_write_guid = h->data_write_guid;
        }
        cli_file_close(&file);
    }
    free(structure);
    free(memory);
    return h != NULL;
}
