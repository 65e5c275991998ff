/* One benchmark over the runs of a history: median with its interval as a band, levels between
 * change points, the limit. A run that did not measure it is a gap. */
#include "charts/trend.h"

#include "base/mem.h"
#include "charts/panel.h"

#include <math.h>
#include <stdlib.h>

enum { WIDTH = 1200, HEIGHT = 330, MARGIN = 24, TOP = 86, BOTTOM = 46, MARKS_MAX = 48 };

struct trend {
    struct pen pen;
    const struct ak_trend_series *series;
    struct panel panel;
};

static bool measured(const struct ak_trend_point *p)
{
    return p->summary.n > 0 && isfinite(p->summary.median);
}

/* The interval, or the range where the sample is too small for one. */
static double low(const struct ak_trend_point *p)
{
    return isfinite(p->summary.lo) ? p->summary.lo : p->summary.min;
}

static double high(const struct ak_trend_point *p)
{
    return isfinite(p->summary.hi) ? p->summary.hi : p->summary.max;
}

/* Tenths of a point, or halves in a long history, are enough for a picture and shorter in a page.
 */
static struct ak_point place(const struct trend *t, size_t i, double value)
{
    const double parts = t->series->point_count > 100 ? 2 : 10;
    return (struct ak_point){round(reporter_axis_at(&t->panel.x, (double)i)),
                             round(reporter_axis_at(&t->panel.y, value) * parts) / parts};
}

static void axes_fit(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    struct panel *panel = &t->panel;
    *panel = (struct panel){.unit = s->unit, .font = 14};
    panel->y = (struct axis){
        .lo = (double)INFINITY, .hi = -(double)INFINITY, .from = HEIGHT - BOTTOM, .to = TOP};
    for (size_t i = 0; i < s->point_count; i++) {
        if (measured(&s->points[i])) {
            reporter_axis_take(&panel->y, s->points[i].summary.median);
            reporter_axis_take(&panel->y, low(&s->points[i]));
            reporter_axis_take(&panel->y, high(&s->points[i]));
        }
    }
    /* The limit belongs into the picture unless it is so far away that nothing else would show. */
    if (isfinite(s->limit) && reporter_axis_has(&panel->y) &&
        fabs(s->limit) < 4 * fmax(fabs(panel->y.hi), fabs(panel->y.lo))) {
        reporter_axis_take(&panel->y, s->limit);
    }
    reporter_axis_pad(&panel->y, 0.06);
    const double room = reporter_panel_y_room(&t->pen, panel, 4);
    const double last = s->point_count > 1 ? (double)s->point_count - 1 : 1;
    panel->x =
        (struct axis){.lo = 0, .hi = last, .from = MARGIN + room + 8, .to = WIDTH - MARGIN - 8};
}

/* Calls draw for each stretch of runs without a gap. */
static void each_stretch(struct trend *t, void (*draw)(struct trend *t, size_t from, size_t to))
{
    const struct ak_trend_series *s = t->series;
    for (size_t i = 0; i < s->point_count; i++) {
        size_t to = i;
        while (to < s->point_count && measured(&s->points[to])) {
            to++;
        }
        if (to > i) {
            draw(t, i, to);
            i = to;
        }
    }
}

/* Long histories are thinned: each vertex of the band stands for `every` runs, with their extremes.
 */
static void draw_band(struct trend *t, size_t from, size_t to)
{
    const struct ak_trend_point *pts = t->series->points;
    const size_t every = t->series->point_count > 120 ? 2 : 1;
    const size_t n = (to - from + every - 1) / every;
    struct ak_point *band = ak_reallocarray(NULL, 2 * n, sizeof *band);
    for (size_t k = 0; k < n; k++) {
        const size_t first = from + k * every;
        double lo = low(&pts[first]);
        double hi = high(&pts[first]);
        for (size_t i = first + 1; i < first + every && i < to; i++) {
            lo = fmin(lo, low(&pts[i]));
            hi = fmax(hi, high(&pts[i]));
        }
        const size_t at = k + 1 == n ? to - 1 : first;
        band[k] = place(t, at, hi);
        band[2 * n - 1 - k] = place(t, at, lo);
    }
    const struct theme *theme = t->pen.theme;
    if (to - from > 1) {
        ak_canvas_polygon(
            t->pen.canvas, band, 2 * n,
            &(struct ak_paint){.fill = true, .fill_rgb = reporter_tint(theme, theme->unsure, 0.2)});
    }
    ak_free(band);
}

