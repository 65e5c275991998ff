#include "reporter/dashboard.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "charts/pen.h"
#include "charts/trend.h"
#include "findings.h"
#include "headline.h"
#include "page/leaks.h"
#include "page/profiles.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>

enum { CHANGE_RUNS = 6 };

/* A series with what decides its place. */
struct ranked {
    const struct ak_trend_series *series;
    double alarm;     /* larger: further up */
    double change;    /* newest level / the one before; NaN without a change point */
    size_t change_at; /* run of the newest change */
    struct trend_span span;
    struct ak_scale scale;
};

struct builder {
    struct ak_arena *a;
    const struct ak_dashboard *d;
    struct ranked *rows;
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

/* The newest change point and the ratio of the levels around it. */
static void newest_change(struct ranked *r)
{
    const struct ak_trend_series *s = r->series;
    size_t last = 0;
    size_t before = 0;
    for (size_t i = 1; i < s->point_count; i++) {
        if (s->points[i].change) {
            before = last;
            last = i;
        }
    }
    r->change = (double)NAN;
    if (last > 0) {
        size_t end;
        r->change_at = last;
        r->change = reporter_trend_level(s, last, &end) / reporter_trend_level(s, before, &end);
    }
}

static int by_alarm(const void *pa, const void *pb)
{
    const struct ranked *a = pa;
    const struct ranked *b = pb;
    if (a->alarm != b->alarm) {
        return a->alarm > b->alarm ? -1 : 1;
    }
    const int name = strcmp(a->series->benchmark, b->series->benchmark);
    if (name != 0) {
        return name;
    }
    const int unit = strcmp(a->series->unit, b->series->unit);
    return unit != 0 ? unit : (a->series > b->series) - (a->series < b->series);
}

/* Certainty times effect: the size of the newest change, in doublings, times the decimal digits of
 * its p. A leak stands before all, what got worse before what got better. */
static double alarm_of(const struct ranked *r)
{
    const struct ak_trend_point *p = &r->series->points[r->change_at];
    const double alarm = reporter_page_is_leaking(r->series) ? 2e6 : 0;
    if (!(isfinite(r->change) && r->change > 0)) {
        return alarm;
    }
    const double certainty = p->change_p > 0 ? fmin(-log10(p->change_p), 20) : 1;
    const double size = fmin(fabs(log2(r->change)), 50);
    return alarm + (p->verdict == AK_VERDICT_WORSE ? 1e4 : 0) + certainty * size;
}

static void rows_rank(struct builder *b)
{
    b->rows = AK_NEW_ARRAY(b->a, struct ranked, b->d->series_count + 1);
    for (size_t i = 0; i < b->d->series_count; i++) {
        struct ranked *r = &b->rows[i];
        r->series = &b->d->series[i];
        newest_change(r);
        r->alarm = alarm_of(r);
    }
    qsort(b->rows, b->d->series_count, sizeof *b->rows, by_alarm);
}

static size_t measured_count(const struct ak_trend_series *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->point_count; i++) {
        n += s->points[i].summary.n > 0 ? 1 : 0;
    }
    return n;
}

static const char *state_of(const struct ranked *r)
{
    if (reporter_page_is_leaking(r->series)) {
        return "leak";
    }
    if (isfinite(r->change)) {
        const enum ak_verdict v = r->series->points[r->change_at].verdict;
        return v == AK_VERDICT_WORSE ? "worse" : v == AK_VERDICT_BETTER ? "better" : "changed";
    }
    /* Fewer runs cannot show a change of level. */
    return measured_count(r->series) < CHANGE_RUNS ? "few runs" : "steady";
}

