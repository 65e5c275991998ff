#include "between.h"

#include "stats/quantile.h"

#include <math.h>

#define RUNS_MIN 6
#define DF_MIN 4
#define LEVEL_MIN 3     /* runs of a level */
#define LEVEL_GAIN 0.25 /* a step leaves at most this part of the squares */

/* Logarithms less the first of them, since what is near zero loses nothing in the squares; and sums
 * over the first i. */
struct logs {
    double first, *sum, *square;
    size_t count;
};

static struct logs logs_take(const double *values, size_t count, struct ak_arena *arena)
{
    struct logs m = {.first = AK_NAN,
                     .sum = AK_NEW_ARRAY(arena, double, count + 1),
                     .square = AK_NEW_ARRAY(arena, double, count + 1)};
    for (size_t i = 0; i < count; i++) {
        if (values[i] > 0 && isfinite(values[i])) {
            m.first = isnan(m.first) ? log(values[i]) : m.first;
            const double x = log(values[i]) - m.first;
            m.sum[m.count + 1] = m.sum[m.count] + x;
            m.square[m.count + 1] = m.square[m.count] + x * x;
            m.count++;
        }
    }
    return m;
}

/* Squared distances of from..to from their mean. */
static double squares(const struct logs *m, size_t from, size_t to)
{
    const double sum = m->sum[to] - m->sum[from];
    return fmax(0, m->square[to] - m->square[from] - sum * sum / (double)(to - from));
}

/* Levels, newest last. */
struct levels {
    size_t count, newest_from;
    double squares; /* about them */
};

static void split(const struct logs *m, size_t from, size_t to, struct levels *out)
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
        out->count++;
        out->newest_from = from;
        out->squares += whole;
        return;
    }
    split(m, from, at, out);
    split(m, at, to, out);
}

void collector_between_of(const double *values, size_t count, struct ak_arena *arena,
                          struct between *out)
{
    *out = (struct between){.sd = AK_NAN, .level = AK_NAN};
    const struct logs m = logs_take(values, count, arena);
    if (m.count < RUNS_MIN) {
        return;
    }
    struct levels levels = {0};
    split(&m, 0, m.count, &levels);
    if (m.count < levels.count + DF_MIN) {
        return;
    }
    out->runs = m.count;
    out->df = m.count - levels.count;
    out->sd = sqrt(levels.squares / (double)out->df);
    out->level_runs = m.count - levels.newest_from;
    out->level =
        exp(m.first + (m.sum[m.count] - m.sum[levels.newest_from]) / (double)out->level_runs);
}
