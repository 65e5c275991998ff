/* Borrowed slice of bytes, usually UTF-8, not necessarily NUL-terminated. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ak_str {
    const char *ptr;
    size_t len;
};

#define AK_STR(literal) ((struct ak_str){(literal), sizeof(literal) - 1})

static inline struct ak_str ak_str_from(const char *s)
{
    return (struct ak_str){s, s ? strlen(s) : 0};
}

static inline bool ak_str_eq(struct ak_str a, struct ak_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise order, shorter first on a common prefix (Go's string order). */
int ak_str_cmp(struct ak_str a, struct ak_str b);
bool ak_str_starts(struct ak_str s, struct ak_str prefix);
bool ak_str_ends(struct ak_str s, struct ak_str suffix);
/* Index of the first occurrence, or -1. */
ptrdiff_t ak_str_find(struct ak_str s, struct ak_str needle);
ptrdiff_t ak_str_chr(struct ak_str s, char c);
ptrdiff_t ak_str_rchr(struct ak_str s, char c);
/* Bytes from..to, clamped. */
static inline struct ak_str ak_str_slice(struct ak_str s, size_t from, size_t to)
{
    to = to > s.len ? s.len : to;
    from = from > to ? to : from;
    return (struct ak_str){s.ptr ? s.ptr + from : NULL, to - from};
}
struct ak_str ak_str_trim(struct ak_str s); /* ASCII white space on both sides */
/* Cuts *rest at the first `sep`: returns the part before it, *rest becomes what follows (ptr NULL
 * when there was no separator, so a loop ends on rest->ptr == NULL). */
struct ak_str ak_str_cut(struct ak_str *rest, char sep);

/* Whole-string numbers, locale-free. False when malformed or out of range. */
bool ak_str_i64(struct ak_str s, int64_t *out);
bool ak_str_u64(struct ak_str s, uint64_t *out);
bool ak_str_f64(struct ak_str s, double *out); /* decimal or hex float, inf, nan as strtod */

/* UTF-8: decodes one rune at s[0..len); invalid bytes give U+FFFD and 1 byte, as Go does.
 * Returns the bytes consumed (0 only for len 0). */
size_t ak_utf8_decode(const char *s, size_t len, uint32_t *out_rune);
size_t ak_utf8_encode(uint32_t rune, char out[4]);
bool ak_utf8_valid(struct ak_str s);
size_t ak_utf8_count(struct ak_str s); /* runes */
/* Longest prefix of at most `max` bytes that does not cut a rune. */
size_t ak_utf8_cut(struct ak_str s, size_t max);

#endif
