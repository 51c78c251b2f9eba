/* Text under construction in caller memory. Always NUL-terminated, never longer than its room,
 * and it remembers that something did not fit. */
#ifndef VXO_REPORTS_BUFFER_H
#define VXO_REPORTS_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vxo_buffer {
    char *text;
    size_t room; /* bytes at text, the NUL included */
    size_t len;  /* bytes before the NUL */
    bool is_truncated;
};

/* text: room bytes of caller memory, at least 1, which outlive the buffer. */
void vxo_buffer_init(struct vxo_buffer *out, char *text, size_t room);

/* Append. What does not fit is cut at a whole UTF-8 character, and so is all that follows. */
void vxo_put(struct vxo_buffer *out, const char *text);
void vxo_put_bytes(struct vxo_buffer *out, const char *bytes, size_t len);

/* Append a number: 1234, 0x4d2. */
void vxo_put_uint(struct vxo_buffer *out, uint64_t number);
void vxo_put_hex(struct vxo_buffer *out, uint64_t number);

/* Append a size: "1073741824 bytes (1 GiB)", "1500000 bytes (1.43 MiB)", "512 bytes". A rounded
 * value has two decimals, rounded down; an exact one has none. */
void vxo_put_size(struct vxo_buffer *out, uint64_t bytes);

/* Append a count and its noun: "1 block", "2 blocks", "3 entries" of "entry". */
void vxo_put_count(struct vxo_buffer *out, uint64_t count, const char *noun);

#endif
