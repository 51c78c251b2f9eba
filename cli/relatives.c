/* Relatives. Identifiers say who is made of whom; of what is left over one may be the parent. */
#include "cli/relatives.h"

#include <string.h>

#include "cli/win_path.h"

void cli_put_file_name(char text[VXO_FILE_NAME_BYTES], const char *folder, const char *name)
{
    struct vxo_buffer put;

    vxo_buffer_init(&put, text, VXO_FILE_NAME_BYTES);
    vxo_put_printable(&put, folder);
    vxo_put(&put, "/");
    vxo_put_printable(&put, name);
}

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

/* That of the same state, or NULL. */
static struct vxo_relative *find_state(struct vxo_relatives *relatives, const struct vx_guid *guid)
{
    for (uint32_t i = 0; i < relatives->count; i++) {
        if (vx_guid_equal(&relatives->at[i].data_write_guid, guid)) {
            return &relatives->at[i];
        }
    }
    return NULL;
}

/* Room for one that is not there yet: in front for a namesake, which pushes out the last one,
 * behind all for another. NULL: there is none. */
static struct vxo_relative *make_room(struct vxo_relatives *relatives, bool is_namesake)
{
    struct vxo_relative *at = relatives->at;

    if (relatives->count < VXO_RELATIVES_MAX) {
        relatives->count++;
    } else if (is_namesake) {
        relatives->left_out += 1 + at[VXO_RELATIVES_MAX - 1].copies;
    } else {
        relatives->left_out++;
        return NULL;
    }
    if (!is_namesake) {
        return &at[relatives->count - 1];
    }
    memmove(&at[1], &at[0], (relatives->count - 1) * sizeof(at[0]));
    return &at[0];
}

void cli_relatives_add(struct vxo_relatives *relatives, const struct vx_facts *child,
                       const struct vxo_path path[VXO_PATH_COUNT], const char *folder,
                       const char *name, const struct cli_identity *identity)
{
    const struct vx_header *h = vx_headers_current(&child->headers);
    bool is_namesake = is_named(path, name);
    struct vxo_relative *relative = NULL;
    uint64_t copies = 0;

    if (!child->metadata.has[VX_ITEM_DISK_ID] || !identity->has_disk_id ||
        vx_guid_is_zero(&identity->disk_id) ||
        !vx_guid_equal(&child->metadata.disk_id, &identity->disk_id) ||
        (h != NULL && vx_guid_equal(&h->data_write_guid, &identity->data_write_guid))) {
        return;
    }
    relatives->total++;
    relative = find_state(relatives, &identity->data_write_guid);
    if (relative != NULL) {
        relative->copies++;
        if (!is_namesake || relative->is_namesake) {
            return;
        }
        /* the namesake stands for them, and in front */
        copies = relative->copies;
        relatives->count--;
        memmove(relative, relative + 1,
                (size_t)(&relatives->at[relatives->count] - relative) * sizeof(*relative));
    }
    relative = make_room(relatives, is_namesake);
    if (relative == NULL) {
        return;
    }
    *relative = (struct vxo_relative){.is_namesake = is_namesake,
                                      .copies = copies,
                                      .data_write_guid = identity->data_write_guid,
                                      .locator = identity->locator};
    cli_put_file_name(relative->name, folder, name);
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

/* Is it what the parent in another state, or an ancestor of that, is made of? Others may be made of
 * the changed parent itself. */
static bool is_ancestor(const struct vxo_relatives *relatives, const struct vxo_relative *r,
                        const struct vx_facts *child)
{
    bool is_parent = false;

    (void)child;
    for (uint32_t i = 0; i < relatives->count; i++) {
        const struct vxo_relative *other = &relatives->at[i];

        is_parent = is_parent ||
                    (other != r &&
                     (other->kinship == VXO_KIN_CHANGED || other->kinship == VXO_KIN_ANCESTOR) &&
                     vx_locator_names(&other->locator, &r->data_write_guid));
    }
    return is_parent;
}

/* Let all be of that kinship of which `is` says so, until it says it of no other. What is known to
 * be an offspring stays that. */
static void settle(struct vxo_relatives *relatives, const struct vx_facts *child,
                   enum vxo_kinship kinship,
                   bool (*is)(const struct vxo_relatives *relatives, const struct vxo_relative *r,
                              const struct vx_facts *child))
{
    bool is_settled = false;

    for (uint32_t turn = 0; turn < relatives->count && !is_settled; turn++) {
        is_settled = true; /* unless this turn finds one more */
        for (uint32_t i = 0; i < relatives->count; i++) {
            struct vxo_relative *r = &relatives->at[i];

            if (r->kinship != VXO_KIN_OFFSPRING && r->kinship != kinship &&
                is(relatives, r, child)) {
                r->kinship = kinship;
                is_settled = false;
            }
        }
    }
}

void cli_relatives_judge(struct vxo_relatives *relatives, const struct vx_facts *child)
{
    bool has_linkage = vxo_put_linkage(NULL, &child->locator);

    for (uint32_t i = 0; i < relatives->count; i++) {
        relatives->at[i].kinship =
            has_linkage && relatives->at[i].is_namesake ? VXO_KIN_CHANGED : VXO_KIN_UNKNOWN;
    }
    settle(relatives, child, VXO_KIN_OFFSPRING, is_offspring);
    settle(relatives, child, VXO_KIN_ANCESTOR, is_ancestor);
}
