#include "summary.h"

#include "stats/quantile.h"

#include <math.h>

struct ak_summary collector_summary_of(const double *values, size_t n, double confidence,
                                       struct ak_arena *arena, double **out_sorted)
{
    double *sorted = ak_arena_copy(arena, values, n * sizeof *values);
    ak_sort_f64(sorted, n);
    const struct ak_interval median = ak_median_interval(sorted, n, confidence);
    if (out_sorted) {
        *out_sorted = sorted;
    }
    return (struct ak_summary){
        .n = n,
        .median = median.value,
        .lo = median.lo,
        .hi = median.hi,
        .min = n > 0 ? sorted[0] : AK_NAN,
        .max = n > 0 ? sorted[n - 1] : AK_NAN,
        .values = values,
    };
}
