#include "profile_side.h"

#include "history_profile.h"
#include "profile/decode.h"
#include "profile/merge.h"

static enum ak_status load(const struct profile_side *side, const char *path,
                           struct ak_profile **out, struct ak_error *err)
{
    if (path[0] != '@') {
        return ak_profile_load(path, NULL, out, err);
    }
    const struct history_profile from = {
        .store = side->store,
        .source = side->kind && !strchr(path, '/')
                      ? ak_arena_printf(side->arena, "%s/%s", path, side->kind)
                      : path,
        .arena = side->arena,
    };
    return cli_history_profile(&from, out, err);
}

enum ak_status cli_profile_side_load(const struct profile_side *side, struct ak_profile **out,
                                     struct ak_error *err)
{
    struct ak_profile *p = NULL, *before = NULL;
    const struct ak_diff_opts opts = {.mode = AK_DIFF_SUBTRACT};
    enum ak_status st = load(side, side->path, &p, err);
    if (st != AK_OK || !side->base) {
        *out = p;
        return st;
    }
    st = load(side, side->base, &before, err);
    if (st == AK_OK) {
        st = ak_prefix(err, ak_profile_diff(p, before, &opts, out, err), "%s less %s", side->path,
                       side->base);
    }
    ak_profile_free(p);
    ak_profile_free(before);
    return st;
}
