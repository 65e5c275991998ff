/* A run while it is read: values arrive one by one in any order of benchmarks and units, and leave
 * as series. */
#ifndef COLLECTOR_RUN_BUILD_H
#define COLLECTOR_RUN_BUILD_H

#include "base/idmap.h"
#include "store/run.h"

/* Warnings kept word for word; the rest is counted. */
#define COLLECTOR_MAX_WARNINGS 20

/* One value. Strings are borrowed. */
struct collector_sample {
    struct ak_str package, benchmark, unit;
    unsigned procs;
    enum ak_direction better;
    int64_t iterations;
    double value;
};

/* Benchmark and unit pairs, and values, of one run; beyond, values are left out and `is_full` is
 * set. A program that prints more has other troubles than their comparison. */
#define COLLECTOR_MAX_SERIES 200000
#define COLLECTOR_MAX_VALUES 4000000

struct collector_series;
struct collector_env;

struct collector_build {
    struct ak_arena *arena; /* keeps: the run lives there */
    struct ak_arena *scratch;
    struct ak_intern series_keys, benchmark_keys, env_keys;
    struct collector_series *series;
    size_t series_cap;
    uint32_t last; /* series that got the last value */
    struct collector_env *env;
    size_t env_cap;
    struct ak_run_profile *profiles;
    size_t profile_count, profiles_cap;
    const char **warnings;
    size_t warning_count, warnings_cap, warnings_unsaid;
    struct ak_str commit, branch;
    int64_t time_ns;
    size_t results, rejoined, failed, values;
    bool is_full;
};

void collector_build_init(struct collector_build *b, struct ak_arena *arena);
void collector_build_release(struct collector_build *b);
void collector_build_value(struct collector_build *b, const struct collector_sample *s);
/* A fact of the environment. Differing values of one key are kept side by side: "A; B". The keys
 * commit and branch become the run's own. */
void collector_build_env(struct collector_build *b, struct ak_str key, struct ak_str value);
/* Adds a profile; one whose name is taken gets its folder's name before it. `path` is where it was.
 */
void collector_build_profile(struct collector_build *b, const struct ak_run_profile *profile,
                             const char *path);
void collector_build_warn(struct collector_build *b, const char *fmt, ...) AK_PRINTF(2, 3);
/* When the run was measured; the earliest that is told counts. */
void collector_build_time(struct collector_build *b, int64_t time_ns);
/* Moves what was read into run (label, text and such are the caller's). */
void collector_build_finish(struct collector_build *b, struct ak_run *run);

#endif
