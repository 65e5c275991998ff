#include "shortname.h"

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static char at(struct ak_str s, size_t i)
{
    return i < s.len ? s.ptr[i] : '\0';
}

static size_t skip_words(struct ak_str s, size_t i)
{
    while (is_word(at(s, i))) {
        i++;
    }
    return i;
}

/* Cuts the first "/vN" (N from 2) that a "/" or "." follows: a module's major version. */
static struct ak_str cut_version(struct ak_arena *arena, struct ak_str s)
{
    for (size_t i = 0; i + 3 < s.len; i++) {
        if (s.ptr[i] != '/' || s.ptr[i + 1] != 'v') {
            continue;
        }
        size_t end = i + 2;
        while (at(s, end) >= '0' && at(s, end) <= '9') {
            end++;
        }
        const size_t digits = end - i - 2;
        const char first = at(s, i + 2);
        const bool is_major = (digits == 1 && first >= '2') || (digits > 1 && first != '0');
        if (is_major && (at(s, end) == '/' || at(s, end) == '.')) {
            return ak_str_from(
                ak_arena_printf(arena, "%.*s%.*s", (int)i, s.ptr, (int)(s.len - end), s.ptr + end));
        }
    }
    return s;
}

/* "path/to/pkg.F" -> "pkg.F": after the longest run of path components that leaves a name with a
 * dot inside. */
static bool short_go(struct ak_str s, struct ak_str *out)
{
    size_t best = 0, component = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (c != '/' && !is_word(c) && c != '-' && c != '.') {
            break;
        }
        if (c != '/') {
            continue;
        }
        if (i == component) {
            break;
        }
        component = i + 1;
        const struct ak_str rest = ak_str_slice(s, component, s.len);
        const ptrdiff_t dot = ak_str_chr(rest, '.');
        if (dot > 0 && (size_t)dot + 1 < rest.len) {
            best = component;
        }
    }
    *out = ak_str_slice(s, best, s.len);
    return best > 0;
}

/* "com.a.Class.method(int)" -> "Class.method". */
static bool short_java(struct ak_str s, struct ak_str *out)
{
    size_t i = 0;
    while (is_lower(at(s, i))) {
        const size_t end = skip_words(s, i);
        if (at(s, end) != '.') {
            return false;
        }
        i = end + 1;
    }
    const size_t from = i;
    if (!is_upper(at(s, i))) {
        return false;
    }
    while (is_word(at(s, i)) || at(s, i) == '$') {
        i++;
    }
    if (at(s, i++) != '.') {
        return false;
    }
    if (ak_str_starts(ak_str_slice(s, i, s.len), AK_STR("<init>"))) {
        i += 6;
    } else if (is_lower(at(s, i))) {
        while (is_word(at(s, i)) || at(s, i) == '$') {
            i++;
        }
    } else {
        return false;
    }
    if (i < s.len && s.ptr[i] != '(') {
        return false;
    }
    *out = ak_str_slice(s, from, i);
    return true;
}

static bool starts_name(char c)
{
    return c == '_' || is_upper(c) || is_lower(c);
}

/* "Class::method<T>" at i; 0 when there is none, else its end. */
static size_t class_member_end(struct ak_str s, size_t i)
{
    while (at(s, i) == '_') {
        i++;
    }
    if (!is_upper(at(s, i))) {
        return 0;
    }
    i = skip_words(s, i);
    if (at(s, i) != ':' || at(s, i + 1) != ':') {
        return 0;
    }
    i += 2;
    i += at(s, i) == '~';
    if (!starts_name(at(s, i))) {
        return 0;
    }
    i = skip_words(s, i);
    if (at(s, i) == '<') {
        const ptrdiff_t close = ak_str_rchr(ak_str_slice(s, i, s.len), '>');
        i += close > 0 ? (size_t)close + 1 : 0;
    }
    return i;
}

/* "ns::inner::Class::method(int)" -> "Class::method". */
static bool short_cpp(struct ak_str s, struct ak_str *out)
{
    bool found = false;
    size_t i = 0;
    while (starts_name(at(s, i))) {
        const size_t end = skip_words(s, i);
        if (at(s, end) != ':' || at(s, end + 1) != ':') {
            break;
        }
        i = end + 2;
        const size_t member_end = class_member_end(s, i);
        if (member_end) {
            *out = ak_str_slice(s, i, member_end);
            found = true;
        }
    }
    return found;
}

struct ak_str reporter_short_name(struct ak_arena *arena, struct ak_str name)
{
    const struct ak_str anonymous = AK_STR("(anonymous namespace)::");
    if (ak_str_starts(name, anonymous)) {
        name = ak_str_slice(name, anonymous.len, name.len);
    }
    name = cut_version(arena, name);
    struct ak_str shorter;
    if (short_go(name, &shorter) || short_java(name, &shorter) || short_cpp(name, &shorter)) {
        return shorter;
    }
    return name;
}
