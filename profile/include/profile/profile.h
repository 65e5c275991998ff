/* The pprof model: one decoded profile in flat arrays. Every table is dense and indexed by
 * uint32_t; the ids of the file are kept beside. Strings are indexes into `strings` (0 is "").
 * Format: github.com/google/pprof proto/profile.proto. */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/arena.h"
#include "base/io.h"

struct ak_value_type {
    uint32_t type; /* string */
    uint32_t unit; /* string */
};

struct ak_mapping {
    uint64_t id;
    uint64_t start, limit, offset; /* addresses; file offset */
    uint32_t filename, build_id;   /* strings */
    bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct ak_function {
    uint64_t id;
    uint32_t name, system_name, filename; /* strings */
    int64_t start_line;
};

#define AK_NO_INDEX UINT32_MAX

/* One line of a location: line 0 is the innermost inlined call, the last the real function. */
struct ak_line {
    uint32_t function; /* index, or AK_NO_INDEX */
    int64_t line, column;
};

struct ak_location {
    uint64_t id;
    uint64_t address;
    uint32_t mapping;                /* index, or AK_NO_INDEX */
    uint32_t first_line, line_count; /* into lines */
    bool is_folded;
};

struct ak_label {
    uint32_t key; /* string */
    uint32_t str; /* string; a label is numeric when this is 0 and num or num_unit is not */
    int64_t num;
    uint32_t num_unit; /* string */
};

/* Samples are columns: sample i has the stack stack_ids[stack_start[i] .. stack_start[i + 1]), leaf
 * first, the values values[i * sample_type_count ..], the labels label_start[i] .. [i + 1].
 *
 * Ownership: the arena owns the bytes of the strings and may hold anything else of the same life.
 * Every array below is a block of its own from base/mem.h (AK_GROW, ak_malloc), or NULL when empty;
 * ak_profile_free frees them all. A block may be larger than its count says. strings, stack_start
 * and stack_ids are never NULL. */
struct ak_profile {
    struct ak_arena *arena;

    struct ak_str *strings;
    uint32_t string_count;

    struct ak_value_type *sample_types;
    uint32_t sample_type_count;
    uint32_t default_sample_type; /* string, 0: none */

    struct ak_mapping *mappings;
    uint32_t mapping_count;
    struct ak_function *functions;
    uint32_t function_count;
    struct ak_location *locations;
    uint32_t location_count;
    struct ak_line *lines;
    uint32_t line_count;

    size_t sample_count;
    uint64_t *stack_start; /* sample_count + 1 */
    uint32_t *stack_ids;   /* indexes of locations */
    int64_t *values;
    uint64_t *label_start; /* sample_count + 1; NULL when no sample has a label */
    struct ak_label *labels;

    uint32_t drop_frames, keep_frames; /* strings: regular expressions */
    int64_t time_ns, duration_ns;
    struct ak_value_type period_type;
    int64_t period;
    uint32_t *comments; /* strings */
    uint32_t comment_count;
    uint32_t doc_url; /* string */
};

/* An empty profile: string 0 is "", stack_start holds one 0. Returns owned. */
struct ak_profile *ak_profile_new(void);
void ak_profile_free(struct ak_profile *p); /* accepts NULL */

/* A copy with tables of its own; O(size of p). Returns owned. */
struct ak_profile *ak_profile_copy(const struct ak_profile *p);

/* A label whose value is a text (else it is numeric). */
static inline bool ak_label_is_text(const struct ak_label *l)
{
    return l->str != 0;
}

/* The label (key, value) on every sample, in place of what a sample has under the key: the base of
 * a difference is marked ("pprof::base", "true") this way. O(samples + labels). */
void ak_profile_set_label(struct ak_profile *p, struct ak_str key, struct ak_str value);

/* The text of string i ("" when out of range). */
struct ak_str ak_profile_str(const struct ak_profile *p, uint32_t i);

/* Checks the whole model as a decoder would: indexes in range, ids not 0 and not double, as many
 * values as types. For profiles made by code: a failure is AK_CORRUPT and names the entry. */
enum ak_status ak_profile_validate(const struct ak_profile *p, struct ak_error *err) AK_MUST_USE;

#endif
