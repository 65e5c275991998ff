/* Growth over the repetitions of a run: points, the Theil-Sen line with its interval as a band, and
 * the verdict in words. */
#include "charts/panel.h"
#include "charts/trend.h"

#include <math.h>

enum { WIDTH = 1600, PANELS_MAX = 6, MARGIN = 36, TOP = 110 };

struct leak {
    struct pen pen;
    const struct ak_check *check;
    const struct ak_judgement *trends[PANELS_MAX];
    size_t count, all;
    double scale; /* of texts and marks */
};

/* What needs eyes comes first. */
static int severity(enum ak_growth g)
{
    switch (g) {
    case AK_GROWTH_LEAK:
        return 4;
    case AK_GROWTH_STEP:
        return 3;
    case AK_GROWTH_UNSURE:
        return 2;
    case AK_GROWTH_WARMUP:
        return 1;
    case AK_GROWTH_NONE:
    case AK_GROWTH_COUNT:
    default:
        return 0;
    }
}

static void trends_take(struct leak *l)
{
    for (int level = 4; level >= 0; level--) {
        for (size_t i = 0; i < l->check->row_count; i++) {
            const struct ak_judgement *j = &l->check->rows[i];
            if (!j->is_trend || severity(j->trend.growth) != level) {
                continue;
            }
            l->all++;
            if (l->count < PANELS_MAX) {
                l->trends[l->count++] = j;
            }
        }
    }
}

static const char *signed_value(struct pen *p, double v, const char *unit)
{
    return ak_arena_printf(p->arena, "%s%s", v > 0 ? "+" : "",
                           reporter_text_value(p->arena, v, unit));
}

static const char *certainty(struct pen *p, const struct ak_judgement *j)
{
    const struct ak_trend *t = &j->trend;
    const char *interval = "";
    if (isfinite(t->slope_lo) && isfinite(t->slope_hi)) {
        interval =
            ak_arena_printf(p->arena, "%s…%s (95 %%) · ", signed_value(p, t->slope_lo, j->unit),
                            signed_value(p, t->slope_hi, j->unit));
    }
    const char *p_text = reporter_text_p(p->arena, t->p);
    return ak_arena_printf(p->arena, "%sn=%zu%s%s", interval, j->summary.n,
                           p_text[0] ? " · Mann-Kendall " : "", p_text);
}

/* The band lies below the grid of the y axis, the line above. */
static void draw_line(struct leak *l, const struct panel *panel, const struct ak_judgement *j,
                      size_t wanted)
{
    const struct ak_trend *t = &j->trend;
    if (!isfinite(t->slope)) {
        reporter_panel_y_axis(&l->pen, panel, wanted);
        return;
    }
    const double from = (double)t->used_from;
    const double to = (double)j->summary.n - 1;
    const double mid = (from + to) / 2;
    const double y_mid = t->intercept + t->slope * mid;
    struct ak_point line[2];
    struct ak_point band[4];
    for (size_t side = 0; side < 2; side++) {
        const double at = side == 0 ? from : to;
        const double x = reporter_axis_at(&panel->x, at + 1);
        line[side] =
            (struct ak_point){x, reporter_axis_at(&panel->y, y_mid + t->slope * (at - mid))};
        band[side] =
            (struct ak_point){x, reporter_axis_at(&panel->y, y_mid + t->slope_lo * (at - mid))};
        band[3 - side] =
            (struct ak_point){x, reporter_axis_at(&panel->y, y_mid + t->slope_hi * (at - mid))};
    }
    const struct theme *theme = l->pen.theme;
    const uint32_t rgb = severity(t->growth) >= 3 ? theme->worse : theme->unsure;
    if (isfinite(t->slope_lo) && isfinite(t->slope_hi)) {
        ak_canvas_polygon(
            l->pen.canvas, (const struct ak_point[]){band[0], band[1], band[2], band[3]}, 4,
            &(struct ak_paint){.fill = true, .fill_rgb = reporter_tint(theme, rgb, 0.2)});
    }
    reporter_panel_y_axis(&l->pen, panel, wanted);
    reporter_pen_line(&l->pen, line[0], line[1],
                      &(struct ak_paint){.stroke = true, .stroke_rgb = rgb, .width = 3});
}

static void draw_points(struct leak *l, const struct panel *panel, const struct ak_judgement *j)
{
    const struct theme *theme = l->pen.theme;
    const double radius = (j->summary.n > 60 ? 3.5 : 6) * l->scale;
    for (size_t i = 0; i < j->summary.n; i++) {
        const struct look look = {.mark = theme->ink, .solid = i >= j->trend.used_from};
        if (isfinite(j->summary.values[i])) {
            reporter_pen_mark(&l->pen,
                              (struct ak_point){reporter_axis_at(&panel->x, (double)i + 1),
                                                reporter_axis_at(&panel->y, j->summary.values[i])},
                              radius, &look);
        }
    }
    if (j->trend.growth == AK_GROWTH_STEP && j->trend.step_at > 0) {
        const double x = reporter_axis_at(&panel->x, (double)j->trend.step_at + 0.5);
        reporter_pen_line(&l->pen, (struct ak_point){x, panel->y.to},
                          (struct ak_point){x, panel->y.from},
                          &(struct ak_paint){.stroke = true,
                                             .stroke_rgb = theme->worse,
                                             .width = 2,
                                             .dash_on = 6,
                                             .dash_off = 4});
    }
}