static void set_chart(struct builder *b, struct ak_tvalue *v, size_t i)
{
    struct ranked *r = &b->rows[i];
    struct ak_buf svg = AK_BUF_INIT;
    struct ak_canvas *chart = reporter_chart_trend_card(r->series, (int64_t)i, &r->span);
    ak_canvas_svg(chart,
                  ak_arena_printf(b->a, "%s %s over runs", r->series->benchmark, r->series->unit),
                  r->series->sentence[0] ? r->series->sentence : NULL, &svg);
    ak_tvalue_set(v, "svg", ak_tvalue_str(b->a, ak_arena_str(b->a, ak_buf_view(&svg))));
    ak_canvas_free(chart);
    ak_buf_release(&svg);
    ak_tvalue_set_f(b->a, v, "box", "%.0f %.0f %.0f %.0f", r->span.x_from - 10, r->span.y_from - 8,
                    r->span.x_to - r->span.x_from + 20, r->span.y_to - r->span.y_from + 16);
}

static struct ak_tvalue *row_value(struct builder *b, size_t i)
{
    const struct ranked *r = &b->rows[i];
    const struct ak_trend_series *s = r->series;
    const char *state = state_of(r);
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    const bool bad = strcmp(state, "leak") == 0 || strcmp(state, "worse") == 0;
    ak_tvalue_set_f(b->a, v, "i", "%zu", i);
    set(b, v, "state", state);
    set(b, v, "class", bad ? "worse" : strcmp(state, "better") == 0 ? "better" : "muted");
    set(b, v, "glyph",
        !isfinite(r->change) ? strcmp(state, "leak") == 0 ? "▲" : "="
        : r->change < 1      ? "▼"
                             : "▲");
    set(b, v, "name", s->benchmark);
    set(b, v, "package", s->package);
    set(b, v, "unit", s->unit);
    const struct ak_trend_point *last = reporter_page_newest(s);
    set(b, v, "value", last ? reporter_text_value(b->a, last->summary.median, s->unit) : "–");
    set_raw(b, v, "value_raw", last ? last->summary.median : (double)NAN);
    set(b, v, "change", isfinite(r->change) ? reporter_text_change(b->a, r->change) : "");
    set_raw(b, v, "change_raw", r->change);
    const char *since = "";
    if (isfinite(r->change)) {
        const struct ak_trend_point *p = &s->points[r->change_at];
        since = p->commit[0]
                    ? ak_arena_printf(b->a, "%.*s", (int)ak_utf8_cut(ak_str_from(p->commit), 10),
                                      p->commit)
                    : ak_arena_printf(b->a, "run %lld", (long long)p->run_id);
    }
    set(b, v, "since", since);
    ak_tvalue_set_f(b->a, v, "runs", "%zu", measured_count(s));
    set(b, v, "sentence", s->sentence);
    set_chart(b, v, i);
    return v;
}

/* --- what the script shows under the pointer and in tables ------------------------------------ */

/* As few digits as are shown: 4 significant ones. */
static void put_value(struct ak_buf *out, double v)
{
    if (isfinite(v)) {
        ak_buf_printf(out, "%.4g", v);
    } else {
        ak_buf_puts(out, "null");
    }
}

/* Distance of a bound from the median, in thousandths of it. */
static void put_part(struct ak_buf *out, double distance, double median)
{
    const double part = median != 0 ? distance / fabs(median) * 1000 : 0;
    if (isfinite(part) && fabs(part) < 1e6) {
        ak_buf_printf(out, "%.0f", part);
    } else {
        ak_buf_puts(out, "null");
    }
}

enum column { COLUMN_MEDIAN, COLUMN_LOW, COLUMN_HIGH, COLUMN_COUNT };

static bool is_count_constant(const struct ak_trend_series *s)
{
    const struct ak_trend_point *last = reporter_page_newest(s);
    for (size_t i = 0; i < s->point_count; i++) {
        if (s->points[i].summary.n > 0 && s->points[i].summary.n != last->summary.n) {
            return false;
        }
    }
    return true;
}

