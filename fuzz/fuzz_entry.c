/* Claim: of any bytes in the ring, a log entry is valid exactly when each sentence of MS-VHDX 2.3.1
 * holds of it; its fields and descriptors are decoded from their places; the rule that is named
 * when it is not valid is broken there where the reason says; and in the bytes that are passed
 * over, no other entry begins. Input: an entry, then what is changed of it. */
#include "fuzz/harness.h"
#include "fuzz/input.h"
#include "replay/logentry.h"
#include "tests/support/naive_log.h"

enum { SEALED_MOST = 16 * LOG_SECTOR, LOG_BYTES = VX_MIB };

static struct image im;
static struct test_log ring_bytes = {.im = &im, .offset = IMAGE_LOG, .length = LOG_BYTES};
static enum vx_crc_kind crc_kind;

/* ---- the input ---- */

static uint64_t get(uint32_t pos, uint64_t at, unsigned width)
{
    return image_get(&im, log_at(&ring_bytes, pos + at), width);
}

static void choose_writes(struct fuzz_input *in, struct log_entry *entry)
{
    const unsigned count = fuzz_below(in, LOG_WRITES + 1);

    for (unsigned i = 0; i < count; i++) {
        const unsigned how = fuzz_byte(in);
        const bool is_odd = (how & 2) != 0;
        const uint64_t offset = fuzz_number(in);
        const uint64_t value = fuzz_number(in);

        entry->write[i] = (struct log_write){
            .kind = (how & 1) != 0 ? LOG_ZERO : LOG_DATA,
            .offset = is_odd ? offset : offset / LOG_SECTOR * LOG_SECTOR,
            .value = is_odd ? value : value / LOG_SECTOR * LOG_SECTOR,
        };
        if (entry->write[i].kind == LOG_DATA) {
            entry->write[i].value = value & 0xff; /* the pattern's number */
        }
    }
    if (count == 1 && entry->write[0].kind == LOG_ZERO && entry->write[0].offset < IMAGE_TIB) {
        entry->repeat = (fuzz_byte(in) & 3u) * 100; /* more than one sector of descriptors */
    }
}

static struct log_entry choose_entry(struct fuzz_input *in)
{
    const unsigned how = fuzz_byte(in);
    struct log_entry entry = {.sequence = 1 + fuzz_number(in) % UINT64_MAX};

    entry.pos =
        (how & 1) != 0 ? LOG_BYTES - LOG_SECTOR * (1 + (how >> 4)) : (how >> 4) * LOG_SECTOR;
    entry.tail = (how & 2) != 0 ? (uint32_t)(fuzz_number(in) & UINT32_MAX) : entry.pos;
    entry.is_foreign = (how & 12) == 12;
    entry.flushed = fuzz_number(in);
    entry.last = fuzz_number(in);
    choose_writes(in, &entry);
    return entry;
}

/* Some 4 or 8 bytes of the header, of a descriptor or at either end of a sector; or a signature. */
static void change(struct fuzz_input *in, uint32_t pos, unsigned what)
{
    static const char *const signature[] = {"loge", "desc", "zero", "data"};
    const uint64_t sector = fuzz_below(in, 8) * UINT64_C(4096);
    const unsigned field = fuzz_below(in, 16) * 4;
    uint64_t at = field;

    switch (what & 3) {
    case 1:
        at = E_DESCRIPTOR(UINT64_C(1) * fuzz_byte(in)) + field % 32;
        break;
    case 2:
        at = sector + ((what & 4) != 0 ? 4092 : field);
        break;
    case 3:
        image_put_bytes(&im, log_at(&ring_bytes, pos + sector), signature[what >> 3 & 3], 4);
        return;
    default:
        break;
    }
    image_put(&im, log_at(&ring_bytes, pos + at), (what & 8) != 0 && field < 4084 ? 8 : 4,
              fuzz_number(in));
}

static uint32_t make_entry(struct fuzz_input *in)
{
    const struct log_entry entry = choose_entry(in);
    const unsigned how = fuzz_byte(in);
    unsigned what;

    (void)log_put(&ring_bytes, &entry);
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        change(in, entry.pos, what);
    }
    if ((how & 7) != 7 && get(entry.pos, E_LENGTH) <= SEALED_MOST) {
        log_seal(&ring_bytes, entry.pos);
    }
    return entry.pos;
}

/* ---- the naive reading ---- */

static bool begins_with(uint32_t pos, uint64_t at, const char *signature)
{
    uint8_t bytes[4];

    image_get_bytes(&im, log_at(&ring_bytes, pos + at), bytes, sizeof(bytes));
    return memcmp(bytes, signature, sizeof(bytes)) == 0;
}

