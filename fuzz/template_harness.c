/* A harness for other readers of VHDX. The input is an image, packed or as in a file (fixup.h); it
 * becomes a sparse file in memory, and a function or a command reads it: fuzz_reader(), if the
 * program has one, or else what the environment has in VHDX_COMMAND, such as
 * `qemu-img check -f vhdx {}`, split at blanks, the word {} being the image. A command gets SECONDS
 * of time and MEMORY; that it crashed is a finding, that it ran out of either is not. */
#define _GNU_SOURCE /* NOLINT: memfd_create() */
#include "fuzz/template_harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/fixup.h"
#include "fuzz/harness.h"
#include "parser/bytes.h"

#pragma weak fuzz_reader

enum { SECONDS = 10, WORDS_MOST = 64, TEXT_BYTES = 4096, PATH_BYTES = 64 };

static const rlim_t MEMORY = UINT64_C(4) << 30;

/* Returns an open file, or -1 when there are no files of that length. */
static int write_image(const struct image *im)
{
    const int fd = memfd_create("image.vhdx", 0);
    bool is_good = fd >= 0 && ftruncate(fd, (off_t)im->size) == 0;

    for (size_t i = 0; is_good && i < im->bytes.count; i++) {
        const uint64_t offset = im->bytes.chunk[i].number * SPARSE_CHUNK_BYTES;
        const size_t len =
            offset < im->size ? (size_t)vx_min(im->size - offset, SPARSE_CHUNK_BYTES) : 0;

        is_good = pwrite(fd, im->bytes.chunk[i].bytes, len, (off_t)offset) == (ssize_t)len;
    }
    if (!is_good && fd >= 0) {
        (void)close(fd);
    }
    return is_good ? fd : -1;
}

/* ---- commands ---- */

/* In the child; does not return. */
static void run_words(char **word)
{
    const int none = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct rlimit memory = {MEMORY, MEMORY};
    const struct rlimit seconds = {SECONDS, SECONDS};
    const struct rlimit nothing = {0, 0};

    if (none < 0) {
        _exit(127);
    }
    if (getenv("VHDX_VERBOSE") == NULL) {
        (void)dup2(none, STDOUT_FILENO);
        (void)dup2(none, STDERR_FILENO);
    }
    (void)dup2(none, STDIN_FILENO);
    (void)setrlimit(RLIMIT_CORE, &nothing);
    (void)setrlimit(RLIMIT_CPU, &seconds);
    (void)setrlimit(RLIMIT_AS, &memory);
    (void)setrlimit(RLIMIT_FSIZE, &memory);
    (void)alarm(SECONDS);
    (void)execvp(word[0], word);
    _exit(127);
}

/* Split text, which stays in use, into words. Returns whether one of them is the image. */
static bool split(char *text, char *path, char *word[WORDS_MOST + 1])
{
    bool has_image = false;
    char *rest = text;
    char *next = strtok_r(text, " ", &rest);
    size_t count = 0;

    for (; next != NULL && count < WORDS_MOST; next = strtok_r(NULL, " ", &rest)) {
        const bool is_image = strcmp(next, "{}") == 0;

        word[count] = is_image ? path : next;
        has_image = has_image || is_image;
        count++;
    }
    word[count] = NULL;
    return has_image;
}

/* A wrong call is no finding, so this is no fuzz_must(), and no fuzzer may take it for one. */
static void end_without_reader(const char *command)
{
    (void)fprintf(stderr,
                  "usage: link a fuzz_reader(), or name a command and, as {}, the image:\n"
                  "    VHDX_COMMAND='qemu-img check -f vhdx {}'\n"
                  "{} is a word of its own. VHDX_COMMAND is '%s'\n",
                  command);
    _exit(2);
}

static bool is_crash(int signal)
{
    return signal != SIGALRM && signal != SIGXCPU && signal != SIGXFSZ && signal != SIGKILL;
}

static void run_command(const char *command, char *path)
{
    char text[TEXT_BYTES];
    char *word[WORDS_MOST + 1];
    int status = 0;
    pid_t child;

    fuzz_must(snprintf(text, sizeof(text), "%s", command) < TEXT_BYTES, "the command is short");
    if (!split(text, path, word)) {
        end_without_reader(command);
    }
    child = fork();
    if (child == 0) {
        run_words(word);
    }
    fuzz_must(child > 0 && waitpid(child, &status, 0) == child, "a command can be run");
    fuzz_must(!WIFEXITED(status) || WEXITSTATUS(status) != 127, "there is such a command");
    fuzz_must(!WIFSIGNALED(status) || !is_crash(WTERMSIG(status)), "the command does not crash");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *command = getenv("VHDX_COMMAND");
    char path[PATH_BYTES];
    struct image im;
    int fd;

    (void)fixup_read(&im, data, size);
    fd = write_image(&im);
    image_free(&im);
    if (fd < 0) {
        return 0;
    }
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (fuzz_reader != NULL) {
        (void)fuzz_reader(fd, path);
    } else {
        run_command(command != NULL ? command : "", path);
    }
    (void)close(fd);
    return 0;
}
