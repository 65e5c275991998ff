/* One benchmark over the runs of a history: median with its interval as a band, levels between
 * change points, the limit. A run that did not measure it is a gap. */
#include "charts/trend.h"

#include "base/mem.h"
#include "charts/panel.h"

#include <math.h>
#include <stdlib.h>

enum { MARGIN = 24, BOTTOM = 46, MARKS_MAX = 48, LINE = 20, Y_TICKS = 5 };

struct trend {
    struct pen pen;
    const struct ak_trend_series *series;
    struct panel panel;
    double width, height, top, margin; /* top: of the plot */
    double title, font;                /* sizes */
    size_t marks_max;
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
    *panel = (struct panel){.unit = s->unit, .font = t->font};
    panel->y = (struct axis){
        .lo = (double)INFINITY, .hi = -(double)INFINITY, .from = t->height - BOTTOM, .to = t->top};
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
    /* Noise of a few percent shall not look like a mountain range. */
    const double level = (panel->y.lo + panel->y.hi) / 2;
    const double least = 0.05 * fabs(level);
    if (reporter_axis_has(&panel->y) && panel->y.hi - panel->y.lo < 2 * least) {
        panel->y.lo = level - least;
        panel->y.hi = level + least;
    }
    reporter_axis_pad(&panel->y, 0.06);
    const double room = reporter_panel_y_room(&t->pen, panel, Y_TICKS);
    const double last = s->point_count > 1 ? (double)s->point_count - 1 : 1;
    panel->x = (struct axis){
        .lo = 0, .hi = last, .from = t->margin + room + 8, .to = t->width - MARGIN - 8};
}

/* Calls draw for each stretch of runs without a gap or a change of level. */
static void each_stretch(struct trend *t, void (*draw)(struct trend *t, size_t from, size_t to))
{
    const struct ak_trend_series *s = t->series;
    for (size_t i = 0; i < s->point_count; i++) {
        size_t to = i;
        while (to < s->point_count && measured(&s->points[to]) &&
               (to == i || !s->points[to].change)) {
            to++;
        }
        if (to > i) {
            draw(t, i, to);
            i = to - 1;
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
            p, (struct ak_point){x, t->top}, (struct ak_point){x, t->height - BOTTOM},
            &(struct ak_paint){
                .stroke = true, .stroke_rgb = look.mark, .width = 2, .dash_on = 5, .dash_off = 4});
        const char *label =
            ak_arena_printf(p->arena, "%s %s %s", look.glyph, reporter_text_change(p->arena, ratio),
                            run_name(p, &s->points[i]));
        const struct ak_text_style style = reporter_pen_style(t->font, look.text);
        const double w = reporter_pen_width(label, &style);
        /* Beside its rule where there is room, else to its left. */
        const double at = x + w < t->width - MARGIN ? x : x - w;
        if (at >= free_from) {
            reporter_pen_text(p, (struct ak_point){at, t->top - 6}, label, &style);
            free_from = at + w + 12;
        }
    }
}

/* A thin line from level to level: that the series goes on, not that anything lies between. */
static void draw_links(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    for (size_t i = 1; i < s->point_count; i++) {
        if (s->points[i].change && measured(&s->points[i - 1]) && measured(&s->points[i])) {
            reporter_pen_line(
                &t->pen, place(t, i - 1, s->points[i - 1].summary.median),
                place(t, i, s->points[i].summary.median),
                &(struct ak_paint){.stroke = true, .stroke_rgb = t->pen.theme->unsure, .width = 1});
        }
    }
}

static void draw_marks(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    for (size_t i = 0; i < s->point_count && s->point_count <= t->marks_max; i++) {
        if (measured(&s->points[i])) {
            const struct look look = {.mark = t->pen.theme->better, .solid = true};
            reporter_pen_mark(&t->pen, place(t, i, s->points[i].summary.median), 3.5, &look);
        }
    }
}

/* The smallest of 1, 2, 5, 10, 20, ... that is not below v. */
static size_t round_up(double v)
{
    static const size_t steps[] = {1, 2, 5};
    for (size_t ten = 1; ten < 1000000000; ten *= 10) {
        for (size_t i = 0; i < AK_COUNT(steps); i++) {
            if ((double)(steps[i] * ten) >= v) {
                return steps[i] * ten;
            }
        }
    }
    return 1000000000;
}

