/* Reads the tables, as every check does, and keeps quiet about what is wrong with them. */
#include "cli/peek.h"

#include <stdlib.h>

#include "cli/session.h"

static enum cli_peek look(struct vx_structure *structure, const struct vx_source *raw,
                          struct cli_identity *out)
{
    const struct vx_facts *facts = &structure->facts;
    const struct vx_header *h = NULL;

    if (!vx_structure_check_head(structure, raw)) {
        return CLI_PEEK_OTHER;
    }
    h = vx_headers_current(&facts->headers);
    if (h == NULL) {
        return CLI_PEEK_OTHER;
    }
    (void)vx_structure_check_tables(structure, raw);
    *out = (struct cli_identity){
        .data_write_guid = h->data_write_guid,
        .has_disk_id = facts->metadata.has[VX_ITEM_DISK_ID],
        .disk_id = facts->metadata.disk_id,
        .locator = facts->locator,
    };
    return CLI_PEEK_IMAGE;
}

enum cli_peek cli_peek(const struct vx_source *raw, struct cli_identity *out)
{
    const size_t bytes = (size_t)vx_structure_need(0).min;
    void *memory = malloc(bytes);
    struct vx_structure *structure = calloc(1, sizeof(*structure));
    enum cli_peek result = CLI_PEEK_UNREAD;
    struct vx_reporter reporter;

    vx_reporter_init(&reporter, cli_count_only, NULL);
    if (memory != NULL && structure != NULL &&
        vx_structure_init(structure, memory, bytes, &reporter) == VX_OK) {
        result = look(structure, raw, out);
        out->is_sound = vx_verdict_of(&reporter) != VX_CORRUPT;
        if (result == CLI_PEEK_OTHER && reporter.total[VX_RUN_001] > 0) {
            result = CLI_PEEK_UNREAD;
        }
    }
    free(structure);
    free(memory);
    return result;
}