/* Does the descriptor at byte `at` of the entry break this rule? */
static bool breaks_descriptor(const struct vxr_entry *e, uint64_t at, enum vx_rule rule)
{
    const bool is_zero = begins_with(e->pos, at, "zero");
    const uint64_t length = is_zero ? get(e->pos, at + 8, 8) : LOG_SECTOR;
    const uint64_t offset = get(e->pos, at + 16, 8);

    switch ((unsigned)rule) {
    case VX_LGD_001:
        return !is_zero && !begins_with(e->pos, at, "desc");
    case VX_LGD_003:
        return length % LOG_SECTOR != 0;
    case VX_LGD_004:
        return offset % LOG_SECTOR != 0;
    case VX_LGD_005:
        return get(e->pos, at + 24, 8) != get(e->pos, E_SEQUENCE);
    default:
        return rule == VX_LGD_007 && length > UINT64_MAX - offset;
    }
}

/* Is there such a descriptor in the sector that the reason names? */
static bool has_bad_descriptor(const struct vxr_entry *e, uint64_t sector)
{
    for (uint64_t i = 0; i < get(e->pos, E_COUNT); i++) {
        const uint64_t at = E_DESCRIPTOR(i);

        if (at >= sector + LOG_SECTOR) {
            break;
        }
        if (at >= sector && breaks_descriptor(e, at, e->reason)) {
            return true;
        }
    }
    return false;
}

/* Sectors that the descriptors ask for, as far as they can be told apart. */
static uint64_t needed_bytes(const struct vxr_entry *e)
{
    const uint64_t count = get(e->pos, E_COUNT);
    uint64_t needed = (E_DESCRIPTOR(count) + LOG_SECTOR - 1) / LOG_SECTOR * LOG_SECTOR;

    for (uint64_t i = 0; i < count && i < LOG_BYTES / 32; i++) {
        needed += begins_with(e->pos, E_DESCRIPTOR(i), "desc") ? LOG_SECTOR : 0;
    }
    return needed;
}

/* Does the header break this rule? */
static bool breaks_header(const struct vxr_entry *e, enum vx_rule rule)
{
    const uint64_t length = get(e->pos, E_LENGTH);
    const uint64_t tail = get(e->pos, E_TAIL);
    uint8_t guid[16];

    switch ((unsigned)rule) {
    case VX_LGE_004:
        return length % LOG_SECTOR != 0;
    case VX_LGE_005:
        return length < LOG_SECTOR || length > LOG_BYTES;
    case VX_LGE_007:
        return tail % LOG_SECTOR != 0;
    case VX_LGE_008:
        return tail >= LOG_BYTES;
    case VX_LGE_010:
        return get(e->pos, E_SEQUENCE) == 0;
    case VX_LGE_011:
        return E_DESCRIPTOR(get(e->pos, E_COUNT)) > length;
    default:
        image_get_bytes(&im, log_at(&ring_bytes, e->pos + UINT64_C(32)), guid, sizeof(guid));
        return rule == VX_LGE_013 && memcmp(guid, LOG_GUID, sizeof(guid)) != 0;
    }
}

/* Is the reason's rule broken where it says? */
static bool is_broken(const struct vxr_entry *e)
{
    const uint64_t sector = (LOG_BYTES + UINT64_C(1) * e->reason_pos - e->pos) % LOG_BYTES;
    const uint64_t sequence = get(e->pos, E_SEQUENCE);

    switch ((unsigned)e->reason) {
    case VX_LGE_003:
        return get(e->pos, 4, 4) != log_checksum(&ring_bytes, e->pos, e->length);
    case VX_LGE_006:
        return get(e->pos, E_LENGTH) > needed_bytes(e);
    case VX_LGD_006:
        return get(e->pos, E_LENGTH) < needed_bytes(e);
    case VX_LGS_001:
        return !begins_with(e->pos, sector, "data");
    case VX_LGS_002:
        return get(e->pos, sector + 4, 4) != sequence >> 32;
    case VX_LGS_003:
        return get(e->pos, sector + 4092, 4) != (sequence & UINT32_MAX);
    default:
        return breaks_header(e, e->reason) || has_bad_descriptor(e, sector);
    }
}

/* ---- the claims ---- */

