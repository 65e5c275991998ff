/* The harness of akbench: runs benchmarks as Go's testing package does and prints what it prints.
 *
 * A benchmark is a function that repeats its work bench->n times. The harness calls it with growing
 * n until a run lasts for -benchtime. The timer runs when the function is called; set-up stands
 * between bench_timer_stop and bench_timer_start. The time that counts against -benchtime is the
 * wall time with set-up, so that a benchmark whose set-up is dear ends too. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include "base/arena.h"
#include "base/buf.h"
#include "runtime/memory.h"
#include "runtime/system.h"
#include "store/run.h"

enum { BENCH_METRICS_MAX = 12, BENCH_CPUS_MAX = 16 };

/* Which of the guide's GOAKT_PROFILE_ variables a benchmark belongs to. */
enum bench_phase {
    BENCH_PHASE_NONE,
    BENCH_PHASE_SHUTDOWN,
    BENCH_PHASE_REBALANCING,
    BENCH_PHASE_QUERY,
    BENCH_PHASE_COUNT
};

struct bench;

struct bench_case {
    const char *name; /* without "Benchmark" */
    void (*run)(struct bench *b);
    size_t a, b; /* arguments: numbers of actors and grains, ... */
    enum bench_phase phase;
};

/* A suite is a table that ends with a row whose name is NULL. */
extern const struct bench_case bench_shutdown_suite[];
extern const struct bench_case bench_message_suite[];
extern const struct bench_case bench_actor_suite[];
extern const struct bench_case bench_cluster_suite[];

/* --- cases.c -----------------------------------------------------------------------------------
 */

/* The benchmark of this name (without "Benchmark"), or NULL. */
const struct bench_case *bench_case_find(const char *name);
/* The i-th benchmark in the order in which they run, NULL behind the last. */
const struct bench_case *bench_case_at(size_t i);

struct bench_opts {
    const char *pattern; /* -bench: PCRE2 */
    const char *skip;    /* -skip: PCRE2, NULL: none */
    const char *list;    /* -list: PCRE2, NULL: run */
    const char *run;     /* -run: accepted, there are no tests */
    int64_t count;
    const char *benchtime; /* "100x" or a duration */
    bool benchmem;
    bool is_short;
    bool verbose;
    const char *timeout; /* -timeout: a duration, "0": none */
    const char *cpu;     /* -cpu: numbers of workers, "1,2,4" */
    const char *stop;    /* "claim" or "message" */
    const char *cpu_profile;
    const char *mem_profile;
    const char *block_profile; /* all waits */
    const char *mutex_profile; /* waits for locks */
    int64_t mem_profile_rate;
    int64_t cpu_profile_rate;
    int64_t block_profile_rate;
    const char *profile_dir; /* -outputdir: of all profiles whose path is relative */
    const char *store;
    const char *label;
};

struct bench_metric {
    const char *unit;
    double value;
};

struct bench {
    const struct bench_case *what;
    const struct bench_opts *opts;
    uint64_t n; /* how often the function repeats its work */
    unsigned workers;
    enum ak_stop_mode stop_mode;
    bool failed; /* bench_fail was called: the result is not printed */
    /* the timer */
    bool running;
    int64_t started_ns;
    int64_t elapsed_ns;
    uint64_t start_bytes, start_mallocs;
    uint64_t bytes, mallocs;
    struct bench_metric metrics[BENCH_METRICS_MAX];
    size_t metric_count;
    bool in_phase;
    uint64_t phases; /* measured phases of this run so far */
};

void bench_timer_start(struct bench *b);
void bench_timer_stop(struct bench *b);
void bench_timer_reset(struct bench *b);
/* Reports `value` in `unit` (a literal) beside ns/op; the last value of a unit counts. "ns/op"
 * itself replaces the timer's. */
void bench_report(struct bench *b, double value, const char *unit);
/* Says on stderr why this benchmark cannot be measured; the function returns afterwards. */
void bench_fail(struct bench *b, const char *fmt, ...) AK_PRINTF(2, 3);
/* Around the part that a GOAKT_PROFILE_ variable is about; timer stopped outside of both. */
void bench_phase_begin(struct bench *b);
void bench_phase_end(struct bench *b);

/* A system with the harness's workers and stop mode; NULL (bench_fail was called) without memory.
 */
struct ak_system *bench_system_new(struct bench *b);

/* Everything of one invocation. */
struct bench_session {
    struct bench_opts opts;
    struct ak_arena *arena;
    struct ak_buf text; /* what went to stdout, for the store */
    struct ak_run run;  /* series as they are measured */
    size_t series_cap;
    unsigned cpus[BENCH_CPUS_MAX]; /* of -cpu: each benchmark runs with each of them */
    size_t cpu_count;
    unsigned workers; /* the one that runs now */
    enum ak_stop_mode stop_mode;
    int64_t timeout_ns;  /* 0: none */
    bool per_iterations; /* benchtime is a count */
    uint64_t iterations;
    int64_t time_ns;
    size_t name_width;
    size_t failures;
};

/* Runs one benchmark -count times with each number of workers. */
void bench_session_run(struct bench_session *s, const struct bench_case *c);

/* --- duration.c --------------------------------------------------------------------------------
 */

/* A duration as Go writes it: "1s", "1.5m", "200ms", "1m30s"; "0" is 0. False: none, or negative,
 * or above 11 days. */
bool bench_duration_parse(struct ak_str text, int64_t *out_ns);
/* -benchtime: a duration above 0, or "100x". */
bool bench_time_parse(struct bench_session *s, const char *text);

/* --- output.c ----------------------------------------------------------------------------------
 */

void bench_print_head(struct bench_session *s);
void bench_print_result(struct bench_session *s, const struct bench *b);
/* Appends text to stdout and to the session's text, and flushes. */
void bench_print(struct bench_session *s, struct ak_str text);
/* "BenchmarkX-2": with the number of workers when that is above 1. */
void bench_name_of(unsigned workers, const struct bench_case *c, struct ak_buf *out);

/* --- profile.c ---------------------------------------------------------------------------------
 */

/* AK_USAGE or AK_IO with the reason when what was asked for cannot come to be. */
enum ak_status bench_profiles_start(struct bench_session *s, struct ak_error *err) AK_MUST_USE;
/* Writes what was asked for; appends the paths to the session's run when a store is named. */
enum ak_status bench_profiles_write(struct bench_session *s, struct ak_error *err) AK_MUST_USE;
/* Labels samples with the benchmark (and "/setup" outside the measured phase). */
void bench_profiles_label(const struct bench *b, bool measured);
void bench_profiles_phase_begin(const struct bench *b);
void bench_profiles_phase_end(const struct bench *b);

/* --- record.c ----------------------------------------------------------------------------------
 */

/* Keeps a value for the store. */
void bench_record_value(struct bench_session *s, const struct bench *b, const char *unit,
                        double value);
enum ak_status bench_record_profile(struct bench_session *s, const char *path, const char *kind,
                                    struct ak_error *err) AK_MUST_USE;
void bench_record_release(struct bench_session *s);
/* Adds the run to the history file. */
enum ak_status bench_record_store(struct bench_session *s, int argc, char **argv,
                                  struct ak_error *err) AK_MUST_USE;

#endif
