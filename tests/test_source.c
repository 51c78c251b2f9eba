/* Sources: the one bounds check, holes, and images in memory. */
#include "parser/source.h"

#include "corpus/image.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

static enum vx_status fail_if_called(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    (void)offset;
    (void)dst;
    (void)len;
    *(unsigned *)ctx += 1;
    return VX_OK;
}

static void test_source_read__outside__never_reaches_the_callback(void **state)
{
    static const struct {
        uint64_t offset;
        size_t len;
    } row[] = {{10, 1},
               {9, 2},
               {0, 11},
               {11, 0},
               {UINT64_MAX, 0},
               {UINT64_MAX, 1},
               {UINT64_MAX, 2},
               {UINT64_MAX - 3, 13},
               {UINT64_C(1) << 63, 1},
               {1, SIZE_MAX},
               {0, SIZE_MAX}};
    unsigned calls = 0;
    const struct vx_source src = {.read = fail_if_called, .ctx = &calls, .size = 10};
    uint8_t byte = 0xee;

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        assert_int_equal(vx_source_read(&src, row[i].offset, &byte, row[i].len), VX_E_USAGE);
        assert_int_equal(byte, 0xee);
    }
    assert_int_equal(calls, 0);
    assert_int_equal(vx_source_read(&src, 9, &byte, 1), VX_OK);
    assert_int_equal(calls, 1);
}

static void test_source_from_memory__every_range__delivers_its_bytes(void **state)
{
    const uint8_t bytes[5] = {1, 2, 3, 4, 5};
    struct vx_memory memory = {bytes, sizeof(bytes)};
    struct vx_source src;
    uint8_t to[8];

    (void)state;
    vx_source_from_memory(&src, &memory);
    assert_int_equal(src.size, 5);
    for (uint64_t offset = 0; offset < 7; offset++) {
        for (size_t len = 0; len < 7; len++) {
            const bool fits = offset + len <= 5;

            assert_int_equal(vx_source_read(&src, offset, to, len), fits ? VX_OK : VX_E_USAGE);
            assert_true(!fits || memcmp(to, bytes + offset, len) == 0);
            assert_int_equal(src.read(src.ctx, offset, to, len), fits ? VX_OK : VX_E_IO);
        }
    }
}

/* Every piece of every buffer, of which some lie outside; what is not asked for stays. */
static void test_source_read_at__every_piece__fills_it_or_nothing(void **state)
{
    const uint8_t bytes[3] = {1, 2, 3};
    static const uint64_t edge[] = {0, 1, 2, 3, 4, 5, UINT64_MAX - 1, UINT64_MAX};
    struct vx_memory memory = {bytes, sizeof(bytes)};
    struct vx_source src;
    uint8_t to[6];

    (void)state;
    vx_source_from_memory(&src, &memory);
    for (size_t a = 0; a < VX_COUNT_OF(edge); a++) {
        for (size_t l = 0; l < VX_COUNT_OF(edge); l++) {
            for (uint64_t offset = 0; offset < 5; offset++) {
                const uint64_t at = edge[a];
                const uint64_t len = edge[l];
                const bool fits = len <= 3 && offset + len <= 3 && at <= 5 && at + len <= 5;

                memset(to, 0xee, sizeof(to));
                assert_int_equal(vx_source_read_at(&src, offset, to, 5, at, len),
                                 fits ? VX_OK : VX_E_USAGE);
                for (size_t i = 0; i < sizeof(to); i++) {
                    const bool is_read = fits && i >= at && i - at < len;

                    assert_int_equal(to[i], is_read ? bytes[offset + i - at] : 0xee);
                }
            }
        }
    }
}

static void test_source_read__callback_fails__its_status_is_returned(void **state)
{
    struct image im;
    struct vx_source src;
    struct fault_source fault;
    uint8_t to[8];

    (void)state;
    image_make_empty(&im, 100);
    src = image_source(&im);
    fault_source_init(&fault, &src);
    fault.kind = FAULT_FAIL_FROM;
    src = fault_source(&fault);
    assert_int_equal(vx_source_read(&src, 0, to, 8), VX_E_IO);
    image_free(&im);
}

/* next_data that answers what it was told to. */
struct answer {
    struct vx_range range;
    enum vx_status status;
};

static enum vx_status give_answer(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct answer *answer = ctx;

    (void)offset;
    *data = answer->range;
    return answer->status;
}

static void test_source_next_data__answers__are_clipped_or_distrusted(void **state)
{
    static const struct {
        const char *name;
        struct vx_range answer;
        uint64_t offset;
        uint64_t limit;
        struct vx_range want;
    } row[] = {
        {"data inside", {20, 30}, 10, 50, {20, 30}},
        {"data from the offset on", {10, 30}, 10, 50, {10, 30}},
        {"data beyond the limit is clipped", {20, 80}, 10, 50, {20, 50}},
        {"data begins at the limit", {50, 80}, 10, 50, {50, 50}},
        {"data begins beyond the limit", {60, 80}, 10, 50, {50, 50}},
        {"only holes", {100, 100}, 10, 50, {50, 50}},
        {"only holes, said elsewhere", {30, 30}, 10, 50, {50, 50}},
        {"begins before the offset", {5, 30}, 10, 50, {10, 50}},
        {"ends before it begins", {30, 20}, 10, 50, {10, 50}},
        {"ends at 2^64 - 1", {10, UINT64_MAX}, 10, 50, {10, 50}},
        {"nothing asked", {0, 100}, 50, 50, {50, 50}},
        {"offset beyond the limit", {0, 100}, 60, 50, {50, 50}},
        {"only holes up to the end", {100, 100}, 10, 100, {100, 100}},
        {"limit beyond the end", {100, 100}, 10, 101, {10, 101}},
        {"offset beyond the end", {100, 100}, 100, 101, {100, 101}},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        struct answer answer = {row[i].answer, VX_OK};
        const struct vx_source src = {.next_data = give_answer, .ctx = &answer, .size = 100};
        struct vx_range got = {1, 2};

        assert_int_equal(vx_source_next_data(&src, row[i].offset, row[i].limit, &got), VX_OK);
        if (got.begin != row[i].want.begin || got.end != row[i].want.end) {
            fail_msg("row \"%s\": got %" PRIu64 " to %" PRIu64, row[i].name, got.begin, got.end);
        }
    }
}

static void test_source_next_data__no_knowledge_or_a_failure__is_said(void **state)
{
    struct answer answer = {{0, 0}, VX_E_IO};
    struct vx_source src = {.ctx = &answer, .size = 100};
    struct vx_range got;

    (void)state;
    assert_int_equal(vx_source_next_data(&src, 10, 50, &got), VX_OK);
    assert_true(got.begin == 10 && got.end == 50);
    src.next_data = give_answer;
    assert_int_equal(vx_source_next_data(&src, 10, 50, &got), VX_E_IO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source_read__outside__never_reaches_the_callback),
        cmocka_unit_test(test_source_from_memory__every_range__delivers_its_bytes),
        cmocka_unit_test(test_source_read_at__every_piece__fills_it_or_nothing),
        cmocka_unit_test(test_source_read__callback_fails__its_status_is_returned),
        cmocka_unit_test(test_source_next_data__answers__are_clipped_or_distrusted),
        cmocka_unit_test(test_source_next_data__no_knowledge_or_a_failure__is_said),
    };

    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
