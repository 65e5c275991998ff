#include "between.h"

#include "stats/quantile.h"

#include <math.h>

#define RUNS_MIN 6
#define DF_MIN 4
#define LEVEL_MIN 3    /* runs of a level */
#define LEVEL_GAIN 0.25 /* a step leaves at most this part of the squares */

/* Logarithms of the medians, and sums over the first i of them. */
struct medians {
    double *sum, *square;
    size_t count;
};

static struct medians medians_take(const struct ak_series *const *cells, size_t count,
                                   struct ak_arena *arena)
{
    struct medians m = {.sum = AK_NEW_ARRAY(arena, double, count + 1),
                        .square = AK_NEW_ARRAY(arena, double, count + 1)};
    double first = AK_NAN; /* what is near zero loses nothing in the squares */
    for (size_t i = 0; i < count; i++) {
        const double median = cells[i] ? ak_median(cells[i]->values, cells[i]->count) : AK_NAN;
        if (median > 0 && isfinite(median)) {
            first = isnan(first) ? log(median) : first;
            const double x = log(median) - first;
            m.sum[m.count + 1] = m.sum[m.count] + x;
            m.square[m.count + 1] = m.square[m.count] + x * x;
            m.count++;
        }
    }
    return m;
}

/* Squared distances of from..to from their mean. */
static double squares(const struct medians *m, size_t from, size_t to)
{
    const double sum = m->sum[to] - m->sum[from];
    return fmax(0, m->square[to] - m->square[from] - sum * sum / (double)(to - from));
}

/* Squares about the levels within from..to; adds the levels to *levels. */
static double split(const struct medians *m, size_t from, size_t to, size_t *levels)
{
    const double whole = squares(m, from, to);
    double best = whole;
    size_t at = from;
    for (size_t i = from + LEVEL_MIN; i + LEVEL_MIN <= to; i++) {
        const double parts = squares(m, from, i) + squares(m, i, to);
        if (parts < best) {
            best = parts;
            at = i;
        }
    }
    if (at == from || best > LEVEL_GAIN * whole) {
        *levels += 1;
        return whole;
    }
    return split(m, from, at, levels) + split(m, at, to, levels);
}

void collector_between_of(const struct ak_series *const *cells, size_t count,
                          struct ak_arena *arena, struct between *out)
{
    *out = (struct between){.sd = AK_NAN};
    const struct medians m = medians_take(cells, count, arena);
    if (m.count < RUNS_MIN) {
        return;
    }
    size_t levels = 0;
    const double sum = split(&m, 0, m.count, &levels);
    if (m.count < levels + DF_MIN) {
        return;
    }
    out->runs = m.count;
    out->df = m.count - levels;
    out->sd = sqrt(sum / (double)out->df);
}
