/* Lineages: recipes of several images, where they end, and what a chain with a fault in it does not
 * make up. Spec: corpus/README.md, MS-VHDX 2.5.1.1 and 2.6.2.6. */
#define _GNU_SOURCE /* NOLINT: mkdtemp() */
#include "corpus/lineage.h"
#include "tests/support/linked.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 512, FILES = LINEAGE_MAX + 1 };

static struct lineage lineage;
static struct linked linked;
static char folder[PATH_BYTES]; /* of recipes of our own */

static void name_file(char path[2 * PATH_BYTES], unsigned index)
{
    (void)snprintf(path, 2 * PATH_BYTES, "%s/own/r%u.recipe", folder, index);
}

static int set_up(void **state)
{
    const char *temporary = getenv("TMPDIR");
    char area[2 * PATH_BYTES];

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/vhdxray-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(area, sizeof(area), "%s/own", folder);
    return mkdir(area, 0700);
}

static int tear_down(void **state)
{
    char path[2 * PATH_BYTES];

    (void)state;
    for (unsigned i = 0; i < FILES; i++) {
        name_file(path, i);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof(path), "%s/own", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
    return 0;
}

/* A recipe own/rINDEX; text: what follows its title. */
static void put_recipe(unsigned index, const char *text)
{
    char path[2 * PATH_BYTES];
    FILE *file;

    name_file(path, index);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "title one\n%s\n", text) > 0);
    assert_int_equal(fclose(file), 0);
}

/* A child of own/rPARENT. */
static void put_child(unsigned index, unsigned parent)
{
    char text[PATH_BYTES];

    (void)snprintf(text, sizeof(text), "create differencing\nparent own/r%u", parent);
    put_recipe(index, text);
}

static void expect_error(const char *name, const char *end)
{
    const size_t len = strlen(end);

    assert_false(lineage_read(&lineage, folder, name));
    if (strlen(lineage.error) < len ||
        strcmp(lineage.error + strlen(lineage.error) - len, end) != 0) {
        fail_msg("%s: \"%s\" does not end with \"%s\"", name, lineage.error, end);
    }
    lineage_free(&lineage);
}

static void test_lineage_read__each_shape__is_as_long_as_it_is(void **state)
{
    (void)state;
    put_recipe(0, "create dynamic");
    put_child(1, 0);
    put_child(2, 1);
    assert_true(lineage_read(&lineage, folder, "own/r2"));
    assert_int_equal(lineage.count, 3);
    assert_int_equal(lineage.again, 3);
    assert_string_equal(lineage.name[0], "own/r2");
    assert_string_equal(lineage.name[2], "own/r0");
    assert_int_equal(lineage.recipe[2]->im.spec.type, IMAGE_DYNAMIC);
    lineage_free(&lineage);
    put_child(0, 0);
    assert_true(lineage_read(&lineage, folder, "own/r0"));
    assert_int_equal(lineage.count, 1);
    assert_int_equal(lineage.again, 0);
    lineage_free(&lineage);
    put_child(0, 1);
    assert_true(lineage_read(&lineage, folder, "own/r2"));
    assert_int_equal(lineage.count, 3); /* r2, r1, r0, r1 again */
    assert_int_equal(lineage.again, 1);
    lineage_free(&lineage);
}

static void test_lineage_read__longest__one_more_is_refused(void **state)
{
    (void)state;
    put_recipe(0, "create dynamic");
    for (unsigned i = 1; i < FILES; i++) {
        put_child(i, i - 1);
    }
    assert_true(lineage_read(&lineage, folder, "own/r15"));
    assert_int_equal(lineage.count, LINEAGE_MAX);
    lineage_free(&lineage);
    expect_error("own/r16", "own/r16: it has more parents than a chain of recipes may");
}

static void test_lineage_read__each_error__is_that_of_its_recipe(void **state)
{
    char name[RECIPE_NAME_BYTES + 1];

    (void)state;
    put_child(0, 1);
    put_recipe(1, "create nothing");
    expect_error("own/r0", "/own/r1.recipe:2: dynamic, fixed or differencing is wanted: nothing");
    put_child(1, 99);
    expect_error("own/r0", "/own/r99.recipe: there is no such recipe");
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    expect_error(name, ": there is no such recipe");
}

