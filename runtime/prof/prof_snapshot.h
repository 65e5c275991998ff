/* A profile at one moment, without symbols: copied from a table under its owner's lock. */
#ifndef RUNTIME_PROF_SNAPSHOT_H
#define RUNTIME_PROF_SNAPSHOT_H

#include "prof_stacks.h"
#include "runtime/prof.h"

/* What all profiles of one kind have in common. */
struct runtime_profile_kind {
    const char *type[RUNTIME_VALUES]; /* sample types in order */
    const char *unit[RUNTIME_VALUES];
    unsigned type_count;
    const char *default_type; /* NULL: none */
    const char *period_type, *period_unit;
    bool leaf_is_allocator; /* the frames of malloc are dropped from the leaf */
};

/* Addresses that stand for no code. */
enum {
    RUNTIME_PC_LOST = 1,  /* samples that found a full buffer */
    RUNTIME_PC_UNKNOWN,   /* a stack that cannot be read */
    RUNTIME_PC_UNSAMPLED, /* CPU time of threads that ended before their first sample */
    RUNTIME_PC_SPECIAL_END
};

struct runtime_sample {
    struct runtime_stack_key key;
    int64_t value[RUNTIME_VALUES];
};

enum { RUNTIME_COMMENTS_MAX = 16 };

struct ak_prof_snapshot {
    struct runtime_pool pool; /* all below */
    const struct runtime_profile_kind *kind;
    struct runtime_sample *sample;
    size_t count;
    int64_t period, time_ns, duration_ns;
    const char *comment[RUNTIME_COMMENTS_MAX];
    unsigned comment_count;
};

/* Turns a bucket's counters into the values of a sample; false leaves the bucket out. */
typedef bool runtime_values(const struct runtime_bucket *bucket, int64_t *out);

/* Copies a table; `spare` is the number of samples that may still be added. NULL when there is no
 * memory. Returns owned. */
struct ak_prof_snapshot *runtime_snapshot_new(const struct runtime_profile_kind *kind,
                                              const struct runtime_stacks *stacks,
                                              runtime_values *values, size_t spare);
/* Adds a sample of one special address. */
void runtime_snapshot_add_special(struct ak_prof_snapshot *s, uint64_t pc, const int64_t *values);
void runtime_snapshot_comment(struct ak_prof_snapshot *s, const char *fmt, ...) AK_PRINTF(2, 3);

#endif