static void draw_median(struct trend *t, size_t from, size_t to)
{
    struct ak_point *line = ak_reallocarray(NULL, to - from, sizeof *line);
    for (size_t i = from; i < to; i++) {
        line[i - from] = place(t, i, t->series->points[i].summary.median);
    }
    ak_canvas_polyline(
        t->pen.canvas, line, to - from,
        &(struct ak_paint){.stroke = true, .stroke_rgb = t->pen.theme->better, .width = 2});
    ak_free(line);
}

static int by_value(const void *pa, const void *pb)
{
    const double a = *(const double *)pa;
    const double b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* Median of the medians of runs from..to; NaN when none is measured. */
static double level_of(const struct ak_trend_series *s, size_t from, size_t to)
{
    double *v = ak_reallocarray(NULL, to - from + 1, sizeof *v);
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (measured(&s->points[i])) {
            v[n++] = s->points[i].summary.median;
        }
    }
    qsort(v, n, sizeof *v, by_value);
    const double level = n == 0 ? (double)NAN : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
    ak_free(v);
    return level;
}

double reporter_trend_level(const struct ak_trend_series *series, size_t from, size_t *out_to)
{
    size_t to = from + 1;
    while (to < series->point_count && !series->points[to].change) {
        to++;
    }
    *out_to = to;
    return level_of(series, from, to < series->point_count ? to : series->point_count);
}

static void draw_level(struct trend *t, size_t from, size_t to)
{
    const double level = level_of(t->series, from, to);
    while (to > from && !measured(&t->series->points[to - 1])) {
        to--;
    }
    while (from < to && !measured(&t->series->points[from])) {
        from++;
    }
    if (isnan(level) || from == to) {
        return;
    }
    reporter_pen_line(&t->pen, place(t, from, level), place(t, to - 1, level),
                      &(struct ak_paint){.stroke = true,
                                         .stroke_rgb = t->pen.theme->ink,
                                         .width = 1,
                                         .dash_on = 2,
                                         .dash_off = 3});
}

static const char *run_name(struct pen *p, const struct ak_trend_point *point)
{
    const struct ak_str commit = ak_str_from(point->commit);
    if (commit.len > 0) {
        return ak_arena_printf(p->arena, "%.*s", (int)ak_utf8_cut(commit, 7), commit.ptr);
    }
    return ak_arena_printf(p->arena, "#%lld", (long long)point->run_id);
}

/* Rules at the change points, with the commit and the change between the levels. */
static void draw_changes(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    struct pen *p = &t->pen;
    size_t begin = 0;
    size_t before = 0;
    double free_from = t->panel.x.from;
    for (size_t i = 1; i <= s->point_count; i++) {
        if (i < s->point_count && !s->points[i].change) {
            continue;
        }
        draw_level(t, begin, i);
        before = begin;
        begin = i;
        if (i == s->point_count) {
            break;
        }
        size_t end;
        const double ratio = reporter_trend_level(s, i, &end) / level_of(s, before, i);
        const struct look look = reporter_look_verdict(p->theme, s->points[i].verdict, ratio);
        const double x = (place(t, i - 1, 0).x + place(t, i, 0).x) / 2;
        reporter_pen_line(
            p, (struct ak_point){x, TOP}, (struct ak_point){x, HEIGHT - BOTTOM},
            &(struct ak_paint){
                .stroke = true, .stroke_rgb = look.mark, .width = 2, .dash_on = 5, .dash_off = 4});
        const char *label =
            ak_arena_printf(p->arena, "%s %s %s", look.glyph, reporter_text_change(p->arena, ratio),
                            run_name(p, &s->points[i]));
        const struct ak_text_style style = reporter_pen_style(14, look.text);
        const double w = reporter_pen_width(label, &style);
        if (x >= free_from && x + w < WIDTH - MARGIN) {
            reporter_pen_text(p, (struct ak_point){x, TOP - 6}, label, &style);
            free_from = x + w + 12;
        }
    }
}

