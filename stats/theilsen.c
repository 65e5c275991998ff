#include "base/mem.h"
#include "stats/distribution.h"
#include "stats/trend.h"

#include <math.h>
#include <string.h>

/* Sum over groups of equal values of t (t - 1) (2 t + 5): the tie correction of Kendall's variance.
 */
static double tie_term(const double *values, size_t n)
{
    double *sorted = ak_reallocarray(NULL, n, sizeof *sorted);
    memcpy(sorted, values, n * sizeof *sorted);
    ak_sort_f64(sorted, n);
    double sum = 0;
    for (size_t i = 0; i < n;) {
        size_t j = i + 1;
        while (j < n && sorted[j] <= sorted[i]) {
            j++;
        }
        const double t = (double)(j - i);
        sum += t * (t - 1) * (2 * t + 5);
        i = j;
    }
    ak_free(sorted);
    return sum;
}

struct ak_line ak_theil_sen(const double *values, size_t n, double confidence)
{
    if (n < 2 || n > AK_TREND_MAX) {
        return (struct ak_line){{AK_NAN, AK_NAN, AK_NAN}, AK_NAN};
    }
    const size_t pairs = n * (n - 1) / 2;
    double *slopes = ak_reallocarray(NULL, pairs, sizeof *slopes);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            slopes[count++] = (values[j] - values[i]) / (double)(j - i);
        }
    }
    ak_sort_f64(slopes, pairs);
    const double m = (double)n;
    const double sigma = sqrt((m * (m - 1) * (2 * m + 5) - tie_term(values, n)) / 18);
    const double z = ak_normal_quantile((1 - confidence) / 2) * sigma;
    const double last = (double)pairs - 1;
    const double upper = fmin(nearbyint(((double)pairs - z) / 2), last);
    const double lower = fmax(nearbyint(((double)pairs + z) / 2) - 1, 0);
    struct ak_line line = {
        .slope.value = ak_quantile_sorted(slopes, pairs, 0.5),
        .slope.lo = slopes[(size_t)fmin(lower, last)],
        .slope.hi = slopes[(size_t)fmax(upper, 0)],
    };
    line.intercept = ak_median(values, n) - line.slope.value * (m - 1) / 2;
    ak_free(slopes);
    return line;
}

struct ak_line ak_least_squares(const double *x, const double *y, size_t n, double confidence)
{
    double mean_x = 0, mean_y = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += x[i] / (double)n;
        mean_y += y[i] / (double)n;
    }
    double xx = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    if (n < 3 || !(xx > 0)) {
        return (struct ak_line){{AK_NAN, AK_NAN, AK_NAN}, AK_NAN};
    }
    const double slope = xy / xx, intercept = mean_y - slope * mean_x;
    double rest = 0;
    for (size_t i = 0; i < n; i++) {
        const double e = y[i] - intercept - slope * x[i];
        rest += e * e;
    }
    const double df = (double)(n - 2);
    const double wide = -ak_t_quantile((1 - confidence) / 2, df) * sqrt(rest / df / xx);
    return (struct ak_line){{slope, slope - wide, slope + wide}, intercept};
}
