/* The recipe language: what each command does to the bytes, each error with its file and line, and
 * texts that nobody meant. Spec: corpus/README.md. */
#include "corpus/recipe.h"
#include "corpus/recipe_words.h"
#include "tests/support/unit.h"

#include <stdio.h>

#define HEAD "title a test\ncreate dynamic\n" /* lines 1 and 2 */

static struct recipe r;

static void read_good(const char *text)
{
    if (!recipe_read(&r, "t", text, strlen(text))) {
        fail_msg("%s", r.error);
    }
}

/* Some bytes of an image made so. */
struct effect {
    const char *text; /* behind HEAD */
    uint64_t offset;
    unsigned width;
    uint64_t value;
};

/* clang-format off */
static const struct effect EFFECTS[] = {
    /* set: every place */
    {"set id.signature \"other\"", 0, 8, UINT64_C(0x000000726568746f)},
    {"set id.creator \"ab\"", 8, 8, 0x00620061},
    {"set id.creator u\"ab\"", 8, 8, 0x00620061},
    {"set header.1.sequence 7", 0x10008, 8, 7},
    {"set header.2.log-version 7", 0x20040, 2, 7},
    {"set headers.version 7", 0x10042, 2, 7},
    {"set headers.version 7", 0x20042, 2, 7},
    {"set @headers.log-offset 7", 0x20048, 8, 7},
    {"set header.1.data-write-guid f0f1f2f3-0102-0304-0506-0708090a0b0c", 0x10020, 8,
     UINT64_C(0x03040102f0f1f2f3)},
    {"set header.1.data-write-guid f0f1f2f3-0102-0304-0506-0708090a0b0c", 0x10028, 8,
     UINT64_C(0x0c0b0a0908070605)},
    {"set header.1.log-guid log", 0x10030, 8, UINT64_C(0x1716151413121110)},
    {"set table.1.count 3", 0x30008, 4, 3},
    {"set tables.reserved 3", 0x4000c, 4, 3},
    {"set region.bat.length 3", 0x30028, 4, 3},
    {"set region.1.required 3", 0x4004c, 4, 3},
    {"set table.2.region.metadata.offset 3", 0x40040, 8, 3},
    {"set table.2.region.metadata.offset 3", 0x30040, 8, 0x200000},
    {"set region.0.guid zero", 0x30010, 8, 0},
    {"set metadata.count 9", 0x20000a, 2, 9},
    {"set item.disk-size.flags 9", 0x200058, 4, 9},
    {"set item.7.reserved 9", 0x20011c, 4, 9},
    {"set value.file-parameters.block-size 9", 0x210000, 4, 9},
    {"set value.disk-size.size 2^64-1", 0x210040, 8, UINT64_MAX},
    {"set value.disk-id.id zero", 0x210080, 8, 0},
    {"set value.physical-sector.size 9", 0x210100, 4, 9},
    {"set value.locator.count 9", 0x210152, 2, 9},
    {"set bat.3.raw 9", 0x300018, 8, 9},
    {"set bat.raw 9", 0x300000, 8, 9},
    {"set block.4095.raw 9", 0x300000 + 8 * 4095, 8, 9},
    {"set block.4096.raw 9", 0x300000 + 8 * 4097, 8, 9},
    {"set bitmap.0.raw 9", 0x300000 + 8 * 4096, 8, 9},
    {"set block.1.mib 5\nset block.1.state partial\nset block.1.reserved 1", 0x300008, 8,
     5 * IMAGE_MIB + 15},
    {"set block.1.raw 2^64-1\nset block.1.state 2", 0x300008, 8, UINT64_MAX - 5},
    {"set log.2.tail 5", 0x10200c, 4, 5},
    /* put, with sums of places */
    {"put 1 2 0x1234", 1, 2, 0x1234},
    {"put @bat+8 8 @metadata+1", 0x300008, 8, 0x200001},
    {"put bat+8 1 255", 0x300008, 1, 255},
    {"put headers+100 1 5", 0x10064, 1, 5},
    {"put headers+100 1 5", 0x20064, 1, 5},
    {"put free 4 1K+1", 0x400000, 4, 1025},
    {"put @item.disk-size-4 4 77", 0x20003c, 4, 77},
    {"put 0 8 3^5+2T-1G+4M", 0, 8, 243 + 2 * IMAGE_TIB - IMAGE_GIB + 4 * IMAGE_MIB},
    {"put 0 8 0-1+2^64-1+1-4+3", 0, 8, UINT64_MAX - 1},
    {"put 0 2 1 times=3 step=8 by=5", 16, 2, 11},
    {"put 0 2 1 times=3", 4, 2, 1},
    /* bytes, fill, copy, swap */
    {"bytes 5 0102 \"AB\" u\"C\"", 5, 6, UINT64_C(0x004342410201)},
    {"bytes 5 \"a # b\"", 5, 5, UINT64_C(0x6220232061)},
    {"fill 4096 3 0xee", 4096, 4, 0x00eeeeee},
    {"fill 4097 4096 pattern=0x01020304", 4097, 4, 0x01020304},
    {"fill 4097 8192 pattern=0x01020304", 4097 + 4096, 4, 0x01020305},
    {"fill 0 64T 0", 0x10000, 4, 0},
    {"copy id 4096 8", 4096, 8, UINT64_C(0x656c696678646876)},
    {"copy region.bat region.2 32", 0x30060, 8, 0x300000},
    {"copy region.bat region.2 32", 0x40060, 8, 0x300000},
    {"swap region.bat region.metadata 32", 0x40020, 8, 0x200000},
    {"swap region.bat region.metadata 32", 0x40040, 8, 0x300000},
    /* entries of tables */
    {"region foreign at=5M length=1M", 0x30008, 4, 3},
    {"region foreign at=5M length=1M required=7", 0x4006c, 4, 7},
    {"region foreign at=5M length=2M", 0x30068, 4, 2 * VX_MIB},
    {"item chs at=128K length=8 flags=6", 0x2000d8, 4, 6},
    {"item foreign at=128K length=8 times=3", 0x20000a, 2, 8},
    {"item foreign at=128K length=8 times=3", 0x200110, 4, 0x20010 - 0},
    {"item foreign at=128K length=8 times=3", 0x200100, 4, 0xf3f2f1f2},
    {"block 3 present at=7M", 0x300018, 8, 7 * IMAGE_MIB + 6},
    {"block 3 present at=7M times=2", 0x300020, 8, 8 * IMAGE_MIB + 6},
    {"block 3 zero times=2", 0x300020, 8, 2},
    {"block 4095 unmapped at=@free times=2", 0x308008, 8, 5 * IMAGE_MIB + 3},
    {"bitmap 0 present at=9M", 0x308000, 8, 9 * IMAGE_MIB + 6},
    /* the log */
    {"log", 0x10030, 8, UINT64_C(0x1716151413121110)},
    {"log at=8M length=8K", 0x20048, 8, 8 * IMAGE_MIB},
    {"log at=8M length=8K", 0x20044, 4, 8192},
    {"log\nentry sequence=5", 0x100010, 8, 5},
    {"log\nentry sequence=5\nentry sequence=6 tail=4K flushed=7 last=8", 0x10100c, 4, 4096},
    {"log\nentry sequence=5\nentry sequence=6 tail=4K flushed=7 last=8", 0x101030, 8, 7},
    {"log\nentry sequence=5\nentry sequence=6 tail=4K flushed=7 last=8", 0x101038, 8, 8},
    {"log\nentry sequence=5 at=8K foreign", 0x102020, 8, UINT64_C(0xf7f6f5f4f3f2f1f0)},
    {"log\nentry sequence=5\ndata 4M 77", 0x100050, 8, 4 * IMAGE_MIB},
    {"log\nentry sequence=5\ndata 4M 77", 0x100048, 4, 77},
    {"log\nentry sequence=5\ndata 4M 77 times=3", 0x100018, 4, 3},
    {"log\nentry sequence=5\ndata 4M 77 times=3", 0x100090, 8, 4 * IMAGE_MIB + 8192},
    {"log\nentry sequence=5\nzero 4M 8K times=2", 0x100070, 8, 4 * IMAGE_MIB + 8192},
    {"log\nentry sequence=5\nzero 4M 8K", 0x100048, 8, 8192},
    {"log\nentry sequence=5 times=2\ndata 4M 77", 0x102010, 8, 6},
    {"log\nentry sequence=5 times=2\ndata 4M 77", 0x102050, 8, 4 * IMAGE_MIB + 4096},
    {"log\nentry sequence=5 times=2\ndata 4M 77", 0x102048, 4, 78},
    {"log\nentry sequence=5\ndata 4M 7\nset sector.1.0.sequence-low 9", 0x101ffc, 4, 9},
    {"log\nentry sequence=5\ndata 4M 7 times=2\nset descriptor.1.1.offset 9", 0x100070, 8, 9},
    {"log\nentry sequence=5\ndata 4M 7 times=127\nset sector.1.0.signature 9", 0x102000, 4, 9},
    {"log\nentry sequence=5 at=1020K\ndata 4M 7 times=2\nset sector.1.1.signature 9", 0x101000, 4,
     9},
    {"log\nentry sequence=5\nentry sequence=6\nset entry.2.sequence 9", 0x101010, 8, 9},
    /* the write path */
    {"write 0 4K pattern=0x01020304", 0x400000, 4, 0x01020304},
    {"write 0 4K pattern=1\napply", 0x300000, 8, 4 * IMAGE_MIB + 6},
    {"write 0 4K pattern=1\ndiscard 0 1M zero\napply", 0x300000, 3, 2},
    {"write 0 4K pattern=1\ncommit\nset block.0.raw 9", 0x300000, 8, 9},
};
/* clang-format on */

