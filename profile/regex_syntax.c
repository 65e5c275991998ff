#include "regex_syntax.h"

#include <string.h>

/* A reader over the pattern. `atom` says what stands before a repetition operator. */
enum atom { ATOM_NONE, ATOM_ITEM, ATOM_REPEATED };

struct reader {
    struct ak_str src;
    size_t at;
    struct ak_buf *out;
    struct ak_error *err;
    bool literal; /* nothing but plain characters so far */
    enum atom atom;
    size_t depth;
    size_t last_repeat; /* where the last repetition operator began */
};

enum { MAX_REPEAT = 1000, MAX_DEPTH = 250 };

static enum ak_status refuse(struct reader *r, const char *what, size_t from, size_t to)
{
    const struct ak_str part = ak_str_slice(r->src, from, to);
    return ak_fail(r->err, AK_USAGE, "error parsing regexp: %s: `%.*s`", what, (int)part.len,
                   part.ptr);
}

static bool more(const struct reader *r)
{
    return r->at < r->src.len;
}

static char peek_at(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->src.len ? r->src.ptr[r->at + ahead] : '\0';
}

static bool looking_at(const struct reader *r, const char *text)
{
    return ak_str_starts(ak_str_slice(r->src, r->at, r->src.len), ak_str_from(text));
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static uint32_t next_rune(struct reader *r)
{
    uint32_t rune;
    r->at += ak_utf8_decode(r->src.ptr + r->at, r->src.len - r->at, &rune);
    return rune;
}

static void put_rune(struct reader *r, uint32_t rune)
{
    if (rune < 0x80 && is_alnum((char)rune)) {
        ak_buf_putc(r->out, (char)rune);
    } else {
        ak_buf_printf(r->out, "\\x{%x}", rune);
    }
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* \x7F or \x{10FFFF}; r->at is behind the x. */
static bool read_hex(struct reader *r, uint32_t *out)
{
    const bool braced = peek_at(r, 0) == '{';
    r->at += braced;
    uint32_t v = 0;
    size_t digits = 0;
    for (; hex_value(peek_at(r, 0)) >= 0 && (braced || digits < 2); digits++, r->at++) {
        v = v * 16 + (uint32_t)hex_value(peek_at(r, 0));
        if (v > 0x10ffff) {
            return false;
        }
    }
    if (braced) {
        if (digits == 0 || peek_at(r, 0) != '}') {
            return false;
        }
        r->at++;
    } else if (digits != 2) {
        return false;
    }
    *out = v;
    return true;
}

/* One escaped character as a rune; r->at is at the backslash. */
static enum ak_status read_escape(struct reader *r, uint32_t *out)
{
    const size_t from = r->at++;
    if (!more(r)) {
        return ak_fail(r->err, AK_USAGE,
                       "error parsing regexp: trailing backslash at end of expression: ``");
    }
    const char c = peek_at(r, 0);
    static const char letters[] = "afnrtv";
    static const char values[] = {7, 12, 10, 13, 9, 11};
    const char *letter = strchr(letters, c);
    if ((c == '0' || (c >= '1' && c <= '7' && peek_at(r, 1) >= '0' && peek_at(r, 1) <= '7'))) {
        uint32_t v = 0;
        for (int i = 0; i < 3 && peek_at(r, 0) >= '0' && peek_at(r, 0) <= '7'; i++, r->at++) {
            v = v * 8 + (uint32_t)(peek_at(r, 0) - '0');
        }
        *out = v;
        return AK_OK;
    }
    if (c == 'x') {
        r->at++;
        if (read_hex(r, out)) {
            return AK_OK;
        }
    } else if (letter && c) {
        r->at++;
        *out = (uint32_t)values[letter - letters];
        return AK_OK;
    } else if ((unsigned char)c < 0x80 && !is_alnum(c)) {
        r->at++;
        *out = (unsigned char)c;
        return AK_OK;
    } else {
        next_rune(r);
    }
    return refuse(r, "invalid escape sequence", from, r->at);
}

/* \d \D \s \S \w \W and \pN \p{Greek} \PN: written to out, true. RE2's white space lacks \v. */
static bool read_class_escape(struct reader *r, bool in_class, enum ak_status *st)
{
    if (peek_at(r, 0) != '\\') {
        return false;
    }
    const size_t from = r->at;
    const char c = peek_at(r, 1);
    if (strchr("dDwW", c) && c) {
        ak_buf_add(r->out, r->src.ptr + r->at, 2);
        r->at += 2;
        return true;
    }
    if (c == 's' || c == 'S') {
        static const char blank[] = "\\t\\n\\f\\r\\x20";
        static const char other[] = "\\x00-\\x08\\x0b\\x0e-\\x1f\\x21-\\x{10ffff}";
        ak_buf_printf(r->out, in_class ? "%s" : "[%s]", c == 's' ? blank : other);
        r->at += 2;
        return true;
    }
    if (c != 'p' && c != 'P') {
        return false;
    }
    r->at += 2;
    const size_t name = r->at;
    if (peek_at(r, 0) == '{') {
        const ptrdiff_t end = ak_str_chr(ak_str_slice(r->src, r->at, r->src.len), '}');
        if (end < 0) {
            *st = refuse(r, "invalid character class range", from, r->src.len);
            return true;
        }
        r->at += (size_t)end + 1;
    } else if (more(r)) {
        next_rune(r);
    }
    for (size_t i = name; i < r->at; i++) {
        const char n = r->src.ptr[i];
        if (!is_alnum(n) && !strchr("{}^_", n)) {
            *st = refuse(r, "invalid character class range", from, r->at);
            return true;
        }
    }
    if (r->at == name) {
        *st = refuse(r, "invalid character class range", from, r->at);
        return true;
    }
    ak_buf_add(r->out, r->src.ptr + from, r->at - from);
    return true;
}

/* [:alpha:] inside a class. */
static bool read_posix_class(struct reader *r, enum ak_status *st)
{
    static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                        "digit", "graph", "lower", "print", "punct",
                                        "space", "upper", "word",  "xdigit"};
    if (!looking_at(r, "[:")) {
        return false;
    }
    const ptrdiff_t end = ak_str_find(ak_str_slice(r->src, r->at + 2, r->src.len), AK_STR(":]"));
    if (end < 0) {
        return false;
    }
    const size_t from = r->at;
    const size_t to = from + 2 + (size_t)end;
    const size_t name_from = from + 2 + (peek_at(r, 2) == '^');
    const struct ak_str name = ak_str_slice(r->src, name_from, to);
    r->at = to + 2;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ak_str_eq(name, ak_str_from(names[i]))) {
            ak_buf_add(r->out, r->src.ptr + from, r->at - from);
            return true;
        }
    }
    *st = refuse(r, "invalid character class range", from, r->at);
    return true;
}

