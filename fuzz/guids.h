/* The GUIDs of the format, and others. */
#ifndef FUZZ_GUIDS_H
#define FUZZ_GUIDS_H

#include <stdint.h>

/* GUID number `index` of those that mean something, or mean nothing; any number will do. The first
 * are those of the BAT and of the metadata region. */
const uint8_t *fuzz_guid(unsigned index);

#endif
