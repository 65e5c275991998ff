#include "compare_row.h"

#include "collector/growth.h"
#include "judge/level.h"
#include "judge/summary.h"
#include "stats/distribution.h"

#include <math.h>

#define POWER 0.9
#define NEED_MAX 1000
#define ALONE 5

void collector_row_make(const struct row_maker *m, const struct ak_series *name,
                        const struct ak_series *before, const struct ak_series *after,
                        struct ak_compare_row *out)
{
    *out = (struct ak_compare_row){.benchmark = name->benchmark,
                                   .package = (after ? after : name)->package,
                                   .unit = name->unit,
                                   .better = name->better,
                                   .ratio = AK_NAN,
                                   .ratio_lo = AK_NAN,
                                   .ratio_hi = AK_NAN,
                                   .p = AK_NAN,
                                   .p_adjusted = AK_NAN,
                                   .between = AK_NAN,
                                   .reason = "",
                                   .detectable = AK_NAN,
                                   .limit = AK_NAN,
                                   .cause_scale = AK_NAN,
                                   .cause_note = ""};
    if (m->show_procs) {
        out->benchmark = ak_arena_printf(m->arena, "%s-%u", name->benchmark, name->procs);
    }
    double *x = NULL, *y = NULL;
    if (before) {
        out->before =
            collector_summary_of(before->values, before->count, m->confidence, m->arena, &x);
    }
    if (after) {
        out->after = collector_summary_of(after->values, after->count, m->confidence, m->arena, &y);
    }
    if (!before || !after || before->count == 0 || after->count == 0) {
        return;
    }
    const size_t nx = before->count, ny = after->count;
    out->p = ak_mann_whitney(m->ranks, x, nx, y, ny).p;
    struct ak_interval ratio = ak_shift_ratio(m->ranks, x, nx, y, ny, m->confidence);
    if (x[nx - 1] <= 0 && x[0] >= 0 && y[ny - 1] <= 0 && y[0] >= 0) {
        ratio = (struct ak_interval){1, 1, 1}; /* nothing on both sides */
    }
    out->ratio = ratio.value;
    out->ratio_lo = ratio.lo;
    out->ratio_hi = ratio.hi;
}

/* --- the variance between runs ---------------------------------------------------------- */

/* The logarithm of a bound of the ratio, moved outwards: the two sources of error are independent,
 * so their squares add. */
static double widened(double log_ratio, double bound, double machine)
{
    const double own = log(bound) - log_ratio;
    return exp(log_ratio + copysign(hypot(own, machine), own));
}

void collector_row_between(const struct row_maker *m, const struct between *between,
                           struct ak_compare_row *r)
{
    if (isnan(between->sd) || isnan(r->ratio)) {
        return;
    }
    r->between = between->sd;
    r->between_runs = between->runs;
    const double d = log(r->ratio), sd = between->sd * M_SQRT2; /* of the difference of two runs */
    if (!(sd > 0)) {
        return;
    }
    const double df = (double)between->df;
    const double machine = ak_t_quantile((1 + m->confidence) / 2, df) * sd;
    const double own = fmax(log(r->ratio_hi) - d, d - log(r->ratio_lo));
    r->p = fmax(r->p, 2 * ak_t_cdf(-fabs(d) / sd, df));
    r->ratio_lo = widened(d, r->ratio_lo, machine);
    r->ratio_hi = widened(d, r->ratio_hi, machine);
    if (machine > own) {
        r->reason = ak_arena_printf(m->arena,
                                    "runs of one code lie %.*f %% apart here by themselves (%zu "
                                    "runs of the history), and more values do not help: measure "
                                    "in turn (record --interleave)",
                                    expm1(sd) < 0.1, 100 * expm1(sd), between->runs);
    }
}

/* --- how sure ---------------------------------------------------------------------------- */

/* The level that one row's p is held to in the worst place of `tested` rows. One row alone must
 * reach a fifth of alpha too, so that a single comparison errs no more often than one of many. */
