/* Success criteria: what a run must fulfil, and whether it does. Judged by exact counters in the
 * results, never by sampled profiles. */
#ifndef COLLECTOR_CRITERIA_H
#define COLLECTOR_CRITERIA_H

#include "collector/suppress.h"
#include "store/verdict.h"

enum ak_criterion_kind {
    AK_CRITERION_LIMIT,    /* "< 1 MB": the statistic against a value */
    AK_CRITERION_GROWTH,   /* "no growth": over the repetitions of a run */
    AK_CRITERION_RELATIVE, /* "< +5 %": against a base run, or the level of the history */
    AK_CRITERION_TREND,    /* "trend < +5 %": over the runs of the history */
    AK_CRITERION_EXPONENT, /* "exponent < 1.3": of a power law over sizes */
};

enum ak_statistic { AK_STATISTIC_MEDIAN, AK_STATISTIC_MAX, AK_STATISTIC_MIN, AK_STATISTIC_MEAN };

struct ak_criterion {
    const char *name;
    enum ak_criterion_kind kind;
    const char *benchmark; /* regular expression on the name, "" takes all */
    const char *unit;      /* as printed: "bytes/alloc" */
    enum ak_statistic statistic;
    const char *limit_text;         /* as written */
    enum ak_unit_class limit_class; /* of the limit's own unit; OTHER: in the unit of the values */
    double limit;                   /* base unit of the class; part for RELATIVE (0.05); exponent */
    bool at_least;                  /* the value must be above the limit */
    bool or_equal;
    double per;       /* the limit is for so many entities; 0: for the value as it is */
    const char *base; /* RELATIVE: label or run; NULL takes that of the command line */
    bool history;     /* RELATIVE: against the newest level of the history instead of a run */
    size_t runs;      /* TREND: the newest so many, with the judged one; 0: all */
    bool optional;    /* not measured is no failure to judge */
    unsigned line;    /* in the file; 0 built in */
};

struct ak_criteria {
    const char *name; /* "built-in" or the file */
    struct ak_criterion *items;
    size_t count;
    struct ak_suppress *suppress; /* in the order of the file */
    size_t suppress_count;
    const char **sinks; /* "KIND=NAME", of "[sinks]", for ak_c_lint */
    size_t sink_count;
};

/* bytes (GCAllocations.*, bytes/alloc, < 1 MB), time (ShutdownLatency_1000.*, ms/shutdown,
 * < 100 ms), growth (MB/heap, none). In arena. */
struct ak_criteria *ak_criteria_builtin(struct ak_arena *arena);
/* Reads an INI file, one section per criterion, and "[suppress NAME]" per known exception. Unknown
 * keys and values are refused with the line. Format: docs/man/akreport-check. */
enum ak_status ak_criteria_load(const char *path, struct ak_arena *arena, struct ak_criteria **out,
                                struct ak_error *err) AK_MUST_USE;
enum ak_status ak_criteria_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                 struct ak_criteria **out, struct ak_error *err) AK_MUST_USE;

/* --- judging ----------------------------------------------------------------------------- */

struct ak_check_opts {
    double confidence;   /* 0: 0.95 */
    struct ak_run *base; /* for relative criteria without a base of their own; NULL: none */
    /* Finds the run of a criterion's base; NULL: only `base`. Result borrowed during the check. */
    enum ak_status (*find_base)(void *ctx, const char *selector, struct ak_run **out,
                                struct ak_error *err);
    void *find_ctx;
    /* Gives the runs before the judged one, oldest first; NULL: there is no history. */
    enum ak_status (*find_history)(void *ctx, struct ak_run ***out, size_t *out_count,
                                   struct ak_error *err);
    void *history_ctx;
    int64_t now_ns; /* since 1970: which suppress entries are in force; 0: none is looked at */
};

/* One row per criterion and series that it takes; a criterion that takes none gives one row that is
 * not judged. Model in arena, borrows run and criteria. opts may be NULL. */
enum ak_status ak_check_run(struct ak_run *run, const struct ak_criteria *criteria,
                            const struct ak_check_opts *opts, struct ak_arena *arena,
                            struct ak_check **out, struct ak_error *err) AK_MUST_USE;

/* 1 when a criterion fails; 3 when one that is not optional has no judged row, or nothing was
 * judged at all; else 0. */
int ak_check_exit(const struct ak_check *check, const struct ak_criteria *criteria);

/* Sets the limit of each row of a comparison to that of the criterion which judged the same series,
 * so that a chart can draw it. */
void ak_check_mark_limits(const struct ak_check *check, struct ak_comparison *cmp);

#endif
