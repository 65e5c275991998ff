#include "profile_side.h"

#include "profile/decode.h"
#include "profile/merge.h"

enum ak_status cli_profile_side_load(const char *path, const char *base, struct ak_profile **out,
                                     struct ak_error *err)
{
    struct ak_profile *p = NULL, *before = NULL;
    const struct ak_diff_opts opts = {.mode = AK_DIFF_SUBTRACT};
    enum ak_status st = ak_profile_load(path, NULL, &p, err);
    if (st != AK_OK || !base) {
        *out = p;
        return st;
    }
    st = ak_profile_load(base, NULL, &before, err);
    if (st == AK_OK) {
        st = ak_prefix(err, ak_profile_diff(p, before, &opts, out, err), "%s less %s", path, base);
    }
    ak_profile_free(p);
    ak_profile_free(before);
    return st;
}
