#include "stats/quantile.h"

#include "base/mem.h"
#include "stats/distribution.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_LIMIT 30
#define INSERTION_LIMIT 40

static bool less(double a, double b)
{
    return isnan(b) ? !isnan(a) : a < b;
}

static int compare(const void *pa, const void *pb)
{
    double a, b;
    memcpy(&a, pa, sizeof a);
    memcpy(&b, pb, sizeof b);
    if (less(a, b)) {
        return -1;
    }
    if (less(b, a)) {
        return 1;
    }
    return memcmp(pa, pb, sizeof a); /* 0 and -0, NaN payloads */
}

void ak_sort_f64(double *values, size_t n)
{
    if (n > INSERTION_LIMIT) {
        qsort(values, n, sizeof *values, compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const double v = values[i];
        size_t j = i;
        for (; j > 0 && less(v, values[j - 1]); j--) {
            values[j] = values[j - 1];
        }
        values[j] = v;
    }
}

double ak_quantile_sorted(const double *sorted, size_t n, double q)
{
    if (n == 0) {
        return AK_NAN;
    }
    if (q <= 0) {
        return sorted[0];
    }
    if (q >= 1) {
        return sorted[n - 1];
    }
    const double position = 1 / 3.0 + q * ((double)n + 1 / 3.0);
    const double whole = floor(position);
    const size_t k = (size_t)whole;
    if (k == 0) {
        return sorted[0];
    }
    if (k >= n) {
        return sorted[n - 1];
    }
    return sorted[k - 1] + (position - whole) * (sorted[k] - sorted[k - 1]);
}

double ak_median(const double *values, size_t n)
{
    if (n == 0) {
        return AK_NAN;
    }
    double *copy = ak_reallocarray(NULL, n, sizeof *copy);
    memcpy(copy, values, n * sizeof *copy);
    ak_sort_f64(copy, n);
    const double median = ak_quantile_sorted(copy, n, 0.5);
    ak_free(copy);
    return median;
}

double ak_spread(const double *values, size_t n)
{
    if (n == 0) {
        return AK_NAN;
    }
    const double centre = ak_median(values, n);
    double *away = ak_reallocarray(NULL, n, sizeof *away);
    for (size_t i = 0; i < n; i++) {
        away[i] = fabs(values[i] - centre);
    }
    const double mad = ak_median(away, n);
    ak_free(away);
    return 1.4826 * mad;
}

/* benchstat computes binomial coefficients above 20 by logarithms of the gamma function, so that
 * C(n, n-k) comes out larger than the equal C(n, k) for some k, and its interval then grows to the
 * right first. Bit k of row n - 21 is set for those k (measured, golang.org/x/perf on amd64). */
static const uint16_t right_first[EXACT_LIMIT - 20] = {
    0x0094, 0x0494, 0x0094, 0x0894, 0x0494, 0x0494, 0x2c94, 0x3494, 0x24f4, 0x65f4,
};

static bool grows_right(size_t n, size_t left, size_t right)
{
    if (left + right != n) { /* unequal: the likelier one */
        const size_t near_left = left + 1 > n - left ? n - left : left;
        const size_t near_right = right > n - right ? n - right : right;
        return near_right > near_left;
    }
    return n > 20 && (right_first[n - 21] >> left & 1) != 0;
}

static struct ak_order_interval median_order_exact(size_t n, double confidence)
{
    double mass[EXACT_LIMIT + 1]; /* of the binomial distribution with p = 1/2 */
    mass[0] = ldexp(1, -(int)n);
    for (size_t k = 1; k <= n; k++) {
        mass[k] = mass[k - 1] * (double)(n - k + 1) / (double)k;
    }
    size_t lo = (n + 2) / 2 - 1; /* the lower of two modes */
    size_t hi = lo + 1;
    double sum = mass[lo];
    while (sum < confidence && (lo > 0 || hi <= n)) {
        if (lo == 0 || (hi <= n && grows_right(n, lo - 1, hi))) {
            sum += mass[hi++];
        } else {
            sum += mass[--lo];
        }
    }
    return (struct ak_order_interval){lo, hi};
}

static struct ak_order_interval median_order_normal(size_t n, double confidence)
{
    const double mu = (double)n / 2;
    const double sigma = sqrt((double)n / 4);
    const double left = mu + sigma * ak_normal_quantile((1 - confidence) / 2);
    double lo = floor(floor(left - 0.5) + 0.5) + 1;
    double hi = floor(ceil(2 * mu - left - 0.5) + 0.5) + 1;
    const double below = ak_normal_cdf((lo - 0.5 - mu) / sigma);
    const double both = ak_normal_cdf((hi - 0.5 - mu) / sigma) - below;
    const double biased = ak_normal_cdf((hi - 1.5 - mu) / sigma) - below;
    if (biased >= confidence && biased < both) {
        hi -= 1;
    }
    lo = fmax(lo, 0);
    hi = fmin(hi, (double)n + 1);
    return (struct ak_order_interval){(size_t)lo, (size_t)hi};
}

struct ak_order_interval ak_median_order(size_t n, double confidence)
{
    if (n == 0 || !(confidence < 1)) {
        return (struct ak_order_interval){0, n + 1};
    }
    return n <= EXACT_LIMIT ? median_order_exact(n, confidence)
                            : median_order_normal(n, confidence);
}

struct ak_interval ak_median_interval(const double *sorted, size_t n, double confidence)
{
    const struct ak_order_interval order = ak_median_order(n, confidence);
    return (struct ak_interval){
        .value = ak_quantile_sorted(sorted, n, 0.5),
        .lo = order.lo < 1 ? -AK_INFINITY : sorted[order.lo - 1],
        .hi = order.hi > n ? AK_INFINITY : sorted[order.hi - 1],
    };
}

size_t ak_median_samples(double confidence)
{
    for (size_t n = 2; n <= 50; n++) {
        const struct ak_order_interval order = ak_median_order(n, confidence);
        if (order.lo > 0 && order.hi <= n) {
            return n;
        }
    }
    return 0;
}

double ak_geomean(const double *values, size_t n)
{
    if (n == 0) {
        return AK_NAN;
    }
    double mean = 0; /* of the logarithms, updated so that it never overflows */
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] > 0)) {
            return AK_NAN;
        }
        mean += (log(values[i]) - mean) / (double)(i + 1);
    }
    return exp(mean);
}