static void test_recipe_read__each_command__changes_its_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(EFFECTS); i++) {
        const struct effect *e = &EFFECTS[i];
        char text[512];

        (void)snprintf(text, sizeof(text), "%s%s\n", HEAD, e->text);
        read_good(text);
        if (image_get(&r.im, e->offset, e->width) != e->value) {
            fail_msg("%s: 0x%" PRIx64 " at 0x%" PRIx64, e->text,
                     image_get(&r.im, e->offset, e->width), e->offset);
        }
        recipe_free(&r);
    }
}

/* ---- create ---- */

static void test_recipe_read__create_with_everything__is_as_the_builder(void **state)
{
    static const char text[] = "title t\ncreate differencing disk=5G block=32M sector=4K "
                               "physical=512 log=2M state=partial\n";
    struct image want;

    (void)state;
    image_make(&want, &(struct image_spec){.type = IMAGE_DIFFERENCING,
                                           .disk_bytes = 5 * IMAGE_GIB,
                                           .block_bytes = 32 * VX_MIB,
                                           .sector_bytes = 4096,
                                           .physical_bytes = 512,
                                           .log_bytes = 2 * VX_MIB,
                                           .state = 7});
    read_good(text);
    assert_int_equal(r.im.size, want.size);
    assert_int_equal(r.im.bytes.count, want.bytes.count);
    for (size_t i = 0; i < want.bytes.count; i++) {
        assert_int_equal(r.im.bytes.chunk[i].number, want.bytes.chunk[i].number);
        assert_memory_equal(r.im.bytes.chunk[i].bytes, want.bytes.chunk[i].bytes,
                            SPARSE_CHUNK_BYTES);
    }
    assert_int_equal(r.im.log_offset, 4 * IMAGE_MIB);
    assert_int_equal(r.im.blocks, 6 * IMAGE_MIB);
    assert_int_equal(recipe_disk_bytes(&r), 5 * IMAGE_GIB);
    image_free(&want);
    recipe_free(&r);
}

