/* Making a profile by code: interned strings, functions, mappings and locations, samples appended.
 * Used by the legacy readers, the merge, filters that write a profile, and tests. */
#ifndef PROFILE_BUILD_H
#define PROFILE_BUILD_H

#include "base/idmap.h"
#include "profile/profile.h"

/* The capacities belong to the arrays of `p`. */
struct ak_build {
    struct ak_profile *p; /* filled; taken by ak_build_finish */
    struct ak_intern strings;
    size_t sample_types_cap, mappings_cap, functions_cap, locations_cap, lines_cap, comments_cap;
    size_t samples_cap, stacks_cap, stack_count, values_cap, labels_cap, label_count,
        label_starts_cap;
};

void ak_build_init(struct ak_build *b);
void ak_build_release(struct ak_build *b); /* after finish too; frees what was not finished */

/* The string's index, the same for equal texts. Copies. */
uint32_t ak_build_str(struct ak_build *b, struct ak_str s);
uint32_t ak_build_cstr(struct ak_build *b, const char *s);

/* All sample types are added before the first sample. */
void ak_build_sample_type(struct ak_build *b, const char *type, const char *unit);
void ak_build_comment(struct ak_build *b, struct ak_str text);

/* Each appends an entry and returns its index; the id becomes index + 1 (`id` of *m, *f is not
 * looked at). They do not look for equal entries. */
uint32_t ak_build_mapping(struct ak_build *b, const struct ak_mapping *m);
uint32_t ak_build_function(struct ak_build *b, const struct ak_function *f);
uint32_t ak_build_location(struct ak_build *b, uint64_t address, uint32_t mapping,
                           const struct ak_line *lines, uint32_t line_count);

/* Appends a sample: location indexes leaf first, one value for each sample type, and labels. All
 * borrowed. */
struct ak_build_sample {
    const uint32_t *stack;
    size_t depth;
    const int64_t *values;
    const struct ak_label *labels; /* may be NULL */
    size_t label_count;
};
void ak_build_sample(struct ak_build *b, const struct ak_build_sample *s);

/* Returns owned. */
struct ak_profile *ak_build_finish(struct ak_build *b);

#endif
