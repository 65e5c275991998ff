/* The forest plot of a comparison. Columns are as wide as their texts; what is left is the plot. */
#include "charts/axis.h"
#include "charts/pen.h"

#include <math.h>

enum {
    WIDTH = 1600,
    MARGIN = 36,
    TOP = 158,      /* first row's upper edge */
    BOTTOM = 92,    /* axis labels and foot line */
    LINES_MAX = 16, /* rows and geomeans */
    GEOMEANS_MAX = 3,
    GAP = 24,
    PLOT_LEAST = 340,
    MARK = 7, /* radius */
};

struct forest_row {
    const char *name, *unit, *values, *change, *verdict, *p, *note;
    struct look look;
    double ratio, lo, hi;
    bool is_geomean;
};

struct forest {
    struct pen pen;
    const struct ak_comparison *cmp;
    struct forest_row rows[LINES_MAX];
    size_t row_count, hidden;
    double row_height, height, row_size; /* row_size: of the font */
    double name_w, unit_w, values_w, change_w, verdict_w, p_w;
    struct axis axis;
};

static const char *values_text(struct forest *f, double before, double after, const char *unit)
{
    const struct text_pair pair = reporter_text_pair(f->pen.arena, before, after, unit);
    return isnan(before) && isnan(after)
               ? "–"
               : ak_arena_printf(f->pen.arena, "%s → %s", pair.before, pair.after);
}

static void row_from(struct forest *f, const struct ak_compare_row *r)
{
    const struct look look = reporter_look_verdict(f->pen.theme, r->verdict, r->ratio);
    f->rows[f->row_count++] = (struct forest_row){
        .name = r->benchmark,
        .unit = r->unit,
        .values = values_text(f, reporter_median(&r->before), reporter_median(&r->after), r->unit),
        .change = isnan(r->ratio) ? "" : reporter_text_change(f->pen.arena, r->ratio),
        .verdict = ak_arena_printf(f->pen.arena, "%s %s", look.glyph, ak_verdict_text(r->verdict)),
        .p = isnan(r->ratio) ? ""
                             : reporter_text_p(f->pen.arena, r->p_adjusted), /* as in the text */
        .note = isfinite(r->ratio) && r->ratio > 0 ? "" : r->reason,
        .look = look,
        .ratio = r->ratio,
        .lo = r->ratio_lo,
        .hi = r->ratio_hi,
    };
}

static void row_from_geomean(struct forest *f, const struct ak_geomean *g)
{
    f->rows[f->row_count++] = (struct forest_row){
        .name = ak_arena_printf(f->pen.arena, "geometric mean of %zu", g->pairs),
        .unit = g->unit,
        .values = values_text(f, g->before, g->after, g->unit),
        .change = isnan(g->ratio) ? "" : reporter_text_change(f->pen.arena, g->ratio),
        .verdict = "",
        .p = "",
        .note = "",
        .look = {"", f->pen.theme->ink, f->pen.theme->ink, true},
        .ratio = g->ratio,
        .lo = (double)NAN,
        .hi = (double)NAN,
        .is_geomean = true,
    };
}

static void rows_take(struct forest *f)
{
    const struct ak_comparison *cmp = f->cmp;
    size_t geomeans = 0;
    for (size_t i = 0; i < cmp->geomean_count && geomeans < GEOMEANS_MAX; i++) {
        geomeans += isfinite(cmp->geomeans[i].ratio) ? 1 : 0;
    }
    for (size_t i = 0; i < cmp->row_count && f->row_count + geomeans < LINES_MAX; i++) {
        row_from(f, &cmp->rows[i]);
    }
    f->hidden = cmp->row_count - f->row_count;
    for (size_t i = 0; i < cmp->geomean_count && geomeans > 0; i++) {
        if (isfinite(cmp->geomeans[i].ratio)) {
            row_from_geomean(f, &cmp->geomeans[i]);
            geomeans--;
        }
    }
}

static double wider(double width, const char *text, const struct ak_text_style *style)
{
    return fmax(width, reporter_pen_width(text, style));
}

