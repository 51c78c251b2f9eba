/* The passes of a check, in order, over one image. The entry point of parser/.
 *
 *     struct vx_structure s;
 *     vx_structure_init(&s, memory, bytes, &reporter);
 *     vx_structure_check_head(&s, &raw);         identifier and headers: the file as it lies
 *     vx_structure_check_tables(&s, &view);      the rest: raw or, with a log, replayed
 *     vx_structure_check_blocks(&s, &view);
 *     verdict = vx_verdict_of(&reporter);
 *
 * A pass whose input is unusable is skipped and reported as VHDX-RUN-003; it does not shout. Of a
 * file that is no VHDX nothing is skipped: FTI-001 says that there is nothing to check. */
#ifndef VX_PARSER_STRUCTURE_H
#define VX_PARSER_STRUCTURE_H

#include "parser/blocks.h"
#include "parser/fileid.h"
#include "parser/geometry.h"
#include "parser/header.h"
#include "parser/locator.h"
#include "parser/metadata.h"
#include "parser/partial.h"
#include "parser/region.h"

struct vx_workspace;

/* Everything learned about the image. */
struct vx_facts {
    uint64_t file_bytes; /* of the raw image */
    struct vx_fileid fileid;
    struct vx_headers headers;
    struct vx_regions regions;
    struct vx_metadata metadata;
    bool has_geometry;
    struct vx_geometry geometry;
    struct vx_locator locator; /* of a differencing image, else zeroed */
    struct vx_blocks blocks;
    struct vx_partial partial; /* of a differencing image, else zeroed */
};

struct vx_structure {
    struct vx_reporter *rep;
    struct vx_workspace *ws;
    uint64_t *claim_words;
    uint64_t claim_word_count;
    bool is_chain_judged; /* false after init; the caller judges the parents: no RUN-006 */
    uint64_t pass_limit;  /* VX_BLOCK_PASSES_DEFAULT after init; the caller may change it */
    struct vx_claims claims;
    struct vx_facts facts;
};

/* Workspace plus claims memory: min works for any file, with max one pass over the BAT is enough.
 */
struct vx_need vx_structure_need(uint64_t file_bytes);

/* memory: as aligned as malloc's, at least vx_structure_need().min bytes, of which only what the
 * size of the judged view asks for is touched. The findings are the same
 * for any size, unless the smaller one ran into pass_limit, which VHDX-RUN-005 says.
 * Returns VX_OK or VX_E_WORKSPACE. */
VX_MUST_USE enum vx_status vx_structure_init(struct vx_structure *s, void *memory, size_t bytes,
                                             struct vx_reporter *rep);

/* Passes 1 and 2: file identifier and headers. Returns whether it makes sense to go on: false when
 * the file is no VHDX, or one of an unknown version. There may still be no current header. */
bool vx_structure_check_head(struct vx_structure *s, const struct vx_source *raw);

/* Passes 5 to 7: regions, layout, metadata, geometry, parent locator. Returns whether the geometry
 * is known. */
bool vx_structure_check_tables(struct vx_structure *s, const struct vx_source *view);

/* Pass 8: all blocks, and of a differencing image the sector bitmaps. Call it after
 * vx_structure_check_tables(). */
void vx_structure_check_blocks(struct vx_structure *s, const struct vx_source *view);

/* The whole check of an image without looking into its log: head, tables, blocks. A pending log
 * is not replayed here; blocks are then skipped with VHDX-RUN-004. */
void vx_structure_check(struct vx_structure *s, const struct vx_source *raw);

#endif
