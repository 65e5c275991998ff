#include "collector/growth.h"

#include "base/mem.h"
#include "stats/trend.h"

#include <math.h>

#define MIN_VALUES 5
#define FEW_VALUES 12      /* below: every value is needed, so nothing is dropped */
#define STEP_ADVANTAGE 0.6 /* a step must leave at most this part of the line's residuals */
#define LINE_SCATTER 0.1   /* of few values: scatter about the line as a part of the growth */

/* Mean distance of v[from..to) from its own median. */
static double distance_level(const double *v, size_t from, size_t to)
{
    const double centre = ak_median(v + from, to - from);
    double sum = 0;
    for (size_t i = from; i < to; i++) {
        sum += fabs(v[i] - centre);
    }
    return sum;
}

/* The best single step: index of the first value after it, and what it leaves. O(n^2 log n), on at
 * most 200 places. */
static size_t best_step(const double *v, size_t n, double *out_rest)
{
    const size_t stride = n / 200 + 1;
    size_t best = n / 2;
    *out_rest = AK_INFINITY;
    for (size_t at = 2; at + 2 <= n; at += stride) {
        const double rest = distance_level(v, 0, at) + distance_level(v, at, n);
        if (rest < *out_rest) {
            *out_rest = rest;
            best = at;
        }
    }
    return best;
}

static double distance_line(const double *v, size_t n, const struct ak_line *line)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += fabs(v[i] - line->intercept - line->slope.value * (double)i);
    }
    return sum;
}

static double lowest(const double *v, size_t from, size_t to)
{
    double low = AK_INFINITY;
    for (size_t i = from; i < to; i++) {
        low = fmin(low, v[i]);
    }
    return low;
}

/* The lowest values rise too: those of the last third stand above those of the first. */
static bool minima_rise(const double *v, size_t n)
{
    return lowest(v, 2 * n / 3, n) > lowest(v, 0, n / 3);
}

static double slope_of(const double *v, size_t n)
{
    return n < 2 ? 0 : ak_theil_sen(v, n, 0.95).slope.value;
}

/* The second half rises at least `part` as fast as the first: it does not level off. */
static bool keeps_rising(const double *v, size_t n, double part)
{
    const size_t half = n / 2;
    const double first = slope_of(v, half + 1), second = slope_of(v + n - half - 1, half + 1);
    return second > 0 && second >= part * first;
}

struct judge {
    const double *v;
    size_t n;
    double level; /* what growth is measured by */
    double alpha, floor, confidence;
    struct ak_trend *out;
};

static void decide(struct judge *j, enum ak_growth growth, const char *reason)
{
    j->out->growth = growth;
    j->out->reason = reason;
}

/* Fits a line to the values from `from` and keeps it. */
static struct ak_line fit(struct judge *j, size_t from)
{
    const size_t n = j->n - from;
    const struct ak_line line = ak_theil_sen(j->v + from, n, j->confidence);
    j->out->used_from = from;
    j->out->slope = line.slope.value;
    j->out->slope_lo = line.slope.lo;
    j->out->slope_hi = line.slope.hi;
    j->out->intercept = line.intercept - line.slope.value * (double)from;
    j->out->relative = line.slope.value * (double)(n - 1) / j->level;
    return line;
}

static bool is_step(struct judge *j, const double *v, size_t n, const struct ak_line *line)
{
    double rest;
    const size_t at = best_step(v, n, &rest);
    if (rest > STEP_ADVANTAGE * distance_line(v, n, line)) {
        return false;
    }
    j->out->step_at = at + (size_t)(v - j->v);
    return true;
}

/* Few values: all are used, and only a clean line counts. */
static void judge_few(struct judge *j, const struct ak_kendall *whole)
{
    const struct ak_line line = fit(j, 0);
    const double growth = line.slope.value * (double)(j->n - 1);
    if (whole->p_rising > j->alpha) {
        const bool hint = whole->p_rising <= 0.05 && j->out->relative > j->floor;
        decide(j, hint ? AK_GROWTH_UNSURE : AK_GROWTH_NONE,
               hint ? "rises, but not surely: more repetitions would tell" : "does not rise");
    } else if (j->out->relative <= j->floor) {
        decide(j, AK_GROWTH_NONE, "rises by less than the floor");
    } else if (is_step(j, j->v, j->n, &line)) {
        decide(j, AK_GROWTH_STEP, "one step describes it better than a line");
    } else if (!keeps_rising(j->v, j->n, 0.5)) {
        decide(j, AK_GROWTH_WARMUP, "rises at first and then levels off");
    } else if (distance_line(j->v, j->n, &line) / (double)j->n > LINE_SCATTER * growth) {
        decide(j, AK_GROWTH_UNSURE, "rises, but scatters too much for so few repetitions");
    } else {
        decide(j, AK_GROWTH_LEAK, "rises on a line from first to last");
    }
}

