/* Comparing two runs: paired rows, a verdict with margin and interval each, and what to make of it.
 */
#ifndef COLLECTOR_COMPARE_H
#define COLLECTOR_COMPARE_H

#include "store/verdict.h"

struct ak_compare_opts {
    double margin;     /* effects within 1 +- margin are "same"; 0: 0.03 */
    double alpha;      /* chance of any false "worse" or "better" in all rows; 0: 0.05 */
    double confidence; /* of the intervals; 0: 0.95 */
    /* Keeps rows whose benchmark and unit it takes; NULL: all. */
    bool (*keep)(void *ctx, const struct ak_series *series);
    void *keep_ctx;
};

/* Judges `after` against `before`. A row is better or worse when its Holm-adjusted Mann-Whitney p
 * is at most alpha (its own p at most alpha / 5) and its Hodges-Lehmann ratio leaves the margin;
 * same when the interval of the ratio lies inside the margin; else unsure. Benchmarks are paired by
 * package, name, GOMAXPROCS and unit; where a package has another name on the other side, without
 * the package. Model in arena; borrows the runs. opts may be NULL. */
void ak_compare_runs(struct ak_run *before, struct ak_run *after,
                     const struct ak_compare_opts *opts, struct ak_arena *arena,
                     struct ak_comparison *out);

/* 1 when a row is worse, 3 when no row could be judged, else 0: the exit code of a comparison. */
int ak_compare_exit(const struct ak_comparison *c);

#endif
