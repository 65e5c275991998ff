/* State of a merge, shared by merge.c (headers, the public functions), merge_types.c (sample types
 * and units), merge_tables.c (mappings, functions, locations) and merge_samples.c. */
#ifndef PROFILE_MERGER_H
#define PROFILE_MERGER_H

#include "profile/build.h"
#include "profile/merge.h"
#include "set.h"
#include "stacks_layout.h"

/* The sample types of one added profile, kept for the choice of the default type at the end. */
struct profile_merge_seen {
    uint32_t default_type;           /* string of the result */
    uint32_t first_type, type_count; /* into seen_types */
};

/* From an entry of the profile at hand to the entry of the result: index + 1, 0: not met yet. */
struct profile_memo {
    uint32_t *to;
    size_t cap;
};

struct ak_merge {
    struct ak_merge_opts opts;
    struct ak_build b; /* the result so far, but for its stacks */
    struct ak_stacks stacks;
    size_t count; /* profiles whose samples are in the result */
    bool adapted; /* what was merged before had to be dropped or scaled */
    bool preset;  /* types and units are final: no profile may change them */

    struct profile_merge_seen *seen;
    size_t seen_count, seen_cap;
    uint32_t *seen_types; /* strings */
    uint32_t seen_type_count;
    size_t seen_types_cap;
    struct ak_idmap comments; /* strings that are comments of the result */

    struct profile_set mappings, functions, locations, samples;

    /* For the profile at hand. */
    const struct ak_profile *src;
    int64_t period; /* of src, in the unit of the result */
    struct profile_memo strings_memo, mappings_memo, functions_memo, locations_memo;
    int64_t *offsets; /* of addresses, by mapping of src */
    size_t offsets_cap;
    uint32_t *columns; /* type of the result -> type of src */
    double *ratios;    /* type of the result -> factor for values of src */
    size_t columns_cap, ratios_cap;
    bool scaled;     /* some ratio is not 1 */
    int64_t *values; /* of one sample */
    size_t values_cap;
    uint32_t *stack; /* of one sample */
    size_t stack_cap;
    struct ak_label *labels; /* of one sample, sorted */
    size_t labels_cap;
};

/* merge_types.c */
enum ak_status profile_merge_types(struct ak_merge *m, const struct ak_profile *p,
                                   struct ak_error *err) AK_MUST_USE;
void profile_merge_note_types(struct ak_merge *m, const struct ak_profile *p);
uint32_t profile_merge_default_type(const struct ak_merge *m);

/* merge_tables.c */
uint32_t profile_merge_string(struct ak_merge *m, uint32_t i);
uint32_t profile_merge_mapping(struct ak_merge *m, uint32_t i);
uint32_t profile_merge_location(struct ak_merge *m, uint32_t i);
/* Finds what of the source at hand is in the result already; adds nothing, so that new entries are
 * still numbered in the order of use. */
void profile_merge_recognize(struct ak_merge *m);

/* merge_samples.c */
enum ak_status profile_merge_samples(struct ak_merge *m, struct ak_error *err) AK_MUST_USE;

#endif
