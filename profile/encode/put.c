#include "put.h"

#include <string.h>

void profile_put_bytes(struct ak_buf *b, unsigned field, struct ak_str s)
{
    profile_put_varint(b, (uint64_t)field << 3 | 2);
    profile_put_varint(b, s.len);
    ak_buf_add(b, s.ptr, s.len);
}

void profile_put_end(struct ak_buf *b, unsigned field, size_t start)
{
    const size_t len = b->len - start;
    profile_put_varint(b, (uint64_t)field << 3 | 2);
    profile_put_varint(b, len);
    char header[20];
    const size_t n = b->len - start - len;
    memcpy(header, b->ptr + start + len, n);
    memmove(b->ptr + start + n, b->ptr + start, len);
    memcpy(b->ptr + start, header, n);
}
