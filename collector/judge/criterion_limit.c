/* The kinds of criteria that hold a value against a limit: absolute, and relative to a base run. */
#include "compare/compare_row.h"
#include "compare/pairing.h"
#include "criterion.h"
#include "entity.h"
#include "read/value_text.h"
#include "stats/ranktest.h"

#include <math.h>
#include <stdio.h>

/* The limit in the unit of the series; false when the two do not measure the same. */
static bool limit_in_unit(const struct criterion_job *job, const struct ak_series *series,
                          double *out)
{
    const struct ak_criterion *c = job->criterion;
    const struct ak_unit_info info = ak_unit_info(ak_str_from(series->unit));
    const bool plain = c->limit_class == AK_UNIT_OTHER ||
                       (c->limit_class == AK_UNIT_COUNT && info.class == AK_UNIT_OTHER);
    if (!plain && c->limit_class != info.class) {
        return false;
    }
    *out = plain ? c->limit : c->limit / collector_unit_factor(job->run, series);
    return true;
}

/* "13 % below the limit", "2.1 times the limit". */
static const char *by_how_much(struct criterion_job *job, double value, double limit)
{
    if (!(limit > 0) || !(value >= 0)) {
        return "";
    }
    const double part = value / limit;
    if (part >= 2) {
        return ak_arena_printf(job->arena, ", %.*f times the limit", part < 10 ? 1 : 0, part);
    }
    return ak_arena_printf(job->arena, ", %.3g %% %s the limit", fabs(part - 1) * 100,
                           part > 1 ? "above" : "below");
}

/* Entities that the row's value stands for, when the limit is per so many; 0 when the name does not
 * say. */
static double scale_of(const struct criterion_job *job, const struct ak_series *series)
{
    if (!(job->criterion->per > 0)) {
        return 1;
    }
    const struct collector_entities e = collector_entities_of(series->benchmark);
    return e.count > 0 ? job->criterion->per / e.count : 0;
}

static const char *range_text(struct criterion_job *job, const struct ak_judgement *row,
                              const struct ak_series *series)
{
    const struct ak_summary *s = &row->summary;
    if (s->n == 1) {
        return "one value";
    }
    return ak_arena_printf(job->arena, "%zu values, %s to %s", s->n,
                           collector_value_text(s->min, series->unit, job->arena),
                           collector_value_text(s->max, series->unit, job->arena));
}

static void explain_limit(struct criterion_job *job, struct ak_judgement *row,
                          const struct ak_series *series)
{
    const struct ak_summary *s = &row->summary;
    collector_criterion_evidence(
        job, row,
        ak_arena_printf(job->arena, "%s of %s", row->statistic, range_text(job, row, series)));
    if (isfinite(s->lo) && isfinite(s->hi)) {
        collector_criterion_evidence(
            job, row,
            ak_arena_printf(job->arena, "median %s, %.0f %% interval %s to %s",
                            collector_value_text(s->median, series->unit, job->arena),
                            job->confidence * 100,
                            collector_value_text(s->lo, series->unit, job->arena),
                            collector_value_text(s->hi, series->unit, job->arena)));
    } else {
        collector_criterion_evidence(job, row, "too few values for an interval of the median");
    }
    if (job->criterion->statistic == AK_STATISTIC_MEDIAN && s->lo < row->limit &&
        s->hi > row->limit && s->n > 1) {
        collector_criterion_evidence(
            job, row, "the limit lies inside that interval: another run may come out otherwise");
    }
    const double factor = collector_unit_factor(job->run, series);
    if (factor > 1e6 && factor < 1.1e6) {
        collector_criterion_evidence(job, row,
                                     "this program's MB has 2^20 bytes; the limit was converted");
    }
}

static void judge_series(struct criterion_job *job, const struct ak_series *series)
{
    const struct ak_criterion *c = job->criterion;
    struct ak_judgement *row = collector_criterion_row(job, series);
    const double scale = scale_of(job, series);
    double limit;
    if (!limit_in_unit(job, series, &limit)) {
        row->sentence = ak_arena_printf(job->arena, "the limit %s does not fit the unit %s",
                                        c->limit_text, series->unit);
        return;
    }
    if (scale <= 0) {
        row->sentence = "the limit is per entity, and the name does not say how many there are";
        return;
    }
    row->limit = limit / scale; /* the limit for as many entities as the benchmark has */
    row->value = collector_criterion_statistic(c, &row->summary);
    row->outcome = !isfinite(row->value)                                  ? AK_OUTCOME_UNJUDGED
                   : collector_criterion_meets(c, row->value, row->limit) ? AK_OUTCOME_PASS
                                                                          : AK_OUTCOME_FAIL;
    const struct ak_summary *s = &row->summary;
    const char *range =
        s->n > 1 ? ak_arena_printf(job->arena, " (%s to %s)",
                                   collector_value_text(s->min, series->unit, job->arena),
                                   collector_value_text(s->max, series->unit, job->arena))
                 : "";
    row->sentence = ak_arena_printf(job->arena, "%s %s%s%s", row->statistic,
                                    collector_value_text(row->value, series->unit, job->arena),
                                    range, by_how_much(job, row->value, row->limit));
    explain_limit(job, row, series);
}

