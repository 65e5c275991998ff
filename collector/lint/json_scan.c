#include "lint/json_scan.h"

#define DEPTH_MAX 64

static void blanks(struct lint_scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n')) {
        s->p++;
    }
}

bool collector_scan_char(struct lint_scan *s, char c)
{
    blanks(s);
    if (s->p < s->end && *s->p == c) {
        s->p++;
        return true;
    }
    return false;
}

bool collector_scan_end(struct lint_scan *s)
{
    blanks(s);
    return s->p == s->end;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hex digits at p, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t v = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = p + i < end ? hex_value(p[i]) : -1;
        if (digit < 0) {
            return -1;
        }
        v = v * 16 + digit;
    }
    return v;
}

/* Steps over the escape that begins at s->p. */
static bool escape(struct lint_scan *s)
{
    if (s->end - s->p < 2) {
        return false;
    }
    const char c = s->p[1];
    if (c == 'u') {
        const bool good = hex4(s->p + 2, s->end) >= 0;
        s->p += good ? 6 : 0;
        return good;
    }
    s->p += 2;
    return memchr("\"\\/bfnrt", c, 8) != NULL;
}

bool collector_scan_string(struct lint_scan *s, struct ak_str *out_raw)
{
    if (!collector_scan_char(s, '"')) {
        return false;
    }
    const char *const from = s->p;
    while (s->p < s->end && *s->p != '"') {
        if (*s->p == '\\') {
            if (!escape(s)) {
                return false;
            }
        } else if ((unsigned char)*s->p < 0x20) {
            return false;
        } else {
            s->p++;
        }
    }
    *out_raw = (struct ak_str){from, (size_t)(s->p - from)};
    return collector_scan_char(s, '"');
}

/* The longest run of characters that a number may have. */
static struct ak_str number(struct lint_scan *s)
{
    blanks(s);
    const char *const from = s->p;
    while (s->p < s->end && *s->p != '\0' && strchr("+-.eE0123456789", *s->p)) {
        s->p++;
    }
    return (struct ak_str){from, (size_t)(s->p - from)};
}

bool collector_scan_u32(struct lint_scan *s, uint32_t *out)
{
    uint64_t v;
    if (!ak_str_u64(number(s), &v) || v > UINT32_MAX) {
        return false;
    }
    *out = (uint32_t)v;
    return true;
}

enum lint_scan_step collector_scan_member(struct lint_scan *s, bool first, struct ak_str *out_key)
{
    if (collector_scan_char(s, '}')) {
        return LINT_SCAN_DONE;
    }
    if ((!first && !collector_scan_char(s, ',')) || !collector_scan_string(s, out_key) ||
        !collector_scan_char(s, ':')) {
        return LINT_SCAN_BAD;
    }
    return LINT_SCAN_MEMBER;
}

static bool skip_object(struct lint_scan *s)
{
    struct ak_str key;
    enum lint_scan_step step = collector_scan_member(s, true, &key);
    while (step == LINT_SCAN_MEMBER) {
        step = collector_scan_skip(s) ? collector_scan_member(s, false, &key) : LINT_SCAN_BAD;
    }
    return step == LINT_SCAN_DONE;
}

static bool skip_array(struct lint_scan *s)
{
    if (collector_scan_char(s, ']')) {
        return true;
    }
    do {
        if (!collector_scan_skip(s)) {
            return false;
        }
    } while (collector_scan_char(s, ','));
    return collector_scan_char(s, ']');
}

static bool skip_word(struct lint_scan *s)
{
    static const struct ak_str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    const struct ak_str rest = {s->p, (size_t)(s->end - s->p)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (ak_str_starts(rest, words[i])) {
            s->p += words[i].len;
            return true;
        }
    }
    double v;
    return ak_str_f64(number(s), &v);
}

bool collector_scan_skip(struct lint_scan *s)
{
    struct ak_str text;
    bool good;
    blanks(s);
    if (s->p == s->end || s->depth >= DEPTH_MAX) {
        return false;
    }
    s->depth++;
    if (*s->p == '"') {
        good = collector_scan_string(s, &text);
    } else if (collector_scan_char(s, '{')) {
        good = skip_object(s);
    } else if (collector_scan_char(s, '[')) {
        good = skip_array(s);
    } else {
        good = skip_word(s);
    }
    s->depth--;
    return good;
}

/* The rune of a \u escape at p (after the u), taking a second one of a surrogate pair. */
static uint32_t unicode(const char **p, const char *end)
{
    uint32_t rune = (uint32_t)hex4(*p, end);
    *p += 4;
    if (rune >= 0xd800 && rune < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        const uint32_t low = (uint32_t)hex4(*p + 2, end);
        if (low >= 0xdc00 && low < 0xe000) {
            *p += 6;
            return 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return rune >= 0xd800 && rune < 0xe000 ? 0xfffd : rune;
}

const char *collector_scan_decode(struct ak_str raw, struct ak_arena *arena)
{
    if (raw.len == 0) { /* also a member that was not there */
        return "";
    }
    char *const text = ak_arena_alloc(arena, raw.len + 1); /* no escape is shorter than its rune */
    const char *p = raw.ptr, *const end = raw.ptr + raw.len;
    size_t n = 0;
    while (p < end) {
        if (*p != '\\') {
            text[n++] = *p++;
        } else if (p[1] == 'u') {
            p += 2;
            const uint32_t rune = unicode(&p, end);
            n += ak_utf8_encode(rune == 0 ? 0xfffd : rune, text + n);
        } else {
            static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
            const char *const at = memchr(from, p[1], 5);
            text[n++] = at ? to[at - from] : p[1];
            p += 2;
        }
    }
    text[n] = '\0';
    return text;
}
