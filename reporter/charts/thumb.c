/* The picture of the comment: 880 points wide, the ten lines that matter most. */
#include "charts/axis.h"
#include "charts/pen.h"

#include <math.h>

enum { WIDTH = 880, MARGIN = 20, ROW = 32, LINES_MAX = 10, FAILS_MAX = 5, GAP = 14, MARK = 6 };
static const double font = 15;

struct thumb {
    struct pen pen;
    const struct ak_judgement *fails[FAILS_MAX];
    size_t fail_count;
    const struct ak_compare_row *rows[LINES_MAX];
    size_t row_count;
    double change_x, verdict_x; /* where the changes end and the verdicts begin */
    struct axis axis;
};

static void fails_take(struct thumb *t, const struct ak_check *check)
{
    for (size_t i = 0; check && i < check->row_count && t->fail_count < FAILS_MAX; i++) {
        if (check->rows[i].outcome == AK_OUTCOME_FAIL) {
            t->fails[t->fail_count++] = &check->rows[i];
        }
    }
}

/* What is worse, then what is better, then the rest, each in the order of the comparison. */
static void rows_take(struct thumb *t, const struct ak_comparison *cmp)
{
    static const enum ak_verdict order[] = {AK_VERDICT_WORSE, AK_VERDICT_BETTER, AK_VERDICT_UNSURE,
                                            AK_VERDICT_SAME, AK_VERDICT_INCOMPARABLE};
    for (size_t k = 0; cmp && k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < cmp->row_count; i++) {
            if (cmp->rows[i].verdict == order[k] && t->row_count + t->fail_count < LINES_MAX) {
                t->rows[t->row_count++] = &cmp->rows[i];
            }
        }
    }
}

static const char *verdict_text(struct thumb *t, const struct ak_compare_row *row)
{
    const struct look look = reporter_look_verdict(t->pen.theme, row->verdict, row->ratio);
    return ak_arena_printf(t->pen.arena, "%s %s", look.glyph,
                           row->verdict == AK_VERDICT_INCOMPARABLE ? "unclear"
                                                                   : ak_verdict_text(row->verdict));
}

/* Verdicts and changes are as wide as they are, the plot has what is left. */
static void axis_fit(struct thumb *t)
{
    const struct ak_text_style plain = reporter_pen_style(font, 0);
    const struct ak_text_style bold = {.size = font, .font = AK_FONT_BOLD};
    double verdict = 0;
    double change = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        verdict = fmax(verdict, reporter_pen_width(verdict_text(t, t->rows[i]), &plain));
        change =
            fmax(change,
                 reporter_pen_width(reporter_text_change(t->pen.arena, t->rows[i]->ratio), &bold));
    }
    t->verdict_x = WIDTH - MARGIN - ceil(verdict);
    t->change_x = t->verdict_x - GAP;
    t->axis = (struct axis){.lo = 1 / 1.1,
                            .hi = 1.1,
                            .is_log = true,
                            .from = 490,
                            .to = t->change_x - fmin(change, 90) - 2 * GAP};
    for (size_t i = 0; i < t->row_count; i++) {
        const double r = t->rows[i]->ratio;
        if (isfinite(r) && r > 0) {
            t->axis.lo = fmin(t->axis.lo, fmax(r, 1.0 / 64));
            t->axis.hi = fmax(t->axis.hi, fmin(r, 64));
        }
    }
    t->axis.lo /= 1.1;
    t->axis.hi *= 1.1;
}

static void draw_fail(struct thumb *t, const struct ak_judgement *j, double base)
{
    struct pen *p = &t->pen;
    const struct ak_text_style bold = {
        .size = font, .font = AK_FONT_BOLD, .rgb = p->theme->worse_text};
    const struct ak_text_style ink = reporter_pen_style(font, p->theme->ink);
    const struct ak_text_style end = {
        .size = font, .rgb = p->theme->worse_text, .anchor = AK_ANCHOR_END};
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, base},
                          ak_arena_printf(p->arena, "✗ %s", j->criterion), 130, &bold);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN + 140, base}, j->benchmark, 360, &ink);
    reporter_pen_text_fit(p, (struct ak_point){WIDTH - MARGIN, base},
                          reporter_text_finding(p->arena, j), 330, &end);
}

static void draw_estimate(struct thumb *t, const struct ak_compare_row *row,
                          const struct look *look, double y)
{
    struct pen *p = &t->pen;
    if (!isfinite(row->ratio) || row->ratio <= 0) {
        return;
    }
    const double x = reporter_axis_at(&t->axis, row->ratio);
    if (!isnan(row->ratio_lo) && row->ratio_hi > 0) {
        const double from = reporter_axis_at(&t->axis, row->ratio_lo);
        const double to = reporter_axis_at(&t->axis, row->ratio_hi);
        if (fmax(x - from, to - x) > MARK + 2) { /* else the mark covers it */
            reporter_pen_line(
                p, (struct ak_point){from, y}, (struct ak_point){to, y},
                &(struct ak_paint){.stroke = true, .stroke_rgb = look->mark, .width = 2});
        }
    }
    reporter_pen_mark(p, (struct ak_point){x, y}, MARK, look);
}

