#include "collector/criteria.h"

#include "base/mem.h"
#include "collector/doctor.h"
#include "criterion.h"
#include "stats/quantile.h"
#include "summary.h"

#include <math.h>
#include <stdio.h>

const char *collector_statistic_text(enum ak_statistic s)
{
    static const char *const texts[] = {"median", "max", "min", "mean"};
    return texts[s];
}

struct ak_judgement *collector_criterion_row(struct criterion_job *job,
                                             const struct ak_series *series)
{
    struct ak_check *check = job->check;
    AK_GROW(check->rows, check->row_count + 1, *job->row_cap);
    struct ak_judgement *row = &check->rows[check->row_count++];
    *row = (struct ak_judgement){
        .criterion = job->criterion->name,
        .benchmark = series ? series->benchmark : "",
        .package = series ? series->package : "",
        .unit = job->criterion->unit,
        .outcome = AK_OUTCOME_UNJUDGED,
        .statistic = collector_statistic_text(job->criterion->statistic),
        .limit_text = job->criterion->limit_text,
        .value = AK_NAN,
        .limit = AK_NAN,
        .sentence = "",
    };
    if (series) {
        row->summary =
            collector_summary_of(series->values, series->count, job->confidence, job->arena, NULL);
    }
    return row;
}

void collector_criterion_evidence(struct criterion_job *job, struct ak_judgement *row,
                                  const char *line)
{
    const char **more = AK_NEW_ARRAY(job->arena, const char *, row->evidence_count + 1);
    for (size_t i = 0; i < row->evidence_count; i++) {
        more[i] = row->evidence[i];
    }
    more[row->evidence_count++] = line;
    row->evidence = more;
}

bool collector_criterion_takes(const struct criterion_job *job, const struct ak_series *series)
{
    if (strcmp(series->unit, job->criterion->unit) != 0) {
        return false;
    }
    if (!job->regex || collector_regex_match(job->regex, ak_str_from(series->benchmark))) {
        return true;
    }
    /* An expression may also be written for the function's name. */
    const char *full = ak_arena_printf(job->arena, "Benchmark%s", series->benchmark);
    return collector_regex_match(job->regex, ak_str_from(full));
}

double collector_criterion_statistic(const struct ak_criterion *c, const struct ak_summary *s)
{
    double sum = 0;
    switch (c->statistic) {
    case AK_STATISTIC_MAX:
        return s->max;
    case AK_STATISTIC_MIN:
        return s->min;
    case AK_STATISTIC_MEAN:
        for (size_t i = 0; i < s->n; i++) {
            sum += s->values[i] / (double)s->n;
        }
        return sum;
    case AK_STATISTIC_MEDIAN:
        break;
    }
    return s->median;
}

bool collector_criterion_meets(const struct ak_criterion *c, double value, double limit)
{
    const bool inside = c->at_least ? value > limit : value < limit;
    return inside || (c->or_equal && value <= limit && value >= limit);
}

static enum ak_status judge(struct criterion_job *job)
{
    switch (job->criterion->kind) {
    case AK_CRITERION_LIMIT:
        return collector_judge_limit(job);
    case AK_CRITERION_GROWTH:
        return collector_judge_growth(job);
    case AK_CRITERION_RELATIVE:
        return job->criterion->history ? collector_judge_history(job)
                                       : collector_judge_relative(job);
    case AK_CRITERION_TREND:
        return collector_judge_trend(job);
    case AK_CRITERION_EXPONENT:
        break;
    }
    return collector_judge_exponent(job);
}

/* Why a criterion took nothing: names the benchmarks or the units that are there. */
static void explain_nothing(struct criterion_job *job)
{
    struct ak_judgement *row = collector_criterion_row(job, NULL);
    bool unit = false, name = false;
    for (size_t i = 0; i < job->run->series_count; i++) {
        const struct ak_series *s = &job->run->series[i];
        unit = unit || strcmp(s->unit, job->criterion->unit) == 0;
        name = name || !job->regex || collector_regex_match(job->regex, ak_str_from(s->benchmark));
    }
    row->benchmark = *job->criterion->benchmark ? job->criterion->benchmark : "(any)";
    row->sentence =
        ak_arena_printf(job->arena, "not measured: %s",
                        !name && *job->criterion->benchmark ? "no benchmark of the run matches"
                        : !unit ? "no benchmark of the run prints this unit"
                                : "no matching benchmark prints this unit");
}

static enum ak_status judge_criterion(struct criterion_job *job)
{
    const size_t before = job->check->row_count;
    enum ak_status st = AK_OK;
    if (*job->criterion->benchmark) {
        st = collector_regex_new(ak_str_from(job->criterion->benchmark), job->criterion->name,
                                 &job->regex, job->err);
    }
    st = st == AK_OK ? judge(job) : st;
    if (st == AK_OK && job->check->row_count == before) {
        explain_nothing(job);
    }
    collector_regex_free(job->regex);
    job->regex = NULL;
    return st;
}

