/* Distribution functions that intervals and tests need. */
#ifndef STATS_DISTRIBUTION_H
#define STATS_DISTRIBUTION_H

#include "stats/quantile.h"

#include <stddef.h>

/* Standard normal: P(Z <= z), accurate in the left tail; its inverse (p = 0 gives -infinity, p
 * outside [0, 1] NaN). */
double ak_normal_cdf(double z);
double ak_normal_quantile(double p);

/* Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz). */
double ak_beta_inc(double x, double a, double b);

/* Student's t with `df` degrees of freedom: P(T <= t) and its inverse. */
double ak_t_cdf(double t, double df);
double ak_t_quantile(double p, double df);

/* Share of `hits` in `n` trials with its exact interval. Method: Clopper and Pearson (1934),
 * Biometrika 26. n = 0 gives NaN in [0, 1]. */
struct ak_interval ak_binomial_interval(size_t hits, size_t n, double confidence);

#endif
