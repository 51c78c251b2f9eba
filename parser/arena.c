/* Caller memory, carved from the front. */
#include "parser/arena.h"

#include "parser/bytes.h"

void vx_arena_init(struct vx_arena *arena, void *memory, size_t bytes)
{
    arena->next = memory;
    arena->left = bytes;
}

void *vx_arena_take(struct vx_arena *arena, size_t bytes)
{
    uint8_t *piece = arena->next;
    size_t padding = (VX_ARENA_ALIGN - bytes % VX_ARENA_ALIGN) % VX_ARENA_ALIGN;

    if (bytes > arena->left || padding > vx_sub_sat(arena->left, bytes)) {
        return NULL;
    }
    memset(piece, 0, bytes);
    arena->next = piece + bytes + padding;
    arena->left = (size_t)vx_sub_sat(arena->left, bytes + padding);
    return piece;
}

void *vx_arena_rest(struct vx_arena *arena)
{
    void *piece = arena->next;

    arena->next += arena->left;
    arena->left = 0;
    return piece;
}