static void test_recipe_read__sizes__cut_and_extend(void **state)
{
    (void)state;
    read_good("title t\nempty 5000\nfill 0 9000 7\nsize 4097\nsize 2^62\n");
    assert_int_equal(r.im.size, UINT64_C(1) << 62);
    assert_int_equal(image_get(&r.im, 4096, 2), 7);
    assert_int_equal(recipe_disk_bytes(&r), 0);
    recipe_free(&r);
    read_good(HEAD "log at=8M\n");
    assert_int_equal(r.im.size, 9 * IMAGE_MIB);
    recipe_free(&r);
}

/* ---- checksums ---- */

static uint64_t field_after(const char *change, const char *what, uint64_t at)
{
    char text[512];
    uint64_t value;

    (void)snprintf(text, sizeof(text), HEAD "log\nentry sequence=5\n%s\n%s\n", change, what);
    read_good(text);
    value = image_get(&r.im, at, 4);
    recipe_free(&r);
    return value;
}

static void test_recipe_read__unsealed__leaves_those_checksums(void **state)
{
    static const struct {
        const char *change;
        const char *unsealed; /* leaves it */
        const char *other;    /* does not */
        uint64_t at;          /* of the checksum */
    } rows[] = {
        {"set headers.version 7", "unsealed headers", "unsealed tables log", 0x10004},
        {"set tables.reserved 7", "unsealed tables", "unsealed headers log", 0x40004},
        {"set entry.1.reserved 7", "unsealed log", "unsealed headers tables", 0x100004},
        {"set entry.1.reserved 7", "unsealed all", "", 0x100004},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        const uint64_t before = field_after("", "", rows[i].at);

        assert_int_equal(field_after(rows[i].change, rows[i].unsealed, rows[i].at), before);
        assert_int_not_equal(field_after(rows[i].change, rows[i].other, rows[i].at), before);
    }
}

