#include "serve_pages.h"

#include "base/sanitize.h"
#include "collector/attribution.h"
#include "collector/compare.h"
#include "collector/criteria.h"
#include "history_view.h"
#include "profile/decode.h"
#include "profile/merge.h"
#include "reporter/page.h"
#include "reporter/pprof.h"
#include "serve_guard.h"

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

/* --- pages -------------------------------------------------------------------------------------- */

static enum ak_status page_dashboard(struct visit *v, struct ak_error *err)
{
    const struct history_query wanted = {.runs = 200};
    struct ak_dashboard page;
    const enum ak_status st = cli_history_load(v->site->store, &wanted, v->arena, &page, err);
    if (st != AK_OK) {
        return st;
    }
    page.templates = v->site->templates;
    page.runs_link = "/runs";
    html(v);
    return ak_dashboard_render(&page, &v->out->body, err);
}

static struct ak_tvalue *profile_value(struct visit *v, const struct ak_run_profile *p)
{
    struct ak_tvalue *map = ak_tvalue_map(v->arena);
    ak_tvalue_set_f(v->arena, map, "id", "%lld", (long long)p->id);
    ak_tvalue_set_str(v->arena, map, "name", p->name);
    ak_tvalue_set_str(v->arena, map, "kind", p->kind);
    return map;
}

static enum ak_status run_value(struct visit *v, int64_t id, struct ak_tvalue **out,
                                struct ak_error *err)
{
    struct ak_run *run = NULL;
    const enum ak_status st = ak_store_load_run(v->site->store, id, 0, v->arena, &run, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_tvalue *map = ak_tvalue_map(v->arena);
    struct ak_tvalue *profiles = ak_tvalue_list(v->arena);
    for (size_t i = 0; i < run->profile_count; i++) {
        ak_tvalue_push(profiles, profile_value(v, &run->profiles[i]));
    }
    ak_tvalue_set_f(v->arena, map, "id", "%lld", (long long)run->id);
    ak_tvalue_set_str(v->arena, map, "label", run->label);
    ak_tvalue_set_f(v->arena, map, "commit", "%.10s", run->commit ? run->commit : "");
    ak_tvalue_set_f(v->arena, map, "series", "%zu", run->series_count);
    ak_tvalue_set(map, "profiles", profiles);
    *out = map;
    return AK_OK;
}

static enum ak_status page_runs(struct visit *v, struct ak_error *err)
{
    enum { RUNS_MAX = 500 };
    struct ak_run *runs = NULL;
    size_t count = 0;
    enum ak_status st =
        ak_store_list_runs(v->site->store, NULL, v->arena, &runs, &count, err);
    struct ak_tvalue *list = ak_tvalue_list(v->arena);
    for (size_t i = count; st == AK_OK && i > 0 && count - i < RUNS_MAX; i--) {
        struct ak_tvalue *run = NULL;
        st = run_value(v, runs[i - 1].id, &run, err);
        if (st == AK_OK) {
            ak_tvalue_push(list, run);
        }
    }
    if (st != AK_OK) {
        return st;
    }
    struct ak_tvalue *root = ak_tvalue_map(v->arena);
    ak_tvalue_set(root, "runs", list);
    html(v);
    return ak_templates_render(v->site->templates, "runs.html.mustache", root, &v->out->body, err);
}

static enum ak_status page_compare(struct visit *v, struct ak_error *err)
{
    struct ak_run *before = NULL;
    struct ak_run *after = NULL;
    struct ak_comparison cmp;
    struct ak_check *check = NULL;
    enum ak_status st = ak_store_load_run(v->site->store, query_id(v, "before"), AK_LOAD_PROFILES,
                                          v->arena, &before, err);
    if (st == AK_OK) {
        st = ak_store_load_run(v->site->store, query_id(v, "after"), AK_LOAD_PROFILES, v->arena,
                               &after, err);
    }
    if (st == AK_OK) {
        ak_compare_runs(before, after, NULL, v->arena, &cmp);
        ak_attribute(&cmp, v->arena);
        st = ak_check_run(after, ak_criteria_builtin(v->arena), NULL, v->arena, &check, err);
    }
    if (st != AK_OK) {
        return st;
    }
    const bool judged = check->counts[AK_OUTCOME_PASS] + check->counts[AK_OUTCOME_FAIL] > 0;
    const struct ak_check *const checks[] = {check};
    const struct ak_page_model page = {.cmp = &cmp, .checks = checks,
                                       .check_count = judged ? 1 : 0,
                                       .templates = v->site->templates};
    html(v);
    return ak_page_render(&page, &v->out->body, err);
}

/* --- profiles ----------------------------------------------------------------------------------- */

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
static enum ak_status profile_choose(struct visit *v, struct ak_profile **out,
                                     struct ak_error *err)
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

struct view_kind {
    const char *name, *format, *type;
    bool reads_files;
};
static const struct view_kind views[] = {
    {"flame", "flame_html", "text/html; charset=utf-8", false},
    {"graph", "svg", "image/svg+xml", false},
    {"top", "top", "text/plain; charset=utf-8", false},
    {"tree", "tree", "text/plain; charset=utf-8", false},
    {"peek", "peek", "text/plain; charset=utf-8", false},
    {"raw", "raw", "text/plain; charset=utf-8", false},
    {"source", "list", "text/plain; charset=utf-8", true},
};

static const struct view_kind *view_find(const char *name)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].name, name) == 0) {
            return &views[i];
        }
    }
    return NULL;
}

