/* Names of C++ and Rust, demangled by libiberty and simplified as google/pprof does (which uses
 * github.com/ianlancetaylor/demangle with NoParams, NoEnclosingParams and NoTemplateParams). */
#include "base/buf.h"
#include "base/mem.h"
#include "demangle_size.h"
#include "profile/symbolize.h"

#include <libiberty/demangle.h>
#include <string.h>

/* libiberty's demangler uses the stack in proportion to the name. */
#define NAME_MAX_LEN 16384u

static bool starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Length of the name of an operator made of brackets, at s; 0: none. */
static size_t operator_length(const char *s)
{
    static const char *const operators[] = {
        "operator<=>", "operator<<=", "operator>>=", "operator->*", "operator()", "operator<<",
        "operator>>",  "operator<=",  "operator>=",  "operator->",  "operator<",  "operator>"};
    for (size_t i = 0; i < AK_COUNT(operators); i++) {
        if (starts(s, operators[i])) {
            return strlen(operators[i]);
        }
    }
    return 0;
}

/* Behind the bracket that closes the one at s (the end of the text when none does). Round brackets
 * hide the others: "(4)>(2)" may stand among template arguments. */
static const char *behind_bracket(const char *s, char open, char close)
{
    size_t depth = 0;
    while (*s) {
        const size_t op = operator_length(s);
        if (op > 0) {
            s += op;
        } else if (open != '(' && *s == '(') {
            s = behind_bracket(s, '(', ')');
        } else {
            depth += *s == open;
            if (*s++ == close && --depth == 0) {
                break;
            }
        }
    }
    return s;
}

/* True for the parameters of a function around: "f(int)::", "f(int) const::". */
static bool is_enclosing(const char *open, const char *behind)
{
    if (starts(open, "(anonymous ")) {
        return false;
    }
    while (starts(behind, " const") || starts(behind, " volatile") || *behind == '&') {
        behind += *behind == '&' ? 1 : starts(behind, " const") ? 6 : 9;
    }
    return starts(behind, "::");
}

/* Appends a demangled C++ name without the parameters of enclosing functions and, in the default
 * mode, without template arguments. */
static void add_simplified(struct ak_buf *out, const char *s, enum ak_demangle mode)
{
    size_t braces = 0; /* in "{lambda(int)#1}", whose parameters stay */
    while (*s) {
        const size_t op = operator_length(s);
        const char *behind = *s == '(' ? behind_bracket(s, '(', ')') : s;
        if (op > 0) {
            ak_buf_add(out, s, op);
            s += op;
        } else if (*s == '(' && braces == 0 && mode != AK_DEMANGLE_FULL &&
                   is_enclosing(s, behind)) {
            ak_buf_puts(out, "()");
            s = behind;
        } else if (*s == '<' && mode == AK_DEMANGLE_DEFAULT) {
            if (out->len > 0 && out->ptr[out->len - 1] == ' ') {
                out->len--; /* "operator<< <int>" */
            }
            s = behind_bracket(s, '<', '>');
        } else {
            if (*s == '>' && out->len > 0 && out->ptr[out->len - 1] == '>') {
                ak_buf_putc(out, ' '); /* libiberty writes "> >" in most places */
            }
            braces += *s == '{';
            braces -= *s == '}' && braces > 0;
            ak_buf_putc(out, *s++);
        }
    }
    ak_buf_add(out, "", 0);
}

/* 16 hex digits, at least five of them different, as a hash has. */
static bool is_rust_hash(const char *s)
{
    unsigned seen = 0;
    for (size_t i = 0; i < 16; i++) {
        const char *digit = strchr("0123456789abcdef", s[i]);
        if (!digit || s[i] == '\0') {
            return false;
        }
        seen |= 1u << (unsigned)(s[i] <= '9' ? s[i] - '0' : s[i] - 'a' + 10);
    }
    return __builtin_popcount(seen) >= 5;
}

/* "_ZN...17h", a hash, "E": Rust's names of before 2021 look like C++. A suffix ".llvm.123" may
 * follow. */
static bool is_old_rust(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = len; i > 1; i--) {
        if (name[i - 2] == 'E' && name[i - 1] == '.') {
            len = i - 1;
            break;
        }
    }
    return starts(name, "_ZN") && len > 23 && name[len - 1] == 'E' &&
           memcmp(name + len - 20, "17h", 3) == 0 && is_rust_hash(name + len - 17);
}

/* A C++ name demangled, from malloc; NULL when it is none, or one that would grow without end. */
static char *demangle_cplusplus(const char *name, int options)
{
    void *memory = NULL;
    struct demangle_component *tree = cplus_demangle_v3_components(name, options, &memory);
    char *text = NULL;
    if (tree && profile_demangle_is_small(tree)) {
        size_t size;
        text = cplus_demangle_print(options, tree, (int)strlen(name), &size);
    }
    ak_free(memory);
    return text;
}

/* "_GLOBAL__I__Z3foov": parameters are shown in every mode. */
static char *demangle_global(const char *name)
{
    const char *key = strstr(name, "_Z");
    char *text = key ? demangle_cplusplus(key, DMGL_PARAMS | DMGL_ANSI) : NULL;
    if (key && !text) {
        return NULL;
    }
    ak_free(text);
    return cplus_demangle_v3(name, DMGL_PARAMS | DMGL_ANSI);
}