static void test_recipe_read__lengths_that_no_entry_has__are_not_sealed(void **state)
{
    (void)state;
    read_good(HEAD "log\nentry sequence=5\nset entry.1.length 2^32-1\n");
    recipe_free(&r);
}

/* ---- title, rules, content ---- */

static void test_recipe_read__title_and_rules__are_kept(void **state)
{
    (void)state;
    read_good("# a comment\n\ntitle it's \"odd\"   # so\nfires HDR-002 HDR-005\n"
              "\tmisses HDR-003\r\nempty 0");
    assert_string_equal(r.title, "it's \"odd\"");
    assert_true(r.fires[VX_HDR_002] && r.fires[VX_HDR_005] && r.misses[VX_HDR_003]);
    assert_false(r.fires[VX_HDR_003] || r.misses[VX_HDR_002]);
    assert_false(r.has_content);
    recipe_free(&r);
    read_good("title from another editor \t\r\nfires HDR-002\r\n\r\nempty 0\r\n");
    assert_string_equal(r.title, "from another editor");
    recipe_free(&r);
}

static uint64_t content_at(uint64_t offset)
{
    uint8_t bytes[4];

    sparse_read(&r.content, offset, bytes, sizeof(bytes));
    return bytes[0] | (uint64_t)bytes[1] << 8;
}

static void test_recipe_read__holds_and_write__state_the_content(void **state)
{
    (void)state;
    read_good(HEAD "holds 512 8192 pattern=0x201\nholds 4608 1K zero\n");
    assert_true(r.has_content);
    assert_int_equal(content_at(512), 0x201);
    assert_int_equal(content_at(4608), 0);
    recipe_free(&r);
    read_good(HEAD "write 512 8192 pattern=0x201\nwrite 1M 4096 pattern=5\ndiscard 1M 1M zero\n");
    assert_true(r.has_content);
    assert_int_equal(content_at(4608), 0x202);
    assert_int_equal(content_at(IMAGE_MIB), 0);
    recipe_free(&r);
}

/* ---- errors ---- */

struct error_row {
    const char *text;
    const char *error;
};

