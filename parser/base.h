/* Vocabulary shared by all of parser/: status, sizes, the two attributes we use.
 *
 * Conventions of the whole library (parser/ and replay/):
 *  - Nothing is allocated, printed, opened or written. All memory comes from the caller.
 *  - Status is about us, a finding is about the image: a ruined image yields VX_OK and findings.
 *  - Sizes and offsets are bytes in uint64_t unless the name says _mib, _count or _index.
 *  - `offset` counts from the start of the file, `pos` from the start of a structure,
 *    `end` is exclusive, `index` counts from 0.
 *  - Pointers are never NULL unless a contract says so. */
#ifndef VX_PARSER_BASE_H
#define VX_PARSER_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define VX_MUST_USE __attribute__((warn_unused_result))
#else
#define VX_MUST_USE
#endif

/* A hint that the memory at `address` is needed soon. The address need not be valid. */
#if defined(__GNUC__) && !defined(__FRAMAC__)
#define VX_PREFETCH(address) __builtin_prefetch(address)
#else
#define VX_PREFETCH(address) ((void)(address))
#endif

#define VX_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum vx_status {
    VX_OK = 0,
    VX_STOP,        /* an iterator is at its end, or a callback asks to stop */
    VX_E_IO,        /* the source could not deliver bytes it claims to have */
    VX_E_WORKSPACE, /* the caller's memory is smaller than need().min */
    VX_E_LIMIT,     /* a stated bound of this run was reached */
    VX_E_USAGE,     /* the caller broke a contract */
    VX_E_BUG        /* we broke one of our own */
};

/* Memory wanted by a component, in bytes: it works from min on and gains nothing above max. */
struct vx_need {
    uint64_t min;
    uint64_t max;
};

enum {
    VX_KIB = 1024,
    VX_MIB = 1048576,
    VX_MIB_SHIFT = 20,
    VX_HEADER_SECTION_BYTES = VX_MIB /* MS-VHDX 2.2: the first MiB holds nothing else */
};

#endif
