/* Block tables of what an input says, and the file they lie in. */
#include "fuzz/bat_model.h"

#include "corpus/image.h"
#include "corpus/little.h"
#include "fuzz/harness.h"
#include "replay/logentry.h"

enum { SECTOR = 4096, ENTRY = 8, RUBBISH = 0xee, DENSE_BYTES_MOST = 262144 };

#define DISK_MOST (64 * IMAGE_TIB)

/* ---- the geometry, and where everything lies ---- */

static void make_geometry(struct bat_model *m, struct fuzz_input *in)
{
    const unsigned how = fuzz_byte(in);
    const uint64_t block = IMAGE_MIB << fuzz_below(in, 9);
    const uint64_t sector = (how & 1) != 0 ? 4096 : 512;
    const uint64_t blocks = fuzz_number(in) % (DISK_MOST / block);
    const uint64_t tail = fuzz_number(in) % (block / sector) * sector;
    const uint64_t disk = blocks * block + tail;

    fuzz_must(vx_geometry_init(disk, block, sector, how >> 1 & 3, &m->geo),
              "a disk of the format has a geometry");
    m->knows_holes = (how & 8) == 0 || m->geo.bat_entries * ENTRY > DENSE_BYTES_MOST;
    m->grain = (how & 16) != 0 ? UINT64_C(8) << (how >> 5) : SECTOR;
}

static struct vx_region region(enum vx_object object, uint64_t offset, uint64_t length)
{
    return (struct vx_region){
        .object = object,
        .offset = offset,
        .length = (uint32_t)(length & UINT32_MAX),
    };
}

/* The table's region is as long as it must be, or longer or shorter; it lies behind the log and
 * inside the file. */
static void make_places(struct bat_model *m, struct fuzz_input *in)
{
    const unsigned how = fuzz_byte(in);
    const uint64_t needed = (m->geo.bat_entries * ENTRY / IMAGE_MIB + 1) * IMAGE_MIB;
    const uint64_t offset = (2 + UINT64_C(1) * fuzz_byte(in)) * IMAGE_MIB;
    const uint64_t odd = (how & 1) != 0 ? fuzz_number(in) % IMAGE_MIB : 0;
    const uint64_t short_by = (how & 2) != 0 ? fuzz_number(in) % needed : 0;
    const uint64_t file = fuzz_number(in);

    m->bat = (struct vx_region_place){
        .is_present = true,
        .is_usable = true,
        .offset = offset + odd,
        .length = needed - short_by,
    };
    m->region[0] = region(VX_OBJ_BAT_REGION, m->bat.offset, m->bat.length);
    m->region[1] = region(VX_OBJ_METADATA_REGION, fuzz_byte(in) * IMAGE_MIB, IMAGE_MIB);
    m->region[2] = region(VX_OBJ_REGION, fuzz_number(in), fuzz_number(in));
    m->size = m->bat.offset + m->bat.length;
    m->size = file < UINT64_MAX - m->size ? m->size + file : UINT64_MAX;
}

/* ---- the entries ---- */

static void set_slot(struct bat_model *m, uint64_t index, uint64_t raw)
{
    size_t at = 0;

    if (index >= m->bat.length / ENTRY) {
        return; /* behind the region */
    }
    while (at < m->slot_count && m->slot[at].index < index) {
        at++;
    }
    if (at < m->slot_count && m->slot[at].index == index) {
        m->slot[at].raw = raw != 0 ? raw : m->slot[at].raw;
    } else if (raw != 0 && m->slot_count < BAT_MODEL_SLOTS) {
        memmove(&m->slot[at + 1], &m->slot[at], (m->slot_count - at) * sizeof(m->slot[0]));
        m->slot[at] = (struct bat_slot){index, raw};
        m->slot_count++;
    }
}

