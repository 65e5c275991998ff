/* The page of a comparison and its checks: the values of report.html.mustache. */
#include "base/io.h"
#include "charts/pen.h"
#include "headline.h"
#include "judge/judge.h"
#include "reporter/page.h"
#include "silence.h"
#include "words.h"

#include <math.h>

struct builder {
    struct ak_arena *a;
    const struct ak_page_model *model;
    struct ak_tvalue *root;
};

static void set(struct builder *b, struct ak_tvalue *map, const char *key, const char *value)
{
    ak_tvalue_set_str(b->a, map, key, value);
}

/* The key by which the page's script sorts; nothing for what is no number. */
static void set_raw(struct builder *b, struct ak_tvalue *map, const char *key, double v)
{
    if (isfinite(v)) {
        ak_tvalue_set_f(b->a, map, key, "%.9g", v);
    } else {
        set(b, map, key, "");
    }
}

/* Takes the chart. */
static void set_svg(struct builder *b, struct ak_tvalue *map, const char *key,
                    struct ak_canvas *chart, const char *title)
{
    struct ak_buf svg = AK_BUF_INIT;
    ak_canvas_svg(chart, title, NULL, &svg);
    ak_tvalue_set(map, key, ak_tvalue_str(b->a, ak_arena_str(b->a, ak_buf_view(&svg))));
    ak_buf_release(&svg);
    ak_canvas_free(chart);
}

static void push_text(struct builder *b, struct ak_tvalue *list, const char *text)
{
    ak_tvalue_push(list, ak_tvalue_str(b->a, ak_str_from(text)));
}

static const char *class_of(enum ak_verdict v)
{
    return v == AK_VERDICT_WORSE ? "worse" : v == AK_VERDICT_BETTER ? "better" : "muted";
}

static struct ak_tvalue *row_value(struct builder *b, const struct ak_compare_row *r)
{
    const struct look look =
        reporter_look_verdict(reporter_theme(AK_THEME_LIGHT), r->verdict, r->ratio);
    const double before = reporter_median(&r->before);
    const double after = reporter_median(&r->after);
    const struct text_pair pair = reporter_text_pair(b->a, before, after, r->unit);
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    set(b, v, "glyph", look.glyph);
    set(b, v, "verdict", ak_verdict_text(r->verdict));
    set(b, v, "class", class_of(r->verdict));
    set(b, v, "name", r->benchmark);
    set(b, v, "unit", r->unit);
    set(b, v, "before", pair.before);
    set(b, v, "after", pair.after);
    set(b, v, "change", isnan(r->ratio) ? "" : reporter_text_change(b->a, r->ratio));
    set(b, v, "interval", reporter_text_interval(b->a, r->ratio_lo, r->ratio_hi));
    set(b, v, "p", reporter_text_p(b->a, r->p_adjusted));
    ak_tvalue_set_f(b->a, v, "n", r->before.n == r->after.n ? "%zu" : "%zu, %zu", r->before.n,
                    r->after.n);
    set(b, v, "between", reporter_text_between(b->a, r));
    set(b, v, "reason", r->reason);
    set_raw(b, v, "before_raw", before);
    set_raw(b, v, "after_raw", after);
    set_raw(b, v, "ratio_raw", r->ratio);
    set_raw(b, v, "p_raw", r->p_adjusted);
    return v;
}

static struct ak_tvalue *cause_value(struct builder *b, const struct ak_compare_row *r,
                                     const struct ak_cause *c)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    set(b, v, "function", c->function);
    set(b, v, "file",
        c->file[0] ? ak_arena_printf(b->a, "%s:%lld", c->file, (long long)c->line) : "");
    set(b, v, "profile", ak_arena_printf(b->a, "%s, %s", c->profile, c->value_type));
    set(b, v, "flat", reporter_text_amount(b->a, reporter_cause_delta(c), r));
    set(b, v, "cum", reporter_text_amount(b->a, (double)c->cum_after - (double)c->cum_before, r));
    ak_tvalue_set_f(b->a, v, "samples", "%lld → %lld", (long long)c->samples_before,
                    (long long)c->samples_after);
    set(b, v, "error", reporter_text_error(b->a, c, r));
    return v;
}