static void put_column(struct ak_buf *out, const struct ranked *r, enum column column)
{
    static const char *const keys[] = {"m", "l", "h", "n"};
    ak_buf_printf(out, ",\"%s\":", keys[column]);
    if (column == COLUMN_COUNT && is_count_constant(r->series)) {
        ak_buf_u64(out, reporter_page_newest(r->series) ? reporter_page_newest(r->series)->summary.n
                                                        : 0);
        return;
    }
    ak_buf_putc(out, '[');
    for (size_t i = 0; i < r->series->point_count; i++) {
        const struct ak_summary *s = &r->series->points[i].summary;
        if (i > 0) {
            ak_buf_putc(out, ',');
        }
        if (s->n == 0) {
            ak_buf_puts(out, "null");
        } else if (column == COLUMN_MEDIAN) {
            put_value(out, s->median / r->scale.divide);
        } else if (column == COLUMN_COUNT) {
            ak_buf_u64(out, s->n);
        } else if (column == COLUMN_LOW) {
            put_part(out, s->median - s->lo, s->median);
        } else {
            put_part(out, s->hi - s->median, s->median);
        }
    }
    ak_buf_putc(out, ']');
}

void reporter_page_json_text(struct ak_buf *out, const char *text)
{
    struct ak_buf b = AK_BUF_INIT;
    ak_json_escape(&b, ak_str_from(text));
    ak_buf_putc(out, '"');
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] == '<') {
            ak_buf_puts(out, "\\u003c");
        } else {
            ak_buf_putc(out, b.ptr[i]);
        }
    }
    ak_buf_putc(out, '"');
    ak_buf_release(&b);
}

static void put_runs(struct builder *b, struct ak_buf *out)
{
    ak_buf_puts(out, "{\"runs\":[");
    for (size_t i = 0; i < b->d->run_count; i++) {
        const struct ak_run *run = &b->d->runs[i];
        struct ak_buf when = AK_BUF_INIT;
        if (run->time_ns > 0) {
            ak_time_format(&when, run->time_ns);
        }
        const struct ak_str day = ak_str_slice(ak_buf_view(&when), 0, 10);
        ak_buf_printf(out, "%s[%lld,", i > 0 ? "," : "", (long long)run->id);
        reporter_page_json_text(out, reporter_text_commit(b->a, run));
        ak_buf_printf(out, ",\"%.*s\"", (int)day.len, day.len > 0 ? day.ptr : "");
        const char *label = run->label ? run->label : "";
        const struct ak_run *older = i > 0 ? &b->d->runs[i - 1] : NULL;
        /* A label that is also the run's before is not said again. */
        if (!older || strcmp(older->label ? older->label : "", label) != 0) {
            ak_buf_putc(out, ',');
            reporter_page_json_text(out, label);
        }
        ak_buf_putc(out, ']');
        ak_buf_release(&when);
    }
    ak_buf_puts(out, "],\"series\":[");
}

