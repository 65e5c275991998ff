#include "collector/history.h"

#include "base/mem.h"
#include "collector/attribution.h"
#include "collector/growth.h"
#include "compare/functions.h"
#include "level.h"
#include "read/value_text.h"
#include "regex.h"
#include "stats/changepoint.h"
#include "stats/quantile.h"
#include "summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHANGES_MAX 64
#define TREND_RUNS 5

struct reading {
    struct ak_store *store;
    const struct ak_history_opts *opts;
    struct ak_arena *arena;
    struct collector_regex *regex;
    struct ak_error *err;
};

/* --- which series ------------------------------------------------------------------------- */

/* A package without its module's major version: v3 and v4 of a module are one line of history. */
static const char *stripped(const char *package, struct ak_arena *arena)
{
    struct ak_buf scratch = AK_BUF_INIT;
    const struct ak_str s = collector_without_version(ak_str_from(package), &scratch);
    const char *copy = ak_arena_strndup(arena, s.ptr ? s.ptr : "", s.len);
    ak_buf_release(&scratch);
    return copy;
}

static int compare_series(const struct ak_series *a, const struct ak_series *b)
{
    int order = strcmp(a->package, b->package);
    order = order ? order : strcmp(a->benchmark, b->benchmark);
    order = order ? order : strcmp(a->unit, b->unit);
    return order ? order : (a->procs > b->procs) - (a->procs < b->procs);
}

static int by_name(const void *pa, const void *pb)
{
    return compare_series(pa, pb);
}

static bool is_wanted(const struct reading *r, const struct ak_series *s)
{
    return (!r->opts->unit || strcmp(r->opts->unit, s->unit) == 0) &&
           (!r->opts->levels_only || collector_unit_is_level(s->unit)) &&
           (!r->regex || collector_regex_match(r->regex, ak_str_from(s->benchmark)));
}

/* The wanted series with stripped packages, each once. */
static size_t choose(const struct reading *r, struct ak_series *all, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(r, &all[i])) {
            all[kept] = all[i];
            all[kept++].package = stripped(all[i].package, r->arena);
        }
    }
    qsort(all, kept, sizeof *all, by_name);
    size_t unique = 0;
    for (size_t i = 0; i < kept; i++) {
        if (unique == 0 || compare_series(&all[unique - 1], &all[i]) != 0) {
            all[unique++] = all[i];
        }
    }
    return unique;
}

/* --- one series --------------------------------------------------------------------------- */

static void point_fill(const struct reading *r, const struct ak_history_point *h,
                       struct ak_trend_point *out)
{
    const double confidence = r->opts->confidence > 0 ? r->opts->confidence : 0.95;
    *out = (struct ak_trend_point){.run_id = h->run_id,
                                   .commit = h->commit,
                                   .label = h->label,
                                   .change_p = AK_NAN,
                                   .level = AK_NAN};
    out->summary =
        collector_summary_of(h->series.values, h->series.count, confidence, r->arena, NULL);
    if (collector_unit_is_level(h->series.unit)) {
        out->has_growth = true;
        ak_growth_judge(h->series.values, h->series.count, NULL, r->arena, &out->growth);
        collector_trend_per_operation(&h->series, r->arena, &out->growth);
    }
}

static void changes_mark(const struct reading *r, struct ak_trend_series *s, const double *medians)
{
    struct ak_change changes[CHANGES_MAX];
    const struct ak_change_opts how = {.floor = r->opts->floor};
    s->change_count = ak_change_points(medians, s->point_count, &how, changes, CHANGES_MAX);
    size_t next = 0;
    double level = s->change_count > 0 ? changes[0].before : ak_median(medians, s->point_count);
    for (size_t i = 0; i < s->point_count; i++) {
        if (next < s->change_count && changes[next].at == i) {
            const bool higher = changes[next].after > changes[next].before;
            s->points[i].change = true;
            s->points[i].change_p = changes[next].p;
            s->points[i].verdict =
                higher == (s->better == AK_HIGHER_IS_BETTER) ? AK_VERDICT_BETTER : AK_VERDICT_WORSE;
            level = changes[next++].after;
        }
        s->points[i].level = level;
    }
}

