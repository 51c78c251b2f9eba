/* Carves caller memory into pieces. Nothing is ever given back: the caller owns the memory. */
#ifndef VX_PARSER_ARENA_H
#define VX_PARSER_ARENA_H

#include "parser/base.h"

struct vx_arena {
    uint8_t *next;
    size_t left;
};

enum { VX_ARENA_ALIGN = 16 };

/* memory: as aligned as malloc's (at least VX_ARENA_ALIGN), bytes long, zeroed or not. */
void vx_arena_init(struct vx_arena *arena, void *memory, size_t bytes);

/* A piece of `bytes` bytes, zeroed, aligned to VX_ARENA_ALIGN; NULL when it does not fit. */
void *vx_arena_take(struct vx_arena *arena, size_t bytes);

/* All that is left, not zeroed; look at arena->left first. */
void *vx_arena_rest(struct vx_arena *arena);

#endif
