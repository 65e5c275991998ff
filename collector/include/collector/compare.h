/* Comparing two runs: paired rows, a verdict with margin and interval each, and what to make of it.
 */
#ifndef COLLECTOR_COMPARE_H
#define COLLECTOR_COMPARE_H

#include "store/verdict.h"

/* Environment key of runs that were measured in turn: equal in both, and in no other. */
#define AK_ENV_SESSION "session"

struct ak_compare_opts {
    double margin;     /* effects within 1 +- margin are "same"; 0: 0.03 */
    double alpha;      /* chance of any false "worse" or "better" in all rows; 0: 0.05 */
    double confidence; /* of the intervals; 0: 0.95 */
    /* Keeps rows whose benchmark and unit it takes; NULL: all. */
    bool (*keep)(void *ctx, const struct ak_series *series);
    void *keep_ctx;
    /* Earlier runs of the base, oldest first (ak_history_runs): what they differ by, level by
     * level, is the variance between runs. Used where the two runs were not measured in turn. */
    struct ak_run *const *history;
    size_t history_count;
};

/* Judges `after` against `before`. A row is better or worse when its Holm-adjusted p is at most
 * alpha (its own p at most alpha / 5) and its Hodges-Lehmann ratio leaves the margin; same when the
 * interval of the ratio lies inside the margin; else unsure. p is that of the Mann-Whitney test;
 * where the runs were not measured in turn and the history says how far runs lie apart by
 * themselves, also the ratio must be rare among those (the larger p counts, and the interval is
 * widened). Benchmarks are paired by package, name, GOMAXPROCS and unit; where a package has
 * another name on the other side, without the package. Model in arena; borrows the runs. opts may
 * be NULL. */
void ak_compare_runs(struct ak_run *before, struct ak_run *after,
                     const struct ak_compare_opts *opts, struct ak_arena *arena,
                     struct ak_comparison *out);

/* The first run against each of the others, p adjusted over the rows of all. count >= 2. */
void ak_compare_many(struct ak_run *const *runs, size_t count, const struct ak_compare_opts *opts,
                     struct ak_arena *arena, struct ak_comparison_set *out);

/* The same for several sets of runs, p adjusted over the rows of all sets. Each has two runs or
 * more; `out` has room for `count`. */
struct ak_compare_group {
    struct ak_run *const *runs;
    size_t count;
    /* By run and series: the place of its row, where rows have an order of their own; the first run
     * that has a row tells. NULL: certain and large effects first. */
    size_t *const *places;
};
void ak_compare_groups(const struct ak_compare_group *groups, size_t count,
                       const struct ak_compare_opts *opts, struct ak_arena *arena,
                       struct ak_comparison_set *out);

/* 1 when a row is worse, 3 when no row could be judged, else 0: the exit code of a comparison. */
int ak_compare_exit(const struct ak_comparison *c);
/* The same over all pairs. */
int ak_compare_set_exit(const struct ak_comparison_set *set);

#endif
