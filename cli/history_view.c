#include "history_view.h"

#include "base/idmap.h"
#include "collector/criteria.h"
#include "collector/growth.h"
#include "profile/decode.h"
#include "stats/changepoint.h"
#include "stats/quantile.h"

#include <math.h>

struct view {
    struct ak_store *store;
    const struct history_query *query;
    struct ak_arena *arena;
    struct ak_dashboard *page;
    struct ak_idmap places; /* run id -> index in page->runs */
};

static struct ak_summary summarise(struct ak_arena *arena, const struct ak_series *s)
{
    struct ak_summary out = {.n = s->count, .values = s->values};
    if (s->count == 0) {
        return out;
    }
    double *v = ak_arena_copy(arena, s->values, s->count * sizeof *v);
    ak_sort_f64(v, s->count);
    const struct ak_interval median = ak_median_interval(v, s->count, 0.95);
    out.median = median.value;
    out.lo = median.lo;
    out.hi = median.hi;
    out.min = v[0];
    out.max = v[s->count - 1];
    return out;
}

static void points_clear(const struct view *v, struct ak_trend_series *s)
{
    s->point_count = v->page->run_count;
    s->points = AK_NEW_ARRAY(v->arena, struct ak_trend_point, s->point_count);
    for (size_t i = 0; i < s->point_count; i++) {
        const struct ak_run *run = &v->page->runs[i];
        s->points[i].run_id = run->id;
        s->points[i].commit = run->commit ? run->commit : "";
        s->points[i].label = run->label ? run->label : "";
    }
}

static void change_mark(struct ak_trend_series *s, size_t run, const struct ak_change *c)
{
    const bool lower = c->after < c->before;
    const bool better = lower == (s->better == AK_LOWER_IS_BETTER);
    s->points[run].change = true;
    s->points[run].verdict = better ? AK_VERDICT_BETTER : AK_VERDICT_WORSE;
}

/* Growth and levels are judged over the runs that measured the series. */
static void history_judge(const struct view *v, struct ak_trend_series *s)
{
    enum { CHANGES_MAX = 64 };
    double *medians = AK_NEW_ARRAY(v->arena, double, s->point_count + 1);
    size_t *runs = AK_NEW_ARRAY(v->arena, size_t, s->point_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->point_count; i++) {
        if (s->points[i].summary.n > 0) {
            runs[n] = i;
            medians[n++] = s->points[i].summary.median;
        }
    }
    struct ak_change changes[CHANGES_MAX];
    const size_t found = ak_change_points(medians, n, NULL, changes, CHANGES_MAX);
    for (size_t i = 0; i < found; i++) {
        change_mark(s, runs[changes[i].at], &changes[i]);
    }
    s->has_trend = n > 0;
    if (n > 0) {
        ak_growth_judge(medians, n, NULL, v->arena, &s->trend);
        s->sentence = s->trend.growth == AK_GROWTH_NONE || s->trend.growth == AK_GROWTH_UNSURE
                          ? ""
                          : ak_arena_printf(v->arena, "over the runs: %s; %s",
                                            ak_growth_text(s->trend.growth), s->trend.reason);
    }
}

static enum ak_status series_load(const struct view *v, const struct ak_series *wanted,
                                  struct ak_trend_series *out, struct ak_error *err)
{
    const struct ak_history_query query = {
        .label = v->query->label,
        .benchmark = wanted->benchmark,
        .package = wanted->package,
        .unit = wanted->unit,
        .limit = v->query->runs,
    };
    struct ak_history_point *points = NULL;
    size_t count = 0;
    const enum ak_status st = ak_store_history(v->store, &query, v->arena, &points, &count, err);
    if (st != AK_OK) {
        return st;
    }
    *out = (struct ak_trend_series){.benchmark = wanted->benchmark,
                                    .package = wanted->package,
                                    .unit = wanted->unit,
                                    .better = wanted->better,
                                    .limit = (double)NAN,
                                    .sentence = ""};
    points_clear(v, out);
    for (size_t i = 0; i < count; i++) {
        const uint32_t at = ak_idmap_get(&v->places, (uint64_t)points[i].run_id);
        if (at != AK_IDMAP_NONE && points[i].series.procs == wanted->procs) {
            out->points[at].summary = summarise(v->arena, &points[i].series);
        }
    }
    return AK_OK;
}

/* A benchmark may move to a package of another name: two series of which no run has both are one.
 */
static bool merge_into(struct ak_trend_series *to, const struct ak_trend_series *from)
{
    if (strcmp(to->benchmark, from->benchmark) != 0 || strcmp(to->unit, from->unit) != 0) {
        return false;
    }
    for (size_t i = 0; i < to->point_count; i++) {
        if (to->points[i].summary.n > 0 && from->points[i].summary.n > 0) {
            return false;
        }
    }
    for (size_t i = 0; i < to->point_count; i++) {
        if (from->points[i].summary.n > 0) {
            to->points[i].summary = from->points[i].summary;
            to->package = from->package;
        }
    }
    return true;
}

/* The limit that the newest run was judged by. */
static void limit_set(const struct view *v, struct ak_trend_series *s)
{
    const struct ak_check *check = v->page->latest;
    for (size_t i = 0; check && i < check->row_count; i++) {
        const struct ak_judgement *j = &check->rows[i];
        if (isfinite(j->limit) && !j->is_trend && strcmp(j->benchmark, s->benchmark) == 0 &&
            strcmp(j->unit, s->unit) == 0) {
            s->limit = j->limit;
        }
    }
}

/* What of a profile's values the page shows: times of CPU profiles, allocated and live bytes. */
static const char *const heap_types[] = {"alloc_space", "inuse_space"};
static const char *const default_types[] = {""};

