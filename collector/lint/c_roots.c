/* Where the walks begin: the handlers of actors. */
#include "base/mem.h"
#include "lint/c_graph.h"
#include "regex.h"

#include <stdlib.h>

#define MARKER "ak_handler_"
#define ROOTS_MAX 10000

static const char *const roles[] = {
#define X(code, text) text,
    AK_C_ROLE_MAP(X)
#undef X
};

const char *ak_c_role_text(enum ak_c_role role)
{
    return roles[role];
}

struct roots {
    struct c_root *items;
    size_t count, cap;
    struct ak_idmap seen; /* role and function */
    struct ak_error *err;
};

static enum ak_status root_add(struct roots *r, uint32_t function, enum ak_c_role role)
{
    bool is_new;
    (void)ak_idmap_put(&r->seen, (uint64_t)function * AK_C_ROLE_COUNT + role, 0, &is_new);
    if (is_new && r->count >= ROOTS_MAX) {
        return ak_fail(r->err, AK_LIMIT, "more than %d handlers", ROOTS_MAX);
    }
    if (is_new) {
        AK_GROW(r->items, r->count + 1, r->cap);
        r->items[r->count++] = (struct c_root){function, role};
    }
    return AK_OK;
}

/* The role whose name `text` begins with, and how long that is; false when it is none. */
static bool role_of(struct ak_str text, char end, enum ak_c_role *out, size_t *out_len)
{
    for (size_t i = 0; i < AK_C_ROLE_COUNT; i++) {
        const struct ak_str role = ak_str_from(roles[i]);
        if (ak_str_starts(text, role) && text.len > role.len && text.ptr[role.len] == end) {
            *out = (enum ak_c_role)i;
            *out_len = role.len;
            return true;
        }
    }
    return false;
}

/* The registration macro makes "ak_handler_<role>__<function>", which calls the function. */
static enum ak_status markers_add(const struct ak_c_graph *g, struct roots *r)
{
    enum ak_status st = AK_OK;
    for (uint32_t f = 0; f < c_graph_count(g) && st == AK_OK; f++) {
        const struct c_function *const fn = &g->functions[f];
        const struct ak_str name = ak_str_from(fn->name);
        enum ak_c_role role;
        size_t len;
        if (!fn->has_body || !ak_str_starts(name, AK_STR(MARKER)) ||
            !role_of(ak_str_slice(name, sizeof MARKER - 1, name.len), '_', &role, &len)) {
            continue;
        }
        for (uint32_t i = 0; i < fn->call_count && st == AK_OK; i++) {
            st = root_add(r, g->calls[fn->first_call + i].to, role);
        }
    }
    return st;
}

static enum ak_status pattern_add(const struct ak_c_graph *g, const char *text, struct roots *r)
{
    enum ak_c_role role = AK_C_ROLE_RECEIVE;
    struct ak_str pattern = ak_str_from(text);
    struct collector_regex *re = NULL;
    size_t len;
    if (role_of(pattern, '=', &role, &len)) {
        pattern = ak_str_slice(pattern, len + 1, pattern.len);
    }
    enum ak_status st = collector_regex_new(pattern, "handler", &re, r->err);
    for (uint32_t f = 0; f < c_graph_count(g) && st == AK_OK; f++) {
        const struct c_function *const fn = &g->functions[f];
        if (fn->has_body && collector_regex_match(re, ak_str_from(fn->name)) &&
            !ak_str_starts(ak_str_from(fn->name), AK_STR(MARKER))) {
            st = root_add(r, f, role);
        }
    }
    collector_regex_free(re);
    return st;
}

static int by_role(const void *pa, const void *pb)
{
    const struct c_root *a = pa, *b = pb;
    if (a->role != b->role) {
        return a->role < b->role ? -1 : 1;
    }
    return a->function < b->function ? -1 : a->function > b->function;
}

enum ak_status collector_c_roots_find(const struct ak_c_graph *g, const struct ak_c_opts *opts,
                                      struct c_root **out, size_t *out_count, struct ak_error *err)
{
    struct roots r = {.err = err};
    enum ak_status st = markers_add(g, &r);
    for (size_t i = 0; i < opts->handler_count && st == AK_OK; i++) {
        st = pattern_add(g, opts->handlers[i], &r);
    }
    if (st == AK_OK && r.count == 0) {
        st = ak_fail(err, AK_FORMAT,
                     "no handler is marked: compile with -O0, or name handlers by a pattern");
    }
    ak_idmap_release(&r.seen);
    if (st != AK_OK) {
        ak_free(r.items);
        return st;
    }
    qsort(r.items, r.count, sizeof *r.items, by_role);
    *out = r.items;
    *out_count = r.count;
    return AK_OK;
}
