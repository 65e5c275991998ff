#include "lint/go_token.h"

#include "base/mem.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t lines_in(const char *p, const char *end)
{
    uint32_t n = 0;
    for (; p < end; p++) {
        n += *p == '\n';
    }
    return n;
}

/* The end of the comment at p; p itself when there is none. */
static const char *comment_end(const char *p, const char *end)
{
    if (end - p < 2 || p[0] != '/' || (p[1] != '/' && p[1] != '*')) {
        return p;
    }
    const bool is_line = p[1] == '/';
    for (p += 2; p < end; p++) {
        if (is_line ? *p == '\n' : *p == '*' && p + 1 < end && p[1] == '/') {
            return is_line ? p : p + 2;
        }
    }
    return end;
}

/* The end of the text that begins with the quote at p. */
static const char *string_end(const char *p, const char *end)
{
    const char quote = *p++;
    while (p < end && *p != quote && (quote == '`' || *p != '\n')) {
        p += *p == '\\' && quote != '`' && p + 1 < end ? 2 : 1;
    }
    return p < end ? p + 1 : end;
}

static const char *word_end(const char *p, const char *end)
{
    while (p < end && (is_letter(*p) || is_digit(*p))) {
        p++;
    }
    return p;
}

/* Brackets close the last one that is open, of whatever shape: what is no Go has pairs too. */
static void brackets_pair(struct go_tokens *t)
{
    uint32_t open = GO_NO_TOKEN; /* the innermost; those around it follow by `around` */
    for (uint32_t i = 0; i < t->count; i++) {
        struct go_token *const token = &t->items[i];
        const char c = token->kind == GO_SIGN ? token->text.ptr[0] : ' ';
        token->around = open;
        if ((c == ')' || c == ']' || c == '}') && open != GO_NO_TOKEN) {
            t->items[open].close = i;
            open = t->items[open].around;
        }
        open = c == '(' || c == '[' || c == '{' ? i : open;
    }
}

void collector_go_tokens(struct ak_str source, struct go_tokens *out)
{
    out->count = 0;
    const char *p = source.ptr, *const end = p + source.len;
    uint32_t line = 1;
    while (p < end) {
        const char *next = comment_end(p, end);
        const bool is_blank = *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n';
        if (next > p || is_blank) {
            next = is_blank ? p + 1 : next;
        } else {
            const enum go_kind kind = is_letter(*p)                          ? GO_NAME
                                      : is_digit(*p)                         ? GO_NUMBER
                                      : *p == '"' || *p == '`' || *p == '\'' ? GO_STRING
                                                                             : GO_SIGN;
            next = kind == GO_SIGN     ? p + 1
                   : kind == GO_STRING ? string_end(p, end)
                                       : word_end(p, end);
            AK_GROW(out->items, out->count + 1, out->cap);
            out->items[out->count++] = (struct go_token){.kind = kind,
                                                         .line = line,
                                                         .text = {p, (size_t)(next - p)},
                                                         .close = GO_NO_TOKEN,
                                                         .around = GO_NO_TOKEN};
        }
        line += lines_in(p, next);
        p = next;
    }
    brackets_pair(out);
}

void collector_go_tokens_release(struct go_tokens *t)
{
    ak_free(t->items);
    *t = (struct go_tokens){0};
}

bool collector_go_is(const struct go_tokens *t, size_t i, const char *text)
{
    return i < t->count && t->items[i].kind != GO_STRING &&
           ak_str_eq(t->items[i].text, ak_str_from(text));
}

size_t collector_go_close(const struct go_tokens *t, size_t i)
{
    return i < t->count && t->items[i].close != GO_NO_TOKEN ? t->items[i].close : t->count;
}

size_t collector_go_open(const struct go_tokens *t, size_t i, size_t from)
{
    const uint32_t around = i < t->count ? t->items[i].around : GO_NO_TOKEN;
    return around != GO_NO_TOKEN && around >= from ? around : t->count;
}
