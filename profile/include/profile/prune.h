/* Dropping frames near the leaf: by the profile's own drop_frames and keep_frames, and by a user's
 * prune_from. Names are matched without their argument list. */
#ifndef PROFILE_PRUNE_H
#define PROFILE_PRUNE_H

#include "profile/profile.h"
#include "profile/regex.h"

/* Applies drop_frames and keep_frames: below the first frame from the root that is to be kept, the
 * first one that matches and all beneath it go. Bad expressions in the profile change nothing. */
void ak_view_prune(struct ak_profile *view);

/* Drops all frames beneath the lowest (nearest to the leaf) one that matches; that one stays. */
void ak_view_prune_from(struct ak_profile *view, struct ak_regex *rx);

/* The name without its argument list: cut at the first "(" that begins neither
 * "(anonymous namespace)" nor the "()" of "operator()". A leading "." goes. Borrowed from name. */
struct ak_str ak_function_simple_name(struct ak_str name);

#endif
