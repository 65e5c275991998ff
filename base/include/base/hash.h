/* Hashes: a fast 64-bit one for tables, SHA-256 (nettle) for content identity. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

/* 64 bits, well mixed, the same on every machine and in every version (the store keeps it).
 * Method: wyhash-style folded 64x64 multiplication, https://github.com/wangyi-fudan/wyhash. */
uint64_t ak_hash_bytes(const void *p, size_t n, uint64_t seed);
static inline uint64_t ak_hash_str(struct ak_str s)
{
    return ak_hash_bytes(s.ptr, s.len, 0);
}
/* Mixes an integer (splitmix64 finalizer). */
static inline uint64_t ak_hash_u64(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    x ^= x >> 31;
    return x;
}

struct ak_sha256 {
    uint8_t bytes[32];
};
struct ak_sha256 ak_sha256_of(const void *p, size_t n);
/* 64 hex digits and NUL. */
void ak_sha256_hex(const struct ak_sha256 *h, char out[65]);

#endif
