/* Does a series grow without end: none, warm-up, step, leak or unsure.
 *
 * A rising series alone is no leak: caches warm up, a heap takes one step, garbage comes and goes.
 * A leak here is growth that is significant after the warm-up, larger than a floor, present in the
 * minima too, and better described by a line than by one step. How often each rule is wrong is
 * simulated (`akreport simulate`, docs/STATISTICS.md). */
#ifndef COLLECTOR_GROWTH_H
#define COLLECTOR_GROWTH_H

#include "store/verdict.h"

struct ak_growth_opts {
    double alpha;      /* level of the rank test; 0: 0.01 */
    double floor;      /* growth over the series, as a part of its median; 0: 0.05 */
    double confidence; /* of the slope; 0: 0.95 */
};

/* Judges `values` in the order of time. opts may be NULL. out->per is "repetition"; reason in
 * arena. */
void ak_growth_judge(const double *values, size_t n, const struct ak_growth_opts *opts,
                     struct ak_arena *arena, struct ak_trend *out);

#endif
