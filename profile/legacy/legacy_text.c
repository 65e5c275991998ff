#include "legacy_reader.h"

bool profile_legacy_next(struct legacy_lines *l)
{
    l->line = AK_STR("");
    if (!l->rest.ptr || l->rest.len == 0) {
        return false;
    }
    l->line = ak_str_cut(&l->rest, '\n');
    if (l->line.len > 0 && l->line.ptr[l->line.len - 1] == '\r') {
        l->line.len--;
    }
    return true;
}

/* White space of Unicode beyond ASCII. */
static bool is_wide_space(uint32_t rune)
{
    return rune == 0x85 || rune == 0xa0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) ||
           rune == 0x2028 || rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

/* The length of the wide white space of `len` bytes at p, which is that long or 0. */
static size_t wide_space(const char *p, size_t len)
{
    uint32_t rune;
    return ak_utf8_decode(p, len, &rune) == len && is_wide_space(rune) ? len : 0;
}

struct ak_str profile_legacy_trim(struct ak_str s)
{
    for (;;) {
        s = ak_str_trim(s);
        size_t front = 0, back = 0;
        for (size_t n = 2; n <= 3 && n <= s.len && front == 0 && back == 0; n++) {
            front = wide_space(s.ptr, n);
            back = wide_space(s.ptr + s.len - n, n);
        }
        if (front > 0) {
            s = ak_str_slice(s, front, s.len);
        } else if (back > 0) {
            s.len -= back;
        } else {
            return s;
        }
    }
}

bool profile_legacy_is_comment(struct ak_str line)
{
    const struct ak_str s = profile_legacy_trim(line);
    return s.len == 0 || s.ptr[0] == '#';
}

bool profile_legacy_skip_comments(struct legacy_lines *l)
{
    while (profile_legacy_next(l)) {
        if (!profile_legacy_is_comment(l->line)) {
            return true;
        }
    }
    return false;
}

bool profile_legacy_is_map_start(struct ak_str line)
{
    return ak_str_find(line, AK_STR("--- Memory map: ---")) >= 0 ||
           ak_str_find(line, AK_STR("MAPPED_LIBRARIES:")) >= 0;
}

struct legacy_cursor profile_legacy_cursor(struct ak_str s)
{
    return (struct legacy_cursor){s.ptr, s.ptr + s.len};
}

bool profile_legacy_eat(struct legacy_cursor *c, const char *literal)
{
    const size_t n = strlen(literal);
    if ((size_t)(c->end - c->at) < n || memcmp(c->at, literal, n) != 0) {
        return false;
    }
    c->at += n;
    return true;
}

void profile_legacy_eat_blanks(struct legacy_cursor *c)
{
    while (c->at < c->end && *c->at == ' ') {
        c->at++;
    }
}

bool profile_legacy_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r' || c == '\n';
}

size_t profile_legacy_eat_space(struct legacy_cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && profile_legacy_is_space(*c->at)) {
        c->at++;
    }
    return (size_t)(c->at - start);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct ak_str profile_legacy_eat_digits(struct legacy_cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        c->at++;
    }
    return (struct ak_str){start, (size_t)(c->at - start)};
}

struct ak_str profile_legacy_eat_hex(struct legacy_cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && hex_value(*c->at) >= 0) {
        c->at++;
    }
    return (struct ak_str){start, (size_t)(c->at - start)};
}

struct ak_str profile_legacy_eat_word(struct legacy_cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && !profile_legacy_is_space(*c->at)) {
        c->at++;
    }
    return (struct ak_str){start, (size_t)(c->at - start)};
}

struct ak_str profile_legacy_eat_addresses(struct legacy_cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && (*c->at == ' ' || *c->at == 'x' || (*c->at >= '0' && *c->at <= '9') ||
                              (*c->at >= 'a' && *c->at <= 'f'))) {
        c->at++;
    }
    return (struct ak_str){start, (size_t)(c->at - start)};
}

/* "1_000": one underscore between digits, or between a prefix and a digit, is passed over. */
static bool is_separator(struct ak_str digits, size_t i, bool behind_prefix)
{
    return digits.ptr[i] == '_' && i + 1 < digits.len &&
           (i > 0 ? digits.ptr[i - 1] != '_' : behind_prefix);
}

static bool parse_base(struct ak_str digits, unsigned base, bool behind_prefix, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (is_separator(digits, i, behind_prefix)) {
            continue;
        }
        const int d = hex_value(digits.ptr[i]);
        if (d < 0 || (unsigned)d >= base || __builtin_mul_overflow(v, (uint64_t)base, &v) ||
            __builtin_add_overflow(v, (uint64_t)d, &v)) {
            return false;
        }
    }
    *out = v;
    return digits.len > 0;
}

bool profile_legacy_hex(struct ak_str digits, uint64_t *out)
{
    return parse_base(digits, 16, false, out);
}

bool profile_legacy_int(struct ak_str s, int64_t *out)
{
    const bool negative = s.len > 0 && s.ptr[0] == '-';
    if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        s = ak_str_slice(s, 1, s.len);
    }
    unsigned base = 10;
    if (s.len > 1 && s.ptr[0] == '0') {
        const char kind = (char)(s.ptr[1] | 0x20);
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        s = ak_str_slice(s, kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1, s.len);
    }
    uint64_t v;
    if (!parse_base(s, base, base != 10, &v) || v > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}
