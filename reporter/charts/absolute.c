/* Absolute values: one panel per unit; per benchmark two strips of all samples, before above after,
 * with median and interval, and the limit as a labelled line. */
#include "charts/panel.h"

#include <math.h>

enum { WIDTH = 1600, MARGIN = 36, TOP = 110, PANELS_MAX = 4, ROWS_MAX = 18 };

struct unit_panel {
    const char *unit;
    const struct ak_compare_row *rows[ROWS_MAX];
    size_t count, all;
    double limit; /* NaN: none */
};

struct absolute {
    struct pen pen;
    const struct ak_comparison *cmp;
    struct unit_panel panels[PANELS_MAX];
    size_t count;
    size_t hidden_units;
};

static struct unit_panel *panel_of(struct absolute *a, const char *unit)
{
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->panels[i].unit, unit) == 0) {
            return &a->panels[i];
        }
    }
    if (a->count == PANELS_MAX) {
        return NULL;
    }
    struct unit_panel *panel = &a->panels[a->count++];
    *panel = (struct unit_panel){.unit = unit, .limit = (double)NAN};
    return panel;
}

/* Units come in the order of their first row, which has the largest certain effect. */
static void rows_take(struct absolute *a)
{
    for (size_t i = 0; i < a->cmp->row_count; i++) {
        const struct ak_compare_row *row = &a->cmp->rows[i];
        struct unit_panel *panel = panel_of(a, row->unit);
        if (!panel) {
            a->hidden_units++;
            continue;
        }
        panel->all++;
        if (panel->count < ROWS_MAX) {
            panel->rows[panel->count++] = row;
        }
        if (isnan(panel->limit)) {
            panel->limit = row->limit;
        }
    }
}

static void take_summary(struct axis *axis, const struct ak_summary *s)
{
    for (size_t i = 0; i < s->n; i++) {
        reporter_axis_take(axis, s->values[i]);
    }
}

/* From zero where that shows all rows; a log axis where the largest is 20 times the smallest. */
static void axis_fit(struct axis *axis, const struct unit_panel *panel, size_t rows)
{
    axis->lo = (double)INFINITY;
    axis->hi = -(double)INFINITY;
    for (size_t i = 0; i < rows; i++) {
        take_summary(axis, &panel->rows[i]->before);
        take_summary(axis, &panel->rows[i]->after);
    }
    const bool has = reporter_axis_has(axis);
    if (has && axis->lo > 0 && isfinite(panel->limit) && panel->limit > 0) {
        reporter_axis_take(axis, panel->limit);
    }
    axis->is_log = has && axis->lo > 0 && axis->hi / axis->lo > 20;
    if (axis->is_log) {
        axis->lo /= 1.3;
        axis->hi *= 1.3;
    } else {
        axis->lo = has ? fmin(axis->lo, 0) : 0;
        axis->hi =
            has && axis->hi > axis->lo ? axis->hi + (axis->hi - axis->lo) * 0.06 : axis->lo + 1;
    }
}

struct strip {
    double y;
    uint32_t rgb, pale; /* of the median and interval, of the samples */
};

static void draw_strip(struct absolute *a, const struct axis *axis, const struct ak_summary *s,
                       const struct strip *strip)
{
    struct pen *p = &a->pen;
    for (size_t i = 0; i < s->n; i++) {
        if (!isfinite(s->values[i])) {
            continue;
        }
        const double jitter = (double)(i * 5 % 7) - 3; /* by index: the same every time */
        ak_canvas_circle(
            p->canvas,
            (struct ak_point){reporter_axis_at(axis, s->values[i]), strip->y + jitter * 0.8}, 3.5,
            &(struct ak_paint){.fill = true, .fill_rgb = strip->pale});
    }
    if (s->n == 0 || !isfinite(s->median)) {
        return;
    }
    if (!isnan(s->lo) && !isnan(s->hi)) {
        reporter_pen_line(p, (struct ak_point){reporter_axis_at(axis, s->lo), strip->y},
                          (struct ak_point){reporter_axis_at(axis, s->hi), strip->y},
                          &(struct ak_paint){.stroke = true, .stroke_rgb = strip->rgb, .width = 2});
    }
    const double x = reporter_axis_at(axis, s->median);
    reporter_pen_box(p, (struct ak_point){x - 1.5, strip->y - 8}, 3, 16, strip->rgb);
}