static enum ak_status read_class_rune(struct reader *r, size_t class_from, uint32_t *out)
{
    if (!more(r)) {
        return refuse(r, "missing closing ]", class_from, r->src.len);
    }
    if (peek_at(r, 0) == '\\') {
        return read_escape(r, out);
    }
    *out = next_rune(r);
    return AK_OK;
}

static enum ak_status read_class_range(struct reader *r, size_t class_from)
{
    const size_t from = r->at;
    uint32_t lo, hi;
    enum ak_status st = read_class_rune(r, class_from, &lo);
    if (st != AK_OK) {
        return st;
    }
    put_rune(r, lo);
    if (peek_at(r, 0) == '-' && r->at + 1 < r->src.len && peek_at(r, 1) != ']') {
        r->at++;
        st = read_class_rune(r, class_from, &hi);
        if (st != AK_OK) {
            return st;
        }
        if (hi < lo) {
            return refuse(r, "invalid character class range", from, r->at);
        }
        ak_buf_putc(r->out, '-');
        put_rune(r, hi);
    }
    return AK_OK;
}

static enum ak_status read_class(struct reader *r)
{
    const size_t from = r->at++;
    ak_buf_putc(r->out, '[');
    if (peek_at(r, 0) == '^') {
        ak_buf_putc(r->out, '^');
        r->at++;
    }
    for (bool first = true; !more(r) || peek_at(r, 0) != ']' || first; first = false) {
        if (!more(r)) {
            return refuse(r, "missing closing ]", from, r->src.len);
        }
        enum ak_status st = AK_OK;
        if (!read_posix_class(r, &st) && !read_class_escape(r, true, &st)) {
            st = read_class_range(r, from);
        }
        if (st != AK_OK) {
            return st;
        }
    }
    r->at++;
    ak_buf_putc(r->out, ']');
    return AK_OK;
}