static struct ak_str data_json(struct builder *b)
{
    struct ak_buf out = AK_BUF_INIT;
    put_runs(b, &out);
    for (size_t i = 0; i < b->d->series_count; i++) {
        struct ranked *r = &b->rows[i];
        const struct ak_trend_point *last = reporter_page_newest(r->series);
        r->scale = ak_scale_for(last ? last->summary.median : 0, ak_str_from(r->series->unit));
        ak_buf_printf(&out, "%s\n{\"u\":", i > 0 ? "," : "");
        reporter_page_json_text(&out, r->scale.suffix);
        ak_buf_printf(&out, ",\"x\":[%.0f,%.0f],\"y\":[%.0f,%.0f]", r->span.x_from, r->span.x_to,
                      r->span.y_from, r->span.y_to);
        for (int c = COLUMN_MEDIAN; c <= COLUMN_COUNT; c++) {
            put_column(&out, r, (enum column)c);
        }
        ak_buf_putc(&out, '}');
    }
    ak_buf_puts(&out, "]");
    reporter_page_profiles(b->d, b->a, &out);
    ak_buf_putc(&out, '}');
    const struct ak_str copy = ak_arena_str(b->a, ak_buf_view(&out));
    ak_buf_release(&out);
    return copy;
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void latest_add(struct builder *b)
{
    const struct ak_check *check = b->d->latest;
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    ak_tvalue_set_bool(b->a, b->root, "has_latest", check != NULL && check->row_count > 0);
    if (!check || check->row_count == 0) {
        ak_tvalue_set(b->root, "latest", v);
        return;
    }
    const struct headline h = reporter_headline(b->a, NULL, check, NULL);
    set(b, v, "label", reporter_text_run(b->a, check->run, "the newest run"));
    set(b, v, "glyph", h.glyph);
    set(b, v, "word", h.word);
    set(b, v, "tone",
        h.tone == HEADLINE_BAD    ? "bad"
        : h.tone == HEADLINE_GOOD ? "good"
                                  : "neutral");
    ak_tvalue_set(v, "headline", ak_tvalue_str(b->a, h.text));
    struct ak_canvas *chart = ak_chart_criteria(check, AK_THEME_LIGHT);
    struct ak_buf svg = AK_BUF_INIT;
    ak_canvas_svg(chart, "Success criteria", NULL, &svg);
    ak_tvalue_set(v, "criteria_svg", ak_tvalue_str(b->a, ak_arena_str(b->a, ak_buf_view(&svg))));
    ak_buf_release(&svg);
    ak_canvas_free(chart);
    ak_tvalue_set(b->root, "latest", v);
}

static void leaks_add(struct builder *b)
{
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    const struct ak_trend_series *above = NULL;
    for (size_t i = 0; i < b->d->series_count; i++) {
        const struct ak_trend_series *s = b->rows[i].series;
        if (reporter_page_is_leaking(s)) {
            ak_tvalue_push(list, reporter_page_leak(b->a, s, i, above));
            above = s;
        }
    }
    ak_tvalue_set(b->root, "leaks", list);
    ak_tvalue_set_bool(b->a, b->root, "has_leaks", list->first != NULL);
}

static const char *summary(struct builder *b)
{
    size_t leaks = 0;
    size_t worse = 0;
    size_t better = 0;
    for (size_t i = 0; i < b->d->series_count; i++) {
        const char *state = state_of(&b->rows[i]);
        leaks += strcmp(state, "leak") == 0 ? 1 : 0;
        worse += strcmp(state, "worse") == 0 ? 1 : 0;
        better += strcmp(state, "better") == 0 ? 1 : 0;
    }
    return ak_arena_printf(
        b->a, "%s, %s: %zu leaking, %zu worse at their newest change, %zu better",
        reporter_text_count(b->a, b->d->run_count, "run", "runs"),
        reporter_text_count(b->a, b->d->series_count, "series", "series"), leaks, worse, better);
}

enum ak_status ak_dashboard_render(const struct ak_dashboard *d, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct builder b = {.a = ak_arena_new(), .d = d};
    b.root = ak_tvalue_map(b.a);
    rows_rank(&b);
    set(&b, b.root, "title", d->title);
    set(&b, b.root, "runs_link", d->runs_link);
    set(&b, b.root, "summary", summary(&b));
    struct ak_tvalue *rows = ak_tvalue_list(b.a);
    for (size_t i = 0; i < d->series_count; i++) {
        ak_tvalue_push(rows, row_value(&b, i));
    }
    ak_tvalue_set(b.root, "rows", rows);
    latest_add(&b);
    leaks_add(&b);
    reporter_findings_dashboard(b.a, b.root, d->findings, d->finding_count, 20);
    ak_tvalue_set_bool(b.a, b.root, "has_profiles", d->profile_count > 0);
    ak_tvalue_set(b.root, "data", ak_tvalue_str(b.a, data_json(&b)));
    struct ak_buf css = AK_BUF_INIT;
    reporter_theme_css(&css);
    ak_tvalue_set(b.root, "theme_css", ak_tvalue_str(b.a, ak_arena_str(b.a, ak_buf_view(&css))));
    ak_buf_release(&css);
    const enum ak_status st =
        ak_templates_render(d->templates, "dashboard.html.mustache", b.root, out, err);
    ak_arena_free(b.a);
    return st;
}
