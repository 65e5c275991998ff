#include "base/mem.h"
#include "stats/distribution.h"
#include "stats/trend.h"

#include <math.h>
#include <string.h>

#define EXACT_LIMIT 60

static int64_t score(const double *v, size_t n)
{
    int64_t s = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            s += (v[j] > v[i]) - (v[j] < v[i]);
        }
    }
    return s;
}

/* Variance of s, and whether any two values are equal. */
static double variance(const double *v, size_t n, int *out_ties)
{
    double *sorted = ak_reallocarray(NULL, n, sizeof *sorted);
    memcpy(sorted, v, n * sizeof *sorted);
    ak_sort_f64(sorted, n);
    const double m = (double)n;
    double var = m * (m - 1) * (2 * m + 5);
    *out_ties = 0;
    for (size_t i = 0; i < n;) {
        size_t j = i + 1;
        while (j < n && sorted[j] <= sorted[i]) {
            j++;
        }
        const double t = (double)(j - i);
        var -= t * (t - 1) * (2 * t + 5);
        *out_ties |= j - i > 1;
        i = j;
    }
    ak_free(sorted);
    return var / 18;
}

static void finish(struct ak_kendall *k, size_t n)
{
    const double s = (double)k->s;
    k->tau = n < 2 ? AK_NAN : s / ((double)n * (double)(n - 1) / 2);
    k->z = k->s == 0 || !(k->variance > 0) ? 0 : (s - copysign(1, s)) / sqrt(k->variance);
    k->p = fmin(1, 2 * ak_normal_cdf(-fabs(k->z)));
    k->p_rising = ak_normal_cdf(-k->z);
}

/* P(S >= s) for n values without ties: the number of inversions of a random order, whose
 * probabilities build up by convolution with uniform distributions on 0 .. m - 1. */
static double rising_exact(size_t n, int64_t s)
{
    const size_t top = n * (n - 1) / 2;
    const size_t falls = (size_t)(((int64_t)top - s) / 2); /* s >= this means at most so many */
    double *p = ak_calloc(2 * (top + 1), sizeof *p);
    double *next = p + top + 1;
    p[0] = 1;
    for (size_t m = 2; m <= n; m++) {
        const size_t reach = m * (m - 1) / 2;
        double window = 0;
        for (size_t i = 0; i <= reach; i++) {
            window += p[i] - (i >= m ? p[i - m] : 0);
            next[i] = window / (double)m;
        }
        memcpy(p, next, (reach + 1) * sizeof *p);
    }
    double sum = 0;
    for (size_t i = 0; i <= falls; i++) {
        sum += p[i];
    }
    ak_free(p);
    return fmin(1, fmax(0, sum));
}

struct ak_kendall ak_mann_kendall(const double *values, size_t n)
{
    if (n < 2 || n > AK_TREND_MAX) {
        return (struct ak_kendall){.p = 1, .p_rising = 1, .tau = AK_NAN, .variance = AK_NAN};
    }
    int ties = 0;
    struct ak_kendall k = {.s = score(values, n), .variance = variance(values, n, &ties)};
    finish(&k, n);
    if (!ties && n <= EXACT_LIMIT) {
        k.p_rising = rising_exact(n, k.s);
    }
    return k;
}

double ak_autocorrelation(const double *values, size_t n, size_t lag)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        mean += values[i] / (double)n;
    }
    double own = 0, shifted = 0;
    for (size_t i = 0; i < n; i++) {
        own += (values[i] - mean) * (values[i] - mean);
        if (i + lag < n) {
            shifted += (values[i] - mean) * (values[i + lag] - mean);
        }
    }
    return own > 0 ? shifted / own : AK_NAN;
}

/* Values without their Theil-Sen slope; the slope goes to *out_slope. */
static double *detrended(const double *values, size_t n, double *out_slope)
{
    *out_slope = ak_theil_sen(values, n, 0.95).slope.value;
    double *flat = ak_reallocarray(NULL, n, sizeof *flat);
    for (size_t i = 0; i < n; i++) {
        flat[i] = values[i] - *out_slope * (double)(i + 1);
    }
    return flat;
}

/* Average ranks, from 1. O(n^2), as everything here. */
static void rank_in_place(double *v, size_t n)
{
    double *ranks = ak_reallocarray(NULL, n, sizeof *ranks);
    for (size_t i = 0; i < n; i++) {
        size_t below = 0, equal = 0;
        for (size_t j = 0; j < n; j++) {
            below += v[j] < v[i];
            equal += v[j] <= v[i] && !(v[j] < v[i]);
        }
        ranks[i] = (double)below + ((double)equal + 1) / 2;
    }
    memcpy(v, ranks, n * sizeof *v);
    ak_free(ranks);
}

struct ak_kendall ak_mann_kendall_hamed_rao(const double *values, size_t n)
{
    struct ak_kendall k = ak_mann_kendall(values, n);
    if (n < 3 || n > AK_TREND_MAX) {
        return k;
    }
    double slope;
    double *ranks = detrended(values, n, &slope);
    rank_in_place(ranks, n);
    const double significant = ak_normal_quantile(0.975) / sqrt((double)n);
    double sum = 0;
    for (size_t lag = 1; lag < n; lag++) {
        const double r = ak_autocorrelation(ranks, n, lag);
        if (fabs(r) > significant) {
            const double m = (double)(n - lag);
            sum += m * (m - 1) * (m - 2) * r;
        }
    }
    ak_free(ranks);
    const double m = (double)n;
    k.variance *= 1 + 2 / (m * (m - 1) * (m - 2)) * sum;
    finish(&k, n);
    return k;
}

struct ak_kendall ak_mann_kendall_prewhitened(const double *values, size_t n)
{
    if (n < 4 || n > AK_TREND_MAX) {
        return ak_mann_kendall(values, n);
    }
    double slope;
    double *flat = detrended(values, n, &slope);
    double r = ak_autocorrelation(flat, n, 1);
    if (isnan(r)) {
        r = 0; /* nothing but the trend */
    }
    for (size_t i = 0; i + 1 < n; i++) {
        flat[i] = flat[i + 1] - r * flat[i] + slope * (double)(i + 1);
    }
    const struct ak_kendall k = ak_mann_kendall(flat, n - 1);
    ak_free(flat);
    return k;
}
