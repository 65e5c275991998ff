/* What was judged: rows that the collector fills, the store keeps and the reporter draws. A report
 * can be rendered again years later without judging again. All text is in an arena. */
#ifndef STORE_VERDICT_H
#define STORE_VERDICT_H

#include "store/run.h"

/* --- comparison of two runs ------------------------------------------------------------- */

#define AK_VERDICT_MAP(X)                                                                          \
    X(BETTER, "better")                                                                            \
    X(WORSE, "worse")                                                                              \
    X(SAME, "same")     /* the interval lies inside the margin */                                  \
    X(UNSURE, "unsure") /* too few samples or too much noise to say */                             \
    X(INCOMPARABLE, "not comparable")

enum ak_verdict {
#define X(code, text) AK_VERDICT_##code,
    AK_VERDICT_MAP(X)
#undef X
        AK_VERDICT_COUNT
};
const char *ak_verdict_text(enum ak_verdict v);

/* A sample summarised: median with its exact order-statistic interval. */
struct ak_summary {
    size_t n;
    double median, lo, hi; /* lo, hi are -inf, +inf when n is too small for the confidence */
    double min, max;
    const double *values; /* n, in measured order */
};

/* A function whose cost explains a change, in the unit of its profile. */
struct ak_cause {
    const char *function;
    const char *file; /* "" when not known */
    int64_t line;
    const char *profile;    /* name of the profile pair, "shutdown_mem.prof" */
    const char *value_type; /* "alloc_space" */
    const char *value_unit; /* "bytes", "nanoseconds", "count" */
    int64_t flat_before, flat_after, cum_before, cum_after;
    int64_t samples_before, samples_after; /* sampled events that carry it */
    double error;                          /* sampling error of the delta, one sigma, same unit */
};

struct ak_compare_row {
    const char *benchmark, *package, *unit;
    enum ak_direction better;
    struct ak_summary before, after;
    double ratio, ratio_lo, ratio_hi; /* Hodges-Lehmann, after / before; NaN when not computable */
    double p, p_adjusted;             /* two-sided; Holm over the rows; NaN */
    double between;                   /* standard deviation of a run's logarithm from run to run, in
                                         the history; NaN: not known, or not needed */
    size_t between_runs;              /* runs that it was taken from */
    enum ak_verdict verdict;
    const char *reason;      /* one sentence where the verdict needs one, else "" */
    size_t need_more;        /* runs a side that would settle an unsure row; 0: not known */
    double detectable;       /* smallest ratio - 1 that this n and noise could show; NaN */
    double limit;            /* of a criterion on this unit, in the unit; NaN */
    struct ak_cause *causes; /* largest first */
    size_t cause_count;
    double cause_scale; /* value_unit times this is the row's unit, per operation; NaN: the profile
                           covers more than this benchmark, or the unit is no cost */
    double cause_unexplained; /* what the causes leave of the row's delta, or, where cause_scale is
                                 NaN, of the profile's; in value_unit */
    const char *cause_note;   /* why the causes are to be read with care, or "" */
};

struct ak_geomean {
    const char *unit;
    double before, after, ratio; /* over the paired rows only */
    size_t pairs;
};

struct ak_comparison {
    struct ak_run *before, *after;
    struct ak_compare_row *rows; /* sorted: certain and large effects first */
    size_t row_count;
    struct ak_geomean *geomeans;
    size_t geomean_count;
    size_t counts[AK_VERDICT_COUNT];
    double margin;        /* 0.03: effects below are "same" */
    double alpha;         /* of the gate, 0.05 family-wise */
    double confidence;    /* of the intervals, 0.95 */
    const char *variance; /* what is known of how runs of one code differ: one sentence, or "" */
    struct ak_kv *environment_differences; /* key, "before -> after" */
    size_t environment_difference_count;
    const char **warnings;
    size_t warning_count;
};

/* Many runs side by side: the first against each of the others. Rows of all pairs stand in the same
 * order (a row of two runs that both lack it is not comparable, with n = 0), and p is adjusted over
 * all of them. */
struct ak_comparison_set {
    struct ak_comparison *pairs;
    size_t pair_count;
};

/* What a projection gives: a set of comparisons for each table, p adjusted over the rows of all. */
struct ak_comparison_table {
    const char *heading; /* what tells it from the others: "goos: linux, cpu: X"; "" */
    struct ak_kv *key;   /* what all its results have in common by -table */
    size_t key_count;
    struct ak_comparison_set set; /* no pair when only one column has results here */
    const char *only;             /* then: that column's label, else NULL */
    const char **warnings;        /* about what was pooled */
    size_t warning_count;
};
struct ak_comparison_tables {
    struct ak_comparison_table *tables;
    size_t count;
};

/* --- success criteria ------------------------------------------------------------------- */

#define AK_OUTCOME_MAP(X)                                                                          \
    X(PASS, "pass")                                                                                \
    X(FAIL, "fail")                                                                                \
    X(UNJUDGED, "not judged")

enum ak_outcome {
#define X(code, text) AK_OUTCOME_##code,
    AK_OUTCOME_MAP(X)
#undef X
        AK_OUTCOME_COUNT
};
const char *ak_outcome_text(enum ak_outcome o);

#define AK_GROWTH_MAP(X)                                                                           \
    X(NONE, "none")                                                                                \
    X(WARMUP, "warm-up")                                                                           \
    X(STEP, "step")                                                                                \
    X(LEAK, "leak")                                                                                \
    X(UNSURE, "unsure")

enum ak_growth {
#define X(code, text) AK_GROWTH_##code,
    AK_GROWTH_MAP(X)
#undef X
        AK_GROWTH_COUNT
};
const char *ak_growth_text(enum ak_growth g);

/* The trend of one series over its repetitions (or over runs). */
struct ak_trend {
    enum ak_growth growth;
    size_t n;
    double slope, slope_lo, slope_hi; /* per repetition, in the series' unit (Theil-Sen, 95 %) */
    double intercept;
    double p;         /* Mann-Kendall */
    double relative;  /* growth over the whole series / median */
    size_t used_from; /* first repetition that was judged (warm-up dropped) */
    size_t step_at;   /* STEP: index of the first value after it */
    const char *per;  /* "stop of 1,000 actors", "run" */
    const char *reason;
};

struct ak_judgement {
    const char *criterion; /* "bytes", "time", "growth" or the section's name */
    const char *benchmark, *package, *unit;
    enum ak_outcome outcome;
    const char *statistic;  /* "median", "max", "trend" */
    const char *limit_text; /* "< 1 MB" */
    double value, limit;    /* in the unit; NaN where there is none */
    struct ak_summary summary;
    bool is_trend;
    struct ak_trend trend;
    const char *sentence;  /* one line for people: value, limit, by how much */
    bool is_suppressed;    /* UNJUDGED because of a suppress entry; not kept */
    const char **evidence; /* lines for --explain */
    size_t evidence_count;
};

struct ak_check {
    struct ak_run *run;
    const char *criteria_name; /* "built-in" or the file */
    struct ak_judgement *rows;
    size_t row_count;
    size_t counts[AK_OUTCOME_COUNT];
    const char **warnings;
    size_t warning_count;
    const char *advice; /* what to measure so that every criterion is judged, or ""; not kept */
};

#endif
