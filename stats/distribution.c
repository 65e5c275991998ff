#include "stats/distribution.h"

#include <math.h>

double ak_normal_cdf(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* First guess: rational approximation 26.2.23 of Abramowitz and Stegun (error < 4.5e-4); then
 * Halley steps on the distribution function itself. Works on the lower half, where erfc keeps all
 * digits. */
static double lower_quantile(double p)
{
    const double t = sqrt(-2 * log(p));
    double z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                         (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
    for (int i = 0; i < 4; i++) {
        const double error = ak_normal_cdf(z) - p;
        const double u = error * sqrt(2 * M_PI) * exp(z * z / 2);
        z -= u / (1 + z * u / 2);
    }
    return z;
}

double ak_normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1)) {
        return AK_NAN;
    }
    if (p == 0) {
        return -AK_INFINITY;
    }
    if (p == 1) {
        return AK_INFINITY;
    }
    return p <= 0.5 ? lower_quantile(p) : -lower_quantile(1 - p);
}

#define FRACTION_STEPS 500
#define TINY 1e-300

static double nonzero(double v)
{
    return fabs(v) < TINY ? TINY : v;
}

/* Continued fraction 26.5.8 of Abramowitz and Stegun, evaluated by Lentz's method. */
static double beta_fraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m <= FRACTION_STEPS; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / nonzero(1 + even * d);
        c = nonzero(1 + even / c);
        value *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / nonzero(1 + odd * d);
        c = nonzero(1 + odd / c);
        value *= d * c;
        if (fabs(d * c - 1) < 1e-15) {
            break;
        }
    }
    return value;
}

double ak_beta_inc(double x, double a, double b)
{
    if (!(x > 0)) {
        return 0;
    }
    if (x >= 1) {
        return 1;
    }
    const double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) {
        return front * beta_fraction(x, a, b) / a;
    }
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double ak_t_cdf(double t, double df)
{
    if (isnan(t) || !(df > 0)) {
        return AK_NAN;
    }
    const double tail = ak_beta_inc(df / (df + t * t), df / 2, 0.5) / 2;
    return t < 0 ? tail : 1 - tail;
}

double ak_t_quantile(double p, double df)
{
    if (!(p > 0 && p < 1) || !(df > 0)) {
        return p == 0 ? -AK_INFINITY : p == 1 ? AK_INFINITY : AK_NAN;
    }
    if (p > 0.5) {
        return -ak_t_quantile(1 - p, df);
    }
    double lo = -1;
    while (ak_t_cdf(lo, df) > p && lo > -1e300) {
        lo *= 2;
    }
    double hi = 0;
    for (int i = 0; i < 200 && hi - lo > 1e-14 * fabs(lo); i++) {
        const double mid = (lo + hi) / 2;
        if (ak_t_cdf(mid, df) > p) {
            hi = mid;
        } else {
            lo = mid;
        }
    }
    return (lo + hi) / 2;
}

/* x with I_x(a, b) = p, by bisection: 100 halvings of [0, 1] are past the last digit. */
static double beta_quantile(double p, double a, double b)
{
    double lo = 0, hi = 1;
    for (int i = 0; i < 100; i++) {
        const double mid = (lo + hi) / 2;
        if (ak_beta_inc(mid, a, b) < p) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return (lo + hi) / 2;
}

struct ak_interval ak_binomial_interval(size_t hits, size_t n, double confidence)
{
    if (n == 0) {
        return (struct ak_interval){AK_NAN, 0, 1};
    }
    const double k = (double)hits, m = (double)n, tail = (1 - confidence) / 2;
    return (struct ak_interval){
        .value = k / m,
        .lo = hits == 0 ? 0 : beta_quantile(tail, k, m - k + 1),
        .hi = hits == n ? 1 : beta_quantile(1 - tail, k + 1, m - k),
    };
}
