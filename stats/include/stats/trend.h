/* Is a series rising, and how fast. Index 0, 1, 2 ... is the time.
 * Sources: Theil (1950), A rank-invariant method of linear and polynomial regression analysis; Sen
 * (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63; Mann (1945),
 * Nonparametric tests against trend, Econometrica 13; Hamed and Rao (1998), A modified Mann-Kendall
 * trend test for autocorrelated data, Journal of Hydrology 204; Yue, Pilon, Phinney and Cavadias
 * (2002), The influence of autocorrelation on the ability to detect trend, Hydrological
 * Processes 16.
 *
 * All are O(n^2) time; Theil-Sen also O(n^2) memory. Series above 4,096 values are refused with
 * NaN: the caller thins them out. */
#ifndef STATS_TREND_H
#define STATS_TREND_H

#include "stats/quantile.h"

#include <stdint.h>

#define AK_TREND_MAX 4096

/* Median of the slopes of all pairs with its interval (inverted Kendall test, normal
 * approximation); the intercept is that of the median point. NaN below 2 values. */
struct ak_line {
    struct ak_interval slope; /* per step */
    double intercept;
};
struct ak_line ak_theil_sen(const double *values, size_t n, double confidence);

/* Mann-Kendall: s counts rising minus falling pairs. */
struct ak_kendall {
    int64_t s;
    double variance; /* of s, corrected for ties */
    double z;        /* with continuity correction */
    double p;        /* two-sided, normal */
    double p_rising; /* one-sided; exact to 60 values without ties, else normal */
    double tau;      /* s / (n (n - 1) / 2) */
};
struct ak_kendall ak_mann_kendall(const double *values, size_t n);
/* The variance of s enlarged by the significant autocorrelations of the detrended ranks. */
struct ak_kendall ak_mann_kendall_hamed_rao(const double *values, size_t n);
/* Trend-free pre-whitening: the lag-1 correlation of the detrended series is taken out first. */
struct ak_kendall ak_mann_kendall_prewhitened(const double *values, size_t n);

/* Lag-`lag` autocorrelation; NaN for a constant series. */
double ak_autocorrelation(const double *values, size_t n, size_t lag);

/* Least squares line through (x, y) with the interval of its slope (Student's t); NaN below 3
 * points or when all x are equal. For a power law give logarithms: the slope is the exponent. */
struct ak_line ak_least_squares(const double *x, const double *y, size_t n, double confidence);

#endif
