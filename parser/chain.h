/* A chain: a differencing image, its parent, the parent of that, and so on. Opening files is the
 * caller's business; here are the rules for two images that were opened, and the virtual disk that
 * all of them together hold. */
#ifndef VX_PARSER_CHAIN_H
#define VX_PARSER_CHAIN_H

#include "parser/disk.h"
#include "parser/structure.h"

enum { VX_CHAIN_MAX = 256 };

/* Which file it is, whatever its name: on POSIX its device and inode. */
struct vx_file_identity {
    uint64_t volume;
    uint64_t file;
};

struct vx_link {
    struct vx_disk *disk;
    struct vx_file_identity identity;
    struct vx_guid data_write_guid; /* of the current header */
    struct vx_disk_range passed;    /* known to be in the parent; length 0: none */
};

/* The virtual disk of link 0. */
struct vx_chain {
    struct vx_link link[VX_CHAIN_MAX]; /* each one's parent follows it */
    uint32_t count;
    enum vx_rule end; /* why the parent of the last link cannot be read, if it has one */
};

/* A chain without links. */
void vx_chain_init(struct vx_chain *chain);

/* Append the image that `disk` reads, whose facts are complete. Both must outlive the chain. disk
 * may be NULL in a chain that only tells whether images come again, and is never mapped or read.
 * Returns false, and appends nothing, when the file or its DataWriteGuid is that of a link, or
 * there are VX_CHAIN_MAX of them: CHN-006. */
VX_MUST_USE bool vx_chain_add(struct vx_chain *chain, struct vx_disk *disk,
                              const struct vx_facts *facts, struct vx_file_identity identity);

/* Is this parent, judged with its log replayed, the one that the child was made of, and can both be
 * read together? Of a child whose locator has no linkage that is not known, which the check of the
 * child has said. Findings, for the child: CHN-001, CHN-004, CHN-005, LSS-002, VID-001. */
void vx_chain_judge(const struct vx_facts *child, const struct vx_facts *parent,
                    struct vx_reporter *rep);

/* Report that the chain has no end. Findings, for the child that the last image is: CHN-006. */
void vx_chain_report_endless(const struct vx_chain *chain, const struct vx_facts *child,
                             struct vx_reporter *rep);

/* As vx_disk_map(), through all links: range->depth says in which link, and nothing is left in a
 * parent. What lies behind the end of a parent is zeros; what a missing parent holds is UNREADABLE,
 * at the depth that it would have. The state of both is that of the blocks in the link above.
 * Over the whole disk each link is mapped once, whatever the others look like. */
VX_MUST_USE enum vx_status vx_chain_map(struct vx_chain *chain, uint64_t offset, uint64_t length,
                                        struct vx_disk_range *range);

/* As vx_disk_read(), through all links; a chain without any has no byte inside. */
VX_MUST_USE enum vx_status vx_chain_read(struct vx_chain *chain, uint64_t offset, uint8_t *dst,
                                         size_t len);

#endif
