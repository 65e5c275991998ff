#include "history_profile.h"

#include "profile/decode.h"
#include "store/store.h"

#include <string.h>

/* By name, name without ending, or kind; "mem" is "heap". */
static bool is_wanted(const struct ak_run_profile *p, struct ak_str wanted)
{
    const struct ak_str name = ak_str_from(p->name);
    const ptrdiff_t dot = ak_str_chr(name, '.');
    const struct ak_str stem = ak_str_slice(name, 0, dot < 0 ? name.len : (size_t)dot);
    const struct ak_str kind = ak_str_eq(wanted, AK_STR("mem")) ? AK_STR("heap") : wanted;
    return wanted.len == 0 || ak_str_eq(name, wanted) || ak_str_eq(stem, wanted) ||
           ak_str_eq(ak_str_from(p->kind), kind);
}

static enum ak_status choose(const struct ak_run *run, struct ak_str wanted, const char *source,
                             const struct ak_run_profile **out, struct ak_error *err)
{
    struct ak_buf names = AK_BUF_INIT;
    size_t found = 0;
    for (size_t i = 0; i < run->profile_count; i++) {
        const struct ak_run_profile *p = &run->profiles[i];
        ak_buf_printf(&names, "%s%s", i ? ", " : "", p->name);
        if (is_wanted(p, wanted)) {
            *out = p;
            found++;
        }
    }
    enum ak_status st = AK_OK;
    if (found != 1) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: %s; the run has %s", source,
                     found ? "several profiles fit" : "no such profile",
                     names.len ? names.ptr : "no profiles");
    }
    ak_buf_release(&names);
    return st;
}

static enum ak_status load_from(struct ak_store *store, const struct history_profile *from,
                                struct ak_profile **out, struct ak_error *err)
{
    struct ak_str selector = ak_str_from(from->source + 1), wanted = AK_STR("");
    const ptrdiff_t slash = ak_str_rchr(selector, '/');
    if (slash >= 0) {
        wanted = ak_str_slice(selector, (size_t)slash + 1, selector.len);
        selector = ak_str_slice(selector, 0, (size_t)slash);
    }
    int64_t id = 0;
    struct ak_run *run = NULL;
    const struct ak_run_profile *profile = NULL;
    const char *name = ak_arena_strndup(from->arena, selector.ptr, selector.len);
    enum ak_status st = ak_store_find_run(store, name, &id, err);
    if (st == AK_OK) {
        st = ak_store_load_run(store, id, 0, from->arena, &run, err);
    }
    if (st == AK_OK) {
        st = choose(run, wanted, from->source, &profile, err);
    }
    if (st != AK_OK) {
        return st;
    }
    struct ak_buf bytes = AK_BUF_INIT;
    st = ak_store_load_profile(store, profile->id, &bytes, err);
    if (st == AK_OK) {
        st = ak_profile_decode_bytes(from->source, ak_buf_view(&bytes), from->limits, out, err);
    }
    ak_buf_release(&bytes);
    return st;
}

enum ak_status cli_history_profile(const struct history_profile *from, struct ak_profile **out,
                                   struct ak_error *err)
{
    struct ak_store *store = NULL;
    enum ak_status st = ak_store_open(ak_store_path(from->store), AK_STORE_READ, &store, err);
    if (st == AK_OK) {
        st = load_from(store, from, out, err);
        ak_store_close(store);
    }
    return st;
}