static void columns_measure(struct forest *f)
{
    const struct ak_text_style plain = reporter_pen_style(f->row_size, 0);
    const struct ak_text_style bold = {.size = f->row_size, .font = AK_FONT_BOLD};
    f->values_w = reporter_pen_width("median", &plain);
    f->change_w = reporter_pen_width("change", &plain);
    f->unit_w = 40;
    for (size_t i = 0; i < f->row_count; i++) {
        const struct forest_row *r = &f->rows[i];
        f->name_w = wider(f->name_w, r->name, r->is_geomean ? &bold : &plain);
        f->unit_w = wider(f->unit_w, r->unit, &plain);
        f->values_w = wider(f->values_w, r->values, &plain);
        f->change_w = wider(f->change_w, r->change, &bold);
        f->verdict_w = wider(f->verdict_w, r->verdict, &plain);
        f->p_w = wider(f->p_w, r->p, &plain);
    }
    f->name_w = fmax(f->name_w, 120);
    f->unit_w = fmin(f->unit_w, 160);
    f->values_w = fmin(f->values_w, 330);
    f->change_w = fmin(f->change_w, 130);
    const double right = f->values_w + f->change_w + f->verdict_w + f->p_w + 4 * GAP;
    const double room = WIDTH - 2 * MARGIN - right - f->unit_w - GAP - PLOT_LEAST;
    f->name_w = fmin(f->name_w, room);
    f->axis.from = MARGIN + f->name_w + GAP + f->unit_w + GAP;
    f->axis.to = WIDTH - MARGIN - right;
}

static void widen(struct axis *a, double ratio)
{
    /* What is beyond a factor of 64 is shown by an arrow at the edge. */
    if (isfinite(ratio) && ratio > 0) {
        a->lo = fmin(a->lo, fmax(ratio, 1.0 / 64));
        a->hi = fmax(a->hi, fmin(ratio, 64));
    }
}

static void axis_fit(struct forest *f)
{
    f->axis.is_log = true;
    f->axis.lo = 1 / 1.05;
    f->axis.hi = 1.05;
    for (size_t i = 0; i < f->row_count; i++) {
        widen(&f->axis, f->rows[i].ratio);
    }
    /* Intervals may widen the axis by a factor of 4 beyond the estimates, no more. */
    const struct axis inner = f->axis;
    for (size_t i = 0; i < f->row_count; i++) {
        if (f->rows[i].lo > 0) {
            widen(&f->axis, fmax(f->rows[i].lo, inner.lo / 4));
        }
        if (f->rows[i].hi > 0) {
            widen(&f->axis, fmin(f->rows[i].hi, inner.hi * 4));
        }
    }
    const double pad = pow(f->axis.hi / f->axis.lo, 0.06);
    f->axis.lo /= pad;
    f->axis.hi *= pad;
}

static void draw_head(struct forest *f)
{
    struct pen *p = &f->pen;
    const struct theme *t = p->theme;
    const struct ak_text_style title = {.size = 30, .font = AK_FONT_BOLD, .rgb = t->ink};
    const struct ak_text_style text = reporter_pen_style(20, t->muted);
    const char *head =
        ak_arena_printf(p->arena, "%s → %s", reporter_text_run(p->arena, f->cmp->before, "before"),
                        reporter_text_run(p->arena, f->cmp->after, "after"));
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 52}, head, WIDTH - 2 * MARGIN, &title);
    bool lower = true;
    bool higher = true;
    for (size_t i = 0; i < f->cmp->row_count; i++) {
        lower = lower && f->cmp->rows[i].better == AK_LOWER_IS_BETTER;
        higher = higher && f->cmp->rows[i].better == AK_HIGHER_IS_BETTER;
    }
    const char *direction = f->cmp->row_count == 0 ? "nothing to compare"
                            : lower                ? "lower is better"
                            : higher               ? "higher is better"
                                                   : "the better side differs by unit";
    const char *sub =
        ak_arena_printf(p->arena, "%s of %s · %s", reporter_text_counts(p->arena, f->cmp->counts),
                        reporter_text_count(p->arena, f->cmp->row_count, "row", "rows"), direction);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 88}, sub, WIDTH - 2 * MARGIN, &text);
}

/* "n=10 a side" when all rows agree, else "". */
static const char *samples_text(struct forest *f)
{
    const struct ak_comparison *cmp = f->cmp;
    for (size_t i = 0; i < cmp->row_count; i++) {
        if (cmp->rows[i].before.n != cmp->rows[0].before.n ||
            cmp->rows[i].after.n != cmp->rows[0].before.n) {
            return "";
        }
    }
    return cmp->row_count == 0
               ? ""
               : ak_arena_printf(f->pen.arena, ", n=%zu a side", cmp->rows[0].before.n);
}

/* As much as there is room for above the plot, which is never narrower than PLOT_LEAST. */
static const char *plot_head(struct forest *f, const struct ak_text_style *style)
{
    struct ak_arena *a = f->pen.arena;
    const char *interval =
        ak_arena_printf(a, "after / before, %g %% interval", f->cmp->confidence * 100);
    const char *all = ak_arena_printf(a, "%s%s", interval, samples_text(f));
    const double room = f->axis.to - f->axis.from;
    return reporter_pen_width(all, style) <= room        ? all
           : reporter_pen_width(interval, style) <= room ? interval
                                                         : "after / before";
}

