/* Memory for programs that have no use for a failed allocation: they end. */
#ifndef CORPUS_MEMORY_H
#define CORPUS_MEMORY_H

#include <stddef.h>

/* Zeroed memory for `count` things of `size` bytes; free() it. Never NULL, not even for none. */
void *memory_take(size_t count, size_t size);

/* The same bytes, perhaps elsewhere, with room for `count` things; what is new is not zeroed. */
void *memory_resize(void *memory, size_t count, size_t size);

#endif
