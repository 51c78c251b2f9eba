/* Chains: two images against each other, and reading through all of them. */
#include "parser/chain.h"

#include "parser/bytes.h"

void vx_chain_init(struct vx_chain *chain)
{
    memset(chain, 0, sizeof(*chain));
    chain->end = VX_RUN_006;
}

void vx_chain_cut(struct vx_chain *chain, enum vx_rule rule)
{
    if (!chain->is_cut) {
        chain->is_cut = true;
        chain->end = rule;
    }
}

static struct vx_guid data_write_guid(const struct vx_facts *facts)
{
    const struct vx_header *h = vx_headers_current(&facts->headers);
    struct vx_guid none = {{0}};

    return h != NULL ? h->data_write_guid : none;
}

/* Is it the same file, or a copy of the same state of it? A zero GUID says nothing. */
static bool is_same(const struct vx_link *link, const struct vx_guid *guid,
                    struct vx_file_identity identity)
{
    return (link->identity.volume == identity.volume && link->identity.file == identity.file) ||
           (!vx_guid_is_zero(guid) && vx_guid_equal(&link->data_write_guid, guid));
}

bool vx_chain_add(struct vx_chain *chain, struct vx_disk *disk, const struct vx_facts *facts,
                  struct vx_file_identity identity)
{
    struct vx_guid guid = data_write_guid(facts);

    if (chain->known >= VX_CHAIN_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < chain->known && i < VX_CHAIN_MAX; i++) {
        if (is_same(&chain->link[i], &guid, identity)) {
            return false;
        }
    }
    if (disk == NULL) {
        vx_chain_cut(chain, VX_RUN_003);
    }
    chain->link[chain->known] = (struct vx_link){
        .disk = disk,
        .identity = identity,
        .data_write_guid = guid,
    };
    chain->known += 1;
    if (!chain->is_cut) {
        chain->count = chain->known;
    }
    return true;
}

/* A finding about the locator's statement of who the parent is. */
static struct vx_finding about_parent(const struct vx_facts *child, enum vx_rule rule)
{
    const struct vx_locator_value *value = &child->locator.value[VX_KEY_PARENT_LINKAGE];

    return vx_finding_at(rule, VX_OBJ_LOCATOR, 0, value->is_present ? value->offset : VX_NO_OFFSET,
                         2 * (uint64_t)value->units);
}

/* A finding about an item of the child that the parent has, too. */
static struct vx_finding about_item(const struct vx_facts *child, enum vx_rule rule,
                                    enum vx_item_kind kind)
{
    return vx_finding_at(rule, VX_OBJ_DISK, 0, child->metadata.value_offset[kind],
                         vx_item_rule(kind)->length);
}

static void judge_identity(struct vx_chain *chain, const struct vx_facts *child,
                           const struct vx_facts *parent, struct vx_reporter *rep)
{
    struct vx_guid guid = data_write_guid(parent);
    struct vx_finding f = about_parent(child, VX_CHN_001);

    vx_guid_split(&guid, &f.arg[0], &f.arg[1]);
    vx_guid_split(&child->locator.linkage[0], &f.arg[2], &f.arg[3]);
    if (vx_locator_has_linkage(&child->locator) && !vx_locator_names(&child->locator, &guid)) {
        vx_report(rep, &f);
        vx_chain_cut(chain, VX_CHN_001);
    }
    f = about_item(child, VX_VID_001, VX_ITEM_DISK_ID);
    vx_guid_split(&parent->metadata.disk_id, &f.arg[0], &f.arg[1]);
    vx_guid_split(&child->metadata.disk_id, &f.arg[2], &f.arg[3]);
    if (child->metadata.has[VX_ITEM_DISK_ID] && parent->metadata.has[VX_ITEM_DISK_ID] &&
        !vx_guid_equal(&child->metadata.disk_id, &parent->metadata.disk_id)) {
        vx_report(rep, &f);
    }
}

