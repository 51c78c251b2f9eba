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
        [VXO_KIN_UNKNOWN] = "unknown",
        [VXO_KIN_CHANGED] = "changed",
        [VXO_KIN_ANCESTOR] = "ancestor",
        [VXO_KIN_OFFSPRING] = "offspring",
    };

    return (unsigned)kinship < VXO_KIN_COUNT ? NAMES[kinship] : "";
}

const char *vxo_ending_name(enum vxo_ending ending)
{
    static const char *const NAMES[VXO_END_COUNT] = {
        [VXO_END_COMPLETE] = "complete",     [VXO_END_NOT_LOOKED_FOR] = "not-looked-for",
        [VXO_END_NOT_FOUND] = "not-found",   [VXO_END_WRONG] = "wrong",
        [VXO_END_UNREADABLE] = "unreadable", [VXO_END_CIRCLE] = "circle",
        [VXO_END_TOO_LONG] = "too-long",     [VXO_END_UNVERIFIED] = "unverified",
    };

    return (unsigned)ending < VXO_END_COUNT ? NAMES[ending] : "";
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

/* The image whose parent is missing or not the one. */
static const struct vxo_link *child_of(const struct vxo_chain *chain)
{
    return chain->ending == VXO_END_WRONG && chain->count > 1 ? last_of(chain) - 1 : last_of(chain);
}

void vxo_put_chain_end(struct vxo_buffer *put, const struct vxo_chain *chain)
{
    const char *name = last_of(chain)->report.image;

    switch (chain->ending) {
    case VXO_END_COMPLETE:
        vxo_put(put, chain->count == 1 ? "It is no differencing image: it has no parent."
                                       : "The chain is complete: ");
        if (chain->count > 1) {
            vxo_put_count(put, chain->count, "image");
            vxo_put(put, ", of which the last has no parent.");
        }
        return;
    case VXO_END_NOT_LOOKED_FOR:
        vxo_put(put, "Its parent was not looked for. --parent=FILE names it, --parent-dir=DIR "
                     "finds it among the images in DIR");
        vxo_put(put, last_of(chain)->path[0].is_present
                         ? ", --follow goes to the relative path below the folder of the image."
                         : ". There is no relative path for --follow.");
        return;
    case VXO_END_WRONG:
        vxo_put(put, "The chain is not complete: ");
        vxo_put(put, name);
        vxo_put(put, " is not what ");
        vxo_put(put, child_of(chain)->report.image);
        vxo_put(put, " was made of.");
        return;
    case VXO_END_UNVERIFIED:
        vxo_put(put,
                "Whether the chain is complete is not known: not each of its images says which "
                "state of its parent it was made of.");
        return;
    case VXO_END_CIRCLE:
    case VXO_END_TOO_LONG:
        vxo_put(put, "The chain has no end: ");
        vxo_put(put, chain->why);
        vxo_put(put, ".");
        return;
    case VXO_END_NOT_FOUND:
    case VXO_END_UNREADABLE:
    case VXO_END_COUNT:
    default:
        break;
    }
    if (chain->why[0] != '\0') {
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

bool vxo_put_linkage(struct vxo_buffer *put, const struct vx_locator *locator)
{
    bool has_any = false;

    for (unsigned k = 0; k < VX_COUNT_OF(locator->linkage); k++) {
        if (locator->has_linkage[k] && !vx_guid_is_zero(&locator->linkage[k])) {
            if (put != NULL) {
                vxo_put(put, has_any ? " or " : "");
                put_guid(put, &locator->linkage[k]);
            }
            has_any = true;
        }
    }
    return has_any;
}

static void put_kinship(struct vxo_buffer *put, const struct vxo_chain *chain,
                        const struct vxo_relative *relative)
{
    const struct vxo_report *child = &child_of(chain)->report;
    const struct vx_locator *locator = &child->facts->locator;
    bool has_name = vxo_put_linkage(NULL, locator);
    bool is_changed = relative->kinship == VXO_KIN_CHANGED;

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
    case VXO_KIN_UNKNOWN:
    case VXO_KIN_CHANGED:
    case VXO_KIN_COUNT:
    default:
        break;
    }
    vxo_put(put, "is the same disk");
    vxo_put(put, relative->is_namesake ? " and has the name of the parent" : " in another state");
    if (!has_name) {
        vxo_put(put, ". Whether it is the parent cannot be told: ");
        vxo_put(put, child->image);
        vxo_put(put, " does not say which state it was made of.");
        return;
    }
    if (is_changed) {
        vxo_put(put, ", but is not in the state that ");
        vxo_put(put, child->image);
        vxo_put(put, " was made of");
    }
    vxo_put(put, ": its data write GUID is ");
    put_guid(put, &relative->data_write_guid);
    vxo_put(put, ", the linkage is ");
    vxo_put_linkage(put, locator);
    vxo_put(put, is_changed ? ". Either it" : ". Either it is the parent and");
    vxo_put(put, " was changed after ");
    vxo_put(put, child->image);
    vxo_put(put, " was made of it, or ");
    vxo_put(put, is_changed ? "it is a copy from another time." : "the parent is another file.");
}

void vxo_put_relative(struct vxo_buffer *put, const struct vxo_chain *chain,
                      const struct vxo_relative *relative)
{
    put_kinship(put, chain, relative);
    if (relative->copies > 0) {
        vxo_put(put, " ");
        vxo_put_count(put, relative->copies, "more file");
        vxo_put(put, relative->copies == 1 ? " holds" : " hold");
        vxo_put(put, " the same state.");
    }
}

void vxo_put_chain_advice(struct vxo_buffer *put, const struct vxo_chain *chain)
{
    if (chain->relatives->left_out > 0) {
        vxo_put(put, "Images of the same disk: ");
        vxo_put_uint(put, chain->relatives->total);
        vxo_put(put, ", of which ");
        vxo_put_uint(put, chain->relatives->total - chain->relatives->left_out);
        vxo_put(put, " were compared. ");
    }
    if (chain->relatives->count > 0 || chain->ending == VXO_END_WRONG) {
        vxo_put(put, "What to do: write to none of these images. Look for a copy of the parent as "
                     "it was when this image was made of it, in a backup or a replica, and name it "
                     "with --parent.");
    } else if (chain->why[0] != '\0' &&
               (chain->ending == VXO_END_NOT_FOUND || chain->ending == VXO_END_UNREADABLE)) {
        vxo_put(put, "What to do: name the parent with --parent, or a folder that holds it with "
                     "--parent-dir.");
    }
}