enum ak_status collector_judge_limit(struct criterion_job *job)
{
    for (size_t i = 0; i < job->run->series_count; i++) {
        if (collector_criterion_takes(job, &job->run->series[i])) {
            judge_series(job, &job->run->series[i]);
        }
    }
    return AK_OK;
}

/* --- relative to a base ------------------------------------------------------------------ */

static enum ak_status base_of(struct criterion_job *job, struct ak_run **out)
{
    const char *selector = job->criterion->base;
    if (!selector || !job->opts->find_base) {
        *out = selector ? NULL : job->opts->base;
        return AK_OK;
    }
    return job->opts->find_base(job->opts->find_ctx, selector, out, job->err);
}

static void judge_against(struct criterion_job *job, const struct ak_compare_row *r,
                          struct ak_judgement *row)
{
    /* The change for the worse, whatever the direction of the unit. */
    const bool higher = r->better == AK_HIGHER_IS_BETTER;
    const double change = higher ? 1 / r->ratio - 1 : r->ratio - 1;
    const double lo = higher ? 1 / r->ratio_hi - 1 : r->ratio_lo - 1;
    row->limit = job->criterion->limit;
    row->value = change;
    row->unit = "change";
    const char *interval = isfinite(r->ratio_lo) && isfinite(r->ratio_hi)
                               ? ak_arena_printf(job->arena, " [%+.1f %%, %+.1f %%]",
                                                 (r->ratio_lo - 1) * 100, (r->ratio_hi - 1) * 100)
                               : "";
    if (collector_criterion_meets(job->criterion, change, row->limit)) {
        row->outcome = AK_OUTCOME_PASS;
    } else if (r->before.n >= ROW_SIDE_MIN && r->after.n >= ROW_SIDE_MIN &&
               (r->p <= 0.01 || lo > row->limit)) {
        row->outcome = AK_OUTCOME_FAIL;
    }
    row->sentence = ak_arena_printf(
        job->arena, "%s %+.1f %%%s against the base%s", r->unit, (r->ratio - 1) * 100, interval,
        row->outcome == AK_OUTCOME_UNJUDGED ? ": may be chance, more runs would tell" : "");
    collector_criterion_evidence(job, row,
                                 ak_arena_printf(job->arena,
                                                 "Mann-Whitney p = %.2g, n = %zu and %zu", r->p,
                                                 r->before.n, r->after.n));
}

static void judge_relative(struct criterion_job *job, const struct row_maker *maker,
                           const struct ak_series *series, const struct ak_series *base)
{
    struct ak_judgement *row = collector_criterion_row(job, series);
    struct ak_compare_row r;
    if (!base) {
        row->sentence = "the base run did not measure it";
        return;
    }
    collector_row_make(maker, series, base, series, &r);
    if (isnan(r.ratio)) {
        row->sentence = "no ratio: a value is not above zero";
        return;
    }
    judge_against(job, &r, row);
}

enum ak_status collector_judge_relative(struct criterion_job *job)
{
    struct ak_run *base = NULL;
    const enum ak_status st = base_of(job, &base);
    if (st != AK_OK) {
        return st;
    }
    const struct row_maker maker = {.arena = job->arena,
                                    .ranks = ak_rank_table_new(),
                                    .margin = 0.03,
                                    .alpha = 0.05,
                                    .confidence = job->confidence};
    struct pairing rows;
    collector_pair((const struct ak_run *const[]){job->run, base}, base ? 2 : 1, job->arena, &rows);
    for (size_t i = 0; i < rows.rows; i++) {
        const struct ak_series *series = collector_pair_cell(&rows, i, 0);
        if (!series || !collector_criterion_takes(job, series)) {
            continue;
        }
        if (base) {
            judge_relative(job, &maker, series, collector_pair_cell(&rows, i, 1));
        } else {
            collector_criterion_row(job, series)->sentence =
                "no base run to compare with: give --base RUN";
        }
    }
    ak_rank_table_free(maker.ranks);
    return AK_OK;
}
