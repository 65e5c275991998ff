#include "base/sanitize.h"

static bool is_control(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7f && rune < 0xa0);
}

/* Marks that reorder or hide the text around them on a screen. */
static bool is_bidi_or_hidden(uint32_t rune)
{
    return (rune >= 0x200e && rune <= 0x200f) || (rune >= 0x202a && rune <= 0x202e) ||
           (rune >= 0x2066 && rune <= 0x2069) || rune == 0xfeff || rune == 0x2028 || rune == 0x2029;
}

/* Calls put for each rune of s; controls, hidden marks and invalid bytes arrive as text. */
static void each_rune(struct ak_buf *out, struct ak_str s,
                      void (*put)(struct ak_buf *out, const char *s, size_t n))
{
    for (size_t i = 0; i < s.len;) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(s.ptr + i, s.len - i, &rune);
        if (rune == '\t') {
            put(out, " ", 1);
        } else if (n == 1 && (unsigned char)s.ptr[i] >= 0x80) {
            put(out, "\xEF\xBF\xBD", 3);
        } else if (is_control(rune) || is_bidi_or_hidden(rune)) {
            static const char digits[] = "0123456789abcdef";
            char text[6] = {'\\', rune < 0x100 ? 'x' : 'u', 0, 0, 0, 0};
            const size_t width = rune < 0x100 ? 2 : 4;
            for (size_t d = 0; d < width; d++) {
                text[2 + d] = digits[rune >> (4 * (width - 1 - d)) & 15];
            }
            put(out, text, 2 + width);
        } else {
            put(out, s.ptr + i, n);
        }
        i += n;
    }
}

static void put_text(struct ak_buf *out, const char *s, size_t n)
{
    ak_buf_add(out, s, n);
}

void ak_sanitize_text(struct ak_buf *out, struct ak_str s)
{
    each_rune(out, s, put_text);
}

static void put_html(struct ak_buf *out, const char *s, size_t n)
{
    switch (n == 1 ? s[0] : '\0') {
    case '&':
        ak_buf_puts(out, "&amp;");
        break;
    case '<':
        ak_buf_puts(out, "&lt;");
        break;
    case '>':
        ak_buf_puts(out, "&gt;");
        break;
    case '"':
        ak_buf_puts(out, "&quot;");
        break;
    case '\'':
        ak_buf_puts(out, "&#39;");
        break;
    default:
        ak_buf_add(out, s, n);
    }
}

void ak_sanitize_html(struct ak_buf *out, struct ak_str s)
{
    each_rune(out, s, put_html);
}

/* Numeric entities are safe in every Markdown dialect, where a backslash is not. */
static void put_markdown(struct ak_buf *out, const char *s, size_t n)
{
    if (n == 1 && memchr("|`*_<>@#[]\\~&!", s[0], 14)) {
        ak_buf_printf(out, "&#%d;", s[0]);
    } else {
        ak_buf_add(out, s, n);
    }
}

void ak_sanitize_markdown(struct ak_buf *out, struct ak_str s)
{
    each_rune(out, s, put_markdown);
}

/* A pipe ends a table cell even inside a code span unless it is escaped. */
static void put_code(struct ak_buf *out, const char *s, size_t n)
{
    if (n == 1 && s[0] == '|') {
        ak_buf_puts(out, "\\|");
    } else {
        ak_buf_add(out, s, n);
    }
}

void ak_sanitize_markdown_code(struct ak_buf *out, struct ak_str s)
{
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < s.len; i++) {
        run = s.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    const bool pad = s.len > 0 && (s.ptr[0] == '`' || s.ptr[s.len - 1] == '`');
    ak_buf_fill(out, '`', longest + 1);
    ak_buf_puts(out, pad ? " " : "");
    each_rune(out, s, put_code);
    ak_buf_puts(out, pad ? " " : "");
    ak_buf_fill(out, '`', longest + 1);
}

void ak_sanitize_csv(struct ak_buf *out, struct ak_str s)
{
    struct ak_buf text = AK_BUF_INIT;
    double number;
    if (s.len > 0 && memchr("=+-@", s.ptr[0], 4) && !ak_str_f64(s, &number) &&
        !ak_str_ends(s, AK_STR("%"))) {
        ak_buf_putc(&text, '\'');
    }
    ak_sanitize_text(&text, s);
    const struct ak_str view = ak_buf_view(&text);
    if (ak_str_chr(view, ',') < 0 && ak_str_chr(view, '"') < 0) {
        ak_buf_str(out, view);
    } else {
        ak_buf_putc(out, '"');
        for (size_t i = 0; i < view.len; i++) {
            if (view.ptr[i] == '"') {
                ak_buf_putc(out, '"');
            }
            ak_buf_putc(out, view.ptr[i]);
        }
        ak_buf_putc(out, '"');
    }
    ak_buf_release(&text);
}

void ak_sanitize_filename(struct ak_buf *out, struct ak_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        const bool keep = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '-' || c == '_' || (c == '.' && i > 0);
        ak_buf_putc(out, keep ? c : '_');
    }
    if (s.len == 0) {
        ak_buf_putc(out, '_');
    }
}