/* The smallest limit on bytes: what a heap profile would have to resolve. */
static double smallest_bytes(const struct ak_criteria *criteria)
{
    double smallest = 0;
    for (size_t i = 0; i < criteria->count; i++) {
        const struct ak_criterion *c = &criteria->items[i];
        if (c->kind == AK_CRITERION_LIMIT && c->limit_class == AK_UNIT_BYTES && c->limit > 0 &&
            (smallest <= 0 || c->limit < smallest)) {
            smallest = c->limit;
        }
    }
    return smallest;
}

/* A failing row that an entry takes is not judged, and says why. */
static void rows_suppress(struct ak_check *check, struct ak_suppress_list *list,
                          struct ak_arena *arena)
{
    for (size_t i = 0; i < check->row_count; i++) {
        struct ak_judgement *const row = &check->rows[i];
        const struct ak_suppress_place place = {row->criterion, "", "", row->benchmark};
        const struct ak_suppress *const s =
            row->outcome == AK_OUTCOME_FAIL ? ak_suppress_find(list, &place) : NULL;
        if (s) {
            row->outcome = AK_OUTCOME_UNJUDGED;
            row->is_suppressed = true;
            row->sentence = ak_arena_printf(arena, "suppressed until %s (%s): %s", s->until,
                                            s->reason, row->sentence);
        }
    }
}

static void warnings_fill(struct ak_check *check, struct ak_run *run,
                          const struct ak_criteria *criteria, struct ak_suppress_list *list,
                          struct ak_arena *arena)
{
    const struct ak_doctor_opts how = {.limit_bytes = smallest_bytes(criteria)};
    size_t count = 0;
    const struct ak_finding *found = ak_doctor_run(run, &how, arena, &count);
    check->warnings =
        AK_NEW_ARRAY(arena, const char *, count + 1 + (list ? criteria->suppress_count : 0));
    if (run->state == AK_RUN_FAILED) {
        check->warnings[check->warning_count++] =
            "the command of this run failed: results may be incomplete";
    }
    for (size_t i = 0; i < count; i++) {
        const char *const id = ak_rule_id(found[i].rule);
        const struct ak_suppress_place place = {id, "", "", found[i].subject};
        if (!ak_suppress_find(list, &place)) {
            check->warnings[check->warning_count++] = ak_doctor_sentence(&found[i], arena);
        }
    }
    const char **const notes = list ? ak_suppress_notes(list, arena, &count) : NULL;
    for (size_t i = 0; list && i < count; i++) {
        check->warnings[check->warning_count++] = notes[i];
    }
}

/* The entries in force; none when the caller has no clock. */
static enum ak_status suppress_open(const struct ak_criteria *criteria,
                                    const struct ak_check_opts *opts, struct ak_suppress_list **out,
                                    struct ak_error *err)
{
    *out = NULL;
    return opts && opts->now_ns > 0 && criteria->suppress_count > 0
               ? ak_suppress_list_new(criteria, opts->now_ns, out, err)
               : AK_OK;
}

enum ak_status ak_check_run(struct ak_run *run, const struct ak_criteria *criteria,
                            const struct ak_check_opts *opts, struct ak_arena *arena,
                            struct ak_check **out, struct ak_error *err)
{
    const struct ak_check_opts none = {0};
    struct ak_check *check = AK_NEW(arena, struct ak_check);
    check->run = run;
    check->criteria_name = criteria->name;
    size_t cap = 0;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < criteria->count && st == AK_OK; i++) {
        struct criterion_job job = {.criterion = &criteria->items[i],
                                    .run = run,
                                    .opts = opts ? opts : &none,
                                    .confidence =
                                        opts && opts->confidence > 0 ? opts->confidence : 0.95,
                                    .arena = arena,
                                    .check = check,
                                    .row_cap = &cap,
                                    .err = err};
        st = judge_criterion(&job);
    }
    struct ak_suppress_list *list = NULL;
    st = st == AK_OK ? suppress_open(criteria, opts, &list, err) : st;
    struct ak_judgement *rows = check->rows;
    check->rows = ak_arena_copy(arena, rows, check->row_count * sizeof *rows);
    ak_free(rows);
    rows_suppress(check, list, arena);
    for (size_t i = 0; i < check->row_count; i++) {
        check->counts[check->rows[i].outcome]++;
    }
    warnings_fill(check, run, criteria, list, arena);
    check->advice = collector_check_advice(check, criteria, arena);
    ak_suppress_list_free(list);
    if (st == AK_OK) {
        *out = check;
    }
    return st;
}

int ak_check_exit(const struct ak_check *check, const struct ak_criteria *criteria)
{
    bool any = false; /* was judged, or is suppressed and would have been */
    for (size_t r = 0; r < check->row_count; r++) {
        any = any || check->rows[r].outcome != AK_OUTCOME_UNJUDGED || check->rows[r].is_suppressed;
    }
    if (check->counts[AK_OUTCOME_FAIL] > 0) {
        return 1;
    }
    for (size_t i = 0; i < criteria->count; i++) {
        const struct ak_criterion *c = &criteria->items[i];
        if (!c->optional && !collector_criterion_is_judged(check, c)) {
            return 3;
        }
    }
    return any ? 0 : 3;
}