static void draw_row(struct thumb *t, const struct ak_compare_row *row, double base)
{
    struct pen *p = &t->pen;
    const struct look look = reporter_look_verdict(p->theme, row->verdict, row->ratio);
    const struct ak_text_style ink = reporter_pen_style(font, p->theme->ink);
    const struct ak_text_style muted = reporter_pen_style(font, p->theme->muted);
    const struct ak_text_style word = reporter_pen_style(font, look.text);
    const struct ak_text_style end = {
        .size = font, .font = AK_FONT_BOLD, .rgb = look.text, .anchor = AK_ANCHOR_END};
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, base}, row->benchmark, 330, &ink);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN + 342, base}, row->unit, 112, &muted);
    draw_estimate(t, row, &look, base - font * 0.36);
    if (!isnan(row->ratio)) {
        reporter_pen_text_fit(p, (struct ak_point){t->change_x, base},
                              reporter_text_change(p->arena, row->ratio), 90, &end);
    }
    reporter_pen_text(p, (struct ak_point){t->verdict_x, base}, verdict_text(t, row), &word);
}

static void draw_axis(struct thumb *t, double top, double bottom)
{
    struct pen *p = &t->pen;
    const struct ak_text_style s = {.size = 12, .rgb = p->theme->muted, .anchor = AK_ANCHOR_MIDDLE};
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ratio_ticks(&t->axis, 52, ticks);
    reporter_pen_hline(p, MARGIN, WIDTH - MARGIN, top - 4, p->theme->grid);
    for (size_t i = 0; i < n; i++) {
        const double x = reporter_axis_at(&t->axis, ticks[i]);
        reporter_pen_vline(p, x, top, bottom, ticks[i] == 1 ? p->theme->muted : p->theme->grid);
        reporter_pen_text(p, (struct ak_point){x, bottom + 16},
                          reporter_axis_ratio_text(&t->axis, ticks[i], p->arena), &s);
    }
}

/* What did not fit, counted; "" when all is there. */
static const char *left_out(struct thumb *t, const struct ak_comparison *cmp,
                            const struct ak_check *check)
{
    struct pen *p = &t->pen;
    const size_t fails = check ? check->counts[AK_OUTCOME_FAIL] - t->fail_count : 0;
    const size_t rows = cmp ? cmp->row_count - t->row_count : 0;
    const char *failed = fails == 0 ? ""
                                    : reporter_text_count(p->arena, fails, "more failed criterion",
                                                          "more failed criteria");
    if (rows == 0) {
        return fails == 0 ? "" : ak_arena_printf(p->arena, "and %s", failed);
    }
    size_t rest[AK_VERDICT_COUNT];
    memcpy(rest, cmp->counts, sizeof rest);
    for (size_t i = 0; i < t->row_count; i++) {
        rest[t->rows[i]->verdict]--;
    }
    return ak_arena_printf(p->arena, "and %s%s%s: %s", failed, fails == 0 ? "" : ", ",
                           reporter_text_count(p->arena, rows, "more row", "more rows"),
                           reporter_text_counts(p->arena, rest));
}

/* "3 better, 1 worse of 8 rows · criteria: 1 passed, 2 failed" */
static const char *summary(struct thumb *t, const struct ak_comparison *cmp,
                           const struct ak_check *check)
{
    struct pen *p = &t->pen;
    const char *rows = "";
    const char *criteria = "";
    if (cmp) {
        rows = ak_arena_printf(p->arena, "%s of %s", reporter_text_counts(p->arena, cmp->counts),
                               reporter_text_count(p->arena, cmp->row_count, "row", "rows"));
    }
    if (check) {
        criteria =
            ak_arena_printf(p->arena, "%scriteria: %zu passed, %zu failed, %zu not judged",
                            cmp ? " · " : "", check->counts[AK_OUTCOME_PASS],
                            check->counts[AK_OUTCOME_FAIL], check->counts[AK_OUTCOME_UNJUDGED]);
    }
    return ak_arena_printf(p->arena, "%s%s", rows, criteria);
}

struct ak_canvas *ak_chart_thumb(const struct ak_comparison *cmp, const struct ak_check *check,
                                 enum ak_theme theme)
{
    struct thumb t = {.pen = reporter_pen_open(theme)};
    struct pen *p = &t.pen;
    fails_take(&t, check);
    rows_take(&t, cmp);
    axis_fit(&t);
    const double top = 84;
    const double middle = top + (double)t.fail_count * ROW + (t.fail_count > 0 ? 12 : 0);
    const double bottom = middle + (double)t.row_count * ROW;
    const char *more = left_out(&t, cmp, check);
    const double ticks = t.row_count > 0 ? 22 : 0;
    reporter_pen_canvas(p, WIDTH, bottom + ticks + (more[0] ? 28 : 0) + 14);
    const struct ak_text_style title = {.size = 21, .font = AK_FONT_BOLD, .rgb = p->theme->ink};
    const struct ak_text_style sub = reporter_pen_style(font, p->theme->muted);
    const char *after = reporter_text_run(p->arena, cmp ? cmp->after : check->run, "after");
    const char *head =
        cmp ? ak_arena_printf(p->arena, "%s → %s",
                              reporter_text_run(p->arena, cmp->before, "before"), after)
            : after;
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 36}, head, WIDTH - 2 * MARGIN, &title);
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, 62}, summary(&t, cmp, check),
                          WIDTH - 2 * MARGIN, &sub);
    for (size_t i = 0; i < t.fail_count; i++) {
        draw_fail(&t, t.fails[i], top + (double)i * ROW + 21);
    }
    if (t.row_count > 0) {
        draw_axis(&t, middle, bottom);
    }
    for (size_t i = 0; i < t.row_count; i++) {
        draw_row(&t, t.rows[i], middle + (double)i * ROW + 21);
    }
    reporter_pen_text_fit(p, (struct ak_point){MARGIN, bottom + ticks + 22}, more,
                          WIDTH - 2 * MARGIN, &sub);
    return reporter_pen_close(p);
}
