#include "legacy.h"

bool profile_legacy_sniff(struct ak_str head)
{
    (void)head;
    return false;
}

enum ak_status profile_legacy_parse(const char *name, struct ak_str bytes,
                                    const struct ak_limits *limits, struct ak_profile **out,
                                    struct ak_error *err)
{
    (void)bytes;
    (void)limits;
    (void)out;
    return ak_fail(err, AK_FORMAT, "%s: no profile format that is known", name);
}
