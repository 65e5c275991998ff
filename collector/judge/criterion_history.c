/* The criteria that look at earlier runs: against the newest level of the history, and the trend
 * over its runs. */
#include "compare/between.h"
#include "compare/pairing.h"
#include "criterion.h"
#include "read/value_text.h"
#include "stats/distribution.h"
#include "stats/trend.h"
#include "summary.h"

#include <math.h>

#define FAIL_P 0.01
#define RUNS_MIN 6

/* The judged run in one pairing with its history: run 0 is the judged one, 1 .. the earlier ones,
 * oldest first. */
static enum ak_status past_of(struct criterion_job *job, struct pairing *out)
{
    struct ak_run **past = NULL;
    size_t count = 0;
    if (job->opts->find_history) {
        const enum ak_status st =
            job->opts->find_history(job->opts->history_ctx, &past, &count, job->err);
        if (st != AK_OK) {
            return st;
        }
    }
    const struct ak_run **runs = AK_NEW_ARRAY(job->arena, const struct ak_run *, count + 1);
    runs[0] = job->run;
    for (size_t i = 0; i < count; i++) {
        runs[i + 1] = past[i];
    }
    collector_pair(runs, count + 1, job->arena, out);
    return AK_OK;
}

/* The criterion's statistic of row `row` in each earlier run that has it, oldest first. */
static size_t past_values(const struct criterion_job *job, const struct pairing *p, size_t row,
                          double *out)
{
    size_t n = 0;
    for (size_t run = 1; run < p->runs; run++) {
        const struct ak_series *s = collector_pair_cell(p, row, run);
        if (s && s->count > 0) {
            const struct ak_summary of =
                collector_summary_of(s->values, s->count, job->confidence, job->arena, NULL);
            out[n++] = collector_criterion_statistic(job->criterion, &of);
        }
    }
    return n;
}

static const char *too_few(const struct criterion_job *job, const struct pairing *past, size_t n,
                           const char *what)
{
    if (past->runs == 1) {
        return "there is no earlier run of this machine: give --history LABEL";
    }
    return ak_arena_printf(job->arena,
                           "%s needs %d runs of this machine with values above zero, there %s %zu",
                           what, RUNS_MIN, n == 1 ? "is" : "are", n);
}

/* The change for the worse, whatever the direction of the unit. */
static double worse_by(const struct ak_series *s, double ratio)
{
    return s->better == AK_HIGHER_IS_BETTER ? 1 / ratio - 1 : ratio - 1;
}

/* --- against the newest level ------------------------------------------------------------ */

static void explain_level(struct criterion_job *job, struct ak_judgement *row,
                          const struct between *b, double p)
{
    collector_criterion_evidence(
        job, row,
        ak_arena_printf(job->arena,
                        "newest level %s over %zu of %zu runs; one run lies %.2g %% "
                        "from its level (one sigma)",
                        collector_value_text(b->level, job->criterion->unit, job->arena),
                        b->level_runs, b->runs, 100 * expm1(b->sd)));
    collector_criterion_evidence(job, row,
                                 ak_arena_printf(job->arena, "as far away by chance: p = %.2g", p));
}

static void judge_level(struct criterion_job *job, const struct ak_series *series,
                        const struct between *b, struct ak_judgement *row)
{
    const double now = collector_criterion_statistic(job->criterion, &row->summary);
    const double ratio = now / b->level, d = fabs(log(ratio));
    /* The error of one run and of the mean of the level. */
    const double sigma = b->sd * sqrt(1 + 1 / (double)b->level_runs);
    const double p = sigma > 0 ? 2 * ak_t_cdf(-d / sigma, (double)b->df) : d > 0 ? 0 : 1;
    row->value = worse_by(series, ratio);
    row->limit = job->criterion->limit;
    row->unit = "change";
    if (collector_criterion_meets(job->criterion, row->value, row->limit)) {
        row->outcome = AK_OUTCOME_PASS;
    } else if (p <= FAIL_P) {
        row->outcome = AK_OUTCOME_FAIL;
    }
    row->sentence =
        ak_arena_printf(job->arena, "%s %+.1f %% against the level of the last %zu runs%s",
                        series->unit, (ratio - 1) * 100, b->level_runs,
                        row->outcome == AK_OUTCOME_UNJUDGED ? ": within what runs differ by" : "");
    explain_level(job, row, b, p);
}

