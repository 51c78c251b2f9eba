/* The file source: reads, holes, what it refuses, and whether it notices a change. */
#define _GNU_SOURCE
#include "cli/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/unit.h"

enum {
    SPARSE_BYTES = 8 * VX_MIB,
    DATA_AT = 3 * VX_MIB,
    DATA_BYTES = 4096,
    STRETCH_BYTES_MAX = 262144,
    PATH_BYTES = 256,
    NOBODY = 65534
};

/* A folder of our own, and a file in it. */
struct scene {
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 16];
};

static int set_up(void **state)
{
    const char *temporary = getenv("TMPDIR");
    struct scene *scene = calloc(1, sizeof(*scene));

    assert_non_null(scene);
    (void)snprintf(scene->folder, sizeof(scene->folder), "%s/vhdxray-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(scene->folder));
    (void)snprintf(scene->path, sizeof(scene->path), "%s/file", scene->folder);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    (void)unlink(scene->path);
    (void)rmdir(scene->folder);
    free(scene);
    return 0;
}

/* SPARSE_BYTES of holes, but for DATA_BYTES of 'x' at DATA_AT. */
static void make_sparse(const char *path)
{
    char data[DATA_BYTES];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    memset(data, 'x', sizeof(data));
    assert_int_equal(ftruncate(fd, SPARSE_BYTES), 0);
    assert_int_equal(pwrite(fd, data, sizeof(data), DATA_AT), (ssize_t)sizeof(data));
    assert_int_equal(close(fd), 0);
}

/* Open path, which must succeed. */
static void open_file(struct cli_file *file, const char *path)
{
    char text[256];
    struct vxo_buffer error;

    vxo_buffer_init(&error, text, sizeof(text));
    assert_true(cli_file_open(file, path, &error));
    assert_string_equal(text, "");
}

/* Open path, which must fail with a text that holds want. */
static void open_refused(const char *path, const char *want)
{
    char text[256];
    struct vxo_buffer error;
    struct cli_file file;

    vxo_buffer_init(&error, text, sizeof(text));
    assert_false(cli_file_open(&file, path, &error));
    if (strstr(text, want) == NULL) {
        fail_msg("'%s' does not say '%s'", text, want);
    }
    assert_int_equal(file.fd, -1);
}

static void test_read__regular_file__exact_bytes_counted(void **state)
{
    const struct scene *scene = *state;
    uint8_t bytes[16];
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(file.source.size, SPARSE_BYTES);
    assert_int_equal(vx_source_read(&file.source, DATA_AT - 8, bytes, sizeof(bytes)), VX_OK);
    assert_memory_equal(bytes, "\0\0\0\0\0\0\0\0xxxxxxxx", sizeof(bytes));
    assert_int_equal(vx_source_read(&file.source, SPARSE_BYTES - 1, bytes, 1), VX_OK);
    assert_int_equal(file.bytes_read, sizeof(bytes) + 1);
    assert_int_equal(vx_source_read(&file.source, SPARSE_BYTES, bytes, 1), VX_E_USAGE);
    cli_file_close(&file);
    cli_file_close(&file); /* closing twice does no harm */
}

static void test_read__file_shrank__io_error_and_changed(void **state)
{
    const struct scene *scene = *state;
    uint8_t bytes[16];
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(truncate(scene->path, DATA_AT + 8), 0);
    assert_int_equal(vx_source_read(&file.source, DATA_AT, bytes, sizeof(bytes)), VX_E_IO);
    assert_int_equal(vx_source_read(&file.source, DATA_AT + 8, bytes, 1), VX_E_IO);
    assert_int_equal(vx_source_read(&file.source, DATA_AT, bytes, 8), VX_OK);
    assert_true(cli_file_has_changed(&file));
    cli_file_close(&file);
}

static void test_next_data__sparse_file__data_never_skipped(void **state)
{
    const struct scene *scene = *state;
    struct vx_range range;
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(vx_source_next_data(&file.source, 0, SPARSE_BYTES, &range), VX_OK);
    assert_true(range.begin <= DATA_AT);
    assert_true(range.end >= DATA_AT + DATA_BYTES);
    assert_int_equal(vx_source_next_data(&file.source, DATA_AT + 1, SPARSE_BYTES, &range), VX_OK);
    assert_int_equal(range.begin, DATA_AT + 1);
    /* Behind the data: a hole to the end, or all data where the file system knows no holes. */
    assert_int_equal(vx_source_next_data(&file.source, DATA_AT + VX_MIB, SPARSE_BYTES, &range),
                     VX_OK);
    assert_true(range.begin == SPARSE_BYTES || range.begin == DATA_AT + VX_MIB);
    assert_int_equal(range.end, SPARSE_BYTES);
    cli_file_close(&file);
}

/* The end of the data is not looked for: that can be a walk over all of it, for each question. */
static void test_next_data__much_data__found_in_stretches(void **state)
{
    const struct scene *scene = *state;
    static char data[2 * VX_MIB];
    struct vx_range range = {0};
    struct cli_file file;
    int fd = -1;

    make_sparse(scene->path);
    memset(data, 'x', sizeof(data));
    fd = open(scene->path, O_WRONLY);
    assert_int_equal(pwrite(fd, data, sizeof(data), DATA_AT), (ssize_t)sizeof(data));
    assert_int_equal(close(fd), 0);
    open_file(&file, scene->path);
    for (uint64_t at = DATA_AT; at < DATA_AT + sizeof(data); at = range.end) {
        assert_int_equal(vx_source_next_data(&file.source, at, SPARSE_BYTES, &range), VX_OK);
        assert_int_equal(range.begin, at);
        assert_true(range.end > at);
        assert_true(range.end - at <= STRETCH_BYTES_MAX || range.end == SPARSE_BYTES);
    }
    cli_file_close(&file);
}

static void test_changed__untouched__no(void **state)
{
    const struct scene *scene = *state;
    uint8_t byte = 0;
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(vx_source_read(&file.source, 0, &byte, 1), VX_OK);
    assert_false(cli_file_has_changed(&file));
    cli_file_close(&file);
}

static void test_changed__time_moved__yes(void **state)
{
    const struct scene *scene = *state;
    const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1, .tv_nsec = 1}};
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(utimensat(AT_FDCWD, scene->path, times, 0), 0);
    assert_true(cli_file_has_changed(&file));
    cli_file_close(&file);
}

