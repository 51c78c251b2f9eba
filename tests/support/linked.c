/* Link by link, as whoever opens a chain does it. At most LINEAGE_MAX of them. */
#include "tests/support/linked.h"

static const struct vx_facts *facts_of(const struct linked *l, size_t index)
{
    return &l->image[index].check->structure.facts;
}

static void open_image(struct linked *l, const struct lineage *lineage, bool has_least_memory)
{
    struct image *im = &lineage->recipe[l->count]->im;
    const struct vx_source raw = image_source(im);
    const struct replay_options options = {
        .memory_bytes = has_least_memory ? (size_t)vx_structure_need(im->size).min : 0,
        .pass_limit = has_least_memory ? UINT64_MAX : 0,
        .has_chain = lineage->recipe[0]->parent[0] != '\0',
    };

    replayed_open(&l->image[l->count], lineage->name[0], &raw, &options);
    l->count++;
}

/* Append image `index` to the chain as the parent of image `child`. Returns whether the chain goes
 * on behind it. */
static bool link_image(struct linked *l, size_t index, size_t child)
{
    const struct vx_facts *facts = facts_of(l, index);

    if (!facts->has_geometry || !facts->regions.bat.is_usable) {
        return false;
    }
    if (index == l->count - 1) {
        virtual_disk_init(&l->disk[index], l->image[index].check);
    }
    if (!vx_chain_add(&l->chain, &l->disk[index].disk, facts,
                      (struct vx_file_identity){.file = index})) {
        vx_chain_report_endless(&l->chain, facts_of(l, child), &l->image[child].f.rep);
        return false;
    }
    return facts->geometry.has_parent;
}

void linked_open(struct linked *l, const struct lineage *lineage, bool has_least_memory)
{
    bool goes_on;

    l->count = 0;
    vx_chain_init(&l->chain);
    l->chain.end = lineage->recipe[0]->parent[0] != '\0' ? VX_RUN_010 : VX_RUN_006;
    open_image(l, lineage, has_least_memory);
    goes_on = link_image(l, 0, 0);
    while (goes_on && l->count < lineage->count) {
        const size_t index = l->count;

        open_image(l, lineage, has_least_memory);
        vx_chain_judge(&l->chain, facts_of(l, index - 1), facts_of(l, index),
                       &l->image[index - 1].f.rep);
        goes_on = link_image(l, index, index - 1);
    }
    if (goes_on && lineage->again < lineage->count) {
        const size_t last = l->count - 1;

        vx_chain_judge(&l->chain, facts_of(l, last), facts_of(l, lineage->again),
                       &l->image[last].f.rep);
        (void)link_image(l, lineage->again, last);
    }
}

void linked_close(struct linked *l)
{
    for (size_t i = 0; i < l->count; i++) {
        replayed_close(&l->image[i]);
    }
}