/* (?P<name> and (?<name>; r->at is at the parenthesis. */
static enum ak_status read_group_name(struct reader *r)
{
    const size_t from = r->at;
    const size_t name = from + (peek_at(r, 2) == 'P' ? 4 : 3);
    const ptrdiff_t end = ak_str_chr(ak_str_slice(r->src, name, r->src.len), '>');
    if (end < 0) {
        return refuse(r, "invalid named capture", from, r->src.len);
    }
    const size_t to = name + (size_t)end;
    for (size_t i = name; i < to; i++) {
        if (!is_alnum(r->src.ptr[i]) && r->src.ptr[i] != '_') {
            return refuse(r, "invalid named capture", from, to + 1);
        }
    }
    if (to == name) {
        return refuse(r, "invalid named capture", from, to + 1);
    }
    r->at = to + 1;
    ak_buf_puts(r->out, "(?:");
    r->depth++;
    return AK_OK;
}

/* (?i), (?i-s:, (?: ; r->at is at the parenthesis. */
static enum ak_status read_flags(struct reader *r)
{
    const size_t from = r->at;
    r->at += 2;
    bool minus = false, flag_seen = false;
    for (; more(r); r->at++) {
        const char c = peek_at(r, 0);
        if (strchr("imsU", c) && c) {
            flag_seen = true;
        } else if (c == '-' && !minus) {
            minus = true;
            flag_seen = false;
        } else {
            break;
        }
    }
    const char end = peek_at(r, 0);
    if ((end != ')' && end != ':') || (minus && !flag_seen)) {
        if (!more(r)) {
            return refuse(r, "missing closing )", from, r->src.len);
        }
        next_rune(r);
        return refuse(r, "invalid or unsupported Perl syntax", from, r->at);
    }
    r->at++;
    ak_buf_add(r->out, r->src.ptr + from, r->at - from);
    if (end == ':') {
        r->depth++;
    }
    return AK_OK;
}

static enum ak_status read_group(struct reader *r)
{
    r->atom = ATOM_NONE;
    if (r->depth >= MAX_DEPTH) {
        return refuse(r, "expression nests too deeply", 0, r->src.len);
    }
    if (peek_at(r, 1) != '?') {
        r->at++;
        r->depth++;
        ak_buf_puts(r->out, "(?:");
        return AK_OK;
    }
    return looking_at(r, "(?P<") || looking_at(r, "(?<") ? read_group_name(r) : read_flags(r);
}

/* {n}, {n,}, {n,m}. False: not a repetition, the brace is a character. */
static bool read_counts(struct reader *r, long *out_min, long *out_max)
{
    size_t at = r->at + 1;
    long n[2] = {-1, -1};
    for (int i = 0; i < 2; i++) {
        const size_t from = at;
        long v = 0;
        for (; at < r->src.len && r->src.ptr[at] >= '0' && r->src.ptr[at] <= '9'; at++) {
            v = v > MAX_REPEAT ? v : v * 10 + (r->src.ptr[at] - '0');
        }
        const bool leading_zero = at > from + 1 && r->src.ptr[from] == '0';
        if (leading_zero || (i == 0 && at == from)) {
            return false;
        }
        n[i] = at > from ? v : -1;
        if (i == 0 && (at >= r->src.len || r->src.ptr[at] != ',')) {
            n[1] = n[0];
            break;
        }
        at += i == 0;
    }
    if (at >= r->src.len || r->src.ptr[at] != '}') {
        return false;
    }
    r->at = at + 1;
    *out_min = n[0];
    *out_max = n[1];
    return true;
}

