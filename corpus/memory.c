/* Memory, or the end. */
#include "corpus/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        (void)fputs("corpus: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

void *memory_take(size_t count, size_t size)
{
    return must(calloc(count == 0 ? 1 : count, size));
}

void *memory_resize(void *memory, size_t count, size_t size)
{
    return must(count > SIZE_MAX / size ? NULL : realloc(memory, count == 0 ? 1 : count * size));
}
