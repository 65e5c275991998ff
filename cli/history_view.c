#include "history_view.h"

#include "base/idmap.h"
#include "collector/history.h"
#include "profile/decode.h"

#include <math.h>

struct view {
    struct ak_store *store;
    const struct history_query *query;
    struct ak_arena *arena;
    struct ak_dashboard *page;
    struct ak_idmap places; /* run id -> index in page->runs */
};

/* A place for each run of the page; what the series has of runs that are not on it is left out. */
static void align(const struct view *v, struct ak_trend_series *s)
{
    const struct ak_trend_point *had = s->points;
    const size_t count = s->point_count;
    s->point_count = v->page->run_count;
    s->points = AK_NEW_ARRAY(v->arena, struct ak_trend_point, s->point_count);
    for (size_t i = 0; i < s->point_count; i++) {
        const struct ak_run *run = &v->page->runs[i];
        s->points[i] = (struct ak_trend_point){.run_id = run->id,
                                               .commit = run->commit ? run->commit : "",
                                               .label = run->label ? run->label : "",
                                               .level = (double)NAN};
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t at = ak_idmap_get(&v->places, (uint64_t)had[i].run_id);
        if (at != AK_IDMAP_NONE) {
            s->points[at] = had[i];
            s->first_leak = s->leaks > 0 && i == s->first_leak ? at : s->first_leak;
        }
    }
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
    struct run_sides sides = {.cmd = "dashboard", .arena = v->arena, .store = v->store};
    struct ak_run *run = NULL;
    struct ak_check *check = NULL;
    enum ak_status st = ak_store_load_run(v->store, id, 0, v->arena, &run, err);
    if (st == AK_OK) {
        st = cli_run_sides_judge(&sides, run, v->query->criteria, NULL, &check, err);
    }
    if (st == AK_OK && check->counts[AK_OUTCOME_PASS] + check->counts[AK_OUTCOME_FAIL] > 0) {
        v->page->latest = check;
    }
    return st;
}

static enum ak_status all_load(struct view *v, struct ak_error *err)
{
    const struct ak_history_opts how = {.label = v->query->label, .limit = v->query->runs};
    struct ak_trend_series *series = NULL;
    size_t count = 0;
    enum ak_status st = runs_load(v, err);
    if (st == AK_OK) {
        st = ak_history_series(v->store, &how, v->arena, &series, &count, err);
    }
    if (st == AK_OK) {
        st = ak_history_sites(v->store, series, count, v->arena, err);
    }
    if (st == AK_OK) {
        st = check_newest(v, err);
    }
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        align(v, &series[i]);
        limit_set(v, &series[i]);
    }
    v->page->series = series;
    v->page->series_count = st == AK_OK ? count : 0;
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