static void expect_fields(const struct vxr_entry *e)
{
    fuzz_must(e->length == get(e->pos, E_LENGTH) && e->tail == get(e->pos, E_TAIL) &&
                  e->sequence == get(e->pos, E_SEQUENCE) &&
                  e->descriptor_count == get(e->pos, E_COUNT) &&
                  e->reserved == get(e->pos, E_RESERVED) && e->checksum == get(e->pos, 4, 4) &&
                  e->flushed_file_offset == get(e->pos, fuzz_planted(1) ? 56 : 48, 8) &&
                  e->last_file_offset == get(e->pos, 56, 8),
              "each field of an entry is decoded from its place");
}

/* MS-VHDX 2.3.1.1 and 2.3.1.2, of an entry that is valid. */
static void expect_descriptors(const struct vxr_entry *e)
{
    uint64_t data = 0;

    for (uint32_t i = 0; i < e->descriptor_count; i++) {
        const uint64_t at = E_DESCRIPTOR(UINT64_C(1) * i);
        const bool is_zero = begins_with(e->pos, at, "zero");
        uint8_t sector[LOG_SECTOR];
        struct vxr_descriptor d;

        fuzz_must(UINT64_C(1) * vxr_descriptor_sector(i) * LOG_SECTOR + vxr_descriptor_pos(i) == at,
                  "descriptors lie one behind the other");
        image_get_bytes(&im, log_at(&ring_bytes, e->pos + at / LOG_SECTOR * LOG_SECTOR), sector,
                        sizeof(sector));
        vxr_descriptor_decode(sector, vxr_descriptor_pos(i), &d);
        fuzz_must(d.kind == (is_zero ? VXR_DESCRIPTOR_ZERO : VXR_DESCRIPTOR_DATA) &&
                      d.file_offset == get(e->pos, at + 16, 8) &&
                      d.length == (is_zero ? get(e->pos, at + 8, 8) : LOG_SECTOR) &&
                      d.sequence == e->sequence,
                  "each field of a descriptor is decoded from its place");
        data += is_zero && !fuzz_planted(2) ? 0 : 1;
    }
    fuzz_must(e->data_count == data, "data descriptors are counted");
    fuzz_must(e->length == (vxr_descriptor_sectors(e->descriptor_count) + data) * LOG_SECTOR,
              "an entry is as long as its descriptors ask for");
}

static void expect_nothing_passed(const struct vxr_entry *e)
{
    fuzz_must(e->resume_pos >= LOG_SECTOR && e->resume_pos % LOG_SECTOR == 0 &&
                  e->resume_pos <= LOG_BYTES,
              "the walk goes on at a sector");
    for (uint32_t at = LOG_SECTOR; at < e->resume_pos; at += LOG_SECTOR) {
        fuzz_must(!begins_with(e->pos, at, "loge"), "no entry begins in what is passed over");
    }
}

static void expect_entry(struct vxr_ring *ring, uint32_t pos)
{
    struct vx_guid guid;
    struct naive_entry naive;
    struct vxr_entry e;
    enum vx_status status;
    bool is_valid;

    memcpy(guid.byte, LOG_GUID, sizeof(guid.byte));
    status = vxr_entry_load(ring, pos, &guid, crc_kind, &e);
    is_valid = naive_entry(&ring_bytes, pos, &naive);
    fuzz_must(status == (begins_with(pos, 0, "loge") ? VX_OK : VX_STOP),
              "an entry begins exactly with its signature");
    fuzz_must(e.is_valid == (is_valid || (fuzz_planted(3) && e.reason == VX_LGS_003)),
              "an entry is valid exactly when each sentence about it holds");
    if (status != VX_OK) {
        return;
    }
    expect_fields(&e);
    expect_nothing_passed(&e);
    if (e.is_valid) {
        expect_descriptors(&e);
    } else {
        fuzz_must(!is_broken(&e) == (fuzz_planted(4) && e.reason == VX_LGD_007),
                  "the reason why an entry is not valid is one");
    }
}

/* The fuzzers say what it looks like. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    crc_kind = vx_crc32c_best(); /* asking a CPU takes longer than judging an entry */
    memcpy(ring_bytes.guid, LOG_GUID, sizeof(ring_bytes.guid));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vxr_ring ring;
    const struct vx_header header = {.log_offset = IMAGE_LOG, .log_length = LOG_BYTES};
    struct vx_source src;
    struct fuzz_input in;
    uint32_t pos;

    fuzz_input_init(&in, data, size);
    image_make_empty(&im, IMAGE_LOG + LOG_BYTES);
    pos = make_entry(&in);
    src = image_source(&im);
    vxr_ring_init(&ring, &src, &header);
    expect_entry(&ring, pos);
    expect_entry(&ring, vxr_ring_advance(&ring, pos, LOG_SECTOR));
    expect_entry(&ring, pos); /* from another window */
    image_free(&im);
    return 0;
}