static void test_changed__time_put_back__yes(void **state)
{
    const struct scene *scene = *state;
    struct stat status;
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(stat(scene->path, &status), 0);
    do { /* until the clock of the file system has moved on */
        assert_int_equal(utimensat(AT_FDCWD, scene->path,
                                   (struct timespec[]){status.st_atim, status.st_mtim}, 0),
                         0);
    } while (!cli_file_has_changed(&file));
    cli_file_close(&file);
}

static void test_changed__another_file_in_its_place__yes(void **state)
{
    const struct scene *scene = *state;
    char other[PATH_BYTES + 32];
    struct stat status;
    struct cli_file file;

    make_sparse(scene->path);
    (void)snprintf(other, sizeof(other), "%s-other", scene->path);
    make_sparse(other);
    open_file(&file, scene->path);
    assert_int_equal(stat(scene->path, &status), 0);
    assert_int_equal(rename(other, scene->path), 0);
    assert_int_equal(
        utimensat(AT_FDCWD, scene->path, (struct timespec[]){status.st_atim, status.st_mtim}, 0),
        0);
    assert_true(cli_file_has_changed(&file)); /* same size, same time, another inode */
    cli_file_close(&file);
}

static void test_changed__removed__yes(void **state)
{
    const struct scene *scene = *state;
    struct cli_file file;

    make_sparse(scene->path);
    open_file(&file, scene->path);
    assert_int_equal(unlink(scene->path), 0);
    assert_true(cli_file_has_changed(&file));
    cli_file_close(&file);
}

static void test_open__no_image_file__refused_with_advice(void **state)
{
    const struct scene *scene = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = -1;

    open_refused("", "empty");
    open_refused(scene->path, "No such file");
    open_refused(scene->folder, "directory");
    open_refused("/dev/null", "character device");
    assert_int_equal(mkfifo(scene->path, 0600), 0);
    open_refused(scene->path, "pipe"); /* and did not wait for a writer */
    assert_int_equal(unlink(scene->path), 0);

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", scene->path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        open_refused(scene->path, "socket");
    }
    (void)close(fd);
}

static void test_open__unreadable__says_why(void **state)
{
    const struct scene *scene = *state;

    make_sparse(scene->path);
    assert_int_equal(chmod(scene->path, 0), 0);
    if (geteuid() == 0 && seteuid(NOBODY) != 0) {
        skip(); /* root reads everything */
    }
    open_refused(scene->path, "Permission denied: run as a user who may read it");
    assert_int_equal(seteuid(getuid()), 0);
}

/* With standard output closed, a report must not go to the descriptor of the image. */
static void test_open__standard_streams_closed__leaves_their_numbers_free(void **state)
{
    const struct scene *scene = *state;
    int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    struct cli_file file;

    make_sparse(scene->path);
    (void)close(STDIN_FILENO);
    open_file(&file, scene->path);
    assert_true(file.fd > STDERR_FILENO);
    assert_int_equal(fcntl(file.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    assert_int_equal(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
    cli_file_close(&file);
    if (saved >= 0) {
        assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
        (void)close(saved);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define SCENE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        SCENE_TEST(test_read__regular_file__exact_bytes_counted),
        SCENE_TEST(test_read__file_shrank__io_error_and_changed),
        SCENE_TEST(test_next_data__sparse_file__data_never_skipped),
        SCENE_TEST(test_next_data__much_data__found_in_stretches),
        SCENE_TEST(test_changed__untouched__no),
        SCENE_TEST(test_changed__time_put_back__yes),
        SCENE_TEST(test_changed__time_moved__yes),
        SCENE_TEST(test_changed__another_file_in_its_place__yes),
        SCENE_TEST(test_changed__removed__yes),
        SCENE_TEST(test_open__no_image_file__refused_with_advice),
        SCENE_TEST(test_open__unreadable__says_why),
        SCENE_TEST(test_open__standard_streams_closed__leaves_their_numbers_free),
#undef SCENE_TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