/* The name demangled, from malloc, or NULL when it is not mangled. */
static char *demangle(const char *name, enum ak_demangle mode)
{
    if (strlen(name) > NAME_MAX_LEN) {
        return NULL;
    }
    if (starts(name, "_R")) {
        return profile_demangle_rust_is_small(name) ? rust_demangle(name, 0) : NULL;
    }
    char *rust = is_old_rust(name) ? rust_demangle(name, 0) : NULL;
    if (rust) {
        return rust;
    }
    if (starts(name, "_GLOBAL_")) {
        return demangle_global(name);
    }
    if (!starts(name, "_Z")) {
        return NULL;
    }
    if (mode != AK_DEMANGLE_FULL) {
        return demangle_cplusplus(name, 0);
    }
    /* The suffixes of clones (".isra.0") are left out. */
    const char *dot = strchr(name, '.');
    char *copy = ak_strndup(name, dot ? (size_t)(dot - name) : strlen(name));
    char *full = demangle_cplusplus(copy, DMGL_PARAMS | DMGL_ANSI);
    ak_free(copy);
    return full;
}

/* Appends the demangled form of `name`; false, and nothing, when it is not mangled. */
static bool add_demangled(struct ak_buf *out, const char *name, enum ak_demangle mode)
{
    char *text = demangle(name, mode);
    if (!text) {
        return false;
    }
    if (starts(name, "_R") || is_old_rust(name)) {
        ak_buf_puts(out, text);
    } else {
        add_simplified(out, text, mode);
    }
    ak_free(text);
    return true;
}

void ak_demangle(struct ak_buf *out, const char *name, enum ak_demangle mode)
{
    if (mode == AK_DEMANGLE_NONE || !add_demangled(out, name, mode)) {
        ak_buf_puts(out, name);
    }
}

/* --- the functions of a profile -----------------------------------------------------------------
 */

/* A name that some other tool demangled already. */
static bool looks_like_cplusplus(struct ak_str s)
{
    if (ak_str_find(s, AK_STR(".<")) >= 0 || ak_str_find(s, AK_STR("]).")) >= 0) {
        return false; /* Java's class.<init>, Go's foo.(*Bar[...]).Method */
    }
    return ak_str_chr(s, '<') >= 0 || ak_str_chr(s, '>') >= 0 || ak_str_chr(s, '[') >= 0 ||
           ak_str_chr(s, ']') >= 0 || ak_str_find(s, AK_STR("::")) >= 0;
}

/* Removes what stands between `open` and `close`, with them; stops at a `close` too many. Nothing
 * is removed of an `open` without a `close`. */
static void remove_matching(struct ak_buf *name, char open, char close)
{
    size_t kept = 0, first = 0, nesting = 0;
    const size_t len = name->len;
    char *s = name->ptr;
    size_t i = 0;
    for (; i < len; i++) {
        if (s[i] == close && nesting == 0) {
            break;
        }
        if (s[i] == open && nesting++ == 0) {
            first = kept;
        }
        s[kept++] = s[i];
        if (s[i] == close && --nesting == 0) {
            kept = first;
        }
    }
    memmove(s + kept, s + i, len - i);
    name->len = kept + len - i;
    s[name->len] = '\0';
}

/* Appends what pprof shows for a system name. */
static void add_shown_name(struct ak_buf *out, const char *system_name, enum ak_demangle mode)
{
    if (add_demangled(out, system_name, mode) ||
        (system_name[0] == '_' && add_demangled(out, system_name + 1, mode))) {
        return;
    }
    ak_buf_puts(out, system_name);
    if (mode == AK_DEMANGLE_FULL || !looks_like_cplusplus(ak_buf_view(out))) {
        return;
    }
    remove_matching(out, '(', ')');
    if (mode == AK_DEMANGLE_DEFAULT) {
        remove_matching(out, '<', '>');
    }
}

/* A new string; equal texts are not looked for, since a name is set once for each function. */
static uint32_t add_string(struct ak_profile *p, size_t *cap, struct ak_str s)
{
    AK_GROW(p->strings, p->string_count + 1u, *cap);
    p->strings[p->string_count] = ak_arena_str(p->arena, s);
    return p->string_count++;
}

/* Most names are shown as they are: only these need a closer look. */
static bool needs_work(struct ak_str system_name)
{
    return system_name.len > 0 && !memchr(system_name.ptr, '\0', system_name.len) &&
           (system_name.ptr[0] == '_' || looks_like_cplusplus(system_name));
}

void ak_profile_demangle(struct ak_profile *p, enum ak_demangle mode, bool force)
{
    size_t cap = p->string_count;
    struct ak_buf name = AK_BUF_INIT;
    for (uint32_t i = 0; i < p->function_count; i++) {
        struct ak_function *f = &p->functions[i];
        const struct ak_str system_name = ak_profile_str(p, f->system_name);
        if (force && ak_profile_str(p, f->name).len > 0 && system_name.len > 0) {
            f->name = f->system_name;
        }
        const struct ak_str shown = ak_profile_str(p, f->name);
        if (mode == AK_DEMANGLE_NONE || (shown.len > 0 && !ak_str_eq(shown, system_name))) {
            continue;
        }
        f->name = f->system_name;
        if (!needs_work(system_name)) {
            continue;
        }
        ak_buf_reset(&name);
        char *text = ak_strndup(system_name.ptr, system_name.len);
        add_shown_name(&name, text, mode);
        ak_free(text);
        if (!ak_str_eq(ak_buf_view(&name), system_name)) {
            f->name = name.len == 0 ? 0 : add_string(p, &cap, ak_buf_view(&name));
        }
    }
    ak_buf_release(&name);
}