/* A payload block's slot, a chunk's bitmap slot, or one near the end of the table. */
static uint64_t choose_slot(const struct bat_model *m, struct fuzz_input *in, unsigned what)
{
    const uint64_t number = fuzz_number(in);
    const uint64_t ratio = m->geo.chunk_ratio;
    const uint64_t slots = m->geo.bat_entries + 1;
    uint64_t chunk;

    switch (what & 3) {
    case 0:
        return number % slots;
    case 1:
        chunk = number % (m->geo.bitmap_blocks + 1);
        return chunk * (ratio + 1) + ratio;
    case 2: /* around a bitmap slot */
        chunk = number % (m->geo.bitmap_blocks + 1);
        return chunk * (ratio + 1) + ratio - fuzz_below(in, 4);
    default:
        return slots + (number & 7) - (slots < 4 ? 0 : 4);
    }
}

/* Anywhere, near the other objects, or near the end of the file. */
static uint64_t choose_mib(const struct bat_model *m, struct fuzz_input *in, unsigned what)
{
    const uint64_t number = fuzz_number(in);
    const uint64_t file_mib = m->size >> 20;

    if ((what & 8) != 0) {
        return number & ((UINT64_C(1) << 44) - 1);
    }
    if ((what & 16) != 0) {
        return file_mib > (number & 0x1ff) ? file_mib - (number & 0x1ff) : file_mib;
    }
    return number & 0xfff;
}

static void change(struct bat_model *m, struct fuzz_input *in, unsigned what)
{
    const uint64_t index = choose_slot(m, in, what);
    const unsigned how = fuzz_byte(in);
    const uint64_t step = fuzz_byte(in);
    const uint64_t reserved = (how & 8) != 0 ? (fuzz_number(in) & 0x1ffff) << 3 : 0;
    const unsigned times = 1 + (how >> 4) * 4;
    uint64_t mib = choose_mib(m, in, what);

    for (unsigned i = 0; i < times; i++) {
        set_slot(m, index + i, mib << 20 | reserved | (how & 7));
        mib = (mib + step) & ((UINT64_C(1) << 44) - 1);
    }
}

/* ---- the log ---- */

/* Let the sector that holds a slot, or some other sector of the table, come from the log. */
static void log_sector(struct bat_model *m, struct fuzz_input *in)
{
    const uint64_t number = fuzz_number(in);
    const uint64_t pos = m->slot_count > 0 && number < 128
                             ? m->slot[number % m->slot_count].index * ENTRY
                             : number % m->bat.length;
    const uint64_t offset = (m->bat.offset + pos) / SECTOR * SECTOR;

    for (size_t i = 0; i < m->sector_count; i++) {
        if (m->sector[i] == offset) {
            return;
        }
    }
    if (m->sector_count < BAT_MODEL_SECTORS) {
        m->sector[m->sector_count] = offset;
        m->sector_count++;
    }
}

/* The common part of two ranges, put from one buffer into the other. */
static void put(uint8_t *dst, uint64_t offset, size_t len, const uint8_t *from, uint64_t at,
                size_t count)
{
    const uint64_t begin = offset > at ? offset : at;
    const uint64_t end = offset + len < at + count ? offset + len : at + count;

    if (begin < end) {
        memcpy(dst + (begin - offset), from + (begin - at), (size_t)(end - begin));
    }
}

