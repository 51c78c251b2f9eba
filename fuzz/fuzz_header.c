/* Claim: of any two headers each field is decoded from its place; a copy is valid exactly with its
 * signature and checksum; the current one is the valid one that is newer; a log may be read exactly
 * when it is pending, of a known version, and its place is on the grid, behind the header section
 * and inside the file; and no rule fires but those that a naive reading of MS-VHDX 2.2.2 gives.
 * Input: the size of the file, what stays unsealed, then fields and bytes to change. */
#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "fuzz/pieces.h"
#include "fuzz/promises.h"
#include "parser/header.h"
#include "parser/workspace.h"

enum { COPIES = 2, BYTES = 4096 };

static struct vx_workspace ws;
static uint8_t copy[COPIES][BYTES];
static const uint64_t COPY_AT[COPIES] = {IMAGE_HEADER_1, IMAGE_HEADER_2};

/* Position and width of each field of MS-VHDX 2.2.2, the reserved bytes at the end aside. */
static const struct field {
    unsigned pos;
    unsigned width;
} FIELD[] = {{0, 4},  {4, 4},  {8, 8},  {16, 8}, {24, 8}, {32, 8}, {40, 8},
             {48, 8}, {56, 8}, {64, 2}, {66, 2}, {68, 4}, {72, 8}, {80, 1}};

static bool has_reserved(const uint8_t *bytes)
{
    static const uint8_t zeros[BYTES];

    return memcmp(bytes + 80, zeros, BYTES - 80) != 0;
}

static uint64_t get(const uint8_t *bytes, unsigned pos, unsigned width)
{
    return little_get(bytes + pos, width);
}

/* ---- the input ---- */

/* Two sound headers, the second current, of an image that is clean. */
static void make_sound(void)
{
    memset(copy, 0, sizeof(copy));
    for (unsigned i = 0; i < COPIES; i++) {
        memcpy(copy[i], "head", 4);
        little_put(copy[i] + 8, 8, UINT64_C(1) + i);
        little_put(copy[i] + 32, 8, 1);
        little_put(copy[i] + 66, 2, 1);
        little_put(copy[i] + 68, 4, IMAGE_MIB);
        little_put(copy[i] + 72, 8, IMAGE_LOG);
    }
}

/* A field of one copy or both; of bytes, any one. */
static void change(struct fuzz_input *in, unsigned what)
{
    const struct field *field = &FIELD[what / 8 % VX_COUNT_OF(FIELD)];
    const uint64_t value = fuzz_number(in);

    for (unsigned i = 0; i < COPIES; i++) {
        if ((what & (1u << i)) == 0) {
            continue;
        }
        if ((what & 4) != 0 && what >= 128) {
            copy[i][value % BYTES] ^= (uint8_t)what;
        } else {
            little_put(copy[i] + field->pos, field->width, value);
        }
    }
}

static void seal(unsigned unsealed)
{
    for (unsigned i = 0; i < COPIES; i++) {
        if ((unsealed & (1u << i)) == 0) {
            little_put(copy[i] + 4, 4, vx_crc32c_structure(VX_CRC_PORTABLE, copy[i], BYTES));
        }
    }
}

/* ---- the naive reading ---- */

struct naive {
    bool is_read[COPIES];
    bool is_valid[COPIES];
    const uint8_t *current; /* NULL: there is none */
    bool is_dirty;
    bool is_log_usable;
    uint64_t total[VX_RULE_COUNT];
};

static void judge_copy(struct naive *n, unsigned which, uint64_t size)
{
    const uint8_t *bytes = copy[which];
    const bool has_signature = memcmp(bytes, "head", 4) == 0;

    n->is_read[which] = size >= COPY_AT[which] + BYTES;
    if (!n->is_read[which]) {
        return;
    }
    n->is_valid[which] =
        has_signature && get(bytes, 4, 4) == vx_crc32c_structure(VX_CRC_PORTABLE, bytes, BYTES);
    fuzz_expect(n->total, VX_HDR_002, !has_signature);
    fuzz_expect(n->total, VX_HDR_003, has_signature && !n->is_valid[which]);
    fuzz_expect(n->total, VX_HDR_019, n->is_valid[which] && has_reserved(bytes));
}

/* Both are valid. */
static void choose_newer(struct naive *n)
{
    const uint64_t first = get(copy[0], 8, 8);
    const uint64_t second = get(copy[1], 8, 8);

    n->current = first > second ? copy[0] : copy[1];
    if (first == second && !fuzz_planted(2)) {
        n->current = memcmp(copy[0], copy[1], BYTES) == 0 ? copy[0] : NULL;
    }
    fuzz_expect(n->total, VX_HDR_007, first == second);
    fuzz_expect(n->total, VX_HDR_022, memcmp(copy[0] + 66, copy[1] + 66, 14) != 0);
}

static void choose(struct naive *n)
{
    const bool are_read = n->is_read[0] && n->is_read[1];

    if (n->is_valid[0] && n->is_valid[1]) {
        choose_newer(n);
    } else if (n->is_valid[0] || n->is_valid[1]) {
        n->current = copy[n->is_valid[0] ? 0 : 1];
        fuzz_expect(n->total, VX_HDR_005, are_read);
    } else {
        fuzz_expect(n->total, VX_HDR_004, are_read);
    }
}

