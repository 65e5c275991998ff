/* Merging profiles, and the arithmetic of differences: equal stacks with equal labels are summed,
 * ids renumbered from 1 in the order in which samples first use them, samples that became all zero
 * dropped. The semantics are those of google/pprof's CompatibilizeSampleTypes, ScaleProfiles and
 * Merge (github.com/google/pprof profile/merge.go, internal/measurement).
 *
 * Streaming: profiles are added one at a time and can be freed at once; memory is the merged
 * profile and one hash table. Adding is O(size of the profile). */
#ifndef PROFILE_MERGE_H
#define PROFILE_MERGE_H

#include "profile/profile.h"
#include "profile/stacks.h"

struct ak_merge;

struct ak_merge_opts {
    /* As Go: sums wrap silently at 64 bits, and columns are compared in the last line of a location
     * only. Otherwise an overflow is AK_OVERFLOW and lines are compared whole. */
    bool compat;
    bool packed; /* stacks are kept in the half of the room, for ak_merge_finish_packed */
};

/* `opts` may be NULL. Returns owned. */
struct ak_merge *ak_merge_new(const struct ak_merge_opts *opts);
void ak_merge_free(struct ak_merge *m); /* accepts NULL */

/* Adds p (borrowed). Sample types are intersected by name, in the order of the first profile; units
 * go to the finest of all profiles. Fails, and leaves m as it was, with AK_UNSUPPORTED when there
 * is no common sample type or when units or period types cannot be converted into each other. Fails
 * with AK_OVERFLOW when a sum does not fit: m can then only be freed.
 *
 * When a profile has fewer sample types or finer units than those before it, columns merged so far
 * are dropped or scaled. google/pprof, which sees all profiles first, may then drop other samples
 * (those that are zero before they are summed) and number locations in another order; ak_merge_run
 * starts again in that case and gives pprof's result always. */
enum ak_status ak_merge_add(struct ak_merge *m, const struct ak_profile *p,
                            struct ak_error *err) AK_MUST_USE;
size_t ak_merge_count(const struct ak_merge *m); /* profiles added */

/* The merged profile. m is empty afterwards and still to be freed. AK_UNSUPPORTED when nothing was
 * added, AK_OVERFLOW as above. Returns owned. */
enum ak_status ak_merge_finish(struct ak_merge *m, struct ak_profile **out,
                               struct ak_error *err) AK_MUST_USE;
/* The same for who does not look at stacks but through a graph: *out has all samples with their
 * values and labels, but empty stacks; those are *out_stacks (owned, and NULL when *out has them
 * after all). */
enum ak_status ak_merge_finish_packed(struct ak_merge *m, struct ak_profile **out,
                                      struct ak_stacks **out_stacks,
                                      struct ak_error *err) AK_MUST_USE;

/* Where ak_merge_run gets profiles from, one at a time. `load` may be called again for the same
 * index. *out stays NULL with AK_OK for a source to leave out (the caller has said why). */
struct ak_merge_source {
    size_t count;
    enum ak_status (*load)(void *ctx, size_t index, struct ak_profile **out, struct ak_error *err);
    void *ctx;
};

/* What pprof makes of its source files: a single profile as it is (after
 * ak_profile_common_types), several merged. *out_used (may be NULL) is how many were not left out;
 * AK_NOT_FOUND when none was. Holds two profiles and the result at most. Returns owned. */
enum ak_status ak_merge_run(const struct ak_merge_source *source, const struct ak_merge_opts *opts,
                            struct ak_profile **out, size_t *out_used,
                            struct ak_error *err) AK_MUST_USE;

/* What pprof does to a single profile: sample types whose name is there twice are dropped, with
 * their values. AK_UNSUPPORTED when none is left, with pprof's words. In place. */
enum ak_status ak_profile_common_types(struct ak_profile *p, struct ak_error *err) AK_MUST_USE;

/* Two profiles merged: the last step of a difference. */
enum ak_status ak_merge_pair(const struct ak_profile *a, const struct ak_profile *b,
                             const struct ak_merge_opts *opts, struct ak_profile **out,
                             struct ak_error *err) AK_MUST_USE;

/* p merged with nothing: equal stacks summed, zero samples dropped, locations, functions and
 * mappings that no sample uses gone, ids from 1. Returns owned. */
enum ak_status ak_profile_compact(const struct ak_profile *p, struct ak_profile **out,
                                  struct ak_error *err) AK_MUST_USE;

/* Multiplies each value by ratios[type] (round half away from zero), in place, and keeps only
 * samples with a value that was multiplied and is not zero then, as google/pprof's ScaleN does; all
 * ratios 1 change nothing. AK_OVERFLOW (p is then unchanged) when a product is outside 64 bits. */
enum ak_status ak_profile_scale_n(struct ak_profile *p, const double *ratios,
                                  struct ak_error *err) AK_MUST_USE;
enum ak_status ak_profile_scale(struct ak_profile *p, double ratio,
                                struct ak_error *err) AK_MUST_USE;

/* -normalize: scales each type of p by (sum in base) / (sum in p), 0 where p's sum is 0. Sample and
 * period types must be equal (AK_UNSUPPORTED). */
enum ak_status ak_profile_normalize(struct ak_profile *p, const struct ak_profile *base,
                                    struct ak_error *err) AK_MUST_USE;

enum ak_diff_mode {
    AK_DIFF_SUBTRACT, /* -base: equal stacks cancel */
    AK_DIFF_LABEL,    /* -diff_base: the base's samples carry the label pprof::base=true */
};

struct ak_diff_opts {
    enum ak_diff_mode mode;
    bool normalize;
    struct ak_merge_opts merge;
};

/* What `pprof -base` or `-diff_base` works on: (normalized) source and (-1) * base merged. Both are
 * changed on the way (scaled, labelled) and are still the caller's to free. Returns owned. */
enum ak_status ak_profile_diff(struct ak_profile *source, struct ak_profile *base,
                               const struct ak_diff_opts *opts, struct ak_profile **out,
                               struct ak_error *err) AK_MUST_USE;

#endif
