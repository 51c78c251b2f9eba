/* Records to disjoint segments: heapsort by begin, then one sweep with a max-heap by order. */
#include "replay/overlay.h"

#include "parser/bytes.h"

uint64_t vxr_overlay_need(uint64_t descriptor_count)
{
    uint64_t count = vx_max(descriptor_count, VXR_OVERLAY_RECORDS_MIN);

    count = vx_min(count, UINT32_MAX) + 1; /* the capacity is even */
    return count * VXR_OVERLAY_RECORD_BYTES;
}

enum vx_status vxr_overlay_init(struct vxr_overlay *overlay, void *memory, size_t bytes)
{
    uint64_t fits = bytes / VXR_OVERLAY_RECORD_BYTES;
    uint32_t capacity = (uint32_t)(vx_min(fits, UINT32_MAX / 4) & ~UINT64_C(1));
    uint8_t *base = memory;
    void *segments = NULL;
    void *heap = NULL;

    memset(overlay, 0, sizeof(*overlay));
    if (capacity < VXR_OVERLAY_RECORDS_MIN) {
        return VX_E_WORKSPACE;
    }
    overlay->record = memory;
    segments = base + sizeof(struct vxr_segment) * (size_t)capacity;
    heap = base + 3 * sizeof(struct vxr_segment) * (size_t)capacity;
    overlay->segment = segments;
    overlay->heap = heap;
    overlay->capacity = capacity;
    return VX_OK;
}

void vxr_overlay_clear(struct vxr_overlay *overlay)
{
    overlay->record_count = 0;
    overlay->segment_count = 0;
    overlay->wanted = 0;
}

void vxr_overlay_add(struct vxr_overlay *overlay, const struct vxr_segment *record)
{
    if (record->begin >= record->end) {
        return;
    }
    overlay->wanted = vx_add_sat(overlay->wanted, 1);
    if (overlay->record_count < overlay->capacity) {
        overlay->record[overlay->record_count] = *record;
        overlay->record_count += 1;
    }
}

static bool begins_before(const struct vxr_segment *a, const struct vxr_segment *b)
{
    return a->begin < b->begin || (a->begin == b->begin && a->order < b->order);
}

static void swap_records(struct vxr_overlay *o, uint32_t a, uint32_t b)
{
    struct vxr_segment in_a = o->record[a];
    struct vxr_segment in_b = o->record[b];

    o->record[a] = in_b;
    o->record[b] = in_a;
}

/* Let record `root` sink in the max-heap record[0 .. count). At most 31 steps. */
static void sink_record(struct vxr_overlay *o, uint32_t root, uint32_t count)
{
    uint32_t parent = root;

    while (parent < o->capacity / 2) {
        uint32_t child = 2 * parent + 1;

        if (child >= count || child >= o->capacity) {
            return;
        }
        if (child + 1 < count && child + 1 < o->capacity &&
            begins_before(&o->record[child], &o->record[child + 1])) {
            child += 1;
        }
        if (!begins_before(&o->record[parent], &o->record[child])) {
            return;
        }
        swap_records(o, parent, child);
        parent = child;
    }
}

/* In-place heapsort of the records by begin. */
static void sort_records(struct vxr_overlay *o)
{
    uint32_t count = o->record_count < o->capacity ? o->record_count : o->capacity;

    for (uint32_t i = count / 2; i > 0; i--) {
        sink_record(o, i - 1, count);
    }
    for (uint32_t i = count; i > 1 && i <= o->capacity; i--) {
        swap_records(o, 0, i - 1);
        sink_record(o, 0, i - 1);
    }
}

/* Does the record in heap slot a give way to the one in slot b? */
static bool is_older(const struct vxr_overlay *o, uint32_t a, uint32_t b)
{
    uint32_t ra = o->heap[a];
    uint32_t rb = o->heap[b];

    if (ra >= o->capacity || rb >= o->capacity) {
        return false;
    }
    return o->record[ra].order < o->record[rb].order;
}

static void swap_slots(struct vxr_overlay *o, uint32_t a, uint32_t b)
{
    uint32_t t = o->heap[a];

    o->heap[a] = o->heap[b];
    o->heap[b] = t;
}