/* The first slot that ends behind this offset. */
static size_t first_slot(const struct bat_model *m, uint64_t offset)
{
    size_t low = 0;
    size_t high = m->slot_count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (m->bat.offset + m->slot[middle].index * ENTRY + ENTRY <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Bytes of the table as it is to be, zeros elsewhere. */
static void final_bytes(const struct bat_model *m, uint64_t offset, uint8_t *dst, size_t len)
{
    memset(dst, 0, len);
    for (size_t i = first_slot(m, offset); i < m->slot_count; i++) {
        const uint64_t at = m->bat.offset + m->slot[i].index * ENTRY;
        uint8_t raw[ENTRY];

        if (at >= offset + len) {
            break;
        }
        little_put(raw, ENTRY, m->slot[i].raw);
        put(dst, offset, len, raw, at, ENTRY);
    }
}

/* MS-VHDX 2.3.1.3 and 2.3.1.4: of each sector 8 bytes and 4 lie in its descriptor. */
static void fill_log(struct bat_model *m)
{
    memset(m->log, 0, sizeof(m->log));
    for (size_t i = 0; i < m->sector_count; i++) {
        uint8_t *descriptor = m->log + 64 + 32 * i;
        uint8_t *sector = m->log + SECTOR * (1 + i);

        final_bytes(m, m->sector[i], sector, SECTOR);
        memcpy(descriptor + 8, sector, 8);
        memcpy(descriptor + 4, sector + SECTOR - 4, 4);
        memset(sector, RUBBISH, 8);
        memset(sector + SECTOR - 4, RUBBISH, 4);
    }
}

void bat_model_replay(struct bat_model *m, struct vxr_overlay *overlay)
{
    fill_log(m);
    for (size_t i = 0; i < m->sector_count; i++) {
        const uint64_t begin = m->sector[i];
        const size_t slot = first_slot(m, begin);
        const bool is_zero =
            slot == m->slot_count || m->bat.offset + m->slot[slot].index * ENTRY >= begin + SECTOR;
        const struct vxr_segment record = {
            .begin = begin,
            .end = begin + SECTOR,
            .order = (uint32_t)(64 + 32 * i),
            .data_pos = is_zero ? VXR_NO_DATA : (uint32_t)(SECTOR * (1 + i)),
        };

        vxr_overlay_add(overlay, &record);
    }
    fuzz_must(vxr_overlay_build(overlay) == VX_OK, "the overlay has room");
}

/* ---- the file ---- */

static enum vx_status read_raw(void *ctx, uint64_t offset, uint8_t *dst, size_t len)
{
    const struct bat_model *m = ctx;
    uint8_t rubbish[SECTOR];

    final_bytes(m, offset, dst, len);
    memset(rubbish, RUBBISH, sizeof(rubbish));
    for (size_t i = 0; i < m->sector_count; i++) {
        put(dst, offset, len, rubbish, m->sector[i], SECTOR);
    }
    put(dst, offset, len, m->log, BAT_MODEL_LOG, sizeof(m->log));
    return VX_OK;
}

/* Let [begin, end) be the data that is found, if it is behind `offset` and before what was. */
static void offer(uint64_t offset, uint64_t begin, uint64_t end, struct vx_range *data)
{
    const uint64_t from = begin > offset ? begin : offset;

    if (end > offset && (data->begin == data->end || from < data->begin)) {
        *data = (struct vx_range){from, end};
    }
}

static enum vx_status next_data(void *ctx, uint64_t offset, struct vx_range *data)
{
    const struct bat_model *m = ctx;
    const size_t slot = first_slot(m, offset);

    *data = (struct vx_range){offset, offset};
    if (slot < m->slot_count) {
        const uint64_t at = m->bat.offset + m->slot[slot].index * ENTRY;
        const uint64_t end = at + ENTRY + m->grain - 1;

        offer(offset, at - at % m->grain, end - end % m->grain, data);
    }
    for (size_t i = 0; i < m->sector_count; i++) {
        offer(offset, m->sector[i], m->sector[i] + SECTOR, data);
    }
    offer(offset, BAT_MODEL_LOG, BAT_MODEL_LOG + sizeof(m->log), data);
    return VX_OK;
}

struct vx_source bat_model_raw(struct bat_model *m)
{
    return (struct vx_source){
        .read = read_raw,
        .next_data = m->knows_holes ? next_data : NULL,
        .ctx = m,
        .size = m->size,
    };
}

void bat_model_make(struct bat_model *m, struct fuzz_input *in)
{
    unsigned what;

    m->slot_count = 0;
    m->sector_count = 0;
    make_geometry(m, in);
    make_places(m, in);
    for (what = fuzz_byte(in); what != 0; what = fuzz_byte(in)) {
        if ((what & 224) == 224) {
            log_sector(m, in);
        } else {
            change(m, in, what);
        }
    }
}
