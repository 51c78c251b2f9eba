/* One log entry: positions of descriptors, decoding, and the walk. */
#include "corpus/logbuild.h"
#include "replay/logentry.h"
#include "tests/support/fault_source.h"
#include "tests/support/unit.h"

static void test_descriptor_places__any_index__behind_one_another(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300000; i++) {
        assert_int_equal((uint64_t)vxr_descriptor_sector(i) * 4096 + vxr_descriptor_pos(i),
                         64 + UINT64_C(32) * i);
    }
    assert_int_equal(vxr_descriptor_sector(UINT32_MAX), 33554432);
    assert_int_equal(vxr_descriptor_pos(UINT32_MAX), 32);
}

static void test_descriptor_sectors__around_the_limits__rounded_up(void **state)
{
    static const uint32_t row[][2] = {{0, 1},
                                      {1, 1},
                                      {125, 1},
                                      {126, 1},
                                      {127, 2},
                                      {254, 2},
                                      {255, 3},
                                      {382, 3},
                                      {383, 4},
                                      {UINT32_MAX, 33554433},
                                      {UINT32_MAX - 1, 33554432},
                                      {UINT32_MAX - 129, 33554431}};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(row); i++) {
        assert_int_equal(vxr_descriptor_sectors(row[i][0]),
                         (64 + UINT64_C(32) * row[i][0] + 4095) / 4096);
        assert_int_equal(vxr_descriptor_sectors(row[i][0]), row[i][1]);
    }
}

static void test_entry_decode__every_field__from_its_own_bytes(void **state)
{
    uint8_t sector[4096];
    struct vxr_entry e;

    (void)state;
    for (unsigned i = 0; i < sizeof(sector); i++) {
        sector[i] = (uint8_t)(i & 0xff);
    }
    vxr_entry_decode(sector, 8192, &e);
    assert_int_equal(e.pos, 8192);
    assert_int_equal(e.checksum, 0x07060504);
    assert_int_equal(e.length, 0x0b0a0908);
    assert_int_equal(e.tail, 0x0f0e0d0c);
    assert_int_equal(e.sequence, UINT64_C(0x1716151413121110));
    assert_int_equal(e.descriptor_count, 0x1b1a1918);
    assert_int_equal(e.reserved, 0x1f1e1d1c);
    assert_memory_equal(e.log_guid.byte, sector + 32, 16);
    assert_int_equal(e.flushed_file_offset, UINT64_C(0x3736353433323130));
    assert_int_equal(e.last_file_offset, UINT64_C(0x3f3e3d3c3b3a3938));
    assert_false(e.is_valid);
}

static void test_descriptor_decode__both_kinds__from_their_own_bytes(void **state)
{
    uint8_t sector[4096] = {0};
    struct vxr_descriptor d;

    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        sector[4064 + i] = (uint8_t)(0x40 + i);
    }
    vxr_descriptor_decode(sector, 4064, &d);
    assert_int_equal(d.kind, VXR_DESCRIPTOR_BAD);
    memcpy(sector + 4064, "zero", 4);
    vxr_descriptor_decode(sector, 4064, &d);
    assert_int_equal(d.kind, VXR_DESCRIPTOR_ZERO);
    assert_int_equal(d.reserved, 0x47464544);
    assert_int_equal(d.length, UINT64_C(0x4f4e4d4c4b4a4948));
    assert_int_equal(d.file_offset, UINT64_C(0x5756555453525150));
    assert_int_equal(d.sequence, UINT64_C(0x5f5e5d5c5b5a5958));
    memcpy(sector + 4064, "desc", 4);
    vxr_descriptor_decode(sector, 4064, &d);
    assert_int_equal(d.kind, VXR_DESCRIPTOR_DATA);
    assert_int_equal(d.reserved, 0);
    assert_int_equal(d.length, 4096);
    assert_int_equal(d.file_offset, UINT64_C(0x5756555453525150));
    memcpy(sector, "zero", 4);
    vxr_descriptor_decode(sector, 4065, &d); /* would not fit: taken from the start */
    assert_int_equal(d.kind, VXR_DESCRIPTOR_ZERO);
}

/* Where an entry breaks, which sector is to blame and where the next one may begin. */
struct walk_case {
    const char *name;
    uint32_t pos;
    uint32_t sector; /* of the entry, changed at... */
    uint32_t at;
    bool is_sealed;
    enum vx_rule reason;
    uint32_t reason_sector;
    uint32_t resume;
};

static const struct walk_case WALK[] = {
    {"sound", 0, 0, 28, true, VX_RULE_COUNT, 0, 5 * 4096},
    {"sound over the end", VX_MIB - 8192, 0, 28, true, VX_RULE_COUNT, 0, 5 * 4096},
    {"header only", 0, 0, 32, true, VX_LGE_013, 0, 4096},
    {"first descriptor", 0, 0, 64, true, VX_LGD_001, 0, 4096},
    {"a descriptor in the second sector", 0, 1, 0, true, VX_LGD_001, 1, 4096},
    {"the last descriptor", 0, 1, 31, true, VX_LGD_005, 1, 4096},
    {"first data sector", 0, 2, 3, true, VX_LGS_001, 2, 2 * 4096},
    {"last data sector", 0, 4, 4092, true, VX_LGS_003, 4, 4 * 4096},
    {"last data sector, over the end", VX_MIB - 8192, 4, 4092, true, VX_LGS_003, 4, 4 * 4096},
    {"checksum only", 0, 4, 100, false, VX_LGE_003, 0, 5 * 4096},
    {"unused descriptor bytes", 0, 1, 64, true, VX_RULE_COUNT, 0, 5 * 4096},
    {"unused descriptor bytes, torn", 0, 1, 64, false, VX_LGE_003, 0, 5 * 4096},
};

