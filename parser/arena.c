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
    uint64_t padding = (VX_ARENA_ALIGN - bytes % VX_ARENA_ALIGN) % VX_ARENA_ALIGN;
    uint64_t whole = 0;

    if (bytes > arena->left || !vx_add(bytes, padding, &whole) || whole > arena->left) {
        return NULL;
    }
    memset(piece, 0, bytes);
    arena->next = piece + whole;
    arena->left = (size_t)vx_sub_sat(arena->left, whole);
    return piece;
}

void *vx_arena_rest(struct vx_arena *arena)
{
    void *piece = arena->next;

    arena->next += arena->left;
    arena->left = 0;
    return piece;
}