static void draw_runs(struct trend *t)
{
    const struct ak_trend_series *s = t->series;
    struct pen *p = &t->pen;
    const struct ak_text_style style = {
        .size = t->font, .rgb = p->theme->muted, .anchor = AK_ANCHOR_MIDDLE};
    const double base = t->height - BOTTOM;
    double widest = 0;
    for (size_t i = 0; i < s->point_count; i++) {
        widest = fmax(widest, reporter_pen_width(run_name(p, &s->points[i]), &style));
    }
    const double apart = s->point_count > 1 ? place(t, 1, 0).x - place(t, 0, 0).x : 1;
    const size_t every = round_up((widest + t->font) / fmax(apart, 0.1));
    for (size_t i = 0; i < s->point_count; i += every) {
        const double x = place(t, i, 0).x;
        const char *name = run_name(p, &s->points[i]);
        const double half = reporter_pen_width(name, &style) / 2;
        if (x - half >= 0 && x + half <= t->width) {
            reporter_pen_vline(p, x, base, base + 5, p->theme->muted);
            reporter_pen_text(p, (struct ak_point){x, base + 8 + t->font}, name, &style);
        }
    }
    reporter_pen_hline(p, t->panel.x.from, t->panel.x.to, base, p->theme->muted);
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

/* Title, what the signs mean, and, where `sentence`, what was found. The plot begins below. */
static void draw_head(struct trend *t, bool sentence)
{
    const struct ak_trend_series *s = t->series;
    struct pen *p = &t->pen;
    const struct ak_text_style title = {
        .size = t->title, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(t->font, p->theme->muted);
    const char *head = ak_arena_printf(p->arena, "%s  %s", s->benchmark, s->unit);
    const double room = t->width - 2 * t->margin;
    double y = t->title + 10;
    reporter_pen_text_fit(p, (struct ak_point){t->margin, y}, head, room, &title);
    const char *words =
        ak_arena_printf(p->arena, "%s, %s · line: median, band: its interval",
                        reporter_text_count(p->arena, s->point_count, "run", "runs"),
                        s->better == AK_HIGHER_IS_BETTER ? "higher is better" : "lower is better");
    if (isfinite(s->limit)) {
        words = ak_arena_printf(p->arena, "%s · dashed: limit %s", words,
                                reporter_text_value(p->arena, s->limit, s->unit));
    }
    y += t->font + 10;
    reporter_pen_text_fit(p, (struct ak_point){t->margin, y}, words, room, &sub);
    if (sentence && s->sentence && s->sentence[0]) {
        const struct ak_text_style found = reporter_pen_style(t->font, p->theme->ink);
        y = reporter_pen_paragraph(p, (struct ak_point){t->margin, y + LINE}, s->sentence, room,
                                   &found);
    }
    t->top = y + LINE + t->font;
}

static const char *group_id(struct trend *t, const char *kind, int64_t id)
{
    return id < 0 ? NULL : ak_arena_printf(t->pen.arena, "%s%lld", kind, (long long)id);
}

static struct ak_canvas *trend_draw(struct trend *t, int64_t id, struct trend_span *out_span)
{
    axes_fit(t);
    ak_canvas_group_begin(t->pen.canvas, group_id(t, "b", id), "band", (struct ak_str){0});
    each_stretch(t, draw_band);
    ak_canvas_group_end(t->pen.canvas);
    reporter_panel_y_axis(&t->pen, &t->panel, Y_TICKS);
    draw_limit(t);
    draw_changes(t);
    ak_canvas_group_begin(t->pen.canvas, group_id(t, "l", id), "line", (struct ak_str){0});
    draw_links(t);
    each_stretch(t, draw_median);
    draw_marks(t);
    ak_canvas_group_end(t->pen.canvas);
    draw_runs(t);
    *out_span = (struct trend_span){t->panel.x.from, t->panel.x.to, t->top, t->height - BOTTOM};
    return reporter_pen_close(&t->pen);
}

struct ak_canvas *reporter_chart_trend_card(const struct ak_trend_series *series, int64_t id,
                                            struct trend_span *out_span)
{
    struct trend t = {.pen = reporter_pen_open(AK_THEME_LIGHT),
                      .series = series,
                      .width = 620,
                      .height = 270,
                      .title = 15,
                      .font = 12,
                      .marks_max = 24};
    reporter_pen_canvas(&t.pen, t.width, t.height);
    draw_head(&t, false);
    return trend_draw(&t, id, out_span);
}

struct ak_canvas *ak_chart_trend(const struct ak_trend_series *series, enum ak_theme theme)
{
    struct trend t = {.pen = reporter_pen_open(theme),
                      .series = series,
                      .width = 1200,
                      .height = 370,
                      .margin = MARGIN,
                      .title = 20,
                      .font = 14,
                      .marks_max = MARKS_MAX};
    struct trend_span span;
    reporter_pen_canvas(&t.pen, t.width, t.height);
    draw_head(&t, true);
    return trend_draw(&t, -1, &span);
}