static void draw_column_heads(struct forest *f)
{
    struct pen *p = &f->pen;
    struct ak_text_style s = reporter_pen_style(f->row_size, p->theme->muted);
    const double y = TOP - 20;
    reporter_pen_text(p, (struct ak_point){MARGIN, y}, "benchmark", &s);
    reporter_pen_text(p, (struct ak_point){MARGIN + f->name_w + GAP, y}, "unit", &s);
    reporter_pen_text(p, (struct ak_point){f->axis.from, y}, plot_head(f, &s), &s);
    s.anchor = AK_ANCHOR_END;
    double x = f->axis.to + GAP + f->values_w;
    reporter_pen_text(p, (struct ak_point){x, y}, "median", &s);
    x += GAP + f->change_w;
    reporter_pen_text(p, (struct ak_point){x, y}, "change", &s);
}

static void draw_axis(struct forest *f)
{
    struct pen *p = &f->pen;
    const struct theme *t = p->theme;
    const double end = TOP + (double)f->row_count * f->row_height;
    const double from = reporter_axis_at(&f->axis, 1 / (1 + f->cmp->margin));
    const double to = reporter_axis_at(&f->axis, 1 + f->cmp->margin);
    if (f->cmp->margin > 0) {
        reporter_pen_box(p, (struct ak_point){from, TOP}, to - from, end - TOP, t->band);
    }
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ratio_ticks(&f->axis, f->row_size * 4.2, ticks);
    const struct ak_text_style s = {
        .size = f->row_size, .rgb = t->muted, .anchor = AK_ANCHOR_MIDDLE};
    for (size_t i = 0; i < n; i++) {
        const double x = reporter_axis_at(&f->axis, ticks[i]);
        const bool is_one = ticks[i] == 1;
        reporter_pen_vline(p, x, TOP, end + 6, is_one ? t->muted : t->grid);
        reporter_pen_text(p, (struct ak_point){x, end + 28},
                          reporter_axis_ratio_text(&f->axis, ticks[i], p->arena), &s);
    }
    reporter_pen_hline(p, MARGIN, WIDTH - MARGIN, TOP - 1, t->grid);
    reporter_pen_hline(p, MARGIN, WIDTH - MARGIN, end, t->grid);
}

/* A triangle at the edge of the plot: the interval goes on there. */
static void draw_arrow(struct forest *f, double x, double y, const struct look *look)
{
    const double away = x > (f->axis.from + f->axis.to) / 2 ? 1 : -1;
    const struct ak_point pts[] = {{x + 5 * away, y}, {x - 6 * away, y - 6}, {x - 6 * away, y + 6}};
    ak_canvas_polygon(f->pen.canvas, pts, 3,
                      &(struct ak_paint){.fill = true, .fill_rgb = look->mark});
}

static void draw_interval(struct forest *f, const struct forest_row *r, double y)
{
    if (isnan(r->lo) || isnan(r->hi) || !(r->hi > 0)) {
        return;
    }
    const double x0 = reporter_axis_at(&f->axis, r->lo);
    const double x1 = reporter_axis_at(&f->axis, r->hi);
    const double middle = reporter_axis_at(&f->axis, r->ratio);
    const bool hidden = fmax(middle - x0, x1 - middle) <= MARK + 2; /* below the mark */
    if (!hidden) {
        reporter_pen_line(
            &f->pen, (struct ak_point){x0, y}, (struct ak_point){x1, y},
            &(struct ak_paint){.stroke = true, .stroke_rgb = r->look.mark, .width = 3});
    }
    const double ends[] = {r->lo, r->hi};
    for (size_t i = 0; i < 2; i++) {
        const double x = i == 0 ? x0 : x1;
        if (reporter_axis_outside(&f->axis, ends[i])) {
            draw_arrow(f, x, y, &r->look);
        } else if (!hidden) {
            reporter_pen_box(&f->pen, (struct ak_point){x - 1.5, y - 6}, 3, 12, r->look.mark);
        }
    }
}

static void draw_estimate(struct forest *f, const struct forest_row *r, double y)
{
    const double x = reporter_axis_at(&f->axis, r->ratio);
    if (r->is_geomean) {
        const struct ak_point pts[] = {{x - 10, y}, {x, y - 8}, {x + 10, y}, {x, y + 8}};
        ak_canvas_polygon(f->pen.canvas, pts, 4,
                          &(struct ak_paint){.fill = true, .fill_rgb = r->look.mark});
    } else if (reporter_axis_outside(&f->axis, r->ratio)) {
        draw_arrow(f, x, y, &r->look);
    } else {
        reporter_pen_mark(&f->pen, (struct ak_point){x, y}, MARK, &r->look);
    }
}

