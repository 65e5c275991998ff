/* The criteria about growth: over the repetitions of a run, and over sizes. */
#include "collector/growth.h"
#include "collector/sizes.h"
#include "criterion.h"
#include "entity.h"
#include "level.h"

#include <math.h>

static void say(struct criterion_job *job, struct ak_judgement *row, const struct ak_series *s)
{
    const struct ak_trend *t = &row->trend;
    switch (t->growth) {
    case AK_GROWTH_LEAK:
        row->outcome = AK_OUTCOME_FAIL;
        row->sentence =
            ak_arena_printf(job->arena, "leak: %s", collector_slope_text(t, s->unit, job->arena));
        break;
    case AK_GROWTH_NONE:
        row->outcome = AK_OUTCOME_PASS;
        row->sentence = ak_arena_printf(job->arena, "no growth: %s", t->reason);
        break;
    case AK_GROWTH_WARMUP:
        row->outcome = AK_OUTCOME_PASS;
        row->sentence = "warm-up, no leak: rises at first and then levels off";
        break;
    case AK_GROWTH_STEP:
        row->outcome = AK_OUTCOME_PASS;
        row->sentence = ak_arena_printf(
            job->arena, "one step at repetition %zu, no leak: level before and after it",
            t->step_at + 1);
        break;
    case AK_GROWTH_UNSURE:
    case AK_GROWTH_COUNT:
        row->sentence = ak_arena_printf(job->arena, "unsure: %s", t->reason);
        break;
    }
}

static void explain(struct criterion_job *job, struct ak_judgement *row, const struct ak_series *s)
{
    const struct ak_trend *t = &row->trend;
    if (isfinite(t->p)) {
        collector_criterion_evidence(
            job, row,
            ak_arena_printf(job->arena,
                            "%zu repetitions, from %.4g to %.4g; rising by chance: p = %.2g", t->n,
                            s->values[0], s->values[s->count - 1], t->p));
        collector_criterion_evidence(job, row,
                                     ak_arena_printf(job->arena, "Theil-Sen slope %s",
                                                     collector_slope_text(t, s->unit, job->arena)));
    }
    const double factor = collector_unit_factor(job->run, s);
    if (row->outcome == AK_OUTCOME_FAIL && factor > 1e6 && factor < 1.1e6) {
        collector_criterion_evidence(
            job, row,
            ak_arena_printf(job->arena,
                            "as printed; this program's MB has 2^20 bytes, so these are "
                            "%.4g bytes",
                            t->slope * factor));
    }
}

enum ak_status collector_judge_growth(struct criterion_job *job)
{
    for (size_t i = 0; i < job->run->series_count; i++) {
        const struct ak_series *s = &job->run->series[i];
        if (!collector_criterion_takes(job, s)) {
            continue;
        }
        struct ak_judgement *row = collector_criterion_row(job, s);
        row->is_trend = true;
        row->statistic = "trend";
        ak_growth_judge(s->values, s->count, NULL, job->arena, &row->trend);
        collector_trend_per_operation(s, job->arena, &row->trend);
        row->value = row->trend.slope;
        row->limit = 0;
        say(job, row, s);
        explain(job, row, s);
    }
    return AK_OK;
}

enum ak_status collector_judge_exponent(struct criterion_job *job)
{
    size_t count;
    struct ak_size_law *laws = ak_sizes_laws(job->run, job->confidence, job->arena, &count);
    for (size_t i = 0; i < count; i++) {
        const struct ak_series *first = laws[i].first;
        if (!collector_criterion_takes(job, first)) {
            continue;
        }
        struct ak_judgement *row = collector_criterion_row(job, first);
        row->benchmark = laws[i].name;
        row->unit = "exponent";
        row->statistic = "exponent";
        row->value = laws[i].exponent;
        row->limit = job->criterion->limit;
        row->summary = (struct ak_summary){0};
        if (laws[i].sizes >= 3) {
            row->outcome = collector_criterion_meets(job->criterion, row->value, row->limit)
                               ? AK_OUTCOME_PASS
                               : AK_OUTCOME_FAIL;
        }
        row->sentence = laws[i].sentence;
        collector_criterion_evidence(
            job, row,
            ak_arena_printf(job->arena, "least squares on logarithms; medians by size: %s",
                            laws[i].medians));
    }
    return AK_OK;
}
