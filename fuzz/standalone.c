/* A harness as a program: runs the files named as arguments, and those in folders that are.
 *
 * Where edges are counted (SAN=fuzz) it runs each input twice, one time behind the input before it
 * and one time behind itself: one that then takes another way saw something that was left behind,
 * or something that is not in it, and a fuzzer that steers by coverage would be led astray. */
#include "fuzz/harness.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 16777216, PATH_BYTES = 4096 };

#pragma weak LLVMFuzzerInitialize

/* ---- edges ---- */

/* The counters of edges, one byte each, if there are any. */
static struct {
    uint8_t *counter;
    size_t counters;
} edges;

/* What instrumented objects call before main(), the name is the compiler's.
 * NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __sanitizer_cov_8bit_counters_init(uint8_t *begin, const uint8_t *end);

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __sanitizer_cov_8bit_counters_init(uint8_t *begin, const uint8_t *end)
{
    edges.counter = begin;
    edges.counters = (size_t)(end - begin);
}

/* FNV-1a of all counters, its product modulo 2^64 by shifts that lose bits and sums that do not
 * wrap. */
static uint64_t edges_digest(void)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < edges.counters; i++) {
        const uint64_t mixed = digest ^ edges.counter[i];
        const uint64_t low = (mixed & UINT32_MAX) * 0x1b3;
        const uint64_t high = (mixed >> 32) * 0x1b3 + (low >> 32) + ((mixed & 0xffffff) << 8);

        digest = (high & UINT32_MAX) << 32 | (low & UINT32_MAX);
    }
    return digest;
}

/* Run the input. Returns the digest of the way that it took, 0 where edges are not counted. */
static uint64_t run_once(const uint8_t *input, size_t size)
{
    if (edges.counters == 0) {
        (void)LLVMFuzzerTestOneInput(input, size);
        return 0;
    }
    memset(edges.counter, 0, edges.counters);
    (void)LLVMFuzzerTestOneInput(input, size);
    return edges_digest();
}

/* Returns whether it took the same way twice, or edges are not counted. */
static bool run_input(const uint8_t *input, size_t size)
{
    const uint64_t first = run_once(input, size);
    uint64_t second = first;

    if (edges.counters > 0) {
        second = run_once(input, size);
        if (fuzz_planted(1)) { /* one edge is taken once more, or not at all */
            edges.counter[0] ^= 1;
            second = edges_digest();
        }
    }
    return first == second;
}

/* ---- files ---- */

/* Returns whether all of it could be read and run. */
static bool run_file(const char *path)
{
    uint8_t *bytes = malloc(INPUT_BYTES_MAX);
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    bool is_read = bytes != NULL && file != NULL;
    bool is_same = true;

    if (is_read) {
        size = fread(bytes, 1, INPUT_BYTES_MAX, file);
        is_read = ferror(file) == 0 && feof(file) != 0;
    }
    if (file != NULL) {
        is_read = fclose(file) == 0 && is_read;
    }
    if (is_read) { /* as long as the input and no longer, so that a sanitizer sees its end */
        uint8_t *input = malloc(size == 0 ? 1 : size);

        if (input != NULL) {
            memcpy(input, bytes, size);
            is_same = run_input(input, size);
        }
        is_read = input != NULL;
        free(input);
    }
    free(bytes);
    if (!is_read) {
        (void)fprintf(stderr, "%s: cannot be read, or is longer than 16 MiB\n", path);
    }
    if (!is_same) {
        (void)fprintf(stderr, "%s: took another way the second time\n", path);
    }
    return is_read && is_same;
}

/* Every file of the folder but those of text, which explain the others. Returns their number, 0
 * when something is wrong. */
static size_t run_folder(DIR *folder, const char *path)
{
    const struct dirent *entry;
    size_t count = 0;
    bool is_good = true;

    for (entry = readdir(folder); entry != NULL && is_good; entry = readdir(folder)) {
        const size_t len = strlen(entry->d_name);
        char name[PATH_BYTES];

        if (entry->d_name[0] == '.' || (len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0)) {
            continue;
        }
        is_good = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) < PATH_BYTES &&
                  run_file(name);
        count++;
    }
    return is_good ? count : 0;
}

/* Run what the arguments name. Returns the number of inputs, 0 when something is wrong. */
static size_t run_all(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        size_t ran;

        if (folder != NULL) {
            ran = run_folder(folder, argv[i]);
            (void)closedir(folder);
        } else {
            ran = errno == ENOTDIR && run_file(argv[i]) ? 1 : 0;
        }
        if (ran == 0) {
            (void)fprintf(stderr, "%s: no input, or a bad one\n", argv[i]);
            return 0;
        }
        count += ran;
    }
    return count;
}

int main(int argc, char **argv)
{
    size_t count;

    if (argc < 2) {
        (void)fprintf(stderr,
                      "usage: HARNESS FILE|FOLDER...    (inputs to run, all of a folder)\n");
        return 2;
    }
    if (LLVMFuzzerInitialize != NULL) {
        (void)LLVMFuzzerInitialize(&argc, &argv);
    }
    count = run_all(argc, argv);
    if (count == 0) {
        return EXIT_FAILURE;
    }
    printf("%zu inputs%s\n", count,
           edges.counters > 0 ? ", each with the same coverage twice" : "");
    return EXIT_SUCCESS;
}
