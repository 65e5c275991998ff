#include "profile/paths.h"

/* Appends component `part` to out[0..n), resolving "." and ".."; returns the new length. `floor` is
 * what ".." may not remove (the root slash, or leading ".."s). */
static size_t add_part(char *out, size_t n, struct ak_str part, size_t *floor, bool rooted)
{
    if (part.len == 0 || ak_str_eq(part, AK_STR("."))) {
        return n;
    }
    const bool up = ak_str_eq(part, AK_STR(".."));
    if (up && n > *floor) {
        do {
            n--;
        } while (n > *floor && out[n] != '/');
        return n;
    }
    if (up && rooted) {
        return n;
    }
    if (n > (rooted ? 1u : 0u)) {
        out[n++] = '/';
    }
    memcpy(out + n, part.ptr, part.len);
    n += part.len;
    if (up) {
        *floor = n;
    }
    return n;
}

static bool is_clean(struct ak_str path)
{
    struct ak_str rest = path.ptr[0] == '/' ? ak_str_slice(path, 1, path.len) : path;
    while (rest.ptr) {
        const struct ak_str part = ak_str_cut(&rest, '/');
        if (part.len == 0 || ak_str_eq(part, AK_STR(".")) || ak_str_eq(part, AK_STR(".."))) {
            return false;
        }
    }
    return true;
}

struct ak_str ak_path_clean(struct ak_arena *arena, struct ak_str path)
{
    if (path.len == 0) {
        return AK_STR(".");
    }
    if (is_clean(path)) {
        return path;
    }
    const bool rooted = path.ptr[0] == '/';
    char *out = ak_arena_alloc(arena, path.len + 2);
    size_t n = 0;
    if (rooted) {
        out[n++] = '/';
    }
    size_t floor = n;
    struct ak_str rest = path;
    while (rest.ptr) {
        n = add_part(out, n, ak_str_cut(&rest, '/'), &floor, rooted);
    }
    return n ? (struct ak_str){out, n} : AK_STR(".");
}

struct ak_str ak_path_last(struct ak_str path)
{
    if (path.len == 0) {
        return AK_STR(".");
    }
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    const ptrdiff_t slash = ak_str_rchr(path, '/');
    return path.len == 1 || slash < 0 ? path : ak_str_slice(path, (size_t)slash + 1, path.len);
}

/* Index behind "/name/" in path, or -1. */
static ptrdiff_t behind_folder(struct ak_str path, struct ak_str name)
{
    for (size_t at = 0; at + name.len + 2 <= path.len; at++) {
        if (path.ptr[at] == '/' && path.ptr[at + 1 + name.len] == '/' &&
            memcmp(path.ptr + at + 1, name.ptr, name.len) == 0) {
            return (ptrdiff_t)(at + name.len + 2);
        }
    }
    return -1;
}

static bool cut_prefix(struct ak_str *path, struct ak_str prefix)
{
    const bool slash = ak_str_ends(prefix, AK_STR("/"));
    if (!ak_str_starts(*path, prefix) ||
        (!slash && (path->len == prefix.len || path->ptr[prefix.len] != '/'))) {
        return false;
    }
    *path = ak_str_slice(*path, prefix.len + !slash, path->len);
    return true;
}

struct ak_str ak_path_trim(struct ak_str path, struct ak_str trim, struct ak_str search)
{
    struct ak_str rest = search;
    while (trim.len == 0 && search.len && rest.ptr) {
        const ptrdiff_t at = behind_folder(path, ak_path_last(ak_str_cut(&rest, ':')));
        if (at >= 0) {
            return ak_str_slice(path, (size_t)at, path.len);
        }
    }
    rest = trim;
    while (trim.len && rest.ptr) {
        if (cut_prefix(&path, ak_str_cut(&rest, ':'))) {
            return path;
        }
    }
    if (!cut_prefix(&path, AK_STR("/proc/self/cwd/./"))) {
        cut_prefix(&path, AK_STR("/proc/self/cwd/"));
    }
    return path;
}
