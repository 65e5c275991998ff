/* Symbols of Go's linker: "a/b.(*T[go/x.Y]).M.func1.2". */
#include "base/mem.h"
#include "collector/escape_diff.h"
#include "lint/stacks.h"

struct ak_str collector_symbol_package(struct ak_str symbol, struct ak_arena *arena)
{
    const ptrdiff_t bracket = ak_str_chr(symbol, '[');
    const struct ak_str name = bracket < 0 ? symbol : ak_str_slice(symbol, 0, (size_t)bracket);
    const size_t base = (size_t)(ak_str_rchr(name, '/') + 1);
    const ptrdiff_t dot = ak_str_chr(ak_str_slice(name, base, name.len), '.');
    const struct ak_str package = dot < 0 ? name : ak_str_slice(name, 0, base + (size_t)dot);
    if (ak_str_find(package, AK_STR("%2e")) < 0) {
        return package;
    }
    char *const text = ak_arena_alloc(arena, package.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < package.len; i++) {
        const bool coded = ak_str_starts(ak_str_slice(package, i, package.len), AK_STR("%2e"));
        text[n++] = coded ? '.' : package.ptr[i];
        i += coded ? 2 : 0;
    }
    text[n] = '\0';
    return (struct ak_str){text, n};
}

/* What follows the package, without type arguments: "(*T).M.func1". */
static struct ak_str local_name(struct ak_str symbol, struct ak_arena *arena)
{
    char *const text = ak_arena_alloc(arena, symbol.len + 1);
    size_t depth = 0, n = 0;
    for (size_t i = 0; i < symbol.len; i++) {
        const char c = symbol.ptr[i];
        depth += c == '[';
        if (depth == 0) {
            n = c == '/' ? 0 : n;
            text[n] = c;
            n += c != '/';
        }
        depth -= depth > 0 && c == ']';
    }
    const struct ak_str name = {text, n};
    const ptrdiff_t dot = ak_str_chr(name, '.');
    return ak_str_slice(name, (size_t)(dot + 1), dot < 0 ? 0 : n);
}

/* Parts that the compiler adds: "func1", "gowrap2", "deferwrap1", "1", and "range1" behind '-'. */
static bool is_added(struct ak_str part)
{
    static const char *const words[] = {"func", "gowrap", "deferwrap", ""};
    for (size_t i = 0; i < AK_COUNT(words); i++) {
        const struct ak_str word = ak_str_from(words[i]);
        int64_t number;
        if (ak_str_starts(part, word) &&
            ak_str_i64(ak_str_slice(part, word.len, part.len), &number)) {
            return true;
        }
    }
    return part.len == 0;
}

static struct ak_str next_part(struct ak_str *rest)
{
    const struct ak_str part = rest->ptr ? ak_str_cut(rest, '.') : AK_STR("");
    const ptrdiff_t dash = ak_str_chr(part, '-'); /* "-fm", "-range1" */
    return dash < 0 ? part : ak_str_slice(part, 0, (size_t)dash);
}

struct ak_str ak_go_symbol_function(struct ak_str symbol, struct ak_arena *arena,
                                    struct ak_str *out_outer)
{
    struct ak_str rest = local_name(symbol, arena);
    struct ak_str first = next_part(&rest);
    const bool is_pointer = ak_str_starts(first, AK_STR("(*")) && ak_str_ends(first, AK_STR(")"));
    if (is_pointer) {
        first = ak_str_slice(first, 2, first.len - 1);
    }
    if (ak_str_eq(first, AK_STR("glob")) || ak_str_eq(first, AK_STR("init"))) {
        *out_outer = AK_STR("init");
        return *out_outer;
    }
    const struct ak_str second = next_part(&rest);
    *out_outer = first;
    if (is_added(second) || ak_str_chr(second, '(') >= 0) {
        return first;
    }
    const struct ak_str both = ak_str_from(ak_arena_printf(arena, "%.*s.%.*s", (int)first.len,
                                                           first.ptr, (int)second.len, second.ptr));
    *out_outer = is_pointer ? both : first;
    return both;
}