static double row_level(const struct row_maker *m, size_t tested)
{
    return m->alpha / (double)(tested > ALONE ? tested : ALONE);
}

/* Samples of these sizes cannot show any difference. Fewer than ROW_SIDE_MIN values are no sample,
 * however many there are on the other side: one of them that went wrong would be the verdict. */
static bool too_few(const struct row_maker *m, size_t tested, const struct ak_compare_row *r)
{
    return r->before.n < ROW_SIDE_MIN || r->after.n < ROW_SIDE_MIN ||
           ak_mann_whitney_min_p(r->before.n, r->after.n) > row_level(m, tested);
}

/* Standard deviation of the logarithms, from the spread of both samples about their medians; with
 * one exact value throughout it is 0. */
static double noise(const struct ak_compare_row *r)
{
    double spread = 0;
    const struct ak_summary *sides[] = {&r->before, &r->after};
    for (size_t i = 0; i < 2; i++) {
        const double s = ak_spread(sides[i]->values, sides[i]->n) / fabs(sides[i]->median);
        const double range = (sides[i]->max - sides[i]->min) / fabs(sides[i]->median) / 6;
        spread += fmax(s, range) * fmax(s, range) / 2;
    }
    return sqrt(spread);
}

/* Smallest change that samples of this size and noise show with probability POWER at the level that
 * the first of `tested` rows is held to. The rank test loses pi / 3 against the t test on a normal.
 */
static double detectable(const struct row_maker *m, size_t tested, const struct ak_compare_row *r)
{
    if (too_few(m, tested, r)) {
        return AK_NAN;
    }
    const double level = row_level(m, tested);
    const double reach = ak_normal_quantile(1 - level / 2) + ak_normal_quantile(POWER);
    const double inverse = 1 / (double)r->before.n + 1 / (double)r->after.n;
    const double within = noise(r) * sqrt(M_PI / 3 * inverse);
    const double between = isnan(r->between) ? 0 : r->between * M_SQRT2;
    return fmax(m->margin, expm1(reach * fmax(within, between)));
}

/* Runs a side, beyond those there are, that would settle the row if it stays as it looks: enough
 * for the test when the ratio is outside the margin, else enough to bring the interval inside. */
static size_t need_more(const struct row_maker *m, size_t tested, const struct ak_compare_row *r)
{
    const double level = row_level(m, tested);
    const double away = fabs(log(r->ratio)), edge = log1p(m->margin), sigma = noise(r);
    const size_t have = r->before.n < r->after.n ? r->before.n : r->after.n;
    const double far = fabs(away - edge);
    if (isnan(away) || isnan(sigma) || far < 1e-3) {
        return 0; /* on the edge: no number of runs is enough */
    }
    const double reach = away > edge ? ak_normal_quantile(1 - level / 2) + ak_normal_quantile(POWER)
                                     : ak_normal_quantile((1 + m->confidence) / 2);
    const double distance = away > edge ? away : far;
    double n = ceil(2 * M_PI / 3 * pow(reach * sigma / distance, 2));
    while (n < 50 && ak_mann_whitney_min_p((size_t)n, (size_t)n) > level) {
        n++;
    }
    if (n > NEED_MAX) {
        return 0;
    }
    return n > (double)have ? (size_t)n - have : 1;
}

static bool is_significant(const struct row_maker *m, const struct ak_compare_row *r)
{
    return r->before.n >= ROW_SIDE_MIN && r->after.n >= ROW_SIDE_MIN && r->p_adjusted <= m->alpha &&
           r->p <= m->alpha / ALONE;
}

/* Where a ratio cannot be formed, zeros or values below it: the medians must lie apart by more than
 * the margin of the larger. */