static void make(const struct walk_case *row, struct image *im, struct test_log *log)
{
    struct log_entry entry = {.pos = row->pos,
                              .sequence = UINT64_C(0x500000006),
                              .repeat = 127,
                              .write = {{LOG_ZERO, 5 * IMAGE_MIB, 4096}}};
    static const uint8_t zeros[4096];

    image_make_empty(im, 2 * IMAGE_MIB);
    *log = (struct test_log){.im = im, .offset = IMAGE_MIB, .length = VX_MIB};
    (void)log_put(log, &entry);
    for (uint32_t i = 0; i < 3; i++) { /* the last three of them become data */
        const uint32_t d = E_DESCRIPTOR(124 + i);
        const uint64_t data = log_at(log, row->pos + (2 + i) * UINT64_C(4096));

        image_put_bytes(im, data, zeros, sizeof(zeros));
        image_put_bytes(im, data, "data", 4);
        image_put(im, data + 4, 4, 5);
        image_put(im, data + 4092, 4, 6);
        image_put_bytes(im, log_at(log, row->pos + d), "desc", 4);
    }
    log_poke(log, row->pos, E_LENGTH, 5 * 4096);
    log_seal(log, row->pos);
}

static void test_entry_load__broken_anywhere__names_rule_and_sector(void **state)
{
    static struct vxr_ring ring;
    const struct vx_header header = {.log_offset = IMAGE_MIB, .log_length = VX_MIB};
    const struct vx_guid guid = vx_guid_load(LOG_GUID);

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(WALK); i++) {
        const struct walk_case *row = &WALK[i];
        struct image im;
        struct test_log log;
        struct vx_source raw;
        struct vxr_entry e;
        uint64_t at;

        make(row, &im, &log);
        at = log_at(&log, row->pos + row->sector * UINT64_C(4096)) + row->at;
        image_put(&im, at, 1, image_get(&im, at, 1) ^ 0x20);
        if (row->is_sealed) {
            log_seal(&log, row->pos);
        }
        raw = image_source(&im);
        vxr_ring_init(&ring, &raw, &header);
        assert_int_equal(vxr_entry_load(&ring, row->pos, &guid, VX_CRC_PORTABLE, &e), VX_OK);
        if (e.reason != row->reason || e.resume_pos != row->resume ||
            e.reason_pos != (row->pos + row->reason_sector * 4096) % VX_MIB ||
            e.is_valid != (row->reason == VX_RULE_COUNT)) {
            fail_msg("row \"%s\": rule %d at %u, resume at %u", row->name, (int)e.reason,
                     e.reason_pos, e.resume_pos);
        }
        image_free(&im);
    }
}

static void test_entry_load__no_entry_or_unreadable__says_which(void **state)
{
    static struct vxr_ring ring;
    const struct vx_header header = {.log_offset = IMAGE_MIB, .log_length = VX_MIB};
    const struct vx_guid guid = vx_guid_load(LOG_GUID);
    struct image im;
    struct test_log log;
    struct vx_source inner;
    struct vx_source raw;
    struct fault_source fault;
    struct vxr_entry e;

    (void)state;
    make(&WALK[1], &im, &log);
    inner = image_source(&im);
    fault_source_init(&fault, &inner);
    raw = fault_source(&fault);
    vxr_ring_init(&ring, &raw, &header);
    assert_int_equal(vxr_entry_load(&ring, 4096, &guid, VX_CRC_PORTABLE, &e), VX_STOP);
    assert_int_equal(e.resume_pos, 4096);
    for (uint32_t bad = 0; bad < 5; bad++) {
        const uint64_t at = log_at(&log, WALK[1].pos + bad * UINT64_C(4096));

        fault.kind = FAULT_FAIL_RANGE;
        fault.bad = (struct vx_range){at, at + 1};
        vxr_ring_init(&ring, &raw, &header);
        assert_int_equal(vxr_entry_load(&ring, WALK[1].pos, &guid, VX_CRC_PORTABLE, &e), VX_E_IO);
        assert_int_equal(vxr_ring_offset(&ring, e.reason_pos), at);
        assert_int_equal(e.resume_pos, (bad + 1) * 4096);
        assert_false(e.is_valid);
    }
    image_free(&im);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptor_places__any_index__behind_one_another),
        cmocka_unit_test(test_descriptor_sectors__around_the_limits__rounded_up),
        cmocka_unit_test(test_entry_decode__every_field__from_its_own_bytes),
        cmocka_unit_test(test_descriptor_decode__both_kinds__from_their_own_bytes),
        cmocka_unit_test(test_entry_load__broken_anywhere__names_rule_and_sector),
        cmocka_unit_test(test_entry_load__no_entry_or_unreadable__says_which),
    };

    return cmocka_run_group_tests_name("logentry", tests, NULL, NULL);
}