static void draw_x_axis(struct absolute *a, const struct axis *axis, const struct frame *plot,
                        const char *unit)
{
    struct pen *p = &a->pen;
    const struct ak_text_style s = {.size = 16, .rgb = p->theme->muted, .anchor = AK_ANCHOR_MIDDLE};
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ticks(axis, axis->is_log ? 6 : 4, ticks);
    double free_from = plot->x - 40;
    for (size_t i = 0; i < n; i++) {
        const double x = reporter_axis_at(axis, ticks[i]);
        const char *text = reporter_tick_text(p, ticks[i], axis, unit);
        const double half = reporter_pen_width(text, &s) / 2;
        reporter_pen_vline(p, x, plot->y, plot->y + plot->h + 6, p->theme->grid);
        if (x - half >= free_from && x + half <= plot->x + plot->w + 30) {
            reporter_pen_text(p, (struct ak_point){x, plot->y + plot->h + 25}, text, &s);
            free_from = x + half + 14;
        }
    }
}

static void draw_limit(struct absolute *a, const struct axis *axis, const struct frame *plot,
                       double limit)
{
    if (!isfinite(limit) || reporter_axis_outside(axis, limit)) {
        return;
    }
    const double x = reporter_axis_at(axis, limit);
    reporter_pen_line(&a->pen, (struct ak_point){x, plot->y - 6},
                      (struct ak_point){x, plot->y + plot->h},
                      &(struct ak_paint){.stroke = true,
                                         .stroke_rgb = a->pen.theme->ink,
                                         .width = 2,
                                         .dash_on = 6,
                                         .dash_off = 4});
}

static void draw_heading(struct absolute *a, const struct unit_panel *panel,
                         const struct frame *frame, size_t rows, bool is_log)
{
    struct pen *p = &a->pen;
    const struct ak_text_style name = {.size = 20, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(17, p->theme->muted);
    const double w = reporter_pen_text_fit(p, (struct ak_point){frame->x, frame->y + 22},
                                           panel->unit, frame->w * 0.4, &name);
    const char *text =
        panel->rows[0]->better == AK_HIGHER_IS_BETTER ? "higher is better" : "lower is better";
    if (is_log) {
        text = ak_arena_printf(p->arena, "%s · log axis", text);
    }
    if (isfinite(panel->limit)) {
        text = ak_arena_printf(p->arena, "%s · dashed: limit %s", text,
                               reporter_text_value(p->arena, panel->limit, panel->unit));
    }
    if (panel->all > rows) {
        text = ak_arena_printf(p->arena, "%s · %zu of %zu shown", text, rows, panel->all);
    }
    reporter_pen_text_fit(p, (struct ak_point){frame->x + w + 16, frame->y + 22}, text,
                          frame->w - w - 16, &sub);
}

static void draw_panel(struct absolute *a, const struct unit_panel *panel,
                       const struct frame *frame)
{
    struct pen *p = &a->pen;
    const double head = 42;
    const double foot = 42;
    const double room = frame->h - head - foot - 16;
    const double fit = floor(room / 34);
    const size_t rows = (double)panel->count > fit ? (size_t)fit : panel->count;
    const double row_height = fmin(room / (double)rows, 48);
    const struct ak_text_style s = {.size = 17, .rgb = p->theme->ink, .anchor = AK_ANCHOR_END};
    double name_w = 0;
    for (size_t i = 0; i < rows; i++) {
        name_w = fmax(name_w, reporter_pen_width(panel->rows[i]->benchmark, &s));
    }
    name_w = fmin(name_w, frame->w * 0.5);
    const struct frame plot = {frame->x + name_w + 16, frame->y + head, frame->w - name_w - 16 - 20,
                               row_height * (double)rows};
    struct axis axis = {.from = plot.x, .to = plot.x + plot.w};
    axis_fit(&axis, panel, rows);
    draw_heading(a, panel, frame, rows, axis.is_log);
    draw_x_axis(a, &axis, &plot, panel->unit);
    draw_limit(a, &axis, &plot, panel->limit);
    for (size_t i = 0; i < rows; i++) {
        const struct ak_compare_row *row = panel->rows[i];
        const double y = plot.y + row_height * ((double)i + 0.5);
        const double apart = fmin(row_height * 0.22, 10);
        reporter_pen_hline(p, plot.x, plot.x + plot.w, plot.y + row_height * (double)(i + 1),
                           p->theme->grid);
        reporter_pen_text_fit(p, (struct ak_point){plot.x - 12, round(y + 6)}, row->benchmark,
                              name_w, &s);
        const struct strip before = {y - apart, p->theme->unsure,
                                     reporter_tint(p->theme, p->theme->unsure, 0.45)};
        const struct strip after = {y + apart, p->theme->better,
                                    reporter_tint(p->theme, p->theme->better, 0.45)};
        draw_strip(a, &axis, &row->before, &before);
        draw_strip(a, &axis, &row->after, &after);
    }
}

/* "before" and "after" with their marks; returns nothing, ends at the right margin. */
static void draw_head(struct absolute *a)
{
    struct pen *p = &a->pen;
    const struct ak_text_style title = {.size = 30, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(20, p->theme->muted);
    const char *before = reporter_text_run(p->arena, a->cmp->before, "before");
    const char *after = reporter_text_run(p->arena, a->cmp->after, "after");
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 52},
                          ak_arena_printf(p->arena, "%s → %s: all samples", before, after),
                          WIDTH - 2 * MARGIN, &title);
    const struct look grey = {.mark = p->theme->unsure, .solid = true};
    const struct look blue = {.mark = p->theme->better, .solid = true};
    double x = MARGIN + 8;
    reporter_pen_mark(p, (struct ak_point){x, 79}, 7, &grey);
    x += 16 + reporter_pen_text_fit(p, (struct ak_point){x + 16, 86}, before, 420, &sub);
    x += 32;
    reporter_pen_mark(p, (struct ak_point){x, 79}, 7, &blue);
    x += 16 + reporter_pen_text_fit(p, (struct ak_point){x + 16, 86}, after, 420, &sub);
    const char *text = "bar: median with its interval";
    if (a->hidden_units > 0) {
        text = ak_arena_printf(p->arena, "%s · %s of other units not shown", text,
                               reporter_text_count(p->arena, a->hidden_units, "row", "rows"));
    }
    reporter_pen_text_fit(p, (struct ak_point){x + 32, 86}, text, WIDTH - MARGIN - x - 32, &sub);
}