static void causes_add(struct builder *b, struct ak_tvalue *map, const struct ak_comparison *cmp)
{
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; i < cmp->row_count; i++) {
        const struct ak_compare_row *r = &cmp->rows[i];
        if (r->cause_count == 0 || reporter_causes_shown(cmp, i, AK_VERDICT_COUNT)) {
            continue;
        }
        struct ak_tvalue *v = ak_tvalue_map(b->a);
        struct ak_tvalue *functions = ak_tvalue_list(b->a);
        double total = r->cause_unexplained;
        for (size_t k = 0; k < r->cause_count; k++) {
            ak_tvalue_push(functions, cause_value(b, r, &r->causes[k]));
            total += reporter_cause_delta(&r->causes[k]);
        }
        set(b, v, "name", r->benchmark);
        set(b, v, "unit", r->unit);
        set(b, v, "change", reporter_text_change(b->a, r->ratio));
        set(b, v, "note", r->cause_note);
        ak_tvalue_set(v, "functions", functions);
        set(b, v, "unexplained", reporter_text_amount(b->a, r->cause_unexplained, r));
        set(b, v, "total", reporter_text_amount(b->a, total, r));
        set(b, v, "of", isfinite(r->cause_scale) ? "the row, per operation" : "the profile");
        ak_tvalue_push(list, v);
    }
    ak_tvalue_set(map, "causes", list);
    ak_tvalue_set_bool(b->a, map, "has_causes", list->first != NULL);
}

/* Rows that got worse and that no function explains, with the reason. */
static void silences_add(struct builder *b, struct ak_tvalue *map, const struct ak_comparison *cmp)
{
    struct silence found[SILENCE_MAX];
    const size_t count = reporter_silences(cmp, found);
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; i < count; i++) {
        struct ak_tvalue *v = ak_tvalue_map(b->a);
        set(b, v, "rows", reporter_silence_text(&found[i], b->a, NULL));
        set(b, v, "note", found[i].note);
        ak_tvalue_push(list, v);
    }
    ak_tvalue_set(map, "silences", list);
    ak_tvalue_set_bool(b->a, map, "has_silences", count > 0);
}

static void geomeans_add(struct builder *b, struct ak_tvalue *map, const struct ak_comparison *cmp)
{
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; i < cmp->geomean_count; i++) {
        const struct ak_geomean *g = &cmp->geomeans[i];
        struct ak_tvalue *v = ak_tvalue_map(b->a);
        const struct text_pair pair = reporter_text_pair(b->a, g->before, g->after, g->unit);
        set(b, v, "unit", g->unit);
        ak_tvalue_set_f(b->a, v, "pairs", "%zu", g->pairs);
        set(b, v, "before", pair.before);
        set(b, v, "after", pair.after);
        set(b, v, "change", isnan(g->ratio) ? "–" : reporter_text_change(b->a, g->ratio));
        ak_tvalue_push(list, v);
    }
    ak_tvalue_set(map, "geomeans", list);
    ak_tvalue_set_bool(b->a, map, "has_geomeans", list->first != NULL);
}

/* Each unit once, in order of first sight. */
static void units_add(struct builder *b, struct ak_tvalue *map, const struct ak_comparison *cmp)
{
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; i < cmp->row_count; i++) {
        const struct ak_str unit = ak_str_from(cmp->rows[i].unit);
        const struct ak_tvalue *seen = list->first;
        while (seen && !ak_str_eq(seen->str, unit)) {
            seen = seen->next;
        }
        if (!seen) {
            ak_tvalue_push(list, ak_tvalue_str(b->a, unit));
        }
    }
    ak_tvalue_set(map, "units", list);
}

static struct ak_tvalue *comparison_value(struct builder *b, const struct ak_comparison *cmp)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    struct ak_tvalue *rows = ak_tvalue_list(b->a);
    for (size_t i = 0; i < cmp->row_count; i++) {
        ak_tvalue_push(rows, row_value(b, &cmp->rows[i]));
    }
    ak_tvalue_set(v, "rows", rows);
    units_add(b, v, cmp);
    geomeans_add(b, v, cmp);
    ak_tvalue_set_bool(b->a, v, "has_between", reporter_any_between(cmp));
    causes_add(b, v, cmp);
    silences_add(b, v, cmp);
    set_svg(b, v, "forest_svg", ak_chart_compare(cmp, AK_THEME_LIGHT),
            "Ratio after / before of each row with its interval");
    set_svg(b, v, "absolute_svg", ak_chart_absolute(cmp, AK_THEME_LIGHT),
            "All samples of both sides by unit");
    set(b, v, "caption",
        ak_arena_printf(b->a, "%s: %s", reporter_text_count(b->a, cmp->row_count, "row", "rows"),
                        reporter_text_counts(b->a, cmp->counts)));
    return v;
}

