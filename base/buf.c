#include "base/buf.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ak_buf_release(struct ak_buf *b)
{
    ak_free(b->ptr);
    *b = (struct ak_buf){.max = b->max};
}

void ak_buf_reset(struct ak_buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->ptr) {
        b->ptr[0] = '\0';
    }
}

void ak_buf_reserve(struct ak_buf *b, size_t extra)
{
    const size_t need = b->len + extra + 1;
    if (need <= b->cap) {
        return;
    }
    size_t cap = b->cap ? b->cap * 2 : 64;
    if (cap < need) {
        cap = need;
    }
    b->ptr = ak_realloc(b->ptr, cap);
    b->cap = cap;
}

/* Room for n more bytes, or false beyond the maximum. */
static bool room(struct ak_buf *b, size_t n)
{
    if (b->max && (b->overflow || n > b->max - b->len)) {
        b->overflow = true;
        return false;
    }
    ak_buf_reserve(b, n);
    return true;
}

void ak_buf_add(struct ak_buf *b, const void *p, size_t n)
{
    if (!room(b, n)) {
        return;
    }
    if (n > 0) {
        memcpy(b->ptr + b->len, p, n);
    }
    b->len += n;
    b->ptr[b->len] = '\0';
}

void ak_buf_str(struct ak_buf *b, struct ak_str s)
{
    ak_buf_add(b, s.ptr, s.len);
}

void ak_buf_puts(struct ak_buf *b, const char *s)
{
    ak_buf_add(b, s, strlen(s));
}

void ak_buf_putc(struct ak_buf *b, char c)
{
    ak_buf_add(b, &c, 1);
}

void ak_buf_fill(struct ak_buf *b, char c, size_t n)
{
    if (room(b, n)) {
        memset(b->ptr + b->len, c, n);
        b->len += n;
        b->ptr[b->len] = '\0';
    }
}

void ak_buf_vprintf(struct ak_buf *b, const char *fmt, va_list ap)
{
    char small[512];
    va_list again;
    va_copy(again, ap);
    const int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        ak_buf_add(b, small, (size_t)n);
    } else if (n >= 0 && room(b, (size_t)n)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void ak_buf_printf(struct ak_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ak_buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void ak_buf_u64(struct ak_buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    ak_buf_add(b, digits + at, sizeof digits - at);
}

void ak_buf_i64(struct ak_buf *b, int64_t v)
{
    if (v < 0) {
        ak_buf_putc(b, '-');
        ak_buf_u64(b, 0 - (uint64_t)v);
    } else {
        ak_buf_u64(b, (uint64_t)v);
    }
}

void ak_buf_f64(struct ak_buf *b, double v)
{
    /* Whole numbers are written out: 1790640, not 1.79064e+06. */
    if (v == trunc(v) && fabs(v) < 0x1p53 && !(v == 0 && signbit(v))) {
        ak_buf_i64(b, (int64_t)v);
        return;
    }
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v || isnan(v)) {
            break;
        }
    }
    ak_buf_puts(b, text);
}

void ak_buf_pad_left(struct ak_buf *b, struct ak_str s, size_t width)
{
    const size_t runes = ak_utf8_count(s);
    ak_buf_fill(b, ' ', width > runes ? width - runes : 0);
    ak_buf_str(b, s);
}

void ak_buf_pad_right(struct ak_buf *b, struct ak_str s, size_t width)
{
    const size_t runes = ak_utf8_count(s);
    ak_buf_str(b, s);
    ak_buf_fill(b, ' ', width > runes ? width - runes : 0);
}

struct ak_str ak_buf_view(const struct ak_buf *b)
{
    return (struct ak_str){b->ptr ? b->ptr : "", b->len};
}

char *ak_buf_take(struct ak_buf *b)
{
    ak_buf_reserve(b, 0);
    char *p = b->ptr;
    p[b->len] = '\0';
    *b = (struct ak_buf){.max = b->max};
    return p;
}
