/* Private to store/: numbers of packed bodies, 7 bits to a byte, low ones first; signed ones folded
 * so that small negatives stay small. */
#ifndef VARINT_H
#define VARINT_H

#include "base/buf.h"

static inline uint64_t store_fold(int64_t v)
{
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static inline int64_t store_unfold(uint64_t v)
{
    return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

static inline void store_put(struct ak_buf *b, uint64_t v)
{
    ak_buf_reserve(b, 10);
    while (v >= 0x80) {
        b->ptr[b->len++] = (char)(v | 0x80);
        v >>= 7;
    }
    b->ptr[b->len++] = (char)v;
}

static inline void store_put_signed(struct ak_buf *b, int64_t v)
{
    store_put(b, store_fold(v));
}

static inline unsigned store_put_size(uint64_t v)
{
    return (unsigned)(63 - __builtin_clzll(v | 1)) / 7 + 1;
}

/* Reading stops at the end or at the first malformed number: then `bad` is set and all further
 * numbers are 0. */
struct store_bytes {
    const unsigned char *p, *end;
    bool bad;
};

static inline struct store_bytes store_bytes_of(struct ak_str s)
{
    const unsigned char *const p = (const unsigned char *)s.ptr;
    return (struct store_bytes){p, p + s.len, false};
}

static inline size_t store_bytes_left(const struct store_bytes *r)
{
    return (size_t)(r->end - r->p);
}

uint64_t store_get_long(struct store_bytes *r);

static inline uint64_t store_get(struct store_bytes *r)
{
    if (r->p < r->end && *r->p < 0x80) {
        return *r->p++;
    }
    return store_get_long(r);
}

static inline int64_t store_get_signed(struct store_bytes *r)
{
    return store_unfold(store_get(r));
}

/* An id or a count: more than 32 bits are malformed. */
static inline uint32_t store_get_u32(struct store_bytes *r)
{
    const uint64_t v = store_get(r);
    if (v > UINT32_MAX) {
        r->bad = true;
        return 0;
    }
    return (uint32_t)v;
}

#endif