static struct ak_tvalue *judgement_value(struct builder *b, const struct ak_judgement *j)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    const struct look look = reporter_look_outcome(reporter_theme(AK_THEME_LIGHT), j->outcome);
    set(b, v, "glyph", look.glyph);
    set(b, v, "outcome", ak_outcome_text(j->outcome));
    set(b, v, "class",
        j->outcome == AK_OUTCOME_FAIL   ? "fail"
        : j->outcome == AK_OUTCOME_PASS ? "pass"
                                        : "muted");
    set(b, v, "criterion", j->criterion);
    set(b, v, "name", j->benchmark);
    set(b, v, "unit", j->unit);
    const char *value = j->is_trend       ? reporter_text_finding(b->a, j)
                        : isnan(j->value) ? "–"
                                          : reporter_text_value(b->a, j->value, j->unit);
    set(b, v, "value", value);
    set_raw(b, v, "value_raw", j->is_trend ? j->trend.slope : j->value);
    set(b, v, "limit", j->limit_text);
    set(b, v, "sentence", j->sentence);
    return v;
}

static struct ak_tvalue *check_value(struct builder *b, const struct ak_check *check)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    struct ak_tvalue *rows = ak_tvalue_list(b->a);
    bool has_trend = false;
    /* As in the chart: failures first. */
    static const enum ak_outcome order[] = {AK_OUTCOME_FAIL, AK_OUTCOME_UNJUDGED, AK_OUTCOME_PASS};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < check->row_count; i++) {
            if (check->rows[i].outcome == order[k]) {
                ak_tvalue_push(rows, judgement_value(b, &check->rows[i]));
                has_trend = has_trend || check->rows[i].is_trend;
            }
        }
    }
    ak_tvalue_set(v, "rows", rows);
    set(b, v, "label", reporter_text_run(b->a, check->run, "the run"));
    ak_tvalue_set_f(b->a, v, "caption", "criteria: %s; %zu passed, %zu failed, %zu not judged",
                    check->criteria_name, check->counts[AK_OUTCOME_PASS],
                    check->counts[AK_OUTCOME_FAIL], check->counts[AK_OUTCOME_UNJUDGED]);
    if (check->row_count > 0) {
        set_svg(b, v, "criteria_svg", ak_chart_criteria(check, AK_THEME_LIGHT),
                "What was measured as a part of its limit");
    } else {
        set(b, v, "criteria_svg", "");
    }
    if (has_trend) {
        set_svg(b, v, "leak_svg", ak_chart_leak(check, AK_THEME_LIGHT),
                "Growth over the repetitions of the run");
    } else {
        set(b, v, "leak_svg", "");
    }
    return v;
}

static void run_push(struct builder *b, struct ak_tvalue *list, const char *side,
                     const struct ak_run *run)
{
    if (!run) {
        return;
    }
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    struct ak_buf env = AK_BUF_INIT;
    for (size_t i = 0; i < run->env_count; i++) {
        const char *key = run->env[i].key;
        if (strcmp(key, "cpu") == 0 || strcmp(key, "goos") == 0 || strcmp(key, "goarch") == 0) {
            ak_buf_printf(&env, "%s%s", env.len > 0 ? ", " : "", run->env[i].value);
        }
    }
    set(b, v, "side", side);
    set(b, v, "label", reporter_text_run(b->a, run, side));
    set(b, v, "commit", reporter_text_commit(b->a, run));
    set(b, v, "branch", run->branch);
    set(b, v, "env", ak_arena_strndup(b->a, env.ptr ? env.ptr : "", env.len));
    const char *results =
        run->result_lines == 0
            ? ""
            : ak_arena_printf(b->a, "%zu results, %zu rejoined", run->result_lines, run->rejoined);
    set(b, v, "results", results);
    ak_buf_release(&env);
    ak_tvalue_push(list, v);
}

static void texts_push(struct builder *b, struct ak_tvalue *list, const char *const *texts,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        push_text(b, list, texts[i]);
    }
}

