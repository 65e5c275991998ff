/* The nouns of the history: runs, results, profiles. Plain data, in an arena; the same types are
 * filled from files when no database is asked for. */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/units.h"

/* All values of one benchmark in one unit, in the order they were measured. */
struct ak_series {
    const char
        *benchmark;      /* full name without "Benchmark" and without the -N suffix of GOMAXPROCS */
    const char *package; /* "pkg:" line in force, "" when there was none */
    const char *unit;    /* as written: "ns/op", "bytes/alloc" */
    unsigned procs;      /* the -N suffix, 1 when absent */
    enum ak_direction better;
    double *values;
    size_t count;
    int64_t *iterations; /* b.N of each value, count entries; NULL when not known */
};

struct ak_kv {
    const char *key, *value;
};

struct ak_run_profile {
    int64_t id;       /* in the store; 0 when it is not there */
    const char *name; /* file name without its folder: "shutdown_cpu.prof" */
    const char *kind; /* "cpu", "heap", "mutex", "block", "goroutine", "other": from its types */
    const char *benchmark;   /* the benchmark it covers, "" when several or not known */
    struct ak_sha256 sha256; /* of the inflated protobuf */
    uint64_t size;           /* inflated bytes */
    struct ak_str bytes;     /* inflated protobuf; ptr NULL when not loaded */
};

enum ak_run_state { AK_RUN_COMPLETE, AK_RUN_FAILED }; /* FAILED: the child did; results are kept */

struct ak_run {
    int64_t id;      /* in the store; 0 when it is not there */
    const char *key; /* 64 hex digits: content hash of results, environment, profiles, label */
    const char *label;
    int64_t time_ns; /* when it was measured, UTC; 0 when not known */
    int64_t duration_ns;
    enum ak_run_state state;
    const char *command;         /* as typed, "" for imports */
    const char *commit, *branch; /* "" when not known */
    bool dirty;
    struct ak_kv *env; /* goos, goarch, cpu, host, kernel, cores, governor, load1, compiler ... */
    size_t env_count;
    struct ak_series *series; /* in order of first sight */
    size_t series_count;
    struct ak_run_profile *profiles;
    size_t profile_count;
    size_t benchmark_count; /* distinct benchmarks; set by ak_store_list_runs only */
    size_t result_lines;    /* benchmark result lines read */
    size_t rejoined;        /* of these: name and numbers stood on different lines */
    struct ak_str text; /* the benchmark output as it was, for export; ptr NULL when not loaded */
    const char **tags;
    size_t tag_count;
};

/* The value of an environment key, or "". */
const char *ak_run_env(const struct ak_run *run, const char *key);
/* The series of a benchmark and unit, or NULL. */
const struct ak_series *ak_run_series(const struct ak_run *run, const char *benchmark,
                                      const char *unit);

#endif