static enum ak_status profiles_of_run(struct view *v, size_t at, struct ak_dashboard_profile *list,
                                      struct ak_error *err)
{
    struct ak_run *run = NULL;
    enum ak_status st = ak_store_load_run(v->store, v->page->runs[at].id, 0, v->arena, &run, err);
    for (size_t i = 0; st == AK_OK && i < run->profile_count; i++) {
        const bool heap = strcmp(run->profiles[i].kind, "heap") == 0;
        struct ak_buf bytes = AK_BUF_INIT;
        struct ak_profile *profile = NULL;
        st = ak_store_load_profile(v->store, run->profiles[i].id, &bytes, err);
        if (st == AK_OK) {
            st = ak_profile_decode_bytes(run->profiles[i].name, ak_buf_view(&bytes), NULL, &profile,
                                         err);
        }
        ak_buf_release(&bytes);
        for (size_t k = 0; st == AK_OK && k < (heap ? 2 : 1); k++) {
            list[v->page->profile_count++] = (struct ak_dashboard_profile){
                .run = at,
                .name = run->profiles[i].name,
                .type = heap ? heap_types[k] : default_types[0],
                .profile = profile,
            };
        }
    }
    return st;
}

static enum ak_status profiles_load(struct view *v, struct ak_error *err)
{
    enum { PER_RUN_MAX = 16 };
    size_t left = v->query->profiled;
    enum ak_status st = AK_OK;
    struct ak_dashboard_profile *list =
        AK_NEW_ARRAY(v->arena, struct ak_dashboard_profile, 2 * PER_RUN_MAX * left + 1);
    v->page->profiles = list;
    for (size_t i = v->page->run_count; st == AK_OK && left > 0 && i > 0; i--) {
        const size_t had = v->page->profile_count;
        if (v->page->runs[i - 1].profile_count <= PER_RUN_MAX) {
            st = profiles_of_run(v, i - 1, list, err);
        }
        left -= v->page->profile_count > had ? 1 : 0;
    }
    return st;
}

void cli_history_release(struct ak_dashboard *d)
{
    for (size_t i = 0; i < d->profile_count; i++) {
        /* Two rows of one heap profile share it. */
        if (i == 0 || d->profiles[i].profile != d->profiles[i - 1].profile) {
            ak_profile_free((struct ak_profile *)(uintptr_t)d->profiles[i].profile);
        }
    }
    d->profile_count = 0;
}

/* The newest runs, oldest first, and where each stands. */
static enum ak_status runs_load(struct view *v, struct ak_error *err)
{
    struct ak_run *runs = NULL;
    size_t count = 0;
    const enum ak_status st =
        ak_store_list_runs(v->store, v->query->label, v->arena, &runs, &count, err);
    if (st != AK_OK) {
        return st;
    }
    if (count == 0) {
        return ak_fail(err, AK_NOT_FOUND, "the history has no run%s%s",
                       v->query->label ? " of label " : "", v->query->label ? v->query->label : "");
    }
    const size_t skip = count > v->query->runs ? count - v->query->runs : 0;
    v->page->runs = runs + skip;
    v->page->run_count = count - skip;
    for (size_t i = 0; i < v->page->run_count; i++) {
        ak_idmap_put(&v->places, (uint64_t)v->page->runs[i].id, (uint32_t)i, NULL);
    }
    return AK_OK;
}

static enum ak_status check_newest(struct view *v, struct ak_error *err)
{
    const int64_t id = v->page->runs[v->page->run_count - 1].id;
    struct ak_run *run = NULL;
    struct ak_check *check = NULL;
    enum ak_status st = ak_store_load_run(v->store, id, 0, v->arena, &run, err);
    if (st == AK_OK) {
        st = ak_check_run(run, ak_criteria_builtin(v->arena), NULL, v->arena, &check, err);
    }
    if (st == AK_OK && check->counts[AK_OUTCOME_PASS] + check->counts[AK_OUTCOME_FAIL] > 0) {
        v->page->latest = check;
    }
    return st;
}

static enum ak_status all_load(struct view *v, struct ak_error *err)
{
    struct ak_series *wanted = NULL;
    size_t count = 0;
    enum ak_status st = runs_load(v, err);
    if (st == AK_OK) {
        st = ak_store_list_series(v->store, v->query->label, v->arena, &wanted, &count, err);
    }
    if (st != AK_OK) {
        return st;
    }
    struct ak_trend_series *series = AK_NEW_ARRAY(v->arena, struct ak_trend_series, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = series_load(v, &wanted[i], &series[n], err);
        size_t same = 0;
        while (st == AK_OK && same < n && !merge_into(&series[same], &series[n])) {
            same++;
        }
        n += same == n ? 1 : 0;
    }
    v->page->series = series;
    v->page->series_count = n;
    if (st == AK_OK) {
        st = check_newest(v, err);
    }
    for (size_t i = 0; i < n && st == AK_OK; i++) {
        limit_set(v, &series[i]);
        history_judge(v, &series[i]);
    }
    return st == AK_OK ? profiles_load(v, err) : st;
}

enum ak_status cli_history_load(struct ak_store *store, const struct history_query *query,
                                struct ak_arena *arena, struct ak_dashboard *out,
                                struct ak_error *err)
{
    *out = (struct ak_dashboard){
        .title = query->label ? ak_arena_printf(arena, "History of %s", query->label) : "History"};
    struct view v = {.store = store, .query = query, .arena = arena, .page = out};
    enum ak_status st = all_load(&v, err);
    if (st == AK_OK) {
        struct ak_lint_life *lives = NULL;
        st = ak_store_lint_lives(store, query->label, arena, &lives, &out->finding_count, err);
        out->findings = lives;
    }
    ak_idmap_release(&v.places);
    if (st != AK_OK) {
        cli_history_release(out);
    }
    return st;
}