static void method_add(struct builder *b)
{
    const struct ak_comparison *cmp = b->model->cmp;
    struct ak_tvalue *method = ak_tvalue_list(b->a);
    struct ak_tvalue *differences = ak_tvalue_list(b->a);
    struct ak_tvalue *warnings = ak_tvalue_list(b->a);
    if (cmp) {
        push_text(b, method,
                  ak_arena_printf(b->a,
                                  "A row is worse or better when its Mann-Whitney p, corrected by "
                                  "Holm over all rows, is at most %g and its ratio leaves ±%g %%; "
                                  "it is the same when its %g %% interval (Hodges-Lehmann) lies "
                                  "within; else it is unsure.",
                                  cmp->alpha, cmp->margin * 100, cmp->confidence * 100));
        for (size_t i = 0; i < cmp->environment_difference_count; i++) {
            push_text(b, differences,
                      ak_arena_printf(b->a, "%s: %s", cmp->environment_differences[i].key,
                                      cmp->environment_differences[i].value));
        }
        texts_push(b, warnings, cmp->warnings, cmp->warning_count);
    }
    for (size_t i = 0; i < b->model->check_count; i++) {
        const struct ak_check *check = b->model->checks[i];
        texts_push(b, warnings, check->warnings, check->warning_count);
        texts_push(b, warnings, &check->advice, check->advice && *check->advice ? 1 : 0);
    }
    if (b->model->check_count > 0) {
        push_text(b, method, "Criteria are judged by exact counters, never by sampled profiles.");
    }
    ak_tvalue_set(b->root, "method", method);
    ak_tvalue_set(b->root, "differences", differences);
    ak_tvalue_set(b->root, "warnings", warnings);
}

static void head_add(struct builder *b)
{
    const struct ak_comparison *cmp = b->model->cmp;
    const size_t n = b->model->check_count;
    /* The last check is that of the newer run. */
    const struct ak_check *last = n > 0 ? b->model->checks[n - 1] : NULL;
    const struct headline h = reporter_headline(b->a, cmp, last, NULL);
    const char *title =
        cmp ? ak_arena_printf(b->a, "%s → %s",
                              reporter_text_run_beside(b->a, cmp->before, cmp->after, "before"),
                              reporter_text_run_beside(b->a, cmp->after, cmp->before, "after"))
            : reporter_text_run(b->a, last->run, "run");
    set(b, b->root, "title", title);
    set(b, b->root, "runs_link", b->model->runs_link);
    set(b, b->root, "variance", cmp ? cmp->variance : "");
    set(b, b->root, "glyph", h.glyph);
    set(b, b->root, "word", h.word);
    set(b, b->root, "tone",
        h.tone == HEADLINE_BAD    ? "bad"
        : h.tone == HEADLINE_GOOD ? "good"
                                  : "neutral");
    ak_tvalue_set(b->root, "headline", ak_tvalue_str(b->a, h.text));
    struct ak_tvalue *runs = ak_tvalue_list(b->a);
    if (cmp) {
        run_push(b, runs, "before", cmp->before);
        run_push(b, runs, "after", cmp->after);
    } else {
        run_push(b, runs, "run", last->run);
    }
    ak_tvalue_set(b->root, "runs", runs);
    struct ak_buf css = AK_BUF_INIT;
    reporter_theme_css(&css);
    ak_tvalue_set(b->root, "theme_css", ak_tvalue_str(b->a, ak_arena_str(b->a, ak_buf_view(&css))));
    ak_buf_release(&css);
}

enum ak_status ak_page_render(const struct ak_page_model *model, struct ak_buf *out,
                              struct ak_error *err)
{
    if (!model->cmp && model->check_count == 0) {
        return ak_fail(err, AK_NOT_JUDGED, "nothing to show on a page");
    }
    struct builder b = {.a = ak_arena_new(), .model = model};
    b.root = ak_tvalue_map(b.a);
    head_add(&b);
    struct ak_tvalue *checks = ak_tvalue_list(b.a);
    for (size_t i = 0; i < model->check_count; i++) {
        ak_tvalue_push(checks, check_value(&b, model->checks[i]));
    }
    ak_tvalue_set(b.root, "checks", checks);
    if (model->cmp) {
        ak_tvalue_set(b.root, "cmp", comparison_value(&b, model->cmp));
    } else {
        ak_tvalue_set_bool(b.a, b.root, "cmp", false);
    }
    method_add(&b);
    const enum ak_status st =
        ak_templates_render(model->templates, "report.html.mustache", b.root, out, err);
    ak_arena_free(b.a);
    return st;
}

enum ak_status ak_page_write(const struct ak_page_model *model, const char *path,
                             struct ak_error *err)
{
    struct ak_buf html = AK_BUF_INIT;
    enum ak_status st = ak_page_render(model, &html, err);
    if (st == AK_OK) {
        st = ak_file_write(path, ak_buf_view(&html), err);
    }
    ak_buf_release(&html);
    return st;
}

enum ak_status ak_compare_page(const struct ak_comparison *cmp, const char *path,
                               struct ak_error *err)
{
    return ak_page_write(&(struct ak_page_model){.cmp = cmp}, path, err);
}

enum ak_status ak_check_page(const struct ak_check *check, const char *path, struct ak_error *err)
{
    return ak_page_write(&(struct ak_page_model){.checks = &check, .check_count = 1}, path, err);
}
