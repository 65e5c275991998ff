#include "deflate.h"

#include "base/mem.h"

#define ZLIB_CONST
#include <limits.h>
#include <zlib.h>

/* Bodies are columns over dictionaries by now: level 6 is 1 % smaller and costs 5 % more. */
enum { LEVEL = 1, WINDOW_BITS = -15 };

/* Most bodies have less than 4 KiB: clearing the tables of a large window would cost more than
 * compressing them. */
static const struct {
    size_t max_input;
    int window_bits, memory_level;
} sizes[] = {{4096, -12, 4}, {SIZE_MAX, -15, 8}};

struct packing {
    z_stream z;
    bool ready;
};

struct store_deflate {
    struct packing packing[AK_COUNT(sizes)];
    z_stream unpacking;
    bool unpacking_ready;
};

struct store_deflate *store_deflate_new(void)
{
    return ak_calloc(1, sizeof(struct store_deflate));
}

void store_deflate_free(struct store_deflate *d)
{
    if (!d) {
        return;
    }
    for (size_t i = 0; i < AK_COUNT(sizes); i++) {
        if (d->packing[i].ready) {
            deflateEnd(&d->packing[i].z);
        }
    }
    if (d->unpacking_ready) {
        inflateEnd(&d->unpacking);
    }
    ak_free(d);
}

static voidpf zalloc(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return ak_calloc(items, size);
}

static void zfree(voidpf opaque, voidpf p)
{
    (void)opaque;
    ak_free(p);
}

static uInt piece(size_t n)
{
    return n > UINT_MAX ? UINT_MAX : (uInt)n;
}

static z_stream *packing_for(struct store_deflate *d, size_t n)
{
    size_t i = 0;
    while (n > sizes[i].max_input) {
        i++;
    }
    z_stream *const z = &d->packing[i].z;
    if (!d->packing[i].ready) {
        z->zalloc = zalloc;
        z->zfree = zfree;
        deflateInit2(z, LEVEL, Z_DEFLATED, sizes[i].window_bits, sizes[i].memory_level,
                     Z_DEFAULT_STRATEGY);
        d->packing[i].ready = true;
    } else {
        deflateReset(z);
    }
    return z;
}

void store_deflate_add(struct store_deflate *d, struct ak_str bytes, struct ak_buf *out)
{
    z_stream *const z = packing_for(d, bytes.len);
    z->next_in = (const Bytef *)bytes.ptr;
    size_t left = bytes.len;
    int rc = Z_OK;
    while (rc != Z_STREAM_END) {
        ak_buf_reserve(out, bytes.len / 2 + 256);
        const uInt in = piece(left);
        const uInt room = piece(out->cap - out->len - 1);
        z->avail_in = in;
        z->next_out = (Bytef *)out->ptr + out->len;
        z->avail_out = room;
        rc = deflate(z, left == in ? Z_FINISH : Z_NO_FLUSH);
        left -= in - z->avail_in;
        out->len += room - z->avail_out;
    }
    out->ptr[out->len] = '\0';
}

bool store_inflate_add(struct store_deflate *d, struct ak_str body, size_t size, struct ak_buf *out)
{
    z_stream *const z = &d->unpacking;
    if (!d->unpacking_ready) {
        z->zalloc = zalloc;
        z->zfree = zfree;
        inflateInit2(z, WINDOW_BITS);
        d->unpacking_ready = true;
    }
    /* deflate cannot do better than 1 : 1032, so a larger claim is a lie and gets no memory. */
    if (size / 1032 > body.len || size > (size_t)1 << 31) {
        return false;
    }
    inflateReset(z);
    ak_buf_reserve(out, size + 1);
    z->next_in = (const Bytef *)body.ptr;
    z->avail_in = piece(body.len);
    z->next_out = (Bytef *)out->ptr + out->len;
    z->avail_out = piece(size);
    const int rc = inflate(z, Z_FINISH);
    out->len += size - z->avail_out;
    out->ptr[out->len] = '\0';
    return rc == Z_STREAM_END && z->avail_out == 0;
}
