/* What a node of a report is: fields that the granularity leaves out are erased from a view, so
 * that frames which differ in them alone become one node. */
#ifndef PROFILE_GRANULARITY_H
#define PROFILE_GRANULARITY_H

#include "profile/profile.h"

#define AK_GRANULARITY_MAP(X)                                                                      \
    X(FUNCTIONS, "functions")                                                                      \
    X(FILEFUNCTIONS, "filefunctions")                                                              \
    X(FILES, "files")                                                                              \
    X(LINES, "lines")                                                                              \
    X(ADDRESSES, "addresses")

enum ak_granularity {
#define X(code, text) AK_GRANULARITY_##code,
    AK_GRANULARITY_MAP(X)
#undef X
        AK_GRANULARITY_COUNT
};
const char *ak_granularity_text(enum ak_granularity g);
bool ak_granularity_parse(struct ak_str text, enum ak_granularity *out);

enum ak_granularity_flags {
    AK_NO_INLINES = 1,   /* only the last line of each location stays */
    AK_SHOW_COLUMNS = 2, /* columns stay */
};

/* ADDRESSES with inlined lines changes nothing at all. */
void ak_view_aggregate(struct ak_profile *view, enum ak_granularity g, unsigned flags);

#endif