/* Add a record to the heap of records that cover the sweep's position. At most 31 steps. */
static void push(struct vxr_overlay *o, uint32_t *count, uint32_t record)
{
    uint32_t at = *count;

    if (at >= o->capacity) {
        return; /* cannot happen: each record is pushed once */
    }
    o->heap[at] = record;
    *count = at + 1;
    while (at > 0 && at < o->capacity && is_older(o, (at - 1) / 2, at)) {
        swap_slots(o, (at - 1) / 2, at);
        at = (at - 1) / 2;
    }
}

/* Remove the newest record. At most 31 steps. */
static void pop(struct vxr_overlay *o, uint32_t *count)
{
    uint32_t at = 0;
    uint32_t n = (uint32_t)vx_sub_sat(*count, 1);

    if (n < o->capacity) {
        o->heap[0] = o->heap[n];
    }
    *count = n;
    while (at < o->capacity / 2) {
        uint32_t child = 2 * at + 1;

        if (child >= n || child >= o->capacity) {
            return;
        }
        if (child + 1 < n && child + 1 < o->capacity && is_older(o, child, child + 1)) {
            child += 1;
        }
        if (!is_older(o, at, child)) {
            return;
        }
        swap_slots(o, at, child);
        at = child;
    }
}

/* Append [begin, end) of a record; what continues the segment before becomes part of it. */
static void emit(struct vxr_overlay *o, uint64_t begin, uint64_t end,
                 const struct vxr_segment *record)
{
    uint32_t n = o->segment_count;
    struct vxr_segment part = *record;

    if (n > 0 && n <= 2 * o->capacity && o->segment[n - 1].end == begin &&
        o->segment[n - 1].order == record->order) {
        o->segment[n - 1].end = end;
        return;
    }
    if (n < 2 * o->capacity) { /* always: see vxr_overlay_build() */
        part.begin = begin;
        part.end = end;
        o->segment[n] = part;
        o->segment_count = n + 1;
    }
}

/* The newest record in the heap that reaches beyond `at`, or NULL. Drops those that do not. */
static const struct vxr_segment *newest(struct vxr_overlay *o, uint32_t *count, uint64_t at)
{
    while (*count > 0) { /* each turn removes one */
        uint32_t r = o->heap[0];

        if (r < o->capacity && o->record[r].end > at) {
            return &o->record[r];
        }
        pop(o, count);
    }
    return NULL;
}

/* Sweep over the sorted records. Each turn takes in at least one record or drops one. */
static void sweep(struct vxr_overlay *o)
{
    uint32_t in_heap = 0;
    uint32_t next = 0;
    uint64_t at = 0;
    const struct vxr_segment *top = NULL;

    while (next < o->record_count || top != NULL) {
        uint64_t stop = UINT64_MAX;

        if (top == NULL && next < o->capacity) {
            at = vx_max(at, o->record[next].begin);
        }
        while (next < o->record_count && next < o->capacity && o->record[next].begin <= at) {
            push(o, &in_heap, next);
            next += 1;
        }
        top = newest(o, &in_heap, at);
        if (top == NULL) {
            continue;
        }
        if (next < o->record_count && next < o->capacity) {
            stop = o->record[next].begin;
        }
        stop = vx_min(stop, top->end);
        emit(o, at, stop, top);
        at = stop;
        top = newest(o, &in_heap, at);
    }
}

enum vx_status vxr_overlay_build(struct vxr_overlay *overlay)
{
    if (overlay->wanted > overlay->record_count) {
        overlay->record_count = 0;
        overlay->segment_count = 0;
        return VX_E_LIMIT;
    }
    overlay->segment_count = 0;
    sort_records(overlay);
    sweep(overlay);
    /* as it is already: n records make at most 2 n - 1 segments */
    overlay->segment_count =
        (uint32_t)vx_min(overlay->segment_count, UINT64_C(2) * overlay->capacity);
    return VX_OK;
}

uint32_t vxr_overlay_find(const struct vxr_overlay *overlay, uint64_t offset)
{
    uint32_t low = 0; /* segments below this end at or before the offset */
    uint32_t high = overlay->segment_count;

    while (low < high && low < 2 * overlay->capacity) { /* halves each time: at most 32 steps */
        uint32_t middle = (uint32_t)(((uint64_t)low + high) / 2);

        if (middle < 2 * overlay->capacity && overlay->segment[middle].end <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t vxr_overlay_end(const struct vxr_overlay *overlay)
{
    uint32_t n = overlay->segment_count;

    return n > 0 && n <= 2 * overlay->capacity ? overlay->segment[n - 1].end : 0;
}
