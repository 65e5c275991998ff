/* SHA-256 (FIPS 180-4) with the processor's own instructions, about eight times as fast as without:
 * the history takes the checksum of every profile. */
#include "sha256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

enum { BLOCK = 64, LEAF_FEATURES = 7, BIT_SHA = 29, BIT_SSE41 = 19 };

/* The fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u,
    0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu,
    0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu,
    0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u,
    0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu,
    0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
    0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u,
    0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u,
    0xc67178f2u,
};

static bool ask_processor(void)
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    const bool sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c >> BIT_SSE41 & 1);
    return sse41 && __get_cpuid_count(LEAF_FEATURES, 0, &a, &b, &c, &d) && (b >> BIT_SHA & 1);
}

/* Asked once: under a hypervisor the question costs as much as a kilobyte's checksum. */
static bool supported(void)
{
    enum { UNKNOWN, YES, NO };
    static int known = UNKNOWN;
    int now = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (now == UNKNOWN) {
        now = ask_processor() ? YES : NO;
        __atomic_store_n(&known, now, __ATOMIC_RELAXED);
    }
    return now == YES;
}

/* The instructions keep the eight words of the state as ABEF and CDGH. */
struct state {
    __m128i abef, cdgh;
};

__attribute__((target("sha,sse4.1"))) static __m128i load(const unsigned char *p)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i v;
    memcpy(&v, p, sizeof v);
    return _mm_shuffle_epi8(v, swap);
}

/* Sixteen groups of four rounds; group i uses four words of the message schedule. */
__attribute__((target("sha,sse4.1"))) static void add_block(struct state *s, const unsigned char *p)
{
    __m128i w[16];
    __m128i abef = s->abef;
    __m128i cdgh = s->cdgh;
    for (int i = 0; i < 16; i++) {
        if (i < 4) {
            w[i] = load(p + 16 * i);
        } else {
            const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i - 4], w[i - 3]),
                                              _mm_alignr_epi8(w[i - 1], w[i - 2], 4));
            w[i] = _mm_sha256msg2_epu32(sum, w[i - 1]);
        }
        __m128i k;
        memcpy(&k, constants + 4 * i, sizeof k);
        k = _mm_add_epi32(w[i], k);
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
    }
    s->abef = _mm_add_epi32(s->abef, abef);
    s->cdgh = _mm_add_epi32(s->cdgh, cdgh);
}

static uint32_t word(__m128i v, int i)
{
    uint32_t words[4];
    memcpy(words, &v, sizeof words);
    return words[i];
}

static void write_digest(const struct state *s, struct ak_sha256 *out)
{
    const uint32_t words[8] = {word(s->abef, 3), word(s->abef, 2), word(s->cdgh, 3),
                               word(s->cdgh, 2), word(s->abef, 1), word(s->abef, 0),
                               word(s->cdgh, 1), word(s->cdgh, 0)};
    for (int i = 0; i < 32; i++) {
        out->bytes[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
    }
}

/* The last bytes, a bit 1, zeros, and the length in bits. */
static void add_tail(struct state *s, const unsigned char *tail, size_t left, uint64_t total)
{
    unsigned char last[2 * BLOCK] = {0};
    const size_t size = left + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    if (left > 0) {
        memcpy(last, tail, left);
    }
    last[left] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        last[size - 1 - i] = (unsigned char)(total * 8 >> (8 * i));
    }
    for (size_t at = 0; at < size; at += BLOCK) {
        add_block(s, last + at);
    }
}

bool base_sha256_fast(const void *p, size_t n, struct ak_sha256 *out)
{
    if (!supported()) {
        return false;
    }
    const unsigned char *const bytes = p;
    const size_t whole = n - n % BLOCK;
    /* The fractional parts of the square roots of the first eight primes. */
    struct state s = {.abef =
                          _mm_set_epi32(0x6a09e667, (int)0xbb67ae85u, 0x510e527f, (int)0x9b05688cu),
                      .cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53au, 0x1f83d9ab, 0x5be0cd19)};
    for (size_t at = 0; at < whole; at += BLOCK) {
        add_block(&s, bytes + at);
    }
    add_tail(&s, bytes + whole, n - whole, n);
    write_digest(&s, out);
    return true;
}

#else

bool base_sha256_fast(const void *p, size_t n, struct ak_sha256 *out)
{
    (void)p;
    (void)n;
    (void)out;
    return false;
}

#endif
