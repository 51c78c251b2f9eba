/* Sparse memory and the packed form, against plain memory. */
#include "corpus/little.h"
#include "corpus/memory.h"
#include "corpus/packed.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

#include <string.h>

enum { ROOM = 16 * SPARSE_CHUNK_BYTES, STEPS = 4000 };

static uint32_t next_random(uint32_t *seed)
{
    *seed = (uint32_t)((UINT64_C(48271) * *seed) % 0x7fffffffu);
    return *seed;
}

/* Same bytes, chunks in order, none twice. */
static void expect_equal(const struct sparse *s, uint64_t base, const uint8_t *plain)
{
    static uint8_t bytes[ROOM];

    sparse_read(s, base, bytes, sizeof(bytes));
    assert_memory_equal(bytes, plain, sizeof(bytes));
    for (size_t i = 1; i < s->count; i++) {
        assert_true(s->chunk[i - 1].number < s->chunk[i].number);
    }
}

static void test_sparse__random_writes_and_clears__as_plain_memory(void **state)
{
    static uint8_t plain[ROOM];
    static uint8_t bytes[ROOM];
    const uint64_t base = (UINT64_C(1) << 62) - 100;
    struct sparse s = {0};
    uint32_t seed = 5;

    (void)state;
    for (unsigned i = 0; i < STEPS; i++) {
        const size_t at = next_random(&seed) % ROOM;
        const size_t most = ROOM - at < 9000 ? ROOM - at : 9000;
        const size_t len = next_random(&seed) % (most + 1);

        if (next_random(&seed) % 3 == 0) {
            memset(plain + at, 0, len);
            sparse_clear(&s, base + at, base + at + len);
        } else {
            memset(bytes, (int)(next_random(&seed) % 256), len);
            memcpy(plain + at, bytes, len);
            sparse_write(&s, base + at, bytes, len);
        }
        expect_equal(&s, base, plain);
    }
    sparse_clear(&s, 0, UINT64_MAX);
    assert_int_equal(s.count, 0);
    sparse_free(&s);
}

static void test_sparse_write__no_more_chunks__says_so_and_keeps_the_others(void **state)
{
    const uint8_t bytes[2 * SPARSE_CHUNK_BYTES] = {1};
    struct sparse s = {.most = 1};
    uint8_t got = 0;

    (void)state;
    sparse_write(&s, 0, bytes, SPARSE_CHUNK_BYTES);
    assert_false(s.is_full);
    sparse_write(&s, 100, bytes, 10);
    assert_false(s.is_full);
    sparse_write(&s, SPARSE_CHUNK_BYTES - 1, bytes, 2);
    assert_true(s.is_full);
    assert_int_equal(s.count, 1);
    sparse_read(&s, SPARSE_CHUNK_BYTES - 1, &got, 1);
    assert_int_equal(got, 1);
    sparse_free(&s);
}

/* ---- packed ---- */

struct packed {
    uint8_t bytes[ROOM];
    size_t len;
};

static void add(void *ctx, const uint8_t *bytes, size_t len)
{
    struct packed *packed = ctx;

    assert_true(len <= sizeof(packed->bytes) - packed->len);
    memcpy(packed->bytes + packed->len, bytes, len);
    packed->len += len;
}

static void pack(struct image *im, struct packed *packed)
{
    const struct vx_source src = image_source(im);

    packed->len = 0;
    assert_int_equal(packed_write(&src, add, packed), VX_OK);
}

static void test_packed__written_and_read__is_the_same_image(void **state)
{
    static struct packed first;
    static struct packed second;
    static const uint64_t sizes[] = {0, 1, 4095, 4096, 4097, 8193, UINT64_C(1) << 62};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(sizes); i++) {
        struct image im;
        struct image again;

        image_make_empty(&im, sizes[i]);
        image_put(&im, 0, 4, 0x01020304);
        image_put(&im, 4090, 8, UINT64_MAX);
        image_put(&im, 100 * IMAGE_MIB, 8, 0);
        pack(&im, &first);
        assert_int_equal(little_get(first.bytes, 8), sizes[i]);
        assert_int_equal(first.len, 8 + (sizes[i] == 0 ? 0u : sizes[i] <= 4096 ? 1u : 2u) * 4104);
        assert_true(packed_read(&again, first.bytes, first.len));
        pack(&again, &second);
        assert_int_equal(first.len, second.len);
        assert_memory_equal(first.bytes, second.bytes, first.len);
        image_free(&im);
        image_free(&again);
    }
}

static void test_packed_write__bytes_beyond_the_end__are_zeros(void **state)
{
    static struct packed packed;
    struct image im;

    (void)state;
    image_make_empty(&im, 3);
    image_put(&im, 0, 8, UINT64_MAX);
    pack(&im, &packed);
    assert_int_equal(packed.len, 8 + 4104);
    assert_int_equal(little_get(packed.bytes + 16, 8), 0xffffff);
    image_free(&im);
}

static void test_packed_write__source_that_fails__says_so(void **state)
{
    static struct packed packed;
    struct image im;
    struct vx_source inner;
    struct vx_source src;
    struct fault_source fault;

    (void)state;
    image_make_empty(&im, 5 * IMAGE_MIB);
    image_put(&im, IMAGE_MIB, 1, 1);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    fault.kind = FAULT_FAIL_ONCE;
    src = fault_source(&fault);
    assert_int_equal(packed_write(&src, add, &packed), VX_E_IO);
    image_free(&im);
}

static void test_packed_read__cut_or_off_the_grid__is_refused(void **state)
{
    static uint8_t bytes[8 + 4104];
    struct image im;

    (void)state;
    for (size_t len = 0; len < sizeof(bytes); len++) {
        assert_int_equal(packed_read(&im, bytes, len), len == 8);
        image_free(&im);
    }
    assert_true(packed_read(&im, bytes, sizeof(bytes)));
    image_free(&im);
    little_put(bytes + 8, 8, 1);
    assert_false(packed_read(&im, bytes, sizeof(bytes)));
    little_put(bytes + 8, 8, UINT64_C(1) << 63);
    assert_false(packed_read(&im, bytes, sizeof(bytes)));
    little_put(bytes + 8, 8, 0);
    little_put(bytes, 8, UINT64_C(1) << 63);
    assert_false(packed_read(&im, bytes, sizeof(bytes)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparse__random_writes_and_clears__as_plain_memory),
        cmocka_unit_test(test_sparse_write__no_more_chunks__says_so_and_keeps_the_others),
        cmocka_unit_test(test_packed__written_and_read__is_the_same_image),
        cmocka_unit_test(test_packed_write__bytes_beyond_the_end__are_zeros),
        cmocka_unit_test(test_packed_write__source_that_fails__says_so),
        cmocka_unit_test(test_packed_read__cut_or_off_the_grid__is_refused),
    };

    return cmocka_run_group_tests_name("sparse", tests, NULL, NULL);
}