/* What a chain with a fault in it holds at one place. */
static void test_chain_map__what_is_lost__is_never_zeros(void **state)
{
    static const struct {
        const char *name;
        uint64_t offset;
        enum vx_disk_kind kind;
        uint32_t depth;
        enum vx_rule rule; /* UNREADABLE only */
    } rows[] = {
        {"chn/own-parent", 0, VX_DISK_UNREADABLE, 1, VX_RUN_010},
        {"chn/own-parent", IMAGE_MIB, VX_DISK_FILE, 0, VX_RULE_COUNT},
        {"chn/circle-of-two", 0, VX_DISK_UNREADABLE, 2, VX_RUN_010},
        {"chn/circle-of-two", IMAGE_MIB, VX_DISK_FILE, 0, VX_RULE_COUNT},
        {"chn/into-a-circle", 0, VX_DISK_UNREADABLE, 3, VX_RUN_010},
        {"chn/into-a-circle", IMAGE_MIB, VX_DISK_FILE, 1, VX_RULE_COUNT},
        {"chn/copy-of-itself", 0, VX_DISK_UNREADABLE, 1, VX_RUN_010},
        {"chn/parent-truncated", 3 * IMAGE_MIB - 1, VX_DISK_UNREADABLE, 1, VX_BAT_017},
        {"chn/parent-truncated", 3 * IMAGE_MIB - 2, VX_DISK_FILE, 1, VX_RULE_COUNT},
        {"chn/parent-truncated", IMAGE_MIB, VX_DISK_ZERO, 1, VX_RULE_COUNT},
        {"chn/parent-without-tables", 0, VX_DISK_UNREADABLE, 1, VX_RUN_010},
        {"chn/parent-is-no-image", 0, VX_DISK_UNREADABLE, 1, VX_CHN_001},
        {"chn/middle-without-bitmap", 0, VX_DISK_UNREADABLE, 1, VX_BAT_011},
        {"chn/middle-without-bitmap", 2 * IMAGE_MIB + 512, VX_DISK_FILE, 2, VX_RULE_COUNT},
        {"chn/shorter-in-the-middle", 16 * IMAGE_MIB - 512, VX_DISK_ZERO, 1, VX_RULE_COUNT},
        {"legal/differencing", 0, VX_DISK_UNREADABLE, 1, VX_RUN_006},
    };
    const char *root = getenv("VHDXRAY_SRC");
    char recipes[PATH_BYTES];

    (void)state;
    (void)snprintf(recipes, sizeof(recipes), "%s/corpus/recipes", root == NULL ? "." : root);
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        struct vx_disk_range range;
        uint8_t byte;

        assert_true(lineage_read(&lineage, recipes, rows[i].name));
        linked_open(&linked, &lineage, false);
        assert_int_equal(vx_chain_map(&linked.chain, rows[i].offset, 1, &range), VX_OK);
        if (range.kind != rows[i].kind || range.depth != rows[i].depth ||
            (range.kind == VX_DISK_UNREADABLE && range.rule != rows[i].rule)) {
            fail_msg("%s: at 0x%" PRIx64 " it is of kind %d, depth %" PRIu32 ", rule %s",
                     rows[i].name, rows[i].offset, (int)range.kind, range.depth,
                     recipe_rule_name(range.rule));
        }
        assert_int_equal(vx_chain_read(&linked.chain, rows[i].offset, &byte, 1),
                         range.kind == VX_DISK_UNREADABLE ? VX_E_IO : VX_OK);
        linked_close(&linked);
        lineage_free(&lineage);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lineage_read__each_shape__is_as_long_as_it_is),
        cmocka_unit_test(test_lineage_read__longest__one_more_is_refused),
        cmocka_unit_test(test_lineage_read__each_error__is_that_of_its_recipe),
        cmocka_unit_test(test_chain_map__what_is_lost__is_never_zeros),
    };

    return cmocka_run_group_tests_name("lineage", tests, set_up, tear_down);
}
