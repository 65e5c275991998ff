/* Growable byte buffer with a maximum. All writers (text, json, html, png, protobuf) append to one.
 * Content is always followed by a NUL that is not counted. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/status.h"
#include "base/str.h"

#include <stdarg.h>

struct ak_buf {
    char *ptr; /* NULL while empty */
    size_t len;
    size_t cap;
    size_t max; /* 0: no maximum. A write beyond it sets `overflow` and is dropped. */
    bool overflow;
};

#define AK_BUF_INIT                                                                                \
    {                                                                                              \
        0                                                                                          \
    }

void ak_buf_release(struct ak_buf *b);
void ak_buf_reset(struct ak_buf *b); /* length 0, memory kept */
void ak_buf_reserve(struct ak_buf *b, size_t extra);
void ak_buf_add(struct ak_buf *b, const void *p, size_t n);
void ak_buf_str(struct ak_buf *b, struct ak_str s);
void ak_buf_puts(struct ak_buf *b, const char *s);
void ak_buf_putc(struct ak_buf *b, char c);
void ak_buf_fill(struct ak_buf *b, char c, size_t n); /* n times c */
void ak_buf_printf(struct ak_buf *b, const char *fmt, ...) AK_PRINTF(2, 3);
void ak_buf_vprintf(struct ak_buf *b, const char *fmt, va_list ap) AK_PRINTF(2, 0);
void ak_buf_i64(struct ak_buf *b, int64_t v); /* decimal, faster than printf */
void ak_buf_u64(struct ak_buf *b, uint64_t v);
/* Shortest decimal that reads back as the same double; whole numbers below 2^53 without exponent.
 */
void ak_buf_f64(struct ak_buf *b, double v);
/* Pads with blanks to `width` runes: text left or right of them. */
void ak_buf_pad_left(struct ak_buf *b, struct ak_str s, size_t width); /* right-aligned text */
void ak_buf_pad_right(struct ak_buf *b, struct ak_str s, size_t width);
struct ak_str ak_buf_view(const struct ak_buf *b); /* borrows until the next write */
char *ak_buf_take(struct ak_buf *b);               /* returns owned, b is empty again */

#endif
