/* A harness as a program: runs the files named as arguments, and those in folders that are. */
#include "fuzz/harness.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 16777216, PATH_BYTES = 4096 };

#pragma weak LLVMFuzzerInitialize

/* Returns whether all of it could be read and run. */
static bool run_file(const char *path)
{
    uint8_t *bytes = malloc(INPUT_BYTES_MAX);
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    bool is_read = bytes != NULL && file != NULL;

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
            (void)LLVMFuzzerTestOneInput(input, size);
        }
        is_read = input != NULL;
        free(input);
    }
    free(bytes);
    if (!is_read) {
        (void)fprintf(stderr, "%s: cannot be read, or is longer than 16 MiB\n", path);
    }
    return is_read;
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

int main(int argc, char **argv)
{
    size_t count = 0;

    if (LLVMFuzzerInitialize != NULL) {
        (void)LLVMFuzzerInitialize(&argc, &argv);
    }
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
            (void)fprintf(stderr, "%s: no input\n", argv[i]);
            return EXIT_FAILURE;
        }
        count += ran;
    }
    printf("%zu inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