/* What a panel would like to have. */
static double wanted_height(const struct unit_panel *panel)
{
    return 100 + 48 * (double)panel->count;
}

/* The frames of all panels, each below the last of the shorter column; returns the height of the
 * longer one. */
static double frames_place(const struct absolute *a, struct frame frames[PANELS_MAX])
{
    enum { COLUMNS = 2, APART = 40 };
    const size_t columns = a->count > 1 ? COLUMNS : 1;
    const double width = (WIDTH - 2.0 * MARGIN - APART * (double)(columns - 1)) / (double)columns;
    double filled[COLUMNS] = {0};
    for (size_t i = 0; i < a->count; i++) {
        const size_t k = columns > 1 && filled[1] < filled[0] ? 1 : 0;
        frames[i] = (struct frame){MARGIN + (double)k * (width + APART), filled[k], width,
                                   wanted_height(&a->panels[i])};
        filled[k] += frames[i].h;
    }
    return fmax(filled[0], filled[1]);
}

struct ak_canvas *ak_chart_absolute(const struct ak_comparison *cmp, enum ak_theme theme)
{
    struct absolute a = {.pen = reporter_pen_open(theme), .cmp = cmp};
    struct frame frames[PANELS_MAX];
    rows_take(&a);
    const double wanted = frames_place(&a, frames);
    const double height = a.count == 0 ? 170 : fmin(TOP + wanted, 900);
    reporter_pen_canvas(&a.pen, WIDTH, height);
    draw_head(&a);
    const double squeeze = (height - TOP) / fmax(wanted, 1);
    for (size_t i = 0; i < a.count; i++) {
        frames[i].y = TOP + frames[i].y * squeeze;
        frames[i].h *= squeeze;
        draw_panel(&a, &a.panels[i], &frames[i]);
    }
    return reporter_pen_close(&a.pen);
}
