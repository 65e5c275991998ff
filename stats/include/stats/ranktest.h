/* Two samples compared by ranks: the Mann-Whitney test and the shift between them.
 * Sources: Mann and Whitney (1947), On a test of whether one of two random variables is
 * stochastically larger than the other, Annals of Mathematical Statistics 18; Klotz (1966), The
 * Wilcoxon, ties, and the computer, JASA 61; Hodges and Lehmann (1963), Estimates of location based
 * on rank tests, Annals of Mathematical Statistics 34. */
#ifndef STATS_RANKTEST_H
#define STATS_RANKTEST_H

#include "stats/quantile.h"

#include <stdbool.h>
#include <stddef.h>

/* Distributions of U without ties are kept between calls, since many rows have the same sizes. */
struct ak_rank_table;
struct ak_rank_table *ak_rank_table_new(void);    /* returns owned */
void ak_rank_table_free(struct ak_rank_table *t); /* accepts NULL */

enum ak_rank_state {
    AK_RANK_TESTED,
    AK_RANK_EMPTY, /* a sample without values */
    AK_RANK_EQUAL, /* all values of both samples are equal: nothing can be told */
};

struct ak_rank_test {
    enum ak_rank_state state;
    bool exact;  /* from the exact distribution of U; else normal with tie and continuity correction
                  */
    double u;    /* pairs in which x is larger, ties count one half */
    double z;    /* of the approximation; 0 when exact */
    double tail; /* probability of a U this small or smaller, on the side where it lies */
    double p;    /* two-sided: twice the tail, at most 1; 1 when not tested */
};

/* x and y sorted ascending. Exact to 50 values a side, with ties to 25; above that normal.
 * O(nx + ny) and, once per pair of sizes, O(nx^2 ny^2); with ties O((nx + ny)^2 nx^2). */
struct ak_rank_test ak_mann_whitney(struct ak_rank_table *t, const double *x, size_t nx,
                                    const double *y, size_t ny);
/* Smallest two-sided p that samples of these sizes can give: 2 / C(nx + ny, nx). */
double ak_mann_whitney_min_p(size_t nx, size_t ny);

/* Hodges-Lehmann shift y - x: the median of all differences, with the interval that the test
 * inverted gives. Infinite bounds when the sizes cannot carry `confidence`. x and y sorted.
 * O(nx ny) to 4,096 pairs, O((nx + ny) 64) above. */
struct ak_interval ak_shift(struct ak_rank_table *t, const double *x, size_t nx, const double *y,
                            size_t ny, double confidence);
/* The same for the ratio y / x, by logarithms. NaN when a value is not positive. */
struct ak_interval ak_shift_ratio(struct ak_rank_table *t, const double *x, size_t nx,
                                  const double *y, size_t ny, double confidence);

#endif
