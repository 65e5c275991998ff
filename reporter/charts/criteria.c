/* Bullet bars: what was measured as a part of its limit. */
#include "charts/axis.h"
#include "charts/pen.h"

#include <math.h>

enum { WIDTH = 1600, MARGIN = 36, TOP = 130, BOTTOM = 78, ROWS_MAX = 20, GAP = 24 };

struct criteria {
    struct pen pen;
    const struct ak_check *check;
    const struct ak_judgement *rows[ROWS_MAX];
    size_t count;
    double row_height, font;
    double outcome_w, criterion_w, name_w, text_w;
    struct axis axis; /* of value / limit */
};

/* Failures first, then what could not be judged, each in the order of the check. */
static void rows_take(struct criteria *c)
{
    static const enum ak_outcome order[] = {AK_OUTCOME_FAIL, AK_OUTCOME_UNJUDGED, AK_OUTCOME_PASS};
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < c->check->row_count && c->count < ROWS_MAX; i++) {
            if (c->check->rows[i].outcome == order[k]) {
                c->rows[c->count++] = &c->check->rows[i];
            }
        }
    }
}

static const char *outcome_text(struct criteria *c, const struct ak_judgement *j)
{
    const struct look look = reporter_look_outcome(c->pen.theme, j->outcome);
    return ak_arena_printf(c->pen.arena, "%s %s", look.glyph, ak_outcome_text(j->outcome));
}

static double part_of(const struct ak_judgement *j)
{
    return j->limit > 0 ? j->value / j->limit : (double)NAN;
}

static void columns_measure(struct criteria *c)
{
    const struct ak_text_style s = reporter_pen_style(c->font, 0);
    double largest = 1.2;
    for (size_t i = 0; i < c->count; i++) {
        const struct ak_judgement *j = c->rows[i];
        c->outcome_w = fmax(c->outcome_w, reporter_pen_width(outcome_text(c, j), &s));
        c->criterion_w = fmax(c->criterion_w, reporter_pen_width(j->criterion, &s));
        c->name_w = fmax(c->name_w, reporter_pen_width(j->benchmark, &s));
        c->text_w = fmax(c->text_w, reporter_pen_width(reporter_text_finding(c->pen.arena, j), &s));
        largest = fmax(largest, isfinite(part_of(j)) ? part_of(j) : 0);
    }
    c->criterion_w = fmin(c->criterion_w, 180);
    c->text_w = fmin(c->text_w, 460);
    const double fixed = 2 * MARGIN + c->outcome_w + c->criterion_w + c->text_w + 4 * GAP + 300;
    c->name_w = fmin(c->name_w, WIDTH - fixed);
    c->axis = (struct axis){
        .lo = 0,
        .hi = fmin(largest * 1.05, 2.5),
        .from = MARGIN + c->outcome_w + c->criterion_w + c->name_w + 3 * GAP,
        .to = WIDTH - MARGIN - c->text_w - GAP,
    };
}

static void draw_bar(struct criteria *c, const struct ak_judgement *j, double y)
{
    const double part = part_of(j);
    if (!isfinite(part) || j->is_trend) {
        return;
    }
    const struct look look = reporter_look_outcome(c->pen.theme, j->outcome);
    const double x0 = round(c->axis.from);
    const double x = reporter_axis_at(&c->axis, part);
    const double half = 7;
    if (x > x0) {
        reporter_pen_box(&c->pen, (struct ak_point){x0, y - half}, x - x0, 2 * half, look.mark);
    }
    if (part > c->axis.hi) {
        /* It goes on: a gap in the bar and how many times the limit it is. */
        reporter_pen_box(&c->pen, (struct ak_point){x - 16, y - half}, 5, 2 * half,
                         c->pen.theme->paper);
    }
}