/* clang-format off */
static const struct error_row ERRORS[] = {
    {"", "t:0: the recipe makes no image"},
    {"title x\n", "t:1: the recipe makes no image"},
    {"create dynamic", "t:1: a recipe begins with its title"},
    {"title \n", "t:1: a title has 1 to 255 characters"},
    {"title # x\n", "t:1: a title has 1 to 255 characters"},
    {"title x\ntitle y\n", "t:2: there is a title already"},
    {"title \377\n", "t:1: a title is printable ASCII"},
    {"title x\nsize 1\n", "t:2: create or empty comes first"},
    {"title x\nfires\n", "t:2: something is missing behind: fires"},
    {"title x\nfires HDR-999\n", "t:2: no such rule: HDR-999"},
    {"title x\nfires HDR-002\nmisses HDR-002\n", "t:3: a rule cannot both fire and miss: HDR-002"},
    {"title x\ncreate\n", "t:2: something is missing behind: create"},
    {"title x\ncreate vhd\n", "t:2: dynamic, fixed or differencing is wanted: vhd"},
    {"title x\ncreate dynamic disk=513\n",
     "t:2: no size that the format allows; create a sound image, then set: disk"},
    {"title x\ncreate dynamic disk=64T+512\n",
     "t:2: no size that the format allows; create a sound image, then set: disk"},
    {"title x\ncreate dynamic disk=0\n",
     "t:2: no size that the format allows; create a sound image, then set: disk"},
    {"title x\ncreate dynamic block=3M\n",
     "t:2: no size that the format allows; create a sound image, then set: block"},
    {"title x\ncreate dynamic block=512M\n",
     "t:2: no size that the format allows; create a sound image, then set: block"},
    {"title x\ncreate dynamic sector=1024\n", "t:2: sectors have 512 or 4096 bytes"},
    {"title x\ncreate dynamic physical=256\n",
     "t:2: no size that the format allows; create a sound image, then set: physical"},
    {"title x\ncreate dynamic log=1\n", "t:2: a log is 1M to 4095M long, in whole MiB"},
    {"title x\ncreate dynamic log=4G\n", "t:2: a log is 1M to 4095M long, in whole MiB"},
    {"title x\ncreate dynamic state=full\n", "t:2: no state of a block: full"},
    {"title x\ncreate dynamic disk=64T state=zero\n",
     "t:2: this is too much work for a recipe"},
    {"title x\ncreate dynamic colour=1\n", "t:2: not understood here: colour=1"},
    {"title x\ncreate dynamic dynamic\n", "t:2: not understood here: dynamic"},
    {HEAD "create dynamic", "t:3: there is an image already"},
    {HEAD "empty 1", "t:3: there is an image already"},
    {"title x\nempty 2^63\n", "t:2: too large: 2^63"},
    {HEAD "size\n", "t:3: something is missing behind: size"},
    {HEAD "size 2^63\n", "t:3: too large: 2^63"},
    {HEAD "unsealed blocks\n", "t:3: headers, tables, log or all is wanted: blocks"},
    {HEAD "unsealed\n", "t:3: something is missing behind: unsealed"},
    {HEAD "frobnicate\n", "t:3: no such command: frobnicate"},
    {HEAD "set header.1.sequence\n", "t:3: something is missing behind: header.1.sequence"},
    {HEAD "set header.3.sequence 1\n", "t:3: no such place: header.3.sequence"},
    {HEAD "set head.1.sequence 1\n", "t:3: no such place: head.1.sequence"},
    {HEAD "set header.1 1\n", "t:3: a place and one of its fields are wanted: header.1"},
    {HEAD "set free.x 1\n", "t:3: a place and one of its fields are wanted: free.x"},
    {HEAD "set header.1.colour 1\n", "t:3: this place has no such field: header.1.colour"},
    {HEAD "set header.1.version 65536\n", "t:3: too large for this field: 65536"},
    {HEAD "set block.0.state 8\n", "t:3: too large for this field: 8"},
    {HEAD "set block.0.state full\n", "t:3: not a number: full"},
    {HEAD "set header.1.version x\n", "t:3: not a number: x"},
    {HEAD "set header.1.signature \"heads\"\n",
     "t:3: this text does not fit the field: \"heads\""},
    {HEAD "set header.1.log-guid 5\n", "t:3: neither a GUID nor the name of one: 5"},
    {HEAD "set value.6.size 5\n", "t:3: there is no such default item"},
    {HEAD "set entry.1.tail 5\n", "t:3: there is no such log entry yet"},
    {HEAD "set sector.0.0.signature 5\n", "t:3: there is no such log entry yet"},
    {HEAD "set descriptor.1.signature 5\n", "t:3: no such place: descriptor.1.signature"},
    {HEAD "put 0 0 1\n", "t:3: an integer has 1 to 8 bytes"},
    {HEAD "put 0 9 1\n", "t:3: too large: 9"},
    {HEAD "put 0 1 256\n", "t:3: too large for this width"},
    {HEAD "put 0 1 255 times=2 by=1\n", "t:3: too large for this width"},
    {HEAD "put 0 8 2^64-1 times=2 by=1\n", "t:3: the numbers grow beyond 64 bits"},
    {HEAD "put 2^63-7 8 1\n", "t:3: this ends beyond 2^63"},
    {HEAD "put 0 8 1 times=4M\n", "t:3: this is too much work for a recipe"},
    {HEAD "put 0 8 1 times=9M\n", "t:3: too large: 9M"},
    {HEAD "put 0 8 2^64\n", "t:3: this does not fit 64 bits: 2^64"},
    {HEAD "put 0 8 0-1\n", "t:3: this does not fit 64 bits: 0-1"},
    {HEAD "put 0 8 3^41\n", "t:3: not a number: 3^41"},
    {HEAD "put 0 8 18446744073709551616\n", "t:3: not a number: 18446744073709551616"},
    {HEAD "put 0 8 1+\n", "t:3: not a number: "},
    {HEAD "put 0 8 1k\n", "t:3: not a number: 1k"},
    {HEAD "put 0 8 metadata\n", "t:3: not a number: metadata"},
    {HEAD "put 0 8 @nowhere\n", "t:3: no such place: nowhere"},
    {HEAD "put 0 8 1 times=x\n", "t:3: not a number: x"},
    {HEAD "put 0 8 1 2\n", "t:3: not understood here: 2"},
    {"title x\nempty 1M\nput @free 8 1\n", "t:3: this place needs a create in front"},
    {"title x\nempty 1M\nput @block.1 8 1\n", "t:3: this place needs a create in front"},
    {HEAD "bytes 0\n", "t:3: something is missing behind: 0"},
    {HEAD "bytes 0 012\n", "t:3: neither hexadecimal bytes nor text: 012"},
    {HEAD "bytes 0 xy\n", "t:3: neither hexadecimal bytes nor text: xy"},
    {HEAD "bytes 0 \"abc\n", "t:3: this text has no end: \"abc"},
    {HEAD "bytes 0 \"abc\"d\n", "t:3: a blank is missing behind this text: \"abc\"d"},
    {HEAD "bytes 0 \"\303\"\n",
     "t:3: only printable ASCII may stand in front of a comment"},
    {HEAD "fill 0 5\n", "t:3: something is missing behind: 5"},
    {HEAD "fill 0 5 256\n", "t:3: too large: 256"},
    {HEAD "fill 0 5 pattern=2^32\n", "t:3: too large: 2^32"},
    {HEAD "fill 1 2^63 0\n", "t:3: this ends beyond 2^63"},
    {HEAD "fill 0 65M 1\n", "t:3: more than 64 MiB were written"},
    {HEAD "fill 0 3G 1\n", "t:3: this is too much work for a recipe"},
    {HEAD "copy 0 1M 17M\n", "t:3: too large: 17M"},
    {HEAD "swap 0 2^63 1\n", "t:3: this ends beyond 2^63"},
    {HEAD "region foreign at=1M\n", "t:3: this option must be there: length"},
    {HEAD "region foreign length=1M\n", "t:3: this option must be there: at"},
    {HEAD "region foreign at=1M length=4G\n", "t:3: too large: 4G"},
    {HEAD "region strange at=1M length=1M\n",
     "t:3: neither a GUID nor the name of one: strange"},
    {HEAD "set tables.count 2047\nregion zero at=1 length=1\n",
     "t:4: the table has room for 2047 entries"},
    {HEAD "item foreign at=4G length=1\n", "t:3: too large: 4G"},
    {HEAD "item foreign at=4G-1 length=1 times=2\n",
     "t:3: the offset of an item has 32 bits"},
    {HEAD "item foreign at=0 length=0 times=2043\n",
     "t:3: the table has room for 2047 entries"},
    {HEAD "block 0 full\n", "t:3: no state of a block: full"},
    {HEAD "block 0 present at=1\n",
     "t:3: a block lies at a whole MiB; set raw for anything else"},
    {HEAD "block 0 present at=2^64-1M times=2\n", "t:3: the blocks end beyond 2^64"},
    {"title x\nempty 1M\nblock 0 zero\n", "t:3: there is no BAT without create"},
    {"title x\nempty 1M\nlog\n", "t:3: there is no log without create"},
    {HEAD "log length=0\n", "t:3: a log is some sectors of 4096 bytes long"},
    {HEAD "log length=4097\n", "t:3: a log is some sectors of 4096 bytes long"},
    {HEAD "log at=2^63\n", "t:3: too large: 2^63"},
    {HEAD "log\nlog\n", "t:4: the image has a pending log already"},
    {HEAD "entry sequence=1\n", "t:3: there is no pending log: the command log comes first"},
    {HEAD "log\nentry\n", "t:4: this option must be there: sequence"},
    {HEAD "log\nentry sequence=1 at=1\n", "t:4: an entry begins at a sector of the log"},
    {HEAD "log\nentry sequence=1 at=1M\n", "t:4: an entry begins at a sector of the log"},
    {HEAD "log\ndata 0 1\n", "t:4: a descriptor follows its entry"},
    {HEAD "log\nentry sequence=1\nsize 9M\nzero 0 1\n", "t:6: a descriptor follows its entry"},
    {HEAD "log\nentry sequence=1\ndata 0\n", "t:5: something is missing behind: 0"},
    {HEAD "log\nentry sequence=1\ndata 2^64-1 0 times=2\n",
     "t:5: the numbers grow beyond 64 bits"},
    {HEAD "log\nentry sequence=1\ndata 0 0 times=255\n\nsize 1\n",
     "t:4: the entry is longer than the log"},
    {HEAD "log\nentry sequence=2^64-1 times=2\n",
     "t:4: no sequence number follows 2^64-1"},
    {HEAD "log\nentry sequence=1 times=2\nzero 2^64-1 0\n",
     "t:4: the numbers grow beyond 64 bits"},
    {HEAD "write 0 4096\n", "t:3: pattern=P is wanted"},
    {HEAD "write 0 17M pattern=1\n", "t:3: too large: 17M"},
    {"title x\nempty 1M\nwrite 0 1 pattern=1\n", "t:3: there is no disk without create"},
    {HEAD "discard 0 1M full\n", "t:3: no state of a block: full"},
    {HEAD "holds 0 1\n", "t:3: pattern=P or zero is wanted"},
    {HEAD "holds 1 2^63 zero\n", "t:3: this ends beyond 2^63"},
};
/* clang-format on */

