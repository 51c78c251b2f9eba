/* Relatives. Identifiers say who is made of whom; of what is left over one may be the parent. */
#include "cli/relatives.h"

#include <string.h>

#include "cli/win_path.h"

/* Does the path end with that name? */
static bool ends_with(const struct vxo_path *path, const char *name)
{
    const char *text = path->text.utf8;
    const char *last = text;

    if (!path->is_read || path->text.was_truncated || path->text.was_altered) {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        last = *at == '\\' || *at == '/' ? at + 1 : last;
    }
    return cli_win_name_equal(last, name);
}

static bool is_named(const struct vxo_path path[VXO_PATH_COUNT], const char *name)
{
    bool is_same = false;

    for (int i = 0; i < VXO_PATH_COUNT; i++) {
        is_same = is_same || ends_with(&path[i], name);
    }
    return is_same;
}

void cli_relatives_add(struct vxo_relatives *relatives, const struct vx_facts *child,
                       const struct vxo_path path[VXO_PATH_COUNT], const char *name,
                       const struct cli_identity *identity)
{
    const struct vx_header *h = vx_headers_current(&child->headers);
    struct vxo_relative *relative = &relatives->at[relatives->count];
    struct vxo_buffer put;

    if (!child->metadata.has[VX_ITEM_DISK_ID] || !identity->has_disk_id ||
        vx_guid_is_zero(&identity->disk_id) ||
        !vx_guid_equal(&child->metadata.disk_id, &identity->disk_id) ||
        (h != NULL && vx_guid_equal(&h->data_write_guid, &identity->data_write_guid))) {
        return;
    }
    relatives->total++;
    if (relatives->count == VXO_RELATIVES_MAX) {
        return;
    }
    vxo_buffer_init(&put, relative->name, sizeof(relative->name));
    vxo_put_printable(&put, name);
    relative->is_namesake = is_named(path, name);
    relative->data_write_guid = identity->data_write_guid;
    relative->locator = identity->locator;
    relatives->count++;
}

/* Is it made of the child, of the parent of the child, or of what is known to be? */
static bool is_offspring(const struct vxo_relatives *relatives, const struct vxo_relative *r,
                         const struct vx_facts *child)
{
    const struct vx_header *h = vx_headers_current(&child->headers);
    bool is_made = h != NULL && vx_locator_names(&r->locator, &h->data_write_guid);

    for (unsigned i = 0; i < VX_COUNT_OF(child->locator.linkage); i++) {
        is_made = is_made || (child->locator.has_linkage[i] &&
                              vx_locator_names(&r->locator, &child->locator.linkage[i]));
    }
    for (uint32_t i = 0; i < relatives->count; i++) {
        is_made = is_made || (relatives->at[i].kinship == VXO_KIN_OFFSPRING &&
                              vx_locator_names(&r->locator, &relatives->at[i].data_write_guid));
    }
    return is_made;
}

static bool is_ancestor(const struct vxo_relatives *relatives, const struct vxo_relative *r)
{
    bool is_parent = false;

    for (uint32_t i = 0; i < relatives->count; i++) {
        is_parent = is_parent || (relatives->at[i].kinship != VXO_KIN_OFFSPRING &&
                                  vx_locator_names(&relatives->at[i].locator, &r->data_write_guid));
    }
    return is_parent;
}

void cli_relatives_judge(struct vxo_relatives *relatives, const struct vx_facts *child)
{
    bool is_settled = false;

    for (uint32_t i = 0; i < relatives->count; i++) {
        relatives->at[i].kinship = VXO_KIN_CHANGED;
    }
    for (uint32_t turn = 0; turn < relatives->count && !is_settled; turn++) {
        is_settled = true; /* unless this turn finds one more */
        for (uint32_t i = 0; i < relatives->count; i++) {
            struct vxo_relative *r = &relatives->at[i];

            if (r->kinship == VXO_KIN_CHANGED && is_offspring(relatives, r, child)) {
                r->kinship = VXO_KIN_OFFSPRING;
                is_settled = false;
            }
        }
    }
    for (uint32_t i = 0; i < relatives->count; i++) {
        struct vxo_relative *r = &relatives->at[i];

        if (r->kinship == VXO_KIN_CHANGED && is_ancestor(relatives, r)) {
            r->kinship = VXO_KIN_ANCESTOR;
        }
    }
}