/* Values that hang together drift by chance: where those about the line do (lag-1 correlation above
 * 0.4), the growth must be four times their spread. */
static bool stands_out(const double *v, size_t n, const struct ak_line *line)
{
    double *about = ak_calloc(n, sizeof *about);
    for (size_t i = 0; i < n; i++) {
        about[i] = v[i] - line->slope.value * (double)i;
    }
    const double r = ak_autocorrelation(about, n, 1), spread = ak_spread(about, n);
    ak_free(about);
    return !(r > 0.4) || line->slope.value * (double)(n - 1) > 4 * spread;
}

static void judge_many(struct judge *j, const struct ak_kendall *whole)
{
    const size_t from = j->n / 3;
    const double *v = j->v + from;
    const size_t n = j->n - from;
    const struct ak_line all = fit(j, 0);
    const bool rose = whole->p_rising <= j->alpha && j->out->relative > j->floor;
    /* A step in the part that may warm up is part of the warm-up. */
    if (rose && is_step(j, j->v, j->n, &all) && j->out->step_at > from) {
        decide(j, AK_GROWTH_STEP, "one step describes it better than a line");
        return;
    }
    const struct ak_line line = fit(j, from);
    const double p = ak_mann_kendall(v, n).p_rising;
    if (p > j->alpha || j->out->relative <= j->floor || !(line.slope.lo > 0)) {
        if (rose) {
            decide(j, AK_GROWTH_WARMUP, "rises at first and then levels off");
        } else {
            decide(j, AK_GROWTH_NONE, "does not rise after the first third");
        }
    } else if (!stands_out(v, n, &line)) {
        decide(j, AK_GROWTH_UNSURE, "rises, but no further than its values drift anyway");
    } else if (is_step(j, v, n, &line)) {
        decide(j, AK_GROWTH_STEP, "one step describes it better than a line");
    } else if (!minima_rise(v, n)) {
        decide(j, AK_GROWTH_UNSURE, "rises, but its lowest values do not");
    } else if (!keeps_rising(v, n, 0.1)) {
        decide(j, AK_GROWTH_WARMUP, "rises at first and then levels off");
    } else {
        decide(j, AK_GROWTH_LEAK, "rises on a line after the warm-up");
    }
}

/* Every value, or evenly chosen ones of a very long series; *out_n of them, to be freed. */
static double *thinned(const double *values, size_t n, size_t *out_n)
{
    const size_t stride = (n + AK_TREND_MAX - 1) / AK_TREND_MAX;
    double *v = ak_calloc(n / (stride ? stride : 1) + 1, sizeof *v);
    *out_n = 0;
    for (size_t i = 0; i < n; i += stride) {
        v[(*out_n)++] = values[i];
    }
    return v;
}

void ak_growth_judge(const double *values, size_t n, const struct ak_growth_opts *opts,
                     struct ak_arena *arena, struct ak_trend *out)
{
    *out = (struct ak_trend){.growth = AK_GROWTH_UNSURE,
                             .n = n,
                             .slope = AK_NAN,
                             .slope_lo = AK_NAN,
                             .slope_hi = AK_NAN,
                             .intercept = AK_NAN,
                             .p = AK_NAN,
                             .relative = AK_NAN,
                             .per = "repetition"};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            out->reason = "holds a value that is not finite";
            return;
        }
    }
    if (n < MIN_VALUES) {
        out->reason = ak_arena_printf(arena, "%zu repetitions, %d are needed", n, MIN_VALUES);
        return;
    }
    struct judge j = {.out = out,
                      .alpha = opts && opts->alpha > 0 ? opts->alpha : 0.01,
                      .floor = opts && opts->floor > 0 ? opts->floor : 0.05,
                      .confidence = opts && opts->confidence > 0 ? opts->confidence : 0.95};
    double *v = thinned(values, n, &j.n);
    const double stride = (double)((n + AK_TREND_MAX - 1) / AK_TREND_MAX);
    j.v = v;
    j.level = fabs(ak_median(v, j.n));
    j.level = j.level > 0 ? j.level : 1;
    const struct ak_kendall whole = ak_mann_kendall(v, j.n);
    out->p = whole.p_rising;
    if (j.n < FEW_VALUES) {
        judge_few(&j, &whole);
    } else {
        judge_many(&j, &whole);
    }
    out->slope /= stride;
    out->slope_lo /= stride;
    out->slope_hi /= stride;
    out->used_from *= (size_t)stride;
    out->step_at *= (size_t)stride;
    ak_free(v);
}