static void test_recipe_read__each_error__names_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(ERRORS); i++) {
        if (recipe_read(&r, "t", ERRORS[i].text, strlen(ERRORS[i].text))) {
            fail_msg("no error, but wanted: %s", ERRORS[i].error);
        }
        assert_string_equal(r.error, ERRORS[i].error);
        recipe_free(&r);
    }
}

/* What the writer refuses has its reason, whatever its words, and the line. */
static void test_recipe_read__write_that_is_refused__names_the_line(void **state)
{
    static const char *const texts[] = {
        HEAD "write 16M 512 pattern=1\n",
        HEAD "discard 1 1M zero\n",
        HEAD "log\n\nwrite 0 1 pattern=1\n",
        HEAD "discard 0 1M present\n",
        HEAD "set block.0.state reserved4\nwrite 0 1 pattern=1\n",
        HEAD "set region.bat.offset 2^64-1\nwrite 0 1 pattern=1\n",
        HEAD "set block.0.raw 2^64-1M+6\nwrite 1M-512 512 pattern=1\n",
        HEAD "set block.1.raw 2^62+1M+6\nwrite 0 2M pattern=1\n",
        "title x\ncreate differencing\nset bitmap.0.raw 2^64-1M+6\nwrite 0 512 pattern=1\n",
    };
    static const char *const begins[] = {
        "t:3: ", "t:3: ", "t:5: ", "t:3: ", "t:4: ", "t:4: ", "t:4: ", "t:4: ", "t:4: "};

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(texts); i++) {
        assert_false(recipe_read(&r, "t", texts[i], strlen(texts[i])));
        assert_memory_equal(r.error, begins[i], 5);
        assert_true(strlen(r.error) > 10);
        recipe_free(&r);
    }
}

