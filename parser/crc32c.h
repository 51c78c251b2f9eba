/* CRC-32C (Castagnoli), the only checksum of the format. Spec: MS-VHDX 2.2.2, 2.2.3, 2.3.1.1.
 *
 * Naive definition, bit by bit: start with 32 one-bits; for each bit of the message, least
 * significant first, shift the register right by one and, if the bit shifted out differs from the
 * message bit, XOR it with 0x82f63b78; at the end invert the register. The nine bytes
 * "123456789" give 0xe3069283. */
#ifndef VX_PARSER_CRC32C_H
#define VX_PARSER_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Which kernel to use; chosen once per run by the caller's context because parser/ has no global
 * state. In rising order: a host that can run one kind can run every kind before it. */
enum vx_crc_kind {
    VX_CRC_PORTABLE, /* tables, any host */
    VX_CRC_SSE42,    /* the crc32 instruction, one stream */
    VX_CRC_PCLMUL    /* three streams of it, joined by carry-less multiplication */
};

/* Where every structure that is checked as a whole keeps its checksum. */
enum { VX_CRC_FIELD_POS = 4, VX_CRC_FIELD_BYTES = 4 };

/* Name the fastest kind this host can run. Asks the CPU, which may trap to a hypervisor: call it
 * once per run, not once per checksum. VX_CRC_PORTABLE on anything but x86-64. */
/*@ assigns \result \from \nothing;
    ensures \result == VX_CRC_PORTABLE || \result == VX_CRC_SSE42 || \result == VX_CRC_PCLMUL; */
enum vx_crc_kind vx_crc32c_best(void);

/* Feed len bytes into a running CRC-32C.
 * kind: not above vx_crc32c_best() of this host, else the CPU may refuse the instruction. A value
 *   that is no kind at all means VX_CRC_PORTABLE, and so does every kind where the build has no
 *   hardware kernel. All kinds give the same results.
 * crc: 0 to start, else what the previous call returned: pre- and post-inversion are inside, so
 *   calls chain, and the CRC of no bytes is 0.
 * data: len bytes at any alignment; not looked at when len is 0.
 * Returns the final CRC of all bytes so far. At most len steps. */
/*@ requires len == 0 || \valid_read(data + (0 .. len - 1));
    assigns \result \from kind, crc, len, data[0 .. len - 1]; */
uint32_t vx_crc32c(enum vx_crc_kind kind, uint32_t crc, const uint8_t *data, size_t len);

/* The checksum of a header, region table or log entry, or of the first part of one: the CRC-32C of
 * its bytes with the checksum itself, which is always in bytes 4 to 7, taken as zero.
 * kind: as for vx_crc32c(), by which further parts are fed into the result.
 * bytes: len bytes, at least 8. */
/*@ requires len >= VX_CRC_FIELD_POS + VX_CRC_FIELD_BYTES;
    requires \valid_read(bytes + (0 .. len - 1));
    assigns \result \from kind, len, bytes[0 .. len - 1]; */
uint32_t vx_crc32c_structure(enum vx_crc_kind kind, const uint8_t *bytes, size_t len);

/* The kernels, for vx_crc32c() only: each advances the bare register `state`, without any
 * inversion, over len bytes. The last two are in crc32c_hw.c. */
/*@ requires len == 0 || \valid_read(data + (0 .. len - 1));
    assigns \result \from state, len, data[0 .. len - 1]; */
uint32_t vx_crc_state_portable(uint32_t state, const uint8_t *data, size_t len);

/*@ requires len == 0 || \valid_read(data + (0 .. len - 1));
    assigns \result \from state, len, data[0 .. len - 1]; */
uint32_t vx_crc_state_sse42(uint32_t state, const uint8_t *data, size_t len);

/*@ requires len == 0 || \valid_read(data + (0 .. len - 1));
    assigns \result \from state, len, data[0 .. len - 1]; */
uint32_t vx_crc_state_pclmul(uint32_t state, const uint8_t *data, size_t len);

#endif
