/* What template_harness.c hands images to. */
#ifndef FUZZ_TEMPLATE_HARNESS_H
#define FUZZ_TEMPLATE_HARNESS_H

/* The reader under test, to be written by whoever has one: open the image and look at all of it.
 * fd: open for reading and writing, at offset 0; path: a name for it, in this process and its
 * children. Both are gone after the call. What it returns is not looked at: a fault must show, as
 * by a signal or a sanitizer. */
int fuzz_reader(int fd, const char *path);

#endif
