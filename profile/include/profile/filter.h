/* Filters on frames and on tag names. They change a view (profile/view.h) and tell which of their
 * expressions matched anything, so that the caller can warn. An expression that is NULL is absent.
 */
#ifndef PROFILE_FILTER_H
#define PROFILE_FILTER_H

#include "profile/profile.h"
#include "profile/regex.h"

struct ak_name_filter {
    struct ak_regex *focus;  /* keep samples with a frame that matches */
    struct ak_regex *ignore; /* drop samples with a frame that matches; stronger than focus */
    struct ak_regex *hide;   /* drop lines that match */
    struct ak_regex *show;   /* keep only lines that match; lines without a function stay */
};

struct ak_name_matches {
    bool focus, ignore, hide, show;
};

/* A frame matches by the name or file of a function or by the file of its mapping. Samples that are
 * left without a frame by hide or show are dropped. */
struct ak_name_matches ak_view_filter_names(struct ak_profile *view,
                                            const struct ak_name_filter *filter);

/* Drops the frames above (nearer to the root than) the highest one that matches; samples without a
 * match go. Returns whether anything matched. */
bool ak_view_show_from(struct ak_profile *view, struct ak_regex *show_from);

/* Keeps tags whose key matches show and does not match hide. */
void ak_view_filter_tag_names(struct ak_profile *view, struct ak_regex *show, struct ak_regex *hide,
                              bool *out_shown, bool *out_hidden);

/* Drops all labels with this key. */
void ak_view_remove_label(struct ak_profile *view, struct ak_str key);
/* Drops all numeric labels but those with this key. */
void ak_view_keep_numeric(struct ak_profile *view, struct ak_str key);

#endif
