/* Chains in words. Loops run over links or relatives. */
#include "reports/chain_report.h"

const char *vxo_found_name(enum vxo_found found)
{
    static const char *const NAMES[] = {
        [VXO_FOUND_IMAGE] = "image",
        [VXO_FOUND_GIVEN] = "parent",
        [VXO_FOUND_IN_FOLDER] = "parent-dir",
        [VXO_FOUND_FOLLOWED] = "follow",
    };

    return (unsigned)found < VX_COUNT_OF(NAMES) ? NAMES[found] : "";
}

const char *vxo_kinship_name(enum vxo_kinship kinship)
{
    static const char *const NAMES[VXO_KIN_COUNT] = {
        [VXO_KIN_CHANGED] = "changed",
        [VXO_KIN_ANCESTOR] = "ancestor",
        [VXO_KIN_OFFSPRING] = "offspring",
    };

    return (unsigned)kinship < VXO_KIN_COUNT ? NAMES[kinship] : "";
}

enum vx_verdict vxo_chain_verdict(const struct vxo_chain *chain)
{
    /* The enumeration's numbers are no order. */
    static const int RANK[] = {
        [VX_SOUND] = 0, [VX_WARNINGS] = 1, [VX_INCOMPLETE] = 2, [VX_CORRUPT] = 3};
    enum vx_verdict worst = VX_SOUND;

    for (uint32_t i = 0; i < chain->count; i++) {
        enum vx_verdict verdict = chain->link[i].report.verdict;

        worst = RANK[verdict] > RANK[worst] ? verdict : worst;
    }
    return worst;
}

enum vx_verdict vxo_verdict(const struct vxo_report *report)
{
    return report->chain != NULL ? vxo_chain_verdict(report->chain) : report->verdict;
}

static const struct vxo_link *last_of(const struct vxo_chain *chain)
{
    return &chain->link[chain->count - 1];
}

void vxo_put_chain_end(struct vxo_buffer *put, const struct vxo_chain *chain)
{
    const char *name = last_of(chain)->report.image;

    if (chain->is_complete) {
        vxo_put(put, chain->count == 1 ? "It is no differencing image: it has no parent."
                                       : "The chain is complete: ");
        if (chain->count > 1) {
            vxo_put_count(put, chain->count, "image");
            vxo_put(put, ", of which the last has no parent.");
        }
    } else if (!chain->was_followed && chain->why[0] != '\0') {
        vxo_put(put, "Its parent was not looked for. --parent=FILE names it, --parent-dir=DIR "
                     "finds it among the images in DIR");
        vxo_put(put, last_of(chain)->path[0].is_present
                         ? ", --follow goes to the relative path below the folder of the image."
                         : ". There is no relative path for --follow.");
    } else if (chain->is_endless) {
        vxo_put(put, "No end of the chain was reached: ");
        vxo_put(put, chain->why);
        vxo_put(put, ".");
    } else if (chain->why[0] != '\0') {
        vxo_put(put, "The chain is not complete. The parent of ");
        vxo_put(put, name);
        vxo_put(put, " is missing: ");
        vxo_put(put, chain->why);
        vxo_put(put, ".");
    } else {
        vxo_put(put, "The chain ends here, for whether ");
        vxo_put(put, name);
        vxo_put(put, " has a parent is not known.");
    }
}

static void put_guid(struct vxo_buffer *put, const struct vx_guid *guid)
{
    char text[VX_GUID_TEXT_BYTES];

    vx_guid_format(guid, text);
    vxo_put(put, text);
}

/* What the locator names as the parent's data, the first of two; NULL: nothing. */
static const struct vx_guid *named_by(const struct vx_locator *locator)
{
    for (unsigned k = 0; k < VX_COUNT_OF(locator->linkage); k++) {
        if (locator->has_linkage[k] && !vx_guid_is_zero(&locator->linkage[k])) {
            return &locator->linkage[k];
        }
    }
    return NULL;
}

void vxo_put_relative(struct vxo_buffer *put, const struct vxo_chain *chain,
                      const struct vxo_relative *relative)
{
    const struct vxo_report *child = &last_of(chain)->report;
    const struct vx_guid *named = named_by(&child->facts->locator);

    switch (relative->kinship) {
    case VXO_KIN_ANCESTOR:
        vxo_put(put, "is an earlier state of the same disk: another image here is made of it, so "
                     "it was not changed since.");
        return;
    case VXO_KIN_OFFSPRING:
        vxo_put(put, "is a later state of the same disk, or a branch of it: it is made of ");
        vxo_put(put, child->image);
        vxo_put(put, ", or of the same parent.");
        return;
    case VXO_KIN_CHANGED:
    case VXO_KIN_COUNT:
    default:
        break;
    }
    vxo_put(put, "is the same disk");
    if (named == NULL) {
        vxo_put(put, relative->is_namesake ? " and has the name of the parent" : "");
        vxo_put(put, ": whether it is the parent, and unchanged, cannot be told, for ");
        vxo_put(put, child->image);
        vxo_put(put, " does not name the data identifier of its parent.");
        return;
    }
    if (relative->is_namesake) {
        vxo_put(put, " and has the name of the parent, but was changed after ");
        vxo_put(put, child->image);
        vxo_put(put, " was made of it");
    } else {
        vxo_put(put, " in another state");
    }
    vxo_put(put, ": its data identifier is ");
    put_guid(put, &relative->data_write_guid);
    vxo_put(put, ", the one that is named is ");
    put_guid(put, named);
    vxo_put(put, ".");
    if (!relative->is_namesake) {
        vxo_put(put, " Either it is the parent and was changed after ");
        vxo_put(put, child->image);
        vxo_put(put, " was made of it, or the parent is another file.");
    }
}

void vxo_put_chain_advice(struct vxo_buffer *put, const struct vxo_chain *chain)
{
    if (chain->relatives->total > chain->relatives->count) {
        vxo_put(put, "Images of the same disk: ");
        vxo_put_uint(put, chain->relatives->total);
        vxo_put(put, ", of which the first ");
        vxo_put_uint(put, chain->relatives->count);
        vxo_put(put, " were compared. ");
    }
    if (chain->relatives->count > 0) {
        vxo_put(put, "What to do: write to none of these images. Look for a copy of the parent as "
                     "it was when this image was made of it, in a backup or a replica, and name it "
                     "with --parent.");
    }
}
