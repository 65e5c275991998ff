#include "compare_row.h"

#include "collector/growth.h"
#include "level.h"
#include "stats/distribution.h"
#include "summary.h"

#include <math.h>

#define POWER 0.9
#define NEED_MAX 1000
#define ALONE 5

void collector_row_make(const struct row_maker *m, const struct ak_series *before,
                        const struct ak_series *after, struct ak_compare_row *out)
{
    const struct ak_series *any = before ? before : after;
    *out = (struct ak_compare_row){.benchmark = any->benchmark,
                                   .package = (after ? after : any)->package,
                                   .unit = any->unit,
                                   .better = any->better,
                                   .ratio = AK_NAN,
                                   .ratio_lo = AK_NAN,
                                   .ratio_hi = AK_NAN,
                                   .p = AK_NAN,
                                   .p_adjusted = AK_NAN,
                                   .reason = "",
                                   .detectable = AK_NAN,
                                   .limit = AK_NAN,
                                   .cause_scale = AK_NAN,
                                   .cause_note = ""};
    if (m->show_procs) {
        out->benchmark = ak_arena_printf(m->arena, "%s-%u", any->benchmark, any->procs);
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

/* The level that one row's p is held to in the worst place of `tested` rows. One row alone must
 * reach a fifth of alpha too, so that a single comparison errs no more often than one of many. */
static double row_level(const struct row_maker *m, size_t tested)
{
    return m->alpha / (double)(tested > ALONE ? tested : ALONE);
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
    const double level = row_level(m, tested);
    if (ak_mann_whitney_min_p(r->before.n, r->after.n) > level) {
        return AK_NAN;
    }
    const double reach = ak_normal_quantile(1 - level / 2) + ak_normal_quantile(POWER);
    const double inverse = 1 / (double)r->before.n + 1 / (double)r->after.n;
    return fmax(m->margin, exp(reach * noise(r) * sqrt(M_PI / 3 * inverse)) - 1);
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
    return r->p_adjusted <= m->alpha && r->p <= m->alpha / ALONE;
}

/* Where a ratio cannot be formed: zeros or values below it. */
static void judge_without_ratio(const struct row_maker *m, struct ak_compare_row *r)
{
    const bool grew = r->after.median > r->before.median;
    if (is_significant(m, r)) {
        r->verdict =
            grew == (r->better == AK_HIGHER_IS_BETTER) ? AK_VERDICT_BETTER : AK_VERDICT_WORSE;
        r->reason = "no ratio: a value is not above zero";
    } else {
        r->verdict = AK_VERDICT_UNSURE;
        r->reason = "a value is not above zero, and the samples overlap";
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

static void judge_unsure(const struct row_maker *m, const struct row_family *family,
                         struct ak_compare_row *r)
{
    r->verdict = AK_VERDICT_UNSURE;
    r->need_more = need_more(m, family->tested, r);
    const double level = row_level(m, family->tested);
    if (ak_mann_whitney_min_p(r->before.n, r->after.n) > level) {
        r->reason = "too few values to show any difference";
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
        r->reason = r->before.n == 0 ? "only in the second run" : "only in the first run";
        return;
    }
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
    } else if (r->ratio_lo >= 1 / edge && r->ratio_hi <= edge) {
        r->verdict = AK_VERDICT_SAME;
    } else if (constant && !outside && r->before.n > 1 && r->after.n > 1) {
        r->verdict = AK_VERDICT_SAME;
        r->reason = "no value varies";
    } else {
        judge_unsure(m, family, r);
    }
    note_growth(m, r);
}