static enum ak_status report_render(struct visit *v, const struct view_kind *kind,
                                    const struct ak_profile *profile, struct ak_error *err)
{
    struct ak_pprof_config config = ak_pprof_config_default();
    config.focus = query(v, "focus");
    config.ignore = query(v, "ignore");
    config.sample_index = query(v, "si");
    config.source_path = v->site->source_path;
    config.granularity = "";
    const char *function = query(v, "f");
    const struct ak_pprof_request request = {
        .format = ak_pprof_format_find(ak_str_from(kind->format)),
        .config = &config,
        .param = function[0] ? function : ".",
    };
    struct ak_pprof_request plain = request;
    if (!(request.format->flags & AK_PPROF_PARAM)) {
        plain.param = NULL;
    }
    struct ak_pprof_report *report = NULL;
    enum ak_status st = ak_pprof_report_build(profile, &plain, v->arena, &report, err);
    if (st == AK_OK) {
        v->out->type = kind->type;
        st = ak_pprof_render(report, &v->out->body, err);
        ak_pprof_report_release(report);
    }
    return st;
}

static enum ak_status page_profile(struct visit *v, struct ak_error *err)
{
    const struct view_kind *kind = view_find(query(v, "view"));
    if (!kind) {
        return ak_fail(err, AK_NOT_FOUND, "views are flame, graph, top, tree, peek, raw, source");
    }
    if (kind->reads_files && !v->site->source_path[0]) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "sources are not in the history; serve --source-path DIR shows them");
    }
    struct ak_profile *profile = NULL;
    enum ak_status st = profile_choose(v, &profile, err);
    if (st == AK_OK) {
        st = report_render(v, kind, profile, err);
        ak_profile_free(profile);
    }
    return st;
}

/* --- answering ---------------------------------------------------------------------------------- */

static const struct route {
    const char *path;
    enum ak_status (*page)(struct visit *v, struct ak_error *err);
} routes[] = {
    {"/", page_dashboard},
    {"/runs", page_runs},
    {"/compare", page_compare},
    {"/profile", page_profile},
};

static void refuse(struct serve_answer *out, unsigned status, const char *text)
{
    ak_buf_reset(&out->body);
    out->status = status;
    out->type = "text/plain; charset=utf-8";
    ak_sanitize_text(&out->body, ak_str_from(text));
    ak_buf_putc(&out->body, '\n');
}

static unsigned status_of(enum ak_status st)
{
    if (st == AK_NOT_FOUND || st == AK_UNSUPPORTED) {
        return 404;
    }
    return st == AK_USAGE || st == AK_FORMAT ? 400 : 500;
}

void cli_serve_answer(void *ctx, const struct serve_request *request, struct serve_answer *out)
{
    const struct serve_site *site = ctx;
    if (!cli_serve_allows(request, site->address, site->port)) {
        refuse(out, 403, "this server answers only to its own address");
        return;
    }
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        refuse(out, 405, "only GET");
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, request->path) != 0) {
            continue;
        }
        struct visit v = {.site = site, .request = request, .out = out, .arena = ak_arena_new()};
        struct ak_error err = {0};
        const enum ak_status st = routes[i].page(&v, &err);
        if (st != AK_OK) {
            refuse(out, status_of(st), err.text);
        }
        ak_arena_free(v.arena);
        return;
    }
    refuse(out, 404, "no such page");
}