static enum ak_status read_repeat(struct reader *r)
{
    const size_t from = r->at;
    if (peek_at(r, 0) == '{') {
        long lo, hi;
        if (!read_counts(r, &lo, &hi)) {
            r->at++;
            put_rune(r, '{');
            r->atom = ATOM_ITEM;
            return AK_OK;
        }
        if (lo > MAX_REPEAT || hi > MAX_REPEAT || (hi >= 0 && lo > hi)) {
            return refuse(r, "invalid repeat count", from, r->at);
        }
    } else {
        r->at++;
    }
    r->literal = false;
    r->at += peek_at(r, 0) == '?';
    if (r->atom == ATOM_NONE) {
        return refuse(r, "missing argument to repetition operator", from, r->at);
    }
    if (r->atom == ATOM_REPEATED) {
        return refuse(r, "invalid nested repetition operator", r->last_repeat, r->at);
    }
    ak_buf_add(r->out, r->src.ptr + from, r->at - from);
    r->last_repeat = from;
    r->atom = ATOM_REPEATED;
    return AK_OK;
}

/* \Q...\E: everything between is plain. */
static void read_quoted(struct reader *r)
{
    r->at += 2;
    while (more(r) && !looking_at(r, "\\E")) {
        put_rune(r, next_rune(r));
        r->atom = ATOM_ITEM;
    }
    r->at += looking_at(r, "\\E") ? 2 : 0;
}

static enum ak_status read_backslash(struct reader *r)
{
    r->literal = false;
    if (looking_at(r, "\\Q")) {
        read_quoted(r);
        return AK_OK;
    }
    r->atom = ATOM_ITEM;
    const char c = peek_at(r, 1);
    if (c && strchr("AbBz", c)) {
        /* In a group, so that a repetition may follow. */
        ak_buf_printf(r->out, "(?:\\%c)", c);
        r->at += 2;
        return AK_OK;
    }
    enum ak_status st = AK_OK;
    if (read_class_escape(r, false, &st)) {
        return st;
    }
    uint32_t rune;
    st = read_escape(r, &rune);
    if (st == AK_OK) {
        put_rune(r, rune);
    }
    return st;
}

static enum ak_status read_one(struct reader *r)
{
    const char c = peek_at(r, 0);
    switch (c) {
    case '*':
    case '+':
    case '?':
    case '{':
        return read_repeat(r);
    case '\\':
        return read_backslash(r);
    case '(':
        r->literal = false;
        return read_group(r);
    case '[':
        r->literal = false;
        r->atom = ATOM_ITEM;
        return read_class(r);
    case '|':
        r->literal = false;
        r->atom = ATOM_NONE;
        break;
    case ')':
        r->atom = ATOM_ITEM;
        if (r->depth == 0) {
            return refuse(r, "unexpected )", 0, r->src.len);
        }
        r->depth--;
        break;
    case '^':
    case '$':
        r->literal = false;
        r->atom = ATOM_ITEM;
        ak_buf_printf(r->out, "(?:%c)", c);
        r->at++;
        return AK_OK;
    case '.':
        r->literal = false;
        r->atom = ATOM_ITEM;
        break;
    default:
        r->atom = ATOM_ITEM;
        put_rune(r, next_rune(r));
        return AK_OK;
    }
    ak_buf_putc(r->out, c);
    r->at++;
    return AK_OK;
}

enum ak_status profile_regex_translate(struct ak_str pattern, struct ak_buf *out, bool *out_literal,
                                       struct ak_error *err)
{
    struct reader r = {.src = pattern, .out = out, .err = err, .literal = true};
    if (!ak_utf8_valid(pattern)) {
        return refuse(&r, "invalid UTF-8", 0, pattern.len);
    }
    while (more(&r)) {
        const enum ak_status st = read_one(&r);
        if (st != AK_OK) {
            return st;
        }
    }
    if (r.depth) {
        return refuse(&r, "missing closing )", 0, pattern.len);
    }
    *out_literal = r.literal;
    return AK_OK;
}
