/* Heapsort: at most 2 * count * log2(count) comparisons. */
#include "parser/sort.h"

static void swap(uint16_t *a, uint16_t *b)
{
    uint16_t t = *a;

    *a = *b;
    *b = t;
}

/* Let the element at `root` sink in the heap order[0 .. count). At most log2(count) steps. */
static void sink(uint16_t order[VX_SORT_MAX], uint32_t root, uint32_t count, vx_less_fn *less,
                 const void *ctx)
{
    uint32_t parent = root;

    while (parent < VX_SORT_MAX / 2) {
        uint32_t child = 2 * parent + 1;

        if (child >= count || child >= VX_SORT_MAX) {
            return;
        }
        if (child + 1 < count && child + 1 < VX_SORT_MAX &&
            less(ctx, order[child], order[child + 1])) {
            child += 1;
        }
        if (!less(ctx, order[parent], order[child])) {
            return;
        }
        swap(&order[parent], &order[child]);
        parent = child;
    }
}

void vx_sort(uint16_t order[VX_SORT_MAX], uint32_t count, vx_less_fn *less, const void *ctx)
{
    uint32_t n = count < VX_SORT_MAX ? count : VX_SORT_MAX;

    memset(order, 0, VX_SORT_MAX * sizeof(order[0]));
    for (uint32_t i = 0; i < n && i < VX_SORT_MAX; i++) {
        order[i] = (uint16_t)i;
    }
    for (uint32_t i = n / 2; i > 0; i--) {
        sink(order, i - 1, n, less, ctx);
    }
    for (uint32_t i = n; i > 1 && i <= VX_SORT_MAX; i--) {
        swap(&order[0], &order[i - 1]);
        sink(order, 0, i - 1, less, ctx);
    }
}
