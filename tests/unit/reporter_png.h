/* Decodes the PNGs that our encoder writes: 8 bits, palette or RGB, filter 0. For tests. */
#ifndef TESTS_REPORTER_PNG_H
#define TESTS_REPORTER_PNG_H

#include "base/buf.h"

#include <stdlib.h>
#include <zlib.h>

struct test_png {
    unsigned width, height;
    bool has_palette;
    uint32_t *rgb; /* width * height, freed with free */
};

static inline uint32_t test_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* False when the file is not a PNG of this kind or a checksum is wrong. */
static inline bool test_png_decode(struct ak_str file, struct test_png *out)
{
    struct ak_buf packed = AK_BUF_INIT;
    unsigned char palette[768] = {0};
    bool ok = file.len > 57 && memcmp(file.ptr, "\x89PNG\r\n\x1a\n", 8) == 0;
    bool ended = false;
    for (size_t at = 8; ok && !ended && at + 12 <= file.len;) {
        const char *p = file.ptr + at;
        const uint32_t n = test_u32(p);
        ok = at + 12 + n <= file.len &&
             test_u32(p + 8 + n) == (uint32_t)crc32(0, (const Bytef *)p + 4, n + 4);
        if (ok && memcmp(p + 4, "IHDR", 4) == 0) {
            *out = (struct test_png){test_u32(p + 8), test_u32(p + 12), p[17] == 3, NULL};
        } else if (ok && memcmp(p + 4, "PLTE", 4) == 0) {
            memcpy(palette, p + 8, n < 768 ? n : 768);
        } else if (ok && memcmp(p + 4, "IDAT", 4) == 0) {
            ak_buf_add(&packed, p + 8, n);
        }
        ended = ok && memcmp(p + 4, "IEND", 4) == 0;
        at += 12 + n;
    }
    const size_t bytes = out->has_palette ? 1 : 3;
    uLongf size = (uLongf)((size_t)out->height * (1 + bytes * out->width));
    unsigned char *raw = malloc(size + 1);
    ok = ok && ended && raw &&
         uncompress(raw, &size, (const Bytef *)packed.ptr, (uLong)packed.len) == Z_OK;
    out->rgb = ok ? malloc(sizeof *out->rgb * out->width * out->height) : NULL;
    for (size_t y = 0; ok && y < out->height; y++) {
        const unsigned char *row = raw + y * (1 + bytes * out->width);
        ok = row[0] == 0;
        for (size_t x = 0; x < out->width; x++) {
            const unsigned char *c =
                out->has_palette ? palette + 3 * (size_t)row[1 + x] : row + 1 + 3 * x;
            out->rgb[y * out->width + x] = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
        }
    }
    free(raw);
    ak_buf_release(&packed);
    return ok;
}

#endif
