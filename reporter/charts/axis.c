#include "charts/axis.h"

#include <math.h>
#include <stdlib.h>

static double position(const struct axis *a, double value)
{
    return a->is_log ? log(value) : value;
}

double reporter_axis_at(const struct axis *a, double value)
{
    if (isnan(value)) {
        return value;
    }
    const double inside = fmin(fmax(value, a->lo), a->hi);
    const double lo = position(a, a->lo);
    const double part = (position(a, inside) - lo) / (position(a, a->hi) - lo);
    return a->from + part * (a->to - a->from);
}

bool reporter_axis_outside(const struct axis *a, double value)
{
    return value < a->lo || value > a->hi;
}

/* The smallest of 1, 2, 5 * 10^k that is at least `least`. */
static double round_step(double least)
{
    const double power = pow(10, floor(log10(least)));
    static const double steps[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        if (steps[i] * power >= least * (1 - 1e-9)) {
            return steps[i] * power;
        }
    }
    return 10 * power;
}

static size_t linear_ticks(const struct axis *a, size_t wanted, double ticks[AXIS_TICKS])
{
    const double step = round_step((a->hi - a->lo) / (double)wanted);
    size_t n = 0;
    if (!(step > 0) || !isfinite(step)) {
        return 0;
    }
    const double first = ceil(a->lo / step - 1e-9);
    for (size_t i = 0; n < wanted + 1 && n < AXIS_TICKS; i++) {
        const double v = (first + (double)i) * step;
        if (v > a->hi + step * 1e-9) {
            break;
        }
        ticks[n++] = v;
    }
    return n;
}

static size_t log_ticks(const struct axis *a, size_t wanted, double ticks[AXIS_TICKS])
{
    static const double steps[] = {1, 2, 5};
    const double decades = log10(a->hi / a->lo);
    const double every = ceil(decades / (double)wanted - 1e-9); /* decades between two ticks */
    const size_t per_decade = decades * 3 <= (double)wanted ? 3 : 1;
    size_t n = 0;
    for (double k = floor(log10(a->lo)); n < AXIS_TICKS && k <= log10(a->hi) + 1e-9;
         k += fmax(every, 1)) {
        for (size_t i = 0; i < per_decade && n < AXIS_TICKS; i++) {
            const double v = steps[i] * pow(10, k);
            if (v >= a->lo * (1 - 1e-9) && v <= a->hi * (1 + 1e-9)) {
                ticks[n++] = v;
            }
        }
    }
    return n;
}

size_t reporter_axis_ticks(const struct axis *a, size_t wanted, double ticks[AXIS_TICKS])
{
    if (wanted > AXIS_TICKS - 1) {
        wanted = AXIS_TICKS - 1;
    }
    if (wanted == 0 || !(a->hi > a->lo) || !isfinite(a->hi - a->lo)) {
        return 0;
    }
    const size_t n = a->is_log ? log_ticks(a, wanted, ticks) : linear_ticks(a, wanted, ticks);
    return n > 1 || !a->is_log ? n : linear_ticks(a, wanted, ticks);
}

static int by_value(const void *pa, const void *pb)
{
    const double a = *(const double *)pa;
    const double b = *(const double *)pb;
    return (a > b) - (a < b);
}

size_t reporter_axis_ratio_ticks(const struct axis *a, double gap, double ticks[AXIS_TICKS])
{
    /* In order of importance. */
    static const double wishes[] = {
        1,    2,         0.5,  4,          0.25,  16,    1.0 / 16, 64,       1.0 / 64,
        256,  1.0 / 256, 1024, 1.0 / 1024, 8,     0.125, 32,       1.0 / 32, 1.5,
        0.75, 1.25,      0.9,  1.1,        0.8,   1.2,   0.95,     1.05,     0.98,
        1.02, 0.99,      1.01, 0.995,      1.005, 3,     0.6,      0.35,     0.15,
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes && n < AXIS_TICKS; i++) {
        bool fits = !reporter_axis_outside(a, wishes[i]);
        for (size_t k = 0; k < n && fits; k++) {
            fits = fabs(reporter_axis_at(a, ticks[k]) - reporter_axis_at(a, wishes[i])) >= gap;
        }
        if (fits) {
            ticks[n++] = wishes[i];
        }
    }
    qsort(ticks, n, sizeof *ticks, by_value);
    return n;
}

const char *reporter_axis_ratio_text(const struct axis *a, double ratio, struct ak_arena *arena)
{
    if (a->hi > 4 || a->lo < 0.25) {
        return ratio < 1 ? ak_arena_printf(arena, "÷%.3g", 1 / ratio)
                         : ak_arena_printf(arena, "×%.3g", ratio);
    }
    const double pct = round((ratio - 1) * 1000) / 10;
    return pct == 0 ? "0" : ak_arena_printf(arena, "%+.*f%%", pct == round(pct) ? 0 : 1, pct);
}
