/* Which functions a test reaches: linked with objects built with -finstrument-functions, it leaves
 * their addresses, one on a line, in the file that $REACHED names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void __cyg_profile_func_enter(void *function, void *site);
void __cyg_profile_func_exit(void *function, void *site);

enum { SLOTS = 8192 }; /* many times the functions there are */

static uintptr_t slot[SLOTS];

void __cyg_profile_func_enter(void *function, void *site)
{
    const uintptr_t address = (uintptr_t)function;
    size_t at = (size_t)(address / 16 % SLOTS);

    (void)site;
    for (size_t i = 0; i < SLOTS && slot[at] != address; i++) {
        if (slot[at] == 0) {
            slot[at] = address;
            return;
        }
        at = (at + 1) % SLOTS;
    }
}

void __cyg_profile_func_exit(void *function, void *site)
{
    (void)function;
    (void)site;
}

__attribute__((destructor)) static void leave(void)
{
    const char *path = getenv("REACHED");
    FILE *file = path == NULL ? NULL : fopen(path, "w");

    for (size_t i = 0; file != NULL && i < SLOTS; i++) {
        if (slot[i] != 0) {
            fprintf(file, "%#jx\n", (uintmax_t)slot[i]);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}