void vx_chain_judge(struct vx_chain *chain, const struct vx_facts *child,
                    const struct vx_facts *parent, struct vx_reporter *rep)
{
    struct vx_finding f = about_parent(child, VX_CHN_004);

    judge_identity(chain, child, parent, rep);
    if (parent->headers.is_dirty) {
        vx_report(rep, &f);
    }
    if (!child->has_geometry || !parent->has_geometry) {
        return; /* which the check of that image has said */
    }
    f = about_item(child, VX_LSS_002, VX_ITEM_LOGICAL_SECTOR_SIZE);
    f.arg[0] = parent->geometry.sector_bytes;
    f.arg[1] = child->geometry.sector_bytes;
    if (f.arg[0] != f.arg[1]) {
        vx_report(rep, &f);
        vx_chain_cut(chain, VX_LSS_002);
    }
    f = about_item(child, VX_CHN_005, VX_ITEM_DISK_SIZE);
    f.arg[0] = parent->geometry.disk_bytes;
    f.arg[1] = child->geometry.disk_bytes;
    if (f.arg[0] != f.arg[1]) {
        vx_report(rep, &f);
    }
}

void vx_chain_report_endless(const struct vx_chain *chain, const struct vx_facts *child,
                             struct vx_reporter *rep)
{
    struct vx_finding f = about_parent(child, VX_CHN_006);

    f.arg[0] = chain->known;
    vx_report(rep, &f);
}

/* The range of one link. What was found to be in its parent is remembered: the parent may answer in
 * smaller pieces, and then this is asked again for each of them. */
static enum vx_status map_link(struct vx_link *link, uint64_t offset, uint64_t length,
                               struct vx_disk_range *range)
{
    enum vx_status status = VX_OK;

    if (offset >= link->passed.offset &&
        vx_within(vx_sub_sat(offset, link->passed.offset), 1, link->passed.length)) {
        *range = link->passed;
        range->offset = offset;
        range->length = vx_min(
            length, vx_sub_sat(vx_add_sat(link->passed.offset, link->passed.length), offset));
        return VX_OK;
    }
    status = vx_disk_map(link->disk, offset, length, range);
    if (status == VX_OK && range->kind == VX_DISK_PARENT) {
        link->passed = *range;
    }
    return status;
}

/* The chain has no link of that depth. */
static void make_missing(const struct vx_chain *chain, struct vx_disk_range *range)
{
    range->kind = VX_DISK_UNREADABLE;
    range->rule = chain->end;
}

enum vx_status vx_chain_map(struct vx_chain *chain, uint64_t offset, uint64_t length,
                            struct vx_disk_range *range)
{
    enum vx_status status = VX_STOP;

    *range = (struct vx_disk_range){.offset = offset, .length = length, .rule = VX_RULE_COUNT};
    for (uint32_t depth = 0; depth < chain->count && depth < VX_CHAIN_MAX; depth++) {
        struct vx_link *link = &chain->link[depth];

        if (depth > 0 && offset >= link->disk->geo->disk_bytes) {
            range->kind = VX_DISK_ZERO; /* behind the end of this parent */
            range->depth = depth;
            return VX_OK;
        }
        status = map_link(link, offset, range->length, range);
        range->depth = depth;
        if (status != VX_OK || range->kind != VX_DISK_PARENT) {
            return status;
        }
    }
    if (status == VX_OK) {
        make_missing(chain, range);
        range->depth = chain->count;
    }
    return status;
}

enum vx_status vx_chain_read(struct vx_chain *chain, uint64_t offset, uint8_t *dst, size_t len)
{
    struct vx_disk_range range = {0};
    uint64_t done = 0;

    if (chain->count == 0 || !vx_within(offset, len, chain->link[0].disk->geo->disk_bytes)) {
        return VX_E_USAGE;
    }
    while (done < len) { /* each turn passes a range */
        enum vx_status status =
            vx_chain_map(chain, vx_add_sat(offset, done), vx_sub_sat(len, done), &range);

        if (status != VX_OK || range.length == 0) {
            return VX_E_BUG; /* cannot happen: the range lies inside the disk */
        }
        if (range.kind == VX_DISK_FILE && range.depth < VX_CHAIN_MAX) {
            status = vx_source_read_at(chain->link[range.depth].disk->view, range.file_offset, dst,
                                       len, done, range.length);
        } else if (range.kind == VX_DISK_ZERO) {
            vx_zero(dst, len, done, range.length);
        } else {
            status = VX_E_IO;
        }
        if (status != VX_OK) {
            return VX_E_IO;
        }
        done = vx_add_sat(done, range.length);
    }
    return VX_OK;
}