/* Within runs: how many leak, and which is the first. */
static void leaks_count(struct ak_trend_series *s)
{
    for (size_t i = 0; i < s->point_count; i++) {
        if (s->points[i].has_growth && s->points[i].growth.growth == AK_GROWTH_LEAK) {
            s->first_leak = s->leaks == 0 ? i : s->first_leak;
            s->leaks++;
        }
    }
}

static const char *where(const struct ak_trend_series *s, size_t i, struct ak_arena *arena)
{
    const struct ak_trend_point *p = &s->points[i];
    const char *commit = *p->commit ? ak_arena_printf(arena, ", commit %.10s", p->commit) : "";
    return ak_arena_printf(arena, "run %zu of %zu (%s, #%lld%s)", i + 1, s->point_count, p->label,
                           (long long)p->run_id, commit);
}

/* The commits between which something happened: what `git bisect` needs. */
static const char *bisect(const struct ak_trend_series *s, size_t i, struct ak_arena *arena)
{
    const char *good = i > 0 ? s->points[i - 1].commit : "", *bad = s->points[i].commit;
    if (!*good || !*bad || strcmp(good, bad) == 0) {
        return "";
    }
    return ak_arena_printf(arena, "; git bisect start %.12s %.12s", bad, good);
}

static const char *change_text(const struct ak_trend_series *s, size_t i, struct ak_arena *arena)
{
    const double before = s->points[i - 1].level, after = s->points[i].level;
    struct ak_buf ratio = AK_BUF_INIT;
    ak_ratio_format(&ratio, after / before);
    const char *text = ak_arena_printf(
        arena, "step %s -> %s (%s) at %s%s", collector_value_text(before, s->unit, arena),
        collector_value_text(after, s->unit, arena), ratio.ptr, where(s, i, arena),
        s->change_count > 1 ? ak_arena_printf(arena, ", the last of %zu steps", s->change_count)
                            : "");
    ak_buf_release(&ratio);
    return text;
}

static void say(struct ak_trend_series *s, struct ak_arena *arena)
{
    size_t last = 0; /* change, 0: none */
    for (size_t i = 1; i < s->point_count; i++) {
        last = s->points[i].change ? i : last;
    }
    s->sentence = "";
    if (s->leaks > 0) {
        const struct ak_trend *newest = NULL;
        for (size_t i = 0; i < s->point_count; i++) {
            if (s->points[i].has_growth && s->points[i].growth.growth == AK_GROWTH_LEAK) {
                newest = &s->points[i].growth;
            }
        }
        s->sentence = ak_arena_printf(
            arena, "leak: %s; first in %s, in %zu of %zu runs since%s%s",
            collector_slope_text(newest, s->unit, arena), where(s, s->first_leak, arena), s->leaks,
            s->point_count - s->first_leak,
            last > 0 ? ak_arena_printf(arena, "; %s", change_text(s, last, arena)) : "",
            bisect(s, s->first_leak, arena));
        return;
    }
    if (last > 0) {
        s->sentence = ak_arena_printf(
            arena, "%s: %s, p = %.2g%s", ak_verdict_text(s->points[last].verdict),
            change_text(s, last, arena), s->points[last].change_p, bisect(s, last, arena));
        return;
    }
    if (s->has_trend && s->trend.growth == AK_GROWTH_LEAK) {
        s->sentence = ak_arena_printf(arena, "rises from run to run by %.3g (%s), %+.1f %% in all",
                                      s->trend.slope, s->unit, 100 * s->trend.relative);
    }
}

static void series_judge(const struct reading *r, struct ak_trend_series *s)
{
    double *medians = ak_calloc(s->point_count + 1, sizeof *medians);
    for (size_t i = 0; i < s->point_count; i++) {
        medians[i] = s->points[i].summary.median;
    }
    changes_mark(r, s, medians);
    if (s->point_count >= TREND_RUNS && s->better == AK_LOWER_IS_BETTER) {
        s->has_trend = true;
        ak_growth_judge(medians, s->point_count, NULL, r->arena, &s->trend);
        s->trend.per = "run";
    }
    leaks_count(s);
    say(s, r->arena);
    ak_free(medians);
}

