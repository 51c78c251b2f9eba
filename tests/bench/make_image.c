/* Writer of the images that are measured. Shares no line with the reader.
 *
 *   make_image full FILE         64 TiB in blocks of 1 MiB, BAT written out: as many blocks
 *                                present as the largest file here can hold, the rest ZERO
 *   make_image sparse FILE       the same disk, no block present, BAT one hole
 *   make_image small FILE SEED   1 GiB in blocks of 32 MiB, no block present
 *   make_image overlap FILE      in a full image, move the last present block onto the first
 *   make_image shuffled FILE     4 GiB in blocks of 1 MiB, every other one present and full of
 *                                noise, in random order in the file
 *   make_image long-log FILE     the small disk, dirty: a log of 256 MiB that is one sequence of
 *                                entries of 126 data descriptors
 *   make_image tiny-log FILE     likewise, of entries of one sector: one zero descriptor each
 *   make_image false-log FILE    likewise, but each sector begins an entry of 126 data descriptors
 *                                that the next sector belies
 *
 * The layout of all of them, in MiB: header section 0, log 1 (a long one lies behind the BAT),
 * metadata 2, BAT 3, then blocks. Spec: MS-VHDX 2.2 to 2.6. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    KIB = 1024,
    MIB = 1024 * KIB,
    MIB_SHIFT = 20,
    HEADER_BYTES = 4 * KIB,
    TABLE_BYTES = 64 * KIB,
    SECTOR_BYTES = 4 * KIB,
    DESCRIPTORS = 126, /* that fit in the first sector of a log entry */
    ENTRY_BYTES = (1 + DESCRIPTORS) * SECTOR_BYTES,
    LOG_MIB = 1,
    LONG_LOG_MIB = 256,
    METADATA_MIB = 2,
    BAT_MIB = 3,
    ITEMS_POS = 64 * KIB, /* in the metadata region */
    STATE_ZERO = 2,
    STATE_FULLY_PRESENT = 6,
    BATCH = 8192 /* entries written at once */
};

/* A disk and the table that describes it. */
struct disk {
    uint64_t bytes;
    uint64_t block_bytes;
    uint64_t blocks;
    uint64_t chunk_ratio; /* payload blocks to one sector bitmap entry */
    uint64_t entries;     /* of the BAT */
    uint64_t bat_mib;     /* of its region */
    uint64_t log_at_mib;
    uint64_t log_mib;
    bool is_dirty;
};

static const char *path;
static uint8_t buffer[MIB]; /* for whatever is written next */

static void fail(const char *what)
{
    fprintf(stderr, "make_image: %s: %s: %s\n", path, what, strerror(errno));
    exit(1);
}

static void write_at(int fd, const void *bytes, size_t len, uint64_t offset)
{
    errno = 0;
    if (pwrite(fd, bytes, len, (off_t)offset) != (ssize_t)len) {
        fail("cannot write");
    }
}

