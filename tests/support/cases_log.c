/* Rows of the areas LGE, LGD, LGS, SEQ and RPL, and what else takes a log. Spec: MS-VHDX 2.3.
 * Reasons why an entry does not count are findings only when no sequence is left at all. */
#include "tests/support/cases.h"

#include "replay/overlay.h"

/* Free bytes of the metadata region: what is written there is nobody's. */
#define M(k)      (UINT64_C(0x280000) + (uint64_t)(k)*LOG_SECTOR)
#define S(k)      ((uint32_t)(k)*LOG_SECTOR)
#define AT_LOG(k) (IMAGE_LOG + (uint64_t)(k)*LOG_SECTOR)
#define END                                                                                        \
    {                                                                                              \
        .sequence = 0                                                                              \
    }
#define DATA(to)                                                                                   \
    {                                                                                              \
        LOG_DATA, to, 1                                                                            \
    }
#define ZERO(to, bytes)                                                                            \
    {                                                                                              \
        LOG_ZERO, to, bytes                                                                        \
    }
#define BROKEN(rule)    "HDR-012w " rule "i SEQ-005f RUN-003w"
#define FORBIDDEN(rule) "HDR-012w " rule "f RUN-003w"
#define PRESENT                                                                                    \
    {                                                                                              \
        .state = 6                                                                                 \
    }

typedef const struct log_entry entries[];

static entries NONE = {END};
static entries ONE = {{.sequence = 5, .write = {DATA(M(0))}}, END};
static entries BARE = {{.sequence = 5}, END};
static entries ZEROS = {{.sequence = 5, .write = {ZERO(M(0), 8192)}}, END};
static entries FOREIGN = {{.sequence = 5, .write = {DATA(M(0))}, .is_foreign = true}, END};
static entries TWO = {{.pos = S(0), .sequence = 5, .write = {DATA(M(0))}},
                      {.pos = S(2), .sequence = 6, .write = {DATA(M(1))}},
                      END};
static entries TWO_LAST = {{.pos = S(0), .sequence = 5, .write = {DATA(M(0))}},
                           {.pos = S(2), .tail = S(2), .sequence = 6, .write = {DATA(M(1))}},
                           END};
static entries APART = {{.pos = S(0), .tail = S(0), .sequence = 5, .write = {DATA(M(0))}},
                        {.pos = S(9), .tail = S(9), .sequence = 5, .write = {DATA(M(1))}},
                        END};
static entries THREE = {{.pos = S(0), .tail = S(0), .sequence = 5, .write = {DATA(M(0))}},
                        {.pos = S(2), .tail = S(2), .sequence = 6, .write = {DATA(M(1))}},
                        {.pos = S(4), .tail = S(0), .sequence = 7, .write = {DATA(M(2))}},
                        END};
static entries BEYOND = {{.sequence = 5, .write = {DATA(6 * IMAGE_MIB - 4096)}}, END};
static entries MANY = {{.sequence = 5, .repeat = 8, .write = {DATA(M(0))}}, END};
static entries TO_ID = {{.sequence = 5, .write = {ZERO(0xf000, 4096)}}, END};
static entries TO_HEADER = {{.sequence = 5, .write = {DATA(0x10000)}}, END};
static entries TO_HEADER_END = {{.sequence = 5, .write = {ZERO(0x2f000, 4096)}}, END};
static entries TO_EVERYTHING = {{.sequence = 5, .write = {ZERO(0, UINT64_C(1) << 63)}}, END};
static entries TO_LOG = {{.sequence = 5, .write = {DATA(IMAGE_LOG)}}, END};
static entries TO_LOG_END = {{.sequence = 5, .write = {DATA(IMAGE_LOG + 0xff000)}}, END};
static entries TO_UNUSED = {{.sequence = 5, .write = {DATA(0x50000)}}, END};
static entries TO_UNUSED_END = {{.sequence = 5, .write = {ZERO(0xff000, 4096)}}, END};
static entries TO_TABLE_END = {{.sequence = 5, .write = {ZERO(0x4f000, 4096)}}, END};
static entries NOWHERE = {
    {.sequence = 5, .write = {ZERO(0, 0), ZERO(0x10000, 0), ZERO(IMAGE_LOG, 0), DATA(M(0))}}, END};
