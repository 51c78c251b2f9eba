/* The parent locator of a differencing image, MS-VHDX 2.6.2.6: a table of keys and values, which
 * say what the parent's identity is and where it was. Read from the replayed view. All that is in
 * it comes from the image: nothing here opens a path. */
#ifndef VX_PARSER_LOCATOR_H
#define VX_PARSER_LOCATOR_H

#include "parser/finding.h"
#include "parser/guid.h"
#include "parser/metadata.h"
#include "parser/source.h"

enum {
    VX_LOCATOR_HEADER_BYTES = 20,
    VX_LOCATOR_ENTRY_BYTES = 12,
    VX_LOCATOR_ENTRIES_MAX = 256, /* that are looked at; no reader takes more */
    VX_LOCATOR_STRING_MAX = 65535 /* bytes, by the width of the length field */
};

enum vx_locator_key {
    VX_KEY_UNKNOWN,
    VX_KEY_PARENT_LINKAGE,
    VX_KEY_PARENT_LINKAGE2,
    VX_KEY_RELATIVE_PATH, /* the paths, in the order in which they are to be tried */
    VX_KEY_VOLUME_PATH,
    VX_KEY_ABSOLUTE_WIN32_PATH,
    VX_KEY_COUNT
};

struct vx_workspace;

/* One entry of the table, whose offsets count from the start of the item. */
struct vx_locator_entry {
    uint32_t key_offset;
    uint32_t value_offset;
    uint16_t key_length; /* bytes */
    uint16_t value_length;
    uint32_t key_bytes; /* of the key as it is understood: whole units, and no NUL at its end */
    uint32_t key_crc;   /* of these; keys that differ in it differ */
    bool has_key;       /* it lies inside the item, could be read, and is not empty */
};

/* A value of a known key: UTF-16LE, at most 32767 units, without the NUL at its end. */
struct vx_locator_value {
    bool is_present; /* inside the item and not empty */
    uint64_t offset; /* in the file */
    uint32_t units;
};

struct vx_locator {
    bool is_usable; /* it is of the known type, and the table lies inside the item */
    bool is_unread; /* a part of it could not be read: what is missing may be there */
    uint32_t count; /* entries, as stated */
    struct vx_locator_value value[VX_KEY_COUNT]; /* of the first entry with that key and a value */
    bool has_linkage[2];                         /* parent_linkage and parent_linkage2 are GUIDs */
    struct vx_guid linkage[2];
};

/* Read and judge the locator of md, which must have one. out is zeroed on entry.
 * Reads the table once and every string at most once, 32 MiB at most; but two keys of one length
 * and checksum are compared byte by byte. Sorted that are 2 * 256 * 8 comparisons of 128 KiB at
 * most, 16 times as much, of keys made to look alike; of others there are only those that are the
 * same. Findings: PLH-001 to PLH-004, PLE-001 to PLE-011, PLV-001 to PLV-009, RUN-001, RUN-008. */
void vx_locator_load(const struct vx_source *view, const struct vx_metadata *md,
                     struct vx_workspace *ws, struct vx_reporter *rep, struct vx_locator *out);

/* Does the locator say at all who the parent is? If not, PLV-001 or another rule says why. */
bool vx_locator_has_linkage(const struct vx_locator *locator);

/* Does the locator name this GUID as that of the parent's data? A zero GUID names nothing. */
bool vx_locator_names(const struct vx_locator *locator, const struct vx_guid *data_write_guid);

/* The key as it is written, a word of VX_UTF16_WORD_BYTES; "" for VX_KEY_UNKNOWN. */
const char *vx_locator_key_name(enum vx_locator_key key);

#endif