static void put(uint8_t *p, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        p[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t get(const uint8_t *p)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

/* Set the checksum at pos 4 of a structure of len bytes. */
static void seal(uint8_t *p, size_t len)
{
    static uint32_t after[256]; /* the register after one byte */
    uint32_t crc = UINT32_MAX;

    for (uint32_t byte = 0; after[255] == 0 && byte < 256; byte++) {
        after[byte] = byte;
        for (unsigned bit = 0; bit < 8; bit++) {
            after[byte] = after[byte] >> 1 ^ (UINT32_C(0x82f63b78) & (0 - (after[byte] & 1)));
        }
    }
    put(p + 4, 0, 4);
    for (size_t i = 0; i < len; i++) {
        crc = crc >> 8 ^ after[(crc ^ p[i]) & 0xff];
    }
    put(p + 4, ~crc, 4);
}

/* ---- headers, regions, metadata ---- */

static void write_headers(int fd, const struct disk *disk, uint8_t seed)
{
    memcpy(buffer, "vhdxfile", 8);
    write_at(fd, buffer, 8, 0);
    for (uint64_t copy = 0; copy < 2; copy++) {
        memset(buffer, 0, sizeof(buffer));
        memcpy(buffer, "head", 4);
        put(buffer + 8, copy + 1, 8); /* sequence number: the second is current */
        memset(buffer + 16, seed, 16);
        memset(buffer + 32, seed, 16);
        memset(buffer + 48, disk->is_dirty ? seed : 0, 16); /* LogGuid */
        put(buffer + 66, 1, 2);                             /* version */
        put(buffer + 68, disk->log_mib * MIB, 4);
        put(buffer + 72, disk->log_at_mib * MIB, 8);
        seal(buffer, HEADER_BYTES);
        write_at(fd, buffer, HEADER_BYTES, (copy + 1) * TABLE_BYTES);
    }
}

static void write_regions(int fd, const struct disk *disk)
{
    static const uint8_t bat[16] = {0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
                                    0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08};
    static const uint8_t metadata[16] = {0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
                                         0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e};

    memset(buffer, 0, sizeof(buffer));
    memcpy(buffer, "regi", 4);
    put(buffer + 8, 2, 4);
    memcpy(buffer + 16, bat, 16);
    put(buffer + 32, (uint64_t)BAT_MIB * MIB, 8);
    put(buffer + 40, disk->bat_mib * MIB, 4);
    put(buffer + 44, 1, 4); /* required */
    memcpy(buffer + 48, metadata, 16);
    put(buffer + 64, (uint64_t)METADATA_MIB * MIB, 8);
    put(buffer + 72, MIB, 4);
    put(buffer + 76, 1, 4);
    seal(buffer, TABLE_BYTES);
    write_at(fd, buffer, TABLE_BYTES, 3 * TABLE_BYTES);
    write_at(fd, buffer, TABLE_BYTES, 4 * TABLE_BYTES);
}

static void write_metadata(int fd, const struct disk *disk)
{
    const struct {
        uint8_t guid[16];
        uint64_t value;
        unsigned bytes;
        unsigned flags; /* 2: about the virtual disk, 4: required */
    } item[] = {
        {{0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d, 0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7,
          0x6b},
         disk->block_bytes,
         8,
         4},
        {{0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, 0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4,
          0xb8},
         disk->bytes,
         8,
         6},
        {{0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45, 0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7,
          0x46},
         1, /* the identity of the disk: any but zero */
         16,
         6},
        {{0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47, 0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab,
          0x5f},
         512,
         4,
         6},
        {{0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, 0x44, 0x9c, 0xc9, 0xe9, 0x88, 0x52, 0x51, 0xc5,
          0x56},
         4096,
         4,
         6},
    };
    const size_t count = sizeof(item) / sizeof(item[0]);
    uint8_t items[64] = {0};
    size_t pos = 0;

    memset(buffer, 0, sizeof(buffer));
    memcpy(buffer, "metadata", 8);
    put(buffer + 10, count, 2);
    for (size_t i = 0; i < count; i++) {
        uint8_t *entry = buffer + 32 * (i + 1);

        memcpy(entry, item[i].guid, 16);
        put(entry + 16, ITEMS_POS + pos, 4);
        put(entry + 20, item[i].bytes, 4);
        put(entry + 24, item[i].flags, 4);
        put(items + pos, item[i].value, item[i].bytes < 8 ? item[i].bytes : 8);
        pos += item[i].bytes;
    }
    write_at(fd, buffer, TABLE_BYTES, (uint64_t)METADATA_MIB * MIB);
    write_at(fd, items, sizeof(items), (uint64_t)METADATA_MIB * MIB + ITEMS_POS);
}

/* ---- the block allocation table ---- */

static struct disk make_disk(uint64_t bytes, uint64_t block_bytes)
{
    struct disk disk = {
        .bytes = bytes, .block_bytes = block_bytes, .log_at_mib = LOG_MIB, .log_mib = 1};

    disk.blocks = bytes / block_bytes;
    disk.chunk_ratio = (UINT64_C(512) << 23) / block_bytes;
    disk.entries = disk.blocks + (disk.blocks - 1) / disk.chunk_ratio;
    disk.bat_mib = disk.entries * 8 / MIB + 1;
    return disk;
}

/* File offset of the first block, in MiB. */
static uint64_t first_mib(const struct disk *disk)
{
    return BAT_MIB + disk->bat_mib;
}

/* The n-th place in shuffled order: a Feistel network over 2 * half_bits bits, walked until the
 * number falls below count. Every n below count gets another place. */
static uint64_t shuffle(uint64_t n, uint64_t count)
{
    unsigned half_bits = 1;
    uint64_t mask = 0;

    while (UINT64_C(1) << (2 * half_bits) < count) {
        half_bits++;
    }
    mask = (UINT64_C(1) << half_bits) - 1;
    do {
        for (uint64_t round = 1; round <= 4; round++) {
            uint64_t right = n & mask;
            uint64_t mixed = (right + round) * UINT64_C(0x9e3779b97f4a7c15);

            n = right << half_bits | ((n >> half_bits ^ mixed >> 40) & mask);
        }
    } while (n >= count);
    return n;
}

/* The largest file that this file system takes, up to limit, in MiB. Leaves the file that long. */
static uint64_t largest_mib(int fd, uint64_t limit)
{
    uint64_t good = 0;
    uint64_t bad = limit + 1;

    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;

        if (ftruncate(fd, (off_t)(middle << MIB_SHIFT)) == 0) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    if (ftruncate(fd, (off_t)(good << MIB_SHIFT)) != 0) {
        fail("cannot set the size");
    }
    return good;
}

/* Write the whole BAT region. `present` of the blocks, evenly spread, get a place each. */
static void write_bat(int fd, const struct disk *disk, uint64_t present)
{
    const uint64_t slots = disk->bat_mib * MIB / 8;
    uint64_t block = 0;
    uint64_t placed = 0;

    for (uint64_t first = 0; first < slots; first += BATCH) {
        memset(buffer, 0, BATCH * 8);
        for (uint64_t slot = first; slot < first + BATCH && slot < disk->entries; slot++) {
            uint64_t entry = STATE_ZERO;

            if ((slot + 1) % (disk->chunk_ratio + 1) == 0) {
                continue; /* a sector bitmap: none without a parent */
            }
            block++;
            if (block * present / disk->blocks > placed) {
                entry = (first_mib(disk) + shuffle(placed, present)) << MIB_SHIFT;
                entry |= STATE_FULLY_PRESENT;
                placed++;
            }
            put(buffer + 8 * (slot - first), entry, 8);
        }
        write_at(fd, buffer, BATCH * 8, (uint64_t)BAT_MIB * MIB + 8 * first);
    }
    printf("%llu of %llu blocks present\n", (unsigned long long)placed,
           (unsigned long long)disk->blocks);
}

/* Give the last present block the place of the first. */
static void overlap(int fd, const struct disk *disk)
{
    uint8_t first[8] = {0};
    uint8_t entry[8] = {0};
    uint64_t slot = 0;

    for (slot = 0; slot < disk->entries && first[0] != STATE_FULLY_PRESENT; slot++) {
        if (pread(fd, first, 8, (off_t)(BAT_MIB * (uint64_t)MIB + 8 * slot)) != 8) {
            fail("cannot read");
        }
    }
    for (slot = disk->entries; slot > 0 && get(entry) % 8 != STATE_FULLY_PRESENT;) {
        slot--;
        if (pread(fd, entry, 8, (off_t)(BAT_MIB * (uint64_t)MIB + 8 * slot)) != 8) {
            fail("cannot read");
        }
    }
    write_at(fd, first, 8, (uint64_t)BAT_MIB * MIB + 8 * slot);
}

/* ---- blocks ---- */

/* Fill `count` blocks with bytes that hold no zeros worth mentioning. */
static void write_noise(int fd, const struct disk *disk, uint64_t count)
{
    uint64_t noise = 1;

    for (uint64_t mib = 0; mib < count; mib++) {
        for (size_t i = 0; i < MIB; i += 8) {
            noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            put(buffer + i, noise, 8);
        }
        write_at(fd, buffer, MIB, (first_mib(disk) + mib) << MIB_SHIFT);
    }
}

/* ---- the log ---- */

/* Put an entry with `count` descriptors, a sector each: of data, with the sectors behind, or of
 * zeros. They go through the BAT in turn, and leave it as it is. */
static void put_entry(const struct disk *disk, uint64_t sequence, unsigned count, bool is_data)
{
    const uint64_t bat_sectors = disk->bat_mib * MIB / SECTOR_BYTES;
    const size_t len = SECTOR_BYTES * (1 + (is_data ? (size_t)count : 0));

    memset(buffer, 0, len);
    memcpy(buffer, "loge", 4);
    put(buffer + 8, len, 4);
    put(buffer + 12, 0, 4); /* Tail: the sequence begins where the log does */
    put(buffer + 16, sequence, 8);
    put(buffer + 24, count, 4);
    memset(buffer + 32, 1, 16); /* LogGuid */
    put(buffer + 48, (disk->log_at_mib + disk->log_mib) * MIB, 8);
    put(buffer + 56, (disk->log_at_mib + disk->log_mib) * MIB, 8);
    for (size_t i = 0; i < count; i++) {
        uint8_t *descriptor = buffer + 64 + 32 * i;
        uint8_t *data = buffer + SECTOR_BYTES * (1 + i);
        const uint64_t target = (sequence * count + i) % bat_sectors;

        memcpy(descriptor, is_data ? "desc" : "zero", 4);
        put(descriptor + 8, is_data ? 0 : SECTOR_BYTES, 8);
        put(descriptor + 16, (uint64_t)BAT_MIB * MIB + SECTOR_BYTES * target, 8);
        put(descriptor + 24, sequence, 8);
        if (is_data) {
            memcpy(data, "data", 4);
            put(data + 4, sequence >> 32, 4);
            put(data + SECTOR_BYTES - 4, sequence, 4);
        }
    }
}

/* Fill the log with such entries. Of each, the first `keep` bytes are written and checksummed. */
static void write_log(int fd, const struct disk *disk, unsigned count, bool is_data, size_t keep)
{
    const uint64_t end = disk->log_mib * MIB;
    uint64_t sequence = 1;

    for (uint64_t pos = 0; pos + keep <= end; pos += keep) {
        put_entry(disk, sequence++, count, is_data);
        seal(buffer, keep);
        write_at(fd, buffer, keep, disk->log_at_mib * MIB + pos);
    }
}

/* ---- images ---- */

enum kind { FULL, SPARSE, SMALL, OVERLAP, SHUFFLED, LONG_LOG, TINY_LOG, FALSE_LOG, KINDS };

static const char *const KIND[KINDS] = {"full",     "sparse",   "small",    "overlap",
                                        "shuffled", "long-log", "tiny-log", "false-log"};

static struct disk disk_of(enum kind kind)
{
    struct disk disk;

    if (kind == SHUFFLED) {
        return make_disk(UINT64_C(4) << 30, MIB);
    }
    if (kind == FULL || kind == SPARSE || kind == OVERLAP) {
        return make_disk(UINT64_C(64) << 40, MIB);
    }
    disk = make_disk(UINT64_C(1) << 30, 32 * MIB);
    if (kind != SMALL) {
        disk.is_dirty = true;
        disk.log_at_mib = first_mib(&disk);
        disk.log_mib = LONG_LOG_MIB;
    }
    return disk;
}

static void make(int fd, enum kind kind, const struct disk *disk, uint8_t seed)
{
    uint64_t present = kind == SHUFFLED ? disk->blocks / 2 : 0;
    uint64_t size = first_mib(disk) + present + (disk->is_dirty ? disk->log_mib : 0);

    if (kind == FULL) {
        size = largest_mib(fd, first_mib(disk) + disk->blocks);
        if (size < first_mib(disk)) {
            errno = EFBIG;
            fail("the table does not fit");
        }
        present = size - first_mib(disk);
    } else if (ftruncate(fd, (off_t)(size << MIB_SHIFT)) != 0) {
        fail("cannot set the size");
    }
    write_headers(fd, disk, seed);
    write_regions(fd, disk);
    write_metadata(fd, disk);
    if (present > 0) {
        write_bat(fd, disk, present);
    }
    if (kind == SHUFFLED) {
        write_noise(fd, disk, present);
    } else if (kind == LONG_LOG) {
        write_log(fd, disk, DESCRIPTORS, true, ENTRY_BYTES);
    } else if (kind == TINY_LOG) {
        write_log(fd, disk, 1, false, SECTOR_BYTES);
    } else if (kind == FALSE_LOG) {
        write_log(fd, disk, DESCRIPTORS, true, SECTOR_BYTES);
    }
}

int main(int argc, char **argv)
{
    enum kind kind = 0;
    struct disk disk;
    int fd = -1;

    while (kind < KINDS && (argc < 3 || strcmp(argv[1], KIND[kind]) != 0)) {
        kind++;
    }
    if (kind == KINDS) {
        fprintf(stderr, "usage: make_image KIND FILE [SEED]\n");
        return 2;
    }
    disk = disk_of(kind);
    path = argv[2];
    (void)signal(SIGXFSZ, SIG_IGN); /* so that a limit on file sizes is an error to react to */
    fd = open(path, kind == OVERLAP ? O_RDWR : O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) {
        fail("cannot open");
    }
    if (kind == OVERLAP) {
        overlap(fd, &disk);
    } else {
        make(fd, kind, &disk, (uint8_t)(argc > 3 ? strtoul(argv[3], NULL, 10) % 255 + 1 : 1));
    }
    return close(fd) == 0 ? 0 : 1;
}
