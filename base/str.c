#include "base/str.h"

#include <errno.h>
#include <stdlib.h>

int ak_str_cmp(struct ak_str a, struct ak_str b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0) {
        return c;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool ak_str_starts(struct ak_str s, struct ak_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool ak_str_ends(struct ak_str s, struct ak_str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

ptrdiff_t ak_str_find(struct ak_str s, struct ak_str needle)
{
    if (needle.len == 0) {
        return 0;
    }
    const char *p = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return p ? p - s.ptr : -1;
}

ptrdiff_t ak_str_chr(struct ak_str s, char c)
{
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? p - s.ptr : -1;
}

ptrdiff_t ak_str_rchr(struct ak_str s, char c)
{
    const char *p = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return p ? p - s.ptr : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct ak_str ak_str_trim(struct ak_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

struct ak_str ak_str_cut(struct ak_str *rest, char sep)
{
    const struct ak_str whole = *rest;
    const ptrdiff_t at = ak_str_chr(whole, sep);
    if (at < 0) {
        *rest = (struct ak_str){NULL, 0};
        return whole;
    }
    *rest = (struct ak_str){whole.ptr + at + 1, whole.len - (size_t)at - 1};
    return (struct ak_str){whole.ptr, (size_t)at};
}

bool ak_str_u64(struct ak_str s, uint64_t *out)
{
    if (s.len == 0) {
        return false;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        const unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, digit, &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

bool ak_str_i64(struct ak_str s, int64_t *out)
{
    const bool negative = s.len > 0 && s.ptr[0] == '-';
    const bool sign = negative || (s.len > 0 && s.ptr[0] == '+');
    uint64_t v;
    if (!ak_str_u64(ak_str_slice(s, sign, s.len), &v)) {
        return false;
    }
    if (v > (uint64_t)INT64_MAX + negative) {
        return false;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool ak_str_f64(struct ak_str s, double *out)
{
    char text[128];
    if (s.len == 0 || s.len >= sizeof text || is_blank(s.ptr[0])) {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    char *end;
    errno = 0;
    const double v = strtod(text, &end);
    if (end != text + s.len) {
        return false;
    }
    *out = v;
    return true;
}