static void test_recipe_read__too_long_or_too_many__is_an_error(void **state)
{
    static char text[RECIPE_TEXT_MAX + 2];

    (void)state;
    memset(text, ' ', sizeof(text));
    assert_false(recipe_read(&r, "t", text, RECIPE_TEXT_MAX + 1));
    assert_string_equal(r.error, "t:0: the recipe is too long");
    recipe_free(&r);
    assert_false(recipe_read(&r, "t", text, LINE_BYTES));
    assert_string_equal(r.error, "t:1: the line is too long");
    recipe_free(&r);
    memcpy(text, HEAD, strlen(HEAD));
    for (size_t i = 0; i <= LINE_WORDS; i++) {
        text[strlen(HEAD) + 2 * i] = 'x';
    }
    text[strlen(HEAD) + 1000] = '\n';
    assert_false(recipe_read(&r, "t", text, 2000));
    assert_string_equal(r.error, "t:3: too many words");
    recipe_free(&r);
    memcpy(text, "title x\nempty \0 1\n", 18);
    assert_false(recipe_read(&r, "t", text, 18));
    assert_string_equal(r.error, "t:2: only printable ASCII may stand in front of a comment");
    recipe_free(&r);
    memcpy(text, "title x\nempty#\0 1\n", 18);
    assert_false(recipe_read(&r, "t", text, 18));
    assert_string_equal(r.error, "t:2: a zero byte");
    recipe_free(&r);
}

/* ---- words ---- */