static entries FAR = {{.sequence = 5, .write = {ZERO(UINT64_C(1) << 63, UINT64_C(1) << 62)}}, END};
static entries TO_BLOCK = {{.sequence = 5, .write = {DATA(4 * IMAGE_MIB + 4096)}}, END};
static entries TO_BLOCK_7 = {{.sequence = 5, .write = {DATA(12 * IMAGE_MIB - 4096)}}, END};

/* clang-format off */
static const struct rule_case ROWS[] = {
    {.name = "first byte of LogGuid", .rule = VX_HDR_012, .fires = true, .is_replayed = true,
     .poke = {{HEADERS, 0, H_LOG_GUID, 1}}, .want = "HDR-012w SEQ-005f RUN-003w", .index = 1,
     .offset = IMAGE_HEADER_2 + 48},
    {.name = "last byte of LogGuid", .rule = VX_HDR_012, .fires = true, .is_replayed = true,
     .poke = {{HEADER_2, 0, 63, 1, 1}}, .want = "HDR-012w SEQ-005f RUN-003w", .index = 1,
     .offset = IMAGE_HEADER_2 + 48},
    {.name = "pending without length", .rule = VX_HDR_012, .fires = true, .is_replayed = true,
     .poke = {{HEADERS, 0, H_LOG_LENGTH, 0}, {HEADERS, 0, H_LOG_GUID, 1}},
     .want = "HDR-012w HDR-018f RUN-003w", .index = 1, .offset = IMAGE_HEADER_2 + 48},
    {.name = "a log to apply", .rule = VX_HDR_012, .fires = true, .log = ONE,
     .want = "HDR-012w", .index = 1, .offset = IMAGE_HEADER_2 + 48},
    {.name = "LogGuid in the older header", .rule = VX_HDR_012, .is_replayed = true,
     .poke = {{HEADER_1, 0, H_LOG_GUID, 1}}, .want = ""},
    {.name = "a log in a clean image", .rule = VX_HDR_012, .log = ONE,
     .poke = {{HEADERS, 0, 48, 8, 0}, {HEADERS, 0, 56, 8, 0}}, .want = ""},

    {.name = "last byte of an entry", .rule = VX_LGE_003, .fires = true, .log = ONE,
     .poke = {{LOG, 1, 4091, 1, 0x99}}, .is_unsealed = true, .want = BROKEN("LGE-003"),
     .index = 0, .offset = AT_LOG(0)},
    {.name = "the checksum itself", .rule = VX_LGE_003, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_CHECKSUM, 0}}, .is_unsealed = true, .want = BROKEN("LGE-003"),
     .index = 0, .offset = AT_LOG(0)},
    {.name = "the byte behind an entry", .rule = VX_LGE_003, .log = ONE,
     .poke = {{LOG, 2, 0, 1, 0x99}}, .is_unsealed = true, .want = "HDR-012w"},

    {.name = "length one byte more", .rule = VX_LGE_004, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 8193}}, .want = BROKEN("LGE-004"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "length one sector more", .rule = VX_LGE_004, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 12288}}, .want = BROKEN("LGE-006")},

    {.name = "length 0", .rule = VX_LGE_005, .fires = true, .log = BARE,
     .poke = {{LOG, 0, E_LENGTH, 0}}, .want = BROKEN("LGE-005"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "longer than the log", .rule = VX_LGE_005, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 0x101000}}, .want = BROKEN("LGE-005"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "as long as the log", .rule = VX_LGE_005, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 0x100000}}, .want = BROKEN("LGE-006")},
    {.name = "the least length", .rule = VX_LGE_005, .log = BARE, .want = "SEQ-012i"},

    {.name = "room for another data sector", .rule = VX_LGE_006, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 12288}}, .want = BROKEN("LGE-006"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "zeros with a data sector", .rule = VX_LGE_006, .fires = true, .log = ZEROS,
     .poke = {{LOG, 0, E_LENGTH, 8192}}, .want = BROKEN("LGE-006"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "zeros without a data sector", .rule = VX_LGE_006, .log = ZEROS,
     .want = "HDR-012w"},

    {.name = "Tail 1", .rule = VX_LGE_007, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_TAIL, 1}}, .want = BROKEN("LGE-007"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "Tail on a sector", .rule = VX_LGE_007, .log = ONE,
     .poke = {{LOG, 0, E_TAIL, 4096}}, .want = BROKEN("SEQ-003")},

    {.name = "Tail at the end of the log", .rule = VX_LGE_008, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_TAIL, 0x100000}}, .want = BROKEN("LGE-008"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "Tail in the last sector", .rule = VX_LGE_008, .log = ONE,
     .poke = {{LOG, 0, E_TAIL, 0xff000}}, .want = BROKEN("SEQ-003")},

    {.name = "number 0", .rule = VX_LGE_010, .fires = true, .log = BARE,
     .poke = {{LOG, 0, E_SEQUENCE, 0}}, .want = BROKEN("LGE-010"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "number 1", .rule = VX_LGE_010, .log = BARE, .poke = {{LOG, 0, E_SEQUENCE, 1}},
     .want = "SEQ-012i"},

    {.name = "255 descriptors in two sectors", .rule = VX_LGE_011, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_COUNT, 255}}, .want = BROKEN("LGE-011"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "2^32 - 1 descriptors", .rule = VX_LGE_011, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_COUNT, UINT32_MAX}}, .want = BROKEN("LGE-011"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "254 descriptors in two sectors", .rule = VX_LGE_011, .log = ONE,
     .poke = {{LOG, 0, E_COUNT, 254}}, .want = BROKEN("LGD-001")},

    {.name = "reserved field", .rule = VX_LGE_012, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_RESERVED, 0x80000000}}, .want = "HDR-012w LGE-012w", .index = 0,
     .offset = AT_LOG(0)},
    {.name = "reserved field before the Tail", .rule = VX_LGE_012, .log = TWO_LAST,
     .poke = {{LOG, 0, E_RESERVED, 1}}, .want = "HDR-012w SEQ-008i"},

    {.name = "another LogGuid", .rule = VX_LGE_013, .fires = true, .log = FOREIGN,
     .want = BROKEN("LGE-013"), .index = 0, .offset = AT_LOG(0)},
    {.name = "last byte of the entry's LogGuid", .rule = VX_LGE_013, .fires = true, .log = ONE,
     .poke = {{LOG, 0, 47, 1, 0}}, .want = BROKEN("LGE-013"), .index = 0, .offset = AT_LOG(0)},
    {.name = "both with the same LogGuid", .rule = VX_LGE_013, .log = FOREIGN,
     .poke = {{HEADERS, 0, 48, 8, UINT64_C(0xf7f6f5f4f3f2f1f0)},
              {HEADERS, 0, 56, 8, UINT64_C(0xfffefdfcfbfaf9f8)}},
     .want = "HDR-012w"},

    {.name = "FlushedFileOffset 4096", .rule = VX_LGE_014, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_FLUSHED, 4096}}, .want = "HDR-012w LGE-014w", .index = 0,
     .offset = AT_LOG(0)},
    {.name = "FlushedFileOffset 1 MiB", .rule = VX_LGE_014, .log = ONE,
     .poke = {{LOG, 0, E_FLUSHED, IMAGE_MIB}}, .want = "HDR-012w"},

    {.name = "LastFileOffset 1 MiB + 1", .rule = VX_LGE_015, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LAST, IMAGE_MIB + 1}}, .want = "HDR-012w LGE-015w", .index = 0,
     .offset = AT_LOG(0)},
    {.name = "LastFileOffset 2^64 - 1", .rule = VX_LGE_015, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LAST, UINT64_MAX}}, .want = "HDR-012w LGE-015w RPL-003i",
     .index = 0, .offset = AT_LOG(0)},
    {.name = "LastFileOffset 1 MiB", .rule = VX_LGE_015, .log = ONE,
     .poke = {{LOG, 0, E_LAST, IMAGE_MIB}}, .want = "HDR-012w"},

    {.name = "written beyond the LastFileOffset", .rule = VX_LGE_016, .fires = true,
     .log = BEYOND, .poke = {{LOG, 0, E_LAST, 5 * IMAGE_MIB}},
     .want = "HDR-012w LGE-016e RPL-003i", .index = 0, .offset = AT_LOG(0)},
    {.name = "written up to the LastFileOffset", .rule = VX_LGE_016, .log = BEYOND,
     .poke = {{LOG, 0, E_LAST, 6 * IMAGE_MIB}}, .want = "HDR-012w RPL-003i"},
    {.name = "written inside the file, beyond the LastFileOffset", .rule = VX_LGE_016,
     .log = BEYOND, .size = 6 * IMAGE_MIB, .want = "HDR-012w"},

    {.name = "descriptor \"Desc\"", .rule = VX_LGD_001, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0), 1, 'D'}}, .want = BROKEN("LGD-001"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "rubbish behind the last descriptor", .rule = VX_LGD_001, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(1), 8, UINT64_MAX}}, .want = "HDR-012w"},

    {.name = "reserved field of zeros", .rule = VX_LGD_002, .fires = true, .log = ZEROS,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 4, 4, 1}}, .want = "HDR-012w LGD-002w", .index = 0,
     .offset = AT_LOG(0)},
    {.name = "the same bytes of a data descriptor", .rule = VX_LGD_002, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 4, 4, 1}}, .want = "HDR-012w"},

    {.name = "4097 zeros", .rule = VX_LGD_003, .fires = true, .log = ZEROS,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 8, 8, 4097}}, .want = BROKEN("LGD-003"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "odd leading bytes", .rule = VX_LGD_003, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 8, 8, 4097}}, .want = "HDR-012w"},

    {.name = "data to an odd place", .rule = VX_LGD_004, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 16, 8, M(0) + 2048}}, .want = BROKEN("LGD-004"),
     .index = 0, .offset = AT_LOG(0)},
    {.name = "data to the next sector", .rule = VX_LGD_004, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 16, 8, M(1)}}, .want = "HDR-012w"},

    {.name = "descriptor of another number", .rule = VX_LGD_005, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 31, 1, 1}}, .want = BROKEN("LGD-005"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "unused descriptor of another number", .rule = VX_LGD_005, .log = ONE,
     .poke = {{LOG, 0, E_DESCRIPTOR(1) + 24, 8, 6}}, .want = "HDR-012w"},

    {.name = "no room for the data sector", .rule = VX_LGD_006, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LENGTH, 4096}}, .want = BROKEN("LGD-006"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "no data sector for zeros", .rule = VX_LGD_006, .log = ZEROS, .want = "HDR-012w"},

    {.name = "zeros up to 2^64", .rule = VX_LGD_007, .fires = true, .log = FAR,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 8, 8, UINT64_C(1) << 63}}, .want = BROKEN("LGD-007"),
     .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros up to 2^64 - 4096", .rule = VX_LGD_007, .log = FAR,
     .poke = {{LOG, 0, E_DESCRIPTOR(0) + 8, 8, (UINT64_C(1) << 63) - 4096}},
     .want = "HDR-012w LGE-016e RPL-003i"},

    {.name = "zeros to the file identifier", .rule = VX_LGD_008, .fires = true, .log = TO_ID,
     .want = FORBIDDEN("LGD-008"), .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros to everything", .rule = VX_LGD_008, .fires = true, .log = TO_EVERYTHING,
     .want = "HDR-012w LGE-016e LGD-008f LGD-009f LGD-010f LGD-012i RUN-003w", .index = 0,
     .offset = AT_LOG(0)},
    {.name = "no zeros to the file identifier", .rule = VX_LGD_008, .log = NOWHERE,
     .want = "HDR-012w"},

    {.name = "data to header 1", .rule = VX_LGD_009, .fires = true, .log = TO_HEADER,
     .want = FORBIDDEN("LGD-009"), .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros to the end of header 2", .rule = VX_LGD_009, .fires = true,
     .log = TO_HEADER_END, .want = FORBIDDEN("LGD-009"), .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros behind region table 2", .rule = VX_LGD_009, .log = TO_TABLE_END,
     .want = "HDR-012w"},

    {.name = "data to the log", .rule = VX_LGD_010, .fires = true, .log = TO_LOG,
     .want = FORBIDDEN("LGD-010"), .index = 0, .offset = AT_LOG(0)},
    {.name = "data to the end of the log", .rule = VX_LGD_010, .fires = true, .log = TO_LOG_END,
     .want = FORBIDDEN("LGD-010"), .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros in front of the log", .rule = VX_LGD_010, .log = TO_UNUSED_END,
     .want = "HDR-012w LGD-012i"},

    {.name = "data to a block", .rule = VX_LGD_011, .fires = true, .spec = PRESENT,
     .log = TO_BLOCK, .want = "HDR-012w LGD-011w", .index = 0, .offset = IMAGE_BAT},
    {.name = "data to the end of block 7", .rule = VX_LGD_011, .fires = true, .spec = PRESENT,
     .log = TO_BLOCK_7, .want = "HDR-012w LGD-011w", .index = 7, .offset = IMAGE_BAT + 56},
    {.name = "data to what was a block", .rule = VX_LGD_011, .spec = PRESENT, .log = TO_BLOCK_7,
     .poke = {{ENTRY, 7, B_RAW, PLACED(11, 3)}}, .want = "HDR-012w"},

    {.name = "data behind the region tables", .rule = VX_LGD_012, .fires = true,
     .log = TO_UNUSED, .want = "HDR-012w LGD-012i", .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros to the end of the header section", .rule = VX_LGD_012, .fires = true,
     .log = TO_UNUSED_END, .want = "HDR-012w LGD-012i", .index = 0, .offset = AT_LOG(0)},
    {.name = "zeros to the end of region table 2", .rule = VX_LGD_012, .log = TO_TABLE_END,
     .want = "HDR-012w"},

    {.name = "data sector \"Data\"", .rule = VX_LGS_001, .fires = true, .log = ONE,
     .poke = {{LOG, 1, 0, 1, 'D'}}, .want = BROKEN("LGS-001"), .index = 0,
     .offset = AT_LOG(1)},
    {.name = "data sector of another upper half", .rule = VX_LGS_002, .fires = true, .log = ONE,
     .poke = {{LOG, 1, 4, 4, 1}}, .want = BROKEN("LGS-002"), .index = 0, .offset = AT_LOG(1)},
    {.name = "data sector of another lower half", .rule = VX_LGS_003, .fires = true, .log = ONE,
     .poke = {{LOG, 1, 4092, 4, 6}}, .want = BROKEN("LGS-003"), .index = 0,
     .offset = AT_LOG(1)},
    {.name = "first byte of the data", .rule = VX_LGS_001, .log = ONE,
     .poke = {{LOG, 1, 8, 1, 0x77}}, .want = "HDR-012w"},
    {.name = "first bytes of the data", .rule = VX_LGS_002, .log = ONE,
     .poke = {{LOG, 1, 8, 4, 1}}, .want = "HDR-012w"},
    {.name = "last bytes of the data", .rule = VX_LGS_003, .log = ONE,
     .poke = {{LOG, 1, 4088, 4, 6}}, .want = "HDR-012w"},

    {.name = "Tail in the entry itself", .rule = VX_SEQ_003, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_TAIL, 4096}}, .want = BROKEN("SEQ-003"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "Tail of an older entry, not the head's", .rule = VX_SEQ_003, .log = TWO,
     .poke = {{LOG, 0, E_TAIL, 0x8000}}, .want = "HDR-012w"},

    {.name = "no entries", .rule = VX_SEQ_005, .fires = true, .log = NONE,
     .want = "HDR-012w SEQ-005f RUN-003w", .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "torn entries only", .rule = VX_SEQ_005, .fires = true, .log = TWO,
     .poke = {{LOG, 0, E_RESERVED, 1}, {LOG, 3, 4000, 1, 0x99}}, .is_unsealed = true,
     .want = BROKEN("LGE-003"), .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "one torn entry", .rule = VX_SEQ_005, .log = TWO,
     .poke = {{LOG, 3, 4000, 1, 0x99}}, .is_unsealed = true, .want = "HDR-012w SEQ-008i"},

    {.name = "the file was truncated", .rule = VX_SEQ_006, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_FLUSHED, 5 * IMAGE_MIB}}, .want = FORBIDDEN("SEQ-006"), .index = 0,
     .offset = AT_LOG(0)},
    {.name = "the file was truncated by a byte", .rule = VX_SEQ_006, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_FLUSHED, 4 * IMAGE_MIB + 1}},
     .want = "HDR-012w LGE-014w SEQ-006f RUN-003w", .index = 0, .offset = AT_LOG(0)},
    {.name = "the file is just long enough", .rule = VX_SEQ_006, .log = ONE,
     .poke = {{LOG, 0, E_FLUSHED, 4 * IMAGE_MIB}}, .want = "HDR-012w"},
    {.name = "it was too short for an older entry", .rule = VX_SEQ_006, .log = TWO,
     .poke = {{LOG, 0, E_FLUSHED, 5 * IMAGE_MIB}}, .want = "HDR-012w"},

    {.name = "an entry before the Tail", .rule = VX_SEQ_008, .fires = true, .log = TWO_LAST,
     .want = "HDR-012w SEQ-008i", .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "none before the Tail", .rule = VX_SEQ_008, .log = TWO, .want = "HDR-012w"},

    {.name = "two sequences of one number", .rule = VX_SEQ_009, .fires = true, .log = APART,
     .want = "HDR-012w SEQ-008i SEQ-009e", .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "the second one's Tail is wrong", .rule = VX_SEQ_009, .log = APART,
     .poke = {{LOG, 9, E_TAIL, 0}}, .want = "HDR-012w SEQ-008i"},

    {.name = "the Tail moves back", .rule = VX_SEQ_011, .fires = true, .log = THREE,
     .want = "HDR-012w SEQ-011w", .index = 4 * 4096, .offset = AT_LOG(4)},
    {.name = "the Tail stays", .rule = VX_SEQ_011, .log = TWO, .want = "HDR-012w"},

    {.name = "an empty sequence", .rule = VX_SEQ_012, .fires = true, .log = BARE,
     .want = "SEQ-012i", .index = 1, .offset = IMAGE_HEADER_2 + 48},
    {.name = "a sequence of zeros", .rule = VX_SEQ_012, .log = ZEROS, .want = "HDR-012w"},

    {.name = "growth", .rule = VX_RPL_003, .fires = true, .log = ONE,
     .poke = {{LOG, 0, E_LAST, 5 * IMAGE_MIB}}, .want = "HDR-012w RPL-003i",
     .index = 0, .offset = AT_LOG(0)},
    {.name = "no growth", .rule = VX_RPL_003, .log = ONE,
     .poke = {{LOG, 0, E_LAST, 4 * IMAGE_MIB}}, .want = "HDR-012w"},

    {.name = "an unreadable sector of the only entry", .rule = VX_RUN_004, .fires = true,
     .log = ONE, .bad = {IMAGE_LOG + 4096, IMAGE_LOG + 4097},
     .want = "HDR-012w RUN-001w RUN-003w RUN-004w", .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "an unreadable sector behind the only entry", .rule = VX_RUN_004, .log = ONE,
     .poke = {{LOG, 2, 0, 8, 1}}, .bad = {IMAGE_LOG + 8192, IMAGE_LOG + 8193},
     .want = "HDR-012w RUN-001w"},
    {.name = "an unreadable sector in a hole behind the only entry", .rule = VX_RUN_001, .log = ONE,
     .bad = {IMAGE_LOG + 8192, IMAGE_LOG + 8193}, .want = "HDR-012w"},

    {.name = "8 descriptors, memory for 6", .rule = VX_RUN_007, .fires = true, .log = MANY,
     .overlay_bytes = 7 * VXR_OVERLAY_RECORD_BYTES, .want = "HDR-012w RUN-003w RUN-007w",
     .index = CASE_ANY, .offset = IMAGE_LOG},
    {.name = "8 descriptors, memory for 8", .rule = VX_RUN_007, .log = MANY,
     .overlay_bytes = 9 * VXR_OVERLAY_RECORD_BYTES, .want = "HDR-012w"},
};
/* clang-format on */

const struct rule_cases CASES_LOG_ROWS = {ROWS, VX_COUNT_OF(ROWS)};
