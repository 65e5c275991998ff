/* A view is a profile that borrows all tables of another one. Functions that change a profile
 * (filters, pruning, granularity) take a view and replace whole tables by new ones in its arena, so
 * that the profile below stays as it was and can be reported on again. */
#ifndef PROFILE_VIEW_H
#define PROFILE_VIEW_H

#include "profile/profile.h"

/* Keeps p; in arena, which is also the view's. Never given to ak_profile_free. O(1). */
struct ak_profile *ak_profile_view(const struct ak_profile *p, struct ak_arena *arena);

/* Index of a string with this text, added when it is not there. O(strings) for a new one. */
uint32_t ak_view_add_string(struct ak_profile *view, struct ak_str s);

/* Appends a comment. */
void ak_view_add_comment(struct ak_profile *view, struct ak_str text);

#endif
