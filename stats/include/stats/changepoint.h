/* Levels of a series: where it steps from one to another.
 *
 * Binary segmentation on ranks: the best split of a part is that with the largest standardised rank
 * sum, which single outliers cannot pull. A split stands when shuffled parts rarely split as well
 * (permutation test), and when the medians beside it differ by a floor, measured near the split and
 * over the whole levels, so that a slow drift is no step. Where the two levels leave at most a
 * twenty-fifth of the squares, the split stands without shuffles: a series of eight has too few
 * orders to be sure by ranks. At last each change is tested again between its neighbours. Sources:
 * Pettitt (1979), A non-parametric approach to the change-point problem, Applied Statistics 28;
 * Matteson and James (2014), A nonparametric approach for multiple change point analysis of
 * multivariate data, JASA 109 (the permutation test); Vostrikova (1981) for the segmentation. */
#ifndef STATS_CHANGEPOINT_H
#define STATS_CHANGEPOINT_H

#include <stddef.h>
#include <stdint.h>

struct ak_change_opts {
    double alpha;        /* of the permutation test; 0: 0.01 */
    double floor;        /* smallest change, as a part of the level before; 0: 0.05 */
    size_t permutations; /* 0: 400; ten times as many for parts of at most 20 values */
    uint64_t seed;
};

struct ak_change {
    size_t at;            /* index of the first value of the new level */
    double before, after; /* medians of the levels beside it */
    double p;
};

/* Finds changes in the order of time; at most `room`. A level has at least 3 values; series above
 * 2,000 values are judged by their last 2,000. opts may be NULL. O(permutations n log n) a level.
 */
size_t ak_change_points(const double *values, size_t n, const struct ak_change_opts *opts,
                        struct ak_change *out, size_t room);

#endif
