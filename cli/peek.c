/* Reads the tables, as every check does, and keeps quiet about what is wrong with them. */
#include "cli/peek.h"

#include <stdlib.h>

#include "cli/session.h"

/* What the headers say is sure, or nothing is, when a part of them could not be read. */
static enum cli_peek look(struct vx_structure *structure, const struct vx_source *raw,
                          bool is_thorough, struct cli_identity *out)
{
    const struct vx_facts *facts = &structure->facts;
    bool is_known = vx_structure_check_head(structure, raw);
    const struct vx_header *h = vx_headers_current(&facts->headers);

    if (structure->rep->total[VX_RUN_001] > 0) {
        return CLI_PEEK_UNREAD;
    }
    if (!is_known || h == NULL) {
        return CLI_PEEK_OTHER;
    }
    if (is_thorough) {
        (void)vx_structure_check_tables(structure, raw);
    }
    *out = (struct cli_identity){
        .data_write_guid = h->data_write_guid,
        .has_disk_id = facts->metadata.has[VX_ITEM_DISK_ID],
        .disk_id = facts->metadata.disk_id,
        .locator = facts->locator,
    };
    return CLI_PEEK_IMAGE;
}

enum cli_peek cli_peek(const struct vx_source *raw, bool is_thorough, struct cli_identity *out)
{
    const size_t bytes = (size_t)vx_structure_need(0).min;
    void *memory = malloc(bytes);
    struct vx_structure *structure = calloc(1, sizeof(*structure));
    enum cli_peek result = CLI_PEEK_UNREAD;
    struct vx_reporter reporter;

    vx_reporter_init(&reporter, cli_count_only, NULL);
    if (memory != NULL && structure != NULL &&
        vx_structure_init(structure, memory, bytes, &reporter) == VX_OK) {
        result = look(structure, raw, is_thorough, out);
        out->is_sound = vx_verdict_of(&reporter) != VX_CORRUPT && reporter.total[VX_RUN_001] == 0;
    }
    free(structure);
    free(memory);
    return result;
}