static void draw_row(struct criteria *c, const struct ak_judgement *j, double top)
{
    struct pen *p = &c->pen;
    const struct look look = reporter_look_outcome(p->theme, j->outcome);
    const double y = round(top + c->row_height / 2);
    const double base = round(y + c->font * 0.36);
    const struct ak_text_style bold = {.size = c->font, .rgb = look.text};
    const struct ak_text_style ink = reporter_pen_style(c->font, p->theme->ink);
    const struct ak_text_style muted = reporter_pen_style(c->font, p->theme->muted);
    double x = MARGIN;
    reporter_pen_text(p, (struct ak_point){x, base}, outcome_text(c, j), &bold);
    x += c->outcome_w + GAP;
    reporter_pen_text_fit(p, (struct ak_point){x, base}, j->criterion, c->criterion_w, &muted);
    x += c->criterion_w + GAP;
    reporter_pen_text_fit(p, (struct ak_point){x, base}, j->benchmark, c->name_w, &ink);
    draw_bar(c, j, y);
    x = c->axis.to + GAP;
    reporter_pen_text_fit(p, (struct ak_point){x, base}, reporter_text_finding(c->pen.arena, j),
                          c->text_w, j->outcome == AK_OUTCOME_FAIL ? &bold : &ink);
}

static void draw_axis(struct criteria *c, double end)
{
    struct pen *p = &c->pen;
    const struct ak_text_style s = {
        .size = c->font, .rgb = p->theme->muted, .anchor = AK_ANCHOR_MIDDLE};
    const double gap = (c->axis.to - c->axis.from) / (c->axis.hi - c->axis.lo);
    const double step = gap * 0.5 > 90 ? 0.5 : 1;
    for (double part = 0; part <= c->axis.hi + 1e-9; part += step) {
        const double x = reporter_axis_at(&c->axis, part);
        reporter_pen_vline(p, x, TOP, end + 6, p->theme->grid);
        reporter_pen_text(p, (struct ak_point){x, end + c->font * 1.5},
                          ak_arena_printf(p->arena, "%.0f%%", part * 100), &s);
    }
}

static void draw_limit(struct criteria *c, double end)
{
    const double x = reporter_axis_at(&c->axis, 1);
    reporter_pen_line(&c->pen, (struct ak_point){x, TOP - 4}, (struct ak_point){x, end},
                      &(struct ak_paint){.stroke = true,
                                         .stroke_rgb = c->pen.theme->ink,
                                         .width = 2,
                                         .dash_on = 6,
                                         .dash_off = 4});
}

static void draw_words(struct criteria *c, double height)
{
    struct pen *p = &c->pen;
    const struct ak_check *check = c->check;
    const struct ak_text_style title = {.size = 30, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(20, p->theme->muted);
    const char *head = ak_arena_printf(p->arena, "%s: success criteria",
                                       reporter_text_run(p->arena, check->run, "run"));
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 52}, head, WIDTH - 2 * MARGIN, &title);
    const char *line = ak_arena_printf(
        p->arena, "%zu passed, %zu failed, %zu not judged · bars: part of the limit (dashed)",
        check->counts[AK_OUTCOME_PASS], check->counts[AK_OUTCOME_FAIL],
        check->counts[AK_OUTCOME_UNJUDGED]);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 88}, line, WIDTH - 2 * MARGIN, &sub);
    if (check->row_count > c->count) {
        const char *more = ak_arena_printf(
            p->arena, "and %s, none of them worse than those above",
            reporter_text_count(p->arena, check->row_count - c->count, "row more", "rows more"));
        reporter_pen_text_fit(p, (struct ak_point){MARGIN, height - 18}, more, WIDTH - 2 * MARGIN,
                              &sub);
    }
}

struct ak_canvas *ak_chart_criteria(const struct ak_check *check, enum ak_theme theme)
{
    struct criteria c = {.pen = reporter_pen_open(theme), .check = check};
    rows_take(&c);
    c.font = c.count <= 12 ? 20 : 17;
    columns_measure(&c);
    const double rows = c.count > 0 ? (double)c.count : 1;
    c.row_height = fmin(floor((900.0 - TOP - BOTTOM) / rows), 44);
    const double end = TOP + rows * c.row_height;
    const double height = end + BOTTOM;
    reporter_pen_canvas(&c.pen, WIDTH, height);
    draw_words(&c, height);
    if (c.count > 0) {
        draw_axis(&c, end);
    }
    for (size_t i = 0; i < c.count; i++) {
        draw_row(&c, c.rows[i], TOP + (double)i * c.row_height);
    }
    if (c.count > 0) {
        draw_limit(&c, end);
    }
    return reporter_pen_close(&c.pen);
}
