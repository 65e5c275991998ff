#include "png.h"

#include "base/mem.h"
#include "palette.h"

#include <zlib.h>

enum { CHUNK = 32768 };

static void put_u32(struct ak_buf *out, uint32_t v)
{
    const unsigned char b[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
                                (unsigned char)(v >> 8), (unsigned char)v};
    ak_buf_add(out, b, 4);
}

static void put_chunk(struct ak_buf *out, const char *type, const void *data, size_t n)
{
    put_u32(out, (uint32_t)n);
    const size_t from = out->len;
    ak_buf_add(out, type, 4);
    ak_buf_add(out, data, n);
    put_u32(out, (uint32_t)crc32(0, (const Bytef *)out->ptr + from, (uInt)(n + 4)));
}

static void put_header(struct ak_buf *out, gdImagePtr image, const struct palette *p)
{
    struct ak_buf h = AK_BUF_INIT;
    put_u32(&h, (uint32_t)gdImageSX(image));
    put_u32(&h, (uint32_t)gdImageSY(image));
    /* 8 bits; colour type 3 palette or 2 RGB; deflate; filter method 0; no interlace */
    const unsigned char rest[5] = {8, p->count > 0 ? 3 : 2, 0, 0, 0};
    ak_buf_add(&h, rest, sizeof rest);
    ak_buf_add(out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(out, "IHDR", h.ptr, h.len);
    ak_buf_reset(&h);
    for (unsigned i = 0; i < p->count; i++) {
        const unsigned char rgb[3] = {(unsigned char)(p->rgb[i] >> 16),
                                      (unsigned char)(p->rgb[i] >> 8), (unsigned char)p->rgb[i]};
        ak_buf_add(&h, rgb, 3);
    }
    if (h.len > 0) {
        put_chunk(out, "PLTE", h.ptr, h.len);
    }
    ak_buf_release(&h);
}

static size_t row_rgb(const int *pixels, size_t width, unsigned char *row)
{
    size_t n = 0;
    for (size_t x = 0; x < width; x++) {
        row[n++] = (unsigned char)(pixels[x] >> 16);
        row[n++] = (unsigned char)(pixels[x] >> 8);
        row[n++] = (unsigned char)pixels[x];
    }
    return n;
}

/* Most of a row is runs of one colour: each is looked up once. */
static size_t row_indexes(const int *pixels, size_t width, const struct palette *p,
                          unsigned char *row)
{
    for (size_t from = 0; from < width;) {
        size_t to = from + 1;
        while (to < width && pixels[to] == pixels[from]) {
            to++;
        }
        memset(row + from, palette_index(p, (uint32_t)pixels[from] & 0xffffff), to - from);
        from = to;
    }
    return width;
}

/* One row as PNG wants it: a filter byte (0: none), then indexes or RGB. */
static size_t row_make(gdImagePtr image, int y, const struct palette *p, unsigned char *row)
{
    const int *pixels = &gdImageTrueColorPixel(image, 0, y);
    const size_t width = (size_t)gdImageSX(image);
    row[0] = 0;
    return 1 + (p->count == 0 ? row_rgb(pixels, width, row + 1)
                              : row_indexes(pixels, width, p, row + 1));
}

/* Deflates what is in z and writes full IDAT chunks. */
static void put_data(struct ak_buf *out, z_stream *z, unsigned char *chunk, int flush)
{
    int rc = Z_OK;
    do {
        rc = deflate(z, flush);
        if (z->avail_out == 0 || rc == Z_STREAM_END) {
            put_chunk(out, "IDAT", chunk, CHUNK - z->avail_out);
            z->next_out = chunk;
            z->avail_out = CHUNK;
        }
    } while (rc == Z_OK && (z->avail_in > 0 || flush == Z_FINISH));
}

enum ak_status png_encode(gdImagePtr image, struct ak_buf *out, struct ak_error *err)
{
    z_stream z = {0};
    if (deflateInit(&z, 6) != Z_OK) {
        return ak_fail(err, AK_UNSUPPORTED, "zlib does not start");
    }
    struct palette p;
    palette_init(&p, image);
    put_header(out, image, &p);
    unsigned char *row = ak_malloc((size_t)gdImageSX(image) * 3 + 1);
    unsigned char *chunk = ak_malloc(CHUNK);
    z.next_out = chunk;
    z.avail_out = CHUNK;
    for (int y = 0; y < gdImageSY(image); y++) {
        z.next_in = row;
        z.avail_in = (uInt)row_make(image, y, &p, row);
        put_data(out, &z, chunk, Z_NO_FLUSH);
    }
    put_data(out, &z, chunk, Z_FINISH);
    put_chunk(out, "IEND", "", 0);
    deflateEnd(&z);
    ak_free(chunk);
    ak_free(row);
    palette_release(&p);
    return AK_OK;
}