static void test_word_term__powers_and_suffixes__up_to_2_64(void **state)
{
    static const struct {
        const char *text;
        bool is_good;
        uint64_t low;
        int high;
    } rows[] = {
        {"0", true, 0, 0},
        {"0x", false, 0, 0},
        {"18446744073709551615", true, UINT64_MAX, 0},
        {"0xffffffffffffffff", true, UINT64_MAX, 0},
        {"0x10000000000000000", false, 0, 0},
        {"2^63", true, UINT64_C(1) << 63, 0},
        {"2^64", true, 0, 1},
        {"4^32", true, 0, 1},
        {"65536^4", true, 0, 1},
        {"2^65", false, 0, 0},
        {"0^0", true, 1, 0},
        {"0^9", true, 0, 0},
        {"1^18446744073709551615", true, 1, 0},
        {"2^18446744073709551615", false, 0, 0},
        {"10^19", true, UINT64_C(10000000000000000000), 0},
        {"10^20", false, 0, 0},
        {"16777215T", true, UINT64_C(16777215) << 40, 0},
        {"16777216T", true, 0, 1},
        {"16777217T", false, 0, 0},
        {"", false, 0, 0},
        {"x", false, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < VX_COUNT_OF(rows); i++) {
        const char *at = rows[i].text;
        struct wide wide;

        assert_int_equal(word_term(&at, &wide), rows[i].is_good);
        if (rows[i].is_good) {
            assert_int_equal(wide.low, rows[i].low);
            assert_int_equal(wide.high, rows[i].high);
            assert_int_equal(*at, '\0');
        }
    }
}

/* ---- texts that nobody meant ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = (uint32_t)((UINT64_C(48271) * *seed) % 0x7fffffffu);
    return *seed;
}

/* Words of the language in any order. */
static size_t random_text(uint32_t *seed, char *text, size_t room)
{
    static const char *const words[] = {
        "set",
        "put",
        "bytes",
        "fill",
        "copy",
        "swap",
        "region",
        "item",
        "block",
        "bitmap",
        "log",
        "entry",
        "data",
        "zero",
        "write",
        "discard",
        "commit",
        "apply",
        "holds",
        "size",
        "unsealed",
        "\n",
        "\n",
        "\n",
        "\n",
        "\n",
        "0",
        "1",
        "4096",
        "1M",
        "2^63",
        "2^64-1",
        "@free",
        "@bat.7",
        "tables",
        "headers",
        "region.bat",
        "zero",
        "present",
        "foreign",
        "at=0",
        "at=1M",
        "times=3",
        "length=4K",
        "length=1M",
        "flags=1",
        "sequence=7",
        "sequence=2^64-1",
        "pattern=1",
        "pattern=7",
        "\"text\"",
        "all",
        "log",
        "tail=4K",
        "header.1.log-length",
        "entry.1.length",
        "item.disk-size.offset",
        "region.0.offset",
        "value.disk-size.size",
        "value.file-parameters.block-size",
        "bat.0.raw",
        "step=9",
        "by=3",
    };
    size_t len = (size_t)snprintf(text, room, "%s", HEAD);
    const size_t most = len + 1 + next_random(seed) % (room - len - 1);

    while (len + 40 < most) {
        len += (size_t)snprintf(text + len, room - len, "%s ",
                                words[next_random(seed) % VX_COUNT_OF(words)]);
    }
    return len;
}

static void test_recipe_read__random_words__an_error_with_its_line_or_an_image(void **state)
{
    uint32_t seed = 20240;
    unsigned images = 0;
    char text[160];

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        const size_t len = random_text(&seed, text, sizeof(text));

        if (recipe_read(&r, "t", text, len)) {
            assert_string_equal(r.error, "");
            images++;
        } else {
            assert_memory_equal(r.error, "t:", 2);
        }
        recipe_free(&r);
    }
    assert_true(images > 100);
}

/* Each line of good recipes, so that more than errors is reached: some of them, in any order. */
static void test_recipe_read__random_lines__an_error_with_its_line_or_an_image(void **state)
{
    uint32_t seed = 77;
    unsigned images = 0;
    char text[2048];

    (void)state;
    for (unsigned i = 0; i < 1500; i++) {
        size_t len = (size_t)snprintf(text, sizeof(text), "%s", HEAD);

        for (unsigned k = next_random(&seed) % 6; k > 0; k--) {
            const struct effect *e = &EFFECTS[next_random(&seed) % VX_COUNT_OF(EFFECTS)];

            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n", e->text);
        }
        if (next_random(&seed) % 4 == 0) {
            text[len - 2] = (char)(' ' + next_random(&seed) % 90);
        }
        if (recipe_read(&r, "t", text, len)) {
            images++;
        } else {
            assert_memory_equal(r.error, "t:", 2);
        }
        recipe_free(&r);
    }
    assert_true(images > 500);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recipe_read__each_command__changes_its_bytes),
        cmocka_unit_test(test_recipe_read__create_with_everything__is_as_the_builder),
        cmocka_unit_test(test_recipe_read__sizes__cut_and_extend),
        cmocka_unit_test(test_recipe_read__unsealed__leaves_those_checksums),
        cmocka_unit_test(test_recipe_read__lengths_that_no_entry_has__are_not_sealed),
        cmocka_unit_test(test_recipe_read__title_and_rules__are_kept),
        cmocka_unit_test(test_recipe_read__holds_and_write__state_the_content),
        cmocka_unit_test(test_recipe_read__each_error__names_file_and_line),
        cmocka_unit_test(test_recipe_read__write_that_is_refused__names_the_line),
        cmocka_unit_test(test_recipe_read__too_long_or_too_many__is_an_error),
        cmocka_unit_test(test_word_term__powers_and_suffixes__up_to_2_64),
        cmocka_unit_test(test_recipe_read__random_words__an_error_with_its_line_or_an_image),
        cmocka_unit_test(test_recipe_read__random_lines__an_error_with_its_line_or_an_image),
    };

    return cmocka_run_group_tests_name("recipe", tests, NULL, NULL);
}
