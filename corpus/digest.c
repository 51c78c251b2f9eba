/* SHA-256 by libnettle: a hash of our own would be one more thing to believe. */
#include "corpus/digest.h"

#include "corpus/packed.h"

#include <nettle/sha2.h>

static void add(void *ctx, const uint8_t *bytes, size_t len)
{
    sha256_update(ctx, len, bytes);
}

enum vx_status digest_source(const struct vx_source *src, char text[DIGEST_TEXT_BYTES])
{
    static const char digit[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;
    enum vx_status status;

    sha256_init(&ctx);
    status = packed_write(src, add, &ctx);
    sha256_digest(&ctx, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        text[2 * i] = digit[digest[i] >> 4];
        text[2 * i + 1] = digit[digest[i] & 15];
    }
    text[DIGEST_TEXT_BYTES - 1] = '\0';
    return status;
}