enum ak_status collector_judge_history(struct criterion_job *job)
{
    struct pairing past;
    const enum ak_status st = past_of(job, &past);
    if (st != AK_OK) {
        return st;
    }
    double *values = AK_NEW_ARRAY(job->arena, double, past.runs);
    for (size_t i = 0; i < past.rows; i++) {
        const struct ak_series *series = collector_pair_cell(&past, i, 0);
        if (!series || !collector_criterion_takes(job, series)) {
            continue;
        }
        struct ak_judgement *row = collector_criterion_row(job, series);
        const size_t n = past_values(job, &past, i, values);
        struct between b;
        collector_between_of(values, n, job->arena, &b);
        if (isnan(b.sd) || !(collector_criterion_statistic(job->criterion, &row->summary) > 0)) {
            row->sentence = too_few(job, &past, n, "a level");
            continue;
        }
        judge_level(job, series, &b, row);
    }
    return AK_OK;
}

/* --- the trend --------------------------------------------------------------------------- */

static void judge_line(struct criterion_job *job, const struct ak_series *series,
                       const double *values, size_t n, struct ak_judgement *row)
{
    const bool higher = series->better == AK_HIGHER_IS_BETTER;
    const struct ak_line line = ak_theil_sen(values, n, job->confidence);
    const struct ak_kendall kendall = ak_mann_kendall_hamed_rao(values, n);
    const double start = line.intercept, end = start + line.slope.value * (double)(n - 1);
    const double p = (kendall.s > 0) == !higher && kendall.s != 0 ? kendall.p / 2 : 1;
    row->value = start > 0 && end > 0 ? worse_by(series, end / start) : AK_NAN;
    row->limit = job->criterion->limit;
    row->unit = "change";
    row->statistic = "trend";
    const bool away = higher ? line.slope.hi < 0 : line.slope.lo > 0;
    if (isnan(row->value)) {
        row->sentence = "no part of the level can be told: a value is not above zero";
        return;
    }
    if (collector_criterion_meets(job->criterion, row->value, row->limit)) {
        row->outcome = AK_OUTCOME_PASS;
    } else if (p <= FAIL_P && away) {
        row->outcome = AK_OUTCOME_FAIL;
    }
    row->sentence = ak_arena_printf(
        job->arena, "%s %+.1f %% over the last %zu runs%s", series->unit, (end / start - 1) * 100,
        n, row->outcome == AK_OUTCOME_UNJUDGED ? ": may be chance, more runs would tell" : "");
    collector_criterion_evidence(
        job, row,
        ak_arena_printf(job->arena,
                        "Theil-Sen slope %.4g a run (%.4g to %.4g); Mann-Kendall for "
                        "the worse, autocorrelation counted: p = %.2g",
                        line.slope.value, line.slope.lo, line.slope.hi, p));
}

enum ak_status collector_judge_trend(struct criterion_job *job)
{
    struct pairing past;
    const enum ak_status st = past_of(job, &past);
    if (st != AK_OK) {
        return st;
    }
    const size_t most = job->criterion->runs;
    double *values = AK_NEW_ARRAY(job->arena, double, past.runs + 1);
    for (size_t i = 0; i < past.rows; i++) {
        const struct ak_series *series = collector_pair_cell(&past, i, 0);
        if (!series || !collector_criterion_takes(job, series)) {
            continue;
        }
        struct ak_judgement *row = collector_criterion_row(job, series);
        size_t n = past_values(job, &past, i, values);
        values[n++] = collector_criterion_statistic(job->criterion, &row->summary);
        if (n < RUNS_MIN) {
            row->sentence = too_few(job, &past, n, "a trend");
            continue;
        }
        const size_t used = most > 0 && most < n ? most : n;
        judge_line(job, series, values + n - used, used, row);
    }
    return AK_OK;
}
