#include "profile/encode.h"

#include "encoder.h"
#include "put.h"

void profile_put_numbers(struct ak_buf *b, unsigned field, const int64_t *v, size_t count)
{
    if (count <= 2) {
        for (size_t i = 0; i < count; i++) {
            profile_put_number(b, field, (uint64_t)v[i]);
        }
        return;
    }
    const size_t start = profile_put_begin(b);
    for (size_t i = 0; i < count; i++) {
        profile_put_varint(b, (uint64_t)v[i]);
    }
    profile_put_end(b, field, start);
}

void profile_put_stack(struct ak_buf *b, const struct ak_profile *p, size_t sample)
{
    const uint32_t *at = p->stack_ids + p->stack_start[sample];
    const uint32_t *const end = p->stack_ids + p->stack_start[sample + 1];
    if (end - at <= 2) {
        for (; at < end; at++) {
            profile_put_number(b, 1, p->locations[*at].id);
        }
        return;
    }
    const size_t start = profile_put_begin(b);
    for (; at < end; at++) {
        profile_put_varint(b, p->locations[*at].id);
    }
    profile_put_end(b, 1, start);
}

void ak_profile_encode(const struct ak_profile *p, enum ak_encode_order order, struct ak_buf *out)
{
    if (order == AK_ENCODE_GO_RUNTIME) {
        profile_encode_go(p, out);
    } else {
        profile_encode_pprof(p, out);
    }
    ak_buf_add(out, "", 0); /* the buffer's closing NUL */
}
