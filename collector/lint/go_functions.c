#include "lint/go_functions.h"

#include "base/mem.h"

/* Whether a declaration begins at i: then the function before it had no body. */
static bool is_declaration(const struct go_tokens *t, size_t i)
{
    if (collector_go_is(t, i, "func")) {
        if (!collector_go_is(t, i + 1, "(")) {
            return true;
        }
        const size_t name = collector_go_close(t, i + 1) + 1; /* a type has no '(' behind it */
        return name < t->count && t->items[name].kind == GO_NAME &&
               (collector_go_is(t, name + 1, "(") || collector_go_is(t, name + 1, "["));
    }
    return collector_go_is(t, i, "var") || collector_go_is(t, i, "const") ||
           collector_go_is(t, i, "type");
}

/* The '{' of the body of a function whose name ends before i: types may hold braces too. */
static size_t body_start(const struct go_tokens *t, size_t i)
{
    while (i < t->count && !collector_go_is(t, i, "{")) {
        const bool is_type = collector_go_is(t, i, "interface") || collector_go_is(t, i, "struct");
        if (is_declaration(t, i)) {
            return t->count;
        }
        if (is_type && collector_go_is(t, i + 1, "{")) {
            i = collector_go_close(t, i + 1);
        } else if (collector_go_is(t, i, "(") || collector_go_is(t, i, "[")) {
            i = collector_go_close(t, i);
        }
        i++;
    }
    return i;
}

/* The type in the receiver whose '(' is at i: "(x *T[K])" -> "T". */
static struct ak_str receiver_type(const struct go_tokens *t, size_t i)
{
    const size_t end = collector_go_close(t, i);
    struct ak_str type = AK_STR("");
    for (size_t k = i + 1; k < end && !collector_go_is(t, k, "["); k++) {
        if (t->items[k].kind == GO_NAME) {
            type = t->items[k].text;
        }
    }
    return type;
}

static bool function_parse(const struct go_tokens *t, size_t i, struct go_function *out)
{
    const bool is_method = collector_go_is(t, i + 1, "(");
    const size_t name = is_method ? collector_go_close(t, i + 1) + 1 : i + 1;
    const size_t body = body_start(t, name + 1);
    if (name >= t->count || t->items[name].kind != GO_NAME || !collector_go_is(t, body, "{")) {
        return false;
    }
    const size_t end = collector_go_close(t, body);
    *out = (struct go_function){
        .receiver = is_method ? receiver_type(t, i + 1) : AK_STR(""),
        .name = t->items[name].text,
        .line = t->items[name].line,
        .end_line = t->items[end < t->count ? end : t->count - 1].line,
        .signature = name + 1,
        .body = body,
        .end = end,
    };
    return true;
}

void collector_go_functions(const struct go_tokens *t, struct go_functions *out)
{
    for (size_t i = 0; i < t->count; i++) {
        struct go_function f;
        if (collector_go_is(t, i, "{") || collector_go_is(t, i, "(")) {
            i = collector_go_close(t, i);
        } else if (collector_go_is(t, i, "func") && function_parse(t, i, &f)) {
            AK_GROW(out->items, out->count + 1, out->cap);
            out->items[out->count++] = f;
            i = f.end;
        }
    }
}

void collector_go_functions_release(struct go_functions *f)
{
    ak_free(f->items);
    *f = (struct go_functions){0};
}

const struct go_function *collector_go_function_at(const struct go_functions *f, uint32_t line)
{
    size_t lo = 0, hi = f->count; /* the first that begins after the line */
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (f->items[mid].line <= line) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo > 0 && line <= f->items[lo - 1].end_line ? &f->items[lo - 1] : NULL;
}