/* Words where there is nothing to draw, on paper that covers the grid. */
static void draw_note(struct forest *f, const char *note, struct ak_point at)
{
    struct pen *p = &f->pen;
    const struct ak_text_style s = reporter_pen_style(f->row_size, p->theme->muted);
    const struct ak_str text =
        ak_text_fit(p->arena, ak_str_from(note), f->axis.to - at.x - 8, &s, false);
    if (text.len > 0) {
        reporter_pen_box(p, (struct ak_point){at.x - 4, at.y - f->row_size},
                         ak_text_width(text, s.size, s.font) + 8, f->row_size * 1.3,
                         p->theme->paper);
    }
    ak_canvas_text(p->canvas, at, text, &s);
}

static void draw_row(struct forest *f, const struct forest_row *r, double top)
{
    struct pen *p = &f->pen;
    const double y = top + f->row_height / 2;
    const double base = round(y + f->row_size * 0.36);
    struct ak_text_style s = reporter_pen_style(f->row_size, p->theme->ink);
    if (r->is_geomean) {
        s.font = AK_FONT_BOLD;
    }
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, base}, r->name, f->name_w, &s);
    s = reporter_pen_style(f->row_size, p->theme->muted);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN + f->name_w + GAP, base}, r->unit, f->unit_w,
                          &s);
    if (isfinite(r->ratio) && r->ratio > 0) {
        draw_interval(f, r, y);
        draw_estimate(f, r, y);
    } else {
        draw_note(f, r->note, (struct ak_point){f->axis.from + 8, base});
    }
    double x = f->axis.to + GAP + f->values_w;
    s = (struct ak_text_style){.size = f->row_size, .rgb = p->theme->ink, .anchor = AK_ANCHOR_END};
    reporter_pen_text_fit(p, (struct ak_point){x, base}, r->values, f->values_w, &s);
    x += GAP + f->change_w;
    s.rgb = r->look.text;
    s.font = AK_FONT_BOLD;
    reporter_pen_text_fit(p, (struct ak_point){x, base}, r->change, f->change_w, &s);
    s = reporter_pen_style(f->row_size, r->look.text);
    reporter_pen_text(p, (struct ak_point){x + GAP, base}, r->verdict, &s);
    s = (struct ak_text_style){
        .size = f->row_size, .rgb = p->theme->muted, .anchor = AK_ANCHOR_END};
    reporter_pen_text(p, (struct ak_point){WIDTH - MARGIN, base}, r->p, &s);
}

static void draw_foot(struct forest *f)
{
    struct pen *p = &f->pen;
    const struct ak_text_style s = reporter_pen_style(f->row_size, p->theme->muted);
    const char *text = "filled: certain · hollow: not certain";
    if (f->cmp->margin > 0) {
        text = ak_arena_printf(p->arena, "%s · shaded: ±%g %% counts as the same", text,
                               f->cmp->margin * 100);
    }
    if (f->hidden > 0) {
        size_t rest[AK_VERDICT_COUNT] = {0};
        for (size_t i = f->cmp->row_count - f->hidden; i < f->cmp->row_count; i++) {
            rest[f->cmp->rows[i].verdict]++;
        }
        text = ak_arena_printf(p->arena, "and %s: %s · %s",
                               reporter_text_count(p->arena, f->hidden, "row more", "rows more"),
                               reporter_text_counts(p->arena, rest), text);
    }
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, f->height - 20}, text, WIDTH - 2 * MARGIN,
                          &s);
}

struct ak_canvas *ak_chart_compare(const struct ak_comparison *cmp, enum ak_theme theme)
{
    struct forest f = {.pen = reporter_pen_open(theme), .cmp = cmp};
    rows_take(&f);
    /* At 880 points wide, as a page shows it, 18 is 10: the least that is read without effort. */
    f.row_size = f.row_count <= 12 ? 20 : 18;
    columns_measure(&f);
    axis_fit(&f);
    const double rows = f.row_count > 0 ? (double)f.row_count : 1;
    f.row_height = fmin(floor((900.0 - TOP - BOTTOM) / rows), 44);
    f.height = TOP + rows * f.row_height + BOTTOM;
    reporter_pen_canvas(&f.pen, WIDTH, f.height);
    draw_head(&f);
    draw_column_heads(&f);
    draw_axis(&f);
    for (size_t i = 0; i < f.row_count; i++) {
        const double top = TOP + (double)i * f.row_height;
        if (i > 0 && f.rows[i].is_geomean && !f.rows[i - 1].is_geomean) {
            reporter_pen_hline(&f.pen, MARGIN, WIDTH - MARGIN, top, f.pen.theme->grid);
        }
        draw_row(&f, &f.rows[i], top);
    }
    draw_foot(&f);
    return reporter_pen_close(&f.pen);
}
