#include "base/hash.h"

#include <assert.h>
#include <nettle/sha2.h>
#include <string.h>

static_assert(SHA256_DIGEST_SIZE == sizeof(struct ak_sha256), "nettle gives 32 bytes");

/* Odd constants with balanced bits, as wyhash asks for. */
#define SECRET0 0xa0761d6478bd642fULL
#define SECRET1 0xe7037ed1a0b428dbULL
#define SECRET2 0x8ebc6af09c88c6e3ULL

__extension__ typedef unsigned __int128 u128;

static uint64_t fold(uint64_t a, uint64_t b)
{
    const u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t ak_hash_bytes(const void *p, size_t n, uint64_t seed)
{
    const unsigned char *at = p;
    uint64_t h = seed ^ SECRET0;
    size_t left = n;
    for (; left >= 16; left -= 16, at += 16) {
        h = fold(load64(at) ^ SECRET1, load64(at + 8) ^ h);
    }
    unsigned char tail[16] = {0};
    if (left > 0) {
        memcpy(tail, at, left);
    }
    h = fold(load64(tail) ^ SECRET1, load64(tail + 8) ^ h);
    return fold(h ^ SECRET2, (uint64_t)n ^ SECRET1);
}

struct ak_sha256 ak_sha256_of(const void *p, size_t n)
{
    struct ak_sha256 out;
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    if (n > 0) {
        sha256_update(&ctx, n, p);
    }
    sha256_digest(&ctx, sizeof out.bytes, out.bytes);
    return out;
}

void ak_sha256_hex(const struct ak_sha256 *h, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof h->bytes; i++) {
        out[2 * i] = digits[h->bytes[i] >> 4];
        out[2 * i + 1] = digits[h->bytes[i] & 15];
    }
    out[64] = '\0';
}
