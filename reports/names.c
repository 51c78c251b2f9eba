/* Name tables. */
#include "reports/names.h"

const char *vxo_verdict_name(enum vx_verdict verdict)
{
    static const char *const NAMES[] = {
        [VX_SOUND] = "sound",
        [VX_WARNINGS] = "warnings",
        [VX_CORRUPT] = "corrupt",
        [VX_INCOMPLETE] = "incomplete",
    };

    return (unsigned)verdict < VX_COUNT_OF(NAMES) ? NAMES[verdict] : "";
}

const char *vxo_view_name(enum vx_view view)
{
    return view == VX_VIEW_REPLAYED ? "replayed" : "raw";
}

const struct vxo_object_words *vxo_object_words(uint64_t object)
{
    static const struct vxo_object_words WORDS[VX_OBJ_COUNT] = {
        [VX_OBJ_FILE] = {"file", "the file", false, false, 0},
        [VX_OBJ_FILE_IDENTIFIER] = {"file-identifier", "the file identifier", false, false, 0},
        [VX_OBJ_HEADER_SECTION] = {"header-section", "the header section", false, false, 0},
        [VX_OBJ_HEADER] = {"header", "header", true, true, 1},
        [VX_OBJ_LOG] = {"log", "the log", false, false, 0},
        [VX_OBJ_LOG_ENTRY] = {"log-entry", "the log entry", true, false, 0},
        [VX_OBJ_REGION_TABLE] = {"region-table", "region table", true, true, 1},
        [VX_OBJ_REGION] = {"region", "region entry", true, true, 0},
        [VX_OBJ_BAT_REGION] = {"bat-region", "the BAT region", true, false, 0},
        [VX_OBJ_METADATA_REGION] = {"metadata-region", "the metadata region", true, false, 0},
        [VX_OBJ_METADATA_TABLE] = {"metadata-table", "the metadata table", false, false, 0},
        [VX_OBJ_METADATA_ENTRY] = {"metadata-entry", "metadata entry", true, true, 0},
        [VX_OBJ_LOCATOR] = {"parent-locator", "the parent locator", false, false, 0},
        [VX_OBJ_LOCATOR_KEY] = {"locator-key", "the key of locator entry", true, true, 0},
        [VX_OBJ_LOCATOR_VALUE] = {"locator-value", "the value of locator entry", true, true, 0},
        [VX_OBJ_DISK] = {"virtual-disk", "the virtual disk", false, false, 0},
        [VX_OBJ_BAT] = {"bat", "the block allocation table", false, false, 0},
        [VX_OBJ_PAYLOAD_ENTRY] = {"payload-entry", "BAT entry", true, true, 0},
        [VX_OBJ_BITMAP_ENTRY] = {"bitmap-entry", "BAT entry", true, true, 0},
        [VX_OBJ_BLOCKS] = {"blocks", "a block of the virtual disk", false, false, 0},
        [VX_OBJ_FILE_END] = {"file-end", "the end of the file", false, false, 0},
        [VX_OBJ_RUN] = {"run", "this run", false, false, 0},
    };
    static const struct vxo_object_words UNKNOWN = {"", "an unknown object", true, false, 0};

    return object < VX_OBJ_COUNT ? &WORDS[object] : &UNKNOWN;
}

const char *vxo_pass_name(uint64_t pass)
{
    static const char *const NAMES[VX_PASS_COUNT] = {
        [VX_PASS_FILE_IDENTIFIER] = "file identifier",
        [VX_PASS_HEADERS] = "headers",
        [VX_PASS_LOG] = "log",
        [VX_PASS_REGIONS] = "regions",
        [VX_PASS_METADATA] = "metadata",
        [VX_PASS_GEOMETRY] = "geometry",
        [VX_PASS_BLOCKS] = "blocks",
    };

    return pass < VX_PASS_COUNT ? NAMES[pass] : "";
}

const char *vxo_state_name(unsigned state)
{
    static const char *const NAMES[VX_STATE_COUNT] = {
        [VX_STATE_NOT_PRESENT] = "not-present",
        [VX_STATE_UNDEFINED] = "undefined",
        [VX_STATE_ZERO] = "zero",
        [VX_STATE_UNMAPPED] = "unmapped",
        [VX_STATE_RESERVED_4] = "reserved-4",
        [VX_STATE_UNMAPPED_V095] = "reserved-5",
        [VX_STATE_FULLY_PRESENT] = "fully-present",
        [VX_STATE_PARTIALLY_PRESENT] = "partially-present",
    };

    return state < VX_STATE_COUNT ? NAMES[state] : "";
}
