/* Order statistics: sorting, quantiles, and the exact interval of a median. Values must be finite;
 * NaN sorts last and never makes a loop run on. */
#ifndef STATS_QUANTILE_H
#define STATS_QUANTILE_H

#include <stddef.h>

/* Those of math.h are floats, which some compilers warn about when they become doubles. */
#define AK_NAN ((double)__builtin_nanf(""))
#define AK_INFINITY ((double)__builtin_inff())

struct ak_interval {
    double value, lo, hi;
};

/* Ascending, NaN last, equal values in the order of their bits. O(n log n). */
void ak_sort_f64(double *values, size_t n);

/* Quantile 0 <= q <= 1 of sorted values, definition R8 of Hyndman and Fan (1996), Sample quantiles
 * in statistical packages, The American Statistician 50. NaN for n = 0. */
double ak_quantile_sorted(const double *sorted, size_t n, double q);
/* Median of values in any order; copies them. NaN for n = 0. */
double ak_median(const double *values, size_t n);
/* Median absolute deviation from the median, times 1.4826 (the standard deviation of a normal). */
double ak_spread(const double *values, size_t n);

/* The order statistics (from 1) that bound the median with at least `confidence`: lo = 0 means
 * -infinity, hi = n + 1 means +infinity. Exact binomial probabilities to n = 30, normal
 * approximation with continuity correction above. One side longer where that is enough: the left
 * one first. The bounds are those that benchstat takes, on every n. */
struct ak_order_interval {
    size_t lo, hi;
};
struct ak_order_interval ak_median_order(size_t n, double confidence);
/* The median of sorted values with that interval; lo is -infinity and hi +infinity when n is small.
 */
struct ak_interval ak_median_interval(const double *sorted, size_t n, double confidence);
/* Smallest n with a finite interval; 0 when that is above 50. */
size_t ak_median_samples(double confidence);

/* Geometric mean; NaN for n = 0 or when a value is not positive. */
double ak_geomean(const double *values, size_t n);

#endif
