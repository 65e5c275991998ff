/* Tags (labels) of samples: their units, the expressions that choose samples by them, and frames
 * made from them. */
#ifndef PROFILE_TAGFILTER_H
#define PROFILE_TAGFILTER_H

#include "profile/profile.h"
#include "profile/regex.h"

/* The labels of one sample that share a key and a kind, in the order of the sample. */
struct ak_label_group {
    struct ak_str key;
    bool is_text;
    bool has_units;     /* numeric: some value has a unit, the others then have "" */
    const uint32_t *at; /* indexes into p->labels */
    size_t count;
};
/* Groups the labels of sample i, text first, each kind sorted by key; in arena. Returns the number.
 */
size_t ak_label_groups(const struct ak_profile *p, size_t i, struct ak_arena *arena,
                       struct ak_label_group **out);

/* The unit of each numeric key: the first that occurs; without any "bytes" for "alignment" and
 * "request", else the key itself. Other units are named in `ignored`, sorted, joined by ", ". */
struct ak_tag_unit {
    struct ak_str key, unit, ignored;
};
struct ak_tag_units {
    struct ak_tag_unit *items; /* by first use */
    size_t count;
};
struct ak_tag_units ak_tag_units_of(const struct ak_profile *p, struct ak_arena *arena);
/* "" for a key that is not there. */
struct ak_str ak_tag_unit(const struct ak_tag_units *units, struct ak_str key);

/* A tag expression: "key=a,b" (any), "a,b" (all, against "key:value"), or a range of a number with
 * unit: "1kb", ":64kb", "4mb:", "1kb:2kb", also with "key=". */
struct ak_tag_filter;
/* `name` is the option's, for messages. *out_is_range tells that it was read as range. Returns
 * owned. */
enum ak_status ak_tag_filter_compile(const char *name, struct ak_str text,
                                     struct ak_tag_filter **out, bool *out_is_range,
                                     struct ak_error *err) AK_MUST_USE;
void ak_tag_filter_free(struct ak_tag_filter *f);           /* accepts NULL */
bool ak_tag_filter_exceeded(const struct ak_tag_filter *f); /* as ak_regex_exceeded */

/* Keeps the samples that match focus (when not NULL) and do not match ignore. */
void ak_view_filter_tags(struct ak_profile *view, struct ak_tag_filter *focus,
                         struct ak_tag_filter *ignore, const struct ak_tag_units *units,
                         bool *out_focused, bool *out_ignored);

/* Adds a frame "value" in file "key" to each sample for each of the comma-separated keys: roots[0]
 * becomes the root, the last of leaves the leaf. Returns whether keys were found. */
struct ak_tag_frames {
    struct ak_str roots, leaves;     /* "a,b"; empty parts are skipped */
    struct ak_str unit;              /* numbers are shown in it */
    bool matched_root, matched_leaf; /* filled */
};
void ak_view_add_tag_frames(struct ak_profile *view, struct ak_tag_frames *frames);

#endif
