#include "base/buf.h"
#include "query.h"
#include "read/rune.h"

static bool is_operator(char c)
{
    return c == '(' || c == ')' || c == ':' || c == '@' || c == ',';
}

static bool starts_operator(char c)
{
    return is_operator(c) || c == '-' || c == '*';
}

/* Bytes of white space at the start of s, 0 when there is none. */
static size_t space(struct ak_str s)
{
    uint32_t rune;
    const size_t n = ak_utf8_decode(s.ptr, s.len, &rune);
    return n > 0 && collector_rune_is_space(rune) ? n : 0;
}

void collector_query_error(struct query_lexer *lex, size_t at, const char *text)
{
    if (lex->status == AK_OK) {
        const struct ak_str before = ak_str_slice(lex->all, 0, at);
        lex->status =
            ak_fail(lex->err, AK_USAGE, "%s: %s, character %zu of \"%.*s\"", lex->what, text,
                    ak_utf8_count(before) + 1, (int)ak_utf8_cut(lex->all, 200), lex->all.ptr);
    }
    lex->at = lex->all.len;
}

static struct query_token end_token(const struct query_lexer *lex)
{
    return (struct query_token){.kind = QUERY_END, .at = lex->all.len};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* \x41, \u0041, \U00000041 and \101: digits of `base` to a code; -1 when malformed. */
static long escape_number(struct ak_str s, size_t *at, size_t digits, int base)
{
    long value = 0;
    for (size_t i = 0; i < digits; i++, (*at)++) {
        const int d = *at < s.len ? hex_digit(s.ptr[*at]) : -1;
        if (d < 0 || d >= base) {
            return -1;
        }
        value = value * base + d;
    }
    return value;
}

/* One escape after the backslash, as in a Go string. */
static bool unescape(struct ak_str s, size_t *at, struct ak_buf *out)
{
    static const char names[] = "abfnrtv\\\"", codes[] = "\a\b\f\n\r\t\v\\\"";
    const char c = s.ptr[*at];
    const char *name = c ? strchr(names, c) : NULL;
    long code = -1;
    if (name) {
        (*at)++;
        ak_buf_putc(out, codes[name - names]);
        return true;
    }
    if (c >= '0' && c <= '7') {
        code = escape_number(s, at, 3, 8);
    } else if (c == 'x' || c == 'u' || c == 'U') {
        (*at)++;
        code = escape_number(s, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
    }
    if (code < 0 || code > 0x10ffff || (c != 'u' && c != 'U' && code > 255) ||
        (code >= 0xd800 && code < 0xe000)) {
        return false;
    }
    if (c == 'u' || c == 'U') {
        char rune[4];
        ak_buf_add(out, rune, ak_utf8_encode((uint32_t)code, rune));
    } else {
        ak_buf_putc(out, (char)code);
    }
    return true;
}

static struct query_token quoted(struct query_lexer *lex)
{
    const size_t start = lex->at;
    const struct ak_str s = lex->all;
    size_t end = start + 1;
    while (end < s.len && (s.ptr[end] != '"' || s.ptr[end - 1] == '\\')) {
        end++;
    }
    if (end >= s.len) {
        collector_query_error(lex, start, "missing end quote");
        return end_token(lex);
    }
    struct ak_buf text = AK_BUF_INIT;
    const struct ak_str inside = ak_str_slice(s, 0, end);
    bool ok = true;
    for (size_t i = start + 1; ok && i < end;) {
        if (s.ptr[i] != '\\') {
            ok = s.ptr[i] != '\n';
            ak_buf_putc(&text, s.ptr[i++]);
        } else {
            i++;
            ok = i < end && unescape(inside, &i, &text);
        }
    }
    const struct ak_str copy = ak_arena_str(lex->arena, ak_buf_view(&text));
    ak_buf_release(&text);
    if (!ok) {
        collector_query_error(lex, start, "bad escape sequence");
        return end_token(lex);
    }
    lex->at = end + 1;
    return (struct query_token){QUERY_QUOTED, start, copy};
}

static struct query_token bare(struct query_lexer *lex)
{
    const size_t start = lex->at;
    size_t end = start;
    while (end < lex->all.len && !is_operator(lex->all.ptr[end]) &&
           space(ak_str_slice(lex->all, end, lex->all.len)) == 0) {
        end++;
    }
    lex->at = end;
    const struct ak_str word = ak_str_slice(lex->all, start, end);
    const int kind = ak_str_eq(word, AK_STR("AND"))  ? QUERY_AND
                     : ak_str_eq(word, AK_STR("OR")) ? QUERY_OR
                                                     : QUERY_WORD;
    return (struct query_token){kind, start, word};
}

/* The slash that ends an expression: outside of brackets, groups and escapes. */
static size_t regex_end(struct ak_str s, size_t from)
{
    int bracket = 0, group = 0;
    for (size_t i = from; i < s.len; i++) {
        if (bracket == 0 && group == 0 && s.ptr[i] == '/') {
            return i;
        }
        switch (s.ptr[i]) {
        case '[':
            bracket++;
            break;
        case ']':
            bracket -= bracket > 0;
            break;
        case '(':
            group += bracket == 0;
            break;
        case ')':
            group -= bracket == 0;
            break;
        case '\\':
            i++;
            break;
        default:
            break;
        }
    }
    return s.len;
}

static struct query_token regex(struct query_lexer *lex)
{
    const size_t start = lex->at;
    const size_t end = regex_end(lex->all, start + 1);
    if (end >= lex->all.len) {
        collector_query_error(lex, start, "missing close \"/\"");
        return end_token(lex);
    }
    const struct ak_str after = ak_str_slice(lex->all, end + 1, lex->all.len);
    if (after.len > 0 && space(after) == 0 && !starts_operator(after.ptr[0])) {
        collector_query_error(lex, end + 1,
                              "a regular expression must be followed by a blank or an operator "
                              "(unescaped \"/\"?)");
        return end_token(lex);
    }
    lex->at = end + 1;
    return (struct query_token){QUERY_REGEX, start, ak_str_slice(lex->all, start + 1, end)};
}

struct query_token collector_query_next(struct query_lexer *lex, bool allow_regex)
{
    while (lex->at < lex->all.len) {
        const char c = lex->all.ptr[lex->at];
        const size_t blank = space(ak_str_slice(lex->all, lex->at, lex->all.len));
        if (starts_operator(c)) {
            const struct ak_str text = ak_str_slice(lex->all, lex->at, lex->at + 1);
            return (struct query_token){c, lex->at++, text};
        }
        if (blank == 0) {
            return c == '"' ? quoted(lex) : allow_regex && c == '/' ? regex(lex) : bare(lex);
        }
        lex->at += blank;
    }
    return end_token(lex);
}

struct query_token collector_query_peek(const struct query_lexer *lex, bool allow_regex)
{
    struct query_lexer copy = *lex;
    struct ak_error ignored;
    copy.err = &ignored; /* the error is reported when the token is consumed */
    return collector_query_next(&copy, allow_regex);
}
