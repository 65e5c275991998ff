#include "base/json.h"

#include <assert.h>
#include <math.h>

#define DEPTH_MAX 64u

void ak_json_init(struct ak_json *j, struct ak_buf *out, unsigned indent)
{
    *j = (struct ak_json){.out = out, .indent = indent};
}

static void newline(struct ak_json *j)
{
    if (j->indent) {
        ak_buf_putc(j->out, '\n');
        ak_buf_fill(j->out, ' ', (size_t)j->depth * j->indent);
    }
}

static void before_value(struct ak_json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->need_comma) {
        ak_buf_putc(j->out, ',');
    }
    if (j->depth > 0) {
        newline(j);
    }
}

static void open_level(struct ak_json *j, char c, bool is_array)
{
    before_value(j);
    assert(j->depth < DEPTH_MAX);
    ak_buf_putc(j->out, c);
    const uint64_t bit = 1ULL << j->depth;
    j->is_array = is_array ? j->is_array | bit : j->is_array & ~bit;
    j->depth++;
    j->need_comma = false;
}

void ak_json_object(struct ak_json *j)
{
    open_level(j, '{', false);
}

void ak_json_array(struct ak_json *j)
{
    open_level(j, '[', true);
}

void ak_json_end(struct ak_json *j)
{
    assert(j->depth > 0 && !j->after_key);
    const bool had_items = j->need_comma;
    j->depth--;
    if (had_items) {
        newline(j);
    }
    ak_buf_putc(j->out, j->is_array >> j->depth & 1 ? ']' : '}');
    j->need_comma = true;
    if (j->depth == 0 && j->indent) {
        ak_buf_putc(j->out, '\n');
    }
}

static void put_escaped_rune(struct ak_buf *out, uint32_t rune, const char *s, size_t n)
{
    switch (rune) {
    case '"':
        ak_buf_puts(out, "\\\"");
        return;
    case '\\':
        ak_buf_puts(out, "\\\\");
        return;
    case '\n':
        ak_buf_puts(out, "\\n");
        return;
    case '\t':
        ak_buf_puts(out, "\\t");
        return;
    default:
        break;
    }
    const bool controls = rune < 0x20 || (rune >= 0x7f && rune < 0xa0);
    if (controls || rune == 0x2028 || rune == 0x2029 || (rune == 0xFFFD && n == 1)) {
        ak_buf_printf(out, "\\u%04x", rune);
    } else {
        ak_buf_add(out, s, n);
    }
}

void ak_json_escape(struct ak_buf *out, struct ak_str s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(s.ptr + i, s.len - i, &rune);
        if (rune == '/' && i > 0 && s.ptr[i - 1] == '<') {
            ak_buf_puts(out, "\\/");
        } else {
            put_escaped_rune(out, rune, s.ptr + i, n);
        }
        i += n;
    }
}

void ak_json_key(struct ak_json *j, const char *key)
{
    before_value(j);
    ak_buf_putc(j->out, '"');
    ak_json_escape(j->out, ak_str_from(key));
    ak_buf_puts(j->out, j->indent ? "\": " : "\":");
    j->after_key = true;
}

void ak_json_str(struct ak_json *j, struct ak_str s)
{
    before_value(j);
    ak_buf_putc(j->out, '"');
    ak_json_escape(j->out, s);
    ak_buf_putc(j->out, '"');
    j->need_comma = true;
}

static void put_word(struct ak_json *j, const char *word)
{
    before_value(j);
    ak_buf_puts(j->out, word);
    j->need_comma = true;
}

void ak_json_null(struct ak_json *j)
{
    put_word(j, "null");
}

void ak_json_cstr(struct ak_json *j, const char *s)
{
    if (s) {
        ak_json_str(j, ak_str_from(s));
    } else {
        ak_json_null(j);
    }
}

void ak_json_i64(struct ak_json *j, int64_t v)
{
    before_value(j);
    ak_buf_i64(j->out, v);
    j->need_comma = true;
}

void ak_json_f64(struct ak_json *j, double v)
{
    if (!isfinite(v)) {
        ak_json_null(j);
        return;
    }
    before_value(j);
    ak_buf_f64(j->out, v);
    j->need_comma = true;
}

void ak_json_bool(struct ak_json *j, bool v)
{
    put_word(j, v ? "true" : "false");
}

void ak_json_kstr(struct ak_json *j, const char *key, const char *s)
{
    ak_json_key(j, key);
    ak_json_cstr(j, s);
}

void ak_json_ki64(struct ak_json *j, const char *key, int64_t v)
{
    ak_json_key(j, key);
    ak_json_i64(j, v);
}

void ak_json_kf64(struct ak_json *j, const char *key, double v)
{
    ak_json_key(j, key);
    ak_json_f64(j, v);
}

void ak_json_kbool(struct ak_json *j, const char *key, bool v)
{
    ak_json_key(j, key);
    ak_json_bool(j, v);
}
