/* Chains for people. Loops run over links, paths and relatives. */
#include "reports/chain_report.h"

#include "reports/names.h"

/* "Its parent, found by --parent-dir:" above the report of link i. */
static void write_intro(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i)
{
    static const char *const WAYS[] = {
        [VXO_FOUND_IMAGE] = "",
        [VXO_FOUND_GIVEN] = ", named by --parent:\n",
        [VXO_FOUND_IN_FOLDER] = ", found by --parent-dir:\n",
        [VXO_FOUND_FOLLOWED] = ", found by --follow:\n",
    };

    if (i > 0) {
        vxo_page_write(&out->page, i == 1 ? "\nIts parent" : "\nThe parent of that");
        vxo_page_write(&out->page, WAYS[chain->link[i].found]);
    }
}

/* Which other files could have been taken for it. */
static void write_twins(const struct vxo_text *out, const struct vxo_twins *twins)
{
    struct vxo_line line;

    vxo_line_init(&line);
    for (uint32_t i = 0; i < twins->count; i++) {
        vxo_put(&line.put, i > 0 ? ", " : "in ");
        vxo_put(&line.put, twins->name[i]);
    }
    if (twins->total > twins->count) {
        vxo_put(&line.put, ", and ");
        vxo_put_uint(&line.put, twins->total - twins->count);
        vxo_put(&line.put, " more");
    }
    vxo_text_fact(out, "Same state", &line);
}

/* Who the image names as its parent, and whether the one that was found is that. */
static void write_linkage(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i)
{
    const struct vx_locator *locator = &chain->link[i].report.facts->locator;
    const struct vx_header *parent =
        i + 1 < chain->count ? vx_headers_current(&chain->link[i + 1].report.facts->headers) : NULL;
    struct vxo_line line;

    vxo_line_init(&line);
    (void)vxo_put_linkage(&line.put, locator);
    if (line.put.len > 0 && parent != NULL) {
        vxo_put(&line.put, vx_locator_names(locator, &parent->data_write_guid)
                               ? ", and the parent below is that"
                               : ", which the parent below is not");
    }
    vxo_text_fact(out, "Parent linkage", &line);
}

/* opened: what became of it. */
static void put_path(struct vxo_buffer *put, const struct vxo_path *path, const char *opened)
{
    vxo_put(put, "(");
    vxo_put(put, opened);
    if (!path->is_read) {
        vxo_put(put, "; cannot be read");
    }
    if (path->text.was_truncated) {
        vxo_put(put, "; the beginning of ");
        vxo_put_count(put, path->units, "character");
    }
    vxo_put(put, ") ");
    vxo_put(put, path->text.utf8);
}

/* The paths, behind what is said about them, for the rest of the line is the image's. */
static void write_paths(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i)
{
    static const char *const LABELS[VXO_PATH_COUNT] = {"Relative path", "Volume path",
                                                       "Absolute path"};
    bool was_followed = i + 1 < chain->count && chain->link[i + 1].found == VXO_FOUND_FOLLOWED;
    const char *opened = was_followed ? "followed" : "not opened";

    for (unsigned k = 0; k < VXO_PATH_COUNT; k++) {
        const struct vxo_path *path = &chain->link[i].path[k];
        struct vxo_line line;

        vxo_line_init(&line);
        if (path->is_present) {
            put_path(&line.put, path, k == 0 ? opened : "never opened");
        }
        vxo_text_fact(out, LABELS[k], &line);
    }
}

void vxo_text_naming(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i)
{
    write_linkage(out, chain, i);
    write_paths(out, chain, i);
}

static void write_link(const struct vxo_text *out, const struct vxo_chain *chain, uint32_t i)
{
    struct vxo_report with_parents = chain->link[i].report;
    const struct vxo_report *report = &chain->link[i].report;
    const struct vx_header *header = vx_headers_current(&report->facts->headers);

    write_intro(out, chain, i);
    with_parents.chain = i == 0 ? chain : NULL;
    if (!vxo_text_judgement(out, &with_parents)) {
        return;
    }
    vxo_text_disk_facts(out, report->facts);
    if (header != NULL) {
        vxo_text_guid_fact(out, "Data write", &header->data_write_guid);
    }
    write_twins(out, chain->link[i].twins);
    vxo_text_naming(out, chain, i);
}

/* How it ends and, where the parent is missing, what looks like it. */
static void write_end(const struct vxo_text *out, const struct vxo_chain *chain)
{
    struct vxo_line line;

    vxo_line_init(&line);
    vxo_put_chain_end(&line.put, chain);
    vxo_page_write(&out->page, "\n");
    vxo_page_paragraph(&out->page, line.text, 0);
    for (uint32_t i = 0; i < chain->relatives->count; i++) {
        vxo_line_init(&line);
        vxo_put(&line.put, chain->relatives->at[i].name);
        vxo_put(&line.put, " ");
        vxo_put_relative(&line.put, chain, &chain->relatives->at[i]);
        vxo_page_paragraph(&out->page, line.text, 2);
    }
    vxo_line_init(&line);
    vxo_put_chain_advice(&line.put, chain);
    if (line.put.len > 0) {
        vxo_page_paragraph(&out->page, line.text, 0);
    }
}

void vxo_text_chain(const struct vxo_text *out, const struct vxo_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        write_link(out, chain, i);
    }
    write_end(out, chain);
}

void vxo_text_parents(const struct vxo_text *out, const struct vxo_chain *chain)
{
    for (uint32_t i = 1; i < chain->count; i++) {
        write_intro(out, chain, i);
        vxo_text_check(out, &chain->link[i].report);
        write_twins(out, chain->link[i].twins);
    }
    write_end(out, chain);
}
