#include "field.h"

#include <string.h>

void store_field_u64(struct store_fields *f, uint64_t *v)
{
    if (f->reading) {
        *v = store_get(&f->in);
    } else {
        store_put(f->out, *v);
    }
}

void store_field_i64(struct store_fields *f, int64_t *v)
{
    if (f->reading) {
        *v = store_get_signed(&f->in);
    } else {
        store_put_signed(f->out, *v);
    }
}

void store_field_size(struct store_fields *f, size_t *v)
{
    uint64_t n = *v;
    store_field_u64(f, &n);
    *v = n;
}

void store_field_bool(struct store_fields *f, bool *v)
{
    uint64_t n = *v;
    store_field_u64(f, &n);
    *v = n != 0;
}

void store_field_f64(struct store_fields *f, double *v)
{
    unsigned char bytes[8];
    uint64_t bits;
    if (!f->reading) {
        memcpy(&bits, v, sizeof bits);
        for (int i = 0; i < 8; i++) {
            bytes[i] = (unsigned char)(bits >> (8 * i));
        }
        ak_buf_add(f->out, bytes, sizeof bytes);
        return;
    }
    bits = 0;
    for (int i = 0; i < 8 && store_bytes_left(&f->in) > 0; i++) {
        bits |= (uint64_t)*f->in.p++ << (8 * i);
        f->in.bad = f->in.bad || (i < 7 && store_bytes_left(&f->in) == 0);
    }
    memcpy(v, &bits, sizeof bits);
}

void store_field_text(struct store_fields *f, const char **v)
{
    if (!f->reading) {
        const struct ak_str s = ak_str_from(*v ? *v : "");
        store_put(f->out, s.len);
        ak_buf_str(f->out, s);
        return;
    }
    const uint64_t n = store_get(&f->in);
    if (n > store_bytes_left(&f->in)) {
        f->in.bad = true;
        *v = "";
        return;
    }
    *v = ak_arena_strndup(f->arena, (const char *)f->in.p, (size_t)n);
    f->in.p += n;
}

unsigned store_field_enum(struct store_fields *f, unsigned v, unsigned count)
{
    uint64_t n = v;
    store_field_u64(f, &n);
    if (n >= count) {
        f->in.bad = true;
        n = 0;
    }
    return (unsigned)n;
}

void *store_field_list(struct store_fields *f, void *items, size_t *count, size_t item_size)
{
    store_field_size(f, count);
    if (!f->reading) {
        return items;
    }
    if (f->in.bad || *count > store_bytes_left(&f->in)) {
        f->in.bad = true;
        *count = 0;
    }
    return ak_arena_zalloc(f->arena, *count, item_size);
}
