/* The criteria about growth: over the repetitions of a run, and over sizes. */
#include "criterion.h"

#include "collector/growth.h"
#include "collector/sizes.h"
#include "entity.h"

#include <math.h>

/* Operations per repetition when it is the same in all, else 0. */
static int64_t operations(const struct ak_series *s)
{
    for (size_t i = 0; s->iterations && i < s->count; i++) {
        if (s->iterations[i] != s->iterations[0] || s->iterations[i] < 1) {
            return 0;
        }
    }
    return s->iterations && s->count > 0 ? s->iterations[0] : 0;
}

/* From "per repetition" to "per operation", which the name of the benchmark can put into words. */
static void per_operation(const struct ak_series *s, struct ak_arena *arena, struct ak_trend *t)
{
    const int64_t n = operations(s);
    if (n > 0) {
        t->slope /= (double)n;
        t->slope_lo /= (double)n;
        t->slope_hi /= (double)n;
        t->per = collector_entities_phrase(s->benchmark, arena);
    }
}

/* "1.64 MB" from 1.64 in MB/heap: the value with the numerator of its unit. */
static const char *amount(struct criterion_job *job, double value, const struct ak_series *s)
{
    const struct ak_str unit = ak_str_from(s->unit);
    const ptrdiff_t slash = ak_str_chr(unit, '/');
    return ak_arena_printf(job->arena, "%.3g %.*s", value,
                           (int)(slash < 0 ? (ptrdiff_t)unit.len : slash), unit.ptr);
}

static const char *slope_text(struct criterion_job *job, const struct ak_trend *t,
                              const struct ak_series *s)
{
    return ak_arena_printf(job->arena, "%s for every %s (95 %% interval %.3g to %.3g)",
                           amount(job, t->slope, s), t->per, t->slope_lo, t->slope_hi);
}

static void say(struct criterion_job *job, struct ak_judgement *row, const struct ak_series *s)
{
    const struct ak_trend *t = &row->trend;
    switch (t->growth) {
    case AK_GROWTH_LEAK:
        row->outcome = AK_OUTCOME_FAIL;
        row->sentence = ak_arena_printf(job->arena, "leak: %s", slope_text(job, t, s));
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
            ak_arena_printf(job->arena, "%zu repetitions, from %.4g to %.4g; rising by chance: p = %.2g",
                            t->n, s->values[0], s->values[s->count - 1], t->p));
        collector_criterion_evidence(
            job, row, ak_arena_printf(job->arena, "Theil-Sen slope %s", slope_text(job, t, s)));
    }
    const double factor = collector_unit_factor(job->run, s);
    if (row->outcome == AK_OUTCOME_FAIL && factor > 1e6 && factor < 1.1e6) {
        collector_criterion_evidence(
            job, row,
            ak_arena_printf(job->arena, "as printed; this program's MB has 2^20 bytes, so these are "
                                        "%.4g bytes", t->slope * factor));
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
        per_operation(s, job->arena, &row->trend);
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
    }
    return AK_OK;
}
