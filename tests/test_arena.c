/* The arena: every size of memory, every size of piece. */
#include "parser/arena.h"

#include "tests/support/unit.h"

enum { MEMORY_MAX = 100 };

static bool is_aligned(const void *piece)
{
    return (uintptr_t)piece % VX_ARENA_ALIGN == 0;
}

static void test_arena_take__any_memory_and_piece__fits_or_is_refused(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes <= MEMORY_MAX; bytes++) {
        for (size_t want = 1; want <= MEMORY_MAX + 20; want++) {
            uint8_t *memory = malloc(bytes == 0 ? 1 : bytes);
            struct vx_arena arena;
            size_t taken = 0;
            uint8_t *piece;

            assert_non_null(memory);
            memset(memory, 0xee, bytes);
            vx_arena_init(&arena, memory, bytes);
            for (piece = vx_arena_take(&arena, want); piece != NULL;
                 piece = vx_arena_take(&arena, want)) {
                assert_true(is_aligned(piece));
                assert_true(piece >= memory + taken);
                assert_true((size_t)(piece - memory) + want <= bytes);
                for (size_t i = 0; i < want; i++) {
                    assert_int_equal(piece[i], 0);
                }
                memset(piece, 0xdd, want);
                taken = (size_t)(piece - memory) + want;
            }
            /* what was refused would not have fitted, but for the padding behind it */
            assert_true(taken + want + 2 * VX_ARENA_ALIGN > bytes);
            free(memory);
        }
    }
}

static void test_arena_take__absurd_size__is_refused(void **state)
{
    static const size_t want[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16,
                                  SIZE_MAX / 2 + 1};
    uint8_t *memory = malloc(MEMORY_MAX);
    struct vx_arena arena;

    (void)state;
    assert_non_null(memory);
    vx_arena_init(&arena, memory, MEMORY_MAX);
    for (size_t i = 0; i < VX_COUNT_OF(want); i++) {
        assert_null(vx_arena_take(&arena, want[i]));
    }
    assert_non_null(vx_arena_take(&arena, 64));
    free(memory);
}

/* Aligned memory of whole units holds as many pieces as there are units in it for: to the last one.
 */
static void test_arena_take__aligned_memory__is_used_up(void **state)
{
    enum { UNITS = 6 };
    struct vx_arena arena;
    uint8_t *memory = malloc((size_t)UNITS * VX_ARENA_ALIGN);

    (void)state;
    assert_non_null(memory);
    for (size_t want = 1; want <= (size_t)UNITS * VX_ARENA_ALIGN; want++) {
        const size_t units = (want + VX_ARENA_ALIGN - 1) / VX_ARENA_ALIGN;

        vx_arena_init(&arena, memory, (size_t)UNITS * VX_ARENA_ALIGN);
        for (size_t i = 0; i < UNITS / units; i++) {
            assert_ptr_equal(vx_arena_take(&arena, want), memory + i * units * VX_ARENA_ALIGN);
        }
        assert_null(vx_arena_take(&arena, want));
    }
    free(memory);
}

static void test_arena_rest__after_a_piece__all_of_it_and_nothing_is_left(void **state)
{
    struct vx_arena arena;
    uint8_t *memory = malloc(MEMORY_MAX);

    (void)state;
    assert_non_null(memory);
    vx_arena_init(&arena, memory, MEMORY_MAX);
    assert_ptr_equal(vx_arena_take(&arena, VX_ARENA_ALIGN), memory);
    assert_ptr_equal(vx_arena_rest(&arena), memory + VX_ARENA_ALIGN);
    assert_ptr_equal(vx_arena_rest(&arena), memory + MEMORY_MAX);
    assert_null(vx_arena_take(&arena, 1));
    assert_int_equal(arena.left, 0);
    free(memory);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_take__any_memory_and_piece__fits_or_is_refused),
        cmocka_unit_test(test_arena_take__absurd_size__is_refused),
        cmocka_unit_test(test_arena_take__aligned_memory__is_used_up),
        cmocka_unit_test(test_arena_rest__after_a_piece__all_of_it_and_nothing_is_left),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