/* The log's place, of a header whose version is known. */
static void judge_log(struct naive *n, uint64_t size)
{
    const uint64_t length = get(n->current, 68, 4);
    const uint64_t offset = get(n->current, 72, 8);
    const bool is_odd = offset % IMAGE_MIB != 0;
    const bool is_low = length > 0 && offset < IMAGE_MIB;
    const bool is_outside = length > 0 && (offset > size || length > size - offset);

    fuzz_expect(n->total, VX_HDR_010, get(n->current, 64, 2) != 0);
    fuzz_expect(n->total, VX_HDR_013, length % IMAGE_MIB != 0);
    fuzz_expect(n->total, VX_HDR_014, is_odd);
    fuzz_expect(n->total, VX_LAY_004, is_odd);
    fuzz_expect(n->total, VX_HDR_015, is_low);
    fuzz_expect(n->total, VX_LAY_005, is_low);
    fuzz_expect(n->total, VX_HDR_017, is_outside);
    fuzz_expect(n->total, VX_LAY_007, is_outside);
    fuzz_expect(n->total, VX_LAY_008, length > UINT64_MAX - offset);
    fuzz_expect(n->total, VX_HDR_018, n->is_dirty && length == 0);
    n->is_log_usable = n->is_dirty && length > 0 && n->total[VX_HDR_010] == 0 &&
                       length % IMAGE_MIB == 0 && !is_odd && (!is_low || fuzz_planted(3)) &&
                       !is_outside;
}

static void read_naively(struct naive *n, uint64_t size)
{
    memset(n, 0, sizeof(*n));
    judge_copy(n, 0, size);
    judge_copy(n, 1, size);
    choose(n);
    if (n->current == NULL) {
        return;
    }
    n->is_dirty = !vx_all_zero(n->current + 48, 16);
    fuzz_expect(n->total, VX_HDR_009, get(n->current, 66, 2) != 1 && !fuzz_planted(4));
    fuzz_expect(n->total, VX_HDR_023, vx_all_zero(n->current + 32, 16));
    fuzz_expect(n->total, VX_HDR_024, get(n->current, 8, 8) == UINT64_MAX);
    if (n->total[VX_HDR_009] == 0) {
        judge_log(n, size);
    }
}

/* ---- the claims ---- */

static void expect_fields(const struct vx_header *h, const uint8_t *bytes)
{
    fuzz_must(h->signature == get(bytes, 0, 4) && h->checksum == get(bytes, 4, 4) &&
                  h->sequence_number == get(bytes, 8, 8) &&
                  memcmp(h->file_write_guid.byte, bytes + 16, 16) == 0 &&
                  memcmp(h->data_write_guid.byte, bytes + 32, 16) == 0 &&
                  memcmp(h->log_guid.byte, bytes + 48, 16) == 0 &&
                  h->log_version == get(bytes, 64, 2) &&
                  h->version == get(bytes, fuzz_planted(1) ? 64 : 66, 2) &&
                  h->log_length == get(bytes, 68, 4) && h->log_offset == get(bytes, 72, 8) &&
                  h->has_reserved == has_reserved(bytes),
              "each field of a header is decoded from its place");
}

static void expect_as_naive(const struct vx_headers *headers, const struct naive *n)
{
    const struct vx_header *current = vx_headers_current(headers);

    for (unsigned i = 0; i < COPIES; i++) {
        fuzz_must(headers->copy[i].is_read == n->is_read[i] &&
                      headers->copy[i].is_valid == n->is_valid[i],
                  "a copy is valid exactly with its signature and checksum");
        if (n->is_read[i]) {
            expect_fields(&headers->copy[i].header, copy[i]);
        }
    }
    fuzz_must((current != NULL) == (n->current != NULL), "there is a current header or none");
    if (current != NULL) {
        fuzz_must(current == &headers->copy[n->current == copy[0] ? 0 : 1].header,
                  "the current header is the newer valid one");
    }
    fuzz_must(headers->is_dirty == n->is_dirty, "a log is pending exactly with a LogGuid");
    fuzz_must(headers->is_log_usable == n->is_log_usable,
              "a log is usable exactly where it may lie");
}

/* The fuzzers say what it looks like. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    ws.crc = vx_crc32c_best(); /* asking a CPU takes longer than judging a header */
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct naive naive;
    struct fuzz_pieces pieces = {
        {{COPY_AT[0], copy[0], BYTES}, {COPY_AT[1], copy[1], BYTES}}, 2, 0};
    struct vx_source src;
    struct fuzz_input in;
    struct vx_headers headers;
    struct findings f;
    unsigned unsealed;
    unsigned what;

    fuzz_input_init(&in, data, size);
    make_sound();
    pieces.size = 4 * IMAGE_MIB + fuzz_number(&in) % (UINT64_MAX - 4 * IMAGE_MIB);
    unsealed = fuzz_byte(&in);
    if ((unsealed & 4) != 0) { /* a file that is too short */
        pieces.size %= 2 * IMAGE_MIB;
    }
    for (what = fuzz_byte(&in); what != 0; what = fuzz_byte(&in)) {
        change(&in, what);
    }
    seal(unsealed);
    read_naively(&naive, pieces.size);
    src = fuzz_pieces_open(&pieces, &f);
    vx_headers_load(&src, &ws, &f.rep, &headers);
    vx_headers_check(&headers, pieces.size, &f.rep);
    expect_as_naive(&headers, &naive);
    fuzz_must_total(&f, naive.total);
    fuzz_must_keep(&f, pieces.size);
    findings_free(&f);
    return 0;
}