static void draw_panel(struct leak *l, const struct ak_judgement *j, const struct frame *frame)
{
    struct pen *p = &l->pen;
    const double k = l->scale;
    const bool alarm = severity(j->trend.growth) >= 3;
    struct panel panel = {.frame = *frame, .unit = j->unit, .font = 16 * k};
    const struct ak_text_style name = {.size = 20 * k, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style text = {.size = 18 * k,
                                       .font = AK_FONT_BOLD,
                                       .rgb = alarm ? p->theme->worse_text : p->theme->muted};
    const struct ak_text_style sub = reporter_pen_style(16 * k, p->theme->muted);
    const char *title = ak_arena_printf(p->arena, "%s  %s", j->benchmark, j->unit);
    reporter_pen_text_fit(p, (struct ak_point){frame->x, frame->y + 24 * k}, title, frame->w,
                          &name);
    reporter_pen_text_fit(p, (struct ak_point){frame->x, frame->y + 52 * k},
                          reporter_text_finding(p->arena, j), frame->w, &text);
    reporter_pen_text_fit(p, (struct ak_point){frame->x, frame->y + 78 * k}, certainty(p, j),
                          frame->w, &sub);
    panel.y = (struct axis){.lo = (double)INFINITY,
                            .hi = -(double)INFINITY,
                            .from = frame->y + frame->h - 66 * k,
                            .to = frame->y + 100 * k};
    for (size_t i = 0; i < j->summary.n; i++) {
        reporter_axis_take(&panel.y, j->summary.values[i]);
    }
    reporter_axis_pad(&panel.y, 0.08);
    const size_t wanted = frame->h > 500 ? 8 : 4;
    const double room = reporter_panel_y_room(p, &panel, wanted);
    const double last = j->summary.n > 1 ? (double)j->summary.n : 2;
    panel.x = (struct axis){
        .lo = 0.5, .hi = last + 0.5, .from = frame->x + room, .to = frame->x + frame->w};
    draw_line(l, &panel, j, wanted);
    reporter_panel_x_axis(p, &panel, "repetition");
    draw_points(l, &panel, j);
}

struct ak_canvas *reporter_chart_leak_card(const struct ak_judgement *trend)
{
    struct leak l = {.pen = reporter_pen_open(AK_THEME_LIGHT), .scale = 0.75};
    const struct frame frame = {0, 0, 620, 330};
    reporter_pen_canvas(&l.pen, frame.w, frame.h);
    draw_panel(&l, trend, &frame);
    return reporter_pen_close(&l.pen);
}

struct ak_canvas *ak_chart_leak(const struct ak_check *check, enum ak_theme theme)
{
    struct leak l = {.pen = reporter_pen_open(theme), .check = check, .scale = 1};
    trends_take(&l);
    const size_t columns = l.count <= 1 ? 1 : l.count <= 4 ? 2 : 3;
    const double height = l.count == 0 ? 170 : l.count <= 2 ? 700 : 900;
    reporter_pen_canvas(&l.pen, WIDTH, height);
    const struct ak_text_style title = {.size = 30, .font = AK_FONT_BOLD, .rgb = l.pen.theme->ink};
    const struct ak_text_style sub = reporter_pen_style(20, l.pen.theme->muted);
    const char *head = ak_arena_printf(l.pen.arena, "%s: growth over repetitions",
                                       reporter_text_run(l.pen.arena, check->run, "run"));
    reporter_pen_text_fit(&l.pen, (struct ak_point){MARGIN, 52}, head, WIDTH - 2 * MARGIN, &title);
    const char *more =
        l.all > l.count ? ak_arena_printf(l.pen.arena, " · %zu of %zu shown", l.count, l.all) : "";
    const char *line = l.count == 0
                           ? "no series was judged for growth"
                           : ak_arena_printf(l.pen.arena,
                                             "each point is one repetition, hollow ones were not "
                                             "judged · line: Theil-Sen slope, band: its interval%s",
                                             more);
    reporter_pen_text_fit(&l.pen, (struct ak_point){MARGIN, 86}, line, WIDTH - 2 * MARGIN, &sub);
    const struct frame area = {MARGIN, TOP, WIDTH - 2 * MARGIN, height - TOP};
    for (size_t i = 0; i < l.count; i++) {
        const struct frame cell = reporter_panel_cell(&area, l.count, columns, i);
        draw_panel(&l, l.trends[i], &cell);
    }
    return reporter_pen_close(&l.pen);
}
