#include "serve_pages.h"

#include "collector/attribution.h"
#include "history_view.h"
#include "profile/decode.h"
#include "profile/merge.h"
#include "reporter/page.h"
#include "run_side.h"
#include "serve_report.h"

#include <stdlib.h>
#include <string.h>

/* One request: everything made for it is in the arena. */
struct visit {
    const struct serve_site *site;
    const struct serve_request *request;
    struct serve_answer *out;
    struct ak_arena *arena;
};

static const char *query(const struct visit *v, const char *key)
{
    return v->request->query(v->request, key);
}

static int64_t query_id(const struct visit *v, const char *key)
{
    int64_t id = 0;
    return ak_str_i64(ak_str_from(query(v, key)), &id) && id > 0 ? id : 0;
}

static void html(struct visit *v)
{
    v->out->type = "text/html; charset=utf-8";
}

/* --- pages --------------------------------------------------------------------------------------
 */

static enum ak_status page_dashboard(struct visit *v, struct ak_error *err)
{
    const struct history_query wanted = {.runs = 200, .profiled = 4, .criteria = v->site->criteria};
    struct ak_dashboard page;
    const enum ak_status st = cli_history_load(v->site->store, &wanted, v->arena, &page, err);
    if (st != AK_OK) {
        return st;
    }
    page.templates = v->site->templates;
    page.runs_link = "/runs";
    html(v);
    const enum ak_status rendered = ak_dashboard_render(&page, &v->out->body, err);
    cli_history_release(&page);
    return rendered;
}

/* The profile of the same name in the run before; 0: none. */
static int64_t same_before(const struct ak_run *before, const struct ak_run_profile *p)
{
    for (size_t i = 0; before && i < before->profile_count; i++) {
        if (strcmp(before->profiles[i].name, p->name) == 0) {
            return before->profiles[i].id;
        }
    }
    return 0;
}

static struct ak_tvalue *profile_value(struct visit *v, const struct ak_run_profile *p,
                                       int64_t base)
{
    struct ak_tvalue *map = ak_tvalue_map(v->arena);
    ak_tvalue_set_f(v->arena, map, "id", "%lld", (long long)p->id);
    ak_tvalue_set_str(v->arena, map, "name", p->name);
    ak_tvalue_set_str(v->arena, map, "kind", p->kind);
    ak_tvalue_set_str(v->arena, map, "base",
                      base > 0 ? ak_arena_printf(v->arena, "%lld", (long long)base) : "");
    return map;
}

static struct ak_tvalue *run_value(struct visit *v, const struct ak_run *run,
                                   const struct ak_run *before)
{
    struct ak_tvalue *map = ak_tvalue_map(v->arena);
    struct ak_tvalue *profiles = ak_tvalue_list(v->arena);
    for (size_t i = 0; i < run->profile_count; i++) {
        ak_tvalue_push(profiles,
                       profile_value(v, &run->profiles[i], same_before(before, &run->profiles[i])));
    }
    ak_tvalue_set_f(v->arena, map, "id", "%lld", (long long)run->id);
    ak_tvalue_set_str(v->arena, map, "label", run->label);
    ak_tvalue_set_f(v->arena, map, "commit", "%.10s", run->commit ? run->commit : "");
    ak_tvalue_set_f(v->arena, map, "series", "%zu", run->series_count);
    ak_tvalue_set_str(v->arena, map, "before",
                      before ? ak_arena_printf(v->arena, "%lld", (long long)before->id) : "");
    ak_tvalue_set(map, "profiles", profiles);
    return map;
}

static enum ak_status page_runs(struct visit *v, struct ak_error *err)
{
    enum { RUNS_MAX = 500 };
    struct ak_run *runs = NULL;
    size_t count = 0;
    enum ak_status st = ak_store_list_runs(v->site->store, NULL, v->arena, &runs, &count, err);
    struct ak_tvalue *list = ak_tvalue_list(v->arena);
    struct ak_run *newer = NULL;
    for (size_t i = count; st == AK_OK && i > 0 && count - i <= RUNS_MAX; i--) {
        struct ak_run *run = NULL;
        st = ak_store_load_run(v->site->store, runs[i - 1].id, 0, v->arena, &run, err);
        if (st == AK_OK && newer) {
            ak_tvalue_push(list, run_value(v, newer, run));
        }
        newer = run;
    }
    if (st != AK_OK) {
        return st;
    }
    if (newer && count <= RUNS_MAX) {
        ak_tvalue_push(list, run_value(v, newer, NULL));
    }
    struct ak_tvalue *root = ak_tvalue_map(v->arena);
    ak_tvalue_set(root, "runs", list);
    html(v);
    return ak_templates_render(v->site->templates, "runs.html.mustache", root, &v->out->body, err);
}