static enum ak_status series_read(const struct reading *r, const struct ak_series *name,
                                  struct ak_trend_series *out)
{
    const struct ak_history_query query = {.label = r->opts->label,
                                           .branch = r->opts->branch,
                                           .benchmark = name->benchmark,
                                           .unit = name->unit};
    struct ak_history_point *points;
    size_t count, kept = 0;
    const enum ak_status st = ak_store_history(r->store, &query, r->arena, &points, &count, r->err);
    if (st != AK_OK) {
        return st;
    }
    *out = (struct ak_trend_series){.benchmark = name->benchmark,
                                    .package = name->package,
                                    .unit = name->unit,
                                    .better = name->better,
                                    .limit = AK_NAN};
    out->points = AK_NEW_ARRAY(r->arena, struct ak_trend_point, count);
    for (size_t i = 0; i < count; i++) {
        if (points[i].series.procs == name->procs && points[i].series.count > 0 &&
            strcmp(stripped(points[i].series.package, r->arena), name->package) == 0) {
            point_fill(r, &points[i], &out->points[kept++]);
        }
    }
    out->point_count = kept;
    if (r->opts->limit > 0 && kept > r->opts->limit) {
        out->points += kept - r->opts->limit;
        out->point_count = r->opts->limit;
    }
    series_judge(r, out);
    return AK_OK;
}

enum ak_status ak_history_series(struct ak_store *store, const struct ak_history_opts *opts,
                                 struct ak_arena *arena, struct ak_trend_series **out,
                                 size_t *out_count, struct ak_error *err)
{
    struct reading r = {.store = store, .opts = opts, .arena = arena, .err = err};
    struct ak_series *names = NULL;
    size_t count = 0;
    enum ak_status st = AK_OK;
    if (opts->benchmark) {
        st = collector_regex_new(ak_str_from(opts->benchmark), "-benchmark", &r.regex, err);
    }
    if (st == AK_OK) {
        st = ak_store_list_series(store, opts->label, arena, &names, &count, err);
    }
    count = st == AK_OK ? choose(&r, names, count) : 0;
    *out = AK_NEW_ARRAY(arena, struct ak_trend_series, count);
    *out_count = 0;
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = series_read(&r, &names[i], &(*out)[*out_count]);
        *out_count += st == AK_OK && (*out)[*out_count].point_count > 0;
    }
    collector_regex_free(r.regex);
    return st;
}

/* --- allocation sites --------------------------------------------------------------------- */

static const struct ak_run_profile *heap_of(const struct ak_run *run)
{
    for (size_t i = 0; i < run->profile_count; i++) {
        if (strcmp(run->profiles[i].kind, "heap") == 0) {
            return &run->profiles[i];
        }
    }
    return NULL;
}

static enum ak_status sites_fill(struct ak_store *store, struct ak_trend_series *s,
                                 struct ak_arena *arena, struct ak_error *err)
{
    for (size_t i = s->point_count; i-- > 0;) {
        struct ak_run *run;
        if (!s->points[i].has_growth || s->points[i].growth.growth != AK_GROWTH_LEAK) {
            continue;
        }
        const enum ak_status st =
            ak_store_load_run(store, s->points[i].run_id, AK_LOAD_PROFILES, arena, &run, err);
        if (st != AK_OK) {
            return st;
        }
        const struct ak_run_profile *heap = heap_of(run);
        if (heap) {
            s->sites = ak_attribute_top(heap, "inuse_space", s->package, arena, &s->site_count);
            return AK_OK;
        }
    }
    return AK_OK;
}

enum ak_status ak_history_sites(struct ak_store *store, struct ak_trend_series *series,
                                size_t count, struct ak_arena *arena, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        if (series[i].leaks > 0) {
            st = sites_fill(store, &series[i], arena, err);
        }
    }
    return st;
}