static void judge_without_ratio(const struct row_maker *m, struct ak_compare_row *r)
{
    const double x = r->before.median, y = r->after.median;
    const bool outside = fabs(y - x) > m->margin * fmax(fabs(x), fabs(y));
    if (outside && is_significant(m, r)) {
        r->verdict =
            (y > x) == (r->better == AK_HIGHER_IS_BETTER) ? AK_VERDICT_BETTER : AK_VERDICT_WORSE;
        r->reason = "no ratio: a value is not above zero";
    } else {
        r->verdict = AK_VERDICT_UNSURE;
        r->reason = outside ? "a value is not above zero, and the samples overlap"
                            : "a value is not above zero, and the medians lie close together";
    }
}

/* A level that rises from repetition to repetition has no median to compare: says so. */
static void note_growth(const struct row_maker *m, struct ak_compare_row *r)
{
    const struct ak_summary *sides[] = {&r->before, &r->after};
    for (size_t i = 0; i < 2 && collector_unit_is_level(r->unit) && r->better == AK_LOWER_IS_BETTER;
         i++) {
        struct ak_trend t;
        ak_growth_judge(sides[i]->values, sides[i]->n, NULL, m->arena, &t);
        if (t.growth == AK_GROWTH_LEAK) {
            r->reason = ak_arena_printf(m->arena,
                                        "leak in the %s run: rises by %.3g (%s) with every "
                                        "repetition, so its median is no level",
                                        i == 0 ? "first" : "second", t.slope, r->unit);
        }
    }
}

/* `machine`: the reason when the variance between runs is what hides the row, else NULL. */
static void judge_unsure(const struct row_maker *m, const struct row_family *family,
                         const char *machine, struct ak_compare_row *r)
{
    r->verdict = AK_VERDICT_UNSURE;
    const bool few = too_few(m, family->tested, r);
    r->need_more = machine && !few ? 0 : need_more(m, family->tested, r);
    if (few) {
        r->reason = "too few values to show any difference";
    } else if (machine) {
        r->reason = machine;
    } else if (is_significant(m, r)) {
        r->reason = "differs, but perhaps by less than the margin";
    } else if (family->discovery <= m->alpha) {
        r->reason = ak_arena_printf(
            m->arena, "likely (false discovery rate %.2g), but not sure among %zu rows",
            family->discovery, family->tested);
    } else if (r->p <= m->alpha) {
        r->reason = "would stand alone, but not among so many rows";
    } else {
        r->reason = "the samples overlap";
    }
}

void collector_row_judge(const struct row_maker *m, const struct row_family *family,
                         struct ak_compare_row *r)
{
    if (r->before.n == 0 || r->after.n == 0) {
        r->verdict = AK_VERDICT_INCOMPARABLE;
        r->reason = r->before.n + r->after.n == 0 ? "in neither run"
                    : r->before.n == 0            ? "only in the second run"
                                                  : "only in the first run";
        return;
    }
    const char *machine = *r->reason ? r->reason : NULL;
    r->reason = "";
    if (isnan(r->ratio)) {
        judge_without_ratio(m, r);
        return;
    }
    r->detectable = detectable(m, family->tested, r);
    const double edge = 1 + m->margin;
    const bool outside = r->ratio > edge || r->ratio < 1 / edge;
    const bool constant = r->before.min >= r->before.max && r->after.min >= r->after.max;
    if (outside && is_significant(m, r)) {
        r->verdict = (r->ratio > 1) == (r->better == AK_HIGHER_IS_BETTER) ? AK_VERDICT_BETTER
                                                                          : AK_VERDICT_WORSE;
    } else if (r->before.n >= ROW_SIDE_MIN && r->after.n >= ROW_SIDE_MIN &&
               r->ratio_lo >= 1 / edge && r->ratio_hi <= edge) {
        r->verdict = AK_VERDICT_SAME;
    } else if (constant && !outside && r->before.n > 1 && r->after.n > 1) {
        r->verdict = AK_VERDICT_SAME;
        r->reason = "no value varies";
    } else {
        judge_unsure(m, family, machine, r);
    }
    note_growth(m, r);
}
