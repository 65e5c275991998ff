/* Appending protobuf fields to a buffer. */
#ifndef PROFILE_PUT_H
#define PROFILE_PUT_H

#include "base/buf.h"

static inline void profile_put_varint(struct ak_buf *b, uint64_t v)
{
    if (b->cap - b->len < 16) {
        ak_buf_reserve(b, 64);
    }
    char *p = b->ptr + b->len;
    while (v >= 0x80) {
        *p++ = (char)(v | 0x80);
        v >>= 7;
    }
    *p++ = (char)v;
    b->len = (size_t)(p - b->ptr);
}

static inline void profile_put_number(struct ak_buf *b, unsigned field, uint64_t v)
{
    profile_put_varint(b, (uint64_t)field << 3);
    profile_put_varint(b, v);
}

/* Nothing for 0, which is what an absent field means. */
static inline void profile_put_nonzero(struct ak_buf *b, unsigned field, uint64_t v)
{
    if (v != 0) {
        profile_put_number(b, field, v);
    }
}

void profile_put_bytes(struct ak_buf *b, unsigned field, struct ak_str s);

/* A message is written where it belongs and moved by the size of its header when that is known:
 *     const size_t start = profile_put_begin(b);  ...fields...  profile_put_end(b, field, start);
 */
static inline size_t profile_put_begin(const struct ak_buf *b)
{
    return b->len;
}
void profile_put_end(struct ak_buf *b, unsigned field, size_t start);

#endif