/* Compares and judges two stored runs as `compare` and `check` do. */
static enum ak_status runs_judge(struct visit *v, struct ak_comparison *cmp,
                                 struct ak_check **out_check, struct ak_error *err)
{
    struct run_sides sides = {.cmd = "serve", .arena = v->arena, .store = v->site->store};
    struct ak_compare_opts how = {0};
    struct ak_run *runs[2] = {NULL, NULL};
    static const char *const keys[] = {"before", "after"};
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < 2 && st == AK_OK; i++) {
        st = ak_store_load_run(v->site->store, query_id(v, keys[i]), AK_LOAD_PROFILES, v->arena,
                               &runs[i], err);
    }
    if (st == AK_OK) {
        st = cli_run_sides_history(&sides, runs, 2, &how, err);
    }
    if (st == AK_OK) {
        ak_compare_runs(runs[0], runs[1], &how, v->arena, cmp);
        ak_attribute(cmp, v->arena);
        st = cli_run_sides_judge(&sides, runs[1], v->site->criteria, runs[0], out_check, err);
    }
    return st;
}

static enum ak_status page_compare(struct visit *v, struct ak_error *err)
{
    struct ak_comparison cmp;
    struct ak_check *check = NULL;
    const enum ak_status st = runs_judge(v, &cmp, &check, err);
    if (st != AK_OK) {
        return st;
    }
    ak_check_mark_limits(check, &cmp);
    const bool judged = check->counts[AK_OUTCOME_PASS] + check->counts[AK_OUTCOME_FAIL] > 0;
    const struct ak_check *const checks[] = {check};
    const struct ak_page_model page = {.cmp = &cmp,
                                       .checks = checks,
                                       .check_count = judged ? 1 : 0,
                                       .runs_link = "/runs",
                                       .templates = v->site->templates};
    html(v);
    return ak_page_render(&page, &v->out->body, err);
}

/* --- profiles -----------------------------------------------------------------------------------
 */

static enum ak_status profile_load(struct visit *v, int64_t id, struct ak_profile **out,
                                   struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    enum ak_status st = ak_store_load_profile(v->site->store, id, &bytes, err);
    if (st == AK_OK) {
        st = ak_profile_decode_bytes("profile", ak_buf_view(&bytes), NULL, out, err);
    }
    ak_buf_release(&bytes);
    return st;
}

/* The profile, or its difference from `base` when one is asked for. Returns owned. */
static enum ak_status profile_choose(struct visit *v, struct ak_profile **out, struct ak_error *err)
{
    struct ak_profile *source = NULL;
    struct ak_profile *base = NULL;
    const int64_t base_id = query_id(v, "base");
    enum ak_status st = profile_load(v, query_id(v, "id"), &source, err);
    if (st == AK_OK && base_id > 0) {
        st = profile_load(v, base_id, &base, err);
    }
    if (st == AK_OK && base) {
        const struct ak_diff_opts how = {.mode = AK_DIFF_LABEL};
        st = ak_profile_diff(source, base, &how, out, err);
        ak_profile_free(source);
    } else if (st == AK_OK) {
        *out = source;
    } else {
        ak_profile_free(source);
    }
    ak_profile_free(base);
    return st;
}

static enum ak_status page_profile(struct visit *v, struct ak_error *err)
{
    const struct serve_view *view = cli_serve_view(query(v, "view"));
    if (!view) {
        return ak_fail(err, AK_NOT_FOUND, "views are flame, graph, top, tree, peek, raw, source");
    }
    struct ak_pprof_config config = ak_pprof_config_default();
    config.source_path = v->site->source_path;
    const int64_t id = query_id(v, "id");
    const int64_t base = query_id(v, "base");
    const struct serve_report report = {
        .request = v->request,
        .config = &config,
        .templates = v->site->templates,
        .title = base > 0 ? ak_arena_printf(v->arena, "Profile %lld minus profile %lld",
                                            (long long)id, (long long)base)
                          : ak_arena_printf(v->arena, "Profile %lld", (long long)id),
        .link = ak_arena_printf(v->arena, "/profile?id=%lld&view=", (long long)id),
        .link_suffix = base > 0 ? ak_arena_printf(v->arena, "&base=%lld", (long long)base) : "",
        .home = "/runs",
        .shows_sources = v->site->source_path[0] != '\0',
        .arena = v->arena,
    };
    struct ak_profile *profile = NULL;
    enum ak_status st = profile_choose(v, &profile, err);
    if (st == AK_OK) {
        st = cli_serve_report(&report, view, profile, v->out, err);
        ak_profile_free(profile);
    }
    return st;
}

/* --- answering ----------------------------------------------------------------------------------
 */

static const struct route {
    const char *path;
    enum ak_status (*page)(struct visit *v, struct ak_error *err);
} routes[] = {
    {"/", page_dashboard},
    {"/runs", page_runs},
    {"/compare", page_compare},
    {"/profile", page_profile},
};

void cli_serve_answer(void *ctx, const struct serve_request *request, struct serve_answer *out)
{
    const struct serve_site *site = ctx;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, request->path) != 0) {
            continue;
        }
        struct visit v = {.site = site, .request = request, .out = out, .arena = ak_arena_new()};
        struct ak_error err = {0};
        const enum ak_status st = routes[i].page(&v, &err);
        if (st != AK_OK) {
            cli_serve_refuse(out, st, err.text);
        }
        ak_arena_free(v.arena);
        return;
    }
    cli_serve_refuse(out, AK_NOT_FOUND, "no such page");
}
