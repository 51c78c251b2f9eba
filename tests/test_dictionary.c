/* The words for fuzzers are those of the format: they stand in a sound image, and the reader's own
 * constants are among them. */
#include "corpus/dictionary.h"
#include "corpus/logbuild.h"
#include "parser/header.h"
#include "parser/region.h"
#include "replay/logentry.h"
#include "tests/support/judge.h"
#include "tests/support/unit.h"

enum { FILE_BYTES = 4 * 1048576 };

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* With a parent and a pending log, and nothing wrong with it. */
static uint8_t *make_file(void)
{
    struct test_log log;
    struct judged judged;
    struct image im;
    uint8_t *bytes = malloc(FILE_BYTES);

    assert_non_null(bytes);
    image_make(&im, &(struct image_spec){.type = IMAGE_DIFFERENCING});
    log_init(&log, &im, IMAGE_LOG, (uint32_t)IMAGE_MIB);
    (void)log_put(&log, &(struct log_entry){.sequence = 1,
                                            .write = {{LOG_DATA, IMAGE_ITEMS + 65536, 1},
                                                      {LOG_ZERO, IMAGE_ITEMS + 65536, 4096}}});
    judge_image(&im, "sound", false, &judged);
    assert_int_equal(judged.check.rep.by_severity[VX_SEV_ERROR], 0);
    assert_int_equal(judged.check.rep.by_severity[VX_SEV_FATAL], 0);
    judged_free(&judged);
    image_get_bytes(&im, 0, bytes, FILE_BYTES);
    image_free(&im);
    return bytes;
}

static bool holds(const uint8_t *file, const struct dictionary_word *word)
{
    for (size_t at = 0; at + word->size <= FILE_BYTES; at += 2) {
        if (memcmp(file + at, word->bytes, word->size) == 0) {
            return true;
        }
    }
    return false;
}

static void test_dictionary_get__signatures_and_guids__stand_in_a_sound_image(void **state)
{
    uint8_t *file = make_file();
    struct dictionary_word word;
    unsigned count = 0;

    (void)state;
    for (size_t i = 0; dictionary_get(i, &word); i++) {
        if (begins(word.name, "signature_") || begins(word.name, "guid_") ||
            strcmp(word.name, "key_parent_linkage") == 0) {
            print_message("%s\n", word.name);
            assert_true(holds(file, &word));
            count++;
        }
    }
    assert_int_equal(count, 8 + 9 + 1);
    free(file);
}

static void test_dictionary_get__constants_of_the_reader__are_words(void **state)
{
    static const uint32_t wanted[] = {VX_SIGNATURE_HEAD,  VX_SIGNATURE_REGI,  VXR_SIGNATURE_LOGE,
                                      VXR_SIGNATURE_ZERO, VXR_SIGNATURE_DESC, VXR_SIGNATURE_DATA};
    struct dictionary_word word;

    (void)state;
    for (unsigned i = 0; i < VX_COUNT_OF(wanted); i++) {
        unsigned found = 0;

        for (size_t k = 0; dictionary_get(k, &word); k++) {
            found += word.size == 4 && vx_le32(word.bytes) == wanted[i];
        }
        assert_int_equal(found, 1);
    }
}

static void test_dictionary_get__all_words__fit_and_differ(void **state)
{
    struct dictionary_word word;
    struct dictionary_word other;
    size_t i = 0;

    (void)state;
    for (; dictionary_get(i, &word); i++) {
        assert_in_range(word.size, 1, DICTIONARY_WORD_BYTES);
        assert_int_equal(strspn(word.name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                         strlen(word.name));
        for (size_t k = 0; k < i; k++) {
            assert_true(dictionary_get(k, &other));
            assert_string_not_equal(word.name, other.name);
        }
    }
    assert_true(i > 50);
    assert_false(dictionary_get(SIZE_MAX, &word));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dictionary_get__signatures_and_guids__stand_in_a_sound_image),
        cmocka_unit_test(test_dictionary_get__constants_of_the_reader__are_words),
        cmocka_unit_test(test_dictionary_get__all_words__fit_and_differ),
    };

    return cmocka_run_group_tests_name("dictionary", tests, NULL, NULL);
}
