/* GUIDs by number. */
#include "fuzz/guids.h"

#include "corpus/logbuild.h"

const uint8_t *fuzz_guid(unsigned index)
{
    static const uint8_t *const guids[] = {
        IMAGE_GUID_BAT,     IMAGE_GUID_METADATA,  IMAGE_GUID_FOREIGN, IMAGE_GUID_ZERO,
        IMAGE_GUID_ITEM[0], IMAGE_GUID_ITEM[1],   IMAGE_GUID_ITEM[2], IMAGE_GUID_ITEM[3],
        IMAGE_GUID_ITEM[4], IMAGE_GUID_ITEM[5],   IMAGE_GUID_CHS,     IMAGE_GUID_PMEM,
        LOG_GUID,           IMAGE_GUID_INCOMPLETE};

    return guids[index % VX_COUNT_OF(guids)];
}