static void draw_marks(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    for (size_t i = 0; i < s->point_count && s->point_count <= MARKS_MAX; i++) {
        if (measured(&s->points[i])) {
            const struct look look = {.mark = t->pen.theme->better, .solid = true};
            reporter_pen_mark(&t->pen, place(t, i, s->points[i].summary.median), 3.5, &look);
        }
    }
}

static void draw_runs(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    struct pen *p = &t->pen;
    const struct ak_text_style style = {
        .size = 14, .rgb = p->theme->muted, .anchor = AK_ANCHOR_MIDDLE};
    double free_from = t->panel.x.from - 30;
    for (size_t i = 0; i < s->point_count; i++) {
        const double x = place(t, i, 0).x;
        const char *name = run_name(p, &s->points[i]);
        const double half = reporter_pen_width(name, &style) / 2;
        if (x - half >= free_from && x + half <= WIDTH - 4) {
            reporter_pen_vline(p, x, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5, p->theme->muted);
            reporter_pen_text(p, (struct ak_point){x, HEIGHT - BOTTOM + 22}, name, &style);
            free_from = x + half + 60;
        }
    }
    reporter_pen_hline(p, t->panel.x.from, t->panel.x.to, HEIGHT - BOTTOM, p->theme->muted);
}

static void draw_limit(struct trend *t)
{
    const double limit = t->series->limit;
    if (!isfinite(limit) || reporter_axis_outside(&t->panel.y, limit)) {
        return;
    }
    const double y = reporter_axis_at(&t->panel.y, limit);
    reporter_pen_line(&t->pen, (struct ak_point){t->panel.x.from, y},
                      (struct ak_point){t->panel.x.to, y},
                      &(struct ak_paint){.stroke = true,
                                         .stroke_rgb = t->pen.theme->ink,
                                         .width = 2,
                                         .dash_on = 6,
                                         .dash_off = 4});
}

static void draw_head(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    struct pen *p = &t->pen;
    const struct ak_text_style title = {.size = 18, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(14, p->theme->muted);
    const char *head = ak_arena_printf(p->arena, "%s  %s", s->benchmark, s->unit);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 30}, head, WIDTH - 2 * MARGIN, &title);
    const char *words =
        ak_arena_printf(p->arena, "%s, %s · line: median, band: its interval",
                        reporter_text_count(p->arena, s->point_count, "run", "runs"),
                        s->better == AK_HIGHER_IS_BETTER ? "higher is better" : "lower is better");
    if (isfinite(s->limit)) {
        words = ak_arena_printf(p->arena, "%s · dashed: limit %s", words,
                                reporter_text_value(p->arena, s->limit, s->unit));
    }
    if (s->sentence && s->sentence[0]) {
        words = ak_arena_printf(p->arena, "%s · %s", words, s->sentence);
    }
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 54}, words, WIDTH - 2 * MARGIN, &sub);
}

static const char *group_id(struct trend *t, const char *kind, int64_t id)
{
    return id < 0 ? NULL : ak_arena_printf(t->pen.arena, "%s%lld", kind, (long long)id);
}

struct ak_canvas *reporter_chart_trend(const struct ak_trend_series *series, enum ak_theme theme,
                                       int64_t id, struct trend_span *out_span)
{
    struct trend t = {.pen = reporter_pen_open(theme), .series = series};
    axes_fit(&t);
    reporter_pen_canvas(&t.pen, WIDTH, HEIGHT);
    draw_head(&t);
    ak_canvas_group_begin(t.pen.canvas, group_id(&t, "b", id), "band", (struct ak_str){0});
    each_stretch(&t, draw_band);
    ak_canvas_group_end(t.pen.canvas);
    reporter_panel_y_axis(&t.pen, &t.panel, 4);
    draw_limit(&t);
    draw_changes(&t);
    ak_canvas_group_begin(t.pen.canvas, group_id(&t, "l", id), "line", (struct ak_str){0});
    each_stretch(&t, draw_median);
    draw_marks(&t);
    ak_canvas_group_end(t.pen.canvas);
    draw_runs(&t);
    *out_span = (struct trend_span){t.panel.x.from, t.panel.x.to, TOP, HEIGHT - BOTTOM};
    return reporter_pen_close(&t.pen);
}

struct ak_canvas *ak_chart_trend(const struct ak_trend_series *series, enum ak_theme theme)
{
    struct trend_span span;
    return reporter_chart_trend(series, theme, -1, &span);
}
